"""Redis on ElastiCache."""
