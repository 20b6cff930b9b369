"""The registry's rules: one owner, upstreams that can be reached, each thing once."""

from __future__ import annotations

from collections.abc import Iterator

from components.core.settings.finding import Finding
from components.images.settings import WITH_CREDENTIALS
from settings.rule import rule
from settings.stack import EXAMPLE_ACCOUNTS, Settings


@rule
def registry_has_one_account(settings: Settings) -> Iterator[Finding]:
    """Who owns the repositories has them in its own account, which the other stacks name (SMILE-ECR-07)."""
    images, own = settings.images, settings.account.id
    path, reads = ("images", "registry_account"), (("images", "owner"), ("account", "id"))
    if images.owner and images.registry_account not in (None, own):
        what = f"got {images.registry_account}, and this stack makes the repositories in {own}"
        yield Finding(path, what, "none, or owner: false", reads)
    if not images.owner and images.registry_account in (None, own):
        what = f"got {images.registry_account or 'none'}, and this stack makes no repositories in {own}"
        yield Finding(path, what, "the AWS account of the stack with owner: true", reads)


@rule
def registry_is_of_real_accounts(settings: Settings) -> Iterator[Finding]:
    """An example's account is nobody's: no image is there, and nobody pulls from here."""
    images, valid = settings.images, "the real account of the other stack"
    if settings.account.is_example:
        return
    if images.registry_account in EXAMPLE_ACCOUNTS:
        what = f"got {images.registry_account}, which is an example"
        yield Finding(("images", "registry_account"), what, valid, (("account", "id"),))
    for index, account in enumerate(images.pull_accounts):
        if account in EXAMPLE_ACCOUNTS:
            what = f"got {account}, which is an example"
            yield Finding(("images", "pull_accounts", index), what, valid, (("account", "id"),))


@rule
def production_is_scanned_again(settings: Settings) -> Iterator[Finding]:
    """A weakness becomes known after the image was pushed, too (SMILE-ECR-04)."""
    if settings.is_production and settings.images.owner and settings.images.scanning != "enhanced":
        path, reads = ("images", "scanning"), (("environment", "kind"), ("images", "owner"))
        yield Finding(path, f"got {settings.images.scanning}", "enhanced in production", reads)


@rule
def upstreams_have_credentials(settings: Settings) -> Iterator[Finding]:
    """ECR caches some registries with credentials only, and the others without."""
    images = settings.images
    for index, upstream in enumerate(images.upstreams):
        if upstream in WITH_CREDENTIALS and upstream not in images.credentials:
            what = f"{upstream} needs credentials"
            yield Finding(
                ("images", "upstreams", index), what, "a secret's ARN in credentials", (("images", "credentials"),)
            )
    for upstream, secret in images.credentials.items():
        path = ("images", "credentials", upstream)
        if secret.split(":")[3] != settings.account.region:
            yield Finding(path, f"got {secret}", f"a secret in {settings.account.region}", (("account", "region"),))
        if upstream not in WITH_CREDENTIALS:
            yield Finding(path, f"{upstream} takes no credentials", ", ".join(WITH_CREDENTIALS))
        elif upstream not in images.upstreams:
            yield Finding(path, f"{upstream} is not cached", "one of upstreams", (("images", "upstreams"),))


@rule
def nothing_is_said_twice(settings: Settings) -> Iterator[Finding]:
    """Each account, role, prefix and registry once."""
    images = settings.images
    for field in ("pull_accounts", "pull_roles", "push_roles", "release_prefixes", "upstreams"):
        values: tuple[str, ...] = getattr(images, field)
        for index, value in enumerate(values):
            if value in values[:index]:
                yield Finding(("images", field, index), f"got {value} again", "each once")
