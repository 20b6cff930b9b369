"""Controls on ALB."""
