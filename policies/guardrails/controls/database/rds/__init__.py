"""Controls on RDS."""
