"""What keeps data: MySQL, Redis, the bucket of files; the network around them."""

import json

import pytest

from tests.unit.platforms.educounsel.conftest import boots, told

INSTANCE, CACHE = "rds/instance:Instance", "elasticache/replicationGroup:ReplicationGroup"
INGRESS = "vpc/securityGroupIngressRule:SecurityGroupIngressRule"


def parameters(program):
    return {each["name"]: each["value"] for each in program.one("rds/parameterGroup:ParameterGroup")["parameters"]}


@pytest.mark.requirement("EDU-DATA-01")
def test_mysql_has_a_standby_and_a_snapshot_of_every_day_for_a_week(program):
    primary = program.one(INSTANCE)
    assert (primary["engine"], primary["engineVersion"], primary["multiAz"]) == ("mysql", "8.4", True)
    assert (primary["instanceClass"], primary["backupRetentionPeriod"]) == ("db.t3.micro", 7)
    assert primary["backupWindow"] == "18:00-19:00"  # one in the night in Jakarta


@pytest.mark.requirement("EDU-DATA-02")
def test_slow_statements_are_logged_and_shown(program):
    assert parameters(program)["slow_query_log"] == "1"
    assert "slowquery" in program.one(INSTANCE)["enabledCloudwatchLogsExports"]
    saved = program.of("cloudwatch/queryDefinition:QueryDefinition")["educounsel-slow-statements"]
    assert saved["logGroupNames"] == ["/aws/rds/instance/educounsel-prod-database/slowquery"]


@pytest.mark.requirement("EDU-DATA-03")
def test_mysql_has_no_query_cache_which_version_8_took_away_and_redis_keeps_copies(program):
    assert not [name for name in parameters(program) if name.startswith("query_cache")]
    assert told(boots(program)["web"])["CACHE_STORE"] == "redis"


@pytest.mark.requirement("EDU-DATA-04")
def test_redis_has_sessions_copies_and_jobs(program):
    assert program.one(CACHE)["engine"] == "redis"
    for boot in boots(program).values():
        variables = told(boot)
        assert {variables[name] for name in ("CACHE_STORE", "SESSION_DRIVER", "QUEUE_CONNECTION")} == {"redis"}
        # One slot of the cluster for all keys of a queue, by the name in braces.
        assert (variables["REDIS_CLUSTER"], variables["REDIS_QUEUE"]) == ("redis", "{notifications}")
        assert (variables["REDIS_HOST"], variables["REDIS_SCHEME"]) == ("endpoint-of-educounsel-cache", "tls")
    policies = {
        each["name"]: each["value"] for each in program.one("elasticache/parameterGroup:ParameterGroup")["parameters"]
    }
    assert policies["maxmemory-policy"] == "volatile-lru"  # what has no expiry, as jobs, stays


@pytest.mark.requirement("EDU-DATA-05")
def test_laravel_is_told_how_long_what_is_kept(program):
    for boot in boots(program).values():
        variables = told(boot)
        assert variables["SESSION_LIFETIME"] == "120"  # minutes
        assert {
            what: variables[f"CACHE_{what}_SECONDS"] for what in ("DASHBOARD", "ANALYTICS", "MATERIALS", "CHAT_REPORTS")
        } == {"DASHBOARD": "300", "ANALYTICS": "600", "MATERIALS": "180", "CHAT_REPORTS": "300"}


@pytest.mark.requirement("EDU-DATA-06")
def test_sessions_and_copies_are_in_memory_alone(program):
    cache = program.one(CACHE)
    assert cache["snapshotRetentionLimit"] == 0
    assert not {"snapshotWindow", "finalSnapshotIdentifier", "snapshotName"} & set(cache)
    assert not [name for name in program.of("lambda/function:Function") if "snapshots" in name]
    assert (cache["replicasPerNodeGroup"], cache["automaticFailoverEnabled"]) == (
        1,
        True,
    )  # OP-EDU-04: jobs outlive a node


@pytest.mark.requirement("EDU-DATA-07")
def test_materials_thumbnails_and_photos_have_a_private_bucket(program):
    bucket = program.of("s3/bucket:Bucket")["educounsel-files"]
    assert bucket["bucket"] == "educounsel-files-prod-123456789012"
    block = program.of("s3/bucketPublicAccessBlock:BucketPublicAccessBlock")["educounsel-files"]
    assert all(
        block[each] for each in ("blockPublicAcls", "blockPublicPolicy", "ignorePublicAcls", "restrictPublicBuckets")
    )
    served = {
        each["pathPattern"] for each in program.one("cloudfront/distribution:Distribution")["orderedCacheBehaviors"]
    }
    assert served == {"/materi/thumbnails/*", "/materi/files/*", "/static/*"}  # no photo of a person
    readers = [
        each["Condition"]["StringEquals"]["aws:SourceArn"]
        for each in json.loads(program.of("s3/bucketPolicy:BucketPolicy")["educounsel-files"]["policy"])["Statement"]
        if each["Effect"] == "Allow"
    ]
    assert readers == ["arn:of:Distribution/educounsel-files"]


@pytest.mark.requirement("EDU-DATA-08")
def test_files_and_thumbnails_keep_their_versions(program):
    versioning = program.of("s3/bucketVersioning:BucketVersioning")["educounsel-files"]
    assert versioning["versioningConfiguration"]["status"] == "Enabled"


@pytest.mark.requirement("EDU-DATA-09")
def test_each_part_is_reached_by_what_needs_it_alone(program):
    reached = {}
    for each in program.of(INGRESS).values():
        source = each.get("referencedSecurityGroupId") or each["cidrIpv4"]
        reached.setdefault(each["securityGroupId"].removeprefix("SecurityGroup/educounsel-"), set()).add(
            (source.removeprefix("SecurityGroup/educounsel-"), each["fromPort"])
        )
    assert reached == {
        "load-balancer": {("0.0.0.0/0", 443), ("0.0.0.0/0", 80)},
        "web": {("load-balancer", 8443)},
        "database": {("web", 3306), ("worker", 3306), ("rotation", 3306)},
        "cache": {("web", 6379), ("worker", 6379), ("rotation", 6379)},
        "endpoints": {("rotation", 443), ("10.40.0.0/16", 443)},
    }


@pytest.mark.requirement("EDU-DATA-09")
def test_data_are_in_private_subnets_encrypted_at_rest_and_on_the_way(program):
    primary, cache = program.one(INSTANCE), program.one(CACHE)
    assert (primary["storageEncrypted"], primary["kmsKeyId"]) == (True, "arn:of:Key/educounsel-database")
    assert primary["publiclyAccessible"] is False
    assert not [name for name in program.of("ec2/route:Route") if "database" in name]
    assert parameters(program)["require_secure_transport"] == "1"
    assert (cache["atRestEncryptionEnabled"], cache["kmsKeyId"]) == (True, "arn:of:Key/educounsel-cache")
    assert cache["transitEncryptionMode"] == "required"
    for template in program.of("ec2/launchTemplate:LaunchTemplate").values():
        (disk,) = template["blockDeviceMappings"]
        assert (disk["ebs"]["encrypted"], disk["ebs"]["kmsKeyId"]) == ("true", "arn:of:Key/educounsel-kubernetes")
    assert program.one("lb/targetGroup:TargetGroup")["protocol"] == "HTTPS"
    assert not [each for each in program.types() if "Replication" in each and "s3" in each]
