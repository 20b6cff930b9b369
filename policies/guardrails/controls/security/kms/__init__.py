"""Controls on KMS."""
