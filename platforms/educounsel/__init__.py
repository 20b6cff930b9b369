"""Educounsel: its settings, their rules, and how its components are wired."""
