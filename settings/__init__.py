"""Typed, validated stack settings: every key, unit, default and limit in one place.

``load_for_program()`` in a Pulumi program, ``load_from_files("prod")`` anywhere else. Both give a
``Settings`` or one error that lists every mistake.
"""

from settings.load import load_for_program, load_from_files
from settings.network import HEALTH_PORT, DatabaseAccess, Network
from settings.observability import Observability
from settings.problems import Problem, SettingsError
from settings.stack import EXAMPLE_ACCOUNT, REGION, STACKS, Account, Encryption, Protection, Settings, Tags
from settings.subnets import ZONES, Tier, Zone

__all__ = [
    "EXAMPLE_ACCOUNT",
    "HEALTH_PORT",
    "REGION",
    "STACKS",
    "ZONES",
    "Account",
    "DatabaseAccess",
    "Encryption",
    "Network",
    "Observability",
    "Problem",
    "Protection",
    "Settings",
    "SettingsError",
    "Tags",
    "Tier",
    "Zone",
    "load_for_program",
    "load_from_files",
]
