"""The runbooks: each is found by what rang or happened, and its commands of this project are taken."""

import re
import shlex

import pytest

from aws_facts.eks_versions import RELEASES
from cli.__main__ import main
from cli.answer import Answer
from tests.paths import ROOT

RUNBOOKS = ROOT / "docs" / "runbooks"
PAGES = sorted(page for page in RUNBOOKS.glob("*.md") if page.name != "README.md")
TEXTS = {page.stem: page.read_text() for page in PAGES}
SCENARIOS = {
    "recovery": ("Loss of an Availability Zone", "Loss of the database", "Loss of the cluster"),
    "keys": ("Passwords", "KMS keys"),
    "access": ("Revoke access", "Leaked credential", "Break-glass"),
    "deployment": ("Rollback", "Drift"),
    "database": ("Storage full",),
    "certificate": ("Certificate expires",),
    "region": ("Is it the Region", "While it lasts", "When it is back"),
}
"""Page -> what it has a part on."""
OF_ALARMS = re.compile(r'runbook="([a-z-]+)"')
"""How a component names the page that its alarms link to."""
COMMANDS_GIVEN = [
    pytest.param(words, id=f"{name}: {words}")
    for name, text in TEXTS.items()
    for words in re.findall(r"`smile ([a-z]+ --[^`]+)`", text)
]


def test_the_list_names_every_page():
    listed = set(re.findall(r"\]\((\w[\w-]*)\.md\)", (RUNBOOKS / "README.md").read_text()))
    assert listed == set(TEXTS)


@pytest.mark.parametrize(("page", "titles"), SCENARIOS.items())
def test_there_is_a_part_on_every_scenario(page, titles):
    assert set(titles) <= set(re.findall(r"^## (.*)", TEXTS[page], re.MULTILINE))


def test_every_page_that_alarms_link_to_is_there_and_says_when_it_is_over():
    named = {name for file in (ROOT / "components").rglob("*.py") for name in OF_ALARMS.findall(file.read_text())}
    assert len(named) > 5
    assert {name for name in named if "Over when" not in TEXTS.get(name, "")} == set()


@pytest.mark.parametrize("words", COMMANDS_GIVEN)
def test_a_command_of_this_project_takes_what_it_is_given(monkeypatch, words):
    name, *rest = shlex.split(words)
    monkeypatch.setattr(f"cli.{name}.run", lambda *_, **__: Answer())
    assert main([name, *rest]) == 0


@pytest.mark.parametrize("name", TEXTS)
def test_changes_go_through_the_packs_and_never_by_a_bare_update(name):
    assert re.findall(r"pulumi up|--replace\b", TEXTS[name]) == []


def test_a_release_that_ages_stands_in_no_page():
    pages = {page: page.read_text() for page in (ROOT / "docs").rglob("*.md") if "adr" not in page.parts}
    assert len(pages) > 50
    pinned = {release.node_release for release in RELEASES.values()}
    told = {page.name for page, text in pages.items() if any(each in written(text) for each in pinned)}
    assert told == set()


def written(text):
    """A page without its generated tables."""
    return re.sub(r"<!-- (\w+) .*?<!-- /\1 -->", "", text, flags=re.DOTALL)
