"""Tags that say what class of data a data store holds, and where it has to stay."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

from guardrails.model.control import Context, Findings, Level, Severity, Violation, control
from guardrails.model.regions import provider_value
from guardrails.model.resource import Resource
from guardrails.model.values import UNKNOWN, UndeterminedError, WrongTypeError
from guardrails.shapes.declarations import CLASS_PARAMETERS, RESIDENCY_PARAMETERS, declaration_fault, declared
from guardrails.shapes.destinations import LAW

DATA_STORES = (
    "aws:rds/instance:Instance",
    "aws:rds/cluster:Cluster",
    "aws:docdb/cluster:Cluster",
    "aws:neptune/cluster:Cluster",
    "aws:redshift/cluster:Cluster",
    "aws:elasticache/replicationGroup:ReplicationGroup",
    "aws:elasticache/cluster:Cluster",
    "aws:elasticache/serverlessCache:ServerlessCache",
    "aws:memorydb/cluster:Cluster",
    "aws:docdb/elasticCluster:ElasticCluster",
    "aws:dsql/cluster:Cluster",
    "aws:dynamodb/table:Table",
    "aws:keyspaces/table:Table",
    "aws:lightsail/database:Database",
    "aws:mq/broker:Broker",
    "aws:msk/serverlessCluster:ServerlessCluster",
    "aws:neptunegraph/graph:Graph",
    "aws:opensearch/serverlessCollection:ServerlessCollection",
    "aws:redshiftserverless/namespace:Namespace",
    "aws:timestreaminfluxdb/*",
    "aws:timestreamwrite/table:Table",
    "aws:s3/bucket:Bucket",
    "aws:s3/bucketV2:BucketV2",
    "aws:efs/fileSystem:FileSystem",
    "aws:fsx/*",
    "aws:ebs/volume:Volume",
    "aws:sqs/queue:Queue",
    "aws:sns/topic:Topic",
    "aws:kinesis/stream:Stream",
    "aws:kinesis/firehoseDeliveryStream:FirehoseDeliveryStream",
    "aws:msk/cluster:Cluster",
    "aws:opensearch/domain:Domain",
    "aws:elasticsearch/domain:Domain",
    "aws:backup/vault:Vault",
)


@control(
    id="RES-TAGGING-001",
    title="Data stores have a tag for their data class",
    why="Who may see it, how long it is kept and what must be reported after a leak all follow from its class.",
    fix="Add the tag DataClass to the resource, or to the provider's default tags.",
    severity=Severity.MEDIUM,
    level=Level.ADVISORY,
    types=DATA_STORES,
    parameters=CLASS_PARAMETERS,
    references=LAW,
)
def data_store_is_classified(store: Resource, context: Context) -> Findings:
    valid = context.parameters["classes"]
    yield from _tagged(store, context.parameters["classTags"], valid, "class of data")


@control(
    id="RES-TAGGING-002",
    title="Data stores have a tag for their data residency",
    why="A tag goes along with copies and inventories, where the region of the original can't be seen any more.",
    fix="Add the tag DataResidency to the resource, or to the provider's default tags.",
    severity=Severity.LOW,
    level=Level.DISABLED,  # for those who have the convention; the other controls look at the regions themselves
    types=DATA_STORES,
    parameters=RESIDENCY_PARAMETERS,
    references=LAW,
)
def data_store_names_residency(store: Resource, context: Context) -> Findings:
    valid = [*context.parameters["allowedRegions"], *context.parameters["residencies"]]
    yield from _tagged(store, context.parameters["residencyTags"], valid, "residency")


def _tagged(store: Resource, names: Collection[str], valid: Collection[str], what: str) -> Findings:
    tags = store.get("tags", {})
    if not isinstance(tags, dict):
        raise WrongTypeError("tags", "an object")
    value = declared(tags, names)
    if value is None:
        value = declared(_default_tags(store), names)
    if value is UNKNOWN:
        raise UndeterminedError("tags")
    why = declaration_fault(value, valid, what)
    if why:
        yield Violation(why, "tags")


def _default_tags(resource: Resource) -> Mapping[str, Any]:
    """The tags that the provider adds."""
    if resource.provider is None:
        return {}
    found = provider_value(resource.provider, "defaultTags")
    tags = found.get("tags") if isinstance(found, dict) else None
    return tags if isinstance(tags, dict) else {}
