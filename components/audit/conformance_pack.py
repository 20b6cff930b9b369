"""The rules by which AWS Config judges what is deployed, as one conformance pack."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import pulumi
from pulumi_aws import cfg

from components.core.context import StackContext
from components.core.notices import EventNotice, Notices

LARGEST_TEMPLATE = 51_200
"""Bytes (https://docs.aws.amazon.com/config/latest/APIReference/API_PutConformancePack.html)."""
MOST_RULES = 130
"""Rules of one conformance pack (https://docs.aws.amazon.com/config/latest/developerguide/configlimits.html)."""
OF_SECURITY_HUB = "securityhub-"
"""How the names of the rules begin that Security Hub makes for itself: it reports what they find."""
BROKEN = EventNotice(
    pattern={
        "source": ["aws.config"],
        "detail-type": ["Config Rules Compliance Change"],
        "detail": {
            "messageType": ["ComplianceChangeNotification"],
            "configRuleName": [{"anything-but": {"prefix": OF_SECURITY_HUB}}],
            "newEvaluationResult": {"complianceType": ["NON_COMPLIANT"]},
        },
    },
    paths={"rule": "$.detail.configRuleName", "type": "$.detail.resourceType", "id": "$.detail.resourceId"},
    message="AWS Config says: <type> <id> breaks <rule>.",
)
"""A resource that begins to break a rule; it isn't repeated
(https://docs.aws.amazon.com/config/latest/developerguide/monitor-config-with-cloudwatchevents.html)."""


@dataclass(frozen=True, kw_only=True)
class ManagedRule:
    """A rule that AWS keeps.

    Attributes:
        name: of its page, such as ``s3-bucket-ssl-requests-only``.
        mirrors: ids of the controls that ask the same before deployment.
        parameters: of the rule, by name.
        identifier: AWS's, where it isn't the name in capitals.
    """

    name: str
    mirrors: tuple[str, ...]
    parameters: Mapping[str, str] = field(default_factory=dict[str, str])
    identifier: str = ""

    @property
    def resource(self) -> dict[str, object]:
        """The rule in a template."""
        properties: dict[str, object] = {
            "ConfigRuleName": self.name,
            "Source": {
                "Owner": "AWS",
                "SourceIdentifier": self.identifier or self.name.upper().replace("-", "_"),
            },
        }
        if self.parameters:
            properties["InputParameters"] = dict(self.parameters)
        return {"Type": "AWS::Config::ConfigRule", "Properties": properties}


def template(rules: Sequence[ManagedRule]) -> str:
    """The pack's template: JSON, which is YAML."""
    logical = {rule.name.title().replace("-", ""): rule.resource for rule in sorted(rules, key=lambda each: each.name)}
    return json.dumps({"Resources": logical}, separators=(",", ":"))


@dataclass(frozen=True, kw_only=True)
class ConformancePackArgs:
    """What the pack needs.

    Attributes:
        rules: of the pack, one at least.
        runbook: what people are pointed to, such as a path or URL.
    """

    context: StackContext
    rules: Sequence[ManagedRule]
    runbook: str


class ConformancePack(pulumi.ComponentResource):
    """The rules, and a notice of each resource that begins to break one.

    AWS takes it once a recorder is on; Security Hub gets what it finds without being asked.
    """

    def __init__(self, name: str, args: ConformancePackArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("platform:audit:ConformancePack", name, None, opts)
        prefix = args.context.environment.prefix
        tags = args.context.environment.tags(component="audit", data_class="confidential")
        cfg.ConformancePack(
            name,
            name=f"{prefix}-controls",
            template_body=template(args.rules),
            opts=pulumi.ResourceOptions(parent=self),
        )
        add = Notices(context=args.context, tags=tags, parent=self, runbook=args.runbook).add
        add(f"{name}-rule-broken", "warning", BROKEN, name=f"{prefix}-rule-broken")
        self.register_outputs({})
