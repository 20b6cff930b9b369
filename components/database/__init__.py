"""MySQL on RDS."""
