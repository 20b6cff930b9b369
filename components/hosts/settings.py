"""Settings of single hosts: Jenkins, and services in Docker Compose."""

from __future__ import annotations

from typing import Annotated, Literal, get_args

from pydantic import StringConstraints

from components.core.settings.field import About, one_of, setting
from components.core.settings.section import Section

Hosting = Literal["external", "host"]
HostType = Literal["t3.medium", "t3.large", "t3.xlarge", "m7i.large", "m7i.xlarge"]
ROLE = r"^(arn:aws[a-z-]*:iam::[0-9]{12}:role/[A-Za-z0-9+=,.@/_-]+)?$"
Tag = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9_][A-Za-z0-9._-]{0,127}$")]


class Jenkins(Section):
    """Who runs the pipeline."""

    hosting: Hosting = setting(
        "external",
        "external: a Jenkins that runs elsewhere takes on a role; host: one private host of the stack runs it",
        one_of(get_args(Hosting)),
    )
    trusted_role: str = setting(
        "",
        "the role of the Jenkins that runs elsewhere, which may take on the pipeline's",
        About(valid="arn:aws:iam::ACCOUNT:role/NAME; needed with hosting: external"),
        pattern=ROLE,
    )
    external_id: str = setting(
        "",
        "what that Jenkins says besides, where it works for several owners",
        About(valid="2 to 200 letters, digits and +=,.@:/-, or nothing"),
        pattern=r"^([A-Za-z0-9+=,.@:/-]{2,200})?$",
    )
    instance_type: HostType = setting("t3.large", "size of the host", one_of(get_args(HostType)))
    volume_gib: int = setting(
        50, "its disk, for builds; what Jenkins keeps is on the file system", About(unit="GiB", valid="30 to 500"),
        ge=30, le=500,
    )  # fmt: skip


class Compose(Section):
    """One host that runs all services."""

    instance_type: HostType = setting("t3.xlarge", "size of the host", one_of(get_args(HostType)))
    volume_gib: int = setting(
        100, "its disk, with images and what services keep", About(unit="GiB", valid="30 to 500"), ge=30, le=500
    )
    release: Tag = setting("release-1", "image tag of all services", About(valid="such as release-7"))
