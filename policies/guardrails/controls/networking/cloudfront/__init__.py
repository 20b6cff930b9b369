"""Controls on CLOUDFRONT."""
