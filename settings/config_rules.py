"""The rules by which AWS Config judges what is deployed: each asks what controls of the packs ask before.

Only rules that Jakarta has: each rule's page says which Regions lack it. Those of June 2023
(https://github.com/awsdocs/aws-config-developer-guide) leave it in for all of these but ``securityhub-enabled``, which
today's page has in all Regions. Left out is what a decision of the platform breaks for good, such as
``rds-logging-enabled``, which asks for the general log, with personal data in it.
"""

from __future__ import annotations

from components.audit.conformance_pack import ManagedRule
from settings.pack_configuration import pack_configuration
from settings.stack import Settings

RULES: tuple[ManagedRule, ...] = (
    ManagedRule(name="cloud-trail-cloud-watch-logs-enabled", mirrors=("RSL-CLOUDTRAIL-004",)),
    ManagedRule(name="cloud-trail-encryption-enabled", mirrors=("ENC-CLOUDTRAIL-001",)),
    ManagedRule(name="cloud-trail-log-file-validation-enabled", mirrors=("RSL-CLOUDTRAIL-003",)),
    ManagedRule(
        name="multi-region-cloudtrail-enabled",
        mirrors=("RSL-CLOUDTRAIL-001", "RSL-CLOUDTRAIL-002"),
        identifier="MULTI_REGION_CLOUD_TRAIL_ENABLED",
    ),
    ManagedRule(name="securityhub-enabled", mirrors=("RSL-SECURITYHUB-001",)),
    ManagedRule(name="cmk-backing-key-rotation-enabled", mirrors=("ENC-KMS-001",)),
    ManagedRule(name="ec2-ebs-encryption-by-default", mirrors=("ENC-EBS-003",)),
    ManagedRule(name="ec2-imdsv2-check", mirrors=("LP-EC2-002",)),
    ManagedRule(name="ec2-instance-no-public-ip", mirrors=("LP-EC2-001",)),
    ManagedRule(name="ec2-launch-template-public-ip-disabled", mirrors=("LP-EC2-001",)),
    ManagedRule(name="eks-cluster-logging-enabled", mirrors=("RSL-EKS-006",)),
    ManagedRule(name="elasticache-auto-minor-version-upgrade-check", mirrors=("RSL-ELASTICACHE-003",)),
    ManagedRule(name="elasticache-repl-grp-auto-failover-enabled", mirrors=("RSL-ELASTICACHE-001",)),
    ManagedRule(name="elasticache-repl-grp-encrypted-at-rest", mirrors=("ENC-ELASTICACHE-001",)),
    ManagedRule(name="elasticache-repl-grp-encrypted-in-transit", mirrors=("ENC-ELASTICACHE-003",)),
    ManagedRule(name="elb-logging-enabled", mirrors=("RSL-ALB-005",)),
    ManagedRule(
        name="iam-policy-no-statements-with-admin-access",
        mirrors=("LP-IAM-001", "LP-IAM-002"),
        parameters={"excludePermissionBoundaryPolicy": "true"},
    ),
    ManagedRule(name="iam-user-no-policies-check", mirrors=("LP-IAM-035",)),
    ManagedRule(name="lambda-function-public-access-prohibited", mirrors=("LP-LAMBDA-002",)),
    ManagedRule(name="nacl-no-unrestricted-ssh-rdp", mirrors=("LP-NACL-001",)),
    ManagedRule(name="db-instance-backup-enabled", mirrors=("RSL-RDS-005",)),
    ManagedRule(name="rds-in-backup-plan", mirrors=("RSL-RDS-011",)),
    ManagedRule(name="rds-instance-deletion-protection-enabled", mirrors=("RSL-RDS-003",)),
    ManagedRule(name="rds-instance-iam-authentication-enabled", mirrors=("LP-RDS-003",)),
    ManagedRule(name="rds-instance-public-access-check", mirrors=("LP-RDS-001",)),
    ManagedRule(name="rds-multi-az-support", mirrors=("RSL-RDS-001",)),
    ManagedRule(name="rds-storage-encrypted", mirrors=("ENC-RDS-001",)),
    ManagedRule(name="s3-bucket-acl-prohibited", mirrors=("LP-S3-007",)),
    ManagedRule(name="s3-bucket-level-public-access-prohibited", mirrors=("LP-S3-001", "LP-S3-002")),
    ManagedRule(name="s3-bucket-public-read-prohibited", mirrors=("LP-S3-004", "LP-S3-008")),
    ManagedRule(name="s3-bucket-public-write-prohibited", mirrors=("LP-S3-005", "LP-S3-008")),
    ManagedRule(name="s3-bucket-server-side-encryption-enabled", mirrors=("ENC-S3-001",)),
    ManagedRule(name="s3-bucket-ssl-requests-only", mirrors=("ENC-S3-004",)),
    ManagedRule(name="s3-bucket-versioning-enabled", mirrors=("RSL-S3-001",)),
    ManagedRule(name="s3-version-lifecycle-policy-check", mirrors=("RSL-S3-003",)),
    ManagedRule(name="secretsmanager-rotation-enabled-check", mirrors=("RSL-SECRETSMANAGER-001",)),
    ManagedRule(name="secretsmanager-using-cmk", mirrors=("ENC-SECRETSMANAGER-001",)),
    ManagedRule(name="ssm-document-not-public", mirrors=("LP-SSM-001",)),
    ManagedRule(name="vpc-default-security-group-closed", mirrors=("LP-SG-010",)),
    ManagedRule(name="vpc-flow-logs-enabled", mirrors=("RSL-VPC-003",), parameters={"trafficType": "ALL"}),
    ManagedRule(
        name="vpc-sg-open-only-to-authorized-ports", mirrors=("LP-SG-005",), parameters={"authorizedTcpPorts": "443"}
    ),
    ManagedRule(name="wafv2-logging-enabled", mirrors=("RSL-WAF-001",)),
)
"""What AWS Config asks; parameters are those of each rule's page
(https://docs.aws.amazon.com/config/latest/developerguide/NAME.html)."""


def rules_of(settings: Settings) -> list[ManagedRule]:
    """The rules of a stack: what policies/config switches off before deployment isn't asked afterwards either."""
    configured = pack_configuration(settings)
    off = {control for control, about in configured.items() if about.get("enforcementLevel") == "disabled"}
    return [rule for rule in RULES if not off.intersection(rule.mirrors)]
