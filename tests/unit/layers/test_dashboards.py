"""What the layer of dashboards names is there."""

from layers.dashboards import LAYERS, RUNBOOKS
from tests.paths import ROOT


def test_dashboards_lead_to_runbooks_that_there_are():
    assert [name for name in RUNBOOKS if not (ROOT / "docs" / "runbooks" / f"{name}.md").is_file()] == []


def test_layers_name_types_of_components_that_there_are():
    text = "".join(file.read_text() for file in (ROOT / "components").rglob("*.py"))
    named = {pattern.removesuffix("*") for patterns in LAYERS.values() for pattern in patterns}
    assert {each for each in named if f'"{each}' not in text} == set()
