"""The buckets, as a program registers them."""

import json

import pytest

from components.core.declared import UndeclaredError
from components.core.environment import Environment
from components.core.protection import Protection
from components.core.settings.problems import SettingsError
from components.encryption.encryption_keys import CLASSES
from components.network.flow_log_archive import FlowLogArchive, FlowLogArchiveArgs
from components.storage.bucket_policy import BUCKET_REQUESTS, FLOW_LOGS, LOAD_BALANCERS, served_by
from components.storage.object_storage import ObjectStorage, ObjectStorageArgs
from components.storage.settings import SSE_S3, BucketUse, ObjectLock, Storage
from settings import load_from_files
from tests.paths import COMPONENT_DOCS
from tests.recording import record
from tests.stacks import declared

ACCOUNT = "123456789012"
BUCKET, POLICY, BLOCK = (
    "s3/bucket:Bucket",
    "s3/bucketPolicy:BucketPolicy",
    "s3/bucketPublicAccessBlock:BucketPublicAccessBlock",
)
ENCRYPTION = "s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration"
LIFECYCLE = "s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration"
LOCK = "s3/bucketObjectLockConfiguration:BucketObjectLockConfiguration"
CORS = "s3/bucketCorsConfiguration:BucketCorsConfiguration"
LOGGING = "s3/bucketLogging:BucketLogging"
ACCOUNT_BLOCK = "s3/accountPublicAccessBlock:AccountPublicAccessBlock"
ALARM = "cloudwatch/metricAlarm:MetricAlarm"
PROD = load_from_files("prod").storage
PURPOSES = sorted(PROD.buckets)
DISTRIBUTION = f"arn:aws:cloudfront::{ACCOUNT}:distribution/E2EXAMPLE"


@pytest.fixture(scope="module")
def storage_of(foundation_of):
    """Record the buckets with other settings than prod's."""

    def make(context=None, **settings):
        def program():
            args = ObjectStorageArgs(
                context=context or foundation_of(),
                settings=PROD.model_copy(update=settings),
                policy_later=["assets"],
            )
            storage = ObjectStorage("smile", args)
            assets = storage.buckets["assets"]
            assets.admit(served_by(assets.arn, DISTRIBUTION))
            archive = FlowLogArchiveArgs(
                environment=args.context.environment, vpc_id="vpc-1", bucket=storage.buckets["logs"]
            )
            FlowLogArchive("smile", archive)
            return {purpose: {"name": bucket.name, "arn": bucket.arn} for purpose, bucket in storage.buckets.items()}

        return record(program)

    return make


@pytest.fixture(scope="module")
def storage(storage_of):
    return storage_of()


def changed(bucket, **values):
    """The buckets of prod, with one of them changed."""
    return PROD.buckets | {bucket: PROD.buckets[bucket].model_copy(update=values)}


OTHER_KEY = {
    "Null": {"s3:x-amz-server-side-encryption": "false"},
    "StringNotLike": {
        "s3:x-amz-server-side-encryption-aws-kms-key-id": "arn:aws:kms:ap-southeast-3:123456789012:key/*"
    },
}
"""An upload that asks for encryption, and not with a key of the account."""


def name_of(purpose):
    if purpose == "firewall-logs":
        return f"aws-waf-logs-smile5-prod-{ACCOUNT}"
    return f"smile5-{purpose}-prod-{ACCOUNT}"


def arn_of(purpose):
    return f"arn:aws:s3:::{name_of(purpose)}"


def statements(recording, purpose):
    """Sid -> statement of a bucket's policy."""
    document = json.loads(recording.of(POLICY)[f"smile-{purpose}"]["policy"])
    return {statement["Sid"]: statement for statement in document["Statement"]}


def rule_of(recording, purpose):
    """The one lifecycle rule of a bucket, which must be for all of its objects."""
    (rule,) = recording.of(LIFECYCLE)[f"smile-{purpose}"]["rules"]
    assert (rule["status"], rule["filter"]) == ("Enabled", {"prefix": ""})
    return rule


# Which buckets there are.


