"""Kubernetes on EKS: control plane, nodes, add-ons."""
