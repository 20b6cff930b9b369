"""``smile release``: what becomes of the weights, whatever the engine and the alarms do."""

import json
from datetime import UTC, datetime, timedelta

import boto3
import pytest
import yaml
from botocore.stub import Stubber

from cli import release as command
from cli.__main__ import main
from cli.release_steps import Job, carry_out, step
from cli.release_tools import Tools, alarms, canary
from cli.weights import ReleaseError
from settings import load_from_files
from tests.paths import ROOT
from tests.unit.cli.documents import documented

RULE = "urn:pulumi:prod::smile::platform:ingress:Ingress$aws:lb/listenerRule:ListenerRule::smile-ingress-orders"
TABLE = "urn:pulumi:prod::smile::aws:dynamodb/table:Table::other"
FILE = """\
# Kept.
config:
  smile:tags: {owner: somebody}  # kept too
"""
PROMOTE, ROLLBACK = None, 0
BEGIN = datetime(2026, 12, 1, 3, tzinfo=UTC)
RUNBOOK = ROOT / "docs" / "runbooks" / "release.md"


class Engine:
    """Stands in for pulumi: notes what the file says at each update, and fails when told to."""

    def __init__(self, root):
        self.root, self.deployed, self.others, self.fails = root, [], [], set()

    def __call__(self, words):
        release = load_from_files("prod", self.root).release
        if words[0] == "preview":
            return json.dumps({"steps": [{"op": "update", "urn": RULE}, {"op": "same", "urn": TABLE}, *self.others]})
        shares = release.of("orders").green
        self.deployed.append(shares)
        if shares in self.fails:
            raise ReleaseError("pulumi up failed (exit 255)")
        return ""


class Alarms:
    """Goes off once the new colour has ``share``."""

    def __init__(self, engine, share=None, *, always=False):
        self.engine, self.share, self.always = engine, share, always

    def __call__(self):
        live = self.engine.deployed[-1:] == [self.share]
        return ["smile-prod-orders-errors"] if live or self.always else []


@pytest.fixture
def program(write):
    """A stack's file with this text, in a project whose orders run in both colours."""

    def make(text):
        file = write(text)
        project = file.with_name("Pulumi.yaml")
        content = yaml.safe_load(project.read_text())
        content["config"]["smile:workloads"]["value"]["versions"] = {"orders": {"blue": "r7", "green": "r8"}}
        project.write_text(yaml.safe_dump(content))
        return file

    return make


@pytest.fixture
def root(program):
    return program(FILE).parent


@pytest.fixture
def engine(root):
    return Engine(root)


@pytest.fixture
def release(root, engine):
    """Run the command with the stand-ins; what it waited for is in ``release.waited``."""

    def run(share, alarms=None, canary=None, services=("orders",), watch_seconds=30, *, dry_run=False):
        tools = Tools(
            pulumi=engine,
            failing=alarms or Alarms(engine),
            canary=canary,
            wait=run.waited.append,
            now=lambda: BEGIN + timedelta(seconds=sum(run.waited)),
        )
        job = Job(
            root=root, stack="prod", services=services, watch_seconds=watch_seconds, canary_seconds=60, tools=tools
        )
        carry_out(job, share, dry_run=dry_run)

    run.waited = []
    return run


def now(root):
    """Blue and green share of orders, and what is under way."""
    settings = load_from_files("prod", root).release
    return settings.of("orders").blue, settings.of("orders").green, dict(settings.underway)


@pytest.mark.requirement("SMILE-DEPLOY-08")
def test_a_canary_gets_its_share_and_stays_under_way(root, engine, release):
    release(10)
    assert now(root) == (90, 10, {"orders": "green"})
    assert engine.deployed == [10]


@pytest.mark.requirement("SMILE-DEPLOY-09")
def test_promoting_goes_through_the_remaining_steps_and_ends_the_release(root, engine, release):
    release(10)
    release(PROMOTE)
    assert engine.deployed == [10, 50, 100]
    assert now(root) == (0, 100, {})


@pytest.mark.requirement("SMILE-DEPLOY-07")
def test_the_next_release_goes_to_the_other_colour(root, engine, release):
    release(10)
    release(PROMOTE)
    release(50)
    assert now(root) == (50, 50, {"orders": "blue"})
    release(ROLLBACK)
    assert now(root) == (0, 100, {})


@pytest.mark.requirement("SMILE-DEPLOY-10")
def test_alarms_are_watched_after_each_step(release):
    release(10, watch_seconds=40)
    assert sum(release.waited) == 40