@pytest.mark.requirement("SMILE-S3-01", "SMILE-S3-02", "SMILE-S3-03", "SMILE-S3-04")
def test_every_purpose_has_a_bucket_named_by_purpose_environment_and_account(storage):
    assert {each["bucket"] for each in storage.of(BUCKET).values()} == {name_of(purpose) for purpose in PURPOSES}
    assert {"assets", "documents", "backups", "logs"} < set(PURPOSES)
    assert storage.result["documents"] == {"name": name_of("documents"), "arn": arn_of("documents")}


def test_a_bucket_may_have_an_exact_name(storage_of):
    recording = storage_of(buckets=changed("documents", name="smile5-documents"))
    assert recording.of(BUCKET)["smile-documents"]["bucket"] == "smile5-documents"
    assert statements(recording, "documents")["DenyPlainTransport"]["Resource"] == [
        "arn:aws:s3:::smile5-documents",
        "arn:aws:s3:::smile5-documents/*",
    ]


@pytest.mark.requirement("SMILE-GEN-07")
def test_buckets_are_protected_unless_the_environment_is_disposable(storage, storage_of, foundation_of):
    def options(recording):
        return {(each.protect, each.retain_on_delete) for each in recording.resources if each.type == f"aws:{BUCKET}"}

    assert options(storage) == {(True, True)}
    disposable = foundation_of(protection=Protection(protect=False, deletion_protection=False, retain_on_delete=False))
    assert options(storage_of(context=disposable)) == {(False, False)}
    assert {each["forceDestroy"] for each in storage.of(BUCKET).values()} == {False}
    emptied = storage_of(context=disposable).of(BUCKET)
    assert {each["forceDestroy"] for each in emptied.values()} == {True}  # or a destroy ends at the first object


def test_backup_selects_the_documents(storage):
    tagged = {name: each["tags"].get("Backup") for name, each in storage.of(BUCKET).items() if "Backup" in each["tags"]}
    assert tagged == {"smile-documents": "daily"}


# Who gets in.


def test_what_aws_delivers_gets_in_beside_whom_the_front_end_lets_in(storage, storage_of):
    own = statements(storage, "assets")
    more = statements(storage_of(buckets=changed("assets", deliveries=("flow_logs",))), "assets")
    assert own.items() < more.items()
    assert {more[sid]["Principal"]["Service"] for sid in set(more) - set(own)} == {"delivery.logs.amazonaws.com"}


@pytest.mark.requirement("SMILE-S3-07")
def test_no_bucket_is_public_and_none_has_access_lists(storage):
    flags = ("blockPublicAcls", "blockPublicPolicy", "ignorePublicAcls", "restrictPublicBuckets")
    blocks = {each["bucket"]: [each[flag] for flag in flags] for each in storage.of(BLOCK).values()}
    assert blocks == {name_of(purpose): [True] * 4 for purpose in PURPOSES}
    ownership = storage.of("s3/bucketOwnershipControls:BucketOwnershipControls").values()
    assert {each["bucket"]: each["rule"] for each in ownership} == {
        name_of(purpose): {"objectOwnership": "BucketOwnerEnforced"} for purpose in PURPOSES
    }


@pytest.mark.requirement("SMILE-S3-09")
@pytest.mark.parametrize("purpose", PURPOSES)
def test_nobody_gets_in_without_tls_or_from_another_account(storage, purpose):
    policy, everything = statements(storage, purpose), [arn_of(purpose), f"{arn_of(purpose)}/*"]
    conditions = {
        "DenyPlainTransport": {"Bool": {"aws:SecureTransport": "false"}},
        "DenyOldTls": {"NumericLessThan": {"s3:TlsVersion": "1.2"}},
        "DenyOtherAccounts": {
            "StringNotEquals": {"aws:PrincipalAccount": ACCOUNT},
            "BoolIfExists": {"aws:PrincipalIsAWSService": "false"},
        },
    }
    for sid, condition in conditions.items():
        assert policy[sid] == {
            "Sid": sid,
            "Effect": "Deny",
            "Principal": "*",
            "Action": ["s3:*"],
            "Resource": everything,
            "Condition": condition,
        }


