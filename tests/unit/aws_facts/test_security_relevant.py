"""What may open or hide something."""

import pytest

from aws_facts.security_relevant import is_security_relevant


@pytest.mark.parametrize(
    ("type_", "paths", "is_relevant"),
    [
        ("aws:iam/rolePolicyAttachment:RolePolicyAttachment", [], True),
        ("aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule", [], True),
        ("aws:kms/key:Key", [], True),
        ("aws:s3/bucketPolicy:BucketPolicy", ["policy"], True),
        ("aws:rds/instance:Instance", ["publiclyAccessible"], True),
        ("aws:lb/listener:Listener", ["sslPolicy"], True),
        ("aws:sqs/queue:Queue", ["delaySeconds"], False),
        ("aws:ec2/launchTemplate:LaunchTemplate", ["instanceType"], False),
    ],
)
def test_types_and_properties_that_decide_who_reaches_what(type_, paths, is_relevant):
    assert is_security_relevant(type_, paths) is is_relevant
