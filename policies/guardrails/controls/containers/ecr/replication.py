"""Image registries: where images are replicated to, and which registries are cached."""

from __future__ import annotations

from guardrails.model.control import Context, Findings, Severity, Violation, control
from guardrails.model.resource import Resource
from guardrails.shapes.destinations import LAW, keep, share_with_known_accounts

keep(
    "RES-ECR-001",
    "Images replicate to allowed regions only",
    "aws:ecr/replicationConfiguration:ReplicationConfiguration",
    "replicationConfiguration.rules[*].destinations[*].region",
)
share_with_known_accounts(
    "RES-ECR-002",
    "Images replicate to known accounts only",
    "aws:ecr/replicationConfiguration:ReplicationConfiguration",
    "replicationConfiguration.rules[*].destinations[*].registryId",
    may_be_own=True,
)


@control(
    id="RES-ECR-003",
    title="Pull through cache rules name allowed registries",
    why="A cache of any registry lets anybody's image into the platform.",
    fix="Use one of the allowedRegistries.",
    severity=Severity.MEDIUM,
    types=("aws:ecr/pullThroughCacheRule:PullThroughCacheRule",),
    parameters={
        "allowedRegistries": {
            "laxer": "more",
            "type": "array",
            "items": {"type": "string"},
            "default": ["public.ecr.aws", "registry.k8s.io"],
            "description": "The registries whose images may be cached, as host names.",
        }
    },
    references=LAW,
)
def upstream_registry_is_trusted(rule: Resource, context: Context) -> Findings:
    registry, allowed = rule.get("upstreamRegistryUrl"), context.parameters["allowedRegistries"]
    if registry not in allowed:
        yield Violation(f"{registry} is not one of {', '.join(allowed)}", "upstreamRegistryUrl")
