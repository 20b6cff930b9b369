"""The lake: what its tables are, how events get there, who may read and write which folder, what a query can't do."""

import json

import pytest

from components.lake.data_lake import DataLake, DataLakeArgs
from components.lake.settings import Lake
from components.storage.object_storage import ObjectStorage, ObjectStorageArgs
from settings import load_from_files
from tests.recording import record

TABLE, DATABASE = "glue/catalogTable:CatalogTable", "glue/catalogDatabase:CatalogDatabase"
CATALOG = "glue/dataCatalogEncryptionSettings:DataCatalogEncryptionSettings"
DELIVERY, WORKGROUP = "kinesis/firehoseDeliveryStream:FirehoseDeliveryStream", "athena/workgroup:Workgroup"
LIFECYCLE = "s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration"
ENCRYPTION = "s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration"
ALARM, ROLE, POLICY = "cloudwatch/metricAlarm:MetricAlarm", "iam/role:Role", "iam/policy:Policy"
LAKE = "smile5-lake-prod-123456789012"
BUCKET = f"arn:aws:s3:::{LAKE}"
SETTINGS = load_from_files("prod")


@pytest.fixture(scope="session")
def lake_of(context):
    """Record prod's lake, or one with other settings."""

    def make(**changes):
        section = Lake(**(SETTINGS.lake.model_dump() | changes))

        def program():
            storage = ObjectStorage("smile", ObjectStorageArgs(context=context, settings=SETTINGS.storage))
            made = DataLake(
                "smile-lake",
                DataLakeArgs(
                    context=context,
                    settings=section,
                    bucket=storage.buckets["lake"],
                    results=storage.buckets["query-results"],
                    streams={"events": "smile-prod-events"},
                ),
            )
            return {
                "database": made.database,
                "locations": dict(made.locations),
            }

        return record(program)

    return make


@pytest.fixture(scope="session")
def lake(lake_of):
    return lake_of()


def statements(recording, text=None):
    """Sid -> statement: of the role of the delivery, in both of its policies, or of a document."""
    texts = [text] if text else [each["policy"] for name, each in recording.of(POLICY).items() if "events" in name]
    return {each["Sid"]: each for part in texts for each in json.loads(part)["Statement"]}


@pytest.mark.requirement("SMILE-DATA-08")
def test_tables_are_parquet_with_the_columns_of_the_settings(lake):
    tables = lake.of(TABLE)
    assert set(tables) == {"smile-lake-events", "smile-lake-daily_stock"}
    for name, about in SETTINGS.lake.tables.items():
        stored = tables[f"smile-lake-{name}"]["storageDescriptor"]
        assert {each["name"]: each["type"] for each in stored["columns"]} == about.columns
        assert stored["location"] == f"s3://{LAKE}/{name}/"
        assert stored["serDeInfo"]["serializationLibrary"].endswith("ParquetHiveSerDe")


@pytest.mark.requirement("SMILE-DATA-08")
def test_queries_find_the_days_of_a_table_without_a_crawler(lake):
    table = lake.of(TABLE)["smile-lake-events"]
    assert table["partitionKeys"] == [{"name": "day", "type": "string"}]
    said = table["parameters"]
    assert said["projection.enabled"] == "true"
    assert (said["projection.day.type"], said["projection.day.format"]) == ("date", "yyyy-MM-dd")
    assert said["projection.day.range"] == "2026-01-01,NOW+1DAY"
    assert said["storage.location.template"] == f"s3://{LAKE}/events/day=${{day}}"
    assert not [each.type for each in lake.resources if "rawler" in each.type]


@pytest.mark.requirement("SMILE-DATA-08")
def test_events_are_written_as_encrypted_parquet_by_the_day_in_the_stacks_time_zone(lake, context):
    (delivery,) = lake.of(DELIVERY).values()
    written = delivery["extendedS3Configuration"]
    assert delivery["kinesisSourceConfiguration"]["kinesisStreamArn"].endswith("stream/smile-prod-events")
    assert written["prefix"] == "events/day=!{timestamp:yyyy-MM-dd}/"
    assert written["errorOutputPrefix"].startswith("errors/events/!{firehose:error-output-type}/")
    assert written["customTimeZone"] == "Asia/Jakarta"
    assert written["kmsKeyArn"] == context.keys["analytics"]
    converted = written["dataFormatConversionConfiguration"]
    assert converted["enabled"] is True
    assert converted["outputFormatConfiguration"] == {"serializer": {"parquetSerDe": {"compression": "SNAPPY"}}}
    assert converted["schemaConfiguration"]["databaseName"] == "smile_prod"
    assert converted["schemaConfiguration"]["tableName"] == "events"
    assert (written["bufferingSize"], written["bufferingInterval"]) == (128, 300)
    assert written["cloudwatchLoggingOptions"]["enabled"] is True


