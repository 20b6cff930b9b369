"""Spark jobs with EMR on EKS."""
