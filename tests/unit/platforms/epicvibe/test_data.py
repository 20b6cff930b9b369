"""What keeps data: PostgreSQL and its reader, the cache, the queue of tasks, the buckets."""

import pytest

INSTANCE, CACHE = "rds/instance:Instance", "elasticache/replicationGroup:ReplicationGroup"
LIFECYCLE = "s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration"


@pytest.mark.requirement("EPIC-DATA-01")
def test_the_database_has_a_standby_daily_backups_and_encryption(program):
    primary = program.of(INSTANCE)["epicvibe-database"]
    assert (primary["engine"], primary["engineVersion"], primary["multiAz"]) == ("postgres", "17", True)
    assert primary["storageEncrypted"] is True
    assert primary["kmsKeyId"] == "arn:of:Key/epicvibe-database"
    assert primary["backupRetentionPeriod"] >= 7
    assert primary["backupWindow"] == "18:00-19:00"  # one in the night in Jakarta


@pytest.mark.requirement("EPIC-DATA-01")
def test_the_database_has_a_security_group_that_tasks_and_rotation_alone_reach(program):
    primary = program.of(INSTANCE)["epicvibe-database"]
    assert primary["vpcSecurityGroupIds"] == ["SecurityGroup/epicvibe-database"]
    assert primary["publiclyAccessible"] is False
    rules = program.of("vpc/securityGroupIngressRule:SecurityGroupIngressRule").values()
    into = [each for each in rules if each["securityGroupId"] == "SecurityGroup/epicvibe-database"]
    assert {each["referencedSecurityGroupId"] for each in into} == {
        f"SecurityGroup/epicvibe-{name}" for name in ("web", "worker", "rotation")
    }
    assert {each["fromPort"] for each in into} == {5432}


@pytest.mark.requirement("EPIC-DATA-02")
def test_reads_scale_by_a_replica_that_django_is_told_of(production):
    reader = production.of(INSTANCE)["epicvibe-database-reader"]
    assert reader["replicateSourceDb"]
    assert "engine" not in reader  # a copy is what its source is
    (task,) = (each for name, each in production.of("ecs/taskDefinition:TaskDefinition").items() if "web" in name)
    assert '"DATABASE_READERS", "value": "address-of-epicvibe-database-reader"' in task["containerDefinitions"]


@pytest.mark.requirement("EPIC-DATA-03")
def test_media_are_private_and_reached_by_presigned_links_from_the_site(program):
    bucket = program.of("s3/bucket:Bucket")["epicvibe-media"]
    assert bucket["bucket"].startswith("epicvibe-media-")
    assert bucket["tags"]["DataClass"] == "personal"
    block = program.of("s3/bucketPublicAccessBlock:BucketPublicAccessBlock")["epicvibe-media"]
    assert all(
        block[each] for each in ("blockPublicAcls", "blockPublicPolicy", "ignorePublicAcls", "restrictPublicBuckets")
    )
    written = program.permissions("epicvibe-web-task")["WriteObjects"]["Resource"]
    assert written == [f"arn:aws:s3:::{bucket['bucket']}/*"]


@pytest.mark.requirement("EPIC-DATA-03")
def test_browsers_of_the_site_alone_may_use_links_to_media(program):
    (host,) = program.one("cloudfront/distribution:Distribution")["aliases"]
    (cors,) = program.one("s3/bucketCorsConfiguration:BucketCorsConfiguration")["corsRules"]
    assert cors["allowedOrigins"] == [f"https://{host}"]


@pytest.mark.requirement("EPIC-DATA-04")
def test_static_files_have_a_bucket_of_their_own(program):
    assert program.of("s3/bucket:Bucket")["epicvibe-static"]["bucket"].startswith("epicvibe-static-")


@pytest.mark.requirement("EPIC-DATA-05")
@pytest.mark.parametrize("bucket", ["media", "static"])
def test_files_keep_their_versions_move_to_glacier_and_stay_in_the_country(program, bucket):
    versioning = program.of("s3/bucketVersioning:BucketVersioning")[f"epicvibe-{bucket}"]
    assert versioning["versioningConfiguration"] == {"status": "Enabled"}
    (rule,) = program.of(LIFECYCLE)[f"epicvibe-{bucket}"]["rules"]
    assert rule["transitions"][-1] == {"days": 365, "storageClass": "GLACIER_IR"}
    assert rule["expiration"] == {"expiredObjectDeleteMarker": True}
    encryption = "s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration"
    (default,) = program.of(encryption)[f"epicvibe-{bucket}"]["rules"]
    assert default["applyServerSideEncryptionByDefault"]["kmsMasterKeyId"] == "arn:of:Key/epicvibe-objects"
    assert not [each for each in program.types() if "Replication" in each and "s3" in each]


@pytest.mark.requirement("EPIC-DATA-06")
def test_sessions_are_in_a_redis_cluster_that_fails_over_and_takes_tls_only(program):
    made = program.one(CACHE)
    assert (made["engine"], made["clusterMode"]) == ("redis", "enabled")
    assert (made["automaticFailoverEnabled"], made["multiAzEnabled"]) == (True, True)
    assert (made["transitEncryptionEnabled"], made["transitEncryptionMode"]) == (True, "required")
    assert made["atRestEncryptionEnabled"] is True


@pytest.mark.requirement("EPIC-DATA-06")
def test_tasks_are_in_a_queue_with_dead_letters_since_celery_knows_no_redis_cluster(program):
    """OP-EPIC-04: SQS is the broker."""
    queues = program.of("sqs/queue:Queue")
    assert set(queues) == {"epicvibe-tasks", "epicvibe-tasks-dead"}
    assert queues["epicvibe-tasks"]["redrivePolicy"]
    for role in ("web", "worker"):
        granted = program.permissions(f"epicvibe-{role}-task")
        assert {"SendMessages", "ReceiveMessages"} <= set(granted)
