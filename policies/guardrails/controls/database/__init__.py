"""Controls on databases."""
