"""Provider functions: what `get_ami`, `get_subnets` and the like return."""
