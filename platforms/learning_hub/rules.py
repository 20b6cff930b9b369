"""Rules over several settings, and what production must have."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from ipaddress import IPv4Address

from components.core.settings.finding import Finding, Rules
from components.core.settings.problems import Path
from components.database.findings import database_findings
from components.edge.dns_findings import dns_findings
from platforms.learning_hub.grants import BROKER, MAILER, PUBLISHERS, READERS
from platforms.learning_hub.settings import GATEWAY, Settings

ON: tuple[Path, ...] = (
    ("database", "multi_az"),
    ("database", "final_snapshot"),
    ("database", "alarms"),
    ("cache", "alarms"),
    ("broker", "alarms"),
    ("cluster", "enabled"),
    ("cluster", "alarms"),
    ("workloads", "enabled"),
    ("ingress", "alarms", "enabled"),
    ("frontend", "web_acl"),
    ("backup", "enabled"),
    ("backup", "monthly", "enabled"),
    ("backup", "restore_test", "enabled"),
    ("protection", "protect"),
    ("protection", "deletion_protection"),
    ("protection", "retain_on_delete"),
)
"""What production may not switch off (LH-DATA-01, LH-DATA-04, LH-OBS-01, LH-EDGE-03, LH-DR-01)."""
TIERS = {"production": ("public", "private", "data"), "staging": ("public", "private")}
BUCKETS: Mapping[str, tuple[str, ...]] = {
    "production": ("access-logs", "backups", "builds", "firewall-logs", "logs", "media", "static"),
    "staging": ("access-logs", "logs"),
}
"""The buckets that the program writes to by name."""
LEAST_DAYS, LEAST_MONTHLY_DAYS = 7, 365
"""How long automated backups and monthly copies are kept at least (LH-DATA-03, LH-DATA-04)."""
SERVICES = 13
WAY_ON = "as the document says; where it has changed, SERVICES in platforms/learning_hub/rules.py with it"
rule = Rules[Settings]()


@rule
def aws_takes_it(settings: Settings) -> Iterator[Finding]:
    """What RDS and Route 53 refuse."""
    if settings.is_production:
        yield from database_findings(settings.database, settings.prefix)
        yield from dns_findings(settings.dns)


@rule
def parts_are_there(settings: Settings) -> Iterator[Finding]:
    """Subnet tiers and buckets that the program names."""
    kind = settings.environment.kind
    for path, there, needed in (
        (("network", "tiers"), settings.network.tiers, TIERS[kind]),
        (("storage", "buckets"), settings.storage.buckets, BUCKETS[kind]),
    ):
        if missing := [each for each in needed if each not in there]:
            yield Finding(path, f"lacks {', '.join(missing)}", f"at least {', '.join(needed)}")


@rule
def services_are_the_documents(settings: Settings) -> Iterator[Finding]:
    """Thirteen, each on a port of its own, and only the gateway is public (LH-EKS-04, LH-EKS-07)."""
    path, catalogue = ("services", "catalogue"), settings.services.catalogue
    named = {GATEWAY, MAILER, *READERS, *PUBLISHERS}
    if missing := sorted(named - set(catalogue)):
        yield Finding(path, f"lacks {', '.join(missing)}", "the services of the document")
    if len(catalogue) != SERVICES:
        yield Finding(path, f"got {len(catalogue)} services", f"{SERVICES}, {WAY_ON}")
    taken: dict[int, str] = {}
    for name, service in catalogue.items():
        if service.port is None:
            yield Finding((*path, name, "port"), "not given", "a TCP port of its own, such as 3001")
        elif service.port in taken:
            yield Finding((*path, name, "port"), f"{service.port} is that of {taken[service.port]}", "another port")
        else:
            taken[service.port] = name
        if (service.path is not None) != (name == GATEWAY):
            valid = "a public path" if name == GATEWAY else f"none: requests come through {GATEWAY}"
            yield Finding((*path, name, "path"), f"got {service.path or 'none'}", valid)


@rule
def addresses_are_in_the_range(settings: Settings) -> Iterator[Finding]:
    """Kubernetes refuses an address outside the range of Services, and one that two want (OP-LH-05)."""
    if not settings.is_production:
        return
    cidr, taken = settings.cluster.service_cidr, dict[str, str]()
    if cidr and cidr.overlaps(settings.network.cidr):
        what = f"{cidr} overlaps {settings.network.cidr}"
        yield Finding(("cluster", "service_cidr"), what, "a range outside the VPC", (("network", "cidr"),))
    for name, service in settings.services.catalogue.items():
        if address := service.cluster_ip:
            path = ("services", "catalogue", name, "cluster_ip")
            reads = (("cluster", "service_cidr"),)
            if cidr is None or IPv4Address(address) not in cidr:
                yield Finding(path, f"{address} is not in the range of Services", f"an address in {cidr}", reads)
            if address in taken:
                yield Finding(path, f"{address} is that of {taken[address]}", "another address")
            taken[address] = name


@rule
def services_use_what_is_there(settings: Settings) -> Iterator[Finding]:
    """Secrets, parameters, buckets and queues that services name."""
    if not settings.is_production:
        return
    secrets = {BROKER, *(f"{settings.database.engine}/{user}" for user in settings.database.users)}
    secrets |= {f"external/{name}" for name in settings.secrets.external}
    there: Mapping[str, set[str]] = {
        "secrets": secrets,
        "parameters": {*settings.secrets.parameters, *settings.secrets.secure_parameters},
        "reads": set(settings.storage.of_services),
        "writes": set(settings.storage.of_services),
        "receives": set(settings.queues.queues),
    }
    for name, service in settings.services.catalogue.items():
        for kind, known in there.items():
            if unknown := [each for each in getattr(service, kind) if each not in known]:
                path = ("services", "catalogue", name, kind)
                yield Finding(path, f"{', '.join(unknown)} is not there", ", ".join(sorted(known)) or "none")
    for name, rule_ in settings.events.rules.items():
        queue = settings.queues.queues.get(rule_.queue)
        if queue is None or "events" not in queue.producers:
            path = ("events", "rules", name, "queue")
            yield Finding(path, f"{rule_.queue} takes no events", "a queue of the program with producers: [events]")


@rule
def services_reach_what_they_use(settings: Settings) -> Iterator[Finding]:
    """A pod whose network policy knows no internet reaches AWS's services by endpoints in the VPC alone."""
    if not settings.is_production:
        return
    there = settings.network.interface_endpoints
    for name, service in settings.services.catalogue.items():
        if service.partners or service.reads or service.writes:
            continue  # HTTPS to everywhere is theirs
        used = {"ssm": bool(service.parameters), "sqs": bool(service.receives), "events": name in PUBLISHERS}
        if missing := [each for each, uses in used.items() if uses and each not in there]:
            what = f"lacks {', '.join(missing)}, which {name} calls without a way to the internet"
            reads = (("services", "catalogue", name),)
            yield Finding(("network", "interface_endpoints"), what, f"with {', '.join(missing)}", reads)


