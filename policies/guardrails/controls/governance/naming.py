"""Names of resources."""

from __future__ import annotations

import re

from guardrails.model.control import Context, Findings, Level, References, Severity, Violation, control
from guardrails.model.resource import Resource
from guardrails.model.values import UNKNOWN, UndeterminedError

_OWN = {
    "aws:docdb/cluster:Cluster": "clusterIdentifier",
    "aws:elasticache/cluster:Cluster": "clusterId",
    "aws:elasticache/replicationGroup:ReplicationGroup": "replicationGroupId",
    "aws:neptune/cluster:Cluster": "clusterIdentifier",
    "aws:rds/cluster:Cluster": "clusterIdentifier",
    "aws:rds/instance:Instance": "identifier",
    "aws:redshift/cluster:Cluster": "clusterIdentifier",
    "aws:s3/bucket:Bucket": "bucket",
    "aws:s3/bucketV2:BucketV2": "bucket",
    "aws:ssm/association:Association": "associationName",
}
"""Where these types state their name; all others do so in ``name``."""
_NAMED_BY_OTHERS = re.compile(
    r"aws:(route53|route53domains|acm|servicediscovery|ses|sesv2|guardduty/detectorFeature|glue/catalogTable|cloudwatch/logStream)[/:]"
)
"""Where a name is a domain's, one that AWS gave, or one within a database or log group, which has a name."""
_PRESCRIBED = re.compile(r"(AWS|Amazon|SSM|API-Gateway)-")
"""How names begin that AWS gives, such as SSM-SessionManagerRunShell and API-Gateway-Execution-Logs_ID/STAGE."""
_LOG_GROUP = "aws:cloudwatch/logGroup:LogGroup"
_PREFIX = re.compile(r"^aws-waf-logs-|(?<=^/aws/lambda/)cwsyn-")
"""What AWS wants before a name of one's own: wherever WAF writes to, and of the functions of canaries."""


@control(
    id="RSL-NAMING-001",
    title="Resource names follow the convention",
    why="Where names tell environment and service, nobody changes production by mistake, and policies can match them.",
    fix="Rename the resource so that its name matches pattern, or let Pulumi name it.",
    severity=Severity.LOW,
    level=Level.DISABLED,  # for those who have a convention
    types=("aws:*",),
    parameters={
        "pattern": {
            "type": "string",
            "default": r"^/?[a-z0-9]+([-_./][a-z0-9]+)*$",
            "description": "A regular expression that each name matches.",
        }
    },
    references=References(iso27001=("A.5.9",)),
)
def name_follows_convention(resource: Resource, context: Context) -> Findings:
    """The names of domains are left out, and what AWS names itself.

    A log group's name that isn't known yet holds the id of what writes to it, where AWS prescribes the rest as well; it
    is judged when the log group is made.
    """
    if _NAMED_BY_OTHERS.match(resource.type):
        return
    path = _OWN.get(resource.type, "name")
    name = resource.raw(path)
    if name is UNKNOWN:
        if resource.type != _LOG_GROUP:
            yield UndeterminedError(path)
    elif not isinstance(name, str) or not name or _PRESCRIBED.match(name):
        return
    elif not re.search(context.parameters["pattern"], _PREFIX.sub("", name)):
        yield Violation(f"{name} does not match {context.parameters['pattern']}", path)
