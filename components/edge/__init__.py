"""From the public to the pods: CloudFront, API gateway, load balancer, web ACL, names."""
