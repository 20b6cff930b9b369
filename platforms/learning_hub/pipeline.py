"""CI/CD: Jenkins, elsewhere or on a private host; CodeBuild, which builds the images that it deploys."""

from __future__ import annotations

from dataclasses import dataclass

import pulumi

from components.build.image_build import ImageBuild, ImageBuildArgs
from components.core.iam import Statement
from components.files.shared_file_system import SharedFileSystem, SharedFileSystemArgs
from components.hosts.jenkins import JenkinsHost, JenkinsHostArgs, JenkinsRole
from platforms.learning_hub.base import Base
from platforms.learning_hub.data import Data
from platforms.learning_hub.edge import Edge
from platforms.learning_hub.settings import NAME, Settings

JENKINS = f"{NAME}-jenkins"


@dataclass(frozen=True, kw_only=True)
class Pipeline:
    """Who builds and who deploys.

    Attributes:
        build: of images.
        jenkins_role_arn: with which pipelines work.
        host_id: of the host that Jenkins runs on; None where it runs elsewhere.
    """

    build: ImageBuild
    jenkins_role_arn: pulumi.Output[str]
    host_id: pulumi.Output[str] | None


def jenkins_role(settings: Settings) -> str:
    """ARN of the role that pipelines work with, known before it is there."""
    return f"arn:aws:iam::{settings.account.id}:role/{settings.prefix}-jenkins"


def pipeline_of(base: Base, data: Data, edge: Edge) -> Pipeline:
    """CodeBuild first: what Jenkins may do is to start it, and to deploy."""
    build = ImageBuild(
        f"{NAME}-build",
        ImageBuildArgs(
            context=base.context,
            settings=base.settings.build,
            source_bucket=data.storage.bucket_name("builds"),
            source_key="objects",
            registry=next(iter(data.images.urls.values())).partition("/")[0],
            repository_arns=list(data.images.repository_arns.values()),
        ),
        base.options(),
    )
    may = [*build.grant_start(), *deploying(base)]
    if not base.settings.has_jenkins_host:
        role = JenkinsRole(JENKINS, base.context, base.settings.jenkins, may, base.options())
        return Pipeline(build=build, jenkins_role_arn=role.role_arn, host_id=None)
    host = jenkins_host(base, data, edge, may)
    return Pipeline(build=build, jenkins_role_arn=host.role_arn, host_id=host.host.instance_id)


def deploying(base: Base) -> list[Statement]:
    """What `aws eks update-kubeconfig` asks; the cluster's access entry lets the role change the namespace."""
    cluster = base.environment.arn("eks", f"cluster/{base.settings.prefix}")
    return [Statement(sid="FindCluster", actions=["eks:DescribeCluster"], resources=[cluster])]


def jenkins_host(base: Base, data: Data, edge: Edge, may: list[Statement]) -> JenkinsHost:
    """The host, and the file system with what Jenkins keeps."""
    groups = base.network.security_group_ids
    files = SharedFileSystem(
        f"{NAME}-files",
        SharedFileSystemArgs(
            context=base.context,
            files=base.settings.files,
            subnet_ids=base.network.subnet_ids["private"],
            security_group_id=groups["files"],
        ),
        base.options(),
    )
    return JenkinsHost(
        JENKINS,
        JenkinsHostArgs(
            context=base.context,
            settings=base.settings.jenkins,
            subnet_id=base.subnet_ids("private")[0],
            security_group_ids=[groups["jenkins"]],
            image_id=base.host_image(),
            log_bucket=data.storage.bucket_name("logs"),
            file_system_id=files.id,
            access_point_id=files.access_point_ids["jenkins"],
            mounts=files.grant_mount("jenkins"),
            statements=may,
            target_group_arn=edge.ingress.target_group_arns["jenkins"]["blue"],
        ),
        base.options(base.network, files),
    )
