"""The engine's names of resources and the lines that a program records for them."""

import json
import re

from engine_runs import PACKS, ROOT
from test_violations import OPEN_SSH_HERE

RECORDED = f"""
import sys
sys.path.append({str(ROOT)!r})
from components.core import source_positions
source_positions.record()
"""
COMPONENT = """
class Inner(pulumi.ComponentResource):
    def __init__(self, name, opts):
        super().__init__("acme:core:Inner", name, opts=opts)
        mine = pulumi.ResourceOptions(parent=self, provider=options.provider)
        aws.ec2.InternetGateway(name, opts=mine)  # the gateway
outer = pulumi.ComponentResource("acme:core:Outer", "outer")
Inner("gateway", pulumi.ResourceOptions(parent=outer))  # the component
"""


def test_each_resource_of_the_engine_has_its_line_even_where_a_control_ends_the_program(small, tmp_path):
    main = small.cwd / "__main__.py"
    main.write_text(RECORDED + main.read_text() + COMPONENT + OPEN_SSH_HERE)
    log = tmp_path / "events.json"
    done = small.pulumi(
        "preview", "--stack", "dev", *PACKS, "--event-log", str(log), SOURCE_POSITIONS=str(tmp_path)
    )  # fmt: skip
    assert done.returncode != 0
    assert "LP-SG-001" in done.stdout
    steps = [json.loads(line).get("resourcePreEvent") for line in log.read_text().splitlines()]
    urns = {step["metadata"]["urn"] for step in steps if step}
    positions = json.loads((tmp_path / "dev.positions.json").read_text())
    assert {urn for urn in urns if "pulumi:pulumi:Stack" not in urn} <= positions.keys()
    (gateway,) = [urn for urn in urns if "acme:core:Outer$acme:core:Inner$aws:ec2/internetGateway" in urn]
    text = main.read_text().splitlines()
    lines = [text[int(re.search(r"\d+$", each)[0]) - 1] for each in positions[gateway] if str(main.name) in each]
    assert [line.partition("#")[2].strip() for line in lines[:2]] == ["the gateway", "the component"]
