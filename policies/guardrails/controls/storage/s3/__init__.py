"""Controls on S3."""
