"""The VPC: tiers in three zones, ways in and out, fences, flow logs."""
