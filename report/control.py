"""A control as the catalogue of a pack describes it."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class Control:
    """What is said of a control apart from any finding.

    Attributes:
        id: such as ``ENC-SQS-001``.
        title: what holds when a resource complies.
        why: the rationale.
        fix: what to write instead.
        severity: ``critical`` to ``low``; empty where the pack says none.
        level: of enforcement, unless configured otherwise.
        family: the pack that has it.
        references: the same control in public catalogues, such as ``SOC 2 CC6.1``; the most general first.
    """

    id: str
    title: str
    why: str = ""
    fix: str = ""
    severity: str = ""
    level: str = ""
    family: str = ""
    references: tuple[str, ...] = ()
