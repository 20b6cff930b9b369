"""Functions that work on what is uploaded to a bucket."""
