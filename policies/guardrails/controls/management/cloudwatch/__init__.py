"""Controls on CLOUDWATCH."""
