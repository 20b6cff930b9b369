"""A DynamoDB table, paid by the request: encrypted, recoverable to any second of 35 days, kept from deletion."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal

import pulumi
from pulumi_aws import dynamodb

from components.core.alarms import Alarms
from components.core.context import StackContext
from components.core.environment import DataClass
from components.core.iam import Statement
from components.encryption.grants import DECRYPT, grant_key

KEY = "tables"
KeyType = Literal["S", "N", "B"]
NAME = re.compile(r"[A-Za-z0-9_.-]{3,255}")
READ = ("dynamodb:BatchGetItem", "dynamodb:GetItem", "dynamodb:Query")
UPDATE = ("dynamodb:UpdateItem",)
WRITE = ("dynamodb:PutItem", *UPDATE)
THROTTLES = {"reads": "ReadThrottleEvents", "writes": "WriteThrottleEvents"}


@dataclass(frozen=True, kw_only=True)
class TableKey:
    """By what items are found.

    Attributes:
        hash: attribute -> type of the partition key, such as ``("job_id", "S")``.
        range: the same of the sort key; None without.
    """

    hash: tuple[str, KeyType]
    range: tuple[str, KeyType] | None = None

    @property
    def attributes(self) -> dict[str, KeyType]:
        """Attribute -> type."""
        return dict(each for each in (self.hash, self.range) if each)


@dataclass(frozen=True, kw_only=True)
class TableArgs:
    """What a table needs.

    Attributes:
        context: key ``tables``, topic ``warning``, protection.
        name: in AWS, 3 to 255 letters, digits, ``_``, ``.`` and ``-``.
        data_class: how sensitive the items are.
        key: by what each item is found.
        indexes: name -> key of a global secondary index, which has every attribute.
        expires: attribute with the second (Unix time) after which DynamoDB drops an item within days; None keeps all.

    Raises:
        ValueError: DynamoDB takes no such name, or an attribute has two types.
    """

    context: StackContext
    name: str
    data_class: DataClass
    key: TableKey
    indexes: Mapping[str, TableKey] = field(default_factory=dict[str, TableKey])
    expires: str | None = None

    def __post_init__(self) -> None:
        if not NAME.fullmatch(self.name):
            raise ValueError(f"name: got {self.name!r}; valid: 3 to 255 letters, digits, '_', '.' and '-'")
        for index, key in self.indexes.items():
            for attribute, kind in key.attributes.items():
                if self.attributes[attribute] != kind:
                    raise ValueError(
                        f"indexes.{index}: {attribute} is {kind}, and {self.attributes[attribute]} elsewhere"
                    )

    @property
    def attributes(self) -> dict[str, KeyType]:
        """Attribute -> type, of all keys."""
        found: dict[str, KeyType] = dict(self.key.attributes)
        for key in self.indexes.values():
            found = key.attributes | found
        return found


class Table(pulumi.ComponentResource):
    """The table, and alarms on requests that it refuses.

    Attributes:
        name: of the table in AWS.
        arn: of the table, known before it exists.
    """

    name: pulumi.Output[str]
    arn: str

    def __init__(self, name: str, args: TableArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("platform:table:Table", name, None, opts)
        self.args = args
        context = args.context
        self.arn = context.environment.arn("dynamodb", f"table/{args.name}")
        self.tags = context.environment.tags(component="table", data_class=args.data_class)
        table = dynamodb.Table(
            name,
            name=args.name,
            billing_mode="PAY_PER_REQUEST",
            hash_key=args.key.hash[0],
            range_key=args.key.range and args.key.range[0],
            attributes=[{"name": each, "type": kind} for each, kind in sorted(args.attributes.items())],
            global_secondary_indexes=[self.index(each, key) for each, key in sorted(args.indexes.items())],
            server_side_encryption={"enabled": True, "kms_key_arn": context.keys[KEY]},
            point_in_time_recovery={"enabled": True},
            ttl={"enabled": True, "attribute_name": args.expires} if args.expires else None,
            deletion_protection_enabled=context.protection.deletion_protection,
            tags=self.tags(args.name),
            opts=context.stateful(self),
        )
        self.name = table.name
        for role, metric in THROTTLES.items():
            self.alarm(name, role, metric)
        self.register_outputs({"name": self.name, "arn": self.arn})

    @staticmethod
    def index(name: str, key: TableKey) -> dynamodb.TableGlobalSecondaryIndexArgsDict:
        """One index."""
        found: dynamodb.TableGlobalSecondaryIndexArgsDict
        found = {"name": name, "hash_key": key.hash[0], "projection_type": "ALL"}
        if key.range:
            found["range_key"] = key.range[0]
        return found

    def alarm(self, name: str, role: str, metric: str) -> None:
        """DynamoDB refuses requests: more than on-demand capacity grows, or one key takes them all."""
        Alarms(context=self.args.context, tags=self.tags, parent=self, runbook="database").add(
            f"{name}-{role}-throttled",
            "warning",
            name=f"{self.args.context.environment.physical_name(name, 200)}-{role}-throttled",
            description=f"{self.args.name}: DynamoDB refuses {role}",
            namespace="AWS/DynamoDB",
            metric_name=metric,
            dimensions={"TableName": self.args.name},
            statistic="Sum",
            period=300,
            evaluation_periods=1,
            threshold=0,
        )

    def grant_read(self) -> list[Statement]:
        """What a role needs to get items, and to query the table and its indexes."""
        return self.grant("Read", READ, f"{self.arn}/index/*")

    def grant_write(self) -> list[Statement]:
        """What a role needs to put items and to change them; none is deleted but by its age."""
        return self.grant("Write", WRITE)

    def grant_update(self) -> list[Statement]:
        """What a role needs to change items, and no more."""
        return self.grant("Update", UPDATE)

    def grant(self, what: str, actions: Sequence[str], *more: str) -> list[Statement]:
        """Actions on the table, and its key for this table alone, where DynamoDB asks KMS in the caller's name."""
        sid, only = f"{what}{self.sid}", {"kms:EncryptionContext:aws:dynamodb:tableName": self.args.name}
        return [
            Statement(sid=sid, actions=actions, resources=[self.arn, *more]),
            grant_key(self.args.context, [KEY], "dynamodb", sid=f"{sid}WithKey", actions=DECRYPT, equals=only),
        ]

    @property
    def sid(self) -> str:
        """The name as part of a statement's id."""
        return re.sub(r"[^A-Za-z0-9]", "", self.args.name)
