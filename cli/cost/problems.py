"""What can't be estimated, and why."""


class CostError(Exception):
    """A file can't be used; the message names it, the key, what it got and what is valid."""
