"""What a change costs, by an event log alone."""

from decimal import Decimal

import pytest

from cli.cost.of_run import cost_of
from cli.cost.prices import read_prices
from report.run import Cost
from tests.event_log import Log

DATABASE, TEMPLATE, NODES = (
    "aws:rds/instance:Instance",
    "aws:ec2/launchTemplate:LaunchTemplate",
    "aws:eks/nodeGroup:NodeGroup",
)
GROUP = "platform:cluster:NodeGroup"


ADDRESS, HOURS = "aws:ec2/eip:Eip", 730


@pytest.fixture
def log(tmp_path):
    return Log(tmp_path, "dev")


def test_what_is_created_costs_what_is_deleted_is_saved_and_what_has_no_price_is_named(log):
    volume = "aws:ebs/volume:Volume"
    log.resource("update", volume, "a", {"type": "gp3", "size": 100}, {"type": "gp3", "size": 250}, changed=["size"])
    log.resource("delete", volume, "b", {"type": "gp3", "size": 10})
    for number, op in enumerate(("same", "create", "create", "delete")):
        log.resource(op, ADDRESS, f"address-{number}")
    hour = read_prices()["ipv4.hours"].usd
    found = cost_of(log.read(), "development")
    assert (found.before, found.after) == (2 * HOURS * hour, 3 * HOURS * hour)
    assert found.unpriced == ("ebs.gp3-gib 110 → 250",)


def test_nothing_costs_nothing(log):
    log.events.clear()
    found = cost_of(log.resource("create", "aws:iam/role:Role", "r").read(), "development")
    assert found == Cost(before=Decimal(0), after=Decimal(0))


def disks(gib):
    return {"blockDeviceMappings": [{"ebs": {"volumeSize": gib, "volumeType": "gp3"}}]}


def nodes(template):
    return {"scalingConfig": {"desiredSize": 2}, "instanceTypes": ["nobody.sells"], "launchTemplate": {"id": template}}


@pytest.mark.parametrize("after", ["lt-a", "04da6b54-80e4-46f7-96ec-b56ff0331ba9"])
def test_disks_of_nodes_are_those_of_their_own_launch_template_known_or_not(log, after):
    log.resource("update", TEMPLATE, "a", disks(50), disks(80), id_="lt-a", parent=GROUP, changed=["x"])
    log.resource("same", TEMPLATE, "b", disks(900), id_="lt-b")
    log.resource("update", NODES, "a", nodes("lt-a"), nodes(after), parent=GROUP, changed=["launchTemplate.version"])
    assert cost_of(log.read(), "development").unpriced == ("ebs.gp3-gib 100 → 160",)
