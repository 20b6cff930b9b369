"""``smile deploy``: which pulumi command it runs, where the state may be, and what it keeps out of logs."""

import json
import os
import socket
import subprocess
import sys
import time
from base64 import b64encode
from types import SimpleNamespace

import boto3
import pytest
from botocore.exceptions import EndpointConnectionError
from botocore.stub import Stubber

from cli import deploy, deploy_workloads, program
from cli.__main__ import main
from cli.cluster_api import Endpoint
from cli.deploy_plans import unplannable, without_values
from cli.program import smile
from components.core.environment import Environment
from doctor import account
from tests.unit.cli.documents import documented

ROOT = deploy.ROOT
WHERE = Environment(name="prod", account_id="210987654321", region="ap-southeast-3", project="smile")
OWN = "s3://smile-state-210987654321?region=ap-southeast-3"


@pytest.fixture
def root(tmp_path, monkeypatch):
    """A project of its own, for plans."""
    for module in (deploy, program):
        monkeypatch.setattr(module, "ROOT", tmp_path)
    for name in ("Pulumi.yaml", "Pulumi.prod.yaml"):
        (tmp_path / name).write_text((ROOT / name).read_text())
    return tmp_path


def in_jakarta(bucket, ask_in):
    assert (bucket, ask_in) == ("smile-state-210987654321", "ap-southeast-3")
    return "ap-southeast-3"


@pytest.mark.requirement("SMILE-DEPLOY-16")
def test_state_is_in_the_accounts_own_bucket_in_jakarta():
    assert deploy.state_url(WHERE, {}) == OWN
    assert deploy.state_url(WHERE, {"PULUMI_BACKEND_URL": "s3://elsewhere"}) == "s3://elsewhere"
    deploy.check_in_country(OWN, WHERE, in_jakarta)
    deploy.check_in_country("s3://smile-state-210987654321", WHERE, in_jakarta)


@pytest.mark.requirement("SMILE-DEPLOY-16")
@pytest.mark.parametrize(
    ("backend", "region", "says"),
    [
        ("https://api.pulumi.com", "ap-southeast-3", "the state would be at https://api.pulumi.com; valid: a bucket"),
        ("file:///root/.pulumi", "ap-southeast-3", "the state would be at file:///root/.pulumi"),
        ("gs://smile-state-210987654321", "ap-southeast-3", "the state would be at gs://"),
        ("s3://smile-state-210987654321", "ap-southeast-1", "in ap-southeast-1; valid: a bucket in ap-southeast-3"),
        ("s3://smile-state-210987654321?region=us-east-1", "ap-southeast-3", "in us-east-1; valid: a bucket"),
    ],
)
def test_state_anywhere_else_is_refused(backend, region, says):
    with pytest.raises(deploy.DeployError) as error:
        deploy.check_in_country(backend, WHERE, lambda *_: region)
    assert says in str(error.value)
    assert OWN in str(error.value)


@pytest.fixture
def s3(monkeypatch):
    """S3, as the test says that it answers."""
    client = boto3.client("s3", region_name="ap-southeast-3", aws_access_key_id="x", aws_secret_access_key="x")
    monkeypatch.setattr(deploy, "clients", lambda: lambda *_: client)
    with Stubber(client) as stubbed:
        yield stubbed


@pytest.mark.requirement("SMILE-DEPLOY-16")
def test_s3_says_where_a_bucket_is(s3):
    s3.add_response("head_bucket", {"BucketRegion": "ap-southeast-1"}, {"Bucket": "smile-state"})
    assert deploy.bucket_region("smile-state", "ap-southeast-3") == "ap-southeast-1"


@pytest.mark.parametrize(("code", "status"), [("404", 404), ("403", 403)])
def test_a_bucket_that_cannot_be_looked_at_is_refused(s3, code, status):
    s3.add_client_error("head_bucket", code, http_status_code=status)
    with pytest.raises(deploy.DeployError, match="the bucket of the state can't be looked at: smile-state"):
        deploy.bucket_region("smile-state", "ap-southeast-3")


def test_aws_out_of_reach_is_told_as_such(monkeypatch, s3):
    def unreachable(**_):
        raise EndpointConnectionError(endpoint_url="https://s3.ap-southeast-3.amazonaws.com")

    monkeypatch.setattr(s3.client, "head_bucket", unreachable)
    with pytest.raises(deploy.DeployError, match="Could not connect"):
        deploy.bucket_region("smile-state", "ap-southeast-3")


