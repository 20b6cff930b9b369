"""A relational database on RDS: one primary, its standby, its read replicas, and all that guards and watches them."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pulumi
from pulumi_aws import rds, secretsmanager

from components.core.alarms import Alarms
from components.core.context import StackContext
from components.core.final_snapshot import final_snapshot_name
from components.core.service_role import ServiceRole
from components.database.engines import ENGINES
from components.database.groups import option_group, parameter_group
from components.database.guard import storage_guard
from components.database.inputs import enhanced_monitoring, insights, origin
from components.database.monitoring import alarms, event_subscriptions, exports, log_groups, log_path, monitoring_role
from components.database.settings import Database as Settings

CERTIFICATE_AUTHORITY = "rds-ca-rsa2048-g1"
PASSWORD_INPUTS = ["manageMasterUserPassword", "masterUserSecretKmsKeyId"]
"""They stay what they were for AWS to see, once somebody manages the password."""
TIMEOUTS = pulumi.CustomTimeouts(create="3h", update="3h", delete="2h")
"""A restore of some hundred GiB, or an update by blue/green, takes longer than the provider would wait."""


@dataclass(frozen=True, kw_only=True)
class DatabaseArgs:
    """What the database needs.

    Attributes:
        context: keys ``database``, ``secrets`` and ``logs``, topics, protection.
        settings: its engine and all that can be chosen.
        subnet_ids: one in each zone.
        security_group_id: who may reach it.
    """

    context: StackContext
    settings: Settings
    subnet_ids: Sequence[pulumi.Input[str]]
    security_group_id: pulumi.Input[str]


class Database(pulumi.ComponentResource):
    """MySQL or PostgreSQL that takes TLS only, with a password that nobody knows.

    Attributes:
        identifier: of the primary, such as ``acme-prod-database``; known before it exists.
        arn: of the primary, known before it exists.
        engine: ``mysql`` or ``postgres``.
        address: host name of the primary.
        endpoint: address and port.
        port: TCP port: 3306 of MySQL, 5432 of PostgreSQL.
        resource_id: by which IAM policies name it (``rds-db:connect``), such as ``db-ABCDEFGHIJKL``.
        master_secret_arn: the secret with name and password of the master user; None where people manage it.
        replica_addresses: name -> host name of each read replica.
        subnets: the group of subnets that it may live in.
        parameter_group_name: of the engine's parameters.
        option_group_name: of the audit plugin; None where there is none.
        log_group_names: of the logs that go to CloudWatch Logs.
        ca_certificate_identifier: the authority that signs the server's certificate.
    """

    identifier: str
    arn: str
    engine: str
    address: pulumi.Output[str]
    endpoint: pulumi.Output[str]
    port: int
    resource_id: pulumi.Output[str]
    master_secret_arn: pulumi.Output[str] | None
    replica_addresses: Mapping[str, pulumi.Output[str]]
    subnets: rds.SubnetGroup
    parameter_group_name: pulumi.Output[str]
    option_group_name: pulumi.Output[str] | None
    log_group_names: Sequence[str]
    ca_certificate_identifier: str

    def __init__(self, name: str, args: DatabaseArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        environment = args.context.environment
        identifier = f"{environment.prefix}-{args.settings.name}"
        asked = {"identifier": identifier, "allocatedGib": args.settings.allocated_gib}
        super().__init__("platform:database:Database", name, asked, storage_guard(name, opts))
        self.identifier = identifier  # super() has made an output of it
        self.engine = args.settings.engine
        self.port = ENGINES[args.settings.engine].port
        self.name = name
        self.args = args
        self.child = pulumi.ResourceOptions(parent=self)
        self.tags = environment.tags(component="database", data_class="personal")

        self.subnets = self.subnet_group()
        self.parameters = parameter_group(name, args.settings, args.context, self)
        self.options = option_group(name, args.settings, args.context, self)
        self.monitoring = self.monitoring_role()
        primary = self.primary()
        replicas = {replica: self.replica(replica, primary) for replica in args.settings.read_replicas}
        event_subscriptions(name, [primary, *replicas.values()], self.parameters, args.context, self)

        self.arn = environment.arn("rds", f"db:{self.identifier}")
        self.address = primary.address
        self.endpoint = primary.endpoint
        self.resource_id = primary.resource_id
        self.master_secret_arn = self.master_secret(primary) if self.is_password_managed else None
        self.replica_addresses = {replica: instance.address for replica, instance in replicas.items()}
        self.parameter_group_name = self.parameters.name
        self.option_group_name = self.options.name if self.options else None
        self.log_group_names = [log_path(self.identifier, log) for log in exports(args.settings)]
        self.ca_certificate_identifier = CERTIFICATE_AUTHORITY
        self.register_outputs(
            {
                "identifier": self.identifier,
                "engine": self.engine,
                "allocatedGib": primary.allocated_storage,
                "arn": self.arn,
                "address": self.address,
                "endpoint": self.endpoint,
                "port": self.port,
                "resourceId": self.resource_id,
                "masterSecretArn": self.master_secret_arn,
                "replicaAddresses": self.replica_addresses,
                "parameterGroupName": self.parameter_group_name,
                "optionGroupName": self.option_group_name,
                "logGroupNames": self.log_group_names,
                "caCertificateIdentifier": self.ca_certificate_identifier,
            }
        )

    @property
    def is_password_managed(self) -> bool:
        """Whether AWS makes, keeps and rotates the master password."""
        return self.args.settings.master_password == "managed"  # noqa: S105 - who keeps it

    def subnet_group(self) -> rds.SubnetGroup:
        """Where it may live: the database subnets."""
        environment = self.args.context.environment
        role = self.name.removeprefix(f"{environment.project}-")
        return rds.SubnetGroup(
            self.name,
            name=f"{environment.prefix}-{role}",
            description="The database tier, in every zone",
            subnet_ids=self.args.subnet_ids,
            tags=self.tags(role),
            opts=self.child,
        )

    def monitoring_role(self) -> ServiceRole | None:
        """The role of enhanced monitoring, where there is any."""
        if not self.args.settings.enhanced_monitoring_seconds:
            return None
        return monitoring_role(self.name, self.identifier, self.args.context, self)

    def primary(self) -> rds.Instance:
        """The instance that takes writes, with its standby."""
        database, context = self.args.settings, self.args.context
        backed_up = database.backup_retention_days > 0
        instance = rds.Instance(
            self.name,
            **self.shared(self.identifier),
            **origin(database),
            engine=database.engine,
            engine_version=database.version,
            engine_lifecycle_support=database.support,
            allow_major_version_upgrade=True,  # the version is a setting; without this, raising it fails
            allocated_storage=database.allocated_gib,
            kms_key_id=context.keys["database"],
            multi_az=database.multi_az,
            db_subnet_group_name=self.subnets.name,
            option_group_name=self.options.name if self.options else None,
            manage_master_user_password=True,
            master_user_secret_kms_key_id=context.keys["secrets"],
            backup_retention_period=database.backup_retention_days,
            backup_window=database.backup_window_utc,
            delete_automated_backups=not backed_up,
            blue_green_update={"enabled": True} if database.blue_green_updates else None,
            deletion_protection=context.protection.deletion_protection,
            skip_final_snapshot=not database.final_snapshot,
            final_snapshot_identifier=self.final_snapshot() if database.final_snapshot else None,
            # AWS Backup selects by it.
            tags=self.tags(database.name, {"Backup": "daily"} if backed_up else None),
            opts=pulumi.ResourceOptions.merge(
                context.stateful(self),
                pulumi.ResourceOptions(
                    depends_on=self.dependencies(self.name, self.identifier),
                    custom_timeouts=TIMEOUTS,
                    # AWS could rename it, and cut off all who use it: to Pulumi that is another database.
                    replace_on_changes=["identifier"],
                    ignore_changes=None if self.is_password_managed else PASSWORD_INPUTS,
                ),
            ),
        )
        self.watch(instance, self.name, self.identifier)
        return instance

    def replica(self, role: str, primary: rds.Instance) -> rds.Instance:
        """An instance that follows the primary and answers reads. It holds nothing of its own."""
        name, identifier = f"{self.name}-{role}", f"{self.identifier}-{role}"
        instance = rds.Instance(
            name,
            **self.shared(identifier),
            replicate_source_db=primary.identifier,
            skip_final_snapshot=True,
            tags=self.tags(f"{self.args.settings.name}-{role}"),
            opts=pulumi.ResourceOptions(
                parent=self, depends_on=self.dependencies(name, identifier), custom_timeouts=TIMEOUTS
            ),
        )
        self.watch(instance, name, identifier, replica=True)
        return instance

    def shared(self, identifier: str) -> dict[str, Any]:
        """What the primary and its replicas have in common."""
        database = self.args.settings
        return {
            "identifier": identifier,
            "instance_class": database.instance_class,
            "storage_type": "gp3",
            "max_allocated_storage": database.max_allocated_gib,
            "storage_encrypted": True,
            "port": self.port,
            "publicly_accessible": False,
            "vpc_security_group_ids": [self.args.security_group_id],
            "ca_cert_identifier": CERTIFICATE_AUTHORITY,
            "iam_database_authentication_enabled": True,
            "parameter_group_name": self.parameters.name,
            "auto_minor_version_upgrade": True,
            "maintenance_window": database.maintenance_window_utc,
            "apply_immediately": database.apply_immediately,
            "copy_tags_to_snapshot": True,
            "enabled_cloudwatch_logs_exports": exports(database),
            **insights(database, self.args.context.keys["database"]),
            **enhanced_monitoring(database, self.monitoring),
        }

    def final_snapshot(self) -> pulumi.Output[str]:
        """The name of what it leaves behind; another past, engine, key or subnet group makes another database."""
        settings, key = self.args.settings, self.args.context.keys["database"]
        past = json.dumps(origin(settings))
        replaced_by = {"engine": settings.engine, "key": key, "origin": past, "subnets": self.subnets.name}
        return final_snapshot_name(self.name, self.identifier, replaced_by, self)

    def dependencies(self, name: str, identifier: str) -> list[pulumi.Resource]:
        """Log groups before what is written to them, and the monitoring role with its permissions."""
        groups = log_groups(name, identifier, self.args.settings, self.args.context, self)
        return [*groups, *([self.monitoring] if self.monitoring else [])]

    def watch(self, instance: rds.Instance, name: str, identifier: str, *, replica: bool = False) -> None:
        """Alarms on one instance, where the stack wants them; once it is there, since its silence is one."""
        if self.args.settings.alarms:
            tags = self.args.context.environment.tags(component="database", data_class="internal")
            made = Alarms(
                context=self.args.context, tags=tags, parent=self, runbook="database", incident="database",
                after=[instance],
            )  # fmt: skip
            alarms(name, identifier, self.args.settings, made, replica=replica)

    def master_secret(self, primary: rds.Instance) -> pulumi.Output[str]:
        """The ARN of the managed secret, and when AWS rotates it."""
        arn = primary.master_user_secrets.apply(lambda secrets: str(secrets[0].secret_arn))
        secretsmanager.SecretRotation(
            f"{self.name}-master",
            secret_id=arn,
            rotation_rules={"automatically_after_days": self.args.settings.rotation_days},
            rotate_immediately=False,
            opts=self.child,
        )
        return arn
