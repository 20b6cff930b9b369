"""The ``smile`` command."""
