"""Controls on TAGGING."""
