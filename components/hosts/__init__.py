"""Single hosts on EC2 that nobody connects to: one for Jenkins, one for services in Docker Compose."""