@pytest.mark.parametrize("purpose", PURPOSES)
def test_who_is_let_in_is_one_service_that_acts_for_this_account(storage, purpose):
    for statement in statements(storage, purpose).values():
        if statement["Effect"] == "Allow":
            assert list(statement["Principal"]) == ["Service"]
            assert ACCOUNT in json.dumps(statement["Condition"])


@pytest.mark.requirement("SMILE-S3-06")
def test_one_distribution_reads_the_assets_and_nothing_is_a_website(storage):
    assert statements(storage, "assets")["DistributionReads"] == {
        "Sid": "DistributionReads",
        "Effect": "Allow",
        "Principal": {"Service": "cloudfront.amazonaws.com"},
        "Action": ["s3:GetObject"],
        "Resource": [f"{arn_of('assets')}/*"],
        "Condition": {"StringEquals": {"aws:SourceArn": DISTRIBUTION}},
    }
    readers = [purpose for purpose in PURPOSES if "DistributionReads" in statements(storage, purpose)]
    assert readers == ["assets"]
    assert not [each for each in storage.types() if "Website" in each]


@pytest.mark.requirement("SMILE-SEC-25")
def test_the_account_blocks_public_access_in_one_stack(storage, storage_of):
    block = storage.one(ACCOUNT_BLOCK)
    assert block.pop("accountId") == ACCOUNT
    assert set(block.values()) == {True}
    assert len(block) == 4
    assert not storage_of(account_public_access_block=False).of(ACCOUNT_BLOCK)
    owners = [
        stack for stack in ("dev", "staging", "prod") if load_from_files(stack).storage.account_public_access_block
    ]
    assert owners == ["prod"]


@pytest.mark.requirement("SMILE-S3-13")
def test_only_the_front_ends_use_documents_from_the_browser(storage, storage_of):
    assert not storage.of(CORS)
    origins = ["https://app.example.org", "https://admin.example.org:8443"]
    cors = storage_of(cors_origins=tuple(origins)).of(CORS)
    assert list(cors) == ["smile-documents"]
    (rule,) = cors["smile-documents"]["corsRules"]
    assert rule["allowedOrigins"] == origins
    assert set(rule["allowedMethods"]) == {"GET", "HEAD", "POST", "PUT"}


# How objects are encrypted.


@pytest.mark.requirement("SMILE-S3-08")
def test_objects_are_encrypted_with_the_key_of_their_data(storage):
    keys = {}
    for each in storage.of(ENCRYPTION).values():
        (rule,) = each["rules"]
        default = rule["applyServerSideEncryptionByDefault"]
        keys[each["bucket"]] = default.get("kmsMasterKeyId", default["sseAlgorithm"])
        assert rule["bucketKeyEnabled"] is ("kmsMasterKeyId" in default)
        assert rule["blockedEncryptionTypes"] == ["SSE-C"]
    of = "arn:aws:kms:ap-southeast-3:123456789012:key/"
    assert set(keys) == {name_of(bucket) for bucket in declared("storage", "buckets")}
    documented = {
        name_of("assets"): f"{of}objects",
        name_of("documents"): f"{of}objects",
        name_of("backups"): f"{of}backups",
        name_of("logs"): f"{of}logs",
        name_of("firewall-logs"): f"{of}logs",
        name_of("access-logs"): "AES256",
        name_of("audit"): f"{of}logs",
        name_of("archive"): f"{of}objects",
    }
    assert {bucket: keys[bucket] for bucket in documented} == documented


@pytest.mark.requirement("SMILE-S3-08")
@pytest.mark.parametrize("purpose", PURPOSES)
def test_an_upload_that_names_a_key_names_one_of_the_account(storage, purpose):
    """Without a key's name, aws:kms would be the key that AWS manages: StringNotLike holds for what is absent."""
    denial = statements(storage, purpose).get("DenyOtherKeys")
    if PROD.buckets[purpose].key == SSE_S3:
        assert denial is None
        return
    assert (denial["Effect"], denial["Action"], denial["Resource"]) == (
        "Deny",
        ["s3:PutObject"],
        [f"{arn_of(purpose)}/*"],
    )
    spared = {"StringNotEquals": {"aws:PrincipalServiceName": "cloudtrail.amazonaws.com"}} if purpose == "audit" else {}
    assert denial["Condition"] == OTHER_KEY | spared


