"""Controls on LAMBDA."""
