"""Controls on ECR."""
