"""The providers: AWS, EKS, Kubernetes, random and TLS."""
