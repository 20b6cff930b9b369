"""A policy pack as commands know it that need no engine: its configuration, exemptions and controls."""

from __future__ import annotations

import runpy
import sys
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from pathlib import Path

from guardrails.engine import server
from guardrails.engine.audit import Rules, configuration_of
from guardrails.engine.configuration import ConfigurationError
from guardrails.engine.exemptions import BESIDE_THE_PACKS, ExemptionsError, in_force
from guardrails.engine.packs import ALL, PACKS, Pack, load_controls


class AuditError(ValueError):
    """There is nothing to judge, or nothing to judge by; the message says which place it is, and what is valid."""


@dataclass(frozen=True, kw_only=True)
class Told:
    """What the packs are told: hashable, as it goes to each process.

    Attributes:
        pack: a folder that ``guardrails init`` wrote, with its configuration, exemptions and controls; None for none.
        config: a file for ``--policy-pack-config``, instead of the folder's; None for the controls' defaults.
    """

    pack: Path | None = None
    config: Path | None = None

    @property
    def configuration(self) -> Path | None:
        """The file that has levels and parameters."""
        usual = self.pack / "config.json" if self.pack else None
        return self.config or (usual if usual and usual.exists() else None)

    @property
    def exemptions(self) -> Path:
        """The file that has exemptions, unless the configuration names another; it need not be there."""
        return self.pack / BESIDE_THE_PACKS.name if self.pack else BESIDE_THE_PACKS


def check(told: Told) -> None:
    """Refuse a configuration or exemptions that the packs would refuse.

    Raises:
        AuditError: names every problem.
    """
    try:
        configured(told)
    except (ConfigurationError, ExemptionsError) as error:
        raise AuditError(str(error)) from None


@cache
def configured(told: Told) -> Rules:
    """What the packs are told; read once in each process.

    Raises:
        AuditError: the folder is no pack.
    """
    pack = pack_in(told.pack) if told.pack else ALL
    configuration, exceptions = configuration_of(told.configuration, pack)
    today, ids = datetime.now(UTC).date(), load_controls().keys()
    exemptions = in_force(configuration.settings["exemptions"], ids, today, told.exemptions)
    return Rules(configuration, tuple(exemptions), exceptions, pack)


def pack_in(folder: Path) -> Pack:
    """The pack that a folder's ``__main__.py`` serves, its own controls registered; nothing is served here.

    Raises:
        AuditError: the folder has none.
    """
    main = folder / "__main__.py"
    if not main.exists():
        raise AuditError(f"{folder}: no policy pack; valid: a folder that `guardrails init` wrote")
    sys.path.insert(0, str(folder.resolve()))  # as where the engine runs it
    with served() as names:
        try:
            runpy.run_path(str(main), run_name="__main__")
        except (Exception, SystemExit) as error:  # whatever somebody's own code raises
            raise AuditError(f"{main}: {error!r}; valid: what the engine can run as a policy pack") from error
    if len(names) != 1 or names[0] not in PACKS:
        raise AuditError(f"{main}: serves {' and '.join(names) or 'no pack'}; valid: one of {', '.join(PACKS)}")
    return PACKS[names[0]]


@contextmanager
def served() -> Generator[list[str]]:
    """The names of the packs that are to be served, without it."""
    names: list[str] = []

    def note(name: str, exemptions: Path = BESIDE_THE_PACKS) -> None:  # noqa: ARG001 - as the function in its place
        names.append(name)

    serve, server.serve = server.serve, note
    try:
        yield names
    finally:
        server.serve = serve
