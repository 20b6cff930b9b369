"""Secrets Manager, rotation, parameters."""
