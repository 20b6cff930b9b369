"""Dashboards as pictures: what is drawn, from where, and what is said where there is nothing to draw."""

import json
import re

import pytest

from aws_facts.dashboard_body import parsed
from cli import dashboard
from cli.__main__ import main
from cli.dashboard_marks import short
from cli.dashboard_picture import NO_DATA, svg, vega
from cli.program import smile
from cli.sandbox import SandboxError
from tests.unit.cli.documents import documented

ROWS = [
    ["AWS/SQS", "Age", "QueueName", "jobs", {"label": "jobs"}],
    ["AWS/SQS", "Age", "QueueName", "mail", {"label": "mail"}],
    ["AWS/SQS", "Sent", {"id": "hidden", "visible": False}],
]
GRAPH = {
    "title": "Waiting",
    "region": "ap-southeast-3",
    "metrics": ROWS,
    "yAxis": {"left": {"label": "seconds"}},
    "annotations": {"horizontal": [{"value": 900, "label": "warning above", "color": "#ff7f0e", "fill": "above"}]},
}
ALARMS = [f"arn:aws:cloudwatch:ap-southeast-3:123456789012:alarm:alarm-{number}" for number in range(9)]
BODY = {
    "start": "-PT3H",
    "widgets": [
        {
            "type": "text",
            "x": 0,
            "y": 0,
            "width": 24,
            "height": 2,
            "properties": {"markdown": "# Top\n[go](https://a)"},
        },
        {"type": "metric", "x": 0, "y": 2, "width": 8, "height": 6, "properties": GRAPH},
        {"type": "alarm", "x": 8, "y": 2, "width": 8, "height": 4, "properties": {"alarms": ALARMS, "title": "Alarms"}},
        {"type": "log", "x": 16, "y": 2, "properties": {"region": "ap-southeast-3", "query": "SOURCE 'a' | limit 1"}},
    ],
}


@pytest.fixture(scope="module")
def picture():
    return svg("smile-prod-overview", parsed(json.dumps(BODY)))


def words(picture):
    return re.findall(r"<text[^>]*>([^<]*)</text>", picture)


def test_picture_has_titles_axes_legend_thresholds_alarms_and_texts(picture):
    said = words(picture)
    assert {"Waiting", "seconds", "hours ago", "jobs", "mail", "warning above 900", "Alarms", "alarm-0"} <= set(said)
    assert {"Top", "go"} <= set(said)
    assert "https://a" not in picture


def test_picture_says_above_and_in_each_graph_that_it_has_no_data(picture):
    assert words(picture).count(NO_DATA) == 1
    assert f"smile-prod-overview: {NO_DATA}" in words(picture)


def test_hidden_metrics_are_not_drawn(picture):
    assert picture.count('stroke="#1f77b4"') == picture.count('stroke="#ff7f0e" stroke-width="1.5"') == 1
    assert "Sent" not in words(picture)


def test_alarms_that_do_not_fit_are_counted(picture):
    assert "and 1 more" not in words(picture)  # nine fit
    narrow = json.loads(json.dumps(BODY))
    narrow["widgets"][2]["height"] = 3
    said = words(svg("a", parsed(json.dumps(narrow))))
    assert "and 4 more" in said


def test_same_body_is_the_same_picture(picture):
    assert svg("smile-prod-overview", parsed(json.dumps(BODY))) == picture


def test_widgets_stand_where_the_body_says():
    frames = [mark["encode"]["enter"] for mark in vega("a", parsed(json.dumps(BODY)))["marks"][1:]]
    places = [(each["x"]["value"], each["y"]["value"]) for each in frames]
    assert places == [(4, 34), (4, 122), (452, 122), (900, 122)]


@pytest.mark.parametrize(("number", "said"), [(0, "0"), (5, "5"), (0.5, "0.5"), (900, "900"), (53687091200, "53.7G")])
def test_numbers_are_short(number, said):
    assert short(number) == said


@pytest.fixture
def draws(tmp_path, capsys):
    """Run the command on what a file holds."""

    def run(content, *words):
        file = tmp_path / "export.json"
        file.write_text(content if isinstance(content, str) else json.dumps(content))
        code = main(["dashboard", "--file", str(file), "--output", str(tmp_path / "out"), *words])
        return code, capsys.readouterr(), tmp_path / "out"

    return run


def export(**bodies):
    resources = [
        {"type": dashboard.DASHBOARD, "outputs": {"dashboardName": name, "dashboardBody": json.dumps(body)}}
        for name, body in bodies.items()
    ]
    return {"version": 3, "deployment": {"resources": [{"type": "aws:sqs/queue:Queue", "outputs": {}}, *resources]}}


def test_export_of_a_stack_gives_an_svg_and_a_png_of_each_dashboard(draws):
    code, said, folder = draws(export(one=BODY, two={"widgets": []}))
    assert code == 0
    assert sorted(path.name for path in folder.iterdir()) == ["one.png", "one.svg", "two.png", "two.svg"]
    assert (folder / "one.png").read_bytes().startswith(b"\x89PNG")
    assert said.out.splitlines() == [
        str(folder / f"{name}.{kind}") for name in ("one", "two") for kind in ("svg", "png")
    ]


def test_the_document_has_the_files_that_were_written(draws):
    _, said, folder = draws(export(one=BODY), "--json")
    assert documented("dashboard", said.out)["written"] == [str(folder / "one.svg"), str(folder / "one.png")]


def test_body_alone_is_drawn_under_the_name_of_its_file(draws):
    assert sorted(path.name for path in draws(BODY)[2].iterdir()) == ["export.png", "export.svg"]


def test_one_dashboard_is_named_by_its_last_part(draws):
    _, _, folder = draws(export(**{"smile-prod-edge": BODY, "smile-prod-data": BODY}), "--name", "edge")
    assert {path.stem for path in folder.iterdir()} == {"smile-prod-edge"}


@pytest.mark.parametrize(
    ("content", "words", "says"),
    [
        ("{", [], "export.json: no JSON"),
        ({"a": 1}, [], "export.json: no dashboard; valid: an export of a stack, or the body of a dashboard"),
        (export(), [], "export.json: no dashboard"),
        (export(one={"widgets": [{"type": "text"}]}), [], "export.json: one: widgets.0.properties: Field required"),
        (export(one=BODY), ["--name", "two"], "--name: no dashboard two; valid: one"),
    ],
)
def test_what_cannot_be_drawn_is_one_line_that_says_why(draws, content, words, says):
    code, said, folder = draws(content, *words)
    assert code == 1
    assert says in said.err
    assert len(said.err.splitlines()) == 1
    assert not folder.exists()


def test_file_that_there_is_not_is_told_with_what_it_must_be(tmp_path):
    with pytest.raises(SandboxError, match=r"gone: No such file or directory; valid: an export of a stack, or"):
        dashboard.source(smile(), None, tmp_path / "gone")


def test_stack_that_there_is_not_is_refused_with_those_that_there_are():
    with pytest.raises(SandboxError, match=r"no stack 'live'; valid: .*prod"):
        dashboard.source(smile(), "live", None)
