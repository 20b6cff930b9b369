"""What recovery can rely on, in prod."""

from __future__ import annotations

from cli.docs.markdown import table
from components.backup.plans import plans
from components.core.environment import Environment
from components.queues.settings import LONGEST_RETENTION
from settings import PROJECT, REGION, load_from_files

LOG_UPLOAD_MINUTES = 5
"""How often RDS uploads the database's log, by AWS's documents."""
REPLICATION_MINUTES = 15
"""How far an EFS replica is behind at most, by AWS's documents."""


def stores() -> list[tuple[str, ...]]:
    """What saves each store, what it loses at most, how far back it goes, and what there is if that fails."""
    settings = load_from_files("prod")
    backup, snapshots = settings.backup, settings.cache.periodic_snapshots
    nightly = f"last night's backup, kept {backup.daily.retention_days} days"
    return [
        (
            "database",
            "its own log, uploaded by RDS",
            f"{LOG_UPLOAD_MINUTES} minutes",
            f"{settings.database.backup_retention_days} days",
            nightly,
        ),
        ("files", "a second file system, replicated", f"{REPLICATION_MINUTES} minutes", "-", nightly),
        (
            "documents",
            "every version of an object stays",
            "0 minutes",
            f"{settings.storage.noncurrent_days} days",
            f"continuous backup, kept {backup.daily.continuous_days} days",
        ),
        (
            "cache",
            "nothing: it is built anew from the database",
            "-",
            "-",
            f"a snapshot, every {snapshots.interval_hours} hours, kept {snapshots.retention_days} days",
        ),
        (
            "queues",
            f"messages lie in three zones, and are kept {LONGEST_RETENTION} days",
            "-",
            "-",
            "senders send again",
        ),
        (
            "archive",
            "monthly, 7 years: files in a locked vault, the database as Parquet",
            "-",
            f"{backup.archive.retention_days} days",
            "-",
        ),
    ]


def recoverable_stores() -> str:
    """The stores, as a table."""
    return table(("store", "what saves it", "loses at most", "goes back", "if that fails"), stores())


def backup_plans() -> str:
    """What AWS Backup takes, and where it keeps it."""
    environment = Environment(name="prod", account_id="123456789012", region=REGION, project=PROJECT)
    return table(
        ("plan", "tagged", "taken", "kept", "cold storage", "vault"),
        [
            (
                plan.role,
                " but ".join(", ".join(map(_service, each)) for each in (plan.resources, plan.without) if each),
                "at any moment" if plan.continuous else plan.schedule,
                f"{plan.delete_after} days",
                f"after {plan.cold_after} days" if plan.cold_after else "-",
                plan.vault,
            )
            for plan in plans(load_from_files("prod").backup, environment)
        ],
    )


def _service(pattern: str) -> str:
    return pattern.split(":")[2] if ":" in pattern else "everything"
