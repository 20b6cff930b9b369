"""The building blocks of the platform: one `pulumi.ComponentResource` per file, named by what it is."""