def test_cloudtrail_puts_its_digests_without_a_key_and_its_records_with_one_of_the_account(storage):
    """AWS: enabling SSE-KMS of a trail encrypts its log files, and not its digest files, which are SSE-S3."""
    records = statements(storage, "audit")["DenyOtherKeysOfRecords"]
    assert (records["Effect"], records["Action"]) == ("Deny", ["s3:PutObject"])
    assert records["Resource"] == [f"{arn_of('audit')}/AWSLogs/123456789012/CloudTrail/*"]
    assert records["Condition"] == OTHER_KEY
    written = statements(storage, "audit")["TrailsWrite"]["Resource"]
    assert written == [f"{arn_of('audit')}/AWSLogs/123456789012/*"]
    assert [each for each in PURPOSES if "DenyOtherKeysOfRecords" in statements(storage, each)] == ["audit"]


def test_the_keys_of_buckets_can_be_used_through_s3_and_no_other():
    through_s3 = {data for data, each in CLASSES.items() if "s3" in each.use.via}
    # The canary has a bucket of its own.
    assert through_s3 - {"telemetry"} == {use.key for use in PROD.buckets.values()} - {SSE_S3}
    assert "delivery.logs" in CLASSES["logs"].use.producers


def test_no_policy_names_a_key_that_must_exist_first(storage):
    """A key's ARN is known only later; a reviewer reads the policies in the first preview already."""
    for each in storage.of(POLICY).values():
        assert not [data for data in CLASSES if f"key/{data}" in each["policy"]]


# What becomes of objects.


@pytest.mark.requirement("SMILE-S3-10")
def test_every_bucket_keeps_versions(storage):
    versioned = storage.of("s3/bucketVersioning:BucketVersioning").values()
    assert {each["bucket"]: each["versioningConfiguration"] for each in versioned} == {
        name_of(purpose): {"status": "Enabled"} for purpose in PURPOSES
    }


@pytest.mark.requirement("SMILE-S3-11")
@pytest.mark.requirement("SMILE-AUDIT-07")
@pytest.mark.parametrize("purpose", ["logs", "access-logs", "audit", "archive"])
def test_logs_and_records_move_to_archive_tiers_and_stay_for_seven_years(storage, purpose):
    rule = rule_of(storage, purpose)
    assert rule["transitions"] == [
        {"days": 30, "storageClass": "GLACIER"},
        {"days": 120, "storageClass": "DEEP_ARCHIVE"},
    ]
    assert rule["expiration"] == {"days": 2557}


@pytest.mark.requirement("SMILE-S3-11")
def test_backups_move_to_deep_archive_after_a_month(storage):
    rule = rule_of(storage, "backups")
    assert rule["transitions"] == [{"days": 30, "storageClass": "DEEP_ARCHIVE"}]
    assert rule["expiration"] == {"days": 2557}


@pytest.mark.requirement("SMILE-S3-11")
@pytest.mark.parametrize("purpose", ["assets", "documents"])
def test_assets_and_documents_stay_for_good(storage, purpose):
    rule = rule_of(storage, purpose)
    assert rule["transitions"] == []
    assert rule["expiration"] == {"expiredObjectDeleteMarker": True}


@pytest.mark.requirement("SMILE-S3-11")
@pytest.mark.parametrize("purpose", PURPOSES)
def test_old_versions_and_broken_uploads_go(storage, purpose):
    rule = rule_of(storage, purpose)
    assert rule["noncurrentVersionExpiration"] == {"noncurrentDays": 30}
    assert rule["abortIncompleteMultipartUpload"] == {"daysAfterInitiation": 7}


