"""What an auditor asks of every stack at once: data stays in the country, and nothing is kept or sent in the clear."""

import json

import pytest
from lives import STACKS, looks_at

HOME, GLOBAL = "ap-southeast-3", "us-east-1"
ABROAD = {
    "aws:acm/certificate:Certificate",
    "aws:acm/certificateValidation:CertificateValidation",
    "aws:wafv2/webAcl:WebAcl",
    "aws:wafv2/webAclLoggingConfiguration:WebAclLoggingConfiguration",
    "aws:cloudwatch/logDelivery:LogDelivery",
    "aws:cloudwatch/logDeliveryDestination:LogDeliveryDestination",
    "aws:cloudwatch/logDeliverySource:LogDeliverySource",
}
"""CloudFront's certificate and web ACL, and what delivers their logs into the country (OP-S-16)."""
KEYS = {
    "backup/vault:Vault": "kmsKeyArn",
    "cloudtrail/trail:Trail": "kmsKeyId",
    "cloudwatch/logGroup:LogGroup": "kmsKeyId",
    "ecr/repository:Repository": "encryptionConfigurations.0.kmsKey",
    "efs/fileSystem:FileSystem": "kmsKeyId",
    "eks/cluster:Cluster": "encryptionConfig.provider.keyArn",
    "elasticache/replicationGroup:ReplicationGroup": "kmsKeyId",
    "lambda/function:Function": "kmsKeyArn",
    "rds/instance:Instance": "kmsKeyId",
    "secretsmanager/secret:Secret": "kmsKeyId",
    "sns/topic:Topic": "kmsMasterKeyId",
    "sqs/queue:Queue": "kmsMasterKeyId",
}
"""Type of what keeps data -> where it names its key."""
ENCRYPTION = "s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration"
WITHOUT_KMS = "access-logs"
"""The bucket of what AWS delivers to none with a KMS key: it is encrypted with S3's own."""


def of(life, kind):
    return [each for each in life.resources if each["type"] == f"aws:{kind}"]


def at(inputs, path):
    for name in path.split("."):
        inputs = inputs[int(name)] if name.isdigit() else inputs[name]
    return inputs


@looks_at(*STACKS)
@pytest.mark.requirement("SMILE-AUDIT-03")
def test_everything_is_in_the_country_but_what_aws_keeps_nowhere_else(life):
    regions = {}
    for each in life.resources:
        outputs = each.get("outputs", {})
        named = {outputs.get("region"), (str(outputs.get("arn")).split(":") + [""] * 4)[3]} - {None, ""}
        for region in named if each["type"].startswith("aws:") else ():
            regions.setdefault(region, set()).add(each["type"])
    assert set(regions) <= {HOME, GLOBAL}
    assert regions.get(GLOBAL, set()) <= ABROAD
    assert not of(life, "s3/bucketReplicationConfig:BucketReplicationConfig")


@looks_at(*STACKS)
@pytest.mark.requirement("SMILE-AUDIT-04")
@pytest.mark.parametrize(("kind", "path"), KEYS.items(), ids=list(KEYS))
def test_what_keeps_data_is_encrypted_with_a_key_of_the_stack(life, kind, path):
    own = {each["outputs"]["arn"] for each in of(life, "kms/key:Key")}
    named = {at(each["inputs"], path) for each in of(life, kind)}
    assert named <= own
    assert named or life.stack != "prod"


@looks_at(*STACKS)
@pytest.mark.requirement("SMILE-AUDIT-04")
def test_buckets_and_disks_are_encrypted_all_of_them(life):
    buckets = {each["inputs"]["bucket"] for each in of(life, "s3/bucket:Bucket")}
    encrypted = {
        each["inputs"]["bucket"]: at(each["inputs"], "rules.0.applyServerSideEncryptionByDefault.sseAlgorithm")
        for each in of(life, ENCRYPTION)
    }
    assert set(encrypted) == buckets
    assert {name for name, algorithm in encrypted.items() if algorithm != "aws:kms"} == {
        name for name in buckets if WITHOUT_KMS in name
    }
    disks = [
        disk["ebs"] for each in of(life, "ec2/launchTemplate:LaunchTemplate")
        for disk in each["inputs"]["blockDeviceMappings"]
    ]  # fmt: skip
    disks += [each["inputs"]["rootBlockDevice"] for each in of(life, "ec2/instance:Instance")]
    assert disks
    assert all(str(disk["encrypted"]).lower() == "true" for disk in disks)


@looks_at(*STACKS)
@pytest.mark.requirement("SMILE-AUDIT-04")
def test_nothing_is_sent_in_the_clear(life):
    for policy in of(life, "s3/bucketPolicy:BucketPolicy"):
        statements = json.loads(policy["outputs"]["policy"])["Statement"]
        plain = [each for each in statements if each.get("Condition") == {"Bool": {"aws:SecureTransport": "false"}}]
        assert [each["Effect"] for each in plain] == ["Deny"]
    for listener in of(life, "lb/listener:Listener"):
        kinds = {action["type"] for action in listener["inputs"]["defaultActions"]}
        assert listener["inputs"]["protocol"] == "HTTPS" or kinds == {"redirect"}
    for group in of(life, "rds/parameterGroup:ParameterGroup"):
        parameters = {each["name"]: each["value"] for each in group["inputs"]["parameters"]}
        assert parameters["require_secure_transport"] in {"ON", "1"}
    for cache in of(life, "elasticache/replicationGroup:ReplicationGroup"):
        assert cache["inputs"]["transitEncryptionEnabled"] is True
    for distribution in of(life, "cloudfront/distribution:Distribution"):
        assert distribution["inputs"]["viewerCertificate"]["minimumProtocolVersion"].startswith("TLSv1.2")
        assert distribution["inputs"]["defaultCacheBehavior"]["viewerProtocolPolicy"] != "allow-all"
