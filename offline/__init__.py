"""Mock providers for AWS, EKS, Kubernetes, random and TLS, so that Pulumi runs without an account."""
