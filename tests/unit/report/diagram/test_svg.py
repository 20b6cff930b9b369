"""The picture as SVG: all that is shown stands in it, whatever its name is."""

from dataclasses import replace
from xml.etree import ElementTree as ET

import pytest

from report.diagram.layout import DATA, REGION, VPC, graph, text_width
from report.diagram.model import Card, Link, Picture, Row, Tier
from report.diagram.svg import svg

SVG = "{http://www.w3.org/2000/svg}"
EVIL = "<script>alert(1)</script>"


def card(key, area, *rows):
    return Card(
        key=key, title=key.capitalize(), area=area, zones="ab" if area == "private" else "",
        rows=tuple(Row(name=each, data_class="personal") for each in rows), left_out=0, resources=3, elsewhere={},
    )  # fmt: skip


SHOWN = Picture(
    stack="prod",
    region="ap-southeast-3",
    vpc="VPC 10.0.0.0/16",
    tiers=(Tier(key="private", title="Private subnets", subnets={"a": "10.0.0.0/19", "b": "10.0.32.0/19"}),),
    cards=(card("cluster", "private", "web"), card("queues", DATA, "jobs", EVIL), card("trail", "operations")),
    links=(Link(source="queues", target="cluster", kind="access", label=""),),
    resources=9,
)


def laid(node):
    """Places as the layout gives them: every box below the one before it."""
    down = 10
    for child in node.get("children", []):
        laid(child)
        child.update(x=10, y=down, width=child.get("width", 400), height=child.get("height", 300))
        down += child["height"] + 10
    for edge in node.get("edges", []):
        edge["sections"] = [{"startPoint": {"x": 20, "y": 40}, "endPoint": {"x": 20, "y": 90}}]
        edge["labels"] = [each | {"x": 22, "y": 50} for each in edge["labels"]]
    return node | {"width": 420, "height": down}


@pytest.fixture(scope="module")
def drawn():
    return ET.fromstring(svg(SHOWN, laid(graph(SHOWN))))


def said(drawn):
    return [each.text for each in drawn.iter(f"{SVG}text")]


def test_cards_rows_tiers_and_the_border_are_there(drawn):
    told = {"Cluster", "web", "Private subnets", "a 10.0.0.0/19", "VPC 10.0.0.0/16", "Queues", "jobs", "Trail"}
    assert told | {"Residency border: Indonesia ap-southeast-3"} <= set(said(drawn))


def test_name_that_is_markup_is_a_text(drawn):
    assert EVIL in said(drawn)
    assert not [*drawn.iter(f"{SVG}script"), *drawn.iter("script")]


def test_picture_says_in_words_what_it_shows(drawn):
    assert drawn.get("role") == "img"
    name, description = (drawn.find(f"{SVG}{each}") for each in ("title", "desc"))
    assert drawn.get("aria-labelledby") == f"{name.get('id')} {description.get('id')}"
    assert name.text == "Architecture of prod"
    assert "Private subnets: Cluster." in description.text
    assert "Queues may use (IAM) Cluster." in description.text


def test_link_that_goes_up_is_placed_as_if_it_went_down_and_its_arrow_is_at_its_own_end(drawn):
    (edge,) = graph(SHOWN)["edges"]
    assert (edge["sources"], edge["targets"]) == (["cluster"], ["queues"])
    (tip,) = (each for each in drawn.iter(f"{SVG}path") if each.get("class") == "tip-access")
    assert tip.get("d").startswith("M20 40l")


def test_frame_is_wide_enough_for_its_title_and_zones():
    (region,) = graph(SHOWN)["children"]
    network = next(each for each in region["children"] if each["id"] == VPC)
    minimum = network["children"][0]["layoutOptions"]["elk.nodeSize.minimum"]
    assert float(minimum.strip("()").split(", ")[1]) > text_width("a 10.0.0.0/19", 10) + text_width(
        "b 10.0.32.0/19", 10
    )


def test_what_operates_the_rest_stands_in_the_region_below_it(drawn):
    frames = {each.get("class"): each for each in drawn.iter(f"{SVG}rect")}
    border, (name,) = frames["border"], [each for each in drawn.iter(f"{SVG}text") if each.text == "Trail"]
    assert float(name.get("y")) < float(border.get("y")) + float(border.get("height"))
    assert REGION in {each["id"] for each in graph(SHOWN)["children"]}


def test_component_that_changes_is_set_off_and_says_how_much():
    changed = replace(SHOWN.cards[0], changes={"replace": 1, "update": 12})
    drawn = ET.fromstring(svg(shown := replace(SHOWN, cards=(changed, *SHOWN.cards[1:])), laid(graph(shown))))
    assert [each.get("class") for each in drawn.iter(f"{SVG}rect")].count("card gone") == 1
    assert "± 1  ~ 12" in said(drawn)
    assert "Cluster: 1 replaced, 12 updated." in drawn.find(f"{SVG}desc").text


def test_picture_without_links_says_why():
    lonely = replace(SHOWN, links=())
    drawn = ET.fromstring(svg(lonely, laid(graph(lonely))))
    assert any("who talks to whom is known once they are deployed" in each for each in said(drawn))


def test_stack_without_a_network_has_no_frame_of_it():
    lonely = replace(SHOWN, tiers=(), vpc="", cards=SHOWN.cards[1:], links=())
    assert "Network" not in said(ET.fromstring(svg(lonely, laid(graph(lonely)))))
