"""Read-only checks of a real account before it is changed: ``smile doctor`` (docs/runbooks/first-deployment.md)."""
