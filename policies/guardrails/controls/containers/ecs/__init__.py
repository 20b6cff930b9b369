"""Controls on ECS."""
