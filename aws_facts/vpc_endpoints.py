"""Interface endpoints of AWS services.

https://docs.aws.amazon.com/vpc/latest/privatelink/aws-services-privatelink-support.html
"""

WITHOUT_POLICIES = frozenset({"cloudtrail"})
"""Services whose endpoints take no policy: AWS answers one with an error."""
