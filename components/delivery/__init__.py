"""How the platform is deployed: the roles of the pipeline."""
