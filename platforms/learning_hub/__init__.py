"""Learning Hub: thirteen services on EKS, and their staging on one host."""
