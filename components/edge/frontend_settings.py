"""The section ``frontend``: the distribution: where it serves, what it caches, what pages may load."""

from __future__ import annotations

from collections.abc import Collection
from typing import Annotated, Literal, get_args

from pydantic import Field, StringConstraints, ValidationInfo, field_validator

from aws_facts.countries import COUNTRIES
from components.core.settings.field import About, among, one_of, setting, switch
from components.core.settings.section import Section

PriceClass = Literal["PriceClass_200", "PriceClass_All"]
MinimumTls = Literal["TLSv1.2_2021", "TLSv1.3_2025"]
TLS_POLICY: MinimumTls = "TLSv1.2_2021"
"""The oldest TLS, and the ciphers, that visitors may use where nothing else is said."""
Directive = Literal["connect-src", "font-src", "frame-src", "img-src", "script-src", "style-src"]
YEAR_SECONDS = 31_536_000
HASHED = r"^/[A-Za-z0-9_-]+(/[A-Za-z0-9_-]+)*/\*$"
SOURCE = r"^(https://(\*\.)?[a-z0-9-]+(\.[a-z0-9-]+)+(:[0-9]{1,5})?|data:|blob:)$"

STATUSES = (400, 403, 404, 405, 414, 416, 500, 501, 502, 503, 504)
"""Those for which CloudFront shows a page of one's own
(https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/HTTPStatusCodes.html)."""
ERROR_SECONDS = 10
"""How long an edge shows an error page before it asks again."""
PAGE = r"^(/[A-Za-z0-9_-]+)+\.html$"

MOST_BEHAVIOURS = 75
"""A distribution takes so many, the default one for pages included; AWS raises it on demand."""

Country = Annotated[str, among(COUNTRIES)]
HashedPath = Annotated[str, StringConstraints(max_length=100, pattern=HASHED)]
Status = Annotated[int, among(STATUSES), Field(strict=False)]
ErrorPage = Annotated[str, StringConstraints(max_length=255, pattern=PAGE)]
Source = Annotated[str, StringConstraints(max_length=255, pattern=SOURCE)]


def api_patterns(paths: Collection[str]) -> list[str]:
    """The path patterns that lead to services, shortest form: ``/api/*`` stands for every path below ``/api``.

    Args:
        paths: of the public services.
    """
    patterns: set[str] = set()
    for path in paths:
        first, _, rest = path.removeprefix("/").partition("/")
        patterns |= {f"/{first}/*"} if rest else {f"/{first}", f"/{first}/*"}
    return sorted(patterns)


class Frontend(Section):
    """CloudFront in front of the React build and the API."""

    price_class: PriceClass = setting(
        "PriceClass_200",
        "which edge locations serve; PriceClass_100 has none in Asia",
        one_of(get_args(PriceClass)),
    )
    countries: tuple[Country, ...] = setting(
        (),
        "countries that are served; all where none is named",
        About(valid="ISO 3166 codes of two capital letters, such as ID"),
    )
    web_acl: bool = switch("requests pass a web ACL at the edge; off in dev only", on=True)
    hashed_paths: tuple[HashedPath, ...] = setting(
        ("/assets/*", "/static/*"),
        "where the build puts files whose names change with their content, which are kept for long",
        About(valid="up to 10 paths that end in /*, such as /assets/*"),
        max_length=10,
    )
    hashed_seconds: int = setting(
        YEAR_SECONDS,
        "how long edges and browsers keep those files",
        About(unit="seconds", valid=f"86400 to {YEAR_SECONDS}"),
        ge=86_400,
        le=YEAR_SECONDS,
    )
    media_paths: tuple[HashedPath, ...] = setting(
        ("/media/*",),
        "where the bucket of media is served, of a program that has one",
        About(valid="up to 10 paths that end in /*, such as /media/*"),
        max_length=10,
    )
    media_seconds: int = setting(
        86_400,
        "how long edges and browsers keep media",
        About(unit="seconds", valid=f"0 to {YEAR_SECONDS}"),
        ge=0,
        le=YEAR_SECONDS,
    )
    minimum_tls: MinimumTls = setting(
        TLS_POLICY,
        "the oldest TLS that visitors may use; TLSv1.3_2025 shuts out devices of before 2018",
        About(
            valid=", ".join(get_args(MinimumTls)),
            choices=get_args(MinimumTls),
            source="https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/secure-connections-supported-viewer-protocols-ciphers.html",
        ),
    )
    error_pages: dict[Status, ErrorPage] = setting(
        {},
        "status -> file of the build that is shown in place of what the origin, or its absence, answered; the status "
        "stays",
        About(valid=f"{', '.join(map(str, STATUSES))} -> a file below hashed_paths, such as /static/unavailable.html"),
    )
    hsts_seconds: int = setting(
        2 * YEAR_SECONDS,
        "how long browsers insist on HTTPS",
        About(unit="seconds", valid=f"{YEAR_SECONDS} to {2 * YEAR_SECONDS}"),
        ge=YEAR_SECONDS,
        le=2 * YEAR_SECONDS,
    )
    sources: dict[Directive, tuple[Source, ...]] = setting(
        {},
        "what pages may load besides what is their own: directive of the content security policy -> origins",
        About(
            valid=f"{', '.join(get_args(Directive))} -> origins such as https://maps.example.org, data: or blob:",
        ),
    )

    @field_validator("error_pages")
    @classmethod
    def error_pages_are_files(cls, pages: dict[int, str], info: ValidationInfo) -> dict[int, str]:
        """Let error pages pass that the bucket answers, whatever else fails.

        Raises:
            ValueError: names the first that it doesn't.
        """
        folders = tuple(path.removesuffix("*") for path in info.data.get("hashed_paths", ()))
        for status, page in pages.items():
            if folders and not page.startswith(folders):
                raise ValueError(f"{status}: {page} lies below none of hashed_paths")
        return pages

    @property
    def keep_hashed(self) -> str:
        """``Cache-Control`` of those files."""
        return f"public, max-age={self.hashed_seconds}, immutable"