@pytest.mark.requirement("SMILE-DATA-08")
def test_buckets_and_catalogue_are_encrypted_with_keys_of_the_stack(lake, lake_of, context):
    for bucket, name in {"lake": "analytics", "query-results": "queries"}.items():
        (rule,) = lake.of(ENCRYPTION)[f"smile-{bucket}"]["rules"]
        key = context.keys[name]
        assert rule["applyServerSideEncryptionByDefault"] == {"sseAlgorithm": "aws:kms", "kmsMasterKeyId": key}
    (settings,) = lake.of(CATALOG).values()
    said = settings["dataCatalogEncryptionSettings"]
    assert said["encryptionAtRest"] == {"catalogEncryptionMode": "SSE-KMS", "sseAwsKmsKeyId": key}
    assert said["connectionPasswordEncryption"] == {"returnConnectionPasswordEncrypted": True, "awsKmsKeyId": key}
    assert not lake_of(catalog_encryption="account").of(CATALOG)


@pytest.mark.requirement("SMILE-DATA-06")
def test_data_of_the_lake_is_kept_for_seven_years_and_stays_readable(lake):
    (rule,) = lake.of(LIFECYCLE)["smile-lake"]["rules"]
    assert rule["expiration"] == {"days": 2557}
    assert rule["transitions"] == [{"days": 90, "storageClass": "GLACIER_IR"}]
    (results,) = lake.of(LIFECYCLE)["smile-query-results"]["rules"]
    assert (results["expiration"], results["transitions"]) == ({"days": 30}, [])


@pytest.mark.requirement("SMILE-DATA-08")
def test_a_query_can_not_leave_encryption_place_and_limit_aside(lake, context):
    (workgroup,) = lake.of(WORKGROUP).values()
    said = workgroup["configuration"]
    assert said["enforceWorkgroupConfiguration"] is True
    assert said["bytesScannedCutoffPerQuery"] == 1024 * 2**30
    results = said["resultConfiguration"]
    assert results["outputLocation"] == "s3://smile5-query-results-prod-123456789012/athena/"
    assert results["expectedBucketOwner"] == "123456789012"
    assert results["encryptionConfiguration"] == {
        "encryptionOption": "SSE_KMS",
        "kmsKeyArn": context.keys["queries"],
    }


def test_delivery_reads_its_stream_and_writes_its_folders_alone(lake):
    said = statements(lake)
    assert said["ReadStream"]["Resource"] == ["arn:aws:kinesis:ap-southeast-3:123456789012:stream/smile-prod-events"]
    assert said["WriteLake"]["Resource"] == [f"{BUCKET}/events/*", f"{BUCKET}/errors/*"]
    assert "s3:DeleteObject" not in said["WriteLake"]["Action"]
    assert said["ReadSchema"]["Resource"][-1].endswith(":table/smile_prod/events")
    assert said["WriteLakeWithKey"]["Condition"]["StringEquals"]["kms:EncryptionContext:aws:s3:arn"] == BUCKET
    (role,) = [each for name, each in lake.of(ROLE).items() if "events" in name]
    (trust,) = json.loads(role["assumeRolePolicy"])["Statement"]
    assert trust["Principal"] == {"Service": "firehose.amazonaws.com"}
    assert trust["Condition"] == {"StringEquals": {"sts:ExternalId": "123456789012"}}


def test_events_that_are_late_or_fit_no_column_raise_an_alarm(lake, lake_of):
    alarms = lake.of(ALARM)
    late, lost = alarms["smile-lake-events-freshness"], alarms["smile-lake-events-conversion"]
    assert (late["metricName"], late["threshold"]) == ("DeliveryToS3.DataFreshness", 900)
    assert (lost["metricName"], lost["statistic"], lost["threshold"]) == ("FailedConversion.Records", "Sum", 0)
    assert not [name for name in lake_of(alarms=False).of(ALARM) if name.startswith("smile-lake-events")]
