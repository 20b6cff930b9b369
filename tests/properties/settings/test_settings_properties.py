"""Properties of settings: any network is laid out soundly, any file loads or is refused with all its mistakes."""

from ipaddress import IPv4Network
from itertools import combinations
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
import yaml
from hypothesis import example, given, settings, strategies
from hypothesis.strategies import SearchStrategy

from components.core.settings.effective import effective
from components.core.settings.problems import SettingsError
from components.core.settings.source import Source
from settings import load_from_files, loader
from settings.network import ZONES
from settings.stack import Settings
from tests.stacks import configured

ALL_ZONES = strategies.lists(strategies.sampled_from(ZONES), min_size=2, unique=True)


@strategies.composite
def vpcs(draw) -> IPv4Network:
    """A private range of a size that AWS makes."""
    base, shortest = draw(strategies.sampled_from([("10.0.0.0", 8), ("172.16.0.0", 12), ("192.168.0.0", 16)]))
    length = draw(strategies.sampled_from([16, 17, 18, 28]))
    offset = draw(strategies.integers(0, 2 ** (length - shortest) - 1))
    return IPv4Network((int(IPv4Network(base).network_address) + (offset << (32 - length)), length))


PREFIXES = strategies.fixed_dictionaries(
    {"private": strategies.integers(16, 19), "public": strategies.integers(16, 22)},
    optional={"database": strategies.integers(16, 24)},
)
ROUTES = {"private": "nat", "public": "internet", "database": "none"}


def attempt(read, *arguments):
    """The settings or nothing, and the mistakes."""
    try:
        return read(*arguments), ()
    except SettingsError as error:
        return None, error.problems


def network_of(**written):
    loaded, mistakes = attempt(configured, {"smile:network": written}, "dev")
    return (loaded.network if loaded else None), mistakes


@pytest.mark.requirement("SMILE-NET-08")
@example(IPv4Network("10.0.0.0/16"), list(ZONES), {"private": 19, "public": 22, "database": 21})
@given(vpcs(), ALL_ZONES, PREFIXES)
def test_any_network_is_laid_out_inside_without_overlap_or_refused_as_too_small(vpc, zones, prefixes):
    needed = sum(3 * 2 ** (32 - length) for length in prefixes.values())
    tiers = {tier: {"route": ROUTES[tier], "prefix": prefix} for tier, prefix in prefixes.items()}
    network, mistakes = network_of(cidr=str(vpc), zones=zones, tiers=tiers)
    assert len(mistakes) == (1 if needed > vpc.num_addresses else 0)
    if network is None:
        return
    subnets = [cidr for places in network.subnets.values() for cidr in places.values()]
    assert len(subnets) == len(network.tiers) * len(zones)
    assert all(cidr.subnet_of(vpc) for cidr in subnets)
    assert not any(one.overlaps(other) for one, other in combinations(subnets, 2))
    assert {tier: {cidr.prefixlen for cidr in places.values()} for tier, places in network.subnets.items()} == {
        tier: {prefixes[tier]} for tier in network.tiers
    }


@pytest.mark.requirement("SMILE-NET-03")
@given(ALL_ZONES, ALL_ZONES)
def test_adding_or_removing_a_zone_moves_no_other_subnet(before, after):
    one, other = network_of(zones=before)[0].subnets, network_of(zones=after)[0].subnets
    for tier in one:
        for zone in set(before) & set(after):
            assert one[tier][zone] == other[tier][zone]


MISTAKES = {
    "smile:network": {
        "cidr": "10.0.0.1/16",
        "zones": ["ap-southeast-3z"],
        "nat_gateways": "single",
        "flow_log_retention_days": 29,
        "interface_endpoints": ["stss"],
        "database_access": {"bastion": 1},
        "ingress": None,
        "service_port": 8080,
        "tiers": {"public": {"route": "out", "prefix": 22}},
        "netz": 1,
    },
    "smile:account": {"id": 5, "region": "us-east-1", "role": "x"},
    "smile:encryption": {"deletion_window_days": 29, "rotation_days": 1},
    "smile:tags": {"owner": "<script>", "extra": {"Project": "other"}},
    "smile:protection": {"protect": False, "deletion_protection": "false", "retain_on_delete": 0},
    "smile:unknown": {"section": {}},
    "aws:region": {"": "us-east-1"},
}
EVERY_MISTAKE = [(section, key) for section, keys in MISTAKES.items() for key in keys]


@given(strategies.sets(strategies.sampled_from(EVERY_MISTAKE)))
def test_each_independent_mistake_is_one_line(chosen):
    values = {}
    for section, key in chosen:
        mistake = MISTAKES[section][key]
        values = values | {section: values.get(section, {}) | {key: mistake} if key else mistake}
    loaded, mistakes = attempt(configured, values)
    assert len(mistakes) == len(chosen)
    assert (loaded is None) == bool(chosen)


SCALARS: SearchStrategy = (
    strategies.none() | strategies.booleans() | strategies.integers() | strategies.floats() | strategies.text()
)
NAMES = strategies.sampled_from([*Settings.model_fields["network"].annotation.model_fields, "id", "extra", "private"])
ANYTHING = strategies.recursive(
    SCALARS,
    lambda inner: strategies.lists(inner, max_size=3) | strategies.dictionaries(NAMES | strategies.text(), inner),
    max_leaves=12,
)
KEYS = strategies.sampled_from(["smile:network", "smile:tags", "smile:account", "network", "aws:region", "x:y"])


@settings(deadline=None)
@given(strategies.dictionaries(KEYS, ANYTHING), strategies.sampled_from(["dev", "prod"]))
def test_any_file_loads_or_is_refused_with_a_list(content, stack):
    with TemporaryDirectory() as folder:
        root = Path(folder)
        (root / "Pulumi.yaml").write_text("name: smile\n")
        (root / f"Pulumi.{stack}.yaml").write_text(yaml.safe_dump({"config": content}), encoding="utf-8")
        loads_or_lists(root, stack)


@settings(deadline=None)
@given(strategies.binary(max_size=60) | strategies.text(alphabet="config: {}[]-&*!|>'\"\n\tsmile:a1", max_size=60))
def test_any_bytes_load_or_are_refused_with_a_list(content):
    with TemporaryDirectory() as folder:
        root = Path(folder)
        (root / "Pulumi.yaml").write_text("name: smile\n")
        (root / "Pulumi.dev.yaml").write_bytes(content if isinstance(content, bytes) else content.encode())
        loads_or_lists(root, "dev")


def loads_or_lists(root, stack):
    loaded, mistakes = attempt(load_from_files, stack, root)
    assert (loaded is None) == bool(mistakes)
    assert all(mistake.file == f"Pulumi.{stack}.yaml" and mistake.valid for mistake in mistakes)
    assert loaded is None or all(row.source for row in effective(loader, loaded, Source(stack)))
