"""The controls, by the category of the AWS console and by service."""
