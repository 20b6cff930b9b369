"""Controls on security, identity and compliance."""
