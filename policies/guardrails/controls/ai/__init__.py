"""Controls on AI services."""
