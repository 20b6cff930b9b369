"""What is measured: previews of the stacks, and synthetic programs of growing size."""

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

from bench.measure import Run, best, measure
from cli import sandbox
from cli.offline import ensure_stack, mock_providers
from cli.preview import PACKS, policy_arguments
from cli.sandbox import ROOT

PROGRAMS = ROOT / "bench" / "programs"
SIZES = (100, 1000, 5000)
EMPTY_PACK = '''"""A pack that looks at nothing: the floor of what any pack costs."""
from pulumi_policy import EnforcementLevel, PolicyPack, ResourceValidationPolicy

PolicyPack(
    name="empty-{number}",
    enforcement_level=EnforcementLevel.MANDATORY,
    policies=[ResourceValidationPolicy(name="nothing", description="nothing", validate=lambda args, report: None)],
)
'''


def empty_packs(folder: Path) -> list[str]:
    """As many packs as we have, each with one policy of the official SDK that does nothing."""
    words: list[str] = []
    for number in range(len(PACKS)):
        pack = folder / f"empty-{number}"
        pack.mkdir()
        (pack / "PulumiPolicy.yaml").write_text("runtime: python\nversion: 0.0.1\n", encoding="utf-8")
        (pack / "__main__.py").write_text(EMPTY_PACK.format(number=number), encoding="utf-8")
        words += ["--policy-pack", str(pack)]
    return words


def preview(program: Path, stack: str, packs: Sequence[str], repeats: int, **variables: str) -> Run:
    """The best of ``repeats`` previews of one stack with these packs."""
    project = sandbox.find_project(program)
    shadow = sandbox.mirror(project)
    command = ["pulumi", "preview", "--stack", stack, "--non-interactive", "--suppress-progress", *packs]
    runs: list[Run] = []
    for _ in range(repeats):
        with mock_providers() as (providers, _):
            environment = sandbox.environment(providers) | variables
            ensure_stack(project, command, environment)
            runs.append(measure(command, shadow, environment))
    return best(runs)


def stacks(repeats: int) -> dict[str, Run]:
    """Each stack with no pack, each pack alone, and all packs; and the empty program."""
    runs = {"empty program": preview(PROGRAMS / "empty", "bench", [], repeats)}
    for stack in sandbox.find_project(ROOT).stacks:
        choices: Mapping[str, list[str]] = {
            "no pack": [],
            **{pack: policy_arguments(stack, [pack]) for pack in PACKS},
            "all packs": policy_arguments(stack),
        }
        for name, packs in choices.items():
            runs[f"{stack}, {name}"] = noted(f"{stack}, {name}", preview(ROOT, stack, packs, repeats))
    return runs


def growth(repeats: int, sizes: Sequence[int] = SIZES) -> dict[str, Run]:
    """Synthetic programs with no pack, with empty packs and with ours."""
    runs: dict[str, Run] = {}
    with TemporaryDirectory() as folder:
        choices = {"no pack": [], "empty packs": empty_packs(Path(folder)), "our packs": policy_arguments("bench")}
        for size in sizes:
            for name, packs in choices.items():
                run = preview(PROGRAMS / "synthetic", "bench", packs, repeats, SMILE_BENCH_RESOURCES=str(size))
                runs[f"{size} resources, {name}"] = noted(f"{size} resources, {name}", run)
    return runs


def noted(title: str, run: Run) -> Run:
    """Say that a measurement is done."""
    print(f"bench: {title}: {run.seconds:.1f} s", file=sys.stderr, flush=True)
    return run
