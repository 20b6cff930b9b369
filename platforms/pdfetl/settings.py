"""``pdfetl:SECTION`` in Pulumi.STACK.yaml: the sections of the components, and what the PDF ETL alone knows."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, Literal, get_args

from pydantic import StringConstraints

from aws_facts.regions import REGIONS, zones_of
from components.core.settings.field import About, among, setting, switch
from components.core.settings.section import Section
from components.cost.settings import Cost
from components.edge.dns_settings import Dns
from components.edge.file_settings import Files
from components.edge.ingress_settings import Firewall
from components.functions.settings import LONGEST_SECONDS, MEMORY, MOST_AT_ONCE
from components.images.settings import Images
from components.network.settings import Network
from components.queues.settings import Queues
from components.service.settings import ContainerTask
from components.stack.settings import ProgramSettings
from components.storage.settings import Storage

Kind = Literal["development", "staging", "production"]
NAME = "pdfetl"
REGION = "ap-southeast-3"
"""Jakarta (OP-ETL-08)."""
KEYS = ("functions", "logs", "objects", "queues", "tables")
"""The classes of data that every stack has."""
IMAGE = "pdf-process"
"""The repository of the task's image."""
RELEASE = "release-1"
PROFILE_PREFIXES = ("apac.", "eu.", "global.", "jp.", "us.", "us-gov.")
"""Of inference profiles, which answer from Regions that Bedrock chooses
(https://docs.aws.amazon.com/bedrock/latest/userguide/inference-profiles-support.html)."""
DIGITS = r"^[0-9]+(\.[0-9]{1,12})?$"

Model = Annotated[str, StringConstraints(pattern=r"^[a-z0-9-]+(\.[a-z0-9-]+)+(:[0-9]+)?$", max_length=140)]
Day = Annotated[str, StringConstraints(pattern=r"^20[0-9]{2}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])$")]


class EnvironmentKind(Section):
    """What the stack is for."""

    kind: Kind = setting(
        ...,
        "production: students depend on it; staging: testers do; development: nobody",
        About(valid=", ".join(get_args(Kind)), choices=get_args(Kind), example="staging"),
    )


class Phases(Section):
    """What of the rollout is there (ETL-OPS-01); buckets always are."""

    tracking: bool = switch("2: tables of jobs and of usage", on=True)
    processing: bool = switch("3: the function, started by uploads", on=True)
    delivery: bool = switch("4: CloudFront", on=True)


class Elsewhere(Section):
    """The data owner's consent to texts leaving the country for the model (OP-ETL-04)."""

    reason: str = setting("", "why no model in the country will do", About(valid="a sentence"), max_length=300)
    owner: str = setting("", "who accepts that", About(valid="a team or a person"), max_length=100)
    until: Day | Literal[""] = setting(
        "", "when that is looked at again", About(valid='a day within a year, such as "2027-06-30"')
    )

    @property
    def is_given(self) -> bool:
        """Whether anybody consents, says why, and until when."""
        return all((self.reason, self.owner, self.until))


class Embedding(Section):
    """Which model of Bedrock embeds, and where."""

    model: Literal["amazon.titan-embed-text-v2:0"] = setting(
        "amazon.titan-embed-text-v2:0",
        "the model; aws bedrock list-foundation-models says whether the account has it in the Region",
        About(valid="amazon.titan-embed-text-v2:0, whose answers the function knows"),
    )
    region: Annotated[str, among(REGIONS)] = setting(
        REGION, "where it is asked", About(valid=f"{REGION}; with elsewhere, another Region")
    )
    elsewhere: Elsewhere = Elsewhere()
    thousand_tokens_usd: str = setting(
        "0.0001",
        "price of a thousand tokens, for the cost of a job (ETL-AI-01)",
        About(unit="USD", valid='a number in quotes, such as "0.0001"'),
        pattern=DIGITS,
    )
    inference_models: tuple[Model, ...] = setting(
        (),
        "models that the function may ask besides, for answers (ETL-AI-02)",
        About(valid="ids of models, such as amazon.nova-lite-v1:0; no inference profiles without elsewhere"),
        max_length=10,
    )


