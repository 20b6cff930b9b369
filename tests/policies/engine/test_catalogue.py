"""The catalogue in docs/ is what the registry says."""

import re

from guardrails.engine.catalogue import catalogue
from guardrails.engine.packs import load_controls
from tests.paths import ROOT

DOCS = ROOT / "docs"


def test_the_catalogue_is_current():
    there = {str(path.relative_to(DOCS)): path.read_text() for path in (DOCS / "controls").glob("*.md")}
    assert {**there, "controls.md": (DOCS / "controls.md").read_text()} == catalogue(), "run: .venv/bin/smile docs"


def test_the_contents_link_to_every_control_once_where_it_stands():
    pages = catalogue()
    contents, *_ = pages["controls.md"].partition("## settings")
    links = re.findall(r"\((controls/[a-z0-9]+\.md)#([a-z0-9-]+)\)", contents)
    assert sorted(name for _, name in links) == sorted(control_id.lower() for control_id in load_controls())
    assert all(f"\n### {name.upper()}\n" in pages[page] for page, name in links)


def test_a_page_is_short_enough_to_read():
    assert max(text.count("\n") for text in catalogue().values()) < 800
