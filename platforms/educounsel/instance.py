"""The first boot of an instance: nginx and PHP-FPM, queue workers, the scheduler, secrets that rotate, logs.

Nobody logs in: there is no key, no user and no SSH. A release is another first boot, which replaces the instances.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import pulumi

from components.fleet import agent
from components.fleet.cloud_init import CloudInit, File, Unit
from platforms.educounsel.application import LOGINS, MIGRATES, QUEUES
from platforms.educounsel.logs import METRICS, SHARED
from platforms.educounsel.settings import NAME, Settings

HOME, ETC, RUN, BIN = "/srv/educounsel", "/etc/educounsel", "/run/educounsel", "/usr/local/sbin"
SOCKET = "/run/php-fpm/educounsel.sock"
PHP = ("bcmath", "cli", "fpm", "gd", "intl", "mbstring", "mysqlnd", "opcache", "process", "xml", "zip")
"""Extensions; Redis is Predis's, which is part of a release, and ``process`` ends workers between two jobs."""
REMIND = "appointments:remind"
"""The Artisan command of the daily job; of a message of the schedule, no other is run."""
LONGEST_JOB = 120
"""Seconds; a worker that is told to end finishes what it does."""

NGINX = """\
log_format records escape=json '{"time":"$time_iso8601","address":"$remote_addr","method":"$request_method",'
  '"path":"$uri","status":$status,"bytes":$body_bytes_sent,"seconds":$request_time,"agent":"$http_user_agent"}';
server {
  listen %(port)d ssl;
  http2 on;
  ssl_certificate /etc/nginx/host.crt;
  ssl_certificate_key /etc/nginx/host.key;
  ssl_protocols TLSv1.2 TLSv1.3;
  server_tokens off;
  root %(home)s/current/public;
  index index.php;
  access_log /var/log/nginx/access.log records;
  error_log /var/log/nginx/error.log warn;
  client_max_body_size %(upload)dm;
  set_real_ip_from %(cidr)s;
  real_ip_header X-Forwarded-For;
  location / { try_files $uri /index.php?$query_string; }
  location ~ ^/index\\.php$ {
    include fastcgi_params;
    fastcgi_param SCRIPT_FILENAME $realpath_root$fastcgi_script_name;
    fastcgi_param DOCUMENT_ROOT $realpath_root;
    fastcgi_read_timeout 60s;
    fastcgi_pass unix:%(socket)s;
  }
  location ~ \\.php$ { return 404; }
  location ~ /\\. { return 404; }
}
"""
POOL = """\
[educounsel]
user = educounsel
group = educounsel
listen = %(socket)s
listen.owner = nginx
listen.group = nginx
listen.mode = 0600
pm = dynamic
pm.max_children = 24
pm.start_servers = 6
pm.min_spare_servers = 4
pm.max_spare_servers = 12
pm.max_requests = 1000
clear_env = no
catch_workers_output = yes
php_admin_value[error_log] = %(logs)s/php-error.log
php_admin_flag[log_errors] = on
php_admin_flag[expose_php] = off
php_admin_value[post_max_size] = %(upload)dM
php_admin_value[upload_max_filesize] = %(upload)dM
"""
READ_SECRETS = """\
#!/bin/bash
# Writes the secrets into memory. With "again": where one changed, what reads them starts again.
set -euo pipefail
umask 027
value() { aws secretsmanager get-secret-value --secret-id "$1" --query SecretString --output text; }
login() {
  value "$1" | jq -r --arg as "$2" '"\\($as)_USERNAME=\\(.username|@json)", "\\($as)_PASSWORD=\\(.password|@json)"'
}
plain() { printf '%%s=%%s\\n' "$2" "$(value "$1" | jq -Rs 'rtrimstr("\\n")')"; }
mkdir -p %(run)s
new=$(mktemp -d %(run)s/new.XXXXXX)
{
  login %(prefix)s/%(mysql)s DB
  login %(prefix)s/%(redis)s REDIS
  plain %(prefix)s/external/laravel-key APP_KEY
  plain %(prefix)s/external/openai-key OPENAI_API_KEY
  plain %(prefix)s/external/pusher-key PUSHER_APP_SECRET
  echo CLOUDFRONT_PRIVATE_KEY_FILE=%(run)s/url-signing-key.pem
} > "$new/secrets.env"
value %(prefix)s/external/url-signing-key > "$new/url-signing-key.pem"
%(migrates)s
chgrp educounsel "$new"/* %(run)s
changed=
for name in $(ls "$new"); do
  cmp -s "$new/$name" "%(run)s/$name" || changed=yes
  mv "$new/$name" "%(run)s/$name"
done
rmdir "$new"
if [ -n "$changed" ] && [ "${1:-}" = again ]; then
  systemctl try-restart %(readers)s
fi
"""
RELEASE = """\
#!/bin/bash
# Gets the release, and what the database is trusted by; a database that a worker migrates is ready for both releases.
set -euo pipefail
mkdir -p %(home)s/current %(home)s/storage/{app,framework/{cache,sessions,views},logs}
aws s3 cp --no-progress "s3://$RELEASES/$RELEASE.tar.gz" - \\
  | tar --extract --gzip --no-same-owner --directory %(home)s/current
rm -rf %(home)s/current/storage
ln -sfn %(home)s/storage %(home)s/current/storage
chown -R educounsel:educounsel %(home)s/storage %(home)s/current/bootstrap/cache
curl --fail --silent --show-error --retry 5 --output /etc/pki/rds.pem \\
  "https://truststore.pki.rds.amazonaws.com/$AWS_DEFAULT_REGION/$AWS_DEFAULT_REGION-bundle.pem"
"""
SCHEDULER = """\
#!/bin/bash
# Runs what the schedule says: one of all workers gets a message. One that fails comes again, then is a dead letter.
set -uo pipefail
while true; do
  got=$(aws sqs receive-message --queue-url "$SCHEDULE_QUEUE_URL" --wait-time-seconds 20 --output json) || sleep 5
  receipt=$(jq -r '.Messages[0].ReceiptHandle // empty' <<< "$got")
  [ -n "$receipt" ] || continue
  command=$(jq -r '.Messages[0].Body | fromjson | .command' <<< "$got")
  if [ "$command" != %(command)s ]; then
    echo "unknown command: $command" >&2
  elif php artisan "$command" --hours=24; then
    aws sqs delete-message --queue-url "$SCHEDULE_QUEUE_URL" --receipt-handle "$receipt"
  fi
done
"""
ENVIRONMENT = [f"{ETC}/app.env", f"{RUN}/secrets.env"]


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
            *(f"php{settings.release.php}-{extension}" for extension in PHP),
            *(["nginx", "openssl"] if serves else []),
        ],
        files=[
            environment_file(told),
            script("secrets", READ_SECRETS, **secrets_of(settings, readers, works=works)),
            script("release", RELEASE),
            agent.configuration(METRICS, group, logs),
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
    certificate = (
        "#!/bin/bash\nset -euo pipefail\numask 077\n"
        "openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 365 -subj /CN=educounsel "
        "-keyout /etc/nginx/host.key -out /etc/nginx/host.crt\n"
    )
    reads = f"[Unit]\nAfter={SECRETS_FIRST}\nWants={SECRETS_FIRST}\n[Service]\n" + "".join(
        f"EnvironmentFile={each}\n" for each in ENVIRONMENT
    )
    return [
        File(path="/etc/nginx/conf.d/educounsel.conf", content=NGINX % values),
        File(path="/etc/php-fpm.d/educounsel.conf", content=POOL % values),
        File(path="/etc/systemd/system/php-fpm.service.d/educounsel.conf", content=reads),
        File(path=f"{BIN}/{NAME}-certificate", content=certificate, mode="0755"),
    ]


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
