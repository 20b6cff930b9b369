"""Controls on EFS."""
