"""All settings of one stack."""

from __future__ import annotations

from typing import Literal, get_args

from components.backup.settings import Backup
from components.bastion.settings import Bastion
from components.cache.settings import Cache
from components.cluster.settings import Clusters
from components.core.protection import Protection
from components.core.settings.field import About, Section, one_of, setting
from components.core.tags import Tags
from components.database.settings import Database
from components.delivery.settings import Deployment
from components.edge.api_settings import Api
from components.edge.dns_settings import Dns
from components.edge.frontend_settings import Frontend
from components.edge.ingress_settings import Ingress
from components.edge.release_settings import Release
from components.encryption.settings import Encryption
from components.files.settings import Files
from components.functions.settings import Functions
from components.images.settings import Images
from components.observability.settings import Observability
from components.queues.settings import Queues
from components.secrets.settings import Secrets
from components.storage.settings import Storage
from components.workloads.services_settings import Services
from components.workloads.settings import Workloads
from settings.network import Network

Stack = Literal["dev", "staging", "prod"]
Region = Literal["ap-southeast-3"]

STACKS: tuple[Stack, ...] = get_args(Stack)
REGION: Region = "ap-southeast-3"
EXAMPLE_ACCOUNTS = ("123456789012", "111122223333", "444455556666")
"""AWS's own examples of account ids. No credentials lead there, so a stack that keeps one can't change anything."""


class Account(Section):
    """The AWS account of the stack."""

    id: str = setting(
        EXAMPLE_ACCOUNTS[0],
        "the only account that the program may touch; the default is an example of AWS's, which is nobody's",
        About(valid='12 digits in quotes, such as "123456789012"'),
        pattern=r"^[0-9]{12}$",
    )
    region: Region = setting(REGION, "where every regional resource lives", one_of((REGION,)))

    @property
    def allowed_account_ids(self) -> tuple[str, ...]:
        """For the AWS provider: it refuses credentials of any other account."""
        return (self.id,)

    @property
    def is_example(self) -> bool:
        """Whether the real account id is still to be written into the stack's file."""
        return self.id in EXAMPLE_ACCOUNTS


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
