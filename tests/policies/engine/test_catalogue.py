"""The catalogue in docs/ is what the registry says."""

import re

from guardrails.engine.catalogue import catalogue
from guardrails.engine.packs import load_controls


def test_the_catalogue_is_current(pytestconfig):
    path = pytestconfig.rootpath / "docs" / "controls.md"
    assert path.read_text(encoding="utf-8") == catalogue(), "run: .venv/bin/smile docs"


def test_the_contents_link_to_every_control_once():
    contents, *_ = catalogue().partition("## settings")
    links = re.findall(r"\(#([a-z0-9-]+)\)", contents)
    assert sorted(links) == sorted(control_id.lower() for control_id in load_controls())
