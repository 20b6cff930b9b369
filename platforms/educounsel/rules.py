"""Rules over several settings: what the document of Educounsel asks for, and what AWS refuses."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from components.core.settings.finding import Finding, Rules, lacking
from components.core.settings.problems import Path
from components.database.findings import database_findings
from components.delivery.settings import EXAMPLE_OWNER
from components.edge.dns_findings import dns_findings
from components.edge.file_findings import file_findings
from components.storage.findings import bucket_findings, personal_data_has_a_key
from components.storage.settings import Delivery
from platforms.educounsel.settings import Settings

FILES, THUMBNAILS, STATIC = "/materi/files/*", "/materi/thumbnails/*", "/static/*"
DAYS: Mapping[str, int] = {STATIC: 7, THUMBNAILS: 30, FILES: 7}
"""Path -> how long edges keep what is below it (EDU-EDGE-04)."""
BUDGET_USD = 151
"""A month, by the document (EDU-PERF-03)."""
FEWEST_DAYS = 7
"""How long backups and logs are kept at least (EDU-DATA-01, EDU-OBS-01)."""
ALWAYS: tuple[Path, ...] = (
    ("database", "multi_az"),
    ("database", "final_snapshot"),
    ("database", "alarms"),
    ("database", "logs", "slow_queries"),
    ("cache", "alarms"),
    ("queues", "alarms"),
    ("web", "alarms"),
    ("worker", "alarms"),
    ("ingress", "alarms", "enabled"),
    ("protection", "protect"),
    ("protection", "deletion_protection"),
    ("protection", "retain_on_delete"),
)
"""What may not be switched off (EDU-DATA-01, EDU-DATA-02)."""
NEEDED: Mapping[str, tuple[Delivery, ...]] = {
    "access-logs": ("s3_access_logs", "load_balancer_logs"),
    "files": (),
    "firewall-logs": ("web_acl_logs",),
    "logs": ("flow_logs", "dns_queries", "distribution_logs"),
    "releases": (),
}
"""The buckets that the program writes to by name, and what AWS must be let deliver there."""
SECRETS = ("laravel-key", "openai-key", "pusher-key", "url-signing-key")
"""What others gave, or people made, under ``secrets.external``."""
TIERS = ("public", "private", "database")
DATABASE_USERS = ("application", "migration")
EXAMPLE_PHONES = ("+12065550100",)
"""Numbers that are given to nobody."""
rule = Rules[Settings]()


@rule
def aws_takes_it(settings: Settings) -> Iterator[Finding]:
    """What RDS, Route 53 and CloudFront refuse."""
    yield from database_findings(settings.database, settings.prefix)
    yield from dns_findings(settings.dns)
    yield from file_findings(settings.files)


@rule
def engine_is_the_documented_one(settings: Settings) -> Iterator[Finding]:
    """Laravel's migrations are written for MySQL (EDU-DATA-01)."""
    if settings.database.engine != "mysql":
        yield Finding(("database", "engine"), f'got "{settings.database.engine}"', "mysql")


@rule
def switches_are_on(settings: Settings) -> Iterator[Finding]:
    """What keeps data and watches over it."""
    for path in ALWAYS:
        value: object = settings
        for name in path:
            value = getattr(value, str(name))
        if not value:
            yield Finding(path, "got false", "true")


@rule
def instances_are_within_bounds(settings: Settings) -> Iterator[Finding]:
    """Two to five web instances, three more at 70 %, one fewer at 30 % (EDU-EC2-01 to 03); one or two workers."""
    web = settings.web
    wanted = {"min_instances": 2, "max_instances": 5, "out_instances": 3, "out_percent": 70, "in_percent": 30}
    for name, value in wanted.items():
        if (got := getattr(web, name)) != value:
            yield Finding(("web", name), f"got {got}", f"{value}, as the document has it")
    if settings.worker.max_instances > 2:
        yield Finding(("worker", "max_instances"), f"got {settings.worker.max_instances}", "1 or 2")


@rule
def services_are_what_they_are(settings: Settings) -> Iterator[Finding]:
    """The load balancer reaches web instances by their port; nobody sends requests to workers."""
    if settings.web.port is None:
        yield Finding(("web", "port"), "got null", "443 to 65535: requests come from the load balancer")
    if settings.worker.port is not None:
        yield Finding(("worker", "port"), f"got {settings.worker.port}", "null: it takes jobs from a queue")


@rule
def uploads_have_time(settings: Settings) -> Iterator[Finding]:
    """A connection isn't closed while files are uploaded through an instance (EDU-APP-02)."""
    if settings.ingress.idle_seconds < 60:
        yield Finding(("ingress", "idle_seconds"), f"got {settings.ingress.idle_seconds}", "60 or more")


