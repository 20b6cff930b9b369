"""The one host that people reach, by Session Manager."""
