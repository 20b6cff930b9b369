"""What the last ``make bench`` measured, for README and the decisions to quote."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from typing import Any

from bench.figures import GOALS, RESULTS
from bench.suite import AS_BEFORE, CONTROLS, NONE, PUBLISHED, TOGETHER
from cli.docs.markdown import table


def record() -> dict[str, Any]:
    """All of it."""
    return json.loads(RESULTS.read_text(encoding="utf-8"))


def dated(head: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    """A table, and when and where its figures were measured."""
    found = record()
    on = found["machine"]
    where = f"{on['cores']} cores ({on['processor']}, load {on['load before']} before)"
    made = f"By `make bench` on {found['when'][:10]}: {where}, Python {on['python']}, engine {on['engine']}."
    busy = " Others were busy on it, so go by CPU seconds." if on["load before"] > 1 else ""
    return f"{table(head, rows)}\n\n{made}{busy}"


def previews() -> str:
    """Prod before and after, the three stacks at once, and a large program."""
    runs = record()["runs"]
    shown = {
        f"prod, {NONE}, {PUBLISHED}": f"prod, {PUBLISHED}",
        f"prod, {NONE}": f"prod, {NONE}",
        f"prod, {CONTROLS}, {AS_BEFORE}": f"prod, {AS_BEFORE}",
        f"prod, {CONTROLS}": f"prod, {CONTROLS}",
        f"{TOGETHER}: `make preview`": TOGETHER,
        f"1,000 synthetic resources, {CONTROLS}": f"1000 resources, {CONTROLS}",
        f"10,000 synthetic resources, {CONTROLS}": f"10000 resources, {CONTROLS}",
    }
    return dated(
        ("preview", "seconds", "CPU seconds", "MiB of the largest process"),
        [
            (name, f"{run['seconds']:.1f}", f"{sum(run['CPU seconds'].values()):.1f}", max(run["peak MiB"].values()))
            for name, key in shown.items()
            if (run := runs.get(key))
        ],
    )


def processes() -> str:
    """CPU seconds of prod's preview without controls by process, with the SDK as published and as it is."""
    runs, kinds = record()["runs"], ("program", "engine", "provider")
    return dated(
        ("CPU seconds", *kinds, "all", "memory of the program"),
        [
            (
                name,
                *(f"{runs[name]['CPU seconds'][kind]:.1f}" for kind in kinds),
                f"{sum(runs[name]['CPU seconds'].values()):.1f}",
                f"{runs[name]['peak MiB']['program']} MiB",
            )
            for name in (f"prod, {PUBLISHED}", f"prod, {NONE}")
        ],
    )


def goals() -> str:
    """Each figure that something was asked of; not measured where its run was left out."""
    found: dict[str, float] = record()["figures"]
    return dated(
        ("figure", "at most", "measured", ""),
        [(name, most, *verdict(found.get(name), most)) for name, most in GOALS.items()],
    )


def verdict(value: float | None, most: float) -> tuple[str, str]:
    """The figure, and whether it was reached."""
    return ("not measured", "") if value is None else (f"{value:.2f}", "reached" if value <= most else "missed")
