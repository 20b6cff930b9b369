"""The record of what was done in the account."""
