"""Containers without servers: a service on ECS Fargate."""
