"""The canary: what it asks for, with which rights, what it leaves, and who hears of failures and of silence."""

import json

import pytest

from components.canary.canary import Canary, CanaryArgs
from components.canary.settings import Canary as Settings
from components.canary.settings import Probe
from components.storage.bucket import Bucket, BucketArgs, Lifecycle
from functions.canary import handler
from tests.recording import record
from tests.stacks import broken, configured, settings_of
from tests.unit.conftest import KEY

CANARY, ALARM = "synthetics/canary:Canary", "cloudwatch/metricAlarm:MetricAlarm"
LOGS, CODE = "cloudwatch/logGroup:LogGroup", "s3/bucketObjectv2:BucketObjectv2"
LIFECYCLE = "s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration"
TELEMETRY = KEY.replace("logs", "telemetry")
BUCKET = "smile5-canary-prod-123456789012"
PROBES = {
    "site": Probe(target="/", contains='id="root"'),
    "api": Probe(target="https://api.smile.example/health", status=204, within_seconds=3),
}


@pytest.fixture(scope="module")
def canary(context):
    def make(**settings):
        def program():
            bucket = {"data_class": "confidential", "key": None, "lifecycle": Lifecycle(expire=30)}
            logs = Bucket("logs", BucketArgs(context=context, name="logs", purpose="logs", **bucket))
            args = CanaryArgs(
                context=context,
                settings=Settings(**{"probes": PROBES} | settings),
                host="smile.example",
                bucket_name=BUCKET,
                access_logs=logs,
            )
            Canary("smile-canary", args)

        return record(program)

    return make


@pytest.fixture(scope="module")
def made(canary):
    return canary()


@pytest.mark.requirement("SMILE-OBS-18")
def test_it_runs_every_five_minutes_from_the_beginning(made, canary):
    found = made.one(CANARY)
    assert found["schedule"] == {"expression": "rate(5 minutes)"}
    assert found["startCanary"] is True
    assert canary(every_minutes=1).one(CANARY)["schedule"] == {"expression": "rate(1 minute)"}


def test_its_code_is_given_whole_urls_and_what_a_good_answer_is(made):
    given = json.loads(made.one(CANARY)["runConfig"]["environmentVariables"]["PROBES"])
    assert [handler.Probe(**each) for each in given] == [
        handler.Probe(name="site", url="https://smile.example/", status=200, contains='id="root"', within_seconds=5),
        handler.Probe(name="api", url="https://api.smile.example/health", status=204, contains="", within_seconds=3),
    ]


def test_its_archive_has_the_code_where_the_runtime_looks_and_a_new_one_is_a_new_version(made):
    code, found = made.one(CODE), made.one(CANARY)
    assert set(code["source"].assets) == {"python/handler.py"}
    assert callable(getattr(handler, found["handler"].removeprefix("handler.")))
    assert (found["s3Key"], found["s3Version"]) == (code["key"], "version:BucketObjectv2/smile-canary")


def test_what_runs_leave_is_encrypted_with_the_stacks_key_and_goes_after_a_month_but_the_code_stays(made):
    found = made.one(CANARY)
    assert found["artifactS3Location"] == f"s3://{BUCKET}/runs"
    assert found["artifactConfig"] == {"s3Encryption": {"encryptionMode": "SSE_KMS", "kmsKeyArn": TELEMETRY}}
    everything, runs = made.of(LIFECYCLE)["smile-canary"]["rules"]
    assert "days" not in everything["expiration"]
    assert (runs["filter"], runs["expiration"]) == ({"prefix": "runs/"}, {"days": 31})
    assert not made.one(CODE)["key"].startswith("runs/")


def test_its_function_writes_to_a_log_group_of_the_stacks_alone(canary):
    made = canary()
    assert made.permissions("smile-canary")["WriteLogs"]["Action"] == ["logs:CreateLogStream", "logs:PutLogEvents"]
    (group,) = made.of(LOGS).values()
    assert group["name"].startswith("/aws/lambda/cwsyn-smile-prod-canary-")
    assert (group["retentionInDays"], group["kmsKeyId"]) == (30, KEY)


