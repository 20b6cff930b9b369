"""A stand-in for the AWS, EKS, Kubernetes, random and TLS providers, so that Pulumi runs without an account."""
