"""Controls on SQS."""
