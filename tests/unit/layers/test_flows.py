"""Which ways through the network a stack has follows from its settings: a switch that is off opens none."""

import pytest

from layers.base import network_flows
from settings import load_from_files


@pytest.mark.parametrize(
    ("section", "opens"),
    [
        ("bastion", {("bastion", "vpc"), ("bastion", "s3"), ("bastion", "control-plane")}),
        ("deployment", {("runner", "internet"), ("runner", "control-plane")}),
        ("spark", {("data-nodes", "Drivers and executors of Spark")}),
    ],
)
def test_a_switch_that_is_off_opens_no_way(section, opens):
    def ways(*, on):
        prod = load_from_files("prod")
        switched = getattr(prod, section).model_copy(update={"enabled": on})
        table = network_flows(prod.model_copy(update={section: switched}))
        return {(each.source, to) for each in table for to in (each.target, each.why)}

    assert opens <= ways(on=True)
    assert not opens & ways(on=False)
