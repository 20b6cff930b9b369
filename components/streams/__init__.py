"""Data streams on Kinesis."""
