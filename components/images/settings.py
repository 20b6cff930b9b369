"""Settings of the registry of container images, who pushes to it and pulls from it, and what it caches."""

from __future__ import annotations

from typing import Annotated, Literal, get_args

from pydantic import StringConstraints

from components.core.settings.field import About, one_of, setting, switch
from components.core.settings.section import Section

Scanning = Literal["basic", "enhanced"]
Upstream = Literal["registry.k8s.io", "public.ecr.aws", "quay.io", "docker.io", "ghcr.io"]

UPSTREAMS: tuple[Upstream, ...] = get_args(Upstream)
WITH_CREDENTIALS: tuple[Upstream, ...] = ("docker.io", "ghcr.io")
"""Registries that ECR caches with credentials only."""
ACCOUNT_ID = r"^[0-9]{12}$"
CACHE_RULES = "https://docs.aws.amazon.com/AmazonECR/latest/APIReference/API_CreatePullThroughCacheRule.html"
ROLE_NAME = r"^[\w+=,.@-]{3}[\w+=,.@*-]{0,61}$"
ROLE_NAMES = "names of IAM roles, 3 to 64 characters; from the fourth on, * stands for any run of characters"
CREDENTIALS_ARN = r"^arn:aws[a-z-]*:secretsmanager:[a-z0-9-]+:[0-9]{12}:secret:ecr-pullthroughcache/[\w/+=.@-]+$"

AccountId = Annotated[str, StringConstraints(pattern=ACCOUNT_ID)]
RoleName = Annotated[str, StringConstraints(pattern=ROLE_NAME)]
SecretArn = Annotated[str, StringConstraints(max_length=612, pattern=CREDENTIALS_ARN)]
TagPrefix = Annotated[str, StringConstraints(max_length=128, pattern=r"^[A-Za-z0-9_][\w.-]*$")]


class Images(Section):
    """The image registry. Repositories are made by one stack and shared by all."""

    owner: bool = switch("this stack makes the repositories and caches; on in one stack of all", on=True)
    registry_account: AccountId | None = setting(
        None,
        "the AWS account of the stack that makes the repositories, where that is another",
        About(valid='12 digits in quotes, such as "123456789012", where owner is false'),
    )
    pull_accounts: tuple[AccountId, ...] = setting(
        (),
        "other AWS accounts whose roles may pull: those of the other stacks",
        About(valid='12 digits in quotes each, such as "123456789012"'),
    )
    pull_roles: tuple[RoleName, ...] = setting(
        (),
        "who may pull besides who pushes: the roles of the clusters' nodes; without any, those named PROJECT-*node*",
        About(valid=ROLE_NAMES),
    )
    push_roles: tuple[RoleName, ...] = setting(
        (),
        "who may push: the build pipeline's role, in the registry's account; without any, the one named PROJECT-ci",
        About(valid=ROLE_NAMES),
    )
    scanning: Scanning = setting(
        "enhanced",
        "basic: when an image is pushed; enhanced: again whenever a weakness becomes known (Amazon Inspector)",
        one_of(get_args(Scanning)),
    )
    keep_images: int = setting(
        100,
        "how many tagged images of a service are kept, the latest; releases besides",
        About(unit="images", valid="1 to 10000"),
        ge=1,
        le=10000,
    )
    untagged_days: int = setting(
        30,
        "how long an image without a tag is kept",
        About(unit="days", valid="1 to 365"),
        ge=1,
        le=365,
    )
    release_prefixes: tuple[TagPrefix, ...] = setting(
        ("release-",),
        "images whose tag begins so are never deleted",
        About(valid="up to 10 beginnings of tags, such as release-"),
        max_length=10,
    )
    upstreams: tuple[Upstream, ...] = setting(
        ("registry.k8s.io", "public.ecr.aws", "quay.io"),
        "public registries whose images are cached, so that none comes from abroad when a pod starts",
        one_of(UPSTREAMS),
    )
    cache_prefix: str = setting(
        "",
        "what names of cached images begin with; PROJECT-cache where nothing is said. ECR takes 30 characters, with "
        "the name of the registry",
        About(valid="2 to 14 lower-case letters, digits and '-', or nothing", source=CACHE_RULES),
        pattern=r"^([a-z][a-z0-9]*(-[a-z0-9]+)*)?$",
        max_length=14,
    )
    credentials: dict[Upstream, SecretArn] = setting(
        {},
        f"ARN of the secret with the user name and token for a registry; {', '.join(WITH_CREDENTIALS)} need one",
        About(
            valid=f"{', '.join(WITH_CREDENTIALS)} -> arn:aws:secretsmanager:REGION:ACCOUNT:secret:"
            "ecr-pullthroughcache/NAME",
        ),
    )

    @property
    def scanned_by_inspector(self) -> bool:
        """Whether this stack's registry has enhanced scanning, which is Amazon Inspector's."""
        return self.owner and self.scanning == "enhanced"

    def pulling(self, project: str) -> tuple[str, ...]:
        """Names of the roles that may pull."""
        return self.pull_roles or (f"{project}-*node*",)

    def pushing(self, project: str) -> tuple[str, ...]:
        """Names of the roles that may push."""
        return self.push_roles or (f"{project}-ci",)