def test_a_proxy_that_takes_connections_and_says_nothing_holds_nobody_up_for_long(monkeypatch):
    for name in ("CONNECT_SECONDS", "READ_SECONDS", "ATTEMPTS"):
        monkeypatch.setattr(account, name, 1)
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "x")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "x")
    with socket.create_server(("127.0.0.1", 0)) as silent:
        monkeypatch.setenv("HTTPS_PROXY", f"http://127.0.0.1:{silent.getsockname()[1]}")
        started = time.monotonic()
        with pytest.raises(deploy.DeployError, match="can't be looked at"):
            deploy.bucket_region("smile-state", "ap-southeast-3")
    assert time.monotonic() - started < 10  # botocore's own: a minute for each of five attempts


@pytest.mark.requirement("SMILE-DEPLOY-17")
@pytest.mark.parametrize("step", ["plan", "apply"])
def test_every_step_is_one_pulumi_command_with_every_pack(root, step):
    (root / ".smile" / "plans").mkdir(parents=True)
    (root / ".smile" / "plans" / "prod.json").write_text("{}")
    words = deploy.command(smile(), step, "prod")
    assert words[0] == "pulumi"
    assert words.count("--policy-pack") == words.count("--policy-pack-config") == 1
    assert words[words.index("--stack") + 1] == "prod"
    assert "--non-interactive" in words
    assert "--skip-preview" not in words  # which would change things before it sees that the plan doesn't fit


def test_there_is_nothing_to_apply_without_a_plan(root):
    with pytest.raises(deploy.DeployError, match=r"no plan .*prod\.json; make it with: smile deploy plan --stack prod"):
        deploy.command(smile(), "apply", "prod")


def test_a_new_plan_does_away_with_the_last_one(root):
    plan = root / ".smile" / "plans" / "prod.json"
    plan.parent.mkdir(parents=True)
    plan.write_text("{}")
    words = deploy.command(smile(), "plan", "prod")
    assert words[words.index("--save-plan") + 1] == str(plan)
    assert not plan.exists()


UNKNOWN = "04da6b54-80e4-46f7-96ec-b56ff0331ba9"
PEM = "-----BEGIN PRIVATE KEY-----"


def test_values_that_a_plan_did_not_foresee_stay_out_of_the_log():
    lines = [
        "Previewing update (prod):\n",
        f"error: resource urn:of:secret violates plan: properties changed: ~~value[{{&{{{PEM}\n",
        "MIIEvQIBADANBgkqhkiG9w0BAQEFAASC}}]\n",
        "Resources:\n",
    ]
    first, last = without_values(iter(lines))
    assert first == lines[0]
    assert last.startswith("error: resource urn:of:secret violates plan: properties changed: the rest")
    assert "Make a new plan" in last


def plan(folder, outputs):
    """A plan as the engine writes it, with the outputs of one component."""
    file = folder / "plan.json"
    file.write_text(
        json.dumps({"resourcePlans": {"urn:pulumi:prod::smile::eks:index:Cluster::web": {"state": outputs}}})
    )
    return file


def reference(known):
    return {"4dabf18193072939515e22adb298388d": "5cf8f73096256a8f31e491e813e4eb8e", "id": known, "urn": "urn:of:it"}


@pytest.mark.parametrize(
    ("outputs", "names"),
    [
        ({"core": {"groups": [reference("")]}}, ["web"]),
        ({"core": {"groups": [reference("sg-1")]}, "endpoint": UNKNOWN, "id": ""}, []),
        (None, []),
    ],
)
def test_what_gives_out_resources_that_are_yet_to_be_made_is_in_no_plan(tmp_path, outputs, names):
    assert unplannable(plan(tmp_path, outputs)) == names


@pytest.fixture
def run(root, monkeypatch, capfd):
    """Run a step with a stand-in for pulumi; gives its exit code and what was said."""
    monkeypatch.setattr(deploy, "bucket_region", lambda *_: "ap-southeast-3")
    monkeypatch.setattr(deploy.engine, "recorded", lambda _: SimpleNamespace(bin=str(root)))
    monkeypatch.setenv("PATH", os.environ["PATH"])
    monkeypatch.delenv("PULUMI_BACKEND_URL", raising=False)
    monkeypatch.setattr(deploy.signal, "signal", lambda *_: None)  # the tests' own
    monkeypatch.setattr(deploy_workloads, "endpoint_of", lambda *_: None)  # no cluster yet

    def make(script, step="plan", stack="prod", options=()):
        kind, own = "smile:environment: {kind: production}", "smile:deployment: {repository: health/smile}"
        own += ", smile:dns: {domain: smile-health.id}"
        own += ", smile:observability: {recipients: {critical: [oncall@smile-health.id], warning: []}}"
        settings = f'{{{kind}, smile:account: {{id: "210987654321"}}, {own}}}'
        (root / "Pulumi.prod.yaml").write_text(f"config: {settings}\n")
        (root / "Pulumi.dev.yaml").write_text(
            'config: {smile:environment: {kind: staging}, smile:account: {id: "111122223333"}, '
            "smile:dns: {domain: a.example}}\n"
        )
        (root / "pulumi").write_text(f"#!{sys.executable}\n{script}\n")
        (root / "pulumi").chmod(0o755)
        code = main(["deploy", step, "--stack", stack, *options])
        return code, capfd.readouterr()

    return make


