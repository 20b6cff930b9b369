"""The first boot of an instance: nginx and PHP-FPM, queue workers, the scheduler, secrets that rotate, logs.

Nobody logs in: there is no key, no user and no SSH. A release is another first boot, which replaces the instances.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import pulumi

from components.core.cloud_init import CloudInit, File
from components.fleet import agent
from platforms.educounsel.application import LOGINS, MIGRATES
from platforms.educounsel.logs import METRICS, SHARED
from platforms.educounsel.scripts import CERTIFICATE, NGINX, POOL, READ_SECRETS, RELEASE, ROTATED, SCHEDULER
from platforms.educounsel.settings import NAME, Settings
from platforms.educounsel.units import (
    BIN,
    ENVIRONMENT,
    ETC,
    HOME,
    MIGRATION,
    QUEUE,
    RUN,
    SCHEDULE,
    SECRETS,
    SECRETS_FIRST,
    SECRETS_TIMER,
)

SOCKET = "/run/php-fpm/educounsel.sock"
PHP = ("bcmath", "cli", "fpm", "gd", "intl", "mbstring", "mysqlnd", "opcache", "process", "xml", "zip")
"""Extensions; Redis is Predis's, which is part of a release, and ``process`` ends workers between two jobs."""
REMIND = "appointments:remind"
"""The Artisan command of the daily job; of a message of the schedule, no other is run."""


def first_boot(  # noqa: PLR0913 - what instances differ in
    settings: Settings,
    group: str,
    variables: Mapping[str, pulumi.Input[str]],
    releases: str,
    logs: Mapping[str, str],
    *,
    serves: bool,
    works: bool,
) -> CloudInit:
    """What an instance is.

    Args:
        settings: release, limits.
        group: physical name of its Auto Scaling group.
        variables: what the application is told.
        releases: name of the bucket with releases.
        logs: path of a log file -> name of its log group.
        serves: it takes requests.
        works: it takes jobs from the queues, and what the schedule says.
    """
    readers = [*(["php-fpm.service"] if serves else []), *([QUEUE.name, SCHEDULE.name] if works else [])]
    told = {**variables, "RELEASES": releases, "RELEASE": settings.release.tag}
    commands = [
        *([[f"{BIN}/educounsel-certificate"]] if serves else []),
        ["bash", "-c", f"set -a; . {ETC}/app.env; {BIN}/educounsel-secrets && {BIN}/educounsel-release"],
        *([["systemctl", "start", MIGRATION.name]] if works else []),
        list(agent.START),
        *(
            [["rm", "-f", "/etc/php-fpm.d/www.conf"], ["systemctl", "enable", "--now", "php-fpm", "nginx"]]
            if serves
            else []
        ),
    ]
    return CloudInit(
        users=["educounsel"],
        packages=[
            agent.PACKAGE,
            "jq",
            "logrotate",
            *(f"php{settings.release.php}-{extension}" for extension in PHP),
            *(["nginx", "openssl"] if serves else []),
        ],
        files=[
            environment_file(told),
            script("secrets", READ_SECRETS, **secrets_of(settings, readers, works=works)),
            script("release", RELEASE),
            agent.configuration(METRICS, group, logs),
            File(path="/etc/logrotate.d/educounsel", content=ROTATED % {"logs": SHARED}),
            *(web_files(settings) if serves else []),
            *([script("scheduler", SCHEDULER)] if works else []),
        ],
        units=[SECRETS, SECRETS_TIMER, *([MIGRATION, QUEUE, SCHEDULE] if works else [])],
        commands=commands,
    )


def environment_file(variables: Mapping[str, pulumi.Input[str]]) -> File:
    """What the application is told, as systemd and bash read it."""
    lines = [pulumi.Output.concat(name, "='", value, "'\n") for name, value in sorted(variables.items())]
    return File(path=f"{ETC}/app.env", content=pulumi.Output.concat(*lines))


def script(name: str, text: str, **values: str) -> File:
    """A script of root's."""
    mysql, redis = LOGINS
    known = {"home": HOME, "run": RUN, "mysql": mysql, "redis": redis, "command": REMIND, **values}
    return File(path=f"{BIN}/{NAME}-{name}", content=text % known, mode="0755")


def secrets_of(settings: Settings, readers: Sequence[str], *, works: bool) -> dict[str, str]:
    """What differs in the script that reads secrets: only who migrates the database may change its tables."""
    migrates = f'login {settings.prefix}/{MIGRATES} DB > "$new/migration.env"' if works else ""
    return {"prefix": settings.prefix, "readers": " ".join(readers), "migrates": migrates}


def web_files(settings: Settings) -> list[File]:
    """What nginx and PHP-FPM are told; the certificate is the instance's own: the load balancer looks at no name."""
    values = {
        "port": settings.web.tls_port,
        "upload": settings.laravel.upload_mib,
        "cidr": str(settings.network.cidr),
        "home": HOME,
        "socket": SOCKET,
        "logs": SHARED,
    }
    reads = f"[Unit]\nAfter={SECRETS_FIRST}\nWants={SECRETS_FIRST}\n[Service]\n" + "".join(
        f"EnvironmentFile={each}\n" for each in ENVIRONMENT
    )
    return [
        File(path="/etc/nginx/conf.d/educounsel.conf", content=NGINX % values),
        File(path="/etc/php-fpm.d/educounsel.conf", content=POOL % values),
        File(path="/etc/systemd/system/php-fpm.service.d/educounsel.conf", content=reads),
        File(path=f"{BIN}/{NAME}-certificate", content=CERTIFICATE, mode="0755"),
    ]
