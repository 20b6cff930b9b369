"""Addresses, firewall rules, routes and subnets."""