def test_the_command_is_told_run_and_its_exit_code_handed_on(run):
    code, said = run("import os, sys; print(os.environ['PULUMI_BACKEND_URL'], *sys.argv[1:3]); sys.exit(3)")
    assert code == 3
    assert said.out == f"{OWN} preview --diff\n"
    assert f"$ PULUMI_BACKEND_URL='{OWN}' pulumi preview --diff" in said.err


def test_a_plans_preview_can_be_reported(run, root):
    """``make report EVENTS=.smile/plans/*.events.json``, with the lines that make its resources."""
    log = root / ".smile" / "plans" / "prod.events.json"
    log.parent.mkdir(parents=True)
    log.write_text("of the last plan")
    variables = "*map(os.environ.get, ('PULUMI_DEBUG_COMMANDS', 'SOURCE_POSITIONS'))"
    words = run(f"import os, sys; print({variables}, *sys.argv); sys.exit(3)")[1].out.split()
    assert words[:2] == ["true", str(log.parent)]
    assert words[words.index("--event-log") + 1] == str(log)
    assert not log.exists()


def test_what_follows_a_refusal_is_read_but_not_shown(run):
    code, said = run(
        "import sys\n"
        "print('error: urn violates plan: properties changed: ~~value[hidden]', flush=True)\n"
        "print('hidden ' * 100_000, file=sys.stderr)\n"  # more than a pipe takes
        "sys.exit(255)"
    )
    assert code == 255
    assert "hidden" not in said.out + said.err
    assert "Make a new plan" in said.out


SAVE = "import shutil, sys; shutil.copy('plan.json', sys.argv[sys.argv.index('--save-plan') + 1])"


@pytest.mark.parametrize(("known", "code"), [("sg-1", 0), ("", 1)])
def test_a_plan_that_pulumi_could_not_keep_to_is_none(run, root, known, code):
    plan(root, {"group": reference(known)})
    ended, said = run(SAVE, "plan")
    assert ended == code
    assert (root / ".smile" / "plans" / "prod.json").exists() is (code == 0)
    assert ("this makes web; first by hand: smile deploy update --stack prod" in said.err) is (code == 1)


def test_a_plan_as_a_document_has_its_file_and_counts_what_it_does(run, root):
    content = json.loads(plan(root, {}).read_text())
    content["resourcePlans"] = {"a": {"steps": ["create"]}, "b": {"steps": ["create"]}, "c": {"steps": ["same"]}}
    (root / "plan.json").write_text(json.dumps(content))
    code, said = run(f"{SAVE}\nprint('all that pulumi says')", "plan", options=["--json"])
    assert documented("deploy", said.out, free=["changes"]) == {
        "stack": "prod", "step": "plan", "exit": code, "state": OWN,
        "plan": str(root / ".smile" / "plans" / "prod.json"), "changes": {"create": 2, "same": 1},
    }  # fmt: skip
    assert "all that pulumi says" in said.err


PULUMI = """
import json, sys
if 'export' in sys.argv:
    sys.exit({refusal!r}) if {refusal!r} else print(json.dumps({{'deployment': {{'resources': {resources!r}}}}}))
else:
    print(*sys.argv[1:4])
    print(open(sys.argv[sys.argv.index('--config-file') + 1]).read() if '--config-file' in sys.argv else 'as written')
    sys.exit('--non-interactive' in sys.argv)
"""
WORKLOAD = {"type": "kubernetes:apps/v1:Deployment"}
ENDPOINT = Endpoint("smile-prod", "https://127.0.0.1:1", b64encode(b"").decode())


def test_by_hand_pulumi_asks_on_the_terminal_that_it_is_given(run, monkeypatch):
    monkeypatch.setattr(deploy_workloads, "endpoint_of", lambda *_: ENDPOINT)
    monkeypatch.setattr(deploy_workloads, "answers", lambda _: True)
    code, said = run(PULUMI.format(refusal="", resources=[]), "update")
    assert (code, said.out) == (0, "up --diff --stack\nas written\n")


