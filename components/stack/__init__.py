"""The stack itself: what its components stand on."""