class Processing(Section):
    """The function (ETL-LAMBDA-05)."""

    timeout_seconds: int = setting(
        LONGEST_SECONDS,
        "after which Lambda ends a run",
        About(unit="seconds", valid=f"60 to {LONGEST_SECONDS}"),
        ge=60,
        le=LONGEST_SECONDS,
    )
    memory_mib: int = setting(
        3008, "memory; CPU grows with it", About(unit="MiB", valid=f"512 to {MEMORY[1]}"), ge=512, le=MEMORY[1]
    )
    ephemeral_mib: int = setting(2048, "of /tmp", About(unit="MiB", valid="512 to 10240"), ge=512, le=10_240)
    concurrency: int = setting(
        5, "runs at once at most", About(unit="runs", valid=f"2 to {MOST_AT_ONCE}"), ge=2, le=MOST_AT_ONCE
    )
    pages_per_part: int = setting(
        50, "what is longer is split into as many", About(unit="pages", valid="1 to 500"), ge=1, le=500
    )
    largest_mib: int = setting(
        200,
        "a larger file is for a task, and refused where there are none: each of its parts would fetch all of it again",
        About(unit="MiB", valid="1 to 5000, and half of ephemeral_mib at most"),
        ge=1,
        le=5000,
    )
    most_pages: int = setting(
        2000,
        "a document with more is for a task, where there are any",
        About(unit="pages", valid="1 to 100000"),
        ge=1,
        le=100_000,
    )
    gb_second_usd: str = setting(
        "0.0000133334",
        "price of a GB of memory for a second, for the cost of a job",
        About(unit="USD", valid='a number in quotes, such as "0.0000133334"'),
        pattern=DIGITS,
    )


class LargeDocuments(ContainerTask):
    """Tasks on Fargate, for documents that are too large or too long for the function (OP-ETL-03)."""

    enabled: bool = switch("there are such tasks, and a network with a NAT gateway, which costs by the hour", on=False)
    release: str = setting(
        RELEASE,
        "tag of the image in the stack's registry",
        About(valid="such as release-7"),
        pattern=r"^[A-Za-z0-9_][A-Za-z0-9._-]{0,127}$",
    )
    largest_mib: int = setting(
        5000,
        "a larger file is refused",
        About(unit="MiB", valid="1 to 50000, and half the disk at most"),
        ge=1,
        le=50_000,
    )
    concurrency: int = setting(2, "tasks at once at most", About(unit="tasks", valid="1 to 20"), ge=1, le=20)
    attempts: int = setting(
        3,
        "how often one is run for a document; it goes on where it was",
        About(unit="runs", valid="1 to 10"),
        ge=1,
        le=10,
    )
    timeout_minutes: int = setting(
        720, "after which one is stopped", About(unit="minutes", valid="15 to 10080"), ge=15, le=10_080
    )
    vcpu_hour_usd: str = setting(
        "0.05",
        "price of a vCPU for an hour, for the cost of a job: an assumption, to be looked up",
        About(unit="USD", valid='a number in quotes, such as "0.05"'),
        pattern=DIGITS,
    )
    gb_hour_usd: str = setting(
        "0.0055",
        "price of a GB of memory for an hour, for the cost of a job: an assumption, to be looked up",
        About(unit="USD", valid='a number in quotes, such as "0.0055"'),
        pattern=DIGITS,
    )


class Settings(ProgramSettings):
    """Everything that differs by stack."""

    environment: EnvironmentKind
    large_documents: LargeDocuments
    network: Network
    cost: Cost = Cost()
    dns: Dns = Dns()
    embedding: Embedding = Embedding()
    files: Files = Files()
    firewall: Firewall = Firewall()
    images: Images = Images()
    phases: Phases = Phases()
    processing: Processing = Processing()
    queues: Queues = Queues()
    storage: Storage = Storage()

    @property
    def is_production(self) -> bool:
        """Whether students depend on this stack."""
        return self.environment.kind == "production"

    @property
    def has_tasks(self) -> bool:
        """Whether large documents are processed."""
        return self.phases.processing and self.large_documents.enabled

    @property
    def keys(self) -> list[str]:
        """The classes of data that the stack has."""
        return [*KEYS, *(["images", "workflows"] if self.has_tasks else [])]

    @property
    def files_host(self) -> str:
        """Where packages are found."""
        return f"files.{self.dns.domain}"


def defaults(values: Mapping[str, Any]) -> dict[str, Any]:
    """The zones of the Region, and the task's image in the stack's registry."""
    account, tasks = values.get("account"), values.get("large_documents")
    identity = account.get("id") if isinstance(account, Mapping) else ""
    release = tasks.get("release", RELEASE) if isinstance(tasks, Mapping) else RELEASE
    image = f"{identity}.dkr.ecr.{REGION}.amazonaws.com/{NAME}/{IMAGE}:{release}"
    return {"network": {"zones": list(zones_of(REGION)[:3])}, "large_documents": {"image": image}}