@pytest.mark.requirement("SMILE-S3-12")
def test_audit_records_and_the_archive_are_locked_and_logs_are_not(storage):
    locks = {each["bucket"]: each["rule"]["defaultRetention"] for each in storage.of(LOCK).values()}
    assert locks == {name_of(purpose): {"mode": "GOVERNANCE", "days": 2557} for purpose in ("audit", "archive")}
    lockable = {each["bucket"] for each in storage.of(BUCKET).values() if each["objectLockEnabled"]}
    assert lockable == {name_of(purpose) for purpose in ("audit", "archive", "backups")}
    unlocking = [purpose for purpose in PURPOSES if "DenyUnlocking" in statements(storage, purpose)]
    assert unlocking == ["archive", "audit", "backups"]
    denial = statements(storage, "audit")["DenyUnlocking"]
    assert (denial["Principal"], denial["Action"]) == ("*", ["s3:BypassGovernanceRetention"])
    assert "Condition" not in denial


@pytest.mark.requirement("SMILE-S3-12")
def test_the_lock_follows_its_setting(storage_of):
    for_good = storage_of(object_lock=ObjectLock(mode="compliance", approval="decision 12"), retention_days=3653)
    assert for_good.of(LOCK)["smile-audit"]["rule"]["defaultRetention"] == {"mode": "COMPLIANCE", "days": 3653}
    without = storage_of(object_lock=ObjectLock(mode="none"))
    assert not without.of(LOCK)
    assert {each["objectLockEnabled"] for each in without.of(BUCKET).values()} == {False}


@pytest.mark.requirement("SMILE-S3-14")
def test_nothing_is_replicated_anywhere(storage):
    assert not [each for each in storage.types() if "eplication" in each]


# Who writes logs, and who is told.


@pytest.mark.requirement("SMILE-NET-16")
def test_flow_logs_have_a_long_term_copy_in_the_logs_bucket(storage):
    log = storage.one("ec2/flowLog:FlowLog")
    assert (log["vpcId"], log["trafficType"], log["logDestinationType"]) == ("vpc-1", "ALL", "s3")
    assert log["logDestination"] == f"{arn_of('logs')}/vpc-flow-logs/"
    write, check = (statements(storage, "logs")[f"AWSLogDelivery{what}"] for what in ("Write", "AclCheck"))
    assert write["Resource"] == [f"{arn_of('logs')}/{prefix}/*" for prefix in ("vpc-flow-logs", "dns-queries")]
    assert (write["Action"], check["Action"]) == (["s3:PutObject"], ["s3:GetBucketAcl"])
    for statement in (write, check):
        assert statement["Principal"] == {"Service": "delivery.logs.amazonaws.com"}
        assert statement["Condition"]["StringEquals"]["aws:SourceAccount"] == ACCOUNT
        assert statement["Condition"]["ArnLike"] == {"aws:SourceArn": f"arn:aws:logs:ap-southeast-3:{ACCOUNT}:*"}
    assert rule_of(storage, "logs")["expiration"] == {"days": 2557}


def test_the_flow_log_waits_for_the_policy_that_lets_it_in(storage):
    (log,) = (each for each in storage.resources if each.type.endswith(":FlowLog"))
    (policy,) = (each for each in storage.resources if each.type == f"aws:{POLICY}" and each.name == "smile-logs")
    assert policy.urn in log.dependencies


def test_every_request_is_logged_in_a_bucket_of_its_own(storage):
    logged = {each["bucket"]: (each["targetBucket"], each["targetPrefix"]) for each in storage.of(LOGGING).values()}
    assert logged == {
        name_of(purpose): (name_of("access-logs"), "buckets/") for purpose in PURPOSES if purpose != "access-logs"
    }
    requests = statements(storage, "access-logs")["S3LogsRequests"]
    assert requests["Resource"] == [f"{arn_of('access-logs')}/buckets/*"]
    assert requests["Condition"]["ArnLike"]["aws:SourceArn"] == [
        arn_of(purpose) for purpose in PURPOSES if purpose != "access-logs"
    ]


@pytest.mark.requirement("SMILE-S3-08")
def test_load_balancers_log_to_the_bucket_without_kms(storage):
    balancers = statements(storage, "access-logs")["LoadBalancersLogRequests"]
    assert balancers["Principal"] == {"Service": "logdelivery.elasticloadbalancing.amazonaws.com"}
    assert balancers["Resource"] == [f"{arn_of('access-logs')}/{LOAD_BALANCERS}/AWSLogs/{ACCOUNT}/*"]


