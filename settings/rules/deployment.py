"""The pipeline's rules: only known repositories deploy, and what is not reviewed yet reads nothing of prod."""

from __future__ import annotations

from collections.abc import Iterator
from fnmatch import fnmatchcase

from components.core.settings.finding import Finding
from components.delivery.settings import EXAMPLE_OWNER, REPOSITORIES
from settings.deployment import CI_ROLE
from settings.rule import rule
from settings.stack import PROJECT, Settings


@rule
def a_real_account_names_its_repository(settings: Settings) -> Iterator[Finding]:
    """Whoever owns the example's name on GitHub must not deploy (SMILE-DEPLOY-15)."""
    deployment = settings.deployment
    owner = deployment.repository.partition("/")[0]
    if deployment.enabled and not settings.account.is_example and owner == EXAMPLE_OWNER:
        what = "got the example's, which is somebody else's"
        reads = (("account", "id"), ("deployment", "enabled"))
        yield Finding(("deployment", "repository"), what, f"{REPOSITORIES}; or enabled: false", reads)


@rule
def pull_requests_read_nothing_of_prod(settings: Settings) -> Iterator[Finding]:
    """Who may open a pull request could print what a preview reads: the state, and the secrets in it."""
    if settings.is_production and settings.deployment.pull_requests:
        yield Finding(("deployment", "pull_requests"), "got true in production", "false")


@rule
def pipeline_may_push(settings: Settings) -> Iterator[Finding]:
    """The repositories let the pipeline's role push, as they deny it to all others (SMILE-ECR-05)."""
    deployment, images = settings.deployment, settings.images
    if not (deployment.enabled and images.owner):
        return
    if not any(fnmatchcase(CI_ROLE, pattern) for pattern in images.pushing(PROJECT)):
        what = f"{CI_ROLE}, which the pipeline takes on, is not among them"
        yield Finding(("images", "push_roles"), what, f"{CI_ROLE} as well", (("deployment", "enabled"),))


@rule
def each_repository_once(settings: Settings) -> Iterator[Finding]:
    """A list that says something twice is a mistake."""
    values = settings.deployment.image_repositories
    for index, value in enumerate(values):
        if value in values[:index]:
            yield Finding(("deployment", "image_repositories", index), f"got {value} again", "each once")
