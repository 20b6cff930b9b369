"""Rules over several settings, and those that differ between production and staging."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from components.core.settings.finding import Finding, Rules, lacking
from components.core.settings.problems import Path
from components.database.findings import database_findings
from components.delivery.settings import EXAMPLE_OWNER
from components.edge.dns_findings import dns_findings
from components.storage.findings import bucket_findings, personal_data_has_a_key
from components.storage.settings import Delivery
from platforms.epicvibe.settings import Kind, Settings

FEWEST_DAYS = 7
"""How long backups are kept at least (EPIC-OPS-04)."""
TASKS: Mapping[Kind, tuple[int, int]] = {"staging": (1, 2), "production": (2, 10)}
"""Fewest and most tasks of a service (EPIC-ECS-02)."""
PRODUCTION: tuple[Path, ...] = (
    ("database", "final_snapshot"),
    ("backup", "restore_test", "enabled"),
    ("protection", "protect"),
    ("protection", "deletion_protection"),
    ("protection", "retain_on_delete"),
)
"""What production may not switch off."""
ALWAYS: tuple[Path, ...] = (
    ("database", "multi_az"),
    ("database", "alarms"),
    ("cache", "alarms"),
    ("queues", "alarms"),
    ("web", "alarms"),
    ("worker", "alarms"),
    ("ingress", "alarms", "enabled"),
    ("frontend", "web_acl"),
    ("backup", "enabled"),
)
"""What no stack may switch off (EPIC-DATA-01, EPIC-EDGE-04, EPIC-OPS-01, EPIC-OPS-04)."""
NEEDED: Mapping[str, tuple[Delivery, ...]] = {
    "access-logs": ("s3_access_logs", "load_balancer_logs"),
    "firewall-logs": ("web_acl_logs",),
    "logs": ("flow_logs", "dns_queries", "distribution_logs"),
    "media": (),
    "static": (),
}
"""The buckets that the program writes to by name, and what AWS must be let deliver there."""
TIERS = ("public", "private", "database")
EXTERNAL = ("django-secret-key", "payment-gateway")
"""Secrets of others, and what people made."""
USER = "application"
"""Of the database and of the cache."""
VARIABLES = frozenset(
    {
        "ALLOWED_HOSTS",
        "CSRF_TRUSTED_ORIGINS",
        "DATABASE_HOST",
        "DATABASE_READERS",
        "DATABASE_LOGIN",
        "CACHE_HOST",
        "CACHE_USER",
        "TASK_QUEUE_URL",
        "MEDIA_BUCKET",
        "STATIC_BUCKET",
        "SECRET_KEY_NAME",
        "PAYMENT_GATEWAY_NAME",
    }
)
"""What the program tells Django; its values win."""
rule = Rules[Settings]()


@rule
def aws_takes_it(settings: Settings) -> Iterator[Finding]:
    """What RDS and Route 53 refuse."""
    yield from database_findings(settings.database, settings.prefix)
    yield from dns_findings(settings.dns)


@rule
def engine_is_the_documented_one(settings: Settings) -> Iterator[Finding]:
    """Django's migrations are written for PostgreSQL (EPIC-DATA-01)."""
    if settings.database.engine != "postgres":
        yield Finding(("database", "engine"), f'got "{settings.database.engine}"', "postgres")


@rule
def switches_are_on(settings: Settings) -> Iterator[Finding]:
    """What keeps data and watches over it."""
    for path in (*ALWAYS, *(PRODUCTION if settings.is_production else ())):
        value: object = settings
        for name in path:
            value = getattr(value, str(name))
        if not value:
            yield Finding(path, "got false", "true" if path in ALWAYS else "true in production")


@rule
def tasks_are_within_bounds(settings: Settings) -> Iterator[Finding]:
    """Two to ten in production, one or two in staging (EPIC-ECS-02)."""
    least, most = TASKS[settings.environment.kind]
    for section in ("web", "worker"):
        service = getattr(settings, section)
        for name in ("min_tasks", "max_tasks"):
            if not least <= (tasks := getattr(service, name)) <= most:
                yield Finding((section, name), f"got {tasks}", f"{least} to {most} in {settings.environment.kind}")


