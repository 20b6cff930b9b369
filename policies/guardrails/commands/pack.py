"""A policy pack as commands know it that need no engine: its configuration, exemptions and controls."""

from __future__ import annotations

import runpy
import sys
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from unittest.mock import patch

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
    pack = served_by(told.pack) if told.pack else ALL
    configuration, exceptions = configuration_of(told.configuration, pack)
    today, ids = datetime.now(UTC).date(), load_controls().keys()
    exemptions = in_force(configuration.settings["exemptions"], ids, today, told.exemptions)
    return Rules(configuration, tuple(exemptions), exceptions, pack)


def served_by(folder: Path) -> Pack:
    """The pack that a folder's ``__main__.py`` would serve, with the controls that it imports registered.

    Raises:
        AuditError: there is no such file, or it serves none.
    """
    from guardrails.engine import server  # brings grpc, which only a pack of one's own needs

    main = folder / "__main__.py"
    if not main.exists():
        raise AuditError(f"{folder}: no policy pack; valid: a folder that `guardrails init` wrote")
    load_controls()  # first, so that a control of one's own with the id of one of these is the one refused
    sys.path.insert(0, str(folder.resolve()))  # as where the engine runs it
    names: list[str] = []

    def serve(name: str, *_: object, **__: object) -> None:
        names.append(name)

    try:
        with patch.object(server, "serve", serve):
            runpy.run_path(str(main), run_name="__main__")
        load_controls.cache_clear()
        return PACKS[names[0]]
    except IndexError:
        problem = "it serves no pack"
    except (Exception, SystemExit) as error:  # whatever somebody's own code raises
        problem = " ".join(f"{type(error).__name__}: {error}".split())
    raise AuditError(f"{main}: {problem}; valid: what the engine can run as a policy pack")
