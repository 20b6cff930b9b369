"""Buckets and tables: what they hold, how they are encrypted, when it gets colder, who may write."""

import json
import re
import shlex

import pytest

from tests.paths import ROOT

BUCKET, TABLE = "s3/bucket:Bucket", "dynamodb/table:Table"
ENCRYPTION = "s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration"
LIFECYCLE = "s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration"
README = (ROOT / "platforms" / "pdfetl" / "README.md").read_text()


def algorithm(program, bucket):
    (rule,) = program.of(ENCRYPTION)[f"pdfetl-{bucket}"]["rules"]
    assert rule["bucketKeyEnabled"] is (rule["applyServerSideEncryptionByDefault"]["sseAlgorithm"] == "aws:kms")
    return rule["applyServerSideEncryptionByDefault"]["sseAlgorithm"]


def written_by_the_client(program):
    client = json.loads(program.of("iam/policy:Policy")["pdfetl-upload-client"]["policy"])["Statement"]
    (writes,) = (each for each in client if each["Sid"] == "WriteObjects")
    return {arn.partition(":::")[2].rsplit("-", 2)[0] for arn in writes["Resource"]}


@pytest.mark.requirement("ETL-S3-01")
def test_what_is_made_has_a_bucket_and_so_have_backups_and_the_client_may_write(program):
    assert {"pdfetl-uploads", "pdfetl-outputs", "pdfetl-backups"} <= set(program.of(BUCKET))
    written = program.permissions("pdfetl-process")["WriteObjects"]["Resource"]
    assert any(arn.startswith("arn:aws:s3:::pdfetl-outputs-") for arn in written)
    assert written_by_the_client(program) == {"pdfetl-backups", "pdfetl-uploads"}
    assert "on by default" in README


@pytest.mark.requirement("ETL-S3-03")
@pytest.mark.parametrize("bucket", ["uploads", "outputs", "parts", "backups"])
def test_data_are_encrypted_with_the_stacks_key_and_aes256_is_a_setting(program_of, bucket):
    assert algorithm(program_of("pdfetl", "prod"), bucket) == "aws:kms"


@pytest.mark.requirement("ETL-S3-03")
def test_aes256_is_one_setting(program_of):
    changes = {"pdfetl:storage": {"buckets": {"outputs": {"key": "SSE-S3"}}}}
    assert algorithm(program_of("pdfetl", "dev", changes), "outputs") == "AES256"


@pytest.mark.requirement("ETL-S3-04")
def test_what_is_made_moves_to_standard_ia_after_30_days(program):
    (rule,) = program.of(LIFECYCLE)["pdfetl-outputs"]["rules"]
    assert rule["transitions"] == [{"days": 30, "storageClass": "STANDARD_IA"}]


@pytest.mark.requirement("ETL-S3-06")
def test_the_commands_of_the_migration_upload_to_the_buckets_that_the_client_may_write(program):
    steps = README.partition("## Migration")[2].partition("\n## ")[0]
    commands = re.findall(r"aws s3 (cp|sync) [^`]*?s3://([A-Z]+)_BUCKET/", steps)
    assert [command for command, _ in commands] == ["cp", "sync"]
    assert {f"pdfetl-{bucket.lower()}" for _, bucket in commands} == written_by_the_client(program)


def test_backups_of_chroma_are_compressed_before_they_are_uploaded():
    (command,) = re.findall(r"tar [^`]+", README)
    tar, upload = (shlex.split(each) for each in command.split("&&"))
    assert tar[1:3] == ["-czf", upload[3]]
    assert upload[-1].endswith(".tar.gz")


@pytest.mark.requirement("ETL-DB-01")
def test_usage_logs_have_their_table_paid_by_the_request(program):
    table = program.of(TABLE)["pdfetl-usage"]
    assert (table["name"], table["billingMode"]) == ("StudentUsageLogs", "PAY_PER_REQUEST")
    assert (table["hashKey"], table["rangeKey"]) == ("student_id", "timestamp")


@pytest.mark.requirement("ETL-DB-02")
def test_jobs_are_found_by_id_and_by_status_and_time(program):
    table = program.of(TABLE)["pdfetl-jobs"]
    assert (table["name"], table["hashKey"], table["billingMode"]) == ("EtlJobs", "job_id", "PAY_PER_REQUEST")
    (index,) = table["globalSecondaryIndexes"]
    assert (index["hashKey"], index["rangeKey"]) == ("status", "started_at")


@pytest.mark.requirement("ETL-DB-03")
def test_tables_are_encrypted_recoverable_and_drop_what_is_old(program):
    assert len(program.of(TABLE)) == 2
    for table in program.of(TABLE).values():
        assert table["serverSideEncryption"]["enabled"] is True
        assert table["serverSideEncryption"]["kmsKeyArn"] == "arn:of:Key/pdfetl-tables"
        assert table["pointInTimeRecovery"] == {"enabled": True}
        assert table["ttl"] == {"enabled": True, "attributeName": "expires_at"}


@pytest.mark.requirement("ETL-DB-03")
def test_tables_of_production_are_protected(prod):
    tables = [each for each in prod.resources if each.type == f"aws:{TABLE}"]
    assert len(tables) == 2
    for each in tables:
        assert each.inputs["deletionProtectionEnabled"] is True
        assert each.protect
