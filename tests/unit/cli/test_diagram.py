"""``smile diagram``: what is drawn from where, in which format, and what is said where nothing can be."""

import json
import subprocess

import pytest

from cli import diagram
from cli.__main__ import main
from report.diagram.layout import graph
from tests.unit.cli.documents import documented

RESOURCES = [
    {"urn": "urn:pulumi:prod::p::pulumi:pulumi:Stack::p-prod"},
    {
        "urn": "urn:pulumi:prod::p::platform:queues:MessageQueues::p",
        "parent": "urn:pulumi:prod::p::pulumi:pulumi:Stack::p-prod",
    },
    {
        "urn": "urn:pulumi:prod::p::platform:queues:MessageQueues$aws:sqs/queue:Queue::p-jobs",
        "parent": "urn:pulumi:prod::p::platform:queues:MessageQueues::p",
        "id": "https://sqs.ap-southeast-3.amazonaws.com/123456789012/jobs",
        "inputs": {"tags": {"DataClass": "personal"}},
    },
]


@pytest.fixture
def smile(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)

    def run(*words, content=None):
        (tmp_path / "state.json").write_text(json.dumps(content or {"deployment": {"resources": RESOURCES}}))
        monkeypatch.setattr("sys.argv", ["smile", "diagram", *map(str, words)])
        code = main()
        return code, capsys.readouterr()

    return run


@pytest.mark.parametrize(("suffix", "start"), [("svg", b"<svg"), ("png", b"\x89PNG")])
def test_picture_of_an_export_is_in_the_format_of_its_name(smile, tmp_path, suffix, start):
    code, said = smile("--file", tmp_path / "state.json", "--output", tmp_path / f"a.{suffix}")
    assert (code, said.out.strip()) == (0, str(tmp_path / f"a.{suffix}"))
    assert (tmp_path / f"a.{suffix}").read_bytes().startswith(start)


def test_the_document_has_the_file_that_was_written(smile, tmp_path):
    _, said = smile("--file", tmp_path / "state.json", "--output", tmp_path / "a.svg", "--json")
    assert documented("diagram", said.out) == {"written": [str(tmp_path / "a.svg")]}


def test_same_state_is_the_same_picture(smile, tmp_path):
    for name in ("a.svg", "b.svg"):
        assert smile("--file", tmp_path / "state.json", "--output", tmp_path / name)[0] == 0
    assert (tmp_path / "a.svg").read_bytes() == (tmp_path / "b.svg").read_bytes()


def test_layout_gives_every_box_a_place(tmp_path):
    found = diagram.picture(diagram.of_export({"deployment": {"resources": RESOURCES}}))
    done = subprocess.run(
        diagram.install(diagram.ROOT), input=json.dumps(graph(found)), capture_output=True, text=True, check=True
    )
    (region,) = json.loads(done.stdout)["children"]
    (data,) = region["children"]
    (queues,) = data["children"]
    assert queues["x"] >= 0
    assert queues["y"] + queues["height"] < data["height"] < region["height"]


@pytest.mark.parametrize(
    ("words", "content", "said"),
    [
        (["--output", "a.pdf"], None, "--output a.pdf: valid are names that end in .svg or .png"),
        (["--output", "a.svg"], {"deployment": None}, "state.json: no resources; valid: what `pulumi stack export`"),
        (["--output", "a.svg"], {"deployment": {"resources": RESOURCES[:1]}}, "no component"),
        (
            ["--output", "a.svg"],
            {"deployment": {"resources": [{"urn": "orders"}]}},
            "a resource is {'urn': 'orders'}; valid:",
        ),
        (
            ["--output", "a.svg"],
            {"deployment": {"resources": [RESOURCES[0] | {"inputs": [1]}]}},
            "a resource is {'urn'",
        ),
    ],
)
def test_what_cannot_be_drawn_is_told_and_leaves_no_file(smile, tmp_path, words, content, said):
    code, told = smile("--file", tmp_path / "state.json", *words, content=content)
    assert code == 1
    assert said in told.err
    assert not [*tmp_path.glob("a.*")]


def test_export_that_is_missing_is_told_before_anything_is_drawn(smile, tmp_path):
    code, told = smile("--file", tmp_path / "gone.json", "--output", "a.svg")
    assert code == 1
    assert told.err.endswith("gone.json: No such file or directory; valid: what `pulumi stack export` writes\n")


def test_unknown_stack_is_told_with_those_there_are(smile):
    code, told = smile("--stack", "nowhere", "--output", "a.svg")
    assert code == 2
    assert "no stack 'nowhere'; valid: dev, prod, staging" in told.err
