"""What is measured: previews of the stacks, of further programs, and of growing size, and the same with Terraform."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from bench.measure import Run, best, measure
from cli import sandbox
from cli.offline import ensure_stack, mock_providers
from cli.preview import policy_arguments
from cli.program import programs
from cli.sandbox import ROOT

PROGRAMS = ROOT / "bench" / "programs"
SIZES = (100, 1000, 5000, 10000)
LARGE = 1000
"""Resources from which a measurement is made once: it takes long enough to be steady."""

CONTROLS, NONE, EMPTY = "all controls", "no controls", "empty pack"
PUBLISHED = "SDK as published"
FAMILIES = ("encryption", "data_residency", "least_privilege", "resilience")
AS_BEFORE = f"{PUBLISHED}, a pack for each family"
TOGETHER = f"all stacks, {CONTROLS}"
"""``smile preview``."""
AS_PUBLISHED = {"PYTHONPATH": str(ROOT / "bench" / "unpatched")}
"""Takes the work-arounds of components/core/sdk_performance.py out of a program."""

EMPTY_PACK = '''"""A pack that looks at nothing: the floor of what any pack costs."""
from pulumi_policy import EnforcementLevel, PolicyPack, ResourceValidationPolicy

PolicyPack(
    name="empty",
    enforcement_level=EnforcementLevel.MANDATORY,
    policies=[ResourceValidationPolicy(name="nothing", description="nothing", validate=lambda args, report: None)],
)
'''


@dataclass(frozen=True)
class Measurement:
    """One figure to be measured.

    Attributes:
        name: such as "prod, all controls".
        program: the folder of the Pulumi project.
        stack: which of its stacks.
        packs: arguments that name policy packs.
        variables: added to the environment.
        once: whether one run is enough.
    """

    name: str
    program: Path
    stack: str
    packs: Sequence[str]
    variables: dict[str, str]
    once: bool = False

    def run(self, repeats: int) -> Run:
        """The best of ``repeats`` previews."""
        project = sandbox.find_project(self.program)
        shadow = sandbox.mirror(project)
        command = ["pulumi", "preview", "--stack", self.stack, "--non-interactive", "--suppress-progress", *self.packs]
        runs: list[Run] = []
        for _ in range(1 if self.once else repeats):
            with mock_providers() as (providers, _):
                environment = sandbox.environment(providers) | self.variables
                ensure_stack(project, command, environment)
                runs.append(measure(command, shadow, environment))
        return best(runs)


def stacks() -> Iterator[Measurement]:
    """The empty program, each stack with and without controls, and prod as it was: what figures don't need, once."""
    yield Measurement("empty program", PROGRAMS / "empty", "bench", [], {})
    for stack in sandbox.find_project(ROOT).stacks:
        once = stack != "prod"
        yield Measurement(f"{stack}, {NONE}", ROOT, stack, [], {}, once)
        yield Measurement(f"{stack}, {CONTROLS}", ROOT, stack, policy_arguments(stack), {}, once)
    four = policy_arguments("prod", FAMILIES)
    yield Measurement(f"prod, {PUBLISHED}", ROOT, "prod", [], AS_PUBLISHED, once=True)
    yield Measurement(f"prod, {AS_BEFORE}", ROOT, "prod", four, AS_PUBLISHED, once=True)


def platforms() -> Iterator[Measurement]:
    """The production stack of each further program, or the one that it has, with and without controls, once."""
    for name, program in programs().items():
        stack = next((each for each in program.project.stacks if each.startswith("prod")), program.project.stacks[0])
        for choice, packs in ((NONE, []), (CONTROLS, policy_arguments(stack, program=program))):
            yield Measurement(f"{name}-{stack}, {choice}", program.folder, stack, packs, {}, once=True)


def together(repeats: int) -> Run:
    """All stacks with all controls, as ``make preview`` has them: at the same time."""
    return best(
        [measure([str(ROOT / ".venv" / "bin" / "smile"), "preview"], ROOT, dict(os.environ)) for _ in range(repeats)]
    )


def growth(sizes: Sequence[int], folder: Path) -> Iterator[Measurement]:
    """Synthetic programs with controls; small ones without, too, and the second smallest with an empty pack.

    Args:
        sizes: numbers of resources, ascending.
        folder: where that pack is written.
    """
    for size in sizes:
        choices = {CONTROLS: policy_arguments("bench")} | ({NONE: []} if size < LARGE else {})
        if size == sizes[1]:
            choices |= {NONE: [], EMPTY: empty_pack(folder)}
        for name, packs in choices.items():
            variables = {"SMILE_BENCH_RESOURCES": str(size)}
            once = size >= LARGE
            yield Measurement(f"{size} resources, {name}", PROGRAMS / "synthetic", "bench", packs, variables, once)


def empty_pack(folder: Path) -> list[str]:
    """A pack with one policy of the official SDK that does nothing."""
    pack = folder / "empty"
    pack.mkdir()
    (pack / "PulumiPolicy.yaml").write_text("runtime: python\nversion: 0.0.1\n", encoding="utf-8")
    (pack / "__main__.py").write_text(EMPTY_PACK, encoding="utf-8")
    return ["--policy-pack", str(pack)]
