"""The gRPC servers that the engine attaches to."""
