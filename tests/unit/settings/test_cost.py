"""Costs of the three stacks, as their files say: what dev keeps small, budgets, and alerts in order."""

import pytest

from components.core.settings.problems import SettingsError
from components.cost.settings import Cost
from settings import load_from_files
from settings.stack import BUDGETS_USD
from tests.stacks import KINDS, broken, configured, settings_of

REAL = {"id": "210987654321"}


@pytest.fixture(scope="module")
def stacks():
    return {stack: load_from_files(stack) for stack in KINDS}


@pytest.mark.requirement("SMILE-COST-01")
def test_dev_leaves_out_what_costs_by_the_hour_and_nobody_depends_on(stacks):
    dev, prod = stacks["dev"], stacks["prod"]
    assert "data" not in dev.enabled_clusters
    assert "data" in prod.enabled_clusters
    assert (len(dev.network.nat_zones), len(prod.network.nat_zones)) == (1, 3)
    assert not dev.database.multi_az
    assert not dev.files.replica
    assert dev.bastion.runs == "working_hours"


@pytest.mark.requirement("SMILE-COST-01")
def test_dev_runs_small_and_pays_files_by_use(stacks):
    dev = stacks["dev"]
    assert dev.database.instance_class == "db.t3.micro"
    assert (dev.cache.node_type, dev.cache.shards, dev.cache.replicas_per_shard) == ("cache.t4g.micro", 1, 1)
    assert dev.files.throughput == "elastic"
    assert dev.database.insights == "none"
    assert not dev.backup.archive.enabled


@pytest.mark.requirement("SMILE-COST-01")
def test_no_environment_costs_more_than_the_next_larger(stacks):
    budgets = [stacks[stack].cost.budget_usd for stack in ("dev", "staging", "prod")]
    assert budgets == sorted(budgets)
    assert len(set(budgets)) == 3


@pytest.mark.requirement("SMILE-COST-03")
@pytest.mark.parametrize(("stack", "kind"), KINDS.items())
def test_every_stack_has_a_budget_of_its_kind_unless_its_file_says_another(stack, kind):
    assert configured({}, stack).cost.budget_usd == BUDGETS_USD[kind]
    assert configured({"smile:cost": {"budget_usd": 77}}, stack).cost.budget_usd == 77


@pytest.mark.parametrize(("warn", "alert", "is_broken"), [(80, 100, False), (100, 100, True), (120, 100, True)])
def test_the_warning_comes_before_the_alert(warn, alert, is_broken):
    found = broken(settings_of(cost={"warn_percent": warn, "alert_percent": alert}), "cost")
    assert [each.path for each in found] == [("cost", "warn_percent")] * is_broken
    for each in found:
        assert (each.what, each.valid) == (f"got {warn}", f"less than alert_percent, which is {alert}")


@pytest.mark.parametrize(
    ("value", "said"),
    [
        ({"budget_usd": 0}, "1 or more"),
        ({"warn_percent": 0}, "1 to 1000"),
        ({"anomaly_usd": -5}, "1 or more"),
        ({"recipients": ["finance"]}, "e-mail addresses"),
        ({"anomaly_monitor": "me"}, "stack, account, none"),
    ],
)
def test_a_value_out_of_bounds_is_refused_with_what_is_valid(value, said):
    with pytest.raises(SettingsError, match=said):
        Cost(**value)


def test_in_a_real_account_nobody_is_written_to_who_cannot_exist():
    cost = {"recipients": ["finance@smile.example"]}
    (found,) = broken(settings_of(account=REAL, cost=cost), "cost")
    assert (found.path, found.what) == (
        ("cost", "recipients", 0),
        "got finance@smile.example, an example, which nobody reads",
    )
    assert broken(settings_of(cost=cost), "cost") == []