WITH_WORKLOADS = {"resources": [WORKLOAD], "refusal": ""}
SILENT, ANSWERS, NOT_YET = "silent", "answers", "not yet"
DATA = Endpoint("smile-prod-data", "https://127.0.0.1:2", b64encode(b"").decode())


@pytest.fixture
def clusters(monkeypatch):
    """The clusters of prod, in the states that the test says."""

    def make(application, data):
        states = {"smile-prod": (ENDPOINT, application), "smile-prod-data": (DATA, data)}
        there = {name: None if state == NOT_YET else endpoint for name, (endpoint, state) in states.items()}
        monkeypatch.setattr(deploy_workloads, "endpoint_of", lambda name, _: there[name])
        monkeypatch.setattr(deploy_workloads, "answers", lambda endpoint: states[endpoint.cluster][1] == ANSWERS)

    return make


@pytest.mark.parametrize("refusal", ["", "error: no stack named 'prod' found"])
@pytest.mark.parametrize("states", [(NOT_YET, NOT_YET), (SILENT, SILENT), (ANSWERS, SILENT), (ANSWERS, NOT_YET)])
def test_the_rest_comes_up_first_where_a_kubernetes_api_does_not_answer(run, clusters, root, states, refusal):
    """Each cluster has controllers of its own, so that one which answers isn't enough."""
    clusters(*states)
    before = [{"type": "aws:s3/bucket:Bucket"}]
    code, said = run(PULUMI.format(refusal=refusal, resources=before), "update")
    assert code == 0
    assert "workloads:\n    enabled: false" in said.out
    assert "210987654321" in said.out
    assert "the Kubernetes API doesn't answer: all but the workloads; for these: smile tunnel --stack prod" in said.err
    assert "enabled: false" not in (root / "Pulumi.prod.yaml").read_text()


@pytest.mark.parametrize(
    ("states", "state", "says"),
    [
        ((SILENT, SILENT), WITH_WORKLOADS, "of smile-prod, smile-prod-data doesn't answer"),
        ((ANSWERS, SILENT), WITH_WORKLOADS, "of smile-prod-data doesn't answer"),
        ((SILENT, NOT_YET), WITH_WORKLOADS, "would delete; open a way first: smile tunnel --stack prod"),
        ((SILENT, SILENT), {"resources": [], "refusal": "denied"}, "can't be read: denied"),
    ],
)
def test_workloads_that_are_there_are_not_deleted_because_nobody_reaches_them(run, clusters, states, state, says):
    clusters(*states)
    code, said = run(PULUMI.format(**state), "update")
    assert (code, said.out) == (1, "")
    assert says in said.err


def test_a_cluster_that_is_added_later_keeps_the_workloads_of_another_on(run, clusters):
    clusters(ANSWERS, NOT_YET)
    code, said = run(PULUMI.format(refusal="", resources=[WORKLOAD]), "update")
    assert (code, said.out) == (0, "up --diff --stack\nas written\n")


def test_other_steps_ask_no_cluster(run, monkeypatch):
    monkeypatch.setattr(deploy_workloads, "endpoint_of", lambda *_: pytest.fail("asked"))
    assert run(PULUMI.format(refusal="", resources=[]), "plan")[0] == 1  # non-interactive


@pytest.mark.parametrize(
    ("step", "stack", "says"),
    [
        ("apply", "prod", ".smile/plans/prod.json; make it with: smile deploy plan --stack prod"),
        ("plan", "dev", "is an example of AWS's; set smile:account.id in Pulumi.dev.yaml"),
    ],
)
def test_nothing_is_run_where_something_is_missing(run, step, stack, says):
    code, said = run("print('ran')", step, stack)
    assert code == 1
    assert said.out == ""
    assert says in said.err


def test_nothing_is_run_with_state_elsewhere_or_without_an_engine(run, monkeypatch):
    monkeypatch.setattr(deploy.engine, "recorded", lambda _: None)
    assert "run: make setup" in run("print('ran')")[1].err
    monkeypatch.setenv("PULUMI_BACKEND_URL", "https://api.pulumi.com")
    code, said = run("print('ran')")
    assert (code, said.out) == (1, "")
    assert "the state would be at https://api.pulumi.com" in said.err


def test_make_says_which_stack_it_wants():
    done = subprocess.run(["make", "--dry-run", "plan"], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode != 0
    assert "say which stack: make plan STACK=prod" in done.stderr
