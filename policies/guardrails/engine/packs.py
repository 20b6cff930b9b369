"""The policy packs, and which controls belong to each."""

from __future__ import annotations

import importlib
import pkgutil
from dataclasses import dataclass
from functools import cache

from guardrails.model.control import REGISTRY, Control


@dataclass(frozen=True)
class Pack:
    """A pack: the controls whose ids start with one of ``prefixes``."""

    name: str
    prefixes: tuple[str, ...]
    title: str
    description: str

    @property
    def controls(self) -> list[Control]:
        """The pack's controls, by id."""
        return [control for id_, control in load_controls().items() if id_.partition("-")[0] in self.prefixes]


FAMILIES = {
    pack.name: pack
    for pack in (
        Pack("encryption", ("ENC",), "Encryption", "Data is encrypted at rest and in transit, with keys of our own."),
        Pack("data_residency", ("RES",), "Data residency", "Data stays in the permitted regions and accounts."),
        Pack("least_privilege", ("LP",), "Least privilege", "Nobody and nothing can do or reach more than it needs."),
        Pack("resilience", ("RSL",), "Resilience", "Failures and mistakes are survived, and they are noticed."),
    )
}
"""The packs that share no control."""

ALL = Pack(
    "all",
    tuple(prefix for family in FAMILIES.values() for prefix in family.prefixes),
    "All controls",
    "Encryption, data residency, least privilege and resilience in one process.",
)
PACKS = {**FAMILIES, ALL.name: ALL}
"""Every pack by name; the folder of the same name below policies/ serves it."""


def family_of(control_id: str) -> Pack:
    """The family that a control belongs to, whichever pack serves it."""
    return next(pack for pack in FAMILIES.values() if control_id.partition("-")[0] in pack.prefixes)


@cache
def load_controls() -> dict[str, Control]:
    """Every control there is, by id; imports every module below `guardrails.controls`."""
    package = importlib.import_module("guardrails.controls")
    for module in pkgutil.walk_packages(package.__path__, f"{package.__name__}."):
        importlib.import_module(module.name)
    return dict(sorted(REGISTRY.items()))