@rule
def production_is_whole(settings: Settings) -> Iterator[Finding]:
    """What keeps data, watches over it and brings it back."""
    if not settings.is_production:
        return
    for path in ON:
        value: object = settings
        for name in path:
            value = getattr(value, str(name))
        if not value:
            yield Finding(path, "got false", "true in production")
    wanted: Mapping[Path, tuple[object, object]] = {
        ("database", "engine"): (settings.database.engine, "postgres"),
        ("broker", "deployment"): (settings.broker.deployment, "cluster"),
        ("ingress", "firewall", "mode"): (settings.ingress.firewall.mode, "block"),
    }
    for path, (got, valid) in wanted.items():
        if got != valid:
            yield Finding(path, f'got "{got}"', f"{valid} in production")
    if not settings.database.read_replicas:
        yield Finding(("database", "read_replicas"), "got none", "one or more names, such as [reader] (LH-DATA-02)")
    if not any(group.capacity == "SPOT" for group in settings.cluster.groups.values()):
        yield Finding(("cluster", "groups"), "lacks a group of spot instances", "one with capacity: SPOT (LH-EKS-03)")


@rule
def backups_are_kept(settings: Settings) -> Iterator[Finding]:
    """A week to any moment, a year by month; the vault must take both."""
    if not settings.is_production:
        return
    backup = settings.backup
    for path, days, least in (
        (("database", "backup_retention_days"), settings.database.backup_retention_days, LEAST_DAYS),
        (("backup", "monthly", "retention_days"), backup.monthly.retention_days, LEAST_MONTHLY_DAYS),
        (("backup", "daily", "longest_days"), backup.daily.longest_days, backup.monthly.retention_days),
    ):
        if days < least:
            yield Finding(path, f"got {days}", f"{least} or more")


@rule
def pipeline_has_somebody(settings: Settings) -> Iterator[Finding]:
    """A Jenkins elsewhere needs a role to come from; one of ours needs a folder, and a webhook for GitHub alone."""
    if not settings.is_production:
        return
    jenkins, webhook = settings.jenkins, "/github-webhook"
    if jenkins.hosting == "external" and not jenkins.trusted_role:
        yield Finding(("jenkins", "trusted_role"), "not given", "the role of the Jenkins that runs elsewhere")
    if jenkins.hosting == "host":
        if webhook not in settings.ingress.firewall.restricted_paths:
            path = ("ingress", "firewall", "restricted_paths")
            yield Finding(path, f"lacks {webhook}", "the addresses of GitHub's hooks (https://api.github.com/meta)")
        if "jenkins" not in settings.files.access_points:
            yield Finding(("files", "access_points"), "lacks jenkins", "a folder for what Jenkins keeps")


@rule
def costs_are_decided(settings: Settings) -> Iterator[Finding]:
    """A year of Shield Advanced costs more than the platform (OP-LH-03)."""
    if settings.shield.advanced and not settings.shield.approval:
        yield Finding(("shield", "approval"), "not given", "the reference of who approved 3,000 USD a month for a year")


@rule
def names_are_ones_own(settings: Settings) -> Iterator[Finding]:
    """Certificates and mail need a domain; nobody can delegate an example."""
    domain, real = settings.dns.domain, not settings.account.is_example
    if not settings.is_production:
        return
    if domain is None:
        yield Finding(("dns", "domain"), "not given", "the platform's zone, such as learninghub.com")
    elif real and domain.endswith(".example"):
        yield Finding(("dns", "domain"), f"got {domain}, which nobody owns", "a domain that doesn't end in .example")


RULES = tuple(rule)
