"""The Regions with Amplify are those of the SDK."""

import json
from pathlib import Path

import botocore

from aws_facts.amplify_regions import AMPLIFY_REGIONS


def test_the_regions_are_those_that_the_sdk_knows_an_endpoint_of():
    known = json.loads((Path(botocore.__file__).parent / "data" / "endpoints.json").read_text())
    (aws,) = (each for each in known["partitions"] if each["partition"] == "aws")
    assert tuple(sorted(aws["services"]["amplify"]["endpoints"])) == AMPLIFY_REGIONS
