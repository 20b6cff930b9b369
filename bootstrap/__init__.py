"""Set-up from nothing: the virtual environment and the Pulumi engine.

Standard library only: nothing else is there yet.
"""
