"""Controls on application integration."""