@pytest.mark.requirement("SMILE-DEPLOY-10")
def test_the_gate_asks_for_the_alarms_of_the_stack_that_are_going_off(monkeypatch):
    cloudwatch = boto3.client("cloudwatch", "ap-southeast-3", aws_access_key_id="a", aws_secret_access_key="b")
    asked = {
        "AlarmNamePrefix": "smile-prod-",
        "StateValue": "ALARM",
        "AlarmTypes": ["MetricAlarm", "CompositeAlarm"],
    }
    pages = (
        {"MetricAlarms": [{"AlarmName": "smile-prod-orders-errors"}], "CompositeAlarms": [], "NextToken": "more"},
        # The window of an objective still shows what this release may mend.
        {
            "MetricAlarms": [{"AlarmName": "smile-prod-slo-latency-slow-long"}],
            "CompositeAlarms": [{"AlarmName": "smile-prod-down"}],
        },
    )
    monkeypatch.setattr(boto3, "client", lambda *_, **__: cloudwatch)
    with Stubber(cloudwatch) as stub:
        stub.add_response("describe_alarms", pages[0], asked)
        stub.add_response("describe_alarms", pages[1], asked | {"NextToken": "more"})
        assert alarms("prod", "ap-southeast-3")() == ["smile-prod-down", "smile-prod-orders-errors"]
        stub.add_client_error("describe_alarms", "AccessDenied")
        with pytest.raises(ReleaseError, match="--unwatched"):
            alarms("prod", "ap-southeast-3")()


@pytest.mark.requirement("SMILE-DEPLOY-10")
@pytest.mark.requirement("SMILE-OBS-18")
def test_each_step_waits_for_a_run_of_the_canary_that_began_after_it(release):
    asked = []

    def canary(since):
        asked.append(since)
        return "PASSED" if sum(release.waited) >= 60 * len(set(asked)) else None

    release(50, canary=canary)
    assert (set(asked), sum(release.waited)) == ({BEGIN}, 60)  # watched for 30 s, then for the run
    release(PROMOTE, canary=canary)
    assert sum(release.waited) == 120
    assert set(asked) == {BEGIN, BEGIN + timedelta(seconds=60)}


@pytest.mark.requirement("SMILE-DEPLOY-14")
@pytest.mark.parametrize(("outcome", "why"), [("FAILED", "ended with FAILED"), (None, "within 90 s")])
def test_a_canary_that_fails_or_doesnt_run_returns_all_requests_to_the_old_colour(root, engine, release, outcome, why):
    with pytest.raises(ReleaseError, match=f"rolled back.*{why}"):
        release(10, canary=lambda _: outcome)
    assert engine.deployed == [10, 0]
    assert now(root) == (100, 0, {})


def test_the_canary_is_asked_how_its_last_run_ended_and_a_run_from_before_says_nothing(monkeypatch):
    synthetics = boto3.client("synthetics", "ap-southeast-3", aws_access_key_id="a", aws_secret_access_key="b")
    monkeypatch.setattr(boto3, "client", lambda *_, **__: synthetics)

    def last(state, started):
        run = {"Status": {"State": state}, "Timeline": {"Started": started}}
        return {"CanariesLastRun": [{"CanaryName": "smile-prod-canary", "LastRun": run}]}

    later, before = BEGIN + timedelta(seconds=1), BEGIN - timedelta(seconds=1)
    with Stubber(synthetics) as stub:
        for state, started, said in (
            ("PASSED", later, "PASSED"),
            ("FAILED", later, "FAILED"),
            ("RUNNING", later, None),
            ("PASSED", before, None),
        ):
            stub.add_response("describe_canaries_last_run", last(state, started), {"Names": ["smile-prod-canary"]})
            assert canary("prod", "ap-southeast-3")(BEGIN) == said
        stub.add_response("describe_canaries_last_run", {"CanariesLastRun": []})
        assert canary("prod", "ap-southeast-3")(BEGIN) is None
        stub.add_client_error("describe_canaries_last_run", "AccessDenied")
        with pytest.raises(ReleaseError, match="--unwatched"):
            canary("prod", "ap-southeast-3")(BEGIN)


@pytest.mark.parametrize(("words", "watched", "probed"), [([], True, True), (["--unwatched"], False, False)])
def test_the_command_has_the_canary_of_the_stack_and_two_intervals_of_it_to_wait(
    root, monkeypatch, words, watched, probed
):
    monkeypatch.chdir(root)
    jobs = []
    monkeypatch.setattr(command, "carry_out", lambda job, share, *, dry_run: jobs.append(job))
    assert main(["release", "--stack", "prod", "--canary", "10", *words]) == 0
    (job,) = jobs
    assert (job.tools.failing is not None, job.tools.canary is not None) == (watched, probed)
    assert job.canary_seconds == 600


def test_the_document_has_the_weights_as_the_file_has_them_after_it(root, engine, monkeypatch, capsys):
    monkeypatch.chdir(root)
    monkeypatch.setattr(command, "pulumi", lambda _, words: engine(words))
    assert main(["release", "--stack", "prod", "--canary", "10", "--unwatched", "--json"]) == 0
    said = documented("release", capsys.readouterr().out, free=["weights", "underway"])
    assert said["weights"] == {"orders": {"blue": 90, "green": 10}}
    assert (said["services"], said["underway"]) == (["orders"], {"orders": "green"})


@pytest.mark.requirement("SMILE-DEPLOY-14")
@pytest.mark.parametrize("share", [10, 50, 100])
def test_an_alarm_returns_all_requests_to_the_old_colour(root, engine, release, share):
    alarms = Alarms(engine, share)
    if share > 10:
        release(10, alarms=alarms)
    with pytest.raises(ReleaseError, match=r"rolled back.*smile-prod-orders-errors"):
        release(PROMOTE if share > 10 else 10, alarms=alarms)
    assert engine.deployed[-2:] == [share, 0]
    assert now(root) == (100, 0, {})


