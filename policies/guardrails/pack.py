"""The four packs, and which controls belong to each."""

from __future__ import annotations

import importlib
import pkgutil
from dataclasses import dataclass

from guardrails.control import REGISTRY, Control


@dataclass(frozen=True)
class Pack:
    """A pack: the controls whose ids start with ``prefix``."""

    name: str
    prefix: str
    title: str
    description: str

    @property
    def controls(self) -> list[Control]:
        """The pack's controls, by id."""
        return [control for id_, control in load_controls().items() if id_.startswith(f"{self.prefix}-")]


PACKS = {
    pack.name: pack
    for pack in (
        Pack("encryption", "ENC", "Encryption", "Data is encrypted at rest and in transit, with keys of our own."),
        Pack("data_residency", "RES", "Data residency", "Data stays in the permitted regions and accounts."),
        Pack("least_privilege", "LP", "Least privilege", "Nobody and nothing can do or reach more than it needs."),
        Pack("resilience", "RSL", "Resilience", "Failures and mistakes are survived, and they are noticed."),
    )
}


def load_controls() -> dict[str, Control]:
    """Every control there is, by id; imports each module of `guardrails.controls` once."""
    package = importlib.import_module("guardrails.controls")
    for module in pkgutil.iter_modules(package.__path__):
        importlib.import_module(f"guardrails.controls.{module.name}")
    return dict(sorted(REGISTRY.items()))
