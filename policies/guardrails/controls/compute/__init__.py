"""Controls on compute."""