def test_events_of_every_bucket_reach_eventbridge(storage):
    told = storage.of("s3/bucketNotification:BucketNotification").values()
    assert {each["bucket"]: each["eventbridge"] for each in told} == {name_of(purpose): True for purpose in PURPOSES}


@pytest.mark.requirement("SMILE-S3-05")
def test_an_alarm_tells_when_the_documents_outgrow_what_was_planned(storage, storage_of):
    alarm = storage.one(ALARM)
    assert (alarm["namespace"], alarm["metricName"]) == ("AWS/S3", "BucketSizeBytes")
    assert alarm["dimensions"] == {"BucketName": name_of("documents"), "StorageType": "StandardStorage"}
    assert (alarm["threshold"], alarm["comparisonOperator"]) == (5_000_000_000_000, "GreaterThanThreshold")
    assert alarm["alarmActions"] == ["arn:aws:sns:ap-southeast-3:123456789012:smile-prod-alarms-warning"]
    assert storage_of(buckets=changed("documents", alarm_tb=0.5)).one(ALARM)["threshold"] == 500_000_000_000


def test_another_environment_has_buckets_of_its_own(storage_of, foundation_of):
    staging = foundation_of(
        environment=Environment(name="staging", account_id=ACCOUNT, region="ap-southeast-3", project="smile")
    )
    names = {each["bucket"] for each in storage_of(context=staging).of(BUCKET).values()}
    assert not names & {name_of(purpose) for purpose in PURPOSES}


@pytest.mark.requirement("SMILE-S3-05")
def test_the_documents_planned_volume_is_documented():
    text = (COMPONENT_DOCS / "storage.md").read_text()
    assert f"500 GB to {PROD.buckets['documents'].alarm_tb:g} TB" in text
    assert f"alarm at {PROD.buckets['documents'].alarm_tb:g} TB" in text


@pytest.mark.requirement("SMILE-S3-11")
def test_the_documented_figures_are_the_settings():
    text, settings = (COMPONENT_DOCS / "storage.md").read_text(), PROD
    tiers = settings.log_transitions
    assert (
        f"`log_transitions`: GLACIER after {tiers['GLACIER']} days, DEEP_ARCHIVE after {tiers['DEEP_ARCHIVE']} |"
        in text
    )
    assert f"`backup_transitions`: DEEP_ARCHIVE after {settings.backup_transitions['DEEP_ARCHIVE']} days |" in text
    assert text.count(f"`retention_days`: {settings.retention_days} |") == 2
    assert f"`noncurrent_days` ({settings.noncurrent_days})" in text
    assert f"`abort_upload_days` ({settings.abort_upload_days})" in text


def test_the_documented_prefixes_are_those_that_policies_let_in():
    text = (COMPONENT_DOCS / "storage.md").read_text()
    assert all(f"`{prefix}/`" in text for prefix in (FLOW_LOGS, BUCKET_REQUESTS, LOAD_BALANCERS))


# Buckets as data.


def test_an_entry_is_a_bucket(storage_of):
    use = BucketUse(holds="Parcels' labels", data_class="internal", key="objects", retention="logs", lock="all")
    made = storage_of(buckets=PROD.buckets | {"labels": use})
    assert made.of(BUCKET)["smile-labels"]["bucket"] == f"smile5-labels-prod-{ACCOUNT}"
    assert made.of(LOCK)["smile-labels"]["rule"]["defaultRetention"]["mode"] == "GOVERNANCE"
    assert rule_of(made, "labels")["expiration"] == {"days": 2557}
    requests = statements(made, "access-logs")["S3LogsRequests"]
    assert f"arn:aws:s3:::smile5-labels-prod-{ACCOUNT}" in requests["Condition"]["ArnLike"]["aws:SourceArn"]


