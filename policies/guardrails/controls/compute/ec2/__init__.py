"""Controls on EC2."""
