"""Controls on VPC."""
