"""What controls are written in: controls, resources, values and their relations."""
