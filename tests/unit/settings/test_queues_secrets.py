"""Queues, secrets and parameters as settings: what is documented, and what is refused with its valid range."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from components.cache.settings import access_string
from components.queues.settings import FIFO, LONGEST_QUEUE_NAME, Queue, Queues, dead_letter_name
from components.secrets.settings import plain_name
from settings import loader
from tests.stacks import STACKS, broken, declared, settings_of


@pytest.mark.requirement("SMILE-SQS-01")
@pytest.mark.requirement("SMILE-SQS-02")
@pytest.mark.parametrize("stack", STACKS)
def test_every_stack_has_a_queue_of_each_kind(stack):
    queues = loader.from_files(stack).queues.queues
    documented = {"jobs": "standard", f"stock-movements{FIFO}": "fifo"}
    added = {name: entry.get("kind", "standard") for name, entry in declared("queues", "queues").items()}
    assert {name: queue.kind for name, queue in queues.items()} == added | documented


@pytest.mark.requirement("SMILE-SECRETS-03")
def test_an_empty_file_rotates_every_thirty_days_with_the_least_privileges(load):
    settings = load("config: {}")
    assert settings.secrets.rotation_days == 30
    assert settings.database.users["application"].privileges == ("SELECT", "INSERT", "UPDATE", "DELETE")


QUEUES = [
    ("orders: {kind: fifo}", "queues.orders: a FIFO queue named orders; valid: orders.fifo, or kind: standard"),
    ("orders.fifo: {}", "a standard queue named orders.fifo; valid: orders, or kind: fifo"),
    ("'or ders': {}", "letters, digits, '-' and '_'"),
    (f"{'q' * 81}: {{}}", "1 to 80 letters"),
    (f"{'q' * 65}: {{}}", "has more than 80 characters; valid: a name of at most 64 characters"),
    ("orders: {retention_days: 15}", "queues.orders.retention_days: got 15; valid: 1 to 14"),
    ("orders: {retention_days: 0}", "got 0; valid: 1 to 14"),
    ("orders: {visibility_seconds: 43201}", "got 43201; valid: 0 to 43200"),
    ("orders: {wait_seconds: 21}", "got 21; valid: 0 to 20"),
    ("orders: {max_receive_count: 0}", "got 0; valid: 1 to 1000"),
    ("orders: {max_receive_count: '5'}", 'got "5"'),
    ("orders: {kind: fif}", "did you mean fifo?"),
    ("orders: {visibility: 5}", "queues.orders.visibility: unknown key"),
    ("orders: {producers: [sqs]}", "got \"sqs\""),
    ("orders.fifo: {kind: fifo, producers: [s3]}", "s3 can't send to a FIFO queue; valid: events, sns"),
    ("orders: 5", "queues.orders: got 5"),
]  # fmt: skip


@pytest.mark.parametrize(("written", "said"), QUEUES)
def test_a_queue_that_aws_refuses_is_refused(mistakes, written, said):
    (line,) = mistakes(f"config:\n  smile:queues:\n    queues:\n      {written}\n")
    assert line.startswith("Pulumi.prod.yaml:4: smile:queues.queues")
    assert said in line


def test_a_queue_with_the_name_of_anothers_dead_letters_is_refused(mistakes):
    (line,) = mistakes("config:\n  smile:queues:\n    queues:\n      jobs: {}\n      jobs-dead: {}\n")
    assert line.startswith("Pulumi.prod.yaml:5: smile:queues.queues.jobs-dead: is the dead-letter queue of jobs")


def test_a_queue_that_is_written_twice_is_refused(mistakes):
    (line,) = mistakes("config:\n  smile:queues:\n    queues:\n      jobs: {}\n      jobs: {}\n")
    assert "smile:queues.queues.jobs: written before, on line 4" in line


@pytest.mark.requirement("SMILE-SQS-07")
def test_alarms_are_off_in_dev_only(mistakes):
    dev = settings_of("dev", queues=Queues(alarms=False))
    assert broken(dev, "queues") == []
    said = mistakes("config: {smile:queues: {alarms: false}}", "staging")
    assert any("got false; valid: true in staging; false in development only" in line for line in said)


SECRETS = [
    ("recovery_days: 7", "got 7; valid: 30 in production"),
    ("recovery_days: 31", "got 31; valid: 7 to 30"),
    ("rotation_days: 91", "got 91; valid: 1 to 90"),
    ("rotation_days: 0", "got 0"),
    ("external: {Partner: x}", "1 to 64 lower-case letters"),
    ("parameters: {db-password: x}", "is the name of a secret: it belongs into Secrets Manager"),
    ("parameters: {Host: x}", "lower-case letters, digits"),
    ("parameters: {host: ''}", 'got ""'),
    ("parameters: {host: {secure: v1:c2VjcmV0}}", "is or holds an encrypted value"),
]  # fmt: skip


@pytest.mark.parametrize(("written", "said"), SECRETS)
def test_a_secret_or_parameter_that_cannot_work_is_refused(mistakes, written, said):
    (line,) = mistakes(f"config:\n  smile:secrets:\n    {written}\n")
    assert line.startswith("Pulumi.prod.yaml:3: smile:secrets")
    assert said in line


USERS = [
    ("database", "{application: {privileges: [SELECT, SUPER]}}", 'privileges[1]: got "SUPER"; valid: mysql: SELECT'),
    ("database", "{application: {privileges: []}}", "privileges: got []"),
    ("database", "{application: {privileges: [TRUNCATE]}}", "application.privileges: TRUNCATE, which mysql has not"),
    ("database", "{application: {database: a-b}}", 'database: got "a-b"; valid: a letter'),
    ("database", "{Application: {}}", "1 to 26 lower-case letters"),
    ("database", f"{{{'u' * 27}: {{}}}}", "1 to 26 lower-case letters"),
    ("database", "{root: {}}", "is taken"),
    ("database", "{app_clone: {}}", "a name that doesn't end with _clone"),
    ("cache", "{default: {}}", "is taken"),
    ("cache", f"{{{'r' * 21}: {{}}}}", "1 to 20 lower-case letters"),
    ("cache", "{reports: {access: 'on ~* +@all'}}", "on is no key, channel or command rule"),
    ("cache", "{reports: {access: '~* >hunter2hunter2hunter2'}}", "no on, off or password"),
]  # fmt: skip


@pytest.mark.parametrize(("section", "written", "said"), USERS)
def test_a_user_that_cannot_work_is_refused(mistakes, section, written, said):
    (line,) = mistakes(f"config:\n  smile:{section}:\n    users: {written}\n")
    assert line.startswith(f"Pulumi.prod.yaml:3: smile:{section}.users")
    assert said in line


NAMES = st.from_regex(r"[a-b_-]{1,3}(-dead)?(\.fifo)?", fullmatch=True) | st.from_regex(r"[a-z]{55,80}", fullmatch=True)


@pytest.mark.requirement("SMILE-SQS-03")
@given(st.dictionaries(NAMES, st.sampled_from(["standard", "fifo"]), max_size=6), st.sampled_from(STACKS))
def test_queues_that_pass_all_have_names_of_their_own_that_aws_takes(kinds, stack):
    queues = Queues(queues={name: Queue(kind=kind) for name, kind in kinds.items()})
    if broken(settings_of(stack, queues=queues), "queues"):
        return
    names = [each for name in kinds for each in (name, dead_letter_name(name))]
    assert len(set(names)) == 2 * len(kinds)
    assert all(len(f"smile-{stack}-{name}") <= LONGEST_QUEUE_NAME for name in names)
    assert all(
        each.endswith(FIFO) == (kinds[name] == "fifo") for name in kinds for each in (name, dead_letter_name(name))
    )


@given(st.text(max_size=30))
def test_an_access_string_never_carries_a_password_or_switches_a_user_on(text):
    try:
        words = access_string(text).split()
    except ValueError:
        return
    assert not {"on", "off", "nopass", "reset", "resetpass"} & set(words)
    assert not any(word[0] in "><#!" for word in words)


@pytest.mark.parametrize("name", ["queues/jobs", "time-zone", "keyboard", "compass"])
def test_a_plain_name_passes(name):
    assert plain_name(name) == name
