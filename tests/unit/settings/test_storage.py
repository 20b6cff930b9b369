"""Settings of the buckets: what holds without a word, what is refused, and in which words."""

import pytest

from components.encryption.encryption_keys import CLASSES
from components.storage.settings import Storage
from settings import load_from_files
from settings.rules.storage import KEYS
from tests.stacks import STACKS

ACCOUNT = "123456789012"

CASES = [
    ("buckets: {Documents: {holds: x, data_class: personal, key: objects}}", "names of up to 40 lower-case letters"),
    ("buckets: {a: {data_class: personal, key: objects}}", "buckets.a.holds"),
    ("buckets: {a: {holds: x, data_class: personal, key: objects, keep: 1}}", "buckets.a.keep: unknown key"),
    ("buckets: {a: {holds: x, data_class: secret, key: objects}}", "valid: internal, confidential, personal"),
    ("buckets: {a: {holds: x, data_class: personal, key: objects, retention: logz}}", "did you mean logs?"),
    ("buckets: {a: {holds: x, data_class: personal, key: objects, deliveries: [trials]}}", "did you mean trails?"),
    (
        "buckets: {a: {holds: x, data_class: personal, key: objects, alarm_tb: 0}}",
        "alarm_tb: got 0; valid: 0.001 to 5000",
    ),
    ("name_root: Smile", 'name_root: got "Smile"'),
    ("cors_origins: ['*']", 'cors_origins[0]: got "*"; valid: https:// and a host name'),
    ("cors_origins: ['https://*.example.org']", "never *"),
    ("cors_origins: ['http://app.example.org']", "cors_origins[0]"),
    ("cors_origins: ['https://app.example.org/']", "cors_origins[0]"),
    ("cors_origins: ['https://app.example.org:70000']", "got port 70000; valid: ports 1 to 65535"),
    ("cors_origins: ['https://a.example.org', 'https://a.example.org']", "again; valid: each origin once"),
    ("log_transitions: {STANDARD_IA: 29, GLACIER: 120}", "log_transitions.STANDARD_IA: got 29; valid: 30 or more"),
    ("log_transitions: {GLACIER: 30, DEEP_ARCHIVE: 119}", "log_transitions.DEEP_ARCHIVE: got 119; valid: 120 or more"),
    ("log_transitions: {GLACIER: 120, DEEP_ARCHIVE: 30}", "log_transitions.DEEP_ARCHIVE: got 30; valid: 210 or more"),
    ("log_transitions: {GLACIER: -1}", "log_transitions.GLACIER: got -1; valid: 0 or more"),
    ("log_transitions: {FREEZER: 30}", "log_transitions.FREEZER: got"),
    ("log_transitions: {GLACIER: soon}", 'log_transitions.GLACIER: got "soon"; valid: ages in days'),
    (
        "backup_transitions: {DEEP_ARCHIVE: 2400}",
        "backup_transitions: doesn't go with smile:storage.retention_days (got 2557, before backup_transitions end)",
    ),
    ("retention_days: 2556", "retention_days: got 2556; valid: 2557 or more in production"),
    ("retention_days: 36501", "retention_days: got 36501; valid: 8 to 36500"),
    ("noncurrent_days: 7", "noncurrent_days: got 7; valid: 8 to 365"),
    ("abort_upload_days: 31", "abort_upload_days: got 31; valid: 1 to 30"),
    ("object_lock: {mode: none}", 'object_lock.mode: got "none"; valid: governance or compliance in production'),
    ("object_lock: {mode: compliance}", "compliance mode can't be undone, and object_lock.approval is empty"),
    ("object_lock: {mode: compliance, approval: ' '}", "valid: governance, or the approval's reference"),
    ("object_lock: {mode: legal}", "valid: none, governance, compliance"),
]


BUCKETS = [
    ("audit: null, logs: null", "buckets: lacks audit, logs; valid: at least access-logs, archive, assets, audit,"),
    (
        "access-logs: {deliveries: [load_balancer_logs]}",
        "access-logs.deliveries: lacks s3_access_logs; valid: at least",
    ),
    ("logs: {lock: all}", 'buckets.logs.lock: got "all", and AWS Config delivers there; valid: none'),
    (
        "logs: {deliveries: []}",
        "logs.deliveries: lacks flow_logs, dns_queries, distribution_logs, configuration_history; valid",
    ),
    (
        "documents: {key: objcts}",
        'buckets.documents.key: got "objcts"; valid: objects or logs or analytics or queries or backups',
    ),
    (
        "documents: {key: SSE-S3}",
        'buckets.documents.key: got "SSE-S3"; valid: objects or logs or analytics or queries or backups',
    ),
    ("assets: {key: backups}", 'buckets.assets.key: got "backups"; valid: objects'),
    ("log-copies: {key: logs}", 'buckets.log-copies.key: got "logs"; valid: log-copies'),
    ("access-logs: {key: logs}", 'buckets.access-logs.key: got "logs"; valid: SSE-S3'),
    ("audit: {key: objects}", 'buckets.audit.key: got "objects"; valid: logs'),
    ("audit: {lock: by_writers}", 'buckets.audit.lock: got "by_writers"; valid: all in production for what is named'),
    ("backups: {lock: none}", 'buckets.backups.lock: got "none"; valid: all or by_writers in production for what is'),
    (
        "documents: {name: acme-archive}",
        'documents.lock (got "none"); valid: for smile:storage.buckets.documents.lock, all in production for what is',
    ),
    ("access-logs: {lock: all}", 'buckets.access-logs.lock: got "all"; valid: none or by_writers where S3 delivers'),
]