@pytest.mark.requirement("SMILE-DEPLOY-14")
def test_a_failed_update_returns_all_requests_to_the_old_colour(root, engine, release):
    engine.fails = {10}
    with pytest.raises(ReleaseError, match="rolled back"):
        release(10)
    assert now(root) == (100, 0, {})


def test_a_rollback_that_fails_says_what_to_do_and_can_be_tried_again(root, engine, release):
    engine.fails = {10, 0}
    with pytest.raises(ReleaseError, match="--rollback"):
        release(10)
    engine.fails = set()
    release(ROLLBACK)
    assert now(root) == (100, 0, {})


def test_a_release_that_was_cut_off_is_resumed_where_it_stands(root, engine, release):
    def cut_off(_seconds):
        raise KeyboardInterrupt

    job = Job(
        root=root,
        stack="prod",
        services=["orders"],
        watch_seconds=30,
        tools=Tools(pulumi=engine, failing=Alarms(engine), wait=cut_off),
    )
    with pytest.raises(KeyboardInterrupt):
        step(job, 50)
    assert now(root) == (50, 50, {"orders": "green"})
    release(PROMOTE)
    assert engine.deployed == [50, 100]
    assert now(root) == (0, 100, {})


@pytest.mark.parametrize("other", [{"op": "create", "urn": TABLE}, {"op": "replace", "urn": RULE}])
def test_nothing_is_released_that_changes_more_than_weights(root, engine, release, other):
    engine.others = [other]
    with pytest.raises(ReleaseError, match="nothing was changed"):
        release(10)
    assert engine.deployed == []
    assert (root / "Pulumi.prod.yaml").read_text() == FILE


def test_nothing_is_released_while_an_alarm_is_going_off_but_taken_back_it_is(root, engine, release):
    with pytest.raises(ReleaseError, match="going off already"):
        release(10, alarms=Alarms(engine, always=True))
    assert engine.deployed == []
    release(10)
    release(ROLLBACK, alarms=Alarms(engine, always=True))
    assert now(root) == (100, 0, {})


def test_a_dry_run_changes_nothing(root, engine, release):
    release(10, dry_run=True)
    assert engine.deployed == []
    assert (root / "Pulumi.prod.yaml").read_text() == FILE


@pytest.mark.parametrize("share", ["0", "100", "-1", "101", "ten"])
def test_a_canary_outside_its_range_is_refused(share, capsys):
    assert main(["release", "--stack", "prod", f"--canary={share}"]) == 2
    assert "1 to 99" in capsys.readouterr().err


def test_unknown_services_and_nothing_under_way_are_refused(root, monkeypatch, capsys):
    monkeypatch.chdir(root)
    for words, said in (
        (["--canary", "10", "--service", "order"], "did you mean"),
        (["--promote"], "no release of these services is under way"),
    ):
        assert main(["release", "--stack", "prod", "--unwatched", *words]) == 1
        assert said in capsys.readouterr().err


@pytest.mark.parametrize(
    "text",
    [
        FILE,
        "config: {}\n",
        "config: {} # nothing yet\n",
        "",
        "# only this\n",
        "config:\n    smile:release:\n        steps: [20, 100]  # ours\n    # next\n    smile:tags: {owner: a}\n",
        "config:\n  smile:release: {weights: {orders: {blue: 50, green: 50}}}\nencryptionsalt: v1:a\n",
        "encryptionsalt: v1:a\nconfig:\n  smile:tags:\n    owner: a\n\n# the end\n",
    ],
)
def test_a_file_keeps_all_but_the_weights(program, release, text):
    file = program(text)
    before = yaml.safe_load(text) or {}
    release(10)
    after = yaml.safe_load(file.read_text())
    section = after["config"].pop("smile:release")
    assert section["weights"]["orders"] in ({"blue": 90, "green": 10}, {"blue": 10, "green": 90})
    kept = (before.get("config") or {}).pop("smile:release", {})
    assert section.get("steps") == kept.get("steps")
    before["config"] = before.get("config") or {}
    assert after == before
    assert [line for line in text.splitlines() if line.startswith("#")] == [
        line for line in file.read_text().splitlines() if line.startswith("#")
    ]


def test_a_form_that_cannot_be_kept_is_refused_and_left_alone(program, release):
    text = "config: {smile:tags: {owner: a}}\n"
    file = program(text)
    with pytest.raises(ReleaseError, match="lines of its own"):
        release(10)
    assert file.read_text() == text


@pytest.mark.requirement("SMILE-DEPLOY-14")
def test_the_runbook_says_how_to_release_and_what_comes_back_by_itself():
    text = RUNBOOK.read_text()
    steps = load_from_files("prod").release.steps
    for said in (
        "--canary 10",
        "--promote",
        "--rollback",
        " -> ".join(f"{share} %" for share in steps),
        "last good commit",
    ):
        assert said in text
