"""The application's functions as settings: what is refused, and in which words."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from components.functions import code
from components.functions.settings import expression
from settings import load_from_files

QUEUES = "  smile:queues: {queues: {jobs: {}, stock-movements.fifo: {kind: fifo}}}\n"
PROD = load_from_files("prod")
QUEUE_NAMES, BUCKET_NAMES = ", ".join(PROD.queues.queues), ", ".join(PROD.storage.of_services)
CASES = [
    (
        "count-jobs: {}",
        "functions/count_jobs/handler.py does not exist: write it, with handle(event, context), or name another",
    ),
    ("count: {code: cuont}", "code: functions/cuont/handler.py does not exist: write it"),
    ("count: {code: ../secrets}", 'code: got "../secrets"'),
    ("Count: {code: export_database}", "application.Count"),
    (f"{'c' * 31}: {{code: export_database}}", "names of up to 30"),
    ("count: {code: export_database, memory_mib: 127}", "memory_mib: got 127; valid: 128 to 10240"),
    ("count: {code: export_database, memory_mib: 10241}", "memory_mib: got 10241; valid: 128 to 10240"),
    ("count: {code: export_database, timeout_seconds: 901}", "timeout_seconds: got 901; valid: 1 to 900"),
    ("count: {code: export_database, timeout_seconds: 0}", "timeout_seconds: got 0; valid: 1 to 900"),
    ("count: {code: export_database, concurrency: 0}", "concurrency: got 0; valid: 1 to 100"),
    ("count: {code: export_database, batch_size: 11}", "batch_size: got 11; valid: 1 to 10"),
    (
        "count: {code: export_database, runtime: python3.9}",
        'runtime: got "python3.9", did you mean python3.14? valid: python3.13',
    ),
    ("count: {code: export_database, schedule: daily}", 'schedule: got "daily"; valid: rate(N minutes'),
    ("count: {code: export_database, receives: [jbos]}", "receives: there is no jbos, did you mean jobs? valid: jobs"),
    ("count: {code: export_database, sends: [x]}", f"sends: there is no x; valid: {QUEUE_NAMES}"),
    ("count: {code: export_database, secrets: [mysql/x]}", "secrets: there is no mysql/x"),
    ("count: {code: export_database, reads: [logs]}", f"reads: there is no logs; valid: {BUCKET_NAMES}"),
    ("count: {code: export_database, variables: {DB_PASSWORD: x}}", "variables.DB_PASSWORD"),
    ("count: {code: export_database, memory: 256}", "memory: unknown key"),
    (
        "count: {code: export_database, receives: [jobs], timeout_seconds: 301}",
        "timeout_seconds: got 301, longer than a message of its queues is hidden; valid: 1 to 300",
    ),
    ("count: {code: export_database, receives: [jobs], concurrency: 1}", "concurrency: got 1; valid: 2 or more"),
]


@pytest.mark.requirement("SMILE-LAMBDA-01")
@pytest.mark.parametrize(("text", "says"), CASES)
def test_what_is_wrong_is_refused_with_what_is_valid(mistakes, text, says):
    (line,) = mistakes(f"config:\n  smile:functions:\n    application:\n      {text}\n{QUEUES}")
    assert line.startswith("Pulumi.prod.yaml:4: smile:functions.application")
    assert says in line


PROFILE = "arn:aws:signer:ap-southeast-3:123456789012:/signing-profiles/smile/a1B2c3D4e5"


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("{signing: enforce}", "arns: nobody is trusted while signing is enforce; valid: such as arn:aws:signer:"),
        ("{signing: always}", 'signing: got "always"; valid: off, warn, enforce'),
        (
            f"{{signing_profile_version_arns: ['{PROFILE.replace('123456789012', '111122223333')}']}}",
            "arns[0]: is of another account, and the first one signs; valid: a profile of account 123456789012",
        ),
        (f"{{signing_profile_version_arns: ['{PROFILE.replace('southeast-3', 'southeast-1')}']}}", "arns[0]: got"),
        (f"{{signing_profile_version_arns: ['{PROFILE.rpartition('/')[0]}']}}", "arns[0]: got"),
    ],
)
def test_signed_code_needs_profiles_that_the_account_can_sign_with(mistakes, text, says):
    (line,) = mistakes(f"config:\n  smile:functions: {text}\n")
    assert line.startswith("Pulumi.prod.yaml:2: smile:functions.signing")
    assert says in line


def test_a_handler_that_lambda_cannot_call_is_refused(mistakes, tmp_path, monkeypatch):
    monkeypatch.setattr(code, "FUNCTIONS", tmp_path / "functions")
    folder = tmp_path / "functions" / "count"
    folder.mkdir(parents=True)
    (folder / "handler.py").write_text("def handler(event, context): pass\n")
    (line,) = mistakes("config:\n  smile:functions: {application: {count: {}}}\n")
    assert "application.count.code: functions/count/handler.py has no handle(event, context); valid: count" in line


def test_code_may_be_signed_by_others_as_well(load):
    other = PROFILE.replace("123456789012", "111122223333")
    text = f"config:\n  smile:functions: {{signing: warn, signing_profile_version_arns: ['{PROFILE}', '{other}']}}\n"
    assert load(text).functions.signing_profile_version_arns == (PROFILE, other)


@pytest.mark.requirement("SMILE-LAMBDA-03")
def test_a_function_has_defaults_for_all_but_its_code(load):
    text = (
        "config:\n  smile:functions:\n    application:\n      count: {code: export_database, schedule: rate(1 day)}\n"
    )
    (count,) = load(text).functions.application.values()
    assert (count.runtime, count.memory_mib, count.timeout_seconds, count.concurrency) == ("python3.13", 256, 60, 2)


@pytest.mark.parametrize(
    "text",
    ["rate(1 minute)", "rate(6 hours)", "cron(30 1 * * ? *)", "cron(0/15 8-17 ? * MON-FRI *)", "cron(0 0 L * ? 2027)"],
)
def test_a_schedule_that_aws_takes_passes(text):
    assert expression(text) == text


@pytest.mark.parametrize(
    "text",
    [
        "rate(1 hours)",
        "rate(2 hour)",
        "rate(0 hours)",
        "cron(0 1 * * * *)",
        "cron(0 1 ? * ? *)",
        "cron(60 1 * * ? *)",
        "cron(0 24 * * ? *)",
        "cron(0 1 * * ?)",
        "0 1 * * ? *",
    ],
)
def test_a_schedule_that_aws_refuses_is_refused(text):
    with pytest.raises(ValueError):  # noqa: PT011 - the setting says what is valid
        expression(text)


@given(st.integers(0, 59), st.integers(0, 23))
def test_any_minute_of_any_day_is_a_schedule(minute, hour):
    text = f"cron({minute} {hour} * * ? *)"
    assert expression(text) == text
