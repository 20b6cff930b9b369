"""All settings of one stack."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Literal, get_args

from components.audit.settings import Audit
from components.backup.settings import Backup
from components.bastion.settings import Bastion
from components.cache.settings import Cache
from components.canary.settings import Canary
from components.cluster.settings import NAMES, Cluster, ClusterName
from components.core.settings.field import About, one_of, setting
from components.core.settings.finding import Finding
from components.core.settings.load import Derived
from components.core.settings.section import Section
from components.cost.settings import Cost
from components.database.settings import Database
from components.delivery.settings import Deployment
from components.edge.api_settings import Api
from components.edge.dns_settings import Dns
from components.edge.frontend_settings import Frontend
from components.edge.ingress_settings import Ingress
from components.edge.release_settings import Release
from components.files.settings import Files
from components.functions.settings import Functions
from components.images.settings import Images
from components.lake.settings import Lake
from components.patching.settings import Patching
from components.queues.settings import Queues
from components.secrets.settings import Secrets
from components.spark.settings import Spark
from components.stack import settings as library
from components.stack.settings import EXAMPLE_ACCOUNTS
from components.storage.settings import Storage
from components.streams.settings import Streams
from components.tracing.settings import Tracing
from components.workloads.services_settings import Services
from components.workloads.settings import Count, Workloads
from settings.network import Network

Kind = Literal["production", "staging", "development"]
Region = Literal["ap-southeast-3"]

PROJECT = "smile"
KINDS: tuple[Kind, ...] = get_args(Kind)
REPLICAS: Mapping[Kind, Count] = {
    "development": Count(1, 2),
    "staging": Count(2, 3),
    "production": Count(3, 10),
}
"""Pods of a service where a stack says nothing else; for production no most is documented (SMILE-PERF-07)."""
SAMPLING_PERCENT: Mapping[Kind, int] = {"development": 100, "staging": 50, "production": 10}
"""Share of the requests that is traced where a stack says nothing else (SMILE-OBS-07, SMILE-OBS-08)."""
REGION: Region = "ap-southeast-3"
BUDGETS_USD: Mapping[Kind, int] = {"development": 2500, "staging": 3500, "production": 8000}
"""A month of each kind of environment where a stack says nothing else: more than what is known of it (docs/cost.md)."""


class EnvironmentKind(Section):
    """What the stack is for."""

    kind: Kind = setting(
        ...,
        "production: end users depend on it; staging: testers do; development: nobody does",
        About(
            valid=", ".join(KINDS) + f"; as in {PROJECT}:environment: {{kind: development}}",
            choices=KINDS,
            example="development",  # asks for the least: what it lacks, the others lack too
        ),
    )


class Account(library.Account):
    """The AWS account of the stack."""

    id: str = setting(
        ...,
        "the only account that the program may touch, and that of no other stack",
        About(
            valid=f'12 digits in quotes; as in {PROJECT}:account: {{id: "{EXAMPLE_ACCOUNTS[-1]}"}}',
            example=EXAMPLE_ACCOUNTS[-1],
        ),
        pattern=r"^[0-9]{12}$",
    )
    region: Region = setting(REGION, "where every regional resource lives", one_of((REGION,)))

    @property
    def allowed_account_ids(self) -> tuple[str, ...]:
        """For the AWS provider: it refuses credentials of any other account."""
        return (self.id,)


class Settings(library.ProgramSettings):
    """Everything that differs by stack: ``smile:<section>`` in Pulumi.<stack>.yaml."""

    environment: EnvironmentKind
    account: Account  # pyright: ignore[reportIncompatibleVariableOverride] - settings are frozen
    network: Network = Network()
    api: Api = Api()
    audit: Audit = Audit()
    bastion: Bastion = Bastion()
    backup: Backup = Backup()
    cache: Cache = Cache()
    canary: Canary = Canary()
    clusters: dict[ClusterName, Cluster] = setting(
        {},
        "name -> Kubernetes cluster; the services run on the one called application",
        About(valid=f"names of {NAMES}, each with the settings of its cluster"),
    )
    cost: Cost = Cost()
    database: Database = Database()
    deployment: Deployment = Deployment()
    dns: Dns = Dns()
    files: Files = Files()
    frontend: Frontend = Frontend()
    functions: Functions = Functions()
    images: Images = Images()
    ingress: Ingress = Ingress()
    patching: Patching = Patching()
    lake: Lake = Lake()
    queues: Queues = Queues()
    release: Release = Release()
    secrets: Secrets = Secrets()
    services: Services = Services()
    spark: Spark = Spark()
    storage: Storage = Storage()
    tracing: Tracing = Tracing()
    streams: Streams = Streams()
    workloads: Workloads = Workloads()

    @property
    def kind(self) -> Kind:
        """What the stack is for (SMILE-GEN-03)."""
        return self.environment.kind

    @property
    def is_production(self) -> bool:
        """Whether end users depend on this stack."""
        return self.kind == "production"

    def findings(self, region: str) -> Iterator[Finding]:  # noqa: ARG002 - others read it
        """Nothing: settings/rules say it, narrower."""
        yield from ()

    @property
    def is_development(self) -> bool:
        """Whether nobody depends on this stack."""
        return self.kind == "development"

    @property
    def enabled_clusters(self) -> dict[str, Cluster]:
        """The clusters that there are, by name."""
        return {name: cluster for name, cluster in self.clusters.items() if cluster.enabled}

    def cluster_name(self, cluster: str) -> str:
        """Physical name of a cluster: ``smile-prod`` of the application's, ``smile-prod-data`` of data."""
        prefix = f"{PROJECT}-{self.stack}"
        return prefix if cluster == "application" else f"{prefix}-{cluster}"

    @property
    def interface_endpoints(self) -> tuple[str, ...]:
        """Those of the network, and those of what the stack has besides: a stream's events would cost more over NAT."""
        of_streams = ("kinesis-streams",) if self.streams.streams else ()
        return tuple(dict.fromkeys((*self.network.interface_endpoints, *of_streams)))

    @property
    def namespace(self) -> str:
        """Of the services in Kubernetes."""
        return f"smile5-{self.stack}"

    @property
    def parameter_root(self) -> str:
        """What names in Parameter Store begin with (SMILE-SSM-01)."""
        return f"/smile5/{self.stack}"

    @property
    def metric_namespace(self) -> str:
        """Of the services' and functions' own metrics in CloudWatch (SMILE-OBS-01)."""
        return f"SMILE5/{self.stack}"

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


