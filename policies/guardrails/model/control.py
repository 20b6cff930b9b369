"""What a control is: data, and one function that answers one question about one resource.

    @control(
        id="ENC-KMS-001",
        title="Customer managed keys rotate automatically",
        why="A key that never rotates turns one leak into a permanent one.",
        fix="Set enableKeyRotation to true.",
        severity=Severity.HIGH,
        types=("aws:kms/key:Key",),
        references=References(checkov=("CKV_AWS_7",), security_hub=("KMS.4",)),
    )
    def key_rotates(key: Resource, _: Context) -> Findings:
        if not key.get("enableKeyRotation"):
            yield Violation("rotation is off", "enableKeyRotation")

The function yields a `Violation` for each fault and nothing when the resource complies. Reading a value that is still
unknown raises `UndeterminedError`; the evaluator turns that into the third verdict, so a control never has to ask.
A control that looks at several independent values yields `UndeterminedError(path)` for an unknown one and goes on, so
that it never hides a fault elsewhere.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from guardrails.model.resource import Resource, Stack
from guardrails.model.values import UndeterminedError


class Severity(StrEnum):
    """How bad a violation is."""

    LOW = "low"
    MEDIUM = "medium"
    HIGH = "high"
    CRITICAL = "critical"


class Level(StrEnum):
    """What a violation does to the run: nothing, a warning, or a stop."""

    DISABLED = "disabled"
    ADVISORY = "advisory"
    MANDATORY = "mandatory"


class Scope(StrEnum):
    """When a control can be decided: on the resource alone, or only with the whole stack in view."""

    RESOURCE = "resource"
    STACK = "stack"


@dataclass(frozen=True, kw_only=True)
class References:
    """The same control in public catalogues, each an id as its publisher writes it."""

    checkov: tuple[str, ...] = ()
    security_hub: tuple[str, ...] = ()
    soc2: tuple[str, ...] = ()
    """SOC 2 trust services criteria, such as CC6.1."""
    iso27001: tuple[str, ...] = ()
    """ISO/IEC 27001:2022 Annex A controls, such as A.8.24."""
    indonesia: tuple[str, ...] = ()
    """Articles of UU PDP 27/2022 or PP 71/2019, such as UU PDP 35."""


@dataclass(frozen=True)
class Violation:
    """One fault.

    Attributes:
        why: what is wrong, in a few words; never contains a value that may be secret.
        path: the property at fault, such as ``ingress[0].cidrBlocks``; empty for the resource as a whole.
    """

    why: str
    path: str = ""


@dataclass(frozen=True)
class Deployment:
    """What the engine says of the stack besides its resources.

    Attributes:
        tags: of the stack; empty where the backend keeps none.
        config: the stack's and the project's configuration, ``aws:region`` to its value; secrets are left out.
    """

    tags: Mapping[str, str]
    config: Mapping[str, str]


@dataclass(frozen=True)
class Context:
    """What a control may know besides its resource.

    Attributes:
        parameters: this control's parameters and the pack-wide ones, defaults filled in.
        stack: every resource of the stack; only set for `Scope.STACK` controls (None otherwise).
        deployment: the stack's tags and configuration; None when the engine doesn't tell.
    """

    parameters: Mapping[str, Any]
    stack: Stack | None = None
    deployment: Deployment | None = None

    @property
    def everything(self) -> Stack:
        """The stack; for use in `Scope.STACK` controls."""
        if self.stack is None:
            raise TypeError("only a control with scope=Scope.STACK sees the whole stack")
        return self.stack


Findings = Iterator[Violation | UndeterminedError]
Check = Callable[["Resource", Context], Findings]


@dataclass(frozen=True, kw_only=True)
class Control:
    """A control and everything that is said about it in messages, reports and the catalogue.

    Attributes:
        id: stable, ``ENC|RES|LP|RSL-SERVICE-NNN``; its prefix names the pack.
        title: what holds when the resource complies.
        why: the rationale, one or two sentences.
        fix: what to write instead, naming properties.
        types: Pulumi type tokens; ``aws:*`` for every AWS resource.
        scope: see `Scope`.
        level: what a violation does unless the operator configures otherwise.
        parameters: JSON schema per parameter, each with a ``default``.
    """

    id: str
    title: str
    why: str
    fix: str
    severity: Severity
    types: tuple[str, ...]
    check: Check
    scope: Scope = Scope.RESOURCE
    level: Level = Level.MANDATORY
    parameters: Mapping[str, Mapping[str, Any]] = field(default_factory=dict[str, Mapping[str, Any]])
    references: References = field(default_factory=References)


ID = re.compile(r"(ENC|RES|LP|RSL)-[A-Z0-9]+-\d{3}")
REGISTRY: dict[str, Control] = {}


def control(**about: Any) -> Callable[[Check], Check]:
    """Register the decorated function as a control; takes the fields of `Control` but ``check``.

    Raises:
        ValueError: the id is taken, or isn't one, so that no pack would have the control.
    """

    def register(check: Check) -> Check:
        made = Control(check=check, **about)
        if not ID.fullmatch(made.id):
            raise ValueError(f"control {made.id}: valid: an id of ENC, RES, LP or RSL, such as LP-KMS-900")
        if made.id in REGISTRY:
            files = " and ".join(each.__code__.co_filename for each in (REGISTRY[made.id].check, check))
            raise ValueError(f"control {made.id} is defined twice, in {files}; valid: an id that is free")
        REGISTRY[made.id] = made
        return check

    return register
