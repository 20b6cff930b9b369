"""What several services' controls ask of the same kind of resource."""
