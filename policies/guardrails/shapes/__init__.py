"""Shapes that controls share: each of those is a few lines of data."""
