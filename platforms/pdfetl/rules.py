"""Rules over several settings: what the document of the PDF ETL asks for, and what AWS refuses."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import UTC, date, datetime, timedelta

from components.core.settings.finding import Finding, Rules
from components.core.settings.problems import Path
from components.edge.dns_findings import dns_findings
from components.edge.file_findings import file_findings
from components.pipeline.upload_pipeline import VISIBILITY_TIMEOUTS
from components.storage.findings import bucket_findings
from components.storage.settings import SSE_S3, Delivery
from platforms.pdfetl.settings import PROFILE_PREFIXES, REGION, Settings

QUEUE = "documents"
NEEDED: Mapping[str, tuple[Delivery, ...]] = {
    "access-logs": ("s3_access_logs",),
    "backups": (),
    "firewall-logs": ("web_acl_logs",),
    "logs": ("distribution_logs",),
    "outputs": (),
    "parts": (),
    "uploads": (),
}
"""The buckets that the program writes to by name, and what AWS must be let deliver there."""
OF_NETWORK: tuple[Delivery, ...] = ("flow_logs", "dns_queries")
"""What is delivered besides where there is a network."""
PRIVATE = "private"
"""The subnet tier of tasks."""
GIB_IN_MIB = 1024
DATA = ("backups", "outputs", "parts", "uploads")
KEY = "objects"
LONGEST = timedelta(days=366)
"""How far ahead a consent may end, as an exemption from a control; whoever needs it for longer decides again."""
IA_DAYS = 30
"""Age at which what was made of documents gets colder (ETL-S3-04)."""
EDGE_DAYS = 1
"""How long edges keep a file (ETL-CDN-01)."""
PRODUCTION: tuple[Path, ...] = (
    ("protection", "protect"),
    ("protection", "deletion_protection"),
    ("protection", "retain_on_delete"),
)
"""What production may not switch off (ETL-DB-03)."""
rule = Rules[Settings]()


@rule
def aws_takes_it(settings: Settings) -> Iterator[Finding]:
    """What Route 53 and CloudFront refuse."""
    if settings.phases.delivery:
        yield from dns_findings(settings.dns)
        yield from file_findings(settings.files)


@rule
def phases_stand_on_each_other(settings: Settings) -> Iterator[Finding]:
    """The table of jobs is what keeps the function from doing the same twice."""
    if settings.phases.processing and not settings.phases.tracking:
        yield Finding(("phases", "tracking"), "got false", "true with processing, which asks it what is done")


@rule
def texts_stay_in_the_country(settings: Settings) -> Iterator[Finding]:
    """No model answers from elsewhere unless the data owner consents, with a reason and an end (OP-ETL-04)."""
    embedding = settings.embedding
    if embedding.elsewhere.is_given:
        yield from consent_holds(embedding.elsewhere.until)
        return
    consent = "with elsewhere: reason, owner and until"
    if embedding.region != REGION:
        yield Finding(("embedding", "region"), f"got {embedding.region}", f"{REGION}, or another {consent}")
    for model in embedding.inference_models:
        if model.startswith(PROFILE_PREFIXES):
            got = f"got {model}, an inference profile over several Regions"
            yield Finding(("embedding", "inference_models"), got, f"the id of a model, or a profile {consent}")


def consent_holds(until: str) -> Iterator[Finding]:
    """As every other decision, it ends, and within a year."""
    today = datetime.now(UTC).date()
    last = today + LONGEST
    try:
        holds = today <= date.fromisoformat(until) <= last
    except ValueError:  # the 30th of February
        holds = False
    if not holds:
        yield Finding(("embedding", "elsewhere", "until"), f"got {until}", f"a day from {today} to {last}")


@rule
def queue_is_there(settings: Settings) -> Iterator[Finding]:
    """Uploads wait in it, hidden for as long as Lambda may need."""
    queue, path = settings.queues.queues.get(QUEUE), ("queues", "queues", QUEUE)
    if queue is None:
        yield Finding(("queues", "queues"), f"lacks {QUEUE}", f"{QUEUE}, which uploads wait in")
        return
    if "events" not in queue.producers:
        yield Finding((*path, "producers"), "lacks events", "[events]: EventBridge tells of uploads")
    least = VISIBILITY_TIMEOUTS * settings.processing.timeout_seconds
    if queue.visibility_seconds < least:
        got = f"got {queue.visibility_seconds}"
        yield Finding((*path, "visibility_seconds"), got, f"{least} or more: six times processing.timeout_seconds")


@rule
def large_documents_fit_on_disk(settings: Settings) -> Iterator[Finding]:
    """A document lies on disk beside what is made of it."""
    function, tasks = settings.processing, settings.large_documents
    if function.largest_mib * 2 > function.ephemeral_mib:
        valid = f"{function.ephemeral_mib // 2} or less, half of ephemeral_mib"
        yield Finding(("processing", "largest_mib"), f"got {function.largest_mib}", valid)
    if not settings.has_tasks:
        return
    if tasks.largest_mib * 2 > tasks.disk_gib * GIB_IN_MIB:
        valid = f"{tasks.disk_gib * GIB_IN_MIB // 2} or less, half of disk_gib"
        yield Finding(("large_documents", "largest_mib"), f"got {tasks.largest_mib}", valid)
    if tasks.largest_mib <= function.largest_mib:
        got = f"got {tasks.largest_mib}"
        yield Finding(
            ("large_documents", "largest_mib"), got, f"more than processing.largest_mib, {function.largest_mib}"
        )


@rule
def tasks_have_a_network(settings: Settings) -> Iterator[Finding]:
    """Private subnets that lead to a NAT gateway: Bedrock, ECR and SQS are asked through it."""
    tier = settings.network.tiers.get(PRIVATE)
    if settings.has_tasks and (tier is None or tier.route != "nat"):
        got = f"lacks {PRIVATE}" if tier is None else f"{PRIVATE}.route: got {tier.route}"
        yield Finding(("network", "tiers"), got, f"{PRIVATE} with route: nat, for large_documents")


@rule
def buckets_are_there(settings: Settings) -> Iterator[Finding]:
    """What the program, the function and AWS write to by name."""
    of_tasks = {"logs": (*NEEDED["logs"], *OF_NETWORK)} if settings.has_tasks else {}
    yield from bucket_findings(settings.storage, {**NEEDED, **of_tasks})
    buckets, path = settings.storage.buckets, ("storage", "buckets")
    for bucket in DATA:
        if bucket in buckets and buckets[bucket].key not in {KEY, SSE_S3}:
            yield Finding((*path, bucket, "key"), f"got {buckets[bucket].key}", f"{KEY}, or {SSE_S3} for AES256")


@rule
def outputs_get_colder_and_parts_go(settings: Settings) -> Iterator[Finding]:
    """STANDARD_IA after 30 days (ETL-S3-04); parts are needed until the package is made."""
    buckets, path = settings.storage.buckets, ("storage", "buckets")
    if (outputs := buckets.get("outputs")) and outputs.transitions.get("STANDARD_IA") != IA_DAYS:
        found = outputs.transitions.get("STANDARD_IA", "none")
        yield Finding((*path, "outputs", "transitions", "STANDARD_IA"), f"got {found}", str(IA_DAYS))
    if (parts := buckets.get("parts")) and parts.retention != "temporary":
        yield Finding((*path, "parts", "retention"), f'got "{parts.retention}"', "temporary")


@rule
def files_are_kept_at_edges_for_a_day_and_signed(settings: Settings) -> Iterator[Finding]:
    """24 hours (ETL-CDN-01), and for whoever has a signed URL (OP-ETL-06)."""
    for path, use in settings.files.paths.items():
        if use.days != EDGE_DAYS:
            yield Finding(("files", "paths", path, "days"), f"got {use.days}", str(EDGE_DAYS))
        if not use.signed:
            yield Finding(("files", "paths", path, "signed"), "got false", "true: no content is declared public")


@rule
def production_is_protected(settings: Settings) -> Iterator[Finding]:
    """What keeps data."""
    for path in PRODUCTION if settings.is_production else ():
        if not getattr(getattr(settings, str(path[0])), str(path[1])):
            yield Finding(path, "got false", "true in production")


@rule
def names_are_ones_own(settings: Settings) -> Iterator[Finding]:
    """Certificates need a domain; nobody can delegate an example."""
    domain, real = settings.dns.domain, not settings.account.is_example
    if domain is None and settings.phases.delivery:
        yield Finding(("dns", "domain"), "not given", "a zone of the stack's own, such as pdf.example.org")
    elif real and domain and domain.endswith(".example"):
        yield Finding(("dns", "domain"), f"got {domain}, which nobody owns", "a domain that doesn't end in .example")


RULES = tuple(rule)
