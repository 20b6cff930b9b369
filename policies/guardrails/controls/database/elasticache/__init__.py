"""Controls on ELASTICACHE."""
