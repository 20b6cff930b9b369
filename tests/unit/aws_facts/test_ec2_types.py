"""The table of EC2 instance types says what AWS offers in Jakarta."""

import pytest

from aws_facts.ec2_types import TYPES, is_x86
from tests.offers import in_jakarta


def test_types_are_those_that_jakarta_has_without_whole_machines():
    offered = in_jakarta("aws_ec2_instance/instancetype_enum.json")["enum"]
    assert {each for each in offered if ".metal" not in each} == TYPES


@pytest.mark.parametrize(
    ("instance_type", "x86"),
    [("t3.medium", True), ("g5.xlarge", True), ("c7i-flex.large", True), ("t4g.medium", False), ("c6gn.large", False)],
)
def test_the_family_tells_the_processor(instance_type, x86):
    assert is_x86(instance_type) is x86
