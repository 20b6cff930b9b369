"""The IAM policy language, and what policies permit."""
