"""Spending of the account: its budget, its anomalies, and by which tags bills can be read."""
