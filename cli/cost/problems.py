"""What can't be estimated, and why."""

from cli.answer import CommandError


class CostError(CommandError):
    """A file can't be used; the message names it, the key, what it got and what is valid."""
