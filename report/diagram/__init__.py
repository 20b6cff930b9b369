"""The architecture as a picture that is drawn from a stack's own resources."""