NAMES = [
    *((name, "not a bucket name") for name in (
        "ab", "Documents", "documents_smile", "smile.documents", "192.168.0.1", "-documents", "documents-", "a" * 64,
    )),
    ("xn--documents", "AWS keeps xn-- for itself"),
    ("sthree-documents", "AWS keeps sthree- for itself"),
    ("amzn-s3-demo-documents", "AWS keeps amzn-s3-demo- for itself"),
    ("documents-s3alias", "AWS keeps -s3alias for itself"),
    ("documents--ol-s3", "AWS keeps --ol-s3 for itself"),
    ("documents--x-s3", "AWS keeps --x-s3 for itself"),
]  # fmt: skip
USE = "holds: x, data_class: personal, key: objects"


@pytest.mark.parametrize(("name", "says"), NAMES)
def test_a_name_that_s3_does_not_take_is_refused(mistakes, name, says):
    (line,) = mistakes(f"config:\n  smile:storage: {{buckets: {{documents: {{{USE}, name: {name}}}}}}}")
    assert "buckets.documents.name: got" in line
    assert says in line


@pytest.mark.parametrize(
    ("buckets", "says"),
    [
        (f"one: {{{USE}, name: acme-x}}, two: {{{USE}, name: acme-x}}", "acme-x is the name of the one bucket"),
        (f"one: {{{USE}, name: smile5-two-prod-{ACCOUNT}}}, two: {{{USE}}}", "is the name of the two bucket"),
        (
            "acl: {holds: x, data_class: internal, key: logs, name: acme-acl, deliveries: [web_acl_logs]}",
            "a name that begins with aws-waf-logs-",
        ),
    ],
)
def test_a_name_that_cannot_be_had_is_refused(mistakes, buckets, says):
    (line,) = mistakes(f"config:\n  smile:storage: {{buckets: {{{buckets}}}}}")
    assert says in line


@pytest.mark.parametrize(("buckets", "says"), BUCKETS)
def test_a_bucket_that_cannot_do_what_it_is_for_is_refused(mistakes, buckets, says):
    (line,) = mistakes(f"config:\n  smile:storage: {{buckets: {{{buckets}}}}}")
    assert says in line


def test_nothing_needs_a_lock_in_development(load):
    text = f"config:\n  smile:storage: {{buckets: {{audit: {{lock: none}}, my-archive: {{{USE}}}}}}}"
    buckets = load(text, "dev").storage.buckets
    assert [buckets[bucket].lock for bucket in ("audit", "my-archive")] == ["none", "none"]


def test_keys_of_buckets_are_those_that_s3_may_use():
    able = [name for name, about in CLASSES.items() if "s3" in about.use.via]
    delivered = [name for name in able if CLASSES[name].use.trails and "delivery.logs" in CLASSES[name].use.producers]
    # The canary's bucket is none of these, and that of the log archive has a key that no other may have.
    assert sorted(KEYS) == sorted({*able} - {"telemetry", "log-copies"})
    assert delivered == ["logs"]
    assert [name for name in able if CLASSES[name].use.distributions] == ["objects"]


@pytest.mark.parametrize(("text", "says"), CASES)
def test_what_is_wrong_is_refused_with_what_is_valid(mistakes, text, says):
    (line,) = mistakes(f"config:\n  smile:storage: {{{text}}}")
    assert line.startswith("Pulumi.prod.yaml:2: smile:storage.")
    assert says in line


@pytest.mark.requirement("SMILE-S3-11")
@pytest.mark.requirement("SMILE-S3-12")
@pytest.mark.requirement("SMILE-AUDIT-07")
def test_an_empty_file_gives_the_documented_retention(load):
    storage = load("config: {}").storage
    assert storage.log_transitions == {"GLACIER": 30, "DEEP_ARCHIVE": 120}
    assert storage.backup_transitions == {"DEEP_ARCHIVE": 30}
    assert (storage.retention_days, storage.noncurrent_days, storage.abort_upload_days) == (2557, 30, 7)
    assert storage.object_lock.mode == "governance"


@pytest.mark.requirement("SMILE-S3-12")
def test_staging_and_prod_lock_audit_records():
    modes = {stack: load_from_files(stack).storage.object_lock.mode for stack in STACKS}
    assert modes == {"dev": "none", "staging": "governance", "prod": "governance"}


@pytest.mark.requirement("SMILE-S3-12")
def test_compliance_mode_comes_with_its_approval(load):
    lock = load("config:\n  smile:storage: {object_lock: {mode: compliance, approval: decision 12/2026}}")
    assert lock.storage.object_lock.mode == "compliance"


def test_dev_may_keep_less_and_lock_nothing(load):
    moves = "log_transitions: {}, backup_transitions: {}, lake_transitions: {}"
    text = f"{moves}, retention_days: 30, object_lock: {{mode: none}}"
    assert load(f"config:\n  smile:storage: {{{text}}}", "dev").storage.retention_days == 30


def test_names_are_those_of_the_stack_and_account_unless_written(load):
    storage = load(f"config:\n  smile:storage: {{buckets: {{a: {{{USE}, name: acme-a}}, b: {{{USE}}}}}}}").storage
    where = {"project": "acme", "stack": "prod", "account_id": ACCOUNT}
    assert Storage(buckets=storage.buckets).name("b", **where) == f"acme-b-prod-{ACCOUNT}"
    assert [storage.name(bucket, **where) for bucket in "ab"] == ["acme-a", f"smile5-b-prod-{ACCOUNT}"]
