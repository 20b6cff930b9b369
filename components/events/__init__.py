"""Events of applications: a bus, its archive, and who gets what."""