@rule
def services_are_what_they_are(settings: Settings) -> Iterator[Finding]:
    """The load balancer reaches the web service by its port; nobody sends requests to the worker."""
    if settings.web.port is None:
        yield Finding(("web", "port"), "got null", "1024 to 65535: requests come from the load balancer")
    if settings.worker.port is not None:
        yield Finding(("worker", "port"), f"got {settings.worker.port}", "null: it takes tasks from a queue")


@rule
def replica_is_there_in_production(settings: Settings) -> Iterator[Finding]:
    """Reads scale by replicas (EPIC-DATA-02)."""
    if settings.is_production and not settings.database.read_replicas:
        yield Finding(("database", "read_replicas"), "got none", "one or more names in production, such as [reader]")


@rule
def backups_are_kept(settings: Settings) -> Iterator[Finding]:
    """A week of them, by RDS and by AWS Backup (EPIC-DATA-01, EPIC-OPS-04)."""
    kept: Mapping[Path, int] = {
        ("database", "backup_retention_days"): settings.database.backup_retention_days,
        ("backup", "daily", "retention_days"): settings.backup.daily.retention_days,
    }
    for path, days in kept.items():
        if days < FEWEST_DAYS:
            yield Finding(path, f"got {days}", f"{FEWEST_DAYS} or more")


@rule
def buckets_are_there(settings: Settings) -> Iterator[Finding]:
    """What the program, and AWS, write to by name."""
    yield from bucket_findings(settings.storage, NEEDED)
    yield from personal_data_has_a_key(settings.storage)


@rule
def names_are_there(settings: Settings) -> Iterator[Finding]:
    """What the program, and Django, look up by name."""
    yield from lacking(("network", "tiers"), settings.network.tiers, TIERS)
    yield from lacking(("database", "users"), settings.database.users, [USER])
    yield from lacking(("cache", "users"), settings.cache.users, [USER])
    yield from lacking(("secrets", "external"), settings.secrets.external, EXTERNAL)


@rule
def variables_are_not_the_programs(settings: Settings) -> Iterator[Finding]:
    """A value that the program replaces would have no effect."""
    for section, service in (("web", settings.web), ("worker", settings.worker)):
        for name in sorted(VARIABLES.intersection(service.variables)):
            yield Finding((section, "variables", name), "is given by the program", "another name, or none")


@rule
def queues_and_buckets_are_used(settings: Settings) -> Iterator[Finding]:
    """Celery's broker (OP-EPIC-04); and nothing that Django has no way to."""
    if "tasks" not in settings.queues.queues:
        yield Finding(("queues", "queues"), "lacks tasks", "tasks, which the worker takes its work from")
    for name in settings.queues.queues:
        if name != "tasks":
            valid = "tasks alone; another one needs a grant and a variable in platforms/epicvibe/application.py"
            yield Finding(("queues", "queues", name), "nothing may use it", valid)
    for name in settings.storage.of_services:
        if name != "media":
            valid = "false but for media; another one needs a grant and a variable in platforms/epicvibe/application.py"
            yield Finding(("storage", "buckets", name, "services"), "got true, and nothing may use it", valid)


@rule
def firewall_stops_requests(settings: Settings) -> Iterator[Finding]:
    """A web ACL that only counts protects nothing (EPIC-EDGE-04)."""
    if settings.ingress.firewall.mode == "count":
        yield Finding(("ingress", "firewall", "mode"), 'got "count"', "block")


@rule
def names_are_ones_own(settings: Settings) -> Iterator[Finding]:
    """Certificates need a domain; nobody can delegate an example, nor deploy from its repository."""
    domain, real = settings.dns.domain, not settings.account.is_example
    if domain is None:
        yield Finding(
            ("dns", "domain"), "not given", f"a zone of the stack's own, such as {settings.stack}.example.org"
        )
    elif real and domain.endswith(".example"):
        yield Finding(("dns", "domain"), f"got {domain}, which nobody owns", "a domain that doesn't end in .example")
    if real and settings.deployment.enabled and settings.deployment.repository.startswith(f"{EXAMPLE_OWNER}/"):
        what = f"got {settings.deployment.repository}, an example"
        yield Finding(("deployment", "repository"), what, "the repository of this program, OWNER/NAME")


RULES = tuple(rule)
