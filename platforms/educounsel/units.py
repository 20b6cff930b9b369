"""The systemd units of an instance: jobs, the schedule, migrations, secrets."""

from __future__ import annotations

from components.core.cloud_init import Unit
from platforms.educounsel.application import QUEUES

HOME, ETC, RUN, BIN = "/srv/educounsel", "/etc/educounsel", "/run/educounsel", "/usr/local/sbin"
LONGEST_JOB = 120
"""Seconds; a worker that is told to end finishes what it does."""
ENVIRONMENT = [f"{ETC}/app.env", f"{RUN}/secrets.env"]
HARDENED = {
    "User": "educounsel",
    "WorkingDirectory": f"{HOME}/current",
    "EnvironmentFile": ENVIRONMENT,
    "NoNewPrivileges": "yes",
    "PrivateTmp": "yes",
    "ProtectHome": "yes",
    "ProtectSystem": "strict",
    "ReadWritePaths": [f"{HOME}/storage", f"{HOME}/current/bootstrap/cache"],
}
ONLINE = {"After": "network-online.target", "Wants": "network-online.target"}
SECRETS_FIRST = "educounsel-secrets.service"
NEEDS_SECRETS = {"After": f"network-online.target {SECRETS_FIRST}", "Wants": f"network-online.target {SECRETS_FIRST}"}
"""They are in memory: after a reboot they are read again."""
FOR_GOOD = {"WantedBy": "multi-user.target"}
QUEUE = Unit(
    name="educounsel-queue.service",
    sections={
        "Unit": {"Description": "Jobs of Laravel's queues", **NEEDS_SECRETS},
        "Service": {
            **HARDENED,
            "ExecStart": f"/usr/bin/php artisan queue:work redis --queue={','.join(QUEUES)} --tries=3 "
            f"--timeout={LONGEST_JOB} --max-time=3600",
            "Restart": "always",
            "RestartSec": "5",
            "TimeoutStopSec": str(LONGEST_JOB + 10),
        },
        "Install": FOR_GOOD,
    },
)
SCHEDULE = Unit(
    name="educounsel-scheduler.service",
    sections={
        "Unit": {"Description": "What the schedule says, such as the reminders of the day", **NEEDS_SECRETS},
        "Service": {
            **HARDENED,
            "ExecStart": f"{BIN}/educounsel-scheduler",
            "Restart": "always",
            "RestartSec": "5",
        },
        "Install": FOR_GOOD,
    },
)
MIGRATION = Unit(
    name="educounsel-migration.service",
    sections={
        "Unit": {
            "Description": "Brings the database up to the release; of several instances, one does",
            **NEEDS_SECRETS,
        },
        "Service": {
            **HARDENED,
            "EnvironmentFile": [*ENVIRONMENT, f"{RUN}/migration.env"],
            "Type": "oneshot",
            "ExecStart": "/usr/bin/php artisan migrate --force --isolated",
        },
    },
    starts=False,
)
SECRETS = Unit(
    name=SECRETS_FIRST,
    sections={
        "Unit": {"Description": "Reads the secrets, before what needs them, and again", **ONLINE},
        "Service": {
            "Type": "oneshot",
            "EnvironmentFile": f"{ETC}/app.env",
            "ExecStart": f"{BIN}/educounsel-secrets again",
        },
        "Install": FOR_GOOD,
    },
)
SECRETS_TIMER = Unit(
    name="educounsel-secrets.timer",
    sections={
        "Unit": {
            "Description": "Secrets are read again: rotation has two users take turns, the old one works meanwhile"
        },
        "Timer": {"OnBootSec": "1h", "OnUnitActiveSec": "1h", "RandomizedDelaySec": "5min"},
        "Install": {"WantedBy": "timers.target"},
    },
)
