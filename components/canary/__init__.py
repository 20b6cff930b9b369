"""The synthetic canary: asks for the public site and the API as users do, every few minutes."""
