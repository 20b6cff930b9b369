"""Controls on containers."""