@rule
def files_are_kept_at_edges_and_signed(settings: Settings) -> Iterator[Finding]:
    """As long as the document says; and files by signed URLs alone (EDU-EDGE-04, EDU-EDGE-05)."""
    paths = settings.files.paths
    for path, days in DAYS.items():
        if path not in paths:
            yield Finding(("files", "paths"), f"lacks {path}", f"{', '.join(DAYS)}, at least")
        elif paths[path].days != days:
            yield Finding(("files", "paths", path, "days"), f"got {paths[path].days}", str(days))
    if FILES in paths and not paths[FILES].signed:
        yield Finding(("files", "paths", FILES, "signed"), "got false", "true: downloads take signed URLs")


@rule
def backups_and_logs_are_kept(settings: Settings) -> Iterator[Finding]:
    """A week of both (EDU-DATA-01, EDU-OBS-01)."""
    kept: Mapping[Path, int] = {
        ("database", "backup_retention_days"): settings.database.backup_retention_days,
        ("observability", "log_retention_days"): settings.observability.log_retention_days,
    }
    for path, days in kept.items():
        if days < FEWEST_DAYS:
            yield Finding(path, f"got {days}", f"{FEWEST_DAYS} or more")


@rule
def cache_is_in_memory_alone(settings: Settings) -> Iterator[Finding]:
    """Sessions and copies have no backup (EDU-DATA-06); a client that hashes nothing finds all keys in one shard."""
    cache = settings.cache
    if cache.snapshot_retention_days:
        yield Finding(("cache", "snapshot_retention_days"), f"got {cache.snapshot_retention_days}", "0")
    for path, value in (
        (("cache", "final_snapshot"), cache.final_snapshot),
        (("cache", "periodic_snapshots", "enabled"), cache.periodic_snapshots.enabled),
    ):
        if value:
            yield Finding(path, "got true", "false: sessions and copies are in memory alone")
    if cache.max_memory_policy != "noeviction" and not cache.max_memory_policy.startswith("volatile"):
        got = f'got "{cache.max_memory_policy}", which drops jobs'
        yield Finding(("cache", "max_memory_policy"), got, "volatile-lru, or another of what expires")


@rule
def buckets_are_there(settings: Settings) -> Iterator[Finding]:
    """What the program, and AWS, write to by name."""
    yield from bucket_findings(settings.storage, NEEDED)
    yield from personal_data_has_a_key(settings.storage)


@rule
def queue_users_and_secrets_are_there(settings: Settings) -> Iterator[Finding]:
    """What instances read by name."""
    if "schedule" not in settings.queues.queues:
        yield Finding(("queues", "queues"), "lacks schedule", "schedule, by which the daily job reaches one worker")
    yield from lacking(("network", "tiers"), settings.network.tiers, TIERS)
    yield from lacking(("database", "users"), settings.database.users, DATABASE_USERS)
    if (user := settings.cache.users.get("application")) is None or user.authentication != "password":
        yield Finding(
            ("cache", "users"), "lacks application, with a password", "application: {authentication: password}"
        )
    yield from lacking(("secrets", "external"), settings.secrets.external, SECRETS)


@rule
def budget_is_the_documented_one(settings: Settings) -> Iterator[Finding]:
    """Somebody is told when the month costs more than the document says (EDU-PERF-03)."""
    if settings.cost.budget_usd > BUDGET_USD:
        way_on = "as the document says; where it has changed, BUDGET_USD in platforms/educounsel/rules.py with it"
        valid = f"{BUDGET_USD} or less, {way_on}"
        yield Finding(("cost", "budget_usd"), f"got {settings.cost.budget_usd}", valid)


@rule
def names_are_ones_own(settings: Settings) -> Iterator[Finding]:
    """Certificates need a domain; nobody can delegate an example, nor be called by its number."""
    domain, real = settings.dns.domain, not settings.account.is_example
    if domain is None:
        yield Finding(("dns", "domain"), "not given", "a zone of the stack's own, such as educounsel.example.org")
    elif real and domain.endswith(".example"):
        yield Finding(("dns", "domain"), f"got {domain}, which nobody owns", "a domain that doesn't end in .example")
    if real and settings.deployment.enabled and settings.deployment.repository.startswith(f"{EXAMPLE_OWNER}/"):
        what = f"got {settings.deployment.repository}, an example"
        yield Finding(("deployment", "repository"), what, "the repository of this program, OWNER/NAME")
    if real and (examples := [each for each in settings.notifications.phones if each in EXAMPLE_PHONES]):
        yield Finding(("notifications", "phones"), f"got {', '.join(examples)}, an example", "numbers of people")


RULES = tuple(rule)
