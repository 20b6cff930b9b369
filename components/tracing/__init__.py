"""X-Ray: what is sampled, what belongs together, how it is encrypted; and where services send their traces."""
