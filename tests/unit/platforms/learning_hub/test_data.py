"""What keeps data, and what carries it between services."""

import json

import pytest

DATABASE, BUCKET = "rds/instance:Instance", "s3/bucket:Bucket"
ENCRYPTION = "s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration"
LIFECYCLE = "s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration"


def primary(program):
    return program.of(DATABASE)["learninghub-database"]


@pytest.mark.requirement("LH-DATA-01")
def test_postgresql_15_has_a_standby(prod):
    made = primary(prod)
    assert (made["engine"], made["engineVersion"], made["instanceClass"]) == ("postgres", "15", "db.t3.medium")
    assert made["multiAz"] is True
    assert made["publiclyAccessible"] is False


@pytest.mark.requirement("LH-DATA-02")
def test_a_reader_follows_the_primary_in_the_same_region(prod):
    reader = prod.of(DATABASE)["learninghub-database-reader"]
    assert reader["replicateSourceDb"] == "learninghub-prod-database"
    assert "region" not in reader


@pytest.mark.requirement("LH-DATA-03")
def test_a_week_can_be_restored_to_any_moment(prod):
    assert primary(prod)["backupRetentionPeriod"] == 7
    assert primary(prod)["tags"]["Backup"] == "daily"


@pytest.mark.requirement("LH-DATA-05")
def test_the_database_is_encrypted_with_its_key_and_takes_tls_alone(prod):
    assert primary(prod)["storageEncrypted"] is True
    assert primary(prod)["kmsKeyId"] == "arn:of:Key/learninghub-database"
    (group,) = prod.of("rds/parameterGroup:ParameterGroup").values()
    assert {each["name"]: each["value"] for each in group["parameters"]}["rds.force_ssl"] == "1"


@pytest.mark.requirement("LH-DATA-06")
def test_the_database_is_measured_by_statement_and_by_second(prod):
    made = primary(prod)
    assert made["performanceInsightsEnabled"] is True
    assert made["databaseInsightsMode"] == "standard"
    assert made["monitoringInterval"] == 60


@pytest.mark.requirement("LH-DATA-08")
def test_redis_7_is_a_cluster_that_fails_over_and_is_encrypted(prod):
    made = prod.one("elasticache/replicationGroup:ReplicationGroup")
    assert (made["engine"], made["nodeType"]) == ("redis", "cache.t3.medium")
    assert made["engineVersion"].startswith("7")
    assert (made["numNodeGroups"], made["replicasPerNodeGroup"]) == (2, 1)
    assert made["automaticFailoverEnabled"] is True
    assert made["transitEncryptionEnabled"] is True
    assert made["atRestEncryptionEnabled"] is True
    assert made["kmsKeyId"] == "arn:of:Key/learninghub-cache"


@pytest.mark.requirement("LH-DATA-10")
def test_rabbitmq_is_a_cluster_in_three_zones_that_nobody_outside_reaches(prod):
    made = prod.one("mq/broker:Broker")
    assert (made["engineType"], made["engineVersion"]) == ("RabbitMQ", "4.2")
    assert made["deploymentMode"] == "CLUSTER_MULTI_AZ"
    assert made["hostInstanceType"].startswith("mq.m7g.")
    assert made["publiclyAccessible"] is False
    secrets = {each["name"] for each in prod.of("secretsmanager/secret:Secret").values()}
    assert "learninghub-prod/rabbitmq/application" in secrets


def declared(program):
    return json.loads(program.one("lambda/invocation:Invocation")["input"])["definitions"]


@pytest.mark.requirement("LH-DATA-10")
def test_what_is_declared_in_rabbitmq_is_kept_by_the_program_from_inside_the_vpc(prod):
    function = prod.of("lambda/function:Function")["learninghub-broker-definitions"]
    variables = function["environment"]["variables"]
    assert variables == {
        "LOGIN": "learninghub-prod/rabbitmq/application",
        "URL": "https://b-1.mq.ap-southeast-3.on.aws",
    }
    assert function["vpcConfig"]["securityGroupIds"] == ["SecurityGroup/learninghub-declaration"]
    assert all("private" in subnet for subnet in function["vpcConfig"]["subnetIds"])
    call = prod.one("lambda/invocation:Invocation")
    assert set(call["triggers"]) == {"definitions", "broker"}
    allowed = prod.permissions("learninghub-broker-definitions")["ReadBrokerLogin"]
    assert allowed["Action"] == ["secretsmanager:GetSecretValue"]


