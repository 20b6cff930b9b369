"""Controls on IAM."""
