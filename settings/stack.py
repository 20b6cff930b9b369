"""All settings of one stack."""

from __future__ import annotations

from typing import Annotated, Literal, get_args

from pydantic import AfterValidator, StringConstraints

from settings.api import Api
from settings.backup import Backup
from settings.bastion import Bastion
from settings.cache import Cache
from settings.clusters import Clusters
from settings.database import Database
from settings.deployment import Deployment
from settings.dns import Dns
from settings.field import About, Section, one_of, setting, switch
from settings.files import Files
from settings.frontend import Frontend
from settings.functions import Functions
from settings.images import Images
from settings.ingress import Ingress
from settings.network import Network
from settings.observability import Observability
from settings.queues import Queues
from settings.release import Release
from settings.secrets import Secrets
from settings.services import Services
from settings.storage import Storage
from settings.workloads import Workloads

Stack = Literal["dev", "staging", "prod"]
Region = Literal["ap-southeast-3"]

STACKS: tuple[Stack, ...] = get_args(Stack)
REGION: Region = "ap-southeast-3"
EXAMPLE_ACCOUNTS = ("123456789012", "111122223333", "444455556666")
"""AWS's own examples of account ids. No credentials lead there, so a stack that keeps one can't change anything."""
LONGEST_WINDOW = 30
"""Days that KMS keeps a deleted key at most; prod uses them all (SMILE-SEC-22)."""
TAG_TEXT = r"^[\w .:/=+\-@]+$"
"""What AWS takes in a tag (SMILE-GEN-06)."""
MOST_EXTRA_TAGS = 30
"""A resource takes 50 tags; the program gives a subnet about ten, and services add theirs."""
FIXED_TAGS = ("Project", "Environment", "ManagedBy", "Owner", "Component", "DataClass")


def free_tag_name(name: str) -> str:
    """Let a tag's name pass that neither AWS nor this program has taken.

    Raises:
        ValueError: the name is taken.
    """
    if name.lower().startswith("aws:") or name.lower() in {fixed.lower() for fixed in FIXED_TAGS}:
        raise ValueError("is taken")
    return name


TagName = Annotated[
    str, StringConstraints(min_length=1, max_length=128, pattern=TAG_TEXT), AfterValidator(free_tag_name)
]
TagValue = Annotated[str, StringConstraints(min_length=1, max_length=256, pattern=TAG_TEXT)]


class Account(Section):
    """The AWS account of the stack."""

    id: str = setting(
        EXAMPLE_ACCOUNTS[0],
        "the only account that the program may touch; the default is an example of AWS's, which is nobody's",
        About(source="OP-S-03", valid='12 digits in quotes, such as "123456789012"'),
        pattern=r"^[0-9]{12}$",
    )
    region: Region = setting(REGION, "where every regional resource lives", one_of("SMILE-GEN-01", (REGION,)))

    @property
    def allowed_account_ids(self) -> tuple[str, ...]:
        """For the AWS provider: it refuses credentials of any other account."""
        return (self.id,)

    @property
    def is_example(self) -> bool:
        """Whether the real account id is still to be written into the stack's file."""
        return self.id in EXAMPLE_ACCOUNTS


class Encryption(Section):
    """The customer-managed keys."""

    deletion_window_days: int = setting(
        LONGEST_WINDOW,
        "how long a deleted key can be rescued",
        About(source="SMILE-SEC-22", unit="days", valid=f"7 to {LONGEST_WINDOW}; {LONGEST_WINDOW} in prod"),
        ge=7,
        le=LONGEST_WINDOW,
    )
    rotation_days: int = setting(
        365,
        "how often KMS replaces the key material",
        About(source="SMILE-SEC-22", unit="days", valid="90 to 365"),
        ge=90,
        le=365,
    )


class Tags(Section):
    """Tags on every taggable resource, besides those that its component gives (Component, DataClass)."""

    owner: TagValue = setting(
        "smile-platform",
        "the team that answers for the resources",
        About(source="SMILE-GEN-06", valid="1 to 256 letters, digits, spaces and . : / = + - @ _"),
    )
    extra: dict[TagName, TagValue] = setting(
        {},
        "more tags, such as a cost centre: name -> value",
        About(
            source="SMILE-GEN-06",
            valid=f"up to {MOST_EXTRA_TAGS} names of up to 128 and values of up to 256 letters, digits, spaces and "
            f". : / = + - @ _, no name beginning with aws: and none of {', '.join(FIXED_TAGS)}",
        ),
        max_length=MOST_EXTRA_TAGS,
    )


class Protection(Section):
    """What keeps stateful resources (database, file system, buckets, keys, clusters) from being deleted."""

    protect: bool = switch("Pulumi refuses to delete them; always in prod", "SMILE-GEN-07", on=True)
    deletion_protection: bool = switch(
        "AWS refuses to delete them, where the service can; always in prod", "SMILE-GEN-07", on=True
    )
    retain_on_delete: bool = switch(
        "once unprotected and taken out of the program they stay in AWS; always in prod", "SMILE-GEN-07", on=True
    )


class Settings(Section):
    """Everything that differs by stack: ``smile:<section>`` in Pulumi.<stack>.yaml."""

    stack: Stack
    account: Account = Account()
    network: Network = Network()
    encryption: Encryption = Encryption()
    tags: Tags = Tags()
    protection: Protection = Protection()
    observability: Observability = Observability()
    api: Api = Api()
    bastion: Bastion = Bastion()
    backup: Backup = Backup()
    cache: Cache = Cache()
    clusters: Clusters = Clusters()
    database: Database = Database()
    deployment: Deployment = Deployment()
    dns: Dns = Dns()
    files: Files = Files()
    frontend: Frontend = Frontend()
    functions: Functions = Functions()
    images: Images = Images()
    ingress: Ingress = Ingress()
    queues: Queues = Queues()
    release: Release = Release()
    secrets: Secrets = Secrets()
    services: Services = Services()
    storage: Storage = Storage()
    workloads: Workloads = Workloads()

    @property
    def is_production(self) -> bool:
        """Whether end users depend on this stack (SMILE-GEN-03)."""
        return self.stack == "prod"

    @property
    def default_tags(self) -> dict[str, str]:
        """Name -> value, for the provider's default tags (SMILE-GEN-06)."""
        fixed = {
            "Project": "smile5",
            "Environment": self.stack,
            "ManagedBy": "pulumi",
            "Owner": self.tags.owner,
        }
        return self.tags.extra | fixed


SECTIONS = tuple(name for name in Settings.model_fields if name != "stack")
"""The names after ``smile:``."""
