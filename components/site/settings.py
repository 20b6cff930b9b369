"""Settings of a site on AWS Amplify: where its source is, how it is built, in which Region it lies."""

from __future__ import annotations

from typing import Annotated

from pydantic import StringConstraints, ValidationInfo, field_validator

from aws_facts.amplify_regions import AMPLIFY_REGIONS
from components.core.settings.field import About, among, one_of, setting, switch
from components.core.settings.section import Section
from components.edge.dns_settings import HOSTS, Host

REPOSITORY = r"^(https://[a-z0-9.-]+/[A-Za-z0-9._-]+/[A-Za-z0-9._-]+)?$"
FOLDER = r"^[A-Za-z0-9_][A-Za-z0-9._-]*(/[A-Za-z0-9_][A-Za-z0-9._-]*)*$"
Command = Annotated[str, StringConstraints(min_length=1, max_length=1000)]
Variable = Annotated[str, StringConstraints(pattern=r"^[A-Z][A-Z0-9_]*$", max_length=255)]


class Site(Section):
    """Static files that Amplify builds from a branch and serves. All of it is public, and may lie abroad."""

    enabled: bool = switch(
        "Amplify builds and serves the static files; else they are where the program has them", on=False
    )
    region: Annotated[str, among(AMPLIFY_REGIONS)] = setting(
        "ap-southeast-1", "where it lies; not every Region has Amplify", one_of(AMPLIFY_REGIONS)
    )
    repository: Annotated[str, StringConstraints(pattern=REPOSITORY, max_length=1000)] = setting(
        "", "where the source is", About(valid="https://github.com/OWNER/NAME"), validate_default=True
    )
    branch: Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9_][A-Za-z0-9._/-]{0,254}$")] = setting(
        "main", "what is built whenever it changes", About(valid="the name of a branch")
    )
    token_secret: str = setting(
        "",
        "secret with the token by which Amplify reads the repository and adds its webhook; people put it there before",
        About(valid="the name of a secret of the account, such as acme-prod/amplify-token"),
        max_length=512,
        validate_default=True,
    )
    host: Host | None = setting(
        None, "a name of its own, with a certificate that Amplify gets; None for Amplify's", About(valid=HOSTS)
    )
    commands: tuple[Command, ...] = setting((), "how it is built", About(valid="shell commands, such as npm ci"))
    folder: Annotated[str, StringConstraints(pattern=FOLDER)] = setting(
        "dist", "where the build puts the files", About(valid="a folder of the repository, such as frontend/dist")
    )
    variables: dict[Variable, str] = setting(
        {}, "environment variables of the build, none of them secret", About(valid="names in capitals -> text")
    )

    @field_validator("repository", "token_secret")
    @classmethod
    def is_given_where_enabled(cls, value: str, info: ValidationInfo) -> str:
        """Let nothing pass only where Amplify isn't asked for.

        Raises:
            ValueError: it is.
        """
        if info.data.get("enabled") and not value:
            raise ValueError("is needed with enabled: true")
        return value
