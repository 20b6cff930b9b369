"""What AWS would answer: ids, ARNs, names, outputs, and the results of functions."""
