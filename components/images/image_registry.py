"""The image registry: a repository for each microservice, caches of public registries, scans."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from dataclasses import replace as with_other

import pulumi
from pulumi_aws import ecr, iam

from components.core.context import StackContext
from components.core.environment import Environment
from components.core.iam import Statement, document
from components.core.service_role import LONGEST_POLICY, ServiceRole, ServiceRoleArgs
from components.images.image_policy import CACHE, lifecycle_policy, pull_statements, push_statements, repository_policy
from components.images.settings import Images, Upstream

HOSTS: Mapping[Upstream, str] = {"docker.io": "registry-1.docker.io"}
"""Registry as images name it -> the host that ECR fetches from, where that is another."""


@dataclass(frozen=True, kw_only=True)
class ImageRegistryArgs:
    """What the registry needs.

    Attributes:
        context: key ``images``, protection.
        settings: who pushes and pulls, what is kept, scanned and cached; whether this stack makes it at all.
        services: names of the services; each has a repository.
    """

    context: StackContext
    settings: Images
    services: Sequence[str]


class ImageRegistry(pulumi.ComponentResource):
    """Where images are, and the policies by which roles push and pull them.

    The owner makes repositories and caches; the other stacks only know them.

    Attributes:
        urls: microservice -> what its image's name begins with: ``REGISTRY/acme/orders``.
        cache_urls: public registry -> what to write in its place: ``REGISTRY/acme-cache/quay.io``.
        repository_arns: microservice -> ARN of its repository.
        pull_policy_arn: IAM policy for the roles of nodes.
        push_policy_arn: IAM policy for the pipeline's role; None where the stack isn't the owner.
    """

    urls: Mapping[str, str]
    cache_urls: Mapping[Upstream, str]
    repository_arns: Mapping[str, str]
    pull_policy_arn: pulumi.Output[str]
    push_policy_arn: pulumi.Output[str] | None

    def __init__(self, name: str, args: ImageRegistryArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("platform:images:ImageRegistry", name, None, opts)
        self.name = name
        self.args = args
        self.child = pulumi.ResourceOptions(parent=self)
        environment = args.context.environment
        self.tags = environment.tags(component="images", data_class="internal")
        self.registry = with_other(environment, account_id=args.settings.registry_account or environment.account_id)
        self.repositories = {service: f"{environment.project}/{service}" for service in sorted(args.services)}
        self.cache = args.settings.cache_prefix or f"{environment.project}-cache"
        """What the names of cached repositories begin with."""

        host = f"{self.registry.account_id}.dkr.ecr.{self.registry.region}.amazonaws.com"
        self.urls = {service: f"{host}/{repository}" for service, repository in self.repositories.items()}
        self.cache_urls = {upstream: f"{host}/{self.cache}/{upstream}" for upstream in args.settings.upstreams}
        self.repository_arns = {
            service: repository_arn(self.registry, repository) for service, repository in self.repositories.items()
        }
        arns = list(self.repository_arns.values())
        self.cached = [repository_arn(self.registry, f"{self.cache}/{upstream}/*") for upstream in self.cache_urls]
        self.pull_policy_arn = self.policy("pull-images", pull_statements(arns, self.cached))
        self.push_policy_arn = None
        if args.settings.owner:
            self.push_policy_arn = self.policy("push-images", push_statements(arns))
            for service in args.services:
                self.repository(service)
            self.scanning()
            self.caches()
        self.register_outputs({"urls": self.urls, "cacheUrls": self.cache_urls, "repositoryArns": self.repository_arns})

    def policy(self, role: str, statements: Sequence[Statement]) -> pulumi.Output[str]:
        """An IAM policy for whoever plays ``role``."""
        return iam.Policy(
            f"{self.name}-{role}",
            name=self.args.context.environment.physical_name(f"{self.name}-{role}", LONGEST_POLICY),
            description=f"For roles that {role.replace('-', ' ')}",
            policy=document(*statements),
            tags=self.tags(role),
            opts=self.child,
        ).arn

    def repository(self, service: str) -> None:
        """The repository of one microservice, encrypted, scanned, with tags that stay."""
        repository = ecr.Repository(
            f"{self.name}-{service}",
            name=self.repositories[service],
            image_tag_mutability="IMMUTABLE",
            image_scanning_configuration={"scan_on_push": True},
            encryption_configurations=[self.encryption()],
            force_delete=False,
            tags=self.tags(service),
            opts=self.args.context.stateful(self),
        )
        ecr.RepositoryPolicy(
            f"{self.name}-{service}",
            repository=repository.name,
            policy=repository_policy(self.registry, self.args.settings),
            opts=self.child,
        )
        ecr.LifecyclePolicy(
            f"{self.name}-{service}",
            repository=repository.name,
            policy=lifecycle_policy(self.args.settings),
            opts=self.child,
        )

    def encryption(self) -> ecr.RepositoryEncryptionConfigurationArgsDict:
        """With the key of images."""
        return {"encryption_type": "KMS", "kms_key": self.args.context.keys["images"]}

    def scanning(self) -> None:
        """How the account's images are scanned."""
        enhanced = self.args.settings.scanning == "enhanced"
        ecr.RegistryScanningConfiguration(
            self.name,
            scan_type="ENHANCED" if enhanced else "BASIC",
            rules=[
                {
                    "scan_frequency": "CONTINUOUS_SCAN" if enhanced else "SCAN_ON_PUSH",
                    "repository_filters": [{"filter": "*", "filter_type": "WILDCARD"}],
                }
            ],
            opts=self.child,
        )

    def caches(self) -> None:
        """Public images, fetched once and kept here; ECR makes a repository for each as this template says."""
        settings = self.args.settings
        if not settings.upstreams:
            return
        role = self.creator()
        template = ecr.RepositoryCreationTemplate(
            f"{self.name}-cache",
            prefix=self.cache,
            description="Repositories of cached public images",
            applied_fors=["PULL_THROUGH_CACHE"],
            image_tag_mutability="IMMUTABLE",
            encryption_configurations=[self.encryption()],
            custom_role_arn=role.arn,
            lifecycle_policy=lifecycle_policy(settings),
            repository_policy=repository_policy(self.registry, settings, cache=True),
            resource_tags=self.tags("image-cache"),
            opts=pulumi.ResourceOptions(parent=self, depends_on=[role]),
        )
        for upstream in settings.upstreams:
            ecr.PullThroughCacheRule(
                f"{self.name}-{upstream}",
                ecr_repository_prefix=f"{self.cache}/{upstream}",
                upstream_registry_url=HOSTS.get(upstream, upstream),
                credential_arn=settings.credentials.get(upstream),
                # A repository that is made before the template has none of what it says, and stays so.
                opts=pulumi.ResourceOptions(parent=self, depends_on=[template]),
            )
        if settings.pull_accounts:
            self.open_cache()

    def creator(self) -> ServiceRole:
        """The role with which ECR makes an encrypted, tagged repository."""
        key = self.args.context.keys["images"]
        return ServiceRole(
            f"{self.name}-image-cache",
            ServiceRoleArgs(
                environment=self.registry,
                service="ecr.amazonaws.com",
                names_source=False,
                description="Makes the repositories of cached public images",
                statements=[
                    Statement(
                        sid="MakeRepositories",
                        actions=["ecr:CreateRepository", "ecr:ReplicateImage", "ecr:TagResource"],
                        resources=self.cached,
                    ),
                    Statement(
                        sid="EncryptRepositories",
                        actions=["kms:CreateGrant", "kms:DescribeKey", "kms:RetireGrant"],
                        resources=[key],
                    ),
                ],
                tags=self.tags("image-cache"),
            ),
            self.child,
        )

    def open_cache(self) -> None:
        """The other stacks' accounts fill the cache as well."""
        accounts = self.args.settings.pull_accounts
        ecr.RegistryPolicy(
            self.name,
            policy=document(
                Statement(
                    sid="AccountsFillCache",
                    principals={"AWS": [with_other(self.registry, account_id=each).account_root for each in accounts]},
                    actions=list(CACHE),
                    resources=self.cached,
                )
            ),
            opts=self.child,
        )


def repository_arn(registry: Environment, name: str) -> str:
    """ARN of a repository, or a pattern of ARNs."""
    return registry.arn("ecr", f"repository/{name}")
