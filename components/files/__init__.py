"""The shared file system on EFS."""
