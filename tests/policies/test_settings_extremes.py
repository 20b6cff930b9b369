"""What the settings accept, the packs accept: each setting at its smallest and its largest, in each kind of stack.

One run of the program holds many such values at once. What the rules over several settings refuse is left out of it.
"""

from collections.abc import Callable
from functools import lru_cache

import pytest

from settings import Settings, loader

from .extremes import accepted, extremes
from .judged_program import Broken, data_tier, everything, judged

LARGEST = {
    ("observability", "recipients", "critical"): ["oncall@example.org"],
    ("clusters", "data", "groups", "gpu"): {"instance_types": ["g5.xlarge"], "ami_type": "AL2023_x86_64_NVIDIA"},
    ("database", "master_password"): "self_managed",
}
"""Beside the ends and choices: what has neither, and what a stack must ask for."""
NEED_EXEMPTIONS = {"RSL-PULUMI-002", "RSL-SECRETSMANAGER-001"}
"""Broken by a master password that somebody changes and keeps (docs/components/database.md): read replicas and
blue/green updates need one, and then a line in exemptions.yaml, which has an owner and an end."""
ALWAYS = (
    ("environment", "kind"),
    ("account", "id"),
    ("services", "catalogue"),
    ("network", "tiers"),
    ("storage", "buckets"),
)
"""What a stack is, not how much of it there is."""


@lru_cache
def broken_as_it_is(stack: str, program: Callable[[Settings], None]) -> set[Broken]:
    """What the mocks make the packs say of a stack that is green: they answer less than AWS."""
    return judged(program, loader.from_files(stack))


@pytest.mark.parametrize(
    ("stack", "which", "program"),
    [
        ("prod", 0, everything),
        ("prod", -1, everything),
        ("staging", 0, data_tier),
        ("dev", 0, data_tier),
    ],
)
def test_what_the_settings_accept_the_packs_accept(stack, which, program):
    settings = loader.from_files(stack)
    wanted = {path: values[which] for path, values in extremes(settings) if path[:2] not in ALWAYS}
    wanted |= LARGEST if which else {}
    chosen, refused = accepted(settings, wanted)
    assert len(refused) < len(wanted) / 2
    assert not set(refused) & set(LARGEST)
    found = judged(program, chosen) - broken_as_it_is(stack, program)
    assert sorted(each for each in found if each.control not in NEED_EXEMPTIONS) == []
    assert {each.control for each in found} == (NEED_EXEMPTIONS if which else set())
