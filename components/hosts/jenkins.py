"""Jenkins: a role for one that runs elsewhere, or a private host whose only way in is GitHub's webhook."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import pulumi
from pulumi_aws import lb

from components.core.cloud_init import UNITS, CloudInit, File
from components.core.context import StackContext
from components.core.iam import Statement
from components.core.service_role import ServiceRole, ServiceRoleArgs
from components.hosts.private_host import PrivateHost, PrivateHostArgs
from components.hosts.settings import Jenkins

WEBHOOK = "/github-webhook"
"""Path that the GitHub plugin of Jenkins takes pushes at."""
PORT, HEALTH_PORT, OWN_PORT = 443, 8080, 8081
"""TCP ports: of the webhook over TLS, of health checks, and of Jenkins itself, on the host alone."""
HOME = "/var/lib/jenkins"
REPOSITORY = """\
[jenkins]
name=Jenkins, stable
baseurl=https://pkg.jenkins.io/rpm-stable
gpgcheck=1
gpgkey=https://pkg.jenkins.io/rpm-stable/jenkins.io-2023.key
"""
LISTENS = f"""\
[Unit]
RequiresMountsFor={HOME}

[Service]
Environment=JENKINS_LISTEN_ADDRESS=127.0.0.1
Environment=JENKINS_PORT={OWN_PORT}
"""
PROXY = f"""\
server {{
  listen {HEALTH_PORT};
  location = /health {{ proxy_pass http://127.0.0.1:{OWN_PORT}/login; }}
  location / {{ return 404; }}
}}
server {{
  listen {PORT} ssl;
  ssl_certificate /etc/nginx/host.crt;
  ssl_certificate_key /etc/nginx/host.key;
  ssl_protocols TLSv1.2 TLSv1.3;
  location = {WEBHOOK}/ {{
    limit_except POST {{ deny all; }}
    client_max_body_size 25m;
    proxy_pass http://127.0.0.1:{OWN_PORT};
    proxy_set_header Host $host;
    proxy_set_header X-Forwarded-Proto https;
  }}
  location / {{ return 404; }}
}}
"""
"""Nothing but the webhook passes; people reach Jenkins by a session that forwards its port. GitHub sends up to 25 MB
(https://docs.github.com/en/webhooks/webhook-events-and-payloads)."""
PACKAGES = ("amazon-efs-utils", "fontconfig", "git", "java-21-amazon-corretto-headless", "nginx", "openssl")


@dataclass(frozen=True, kw_only=True)
class JenkinsHostArgs:
    """What a host with Jenkins needs.

    Attributes:
        context: key ``kubernetes`` of disks, topics.
        settings: size.
        subnet_id: a private one.
        security_group_ids: the load balancer may reach 443 and 8080.
        image_id: of Amazon Linux 2023.
        log_bucket: name of the bucket that keeps the records of sessions.
        file_system_id: of the file system with what Jenkins keeps.
        access_point_id: of its folder there.
        mounts: what lets it mount that.
        statements: what pipelines may do.
        target_group_arn: where the load balancer sends the webhook.
    """

    context: StackContext
    settings: Jenkins
    subnet_id: pulumi.Input[str]
    security_group_ids: Sequence[pulumi.Input[str]]
    image_id: pulumi.Input[str]
    log_bucket: str
    file_system_id: pulumi.Input[str]
    access_point_id: pulumi.Input[str]
    mounts: Sequence[Statement]
    statements: Sequence[Statement]
    target_group_arn: pulumi.Input[str]


class JenkinsHost(pulumi.ComponentResource):
    """A host that can be replaced: what Jenkins keeps is on a file system, in every zone.

    Attributes:
        host: the host itself.
        role_arn: that pipelines work with.
    """

    host: PrivateHost
    role_arn: pulumi.Output[str]

    def __init__(self, name: str, args: JenkinsHostArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("platform:hosts:JenkinsHost", name, None, opts)
        child = pulumi.ResourceOptions(parent=self)
        self.host = PrivateHost(
            name,
            PrivateHostArgs(
                context=args.context,
                role="jenkins",
                instance_type=args.settings.instance_type,
                volume_gib=args.settings.volume_gib,
                subnet_id=args.subnet_id,
                security_group_ids=args.security_group_ids,
                image_id=args.image_id,
                log_bucket=args.log_bucket,
                statements=[*args.mounts, *args.statements],
                first_boot=first_boot(args.file_system_id, args.access_point_id),
            ),
            child,
        )
        lb.TargetGroupAttachment(
            name, target_group_arn=args.target_group_arn, target_id=self.host.private_ip, port=PORT, opts=child
        )
        self.role_arn = self.host.role_arn
        self.register_outputs({"instanceId": self.host.instance_id, "roleArn": self.role_arn})


def first_boot(file_system: pulumi.Input[str], access_point: pulumi.Input[str]) -> CloudInit:
    """Its folder mounted, Jenkins on the host alone, the webhook before it."""
    files = [
        File(path="/etc/yum.repos.d/jenkins.repo", content=REPOSITORY, mode="0600"),
        File(path=f"{UNITS}/jenkins.service.d/listens.conf", content=LISTENS),
        File(path="/etc/nginx/conf.d/webhook.conf", content=PROXY, mode="0600"),
    ]
    options = "_netdev,noresvport,tls,iam,accesspoint="
    mount = pulumi.Output.concat("echo '", file_system, f":/ {HOME} efs {options}", access_point, " 0 0' >> /etc/fstab")
    commands = [
        ["install", "--directory", HOME],
        ["sh", "-c", mount],
        ["mount", HOME],
        [
            *("openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "3650", "-subj", "/CN=jenkins"),
            *("-keyout", "/etc/nginx/host.key", "-out", "/etc/nginx/host.crt"),
        ],
        ["dnf", "install", "--assumeyes", "jenkins"],
        ["systemctl", "daemon-reload"],
        ["systemctl", "enable", "--now", "jenkins", "nginx"],
    ]
    return CloudInit(packages=PACKAGES, files=files, commands=commands)


class JenkinsRole(pulumi.ComponentResource):
    """The role that a Jenkins elsewhere takes on, and nobody else.

    Attributes:
        role_arn: that pipelines work with.
    """

    role_arn: pulumi.Output[str]

    def __init__(
        self,
        name: str,
        context: StackContext,
        settings: Jenkins,
        statements: Sequence[Statement],
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        super().__init__("platform:hosts:JenkinsRole", name, None, opts)
        environment = context.environment
        known = {"StringEquals": {"sts:ExternalId": settings.external_id}} if settings.external_id else {}
        role = ServiceRole(
            name,
            ServiceRoleArgs(
                environment=environment,
                service="",
                description="Pipelines of a Jenkins that runs elsewhere: start builds, deploy",
                statements=statements,
                tags=environment.tags(component="hosts", data_class="internal")("jenkins"),
                trust=Statement(
                    sid="JenkinsElsewhere",
                    actions=["sts:AssumeRole"],
                    principals={"AWS": settings.trusted_role},
                    conditions=known,
                ),
            ),
            pulumi.ResourceOptions(parent=self),
        )
        self.role_arn = role.arn
        self.register_outputs({"roleArn": self.role_arn})
