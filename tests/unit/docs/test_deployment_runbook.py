"""The runbook of deployments is true: its commands exist, its settings load, its names are those of the code."""

import json
import re

import pytest
import yaml

from settings.deployment import STATE_BUCKET, STATE_KEY
from tests.paths import COMPONENT_DOCS, ROOT
from tests.stacks import STACKS
from tests.unit.docs import test_recovery_runbook as recovery

TEXT = (COMPONENT_DOCS.parent / "runbooks" / "deployment.md").read_text()
CONSOLE = "".join(re.findall(r"^```console\n(.*?)^```", TEXT, re.DOTALL | re.MULTILINE)).replace("\\\n", " ")
AWS = re.findall(r"(?:^|\$\()(aws (?!sso)[^)\n]+)", CONSOLE, re.MULTILINE)
"""Every command of AWS's, but the one that signs in."""

REAL = {"smile:account": {"id": "210987654321"}, "smile:deployment": {"repository": "health/smile"}}


@pytest.mark.requirement("SMILE-DEPLOY-16")
@pytest.mark.parametrize("command", AWS)
def test_every_command_of_aws_exists(command):
    recovery.test_every_command_is_one_that_aws_has(command)


@pytest.mark.requirement("SMILE-DEPLOY-16")
def test_state_and_its_key_are_made_in_jakarta_with_versions():
    assert "LocationConstraint=ap-southeast-3" in CONSOLE
    assert "put-bucket-versioning --bucket" in CONSOLE
    assert "put-public-access-block --bucket" in CONSOLE
    assert '"aws:SecureTransport": "false"' in CONSOLE
    assert f"BUCKET={STATE_BUCKET.format(account='$ACCOUNT')}\n" in CONSOLE
    assert f"--alias-name {STATE_KEY} " in CONSOLE
    assert f'--secrets-provider "awskms://{STATE_KEY}?region=$AWS_REGION&' in CONSOLE


def test_the_policy_of_the_bucket_is_json_once_the_bucket_has_a_name():
    (policy,) = re.findall(r"<<'POLICY' > policy.json\n(.*?)^POLICY$", CONSOLE, re.DOTALL | re.MULTILINE)
    (statement,) = json.loads(policy.replace("BUCKET", "smile-state-1"))["Statement"]
    assert statement["Effect"] == "Deny"
    assert statement["Resource"] == ["arn:aws:s3:::smile-state-1", "arn:aws:s3:::smile-state-1/*"]


@pytest.mark.parametrize("block", re.findall(r"^```yaml\n(.*?)^```", TEXT, re.DOTALL | re.MULTILINE))
def test_every_setting_loads(load, block):
    assert load(yaml.safe_dump({"config": REAL | yaml.safe_load(block)}))


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
    assert read == {name for name in re.findall(r"`([A-Z_]+)(?:=true)?`", TEXT) if name != "BUCKET"}
    assert {f"ACCOUNT_{stack.upper()}" for stack in STACKS} <= read


@pytest.mark.requirement("SMILE-DEPLOY-14")
def test_a_failed_deployment_goes_back_to_the_last_good_commit():
    rollback = TEXT.partition("\n## Rollback\n")[2].partition("\n## ")[0]
    assert "apply the **last good commit** again" in rollback
    assert "git revert" in rollback


@pytest.mark.parametrize("page", ["runbooks/deployment.md", "components/delivery.md", "adr/0012-delivery.md"])
def test_links_lead_somewhere(page):
    file = COMPONENT_DOCS.parent / page
    for target, anchor in re.findall(r"\]\(([^)#:]*)(?:#([^)]*))?\)", file.read_text()):
        text = (file.parent / target).read_text() if target else file.read_text()
        titles = [
            re.sub(r"[^\w -]", "", title).lower().replace(" ", "-")
            for title in re.findall(r"^#+ (.*)", text, re.MULTILINE)
        ]
        assert not anchor or anchor in titles, f"{target}#{anchor}"
