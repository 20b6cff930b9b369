"""Controls on storage."""
