"""The runbooks of deployments are true: their commands exist, their settings load, their names are the code's."""

import re
import shlex

import pytest

from cli.__main__ import main
from cli.answer import Answer
from components.core.settings.problems import SettingsError
from tests.paths import COMPONENT_DOCS, ROOT
from tests.stacks import IN_THE_RUNBOOK, STACKS, filled_in
from tests.unit.docs.aws_commands import commands, console, faults

FIRST, LATER = (
    (COMPONENT_DOCS.parent / "runbooks" / f"{name}.md").read_text() for name in ("first-deployment", "deployment")
)


CONSOLE = console(FIRST) + console(LATER)
SMILE = re.findall(r"^(?:\w+=\S+ )?smile (.+)$", CONSOLE, re.MULTILINE)


@pytest.mark.requirement("SMILE-DEPLOY-16")
@pytest.mark.parametrize("command", [*commands(FIRST), *commands(LATER)])
def test_every_command_of_aws_exists(command):
    assert faults(command) == set()


@pytest.mark.parametrize("words", SMILE)
def test_every_command_of_this_project_takes_what_it_is_given(monkeypatch, words):
    name, *rest = shlex.split(words.replace("$STACK", "prod"))
    monkeypatch.setattr(f"cli.{name}.run", lambda *_, **__: Answer())
    assert main([name, *rest]) == 0


def test_the_steps_are_in_the_order_in_which_each_needs_the_one_before():
    told = re.findall(r"^(?:\w+=\S+ )?((?:smile|make|aws account|gh workflow) [a-z-]+)", console(FIRST), re.MULTILINE)
    assert told == [
        *("make setup", "smile preview", "aws account enable-region", "aws account get-region-opt-status"),
        *("smile settings", "smile preview", "smile bootstrap", "smile doctor", "make update"),
        *("gh workflow run", "smile doctor", "smile tunnel", "make update", "smile publish", "smile publish"),
        *("smile doctor", "gh workflow run"),
    ]


@pytest.mark.parametrize("text", [FIRST, LATER])
def test_a_shell_finds_the_engine_and_the_state(text):
    """`smile publish` and `pulumi` itself take both from the environment."""
    assert 'export PATH="$PWD/.venv/bin:$PWD/.smile/engine:$PATH" STACK=prod AWS_REGION=ap-southeast-3' in console(text)
    assert "s3://smile-state-$ACCOUNT?region=ap-southeast-3" in console(text)


@pytest.mark.requirement("SMILE-DEPLOY-16")
def test_state_and_its_key_are_those_of_the_code():
    assert "`smile-state-ACCOUNT`" in FIRST
    assert "`alias/smile-state`" in FIRST


(SETTINGS,) = re.findall(r"^```yaml\n(.*?)^```", FIRST + LATER, re.DOTALL | re.MULTILINE)


def test_the_settings_load_in_a_real_account(load):
    settings = load(filled_in(SETTINGS))
    assert not settings.account.is_example
    assert settings.deployment.provider == "existing"


@pytest.mark.parametrize("left", [each for each in IN_THE_RUNBOOK if each in SETTINGS])
def test_what_was_left_open_is_refused_by_its_value(load, left):
    with pytest.raises(SettingsError, match=re.escape(left)):
        load(filled_in(SETTINGS).replace(IN_THE_RUNBOOK[left], left))


def test_what_it_tells_to_make_are_steps_of_the_command():
    makefile = (ROOT / "Makefile").read_text()
    told = set(re.findall(r"make ([a-z]+)", CONSOLE))
    assert {"setup", "plan", "update"} <= told
    assert all(re.search(rf"^{target}:", makefile, re.MULTILINE) for target in told)


def test_github_is_set_up_with_the_variables_that_workflows_read():
    workflows = "".join(path.read_text() for path in (ROOT / ".github" / "workflows").glob("*.yml"))
    read = set(re.findall(r"\bvars\.([A-Z_]+)", workflows))
    by_stack = set(re.findall(r"\bvars\[format\('([A-Z]+)_\{0\}'", workflows))
    read |= {f"{name}_{stack.upper()}" for name in by_stack for stack in STACKS}
    told = set(re.findall(r"`((?:ACCOUNT|CODE_SCANNING|RUNNER|PREVIEWS)[A-Z_]*)(?:=true)?`", FIRST))
    for program in ("epicvibe", "educounsel"):  # of which their own pages tell
        own = {name for name in read if name.startswith(f"{program.upper()}_")}
        page = (ROOT / "platforms" / program / "README.md").read_text()
        assert own == set(re.findall(rf"`({program.upper()}_[A-Z_]+)`", page))
        read -= own
    assert read == told
    assert {f"ACCOUNT_{stack.upper()}" for stack in STACKS} <= read


@pytest.mark.requirement("SMILE-DEPLOY-14")
def test_a_failed_deployment_goes_back_to_the_last_good_commit():
    rollback = LATER.partition("\n## Rollback\n")[2].partition("\n## ")[0]
    assert "apply the **last good commit** again" in rollback
    assert "git revert" in rollback


PAGES = [str(file.relative_to(COMPONENT_DOCS.parent)) for file in COMPONENT_DOCS.parent.rglob("*.md")]


@pytest.mark.parametrize("page", PAGES)
def test_links_lead_somewhere(page):
    file = COMPONENT_DOCS.parent / page
    for target, anchor in re.findall(r"\]\(([^)#:]*)(?:#([^)]*))?\)", file.read_text()):
        text = (file.parent / target).read_bytes().decode(errors="replace") if target else file.read_text()
        titles = [
            re.sub(r"[^\w -]", "", title).lower().replace(" ", "-")
            for title in re.findall(r"^#+ (.*)", text, re.MULTILINE)
        ]
        assert not anchor or anchor in titles, f"{target}#{anchor}"
