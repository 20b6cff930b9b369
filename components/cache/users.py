"""The users of a cache: who may log in, how, and what they may do."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import pulumi
from pulumi_aws import elasticache

from components.cache.settings import User
from components.core.declared import Declared
from components.core.environment import Environment

ENGINE = "redis"
"""Of users and groups, whatever the cache's: such a group serves both, and stays when the cache changes over."""
NO_ACCESS = "off -@all"


@dataclass(frozen=True, kw_only=True)
class PasswordUser:
    """A user whose password rotation sets and keeps in Secrets Manager.

    Attributes:
        id: by which ElastiCache knows it, such as ``acme-prod-cache-reports``; also its ARN's last part.
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
        users: name -> how it logs in, and what it may do.
    """

    environment: Environment
    cache: str
    users: Mapping[str, User]


class CacheUsers(pulumi.ComponentResource):
    """A user group: the default user shut out, others by IAM or by a password that rotates.

    No password is ever in the program or its state. A user with a password is born unable to do anything; its first
    rotation gives it both, the password and its access string.

    Attributes:
        group_id: of the user group.
        ids: name -> id, which is also what it logs in as, as IAM asks for.
        with_password: name -> user whose password rotates.
    """

    group_id: pulumi.Output[str]
    ids: Declared[str]
    with_password: Mapping[str, PasswordUser]

    def __init__(self, name: str, args: CacheUsersArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("platform:cache:CacheUsers", name, None, opts)
        self.name = name
        self.args = args
        self.tags = args.environment.tags(component="cache", data_class="confidential")
        self.ids = Declared("user of the cache", {user: f"{args.cache}-{user}" for user in args.users})
        self.with_password = {
            each: PasswordUser(id=self.ids[each], name=self.ids[each], access_string=f"on {user.access}")
            for each, user in args.users.items()
            if user.authentication == "password"
        }
        users = [self.default_user(), *map(self.user, args.users)]
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

    def user(self, name: str) -> elasticache.User:
        """A user: one with a password is made for rotation to bring to life."""
        by_iam = name not in self.with_password
        written = ["accessString", "authenticationMode", "noPasswordRequired"]
        return elasticache.User(
            f"{self.name}-{name}",
            user_id=self.ids[name],
            user_name=self.ids[name],
            engine=ENGINE,
            access_string=f"on {self.args.users[name].access}" if by_iam else NO_ACCESS,
            authentication_mode={"type": "iam"} if by_iam else None,
            no_password_required=None if by_iam else True,
            tags=self.tags(f"cache-{name}"),
            opts=pulumi.ResourceOptions(parent=self, ignore_changes=None if by_iam else written),
        )
