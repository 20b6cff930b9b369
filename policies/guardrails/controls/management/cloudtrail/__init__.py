"""Controls on CLOUDTRAIL."""