def test_another_queue_is_another_call(program_of):
    def trigger(changes=None):
        return program_of("learning_hub", "prod", changes).one("lambda/invocation:Invocation")["triggers"][
            "definitions"
        ]

    more = {"learninghub:broker": {"queues": {"audit": {"events": ["user.joined"]}}}}
    assert trigger() == trigger()
    assert trigger(more) != trigger()


@pytest.mark.requirement("LH-DATA-10")
def test_messages_are_kept_on_disk_and_what_fails_too_often_is_put_aside(prod):
    queues = {each["name"]: each for each in declared(prod)["queues"]}
    for name, queue in queues.items():
        assert queue["durable"] is True
        assert queue["arguments"]["x-queue-type"] == "quorum"
        if not name.endswith(".dead"):
            assert queue["arguments"]["x-dead-letter-exchange"] == "dead-letters"
            assert f"{name}.dead" in queues


@pytest.mark.requirement("LH-DATA-11")
def test_events_flow_from_payment_to_enrollment_and_on_to_notification_and_certificate(prod):
    flows = {
        (each["routing_key"], each["destination"]) for each in declared(prod)["bindings"] if each["source"] == "events"
    }
    assert flows == {
        ("enrollment.completed", "notification.enrollments"),
        ("payment.completed", "enrollment.payments"),
        ("course.completed", "certificate.completions"),
    }
    login = {
        name.removeprefix("learninghub-workload-")
        for name in prod.of("iam/role:Role")
        if name.startswith("learninghub-workload-") and "ReadBrokerLogin" in prod.permissions(name)
    }
    assert login == {"enrollment-service", "payment-service", "notification-service", "certificate-service"}


def bucket_of(program, kind, name):
    """What was asked for about one bucket."""
    return program.of(kind)[f"learninghub-{name}"]


@pytest.mark.requirement("LH-STORE-01")
def test_the_build_is_versioned_loses_old_versions_and_is_read_by_cloudfront_alone(prod):
    assert bucket_of(prod, "s3/bucketVersioning:BucketVersioning", "static")["versioningConfiguration"] == {
        "status": "Enabled"
    }
    rules = bucket_of(prod, LIFECYCLE, "static")["rules"]
    assert any(each.get("noncurrentVersionExpiration", {}).get("noncurrentDays") == 30 for each in rules)
    policy = bucket_of(prod, "s3/bucketPolicy:BucketPolicy", "static")["policy"]
    allowed = [each for each in json.loads(policy)["Statement"] if each["Effect"] == "Allow"]
    assert [each["Principal"] for each in allowed] == [{"Service": "cloudfront.amazonaws.com"}]
    block = bucket_of(prod, "s3/bucketPublicAccessBlock:BucketPublicAccessBlock", "static")
    assert all(block[each] for each in ("blockPublicAcls", "blockPublicPolicy", "restrictPublicBuckets"))


def encryption(program, name):
    (rule,) = bucket_of(program, ENCRYPTION, name)["rules"]
    return rule["applyServerSideEncryptionByDefault"]["sseAlgorithm"], rule.get("bucketKeyEnabled")


@pytest.mark.requirement("LH-STORE-02")
def test_media_are_served_by_cloudfront_and_encrypted_with_a_bucket_key(prod, hosted):
    assert encryption(prod, "media") == ("aws:kms", True)
    policy = bucket_of(prod, "s3/bucketPolicy:BucketPolicy", "media")["policy"]
    (reads,) = (each for each in json.loads(policy)["Statement"] if each["Effect"] == "Allow")
    assert reads["Condition"] == {"StringEquals": {"aws:SourceArn": "arn:of:Distribution/learninghub-frontend"}}
    assert encryption(hosted, "media")[0] == "AES256"


@pytest.mark.requirement("LH-STORE-03")
def test_backups_have_a_bucket_with_a_key_of_its_own(prod):
    assert encryption(prod, "backups")[0] == "aws:kms"
    (rule,) = bucket_of(prod, ENCRYPTION, "backups")["rules"]
    assert rule["applyServerSideEncryptionByDefault"]["kmsMasterKeyId"] == "arn:of:Key/learninghub-backups"
    assert not [each for each in prod.types() if "Replication" in each and "s3" in each]


@pytest.mark.requirement("LH-STORE-04")
def test_old_data_moves_to_glacier_classes(prod):
    moved = {
        move["storageClass"]
        for name in ("media", "backups", "logs")
        for rule in bucket_of(prod, LIFECYCLE, name)["rules"]
        for move in rule.get("transitions", ())
    }
    assert {"GLACIER_IR", "GLACIER", "DEEP_ARCHIVE"} <= moved


