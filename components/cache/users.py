"""The users of a cache: who may log in, how, and what they may do."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import pulumi
from pulumi_aws import elasticache

from components.core.environment import Environment

ENGINE = "redis"
"""Of users and groups, whatever the cache's: such a group serves both, and stays when the cache changes over."""
NO_ACCESS = "off -@all"
APPLICATION_ACCESS = (
    "on ~* &* -@all +@read +@write +@pubsub +@connection +@transaction +@scripting -@dangerous "
    "+info +cluster|nodes +cluster|shards +cluster|slots"
)
"""All data and what cluster clients ask to find it; nothing that empties, reconfigures or stops the cache."""
TAKEN = ("default", "application")
"""Users that every cache has."""


@dataclass(frozen=True, kw_only=True)
class PasswordUser:
    """A user whose password rotation sets and keeps in Secrets Manager.

    Attributes:
        id: by which ElastiCache knows it, such as ``smile-prod-cache-reports``; also its ARN's last part.
        name: with which it logs in.
        access_string: what it may do once it has a password.
    """

    id: str
    name: str
    access_string: str


@dataclass(frozen=True, kw_only=True)
class CacheUsersArgs:
    """What the users need.

    Attributes:
        environment: whose users they are.
        cache: physical name of the cache; theirs begin with it.
        password_users: name -> what it may do, such as ``~* +@read``, for clients that can't use IAM.

    Raises:
        ValueError: a user with a password has the name of one that every cache has.
    """

    environment: Environment
    cache: str
    password_users: Mapping[str, str]

    def __post_init__(self) -> None:
        if taken := sorted(set(self.password_users) & set(TAKEN)):
            raise ValueError(f"password_users: {', '.join(taken)}; any name but {', '.join(TAKEN)}")


class CacheUsers(pulumi.ComponentResource):
    """A user group: the default user shut out, the application by IAM, others by a password that rotates.

    No password is ever in the program or its state. A user with a password is born unable to do anything; its first
    rotation gives it both, the password and its access string.

    Attributes:
        group_id: of the user group.
        application: with which the application logs in; its id and its name are the same, as IAM asks for.
        with_password: name -> user whose password rotates.
    """

    group_id: pulumi.Output[str]
    application: str
    with_password: Mapping[str, PasswordUser]

    def __init__(self, name: str, args: CacheUsersArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("platform:cache:CacheUsers", name, None, opts)
        self.name = name
        self.args = args
        self.tags = args.environment.tags(component="cache", data_class="confidential")
        self.application = f"{args.cache}-application"
        self.with_password = {
            role: PasswordUser(id=f"{args.cache}-{role}", name=f"{args.cache}-{role}", access_string=f"on {access}")
            for role, access in args.password_users.items()
        }
        users = [self.default_user(), self.application_user(), *map(self.password_user, self.with_password)]
        group = elasticache.UserGroup(
            name,
            user_group_id=args.cache,
            engine=ENGINE,
            user_ids=[user.user_id for user in users],
            tags=self.tags("cache-users"),
            opts=pulumi.ResourceOptions(parent=self),
        )
        self.group_id = group.user_group_id
        self.register_outputs({"groupId": self.group_id})

    def default_user(self) -> elasticache.User:
        """The user that clients are who don't log in: a group must have one, so it is one that may do nothing."""
        return elasticache.User(
            f"{self.name}-default",
            user_id=f"{self.args.cache}-default",
            user_name="default",
            engine=ENGINE,
            access_string=NO_ACCESS,
            # Not authentication_mode: its "no-password-required" is read back as "no-password", always a change.
            no_password_required=True,
            tags=self.tags("cache-default"),
            opts=pulumi.ResourceOptions(parent=self),
        )

    def application_user(self) -> elasticache.User:
        """The application, which logs in with a token that IAM gives its pods for 15 minutes."""
        return elasticache.User(
            f"{self.name}-application",
            user_id=self.application,
            user_name=self.application,
            engine=ENGINE,
            access_string=APPLICATION_ACCESS,
            authentication_mode={"type": "iam"},
            tags=self.tags("cache-application"),
            opts=pulumi.ResourceOptions(parent=self),
        )

    def password_user(self, role: str) -> elasticache.User:
        """A user for rotation to bring to life."""
        user = self.with_password[role]
        return elasticache.User(
            f"{self.name}-{role}",
            user_id=user.id,
            user_name=user.name,
            engine=ENGINE,
            access_string=NO_ACCESS,
            no_password_required=True,
            tags=self.tags(f"cache-{role}"),
            opts=pulumi.ResourceOptions(
                parent=self, ignore_changes=["accessString", "authenticationMode", "noPasswordRequired"]
            ),
        )
