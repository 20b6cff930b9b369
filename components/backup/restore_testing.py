"""Restore tests: once a month AWS Backup restores the database and the files, beside those in use."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

import pulumi
from pulumi_aws import backup

from components.backup.settings import RestoreTest
from components.core.context import StackContext

Tested = Literal["RDS", "EFS"]


@dataclass(frozen=True, kw_only=True)
class RestoreTestingArgs:
    """What the tests need.

    Attributes:
        settings: when they run, and how long what they restored stays.
        vault_arn: whose recovery points are restored.
        role_arn: the role that restores.
        tag: what the resources carry that are tested, name -> value.
        sample_days: any recovery point of the last so many days may be the one.
        restored_as: kind of resource -> how it is restored, in those of AWS Backup's keys that may be overridden; in
            another spelling than its table's, a refresh finds them changed
            (https://docs.aws.amazon.com/aws-backup/latest/devguide/restore-testing-inferred-metadata.html).
    """

    context: StackContext
    settings: RestoreTest
    vault_arn: pulumi.Input[str]
    role_arn: pulumi.Input[str]
    tag: Mapping[str, str]
    sample_days: int
    restored_as: Mapping[Tested, Mapping[str, pulumi.Input[str]]]


class RestoreTesting(pulumi.ComponentResource):
    """A plan, and a selection for each kind of resource. AWS Backup takes letters, digits and _ in their names."""

    def __init__(self, name: str, args: RestoreTestingArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("platform:backup:RestoreTesting", name, None, opts)
        environment, child = args.context.environment, pulumi.ResourceOptions(parent=self)
        plan = backup.RestoreTestingPlan(
            name,
            name=f"{environment.prefix}-restore-test".replace("-", "_"),
            schedule_expression=args.settings.schedule,
            schedule_expression_timezone=args.context.time_zone,
            start_window_hours=args.settings.start_window_hours,
            recovery_point_selection={
                "algorithm": "RANDOM_WITHIN_WINDOW",
                "include_vaults": [args.vault_arn],
                "recovery_point_types": ["SNAPSHOT"],
                "selection_window_days": args.sample_days,
            },
            tags=environment.tags(component="backup", data_class="internal")("restore-test"),
            opts=child,
        )
        for kind, metadata in args.restored_as.items():
            backup.RestoreTestingSelection(
                f"{name}-{kind.lower()}",
                name=f"{environment.prefix}-{kind.lower()}".replace("-", "_"),
                restore_testing_plan_name=plan.name,
                protected_resource_type=kind,
                # Conditions alone: AWS would take them beside the ARNs ["*"], the provider takes one of the two.
                protected_resource_conditions={
                    "string_equals": [
                        {"key": f"aws:ResourceTag/{key}", "value": value} for key, value in args.tag.items()
                    ]
                },
                iam_role_arn=args.role_arn,
                restore_metadata_overrides=dict(metadata),
                validation_window_hours=args.settings.validation_hours,
                opts=child,
            )
        self.register_outputs({})