def test_it_may_keep_its_own_runs_and_count_them_and_nothing_else(made):
    allowed = made.permissions("smile-canary")
    assert allowed["KeepRuns"]["Resource"] == [f"arn:aws:s3:::{BUCKET}/runs/*"]
    assert allowed["FindBucket"]["Resource"] == [f"arn:aws:s3:::{BUCKET}"]
    assert allowed["WriteMetrics"]["Condition"] == {"StringEquals": {"cloudwatch:namespace": "CloudWatchSynthetics"}}
    everywhere = {sid for sid, each in allowed.items() if each["Resource"] == ["*"]}
    assert everywhere == {"ListBuckets", "WriteMetrics"}


@pytest.mark.requirement("SMILE-DEPLOY-10")
def test_one_failed_run_and_two_that_are_missing_ring_where_a_release_looks(made, context):
    alarm = made.one(ALARM)
    assert alarm["name"].startswith(f"{context.environment.prefix}-")
    assert (alarm["comparisonOperator"], alarm["threshold"]) == ("LessThanThreshold", 100)
    assert (alarm["evaluationPeriods"], alarm["period"], alarm["treatMissingData"]) == (1, 600, "breaching")
    assert alarm["dimensions"] == {"CanaryName": made.one(CANARY)["name"]}
    assert alarm["alarmActions"] == [context.topics["critical"]]
    assert alarm["alarmDescription"].endswith("/edge.md")


def test_its_time_is_that_of_the_code_for_late_answers():
    settings = Settings(probes=PROBES)
    assert settings.longest_seconds == sum(
        handler.ATTEMPTS * each.within_seconds + handler.PAUSE_SECONDS for each in PROBES.values()
    )


@pytest.mark.parametrize(
    ("canary", "path", "what"),
    [
        ({"enabled": False}, ("enabled",), "got false in production"),
        ({"probes": {}}, ("probes",), "got none"),
        (
            {"probes": {"site": {"target": "https://example.org/"}}},
            ("probes", "site", "target"),
            "got \"https://example.org/\": example.org isn't the stack's",
        ),
        (
            {"probes": {"site": {"target": "https://evilsmile.example.go.id/"}}},
            ("probes", "site", "target"),
            "got \"https://evilsmile.example.go.id/\": evilsmile.example.go.id isn't the stack's",
        ),
        (
            {"probes": {f"p{n}": {"target": "/", "within_seconds": 30} for n in range(4)}},
            ("probes",),
            "slow answers to all of them, asked for twice, would take 248 s",
        ),
    ],
)
def test_a_canary_that_shows_nothing_or_asks_somebody_else_is_refused(canary, path, what):
    given = {"probes": {"site": {"target": "/"}}} | canary
    settings = settings_of("prod", canary=given, dns={"domain": "smile.example.go.id"})
    (finding,) = broken(settings, "canary")
    assert (finding.path, finding.what) == (("canary", *path), what)


def test_names_under_the_domain_and_no_canary_in_development_are_fine():
    probes = {
        "site": {"target": "https://www.smile.example.go.id/"},
        "apex": {"target": "https://smile.example.go.id/"},
    }
    assert broken(settings_of("prod", canary={"probes": probes}, dns={"domain": "smile.example.go.id"}), "canary") == []
    assert broken(settings_of("dev", canary={"enabled": False}), "canary") == []


@pytest.mark.parametrize(
    ("section", "path"),
    [
        ({"frontend": {"countries": ("MY",)}}, ("frontend", "countries")),
        ({"ingress": {"firewall": {"countries": ("MY",)}}}, ("ingress", "firewall", "countries")),
    ],
)
def test_countries_that_are_served_have_the_canarys(section, path):
    given = {"canary": {"probes": {"site": {"target": "/"}}}, "dns": {"domain": "smile.example.go.id"}}
    (finding,) = broken(settings_of("prod", **given, **section), "canary")
    assert finding.path == path


@pytest.mark.parametrize(("stack", "on"), [("dev", False), ("staging", True), ("prod", True)])
def test_the_kind_of_environment_says_whether_it_runs_where_nobody_else_does(stack, on):
    assert configured({"smile:canary": {"probes": {"site": {"target": "/"}}}}, stack).canary.enabled is on
