"""Settings of image builds: how many at once, on what, for how long."""

from __future__ import annotations

from typing import Literal, get_args

from components.core.settings.field import About, one_of, setting
from components.core.settings.section import Section

Size = Literal["BUILD_GENERAL1_SMALL", "BUILD_GENERAL1_MEDIUM", "BUILD_GENERAL1_LARGE"]
LIMITS = "https://docs.aws.amazon.com/codebuild/latest/userguide/limits.html"


class Build(Section):
    """CodeBuild, which builds images and pushes them."""

    size: Size = setting("BUILD_GENERAL1_SMALL", "processors and memory of each build", one_of(get_args(Size)))
    most_at_once: int = setting(
        5,
        "builds at the same time; more wait",
        About(unit="builds", valid="1 to 100, within the account's quota", source=LIMITS),
        ge=1,
        le=100,
    )
    timeout_minutes: int = setting(
        30,
        "after which a build is ended",
        About(unit="minutes", valid="5 to 480", source=LIMITS),
        ge=5,
        le=480,
    )
