"""What a policy pack found: ours in its parts, anybody else's as the sentence that it is."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from report.place import Place

SEVERITIES = ("critical", "high", "medium", "low", "")
"""From the gravest on; empty where a pack says none."""
OURS = re.compile(r"(?P<control>[A-Z]+-[A-Z0-9]+-\d+) (?P<title>[^:]+): (?P<what>.*?)(?: \(at (?P<path>[^()]+)\))?\.?$")
OPEN = "can't be decided before deployment"
LINES = {
    "Fix: ": "fix",
    "Exempted ": "exempted",
    "Accepted ": "accepted",
    "Open for the same reason: ": "others",
    "The same on ": "more",
    "Pack: ": "family",
}
"""How the lines of a message begin -> what they say."""


@dataclass(frozen=True, kw_only=True)
class Finding:
    """One control on one resource, or on the stack.

    Attributes:
        control: its id, such as ``ENC-SQS-001``.
        urn: of the resource; empty for the stack.
        level: of enforcement: ``mandatory``, which fails the run, ``advisory`` or ``remediate``.
        severity: ``critical`` to ``low``; empty where the pack says none.
        title: what should be so; empty where the pack doesn't say it apart.
        what: what is wrong.
        path: of the property that is wrong.
        fix: what to write instead.
        exempted: until when, by whom and why it is let pass.
        accepted: until when, by whom and why its control is laxer than by itself.
        others: ids of controls that are open for the same reason.
        more: further resources on which it is the same.
        family: the pack that has the control.
        places: the lines to look at, where they are known: the setting, then what makes the resource, then its callers.
        decided: the line that lets it pass, where that is known.
        message: all of it, as the pack wrote it.
    """

    control: str
    urn: str
    level: str
    severity: str
    message: str
    title: str = ""
    what: str = ""
    path: str = ""
    fix: str = ""
    exempted: str = ""
    accepted: str = ""
    others: str = ""
    more: str = ""
    family: str = ""
    places: tuple[Place, ...] = ()
    decided: Place | None = None

    @classmethod
    def of(cls, event: Mapping[str, Any]) -> Finding:
        """The finding of a ``policyEvent``."""
        message = event.get("message", "").strip()
        first, *rest = message.splitlines() or [""]
        parts: dict[str, Any] = {
            name: line.removeprefix(start).rstrip(".")
            for line in rest
            for start, name in LINES.items()
            if line.startswith(start)
        }
        parts.setdefault("family", event.get("policyPackName", ""))
        found = OURS.match(first)
        parts |= (
            {"title": found["title"], "what": found["what"], "path": found["path"] or ""} if found else {"what": first}
        )
        return cls(
            control=event["policyName"],
            urn=event.get("resourceUrn", ""),
            level=event["enforcementLevel"],
            severity=event.get("severity", ""),
            message=message,
            **parts,
        )

    @property
    def key(self) -> tuple[str, ...]:
        """What makes two of them the same, in two runs of a stack."""
        return self.control, self.level, self.urn, self.path, self.what

    @property
    def is_open(self) -> bool:
        """Whether it is a question that only deployment answers."""
        return self.what.startswith(OPEN)

    @property
    def resource(self) -> str:
        """Type and name of the resource; ``the stack`` for the stack."""
        return (
            " ".join([self.urn.split("::")[2].rpartition("$")[2], self.urn.split("::", 3)[3]])
            if self.urn
            else "the stack"
        )

    def order(self) -> tuple[int, str, str]:
        """The gravest first, then by control and resource."""
        return (
            SEVERITIES.index(self.severity) if self.severity in SEVERITIES else len(SEVERITIES),
            self.control,
            self.urn,
        )
