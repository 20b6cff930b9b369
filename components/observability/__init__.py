"""Alarm topics, and how long logs are kept."""
