"""Controls on KUBERNETES."""
