"""The section ``deployment``: which repository deploys the stack, and which push images."""

from __future__ import annotations

import re
from typing import Annotated, Literal, get_args

from pydantic import StringConstraints

from components.core.settings.field import About, one_of, setting, switch
from components.core.settings.section import Section

Provider = Literal["create", "existing"]

EXAMPLE_OWNER = "example"
"""Of repositories that nobody deploys from: an account that is real must name its own."""
REPOSITORY = r"^[A-Za-z0-9][A-Za-z0-9-]{0,38}(@[0-9]+)?/[A-Za-z0-9._-]{1,100}(@[0-9]+)?$"
REPOSITORIES = (
    "OWNER/NAME as GitHub's tokens say it: repositories made or renamed since July 2026 have their ids in it, such as "
    "example@123456/infrastructure@456789"
)
BRANCH = r"^[A-Za-z0-9_][A-Za-z0-9._/-]{0,199}$"

Repository = Annotated[str, StringConstraints(pattern=REPOSITORY)]


class Deployment(Section):
    """Roles for GitHub Actions, which proves who it is by a token of its identity provider: there are no keys."""

    enabled: bool = switch("roles for the pipeline are made", on=True)
    provider: Provider = setting(
        "create",
        "GitHub's identity provider is made here, or was by another stack: an account has one",
        one_of(get_args(Provider)),
    )
    repository: Repository = setting(
        f"{EXAMPLE_OWNER}/infrastructure",
        "where this program is; the default is an example, and refused in a real account",
        About(valid=REPOSITORIES),
    )
    branch: str = setting(
        "main",
        "the branch that is deployed",
        About(valid="a branch's name, without wildcards"),
        pattern=BRANCH,
    )
    pull_requests: bool = switch(
        "pull requests may read the stack, its state with the secrets in it included; never in prod",
        on=False,
    )
    image_repositories: tuple[Repository, ...] = setting(
        (),
        "where services are: their images are built by the workflow images.yml of the repository above",
        About(valid=REPOSITORIES),
        max_length=20,
    )

    @property
    def builders(self) -> tuple[str, ...]:
        """Who pushes images: this repository where no other is named."""
        return self.image_repositories or (self.repository,)

    @property
    def repository_name(self) -> str:
        """Without ids, as GitHub's tokens name the file of a workflow."""
        return re.sub(r"@[0-9]+", "", self.repository)

    @property
    def ref(self) -> str:
        """The branch, as git calls it."""
        return f"refs/heads/{self.branch}"
