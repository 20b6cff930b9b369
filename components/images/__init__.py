"""Repositories on ECR."""