def defaults(values: Mapping[str, Any]) -> dict[str, Any]:
    """What holds for a kind of environment where neither Pulumi.yaml nor the stack's file says otherwise."""
    environment: Any = values.get("environment")
    kind = environment.get("kind") if isinstance(environment, dict) else None
    if kind not in KINDS:
        return {}
    return {
        "canary": {"enabled": kind != "development"},
        "cost": {"budget_usd": BUDGETS_USD[kind]},
        "tracing": {"sampling_percent": SAMPLING_PERCENT[kind], "insights": kind != "development"},
        "workloads": {"replicas": REPLICAS[kind]._asdict()},
    }


def derived(settings: Settings) -> Iterable[Derived]:
    """What isn't written anywhere but follows from what is: key, value, unit, meaning."""
    network = settings.network
    for tier, zones in network.subnets.items():
        for zone, cidr in zones.items():
            yield f"network.subnets.{tier}.{zone}", str(cidr), "", f"the {tier} subnet in {zone}"
    yield "network.nat_zones", list(network.nat_zones), "", "zones with a NAT gateway"
    yield "network.database_tier", network.database_tier, "", "where the database lies"
    for name, section in (("database", settings.database), ("cache", settings.cache)):
        for window in (each for each in type(section).model_fields if each.endswith("_window")):
            meaning = f"the {name}'s {window.replace('_', ' ')} as AWS takes it"
            yield f"{name}.{window}_utc", getattr(section, f"{window}_utc"), "UTC", meaning
    yield "tags.default", settings.default_tags, "", "tags that the provider adds"
