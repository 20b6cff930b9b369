"""Controls on management and observability."""
