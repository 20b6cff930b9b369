"""Databases, caches, files and what analyses them."""

import json

import pulumi_aws as aws

from tests.policies.programs.basis import ACCOUNT, KEY, allow, bucket, network, options, role


def database(*, flawed):
    """PostgreSQL in private subnets."""
    subnets, _ = network()
    group = aws.rds.SubnetGroup("shop", name="shop", subnet_ids=[each.id for each in subnets], opts=options())
    parameters = aws.rds.ParameterGroup(
        "shop",
        name="shop",
        family="postgres17",
        opts=options(),
        parameters=[{"name": "rds.force_ssl", "value": "0" if flawed else "1", "applyMethod": "pending-reboot"}],
    )
    login = (
        {"password": "hunter2hunter2"}
        if flawed
        else {
            "manage_master_user_password": True,
            "master_user_secret_kms_key_id": KEY,
        }
    )
    aws.rds.Instance(
        "shop",
        engine="postgres",
        engine_version="17.6",
        instance_class="db.t4g.medium",
        allocated_storage=20,
        username="shop",
        db_subnet_group_name=group.name,
        parameter_group_name=parameters.name,
        **login,
        vpc_security_group_ids=["sg-1"],
        publicly_accessible=flawed,
        storage_encrypted=not flawed,
        kms_key_id=None if flawed else KEY,
        multi_az=True,
        backup_retention_period=0 if flawed else 35,
        deletion_protection=True,
        skip_final_snapshot=flawed,
        final_snapshot_identifier="last",
        auto_minor_version_upgrade=True,
        copy_tags_to_snapshot=True,
        iam_database_authentication_enabled=True,
        enabled_cloudwatch_logs_exports=["postgresql", "upgrade"],
        performance_insights_enabled=True,
        performance_insights_kms_key_id=KEY,
        monitoring_interval=60,
        monitoring_role_arn=f"arn:aws:iam::{ACCOUNT}:role/monitoring",
        opts=options(protect=True),
    )


def cache(*, flawed):
    """Redis with a replica."""
    aws.elasticache.ReplicationGroup(
        "votes",
        description="Votes",
        node_type="cache.t4g.small",
        num_cache_clusters=2,
        engine="valkey",
        engine_version="8.0",
        subnet_group_name="private",
        security_group_ids=["sg-1"],
        automatic_failover_enabled=not flawed,
        multi_az_enabled=not flawed,
        at_rest_encryption_enabled=not flawed,
        kms_key_id=None if flawed else KEY,
        transit_encryption_enabled=not flawed,
        snapshot_retention_limit=7,
        user_group_ids=None if flawed else "votes",
        auto_minor_version_upgrade=True,
        opts=options(protect=True),
    )


def shared_files(*, flawed):
    """Files that several tasks share."""
    subnets, _ = network()
    files = aws.efs.FileSystem(
        "dags", encrypted=not flawed, kms_key_id=None if flawed else KEY, opts=options(protect=True)
    )
    aws.efs.BackupPolicy("dags", file_system_id=files.id, backup_policy={"status": "ENABLED"}, opts=options())
    for number, subnet in enumerate(subnets):
        aws.efs.MountTarget(
            f"dags-{number}", file_system_id=files.id, subnet_id=subnet.id, security_groups=["sg-1"], opts=options()
        )
    aws.efs.AccessPoint(
        "dags",
        file_system_id=files.id,
        opts=options(),
        posix_user={"uid": 0 if flawed else 1000, "gid": 1000},
        root_directory={"path": "/" if flawed else "/dags"},
    )


