"""What runs on clusters and functions, and what each may do."""
