"""Patches of plain hosts, and the maintenance that Automation does."""
