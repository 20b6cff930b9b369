"""An empty program."""