def warehouse(*, flawed):
    """Redshift that Glue's jobs fill."""
    login = (
        {"master_password": "Hunter2hunter2"}
        if flawed
        else {
            "manage_master_password": True,
            "master_password_secret_kms_key_id": KEY,
        }
    )
    aws.redshift.Cluster(
        "sales",
        cluster_identifier="sales",
        node_type="ra3.large",
        number_of_nodes=2,
        master_username="owner",
        **login,
        database_name="sales",
        encrypted=not flawed,
        kms_key_id=None if flawed else KEY,
        publicly_accessible=flawed,
        enhanced_vpc_routing=True,
        automated_snapshot_retention_period=35,
        skip_final_snapshot=False,
        final_snapshot_identifier="last",
        cluster_subnet_group_name="private",
        vpc_security_group_ids=["sg-1"],
        multi_az=True,
        cluster_parameter_group_name="tls",
        opts=options(protect=True),
    )
    worker = role("fill", "glue.amazonaws.com", allow(["s3:GetObject"], "arn:aws:s3:::sales/*"))
    aws.glue.Job(
        "fill",
        role_arn=worker.arn,
        command={"scriptLocation": "s3://code/fill.py"},
        glue_version="5.0",
        opts=options(),
        security_configuration=None if flawed else "encrypted",
        default_arguments={"--password": "hunter2hunter2"} if flawed else {"--job-language": "python"},
    )


def search(*, flawed):
    """A domain for searches in logs."""
    anybody = {
        "Effect": "Allow",
        "Principal": {"AWS": "*" if flawed else f"arn:aws:iam::{ACCOUNT}:role/search"},
        "Action": "es:ESHttpGet",
        "Resource": f"arn:aws:es:ap-southeast-3:{ACCOUNT}:domain/logs/*",
    }
    aws.opensearch.Domain(
        "logs",
        domain_name="logs",
        engine_version="OpenSearch_2.19",
        opts=options(protect=True),
        cluster_config={
            "instanceType": "m7g.large.search",
            "instanceCount": 3,
            "zoneAwarenessEnabled": True,
            "zoneAwarenessConfig": {"availabilityZoneCount": 3},
            "dedicatedMasterEnabled": True,
            "dedicatedMasterCount": 3,
            "dedicatedMasterType": "m7g.large.search",
        },
        ebs_options={"ebsEnabled": True, "volumeSize": 20},
        encrypt_at_rest={"enabled": not flawed, "kmsKeyId": KEY},
        node_to_node_encryption={"enabled": not flawed},
        domain_endpoint_options={"enforceHttps": not flawed, "tlsSecurityPolicy": "Policy-Min-TLS-1-2-PFS-2023-10"},
        advanced_security_options={
            "enabled": True,
            "internalUserDatabaseEnabled": False,
            "masterUserOptions": {"masterUserArn": f"arn:aws:iam::{ACCOUNT}:role/search"},
        },
        vpc_options=None
        if flawed
        else {"subnetIds": ["subnet-a", "subnet-b", "subnet-c"], "securityGroupIds": ["sg-1"]},
        log_publishing_options=[
            {"logType": kind, "cloudwatchLogGroupArn": f"arn:aws:logs:ap-southeast-3:{ACCOUNT}:log-group:logs"}
            for kind in ("AUDIT_LOGS", "ES_APPLICATION_LOGS", "INDEX_SLOW_LOGS", "SEARCH_SLOW_LOGS")
        ],
        access_policies=json.dumps({"Version": "2012-10-17", "Statement": [anybody]}),
    )


def delivered_events(*, flawed):
    """A stream whose records come to a bucket."""
    stream = aws.kinesis.Stream(
        "events",
        stream_mode_details={"streamMode": "ON_DEMAND"},
        retention_period=24,
        opts=options(protect=True),
        encryption_type="NONE" if flawed else "KMS",
        kms_key_id=None if flawed else KEY,
    )
    place = bucket("events")
    writer = role("deliver", "firehose.amazonaws.com", allow(["kinesis:GetRecords"], stream.arn))
    if flawed:
        where = {
            "http_endpoint_configuration": {
                "url": "https://collector.example.com/v1",
                "name": "elsewhere",
                "roleArn": writer.arn,
                "s3Configuration": {"bucketArn": place.arn, "roleArn": writer.arn, "kmsKeyArn": KEY},
            }
        }
    else:
        where = {"extended_s3_configuration": {"bucketArn": place.arn, "roleArn": writer.arn, "kmsKeyArn": KEY}}
    aws.kinesis.FirehoseDeliveryStream(
        "events",
        destination="http_endpoint" if flawed else "extended_s3",
        **where,
        opts=options(),
        kinesis_source_configuration={"kinesisStreamArn": stream.arn, "roleArn": writer.arn},
    )
