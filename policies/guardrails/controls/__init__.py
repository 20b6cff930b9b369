"""The controls, one file per AWS service."""
