"""MySQL and PostgreSQL on RDS."""
