"""Planted secrets are nowhere: not in the preview, the event log, the state, the mock cloud or a log file."""

import base64
import json

import pytest
from engine_runs import copy_of_program
from lives import STACKS, looks_at

PLANTED = {
    "resource": "planted-in-a-resource-3e7Qx9",
    "list": "planted-in-a-list-Zk41vw",
    "environment": "planted-in-the-environment-Rw60da",
}
SHORTEST = 12
"""Characters: what is shorter, such as an empty list, is found by chance."""
PROGRAM = f"""
from components.core import sdk_performance

sdk_performance.apply()
import os
import pulumi
from pulumi_aws import rds, ssm
from components.encryption.encryption_keys import EncryptionKeys, EncryptionKeysArgs
from components.core.environment import Environment
from components.core.provider import aws_provider

environment = Environment(name="dev", account_id="123456789012", region="ap-southeast-3", project="smile")
opts = pulumi.ResourceOptions(provider=aws_provider(environment, {{}}))
key = EncryptionKeys("smile", EncryptionKeysArgs(environment=environment, protect=False), opts).arns["secrets"]
alone, nested = pulumi.Output.secret({PLANTED["resource"]!r}), pulumi.Output.secret({PLANTED["list"]!r})
ssm.Parameter("alone", name="/smile/alone", type="SecureString", key_id=key, value=alone, opts=opts)
whole = pulumi.Output.json_dumps({{"in": [nested]}})
parameter = ssm.Parameter("nested", name="/smile/nested", type="SecureString", key_id=key, value=whole, opts=opts)
rds.Instance("database", identifier="smile", engine="mysql", instance_class="db.t3.micro", allocated_storage=20,
    username="smile_admin", password=alone, skip_final_snapshot=True, opts=opts)
ssm.Parameter("again", name="/smile/again", type="SecureString", key_id=key, value=parameter.value, opts=opts)
pulumi.export("planted", {{"in": [alone, nested]}})
pulumi.log.info("the environment has " + str(len(os.environ["DATABASE_PASSWORD"])) + " characters")
"""


@pytest.fixture(scope="module")
def traces(tmp_path_factory):
    """Everything that a preview, an update and what follows leave behind: name -> bytes."""
    folder = tmp_path_factory.mktemp("planted")
    program = copy_of_program(folder)
    main = program.cwd / "__main__.py"
    main.write_text(PROGRAM)

    def run(*words):
        done = program.pulumi(*words, "--stack", "dev", DATABASE_PASSWORD=PLANTED["environment"])
        assert done.returncode == 0, done.stdout + done.stderr
        return {"stdout": done.stdout.encode(), "stderr": done.stderr.encode()}

    up = ("up", "--yes", "--skip-preview", "--event-log", str(folder / "up.events"), "--logtostderr", "-v=3")
    commands = {
        "preview": ("preview", "--diff", "--event-log", str(folder / "preview.events")),
        "up": up,
        "refresh": ("refresh", "--yes", "--skip-preview", "--diff", "--expect-no-changes"),
        "export": ("stack", "export"),
        "output": ("stack", "output"),
    }
    said = {f"{name}.{stream}": text for name, words in commands.items() for stream, text in run(*words).items()}
    main.unlink()  # the one place where they are to be
    files = [path for path in folder.rglob("*") if path.is_file() and not path.is_symlink()]
    return said | {str(path.relative_to(folder)): path.read_bytes() for path in files}


@pytest.mark.requirement("SMILE-SECRETS-06")
@pytest.mark.parametrize("where", PLANTED)
@pytest.mark.xdist_group("planted")  # they look at one run
def test_a_planted_secret_is_nowhere_in_what_a_run_leaves_behind(traces, where):
    value = PLANTED[where].encode()
    encoded = base64.b64encode(value)[:-4]
    found = [name for name, content in traces.items() if value in content or encoded in content]
    assert found == []


@pytest.mark.xdist_group("planted")
def test_the_traces_are_those_of_a_run_that_used_the_secrets(traces):
    resources = json.loads(traces["export.stdout"])["deployment"]["resources"]
    assert {"alone", "nested", "again", "database"} <= {each["urn"].rpartition("::")[2] for each in resources}
    assert "program/__main__.py" not in traces
    assert {"offline/cloud.sqlite", "preview.events", "up.events"} <= set(traces)
    assert b"/smile/nested" in traces["preview.stdout"]
    assert f"the environment has {len(PLANTED['environment'])} characters".encode() in traces["up.events"]


@looks_at(*STACKS)
@pytest.mark.requirement("SMILE-SECRETS-01")
def test_no_secret_of_a_stack_is_in_what_its_life_leaves_behind(life):
    # Of several lines, such as those of a key, the longest will do: its ends are written in many ways.
    secrets = {max(text.splitlines(), key=len).encode() for text in life.secrets if len(text) > SHORTEST}
    traces = {"said": life.said.encode()} | life.files()
    assert str(life.folder / "cloud.sqlite") in traces
    assert [(name, len(secret)) for secret in secrets for name, content in traces.items() if secret in content] == []
