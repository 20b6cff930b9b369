"""Controls on EKS."""
