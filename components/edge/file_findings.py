"""What is wrong with the settings of a distribution of files, whatever program they are in."""

from __future__ import annotations

from collections.abc import Iterator

from components.core.settings.finding import Finding
from components.edge.file_settings import Files


def file_findings(files: Files, section: str = "files") -> Iterator[Finding]:
    """Nothing is served; what takes a signed URL has no key, or none to sign with.

    Args:
        files: the settings.
        section: where they stand.
    """
    if not files.paths:
        yield Finding((section, "paths"), "got none", "one path or more, such as /documents/*")
    if files.is_signed and not files.signing_keys:
        yield Finding((section, "signing_keys"), "got none, and paths are signed", "one public key or more")
    elif files.is_signed and files.signing_key not in files.signing_keys:
        got = files.signing_key or "none"
        yield Finding((section, "signing_key"), f"got {got}", f"one of {', '.join(files.signing_keys)}")
