"""Settings of a program: sections with units, limits and defaults, and one error for all mistakes."""
