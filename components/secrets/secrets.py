"""Secrets: passwords that rotation makes and replaces, and those that others gave. No value is in program or state."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import pulumi

from aws_facts.rds_versions import Engine
from components.cache.redis_cache import PORT
from components.cache.users import PasswordUser
from components.core.context import StackContext
from components.core.declared import Declared
from components.core.iam import Statement
from components.database.database import Database
from components.database.engines import ENGINES
from components.database.user_settings import User
from components.encryption.grants import DECRYPT
from components.functions.function import Placement
from components.secrets import settings as secrets
from components.secrets.rotation import Rotation, RotationArgs
from components.secrets.secret import Secret, SecretArgs, key_statement


@dataclass(frozen=True, kw_only=True)
class DatabaseLogin:
    """Where the database is, which users it has, and who may make them.

    Attributes:
        engine: ``mysql`` or ``postgres``.
        users: name -> what it may do.
        host: its name, as in its certificate.
        port: TCP port.
        master_arn: ARN of the master user's secret, which RDS keeps and rotates, with the secrets' key; None where
            people manage the password: then they put it into the secret ``database-master``.
    """

    engine: Engine
    users: Mapping[str, User]
    host: pulumi.Input[str]
    port: pulumi.Input[int]
    master_arn: pulumi.Input[str] | None

    @classmethod
    def of(cls, database: Database) -> DatabaseLogin:
        """That of a database, with the users of its settings."""
        return cls(
            engine=database.args.settings.engine,
            users=database.args.settings.users,
            host=database.address,
            port=database.port,
            master_arn=database.master_secret_arn,
        )


@dataclass(frozen=True, kw_only=True)
class CacheLogin:
    """Where the cache is, and its users that log in with a password.

    Attributes:
        host: its name, as in its certificate.
        users: name -> user, without a password and switched off until its first rotation.
        port: TCP port.
    """

    host: pulumi.Input[str]
    users: Mapping[str, PasswordUser]
    port: int = PORT


@dataclass(frozen=True, kw_only=True)
class SecretsArgs:
    """What the secrets need.

    Attributes:
        context: key ``secrets``, protection, and what the rotation functions need.
        secrets: how often passwords are replaced, and which secrets others give.
        placement: from where database and cache are in reach.
        database: whose users' passwords rotate; None without a database.
        cache: the same of a cache.
    """

    context: StackContext
    secrets: secrets.Secrets
    placement: Placement
    database: DatabaseLogin | None = None
    cache: CacheLogin | None = None


class Secrets(pulumi.ComponentResource):
    """A secret for each user of database and cache, filled and replaced by rotation, and for each external one.

    Attributes:
        arns: name, such as ``mysql/application`` -> ARN of its secret.
    """

    arns: Mapping[str, pulumi.Output[str]]

    def __init__(self, name: str, args: SecretsArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("platform:secrets:Secrets", name, None, opts)
        self.name = name
        self.args = args
        self.tags = args.context.environment.tags(component="secrets", data_class="confidential")
        self.secrets: Declared[Secret] = Declared("secret", {})
        for user, what in args.secrets.external.items():
            self.secret(f"external/{user}", what)
        if args.database and args.database.users:
            self.database_users(args.database)
        if args.cache and args.cache.users:
            self.cache_users(args.cache)
        self.arns = {path: secret.arn for path, secret in self.secrets.items()}
        self.register_outputs({"arns": self.arns})

    def secret(self, path: str, description: str) -> Secret:
        """One secret."""
        role = path.replace("/", "-").replace("_", "-")
        args = SecretArgs(
            context=self.args.context,
            path=path,
            description=description,
            recovery_days=self.args.secrets.recovery_days,
            tags=self.tags(role),
        )
        self.secrets[path] = Secret(f"{self.name}-{role}", args, pulumi.ResourceOptions(parent=self))
        return self.secrets[path]

    def database_users(self, database: DatabaseLogin) -> None:
        """The users of the database, which the master user makes."""
        partition = self.args.context.environment.partition
        if partition != "aws":
            raise ValueError(f"RDS's authorities in partition {partition} are not known to the rotation; valid: aws")
        kind, engine = database.engine, ENGINES[database.engine]
        by_people = f"Login of the {engine.title} master user, as username and password in JSON"
        master = database.master_arn or self.secret("database-master", by_people).arn
        users = {
            self.secret(f"{kind}/{name}", f"Login of {engine.title} user {name}"): {
                "username": name,
                "schema": user.database,
                "privileges": user.privileges,
            }
            for name, user in database.users.items()
        }
        self.rotation(
            RotationArgs(
                context=self.args.context,
                kind=kind,
                users=users,
                server={"host": database.host, "port": database.port, "master": master},
                packages=["rds_authorities", *engine.driver],
                placement=self.args.placement,
                days=self.args.secrets.rotation_days,
                reads=[master],
            )
        )

    def cache_users(self, cache: CacheLogin) -> None:
        """The users of the cache that can't log in with IAM."""
        environment = self.args.context.environment
        users = {
            self.secret(f"redis/{name}", f"Login of Redis user {name}"): {
                "user_id": user.id,
                "username": user.name,
                "access_string": user.access_string,
            }
            for name, user in cache.users.items()
        }
        change = Statement(
            sid="ChangePasswords",
            actions=["elasticache:DescribeUsers", "elasticache:ModifyUser"],
            resources=[environment.arn("elasticache", f"user:{user.id}") for user in cache.users.values()],
        )
        self.rotation(
            RotationArgs(
                context=self.args.context,
                kind="redis",
                users=users,
                server={"host": cache.host, "port": cache.port},
                packages=["redis"],
                placement=self.args.placement,
                days=self.args.secrets.rotation_days,
                statements=[change],
            )
        )

    def rotation(self, args: RotationArgs) -> None:
        """The rotation of one kind of user."""
        Rotation(f"{self.name}-rotate-{args.kind}-users", args, pulumi.ResourceOptions(parent=self))

    def grant_read(self, *paths: str) -> list[Statement]:
        """What a role needs to read these secrets, and no other.

        Raises:
            UndeclaredError: there is no such secret.
        """
        own = [self.secrets[path].arn_pattern for path in paths]
        if not own:
            return []
        actions = ["secretsmanager:DescribeSecret", "secretsmanager:GetSecretValue"]
        return [
            Statement(sid="ReadOwnSecrets", actions=actions, resources=own),
            key_statement(self.args.context, DECRYPT, own),
        ]