@pytest.mark.requirement("LH-STORE-05")
def test_each_service_has_a_repository_that_is_scanned_and_forgets_old_images(prod):
    repositories = {
        name: each for name, each in prod.of("ecr/repository:Repository").items() if "cache" not in each["name"]
    }
    assert len(repositories) == 13
    policies = prod.of("ecr/lifecyclePolicy:LifecyclePolicy")
    assert set(repositories) <= set(policies)
    scan = prod.one("ecr/registryScanningConfiguration:RegistryScanningConfiguration")
    assert scan["rules"]


@pytest.mark.requirement("LH-OBS-05")
def test_configuration_is_in_parameter_store_and_what_is_sensitive_is_encrypted_there(prod):
    parameters = {each["name"]: each for each in prod.of("ssm/parameter:Parameter").values()}
    secure = {name for name, each in parameters.items() if each["type"] == "SecureString"}
    assert secure == {
        f"/learninghub/prod/{each}"
        for each in (
            "api-gateway/sentry-dsn",
            "auth-service/jwt-signing",
            "payment-service/stripe",
            "payment-service/stripe-webhook",
        )
    }
    assert {parameters[name]["keyId"] for name in secure} == {"arn:of:Key/learninghub-secrets"}


@pytest.mark.requirement("LH-EXT-01")
def test_the_payment_service_alone_knows_stripe_and_calls_it(prod):
    knows = {
        name.removeprefix("learninghub-workload-")
        for name in prod.of("iam/role:Role")
        if "payment-service/stripe" in json.dumps(prod.permissions(name))
    }
    assert knows == {"payment-service"}


@pytest.mark.requirement("LH-EXT-03")
def test_the_gateway_alone_reports_to_sentry(prod):
    knows = {
        name.removeprefix("learninghub-workload-")
        for name in prod.of("iam/role:Role")
        if "api-gateway/sentry-dsn" in json.dumps(prod.permissions(name))
    }
    assert knows == {"api-gateway"}


@pytest.mark.requirement("LH-EXT-02")
def test_mail_is_signed_sent_over_tls_and_followed(prod):
    assert prod.one("sesv2/emailIdentity:EmailIdentity")["emailIdentity"] == "learninghub.example"
    records = prod.of("route53/record:Record")
    keys = {each["name"]: each["records"] for name, each in records.items() if "-dkim-" in name}
    assert keys == {
        f"{token}._domainkey.learninghub.example": [f"{token}.dkim.ap-southeast-3.amazonses.com"]
        for token in ("one", "two", "three")
    }
    assert prod.one("sesv2/configurationSet:ConfigurationSet")["deliveryOptions"] == {"tlsPolicy": "REQUIRE"}
    followed = prod.one("sesv2/configurationSetEventDestination:ConfigurationSetEventDestination")
    assert {"DELIVERY", "BOUNCE", "COMPLAINT"} <= set(followed["eventDestination"]["matchingEventTypes"])
    assert len(prod.of("ses/template:Template")) == 3


@pytest.mark.requirement("LH-OBS-04")
def test_events_of_applications_and_of_schedules_come_by_a_bus(prod):
    assert prod.one("cloudwatch/eventBus:EventBus")["name"] == "learninghub-prod"
    rule = prod.of("cloudwatch/eventRule:EventRule")["learninghub-integrations"]
    assert json.loads(rule["eventPattern"])["source"] == ["learninghub"]
    target = prod.of("cloudwatch/eventTarget:EventTarget")["learninghub-integrations"]
    assert target["arn"] == "arn:of:Queue/learninghub-integrations"
    assert target["deadLetterConfig"] == {"arn": "arn:of:Queue/learninghub-integrations-dead"}
    schedules = prod.of("scheduler/schedule:Schedule")
    assert schedules["learninghub-digest"]["scheduleExpression"] == "cron(0 7 * * ? *)"
    assert schedules["learninghub-digest"]["scheduleExpressionTimezone"] == "Asia/Jakarta"


@pytest.mark.requirement("LH-EXT-06")
def test_rds_elasticache_and_s3_have_keys_of_the_stack(prod):
    assert {f"learninghub-{each}" for each in ("database", "cache", "objects", "backups", "secrets")} <= set(
        prod.of("kms/key:Key")
    )
