"""What Laravel may do, and what it is told of its surroundings; no secret is among it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import pulumi

from components.cache.redis_cache import RedisCache
from components.core.context import StackContext
from components.core.iam import ANY, Statement
from components.database.database import Database
from components.edge.file_distribution import FileDistribution
from components.encryption.grants import ENCRYPT
from components.fleet.agent import write_logs
from components.notifications.notification_topic import NotificationTopic
from components.queues.message_queues import MessageQueues
from components.secrets.secrets import Secrets
from components.storage.grants import WRITE_OBJECTS
from components.storage.object_storage import ObjectStorage
from platforms.educounsel.logs import Logs
from platforms.educounsel.rules import SECRETS
from platforms.educounsel.settings import NAME, Settings

LOGINS = ("mysql/application", "redis/application")
MIGRATES = "mysql/migration"
"""The login that may change tables, which workers have alone."""
PREFIXES = ("materi/files", "materi/thumbnails", "profiles", "static")
"""What the application keeps in the bucket of files (EDU-DATA-07)."""
QUEUES = ("{notifications}", "{chat}", "{mail}")
"""Of Laravel, in Redis: a name in braces is in one slot of the cluster, as its queues need it."""


@dataclass(frozen=True, kw_only=True)
class Application:
    """The same for web instances and workers; one of them takes what the schedule says besides."""

    settings: Settings
    context: StackContext
    storage: ObjectStorage
    database: Database
    cache: RedisCache
    queues: MessageQueues
    secrets: Secrets
    files: FileDistribution
    topic: NotificationTopic
    logs: Logs

    def statements(self, *, works: bool) -> list[Statement]:
        """What its code may do (EDU-EC2-06).

        Args:
            works: it takes what the schedule says, and brings the database up to a release.
        """
        external = [f"external/{name}" for name in SECRETS]
        return [
            *self.storage.grant_read("releases"),
            *self.files_statements(),
            self.files.grant_invalidate(),
            *self.topic.grant_publish(),
            *self.secrets.grant_read(*LOGINS, *external, *([MIGRATES] if works else [])),
            write_logs(self.context.environment, self.logs.of_instances),
            *self.admin_pages(),
            *(self.queues.grant_receive("schedule") if works else []),
        ]

    def files_statements(self) -> list[Statement]:
        """Objects below its prefixes, and no other."""
        bucket = self.storage.buckets["files"]
        _, key = self.storage.grant_write("files")
        return [
            Statement(
                sid="UseFiles",
                actions=["s3:GetObject", *WRITE_OBJECTS],
                resources=[f"{bucket.arn}/{prefix}/*" for prefix in PREFIXES],
            ),
            Statement(sid="UseFilesWithKey", actions=ENCRYPT, resources=key.resources, conditions=key.conditions),
        ]

    def admin_pages(self) -> list[Statement]:
        """What the pages of logs and of monitoring read."""
        environment = self.context.environment
        groups = [environment.arn("logs", f"log-group:{name}:*") for name in self.logs.shown]
        return [
            Statement(
                sid="AskLogs",
                actions=["logs:FilterLogEvents", "logs:GetQueryResults", "logs:StartQuery"],
                resources=groups,
            ),
            Statement(
                sid="ReadMetrics",
                actions=["cloudwatch:GetMetricData"],
                resources=[ANY],
                allow_any="metrics have no ARN",
            ),
        ]

    def variables(self) -> Mapping[str, pulumi.Input[str]]:
        """Where everything is, and how long what is kept, as Laravel's configuration reads it."""
        laravel, dns = self.settings.laravel, self.settings.dns
        signing = self.settings.files.signing_key or ""
        keys = self.files.signed_urls.key_ids if self.files.signed_urls else {}
        return {
            "APP_NAME": NAME,
            "APP_ENV": "production",
            "APP_DEBUG": "false",
            "APP_URL": f"https://{dns.public}",
            "ASSET_URL": f"https://{self.files.host}/static",
            "APP_TIMEZONE": "Asia/Jakarta",
            "LOG_CHANNEL": "single",
            "LOG_LEVEL": "info",
            "AWS_DEFAULT_REGION": self.context.environment.region,
            "AWS_BUCKET": self.storage.bucket_name("files"),
            "DB_CONNECTION": "mysql",
            "DB_HOST": self.database.address,
            "DB_DATABASE": self.settings.database.users["application"].database,
            "MYSQL_ATTR_SSL_CA": "/etc/pki/rds.pem",
            "REDIS_CLIENT": "predis",
            "REDIS_CLUSTER": "redis",
            "REDIS_SCHEME": "tls",
            "REDIS_HOST": self.cache.endpoint,
            "CACHE_STORE": "redis",
            "SESSION_DRIVER": "redis",
            "SESSION_LIFETIME": str(laravel.session_seconds // 60),
            "SESSION_SECURE_COOKIE": "true",
            "QUEUE_CONNECTION": "redis",
            "REDIS_QUEUE": QUEUES[0],
            "BROADCAST_CONNECTION": "pusher",
            "CACHE_DASHBOARD_SECONDS": str(laravel.dashboard_seconds),
            "CACHE_ANALYTICS_SECONDS": str(laravel.analytics_seconds),
            "CACHE_MATERIALS_SECONDS": str(laravel.materials_seconds),
            "CACHE_CHAT_REPORTS_SECONDS": str(laravel.chat_reports_seconds),
            "CLOUDFRONT_URL": f"https://{self.files.host}",
            "CLOUDFRONT_DISTRIBUTION": self.files.distribution_id,
            "CLOUDFRONT_KEY_PAIR_ID": keys.get(signing, ""),
            "CLOUDFRONT_MINUTES": str(laravel.signed_url_minutes),
            "NOTIFICATIONS_TOPIC": self.topic.arn,
            "REMINDERS_BY_MESSAGE": str(self.settings.notifications.messages).lower(),
            "SCHEDULE_QUEUE_URL": self.queues.urls["schedule"],
        }
