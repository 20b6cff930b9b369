"""A site of static files that AWS builds and hosts: Amplify."""
