"""Controls on SG."""
