"""What the settings accept, the packs accept: each setting at its ends and in between, in each kind of stack.

One run of the program holds many such values at once. What the rules over several settings refuse is left out of it.
"""

from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import Any, Literal, NamedTuple

import pytest

from settings import loader
from tests.policies.config.extremes import Overrides, accepted, extremes
from tests.policies.judged_program import Broken, everything, judged, judged_registrations, registered

pytestmark = [pytest.mark.long, pytest.mark.xdist_group("program")]  # prod is recorded once
WHAT_A_STACK_IS = (("environment", "kind"), ("account", "id"), ("services", "catalogue"))
"""And not how much of it there is."""
Round = Literal["smallest", "middle", "largest"]


class Chosen(NamedTuple):
    """One round of values."""

    pick: Callable[[list[Any]], Any]
    """Of the values of a setting, from the smallest to the largest."""
    beside: Overrides
    """What has neither ends nor choices, and what a stack must ask for; the rules refuse none of it."""
    needs_exemptions: Mapping[str, str]
    """Control -> the end of the names of what breaks it: a stack that chooses this writes a line in exemptions.yaml,
    which has an owner and an end."""


ROUNDS: Mapping[Round, Chosen] = {
    "smallest": Chosen(
        lambda values: values[0],
        {("network", "tiers", "database"): None, ("storage", "name_root"): ""},
        {},
    ),
    "middle": Chosen(
        lambda values: values[(len(values) - 1) // 2],
        {("storage", "buckets", "documents", "key"): "backups"},
        {},
    ),
    "largest": Chosen(
        lambda values: values[-1],
        {
            ("observability", "recipients", "critical"): ["oncall@example.org"],
            ("clusters", "data", "groups", "gpu"): {
                "instance_types": ["g5.xlarge"],
                "ami_type": "AL2023_x86_64_NVIDIA",
            },
            ("database", "master_password"): "self_managed",
            ("storage", "name_root"): "a" * 20,
            ("storage", "buckets", "documents", "name"): "documents-of-another-program",
        },
        # A password that somebody changes and keeps: read replicas and blue/green updates need one
        # (docs/components/database.md).
        {"RSL-PULUMI-002": "smile-database", "RSL-SECRETSMANAGER-001": "smile-database-master"},
    ),
}


@lru_cache
def broken_as_it_is() -> set[Broken]:
    """What the mocks make the packs say of a stack that is green: they answer less than AWS. Of prod: it has most."""
    return judged_registrations(registered("prod"), loader.from_files("prod"))


@pytest.mark.parametrize(
    ("stack", "which"),
    [("prod", "smallest"), ("prod", "middle"), ("prod", "largest"), ("staging", "smallest"), ("dev", "smallest")],
)
def test_what_the_settings_accept_the_packs_accept(stack, which):
    settings, (pick, beside, needs_exemptions) = loader.from_files(stack), ROUNDS[which]
    wanted = {path: pick(values) for path, values in extremes(settings) if path[:2] not in WHAT_A_STACK_IS}
    chosen, refused = accepted(settings, {**wanted, **beside})
    assert len(refused) < len(wanted) / 2
    assert not set(refused) & set(beside)
    found = judged(everything, chosen) - broken_as_it_is()
    assert sorted(each for each in found if not each.resource.endswith(needs_exemptions.get(each.control, "\n"))) == []
    assert {each.control for each in found} == set(needs_exemptions)
