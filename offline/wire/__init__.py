"""Values on their way between the engine and the providers."""
