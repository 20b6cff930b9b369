"""Buckets on S3."""