def test_what_an_entry_lacks_is_refused_by_name():
    with pytest.raises(SettingsError) as caught:
        Storage(buckets={"labels": {"holds": "Labels"}})
    assert "buckets.labels.data_class" in str(caught.value)
    assert "buckets.labels.key" in str(caught.value)


def test_requests_are_logged_in_one_bucket():
    logs = {"holds": "Requests", "data_class": "internal", "key": SSE_S3, "deliveries": ["s3_access_logs"]}
    with pytest.raises(SettingsError, match="a and b both take s3_access_logs"):
        Storage(buckets={"a": logs, "b": logs})


def test_names_begin_with_the_projects_without_a_root_of_their_own(foundation_of):
    use = BucketUse(holds="Labels", data_class="internal", key="objects")

    def program():
        made = ObjectStorage(
            "acme", ObjectStorageArgs(context=foundation_of(), settings=Storage(buckets={"labels": use}))
        )
        with pytest.raises(UndeclaredError, match="no bucket 'lables' is declared, did you mean labels"):
            made.grant_read("lables")
        return made.bucket_name("labels")

    assert record(program).result == f"smile-labels-prod-{ACCOUNT}"


def test_a_role_reads_and_writes_objects_with_the_keys_of_their_buckets(foundation_of):
    context = foundation_of()

    def program():
        made = ObjectStorage("smile", ObjectStorageArgs(context=context, settings=PROD, policy_later=["assets"]))
        both = [*made.grant_read("documents", "backups"), *made.grant_write("documents")]
        assert made.buckets["documents"].grant_read() == made.grant_read("documents")
        assert made.buckets["documents"].grant_write() == made.grant_write("documents")
        assert made.grant_read() == made.grant_write() == []
        assert [each.sid for each in made.grant_read("access-logs")] == ["ListObjects", "ReadObjects"]
        return [each.as_dict() for each in both]

    by_sid = {each["Sid"]: each for each in record(program).result}
    assert by_sid["ListObjects"]["Resource"] == [arn_of("documents"), arn_of("backups")]
    assert by_sid["ReadObjects"]["Action"] == ["s3:GetObject"]
    key = by_sid["ReadObjectsWithKey"]
    assert key["Resource"] == [context.keys["objects"], context.keys["backups"]]
    assert key["Condition"]["StringEquals"] == {
        "kms:ViaService": "s3.ap-southeast-3.amazonaws.com",
        "kms:EncryptionContext:aws:s3:arn": [arn_of("documents"), arn_of("backups")],
    }
    assert by_sid["WriteObjects"]["Action"] == ["s3:AbortMultipartUpload", "s3:DeleteObject", "s3:PutObject"]
    assert by_sid["WriteObjectsWithKey"]["Action"] == ["kms:Decrypt", "kms:GenerateDataKey"]


def test_objects_that_stay_for_good_get_colder_as_their_bucket_says(storage_of):
    made = storage_of(buckets=changed("documents", transitions={"STANDARD_IA": 30, "GLACIER_IR": 180}))
    (rule,) = made.of(LIFECYCLE)["smile-documents"]["rules"]
    assert [(each["days"], each["storageClass"]) for each in rule["transitions"]] == [
        (30, "STANDARD_IA"),
        (180, "GLACIER_IR"),
    ]
    assert rule["expiration"] == {"expiredObjectDeleteMarker": True}


ENTRY = {"holds": "flyers", "data_class": "personal", "key": "objects"}


@pytest.mark.parametrize(
    ("entry", "says"),
    [
        (
            {"transitions": {"STANDARD_IA": 29}},
            "media.transitions: got a mapping, STANDARD_IA: 29, before 30; valid: ages in days",
        ),
        (
            {"transitions": {"STANDARD_IA": 30, "GLACIER": 59}},
            "media.transitions: got a mapping, GLACIER: 59, before 60",
        ),
        (
            {"transitions": {"GLACIER": 90}, "retention": "logs"},
            "media.transitions: got a mapping, with retention: logs",
        ),
    ],
)
def test_transitions_that_s3_refuses_are_refused_by_name(entry, says):
    with pytest.raises(SettingsError, match=says):
        Storage(buckets={"media": {**ENTRY, **entry}})
