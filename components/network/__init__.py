"""The VPC: subnet tiers, ways in and out, security groups, network ACLs, endpoints, flow logs."""
