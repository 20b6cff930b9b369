"""Controls on PULUMI."""
