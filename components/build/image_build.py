"""A CodeBuild project that builds container images: source from a bucket, layers from a cache, result in ECR."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pulumi
from pulumi_aws import codebuild

from components.build.settings import Build
from components.core.context import StackContext
from components.core.iam import ANY, Statement
from components.core.log_group import log_group
from components.core.service_role import ServiceRole, ServiceRoleArgs
from components.encryption.grants import DECRYPT, grant_key
from components.storage.bucket_policy import bucket_arn

IMAGE = "aws/codebuild/amazonlinux-x86_64-standard:5.0"
"""CodeBuild's own, on Amazon Linux 2023, with Docker
(https://docs.aws.amazon.com/codebuild/latest/userguide/build-env-ref-available.html)."""
COMMANDS: Mapping[str, Sequence[str]] = {
    "pre_build": (
        'test -n "$SERVICE" && test -n "$TAG"',
        'aws ecr get-login-password | docker login --username AWS --password-stdin "$REGISTRY"',
    ),
    "build": ('docker build --file "services/$SERVICE/Dockerfile" --tag "$REGISTRY/$PROJECT/$SERVICE:$TAG" .',),
    "post_build": (
        'test "$CODEBUILD_BUILD_SUCCEEDING" = 1',
        'docker push "$REGISTRY/$PROJECT/$SERVICE:$TAG"',
    ),
}
"""Phase -> commands. A build that names no service, or no tag, fails before it starts."""


@dataclass(frozen=True, kw_only=True)
class ImageBuildArgs:
    """What building needs.

    Attributes:
        context: key ``logs``, names.
        settings: size, how many at once.
        source_bucket: name of the bucket that whoever starts a build puts its source into, as an archive.
        source_key: of the encryption key of that bucket, such as ``objects``.
        registry: host of the registry.
        repository_arns: of the repositories that it may push to.
    """

    context: StackContext
    settings: Build
    source_bucket: str
    source_key: str
    registry: pulumi.Input[str]
    repository_arns: Sequence[pulumi.Input[str]]


class ImageBuild(pulumi.ComponentResource):
    """The project, its role and its log. A build is of one service: several services are several builds at once.

    Attributes:
        name: of the project.
        arn: of the project, known before it is there.
        role_arn: of the builds.
    """

    name: pulumi.Output[str]
    arn: str
    role_arn: pulumi.Output[str]

    def __init__(self, name: str, args: ImageBuildArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("platform:build:ImageBuild", name, None, opts)
        self.logical, self.args = name, args
        environment = args.context.environment
        self.tags = environment.tags(component="build", data_class="internal")
        self.physical_name = f"{environment.prefix}-images"
        self.project_arn = environment.arn("codebuild", f"project/{self.physical_name}")
        self.log_path = f"/aws/codebuild/{self.physical_name}"
        logs = log_group(name, args.context, self.log_path, self.tags("builds"), self)
        role = ServiceRole(
            name,
            ServiceRoleArgs(
                environment=environment,
                service="codebuild.amazonaws.com",
                source_arn=self.project_arn,
                description="Builds of container images: read source, push images, write the log",
                statements=self.statements(),
                tags=self.tags("builds"),
            ),
            pulumi.ResourceOptions(parent=self),
        )
        made = self.project(role, logs)
        self.name, self.arn, self.role_arn = made.name, self.project_arn, role.arn
        self.register_outputs({"name": self.name, "arn": self.arn, "roleArn": self.role_arn})

    def project(self, role: ServiceRole, logs: pulumi.Resource) -> codebuild.Project:
        """Docker needs a privileged container; it is thrown away with what it built."""
        args, environment = self.args, self.args.context.environment
        variables: dict[str, pulumi.Input[str]] = {
            "REGISTRY": args.registry,
            "PROJECT": environment.project,
            "AWS_DEFAULT_REGION": environment.region,
            "DOCKER_BUILDKIT": "1",
        }
        return codebuild.Project(
            self.logical,
            name=self.physical_name,
            description="Builds one service's image and pushes it",
            service_role=role.arn,
            build_timeout=args.settings.timeout_minutes,
            queued_timeout=args.settings.timeout_minutes,
            concurrent_build_limit=args.settings.most_at_once,
            project_visibility="PRIVATE",
            artifacts={"type": "NO_ARTIFACTS"},
            # Layers and source of the last builds, on the host: the next build there takes what hasn't changed.
            cache={"type": "LOCAL", "modes": ["LOCAL_DOCKER_LAYER_CACHE", "LOCAL_SOURCE_CACHE"]},
            environment={
                "type": "LINUX_CONTAINER",
                "compute_type": args.settings.size,
                "image": IMAGE,
                "image_pull_credentials_type": "CODEBUILD",
                "privileged_mode": True,
                "environment_variables": [
                    {"name": name, "value": value, "type": "PLAINTEXT"} for name, value in variables.items()
                ],
            },
            source={
                "type": "S3",
                "location": f"{args.source_bucket}/source.zip",
                "buildspec": buildspec(),
            },
            logs_config={
                "cloudwatch_logs": {"status": "ENABLED", "group_name": self.log_path},
                "s3_logs": {"status": "DISABLED"},
            },
            encryption_key=args.context.keys[args.source_key],
            tags=self.tags("builds"),
            opts=pulumi.ResourceOptions(parent=self, depends_on=[role, logs]),
        )

    def statements(self) -> list[Statement]:
        """What a build may do, and nothing else."""
        args, environment = self.args, self.args.context.environment
        source = bucket_arn(environment, args.source_bucket)
        return [
            Statement(
                sid="WriteLog",
                actions=["logs:CreateLogStream", "logs:PutLogEvents"],
                resources=[environment.arn("logs", f"log-group:{self.log_path}:log-stream:*")],
            ),
            Statement(sid="ReadSource", actions=["s3:GetObject", "s3:GetObjectVersion"], resources=[f"{source}/*"]),
            grant_key(args.context, [args.source_key], "s3", sid="DecryptSource", actions=DECRYPT),
            Statement(
                sid="LogInToRegistry",
                actions=["ecr:GetAuthorizationToken"],
                resources=[ANY],
                allow_any="a token is for the whole registry",
            ),
            Statement(
                sid="PushImages",
                actions=[
                    "ecr:BatchCheckLayerAvailability",
                    "ecr:BatchGetImage",
                    "ecr:CompleteLayerUpload",
                    "ecr:GetDownloadUrlForLayer",
                    "ecr:InitiateLayerUpload",
                    "ecr:PutImage",
                    "ecr:UploadLayerPart",
                ],
                resources=args.repository_arns,
            ),
        ]

    def grant_start(self) -> list[Statement]:
        """What a role needs to start builds of this project, hand over their source, and see how they end."""
        args = self.args
        source = bucket_arn(args.context.environment, args.source_bucket)
        return [
            Statement(
                sid="StartBuilds",
                actions=["codebuild:BatchGetBuilds", "codebuild:StartBuild", "codebuild:StopBuild"],
                resources=[self.project_arn],
            ),
            Statement(sid="HandOverSource", actions=["s3:PutObject"], resources=[f"{source}/*"]),
            grant_key(
                args.context,
                [args.source_key],
                "s3",
                sid="EncryptSource",
                actions=("kms:Decrypt", "kms:GenerateDataKey"),
            ),
        ]


def buildspec() -> str:
    """What a build does. JSON is YAML, too."""
    phases: dict[str, Any] = {phase: {"commands": list(commands)} for phase, commands in COMMANDS.items()}
    return json.dumps({"version": 0.2, "phases": phases}, indent=2)
