"""The account's budget, anomalies and cost allocation tags."""

import pytest

from components.cost.cost_monitoring import TAGS, CostMonitoring, CostMonitoringArgs
from components.cost.settings import Cost
from tests.recording import record

BUDGET, TAG = "budgets/budget:Budget", "costexplorer/costAllocationTag:CostAllocationTag"
MONITOR, SUBSCRIPTION = (f"costexplorer/anomaly{each}:Anomaly{each}" for each in ("Monitor", "Subscription"))


@pytest.fixture(scope="module")
def monitoring(context):
    def make(**settings):
        args = CostMonitoringArgs(context=context, settings=Cost(**settings), project="smile5")
        return record(lambda: CostMonitoring("smile-cost", args))

    return make


@pytest.mark.requirement("SMILE-COST-03")
def test_the_budget_of_a_month_is_what_the_settings_say(monitoring):
    budget = monitoring(budget_usd=1234).one(BUDGET)
    assert (budget["name"], budget["budgetType"]) == ("smile-prod", "COST")
    assert (budget["limitAmount"], budget["limitUnit"], budget["timeUnit"]) == ("1234", "USD", "MONTHLY")
    assert budget["tags"]["Component"] == "cost"


@pytest.mark.requirement("SMILE-COST-03")
def test_alerts_go_to_the_topics_and_to_who_pays(monitoring, context):
    budget = monitoring(warn_percent=70, alert_percent=90, recipients=["finance@example.org"]).one(BUDGET)
    told = [
        (each["notificationType"], each["threshold"], *each["subscriberSnsTopicArns"])
        for each in budget["notifications"]
    ]
    warning, critical = context.topics["warning"], context.topics["critical"]
    assert told == [("ACTUAL", 70, warning), ("ACTUAL", 90, critical), ("FORECASTED", 100, warning)]
    for each in budget["notifications"]:
        assert (each["thresholdType"], each["comparisonOperator"]) == ("PERCENTAGE", "GREATER_THAN")
        assert each["subscriberEmailAddresses"] == ["finance@example.org"]


def test_in_an_account_of_its_own_everything_counts(monitoring):
    assert not monitoring().one(BUDGET).get("costFilters")


def test_in_a_shared_account_only_what_carries_the_stacks_tags_counts(monitoring):
    assert monitoring(scope="tags").one(BUDGET)["costFilters"] == [
        {"name": "TagKeyValue", "values": ["user:Project$smile5"]},
        {"name": "TagKeyValue", "values": ["user:Environment$prod"]},
    ]


def test_an_anomaly_of_a_service_is_told_at_once(monitoring, context):
    made = monitoring(anomaly_usd=250)
    monitor, subscription = made.one(MONITOR), made.one(SUBSCRIPTION)
    assert (monitor["monitorType"], monitor["monitorDimension"]) == ("DIMENSIONAL", "SERVICE")
    assert subscription["frequency"] == "IMMEDIATE"
    assert subscription["subscribers"] == [{"type": "SNS", "address": context.topics["warning"]}]
    assert subscription["thresholdExpression"]["dimension"] == {
        "key": "ANOMALY_TOTAL_IMPACT_ABSOLUTE",
        "matchOptions": ["GREATER_THAN_OR_EQUAL"],
        "values": ["250"],
    }


@pytest.mark.requirement("SMILE-COST-03")
def test_the_paying_accounts_stack_activates_the_tags_that_every_resource_carries(monitoring):
    made = monitoring(cost_allocation_tags="stack").of(TAG).values()
    assert {each["tagKey"]: each["status"] for each in made} == dict.fromkeys(TAGS, "Active")
    assert set(TAGS) >= {"Project", "Environment", "Component"}


@pytest.mark.parametrize("owner", ["account", "none"])
def test_of_somebody_elses_and_nobodys_the_stack_makes_none(monitoring, owner):
    made = monitoring(cost_allocation_tags=owner, anomaly_monitor=owner)
    assert (made.of(TAG), made.of(MONITOR), made.of(SUBSCRIPTION)) == ({}, {}, {})
    assert made.one(BUDGET)
