"""Pages quote what was measured, beside what was asked for."""

import json

import pytest

from bench import figures
from cli import docs
from cli.docs import measured

RUNS = {
    f"prod, {figures.PUBLISHED}": (18.04, {"program": 16.9, "engine": 2.7, "provider": 3.0, "smile": 0.1}),
    f"prod, {figures.NONE}": (9.0, {"program": 5.2, "engine": 1.7, "provider": 2.9, "smile": 0.1}),
    figures.TOGETHER: (20.0, {"program": 15.0, "pack": 4.0}),
}
FOUND = {figures.SECONDS: 20.0, figures.AS_IT_IS: 0.25, figures.GROWTH: 11.0}
MACHINE = {"cores": 2, "processor": "fast", "load before": 0.1, "python": "3.11.7", "engine": "3.220.0 (go)"}
WHERE = "By `make bench` on 2026-11-30: 2 cores (fast, load 0.1 before), Python 3.11.7, engine 3.220.0 (go)."


@pytest.fixture(autouse=True)
def record(tmp_path, monkeypatch):
    runs = {
        name: {"seconds": seconds, "CPU seconds": cpu, "peak MiB": {"program": 310, "pack": 90}}
        for name, (seconds, cpu) in RUNS.items()
    }
    file = tmp_path / "results.json"
    file.write_text(json.dumps({"when": "2026-11-30T12:00", "machine": MACHINE, "figures": FOUND, "runs": runs}))
    monkeypatch.setattr(measured, "RESULTS", file)


def rows(page):
    lines, _, where = page.partition("\n\n")
    assert where == WHERE
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in lines.splitlines()[2:]]


def test_each_figure_is_said_with_what_was_asked_or_that_it_was_not_measured():
    said = {name: more for name, *more in rows(measured.goals())}
    assert list(said) == list(figures.GOALS)
    assert said[figures.SECONDS] == ["16", "20.00", "missed"]
    assert said[figures.AS_IT_IS] == ["0.55", "0.25", "reached"]
    assert said[figures.GROWTH] == ["11", "11.00", "reached"]
    assert said[figures.TERRAFORM] == ["1", "not measured", ""]


def test_previews_are_those_that_were_measured():
    assert rows(measured.previews()) == [
        ["prod, no controls, SDK as published", "18.0", "22.7", "310"],
        ["prod, no controls", "9.0", "9.9", "310"],
        ["all stacks, all controls: `make preview`", "20.0", "19.0", "310"],
    ]


def test_processes_are_compared_with_the_published_sdk():
    assert rows(measured.processes()) == [
        ["prod, SDK as published", "16.9", "2.7", "3.0", "22.7", "310 MiB"],
        ["prod, no controls", "5.2", "1.7", "2.9", "9.9", "310 MiB"],
    ]


def test_seconds_of_a_busy_machine_are_said_to_be_such(monkeypatch):
    found = measured.record()
    found["machine"]["load before"] = 5.4
    monkeypatch.setattr(measured, "record", lambda: found)
    assert measured.goals().endswith("engine 3.220.0 (go). Others were busy on it, so go by CPU seconds.")


def test_readme_quotes_them(tmp_path, monkeypatch):
    monkeypatch.setattr(docs, "catalogue", dict)
    (tmp_path / "README.md").write_text("before\n<!-- table cli.docs.measured:goals -->\nold\n<!-- /table -->\nafter\n")
    text = dict(docs.generated(tmp_path))[tmp_path / "README.md"]
    assert text == f"before\n<!-- table cli.docs.measured:goals -->\n\n{measured.goals()}\n\n<!-- /table -->\nafter\n"
