"""Runs as one page for a browser: a single file that asks for nothing else."""
