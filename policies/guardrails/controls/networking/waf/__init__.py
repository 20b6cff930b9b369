"""Controls on WAF."""
