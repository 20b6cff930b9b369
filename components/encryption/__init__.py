"""Customer-managed KMS keys, one for each class of data."""
