"""Settings of the buckets: what holds without a word, what is refused, and in which words."""

import pytest

from components.storage.settings import PURPOSES
from settings import load_from_files
from tests.stacks import STACKS

ACCOUNT = "123456789012"

CASES = [
    ("names: {documents: ab}", 'names.documents: got "ab", not a bucket name; valid: assets'),
    ("names: {documents: Documents}", "not a bucket name"),
    ("names: {documents: documents_smile}", "not a bucket name"),
    ("names: {documents: smile.documents}", "not a bucket name"),
    ("names: {documents: 192.168.0.1}", "not a bucket name"),
    ("names: {documents: -documents}", "not a bucket name"),
    ("names: {documents: documents-}", "not a bucket name"),
    (f"names: {{documents: {'a' * 64}}}", "not a bucket name"),
    ("names: {documents: xn--documents}", "AWS keeps xn-- for itself"),
    ("names: {documents: sthree-documents}", "AWS keeps sthree- for itself"),
    ("names: {documents: amzn-s3-demo-documents}", "AWS keeps amzn-s3-demo- for itself"),
    ("names: {documents: documents-s3alias}", "AWS keeps -s3alias for itself"),
    ("names: {documents: documents--ol-s3}", "AWS keeps --ol-s3 for itself"),
    ("names: {documents: documents--x-s3}", "AWS keeps --x-s3 for itself"),
    ("names: {photos: smile-photos}", "names.photos: got"),
    ("names: {documents: smile5-one, assets: smile5-one}", "smile5-one is the name of the assets bucket"),
    (f"names: {{assets: smile5-logs-prod-{ACCOUNT}}}", "is the name of the logs bucket; valid: a name of its own"),
    ("cors_origins: ['*']", 'cors_origins[0]: got "*"; valid: https:// and a host name'),
    ("cors_origins: ['https://*.example.org']", "never *"),
    ("cors_origins: ['http://app.example.org']", "cors_origins[0]"),
    ("cors_origins: ['https://app.example.org/']", "cors_origins[0]"),
    ("cors_origins: ['https://app.example.org:70000']", "got port 70000; valid: ports 1 to 65535"),
    ("cors_origins: ['https://a.example.org', 'https://a.example.org']", "again; valid: each origin once"),
    ("log_tiers: {STANDARD_IA: 29, GLACIER: 120}", "log_tiers.STANDARD_IA: got 29; valid: 30 or more"),
    ("log_tiers: {GLACIER: 30, DEEP_ARCHIVE: 119}", "log_tiers.DEEP_ARCHIVE: got 119; valid: 120 or more"),
    ("log_tiers: {GLACIER: 120, DEEP_ARCHIVE: 30}", "log_tiers.DEEP_ARCHIVE: got 30; valid: 210 or more"),
    ("log_tiers: {GLACIER: -1}", "log_tiers.GLACIER: got -1; valid: 0 or more"),
    ("log_tiers: {FREEZER: 30}", "log_tiers.FREEZER: got"),
    ("log_tiers: {GLACIER: soon}", 'log_tiers.GLACIER: got "soon"; valid: ages in days'),
    ("backup_tiers: {DEEP_ARCHIVE: 2400}", "retention_days: got 2557, before backup_tiers end; valid: 2580 or more"),
    ("retention_days: 2556", "retention_days: got 2556; valid: 2557 or more in production"),
    ("retention_days: 36501", "retention_days: got 36501; valid: 2557 to 36500"),
    ("noncurrent_days: 0", "noncurrent_days: got 0; valid: 1 to 365"),
    ("abort_upload_days: 31", "abort_upload_days: got 31; valid: 1 to 30"),
    ("documents_alarm_tb: 0", "documents_alarm_tb: got 0; valid: 0.001 to 5000"),
    ("object_lock: {mode: none}", 'object_lock.mode: got "none"; valid: governance or compliance in production'),
    ("object_lock: {mode: compliance}", "compliance mode can't be undone, and object_lock.approval is empty"),
    ("object_lock: {mode: compliance, approval: ' '}", "valid: governance, or the approval's reference"),
    ("object_lock: {mode: legal}", "valid: none, governance, compliance"),
]


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
    assert storage.log_tiers == {"GLACIER": 30, "DEEP_ARCHIVE": 120}
    assert storage.backup_tiers == {"DEEP_ARCHIVE": 30}
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
    text = "log_tiers: {}, backup_tiers: {}, retention_days: 30, object_lock: {mode: none}"
    assert load(f"config:\n  smile:storage: {{{text}}}", "dev").storage.retention_days == 30


def test_names_are_those_of_the_stack_and_account_unless_written(load):
    storage = load("config:\n  smile:storage: {names: {documents: smile5-documents}}").storage
    names = {purpose: storage.name(purpose, "prod", ACCOUNT) for purpose in PURPOSES}
    assert names["documents"] == "smile5-documents"
    assert names["access-logs"] == f"smile5-access-logs-prod-{ACCOUNT}"
