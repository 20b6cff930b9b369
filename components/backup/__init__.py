"""Vaults, plans and restore tests."""
