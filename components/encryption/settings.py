"""Settings of the encryption keys."""

from __future__ import annotations

from components.core.settings.field import About, setting
from components.core.settings.section import Section

LONGEST_WINDOW = 30
"""Days that KMS keeps a deleted key at most."""


class Encryption(Section):
    """The customer-managed keys."""

    deletion_window_days: int = setting(
        LONGEST_WINDOW,
        "how long a deleted key can be rescued",
        About(unit="days", valid=f"7 to {LONGEST_WINDOW}"),
        ge=7,
        le=LONGEST_WINDOW,
    )
    rotation_days: int = setting(
        365,
        "how often KMS replaces the key material",
        About(unit="days", valid="90 to 365"),
        ge=90,
        le=365,
    )
