"""Controls on every resource, and the stack itself."""
