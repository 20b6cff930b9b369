"""What the components of a stack stand on: the provider, the permissions boundary, the keys, the topics of alarms."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace

import pulumi
import pulumi_aws as aws

from aws_facts.regions import REGIONS
from components.core.boundary import PermissionsBoundary
from components.core.context import StackContext
from components.core.declared import Declared
from components.core.environment import Environment
from components.core.iam import Statement
from components.core.provider import aws_provider
from components.encryption.encryption_keys import CLASSES, EncryptionKeys, EncryptionKeysArgs
from components.observability.alarm_topics import AlarmTopics, AlarmTopicsArgs
from components.stack.settings import ProgramSettings


@dataclass(frozen=True, kw_only=True)
class Stack:
    """What the components of one stack are given.

    Attributes:
        provider: the one AWS provider.
        keys: the encryption keys.
        context: what every component takes.
    """

    provider: aws.Provider
    keys: EncryptionKeys
    context: StackContext

    def options(self, *depends_on: pulumi.Resource) -> pulumi.ResourceOptions:
        """Options of a component: in the stack's account, after what it needs without naming it."""
        return pulumi.ResourceOptions(provider=self.provider, depends_on=list(depends_on))


def stack_of(  # noqa: PLR0913 - what programs differ in
    name: str,
    settings: ProgramSettings,
    *,
    region: str,
    tags: Mapping[str, str] | None = None,
    keys: Collection[str] = CLASSES,
    time_zone: str = "UTC",
    reserve_concurrency: bool = False,
    pages_incidents: bool = False,
    services: Collection[str] = (),
    beyond: Sequence[Statement] = (),
) -> Stack:
    """Make what all else stands on.

    Args:
        name: of the program: root of logical names, and first part of physical ones.
        settings: of the stack.
        region: of every regional resource.
        tags: of every resource; by default project, environment, owner, and that Pulumi manages it.
        keys: the classes of data that get a key of their own.
        time_zone: of schedules, as the IANA database calls it.
        reserve_concurrency: each function keeps its share of the account's concurrent executions for itself.
        pages_incidents: the program makes the composite alarms that page, once an incident.
        services: of AWS, that its roles work with besides those of every program.
        beyond: what its roles may reach outside the Region besides, as statements of their boundary.

    Raises:
        UndeclaredError: one of ``keys`` is no class of data; or, from a component, the one that it needs isn't there.
    """
    known = Declared("class of data", CLASSES, "for keys= of stack_of")
    environment = Environment(name=settings.stack, account_id=settings.account.id, region=region, project=name)
    fixed = {"Project": name, "Environment": settings.stack, "ManagedBy": "pulumi", "Owner": settings.tags.owner}
    provider = aws_provider(environment, settings.tags.extra | fixed if tags is None else tags)
    in_account = pulumi.ResourceOptions(provider=provider)
    environment = replace(
        environment, boundary=PermissionsBoundary(name, environment, in_account, services=services, beyond=beyond).arn
    )
    own_keys = EncryptionKeys(
        name,
        EncryptionKeysArgs(
            environment=environment,
            classes={each: known[each] for each in keys},
            rotation_days=settings.encryption.rotation_days,
            deletion_window_days=settings.encryption.deletion_window_days,
            protect=settings.protection.protect,
            retain_on_delete=settings.protection.retain_on_delete,
        ),
        in_account,
    )
    arns = Declared("encryption key", own_keys.arns, "in keys= of stack_of")
    recipients, endpoints = settings.observability.recipients, settings.observability.endpoints
    topics = AlarmTopics(
        name,
        AlarmTopicsArgs(
            environment=environment,
            key_arn=arns["queues"],
            recipients={"critical": recipients.critical, "warning": recipients.warning},
            endpoints={"critical": endpoints.critical, "warning": endpoints.warning},
        ),
        in_account,
    )
    context = StackContext(
        environment=environment,
        keys=arns,
        protection=settings.protection,
        log_retention_days=settings.observability.log_retention_days,
        topics=topics.arns,
        time_zone=time_zone,
        reserve_concurrency=reserve_concurrency,
        owner=settings.tags.owner,
        runbooks=settings.observability.runbooks,
        pages_incidents=pages_incidents,
    )
    return Stack(provider=provider, keys=own_keys, context=context)


def configured_region() -> str:
    """The Region that the program's ``aws:region`` says, for all of its stacks.

    Raises:
        pulumi.RunError: there is no such Region.
    """
    region = pulumi.Config("aws").require("region")
    if region not in REGIONS:
        raise pulumi.RunError(f"aws:region: got {region}; valid: {', '.join(REGIONS)}")
    return region
