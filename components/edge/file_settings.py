"""Settings of a distribution of files: how long edges keep what, and what takes a signed URL."""

from __future__ import annotations

import base64
import binascii
import re
from typing import Annotated

from pydantic import AfterValidator, StringConstraints

from aws_facts.countries import COUNTRIES
from components.core.settings.field import About, among, one_of, setting, switch
from components.core.settings.section import Section
from components.edge.frontend_settings import YEAR_SECONDS, PriceClass

PATH = r"^/[A-Za-z0-9_-]+(/[A-Za-z0-9_-]+)*/\*$"
KEY_NAME = r"^[a-z0-9]([a-z0-9-]{0,30}[a-z0-9])?$"
LONGEST_DAYS = YEAR_SECONDS // 86_400
MOST_KEYS = 5
"""Of a key group (https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/cloudfront-limits.html)."""
PEM = re.compile(r"-----BEGIN PUBLIC KEY-----\n([A-Za-z0-9+/=\n]+)-----END PUBLIC KEY-----\n?")
RSA_2048_BYTES, P256_BYTES = 294, 91
"""Of such a key as SubjectPublicKeyInfo: RSA of 2048 bits, with 65537 as its exponent; ECDSA on P-256. CloudFront takes
no other (https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/private-content-trusted-signers.html)."""
KINDS = {RSA_2048_BYTES: "RSA 2048", P256_BYTES: "ECDSA P-256"}


def public_key(pem: str) -> str:
    """Let a public key pass that CloudFront takes.

    Raises:
        ValueError: says what is wrong with it; it never quotes it, since it may be a private key.
    """
    found = PEM.fullmatch(pem)
    if not found:
        raise ValueError("not a public key in PEM")
    try:
        size = len(base64.b64decode(found[1], validate=False))
    except binascii.Error:
        raise ValueError("not base64") from None
    if size not in KINDS:
        raise ValueError(f"{size} bytes, which is neither {' nor '.join(KINDS.values())}")
    return pem if pem.endswith("\n") else f"{pem}\n"


FilePath = Annotated[str, StringConstraints(max_length=255, pattern=PATH)]
KeyName = Annotated[str, StringConstraints(pattern=KEY_NAME)]
PublicKey = Annotated[str, AfterValidator(public_key)]
Country = Annotated[str, among(COUNTRIES)]


class FileUse(Section):
    """What is below one path."""

    days: int = setting(
        7, "how long edges keep a file", About(unit="days", valid=f"1 to {LONGEST_DAYS}"), ge=1, le=LONGEST_DAYS
    )
    signed: bool = switch("only whoever has a signed URL, or cookie, gets it", on=False)


class Files(Section):
    """CloudFront in front of a bucket of files."""

    paths: dict[FilePath, FileUse] = setting(
        {},
        "path -> how long it is kept, and whether it takes a signed URL; whatever is below none of them isn't served",
        About(valid="up to 24 paths that end in /*, such as /documents/*"),
        max_length=24,
    )
    signing_keys: dict[KeyName, PublicKey] = setting(
        {},
        "name -> public key, of those whose signatures are taken; the private one is in Secrets Manager alone",
        About(valid=f"up to {MOST_KEYS} public keys in PEM, of {' or '.join(KINDS.values())}"),
        max_length=MOST_KEYS,
    )
    signing_key: KeyName | None = setting(
        None, "the key that programs sign with", About(valid="a name of signing_keys; none where nothing is signed")
    )
    price_class: PriceClass = setting(
        "PriceClass_200",
        "which edge locations serve; PriceClass_100 has none in Asia",
        one_of(("PriceClass_200", "PriceClass_All")),
    )
    countries: tuple[Country, ...] = setting(
        (),
        "countries that are served; all where none is named",
        About(valid="ISO 3166 codes of two capital letters, such as ID"),
    )

    @property
    def is_signed(self) -> bool:
        """Whether anything takes a signed URL."""
        return any(use.signed for use in self.paths.values())
