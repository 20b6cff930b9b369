"""Generated parts of docs: `smile docs` writes them from the code that they describe."""

import pytest

from cli import docs
from cli.__main__ import main
from cli.sandbox import SandboxError
from components.core.settings.field import About, setting
from components.core.settings.section import Section
from components.cost.settings import Cost
from components.patching.settings import Patching
from components.queues.message_queues import MessageQueues
from components.queues.settings import Queues
from tests.unit.cli.documents import documented


def test_every_page_is_current():
    stale = [path.name for path, text in docs.generated() if path.read_text() != text]
    assert stale == [], "run: smile docs"


def test_a_page_that_is_not_current_is_named_and_with_check_left_alone(tmp_path, monkeypatch, capsys):
    pages = [(tmp_path / name, "as it should be\n") for name in ("a.md", "b.md")]
    pages[0][0].write_text("stale\n")
    pages[1][0].write_text("as it should be\n")
    monkeypatch.setattr(docs, "ROOT", tmp_path)
    monkeypatch.setattr(docs, "generated", lambda: pages)
    for words, code, text in ((["--check"], 1, "stale\n"), ([], 0, "as it should be\n")):
        assert main(["docs", *words, "--json"]) == code
        assert documented("docs", capsys.readouterr().out) == {"changed": ["a.md"]}
        assert pages[0][0].read_text() == text


def test_inputs_have_type_default_unit_limits_and_what_they_do():
    rows = {row.split(" | ")[0].strip("| "): row for row in docs.inputs(Queues).splitlines()[2:]}
    assert rows["`queues.*.retention_days`"] == (
        "| `queues.*.retention_days` | `int` | `14` | days | 1 to 14 | how long a message that nobody takes is kept |"
    )
    assert rows["`queues.*.kind`"].split(" | ")[1:3] == ["`string`", "`standard`"]
    assert rows["`queues.*.producers`"].split(" | ")[1:3] == ["`list of string`", "none"]
    assert "`alarms`" in rows


def test_a_limit_links_to_its_source():
    class Shelf(Section):
        boards: int = setting(..., "how many", About(source="https://example.org/limits"), ge=1, le=9)

    row = docs.inputs(Shelf).splitlines()[-1]
    assert row == "| `boards` | `int` | required |  | 1 to 9 ([source](https://example.org/limits)) | how many |"


def test_a_default_by_kind_and_what_the_rules_leave_of_a_range_are_said():
    rows = {row.split(" | ")[0].strip("| "): row.split(" | ") for row in docs.inputs(Cost).splitlines()[2:]}
    assert rows["`budget_usd`"][2] == "production `8000`, staging `3500`, development `2500`"
    assert rows["`warn_percent`"][2] == "`80`"
    rows = {row.split(" | ")[0].strip("| "): row.split(" | ") for row in docs.inputs(Patching).splitlines()[2:]}
    assert rows["`hours`"][4] == "2 to 24; 12 at most where the window lies in a night"


def test_outputs_are_what_the_class_declares_and_describes():
    assert [row.split(" | ")[0] for row in docs.outputs(MessageQueues).splitlines()[2:]] == [
        "| `urls`",
        "| `arns`",
        "| `dead_letter_arns`",
        "| `dead_letter_urls`",
    ]

    class Half:
        """Something.

        Attributes:
            here: it is not.
        """

    with pytest.raises(ValueError, match="does not declare: here"):
        docs.outputs(Half)


TWICE = """
from dataclasses import fields
from guardrails.engine.catalogue import catalogue
from guardrails.model.control import REGISTRY, control
catalogue()
made = REGISTRY["ENC-KMS-001"]
control(**{each.name: getattr(made, each.name) for each in fields(made) if each.name != "check"})(made.check)
"""


def test_packs_that_cannot_load_are_one_line_that_names_the_file():
    with pytest.raises(SandboxError) as caught:
        docs.from_policies(TWICE)
    (line,) = str(caught.value).splitlines()
    assert "ValueError: control ENC-KMS-001 is defined twice, in " in line
    assert "security/kms/keys.py; valid: an id that is free" in line


def test_only_marked_places_change(tmp_path, monkeypatch):
    (tmp_path / "docs").mkdir()
    marked = "<!-- inputs components.queues.settings:Queues -->\nstale\n<!-- /inputs -->"
    (tmp_path / "docs" / "a.md").write_text(f"before\n{marked}\nafter\n")
    (tmp_path / "docs" / "b.md").write_text("nothing\n")
    monkeypatch.setattr(docs, "catalogue", lambda: {"controls.md": ""})
    pages = {path.name: text for path, text in docs.generated(tmp_path)}
    assert set(pages) == {"a.md", "controls.md", "cost.svg"}
    assert pages["a.md"].startswith("before\n<!-- inputs")
    assert pages["a.md"].endswith("<!-- /inputs -->\nafter\n")
    assert "`queues.*.kind`" in pages["a.md"]
    assert "stale" not in pages["a.md"]
