"""The checks, by what they look at: each is a function that yields results, and the data that it goes by."""
