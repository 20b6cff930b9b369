"""The database as a program registers it: encrypted, private, TLS only, watched, and nobody knows its password."""

import json
import re
from datetime import date
from types import SimpleNamespace

import pulumi
import pytest
import yaml
from pydantic import ValidationError

from components.core.protection import Protection
from components.database.database import Database, DatabaseArgs
from components.database.guard import ShrinkingStorageError, refuse_shrinking
from components.database.settings import Database as Settings
from components.database.support import warn_of_support
from settings import load_from_files
from tests.paths import ROOT
from tests.recording import record

INSTANCE = "rds/instance:Instance"
SUBNETS = ["subnet-a", "subnet-b", "subnet-c"]
REPLICATED = {"master_password": "self_managed", "read_replicas": ["reports"]}


def tier(stack):
    """The settings of a stack's file."""
    return load_from_files(stack, ROOT).database.model_dump(mode="json")


@pytest.fixture(scope="module")
def database_of(foundation_of):
    """Record a database with other settings than prod's."""

    def make(protection=None, **changes):
        context = foundation_of(**({"protection": protection} if protection else {}))

        def program():
            args = DatabaseArgs(
                context=context,
                settings=Settings.model_validate_json(json.dumps({"admin_user": "smile_admin"} | changes)),
                subnet_ids=SUBNETS,
                security_group_id="sg-1",
            )
            database = Database("smile-database", args)
            return {
                "identifier": database.identifier,
                "arn": database.arn,
                "port": database.port,
                "master_secret_arn": database.master_secret_arn,
                "replicas": database.replica_addresses,
                "parameter_group": database.parameter_group_name,
                "log_groups": database.log_group_names,
                "ca": database.ca_certificate_identifier,
            }

        return record(program)

    return make


@pytest.fixture(scope="module")
def prod(database_of):
    return database_of()


@pytest.fixture(scope="module")
def dev(database_of):
    return database_of(**tier("dev"))


@pytest.fixture(scope="module")
def replicated(database_of):
    return database_of(**REPLICATED)


def key(name):
    return f"arn:aws:kms:ap-southeast-3:123456789012:key/{name}"


def registered(recording, name="smile-database", kind=INSTANCE):
    (found,) = [each for each in recording.resources if (each.type, each.name) == (f"aws:{kind}", name)]
    return found


# The tiers.


@pytest.mark.requirement("SMILE-RDS-01")
@pytest.mark.requirement("SMILE-RDS-02")
@pytest.mark.requirement("SMILE-RDS-03")
@pytest.mark.requirement("SMILE-RDS-04")
@pytest.mark.requirement("SMILE-RDS-05")
@pytest.mark.requirement("SMILE-RDS-06")
@pytest.mark.requirement("SMILE-BACKUP-06")
def test_the_instance_is_what_the_settings_say(prod):
    instance = prod.one(INSTANCE)
    assert (instance["engine"], instance["engineVersion"]) == ("mysql", "8.4")
    assert instance["identifier"] == "smile-prod-database"
    assert instance["instanceClass"] == "db.r5.large"
    assert (instance["storageType"], instance["allocatedStorage"], instance["maxAllocatedStorage"]) == (
        "gp3",
        500,
        1000,
    )
    assert (instance["multiAz"], instance["backupRetentionPeriod"]) == (True, 30)
    assert instance["deleteAutomatedBackups"] is False
    assert instance["tags"]["Backup"] == "daily"


@pytest.mark.requirement("SMILE-RDS-07")
@pytest.mark.requirement("SMILE-RDS-08")
@pytest.mark.requirement("SMILE-RDS-09")
@pytest.mark.requirement("SMILE-RDS-10")
@pytest.mark.requirement("SMILE-BACKUP-06")
def test_staging_is_medium_in_one_zone_and_backed_up_for_seven_days(database_of):
    instance = database_of(**tier("staging")).one(INSTANCE)
    assert (instance["instanceClass"], instance["storageType"]) == ("db.t3.medium", "gp3")
    assert (instance["allocatedStorage"], instance["maxAllocatedStorage"]) == (100, 0)
    assert (instance["multiAz"], instance["backupRetentionPeriod"]) == (False, 7)
    assert instance["tags"]["Backup"] == "daily"
    assert (instance["monitoringInterval"], instance["databaseInsightsMode"]) == (60, "standard")


@pytest.mark.requirement("SMILE-RDS-11")
@pytest.mark.requirement("SMILE-RDS-12")
@pytest.mark.requirement("SMILE-RDS-13")
@pytest.mark.requirement("SMILE-RDS-14")
def test_dev_is_small_and_has_neither_automated_backups_nor_watchers(dev):
    instance = dev.one(INSTANCE)
    assert (instance["instanceClass"], instance["allocatedStorage"], instance["multiAz"]) == ("db.t3.micro", 20, False)
    assert instance["maxAllocatedStorage"] == 0
    assert instance["backupRetentionPeriod"] == 0
    assert "Backup" not in instance["tags"]
    assert (instance["monitoringInterval"], instance["performanceInsightsEnabled"]) == (0, False)
    assert "databaseInsightsMode" not in instance
    assert not dev.of("cloudwatch/metricAlarm:MetricAlarm")
    assert not dev.of("iam/role:Role")


# Who may read it.


@pytest.mark.requirement("SMILE-RDS-17")
def test_storage_backups_and_insights_are_encrypted_with_the_databases_key(prod):
    instance = prod.one(INSTANCE)
    assert instance["storageEncrypted"] is True
    assert instance["kmsKeyId"] == instance["performanceInsightsKmsKeyId"] == key("database")


@pytest.mark.requirement("SMILE-SEC-07")
@pytest.mark.requirement("SMILE-RDS-16")
def test_only_tls_of_current_versions_is_spoken(prod):
    group = prod.one("rds/parameterGroup:ParameterGroup")
    parameters = {each["name"]: each["value"] for each in group["parameters"]}
    assert (group["name"], group["family"]) == ("smile-prod-database-mysql8-4", "mysql8.4")
    assert parameters["require_secure_transport"] == "1"
    assert parameters["tls_version"] == "TLSv1.2,TLSv1.3"
    assert parameters["character_set_server"] == "utf8mb4"
    assert prod.one(INSTANCE)["parameterGroupName"] == group["name"]
    assert prod.one(INSTANCE)["caCertIdentifier"] == "rds-ca-rsa2048-g1"


@pytest.mark.requirement("SMILE-RDS-19")
def test_it_lives_in_the_database_subnets_out_of_the_internets_reach(prod):
    group = prod.one("rds/subnetGroup:SubnetGroup")
    instance = prod.one(INSTANCE)
    assert group["subnetIds"] == SUBNETS
    assert instance["dbSubnetGroupName"] == group["name"]
    assert instance["publiclyAccessible"] is False
    assert instance["vpcSecurityGroupIds"] == ["sg-1"]
    assert instance["port"] == prod.result["port"] == 3306


@pytest.mark.requirement("SMILE-RDS-18")
@pytest.mark.requirement("SMILE-SECRETS-01")
def test_the_password_is_made_kept_and_rotated_by_aws(prod):
    instance = prod.one(INSTANCE)
    assert instance["manageMasterUserPassword"] is True
    assert instance["masterUserSecretKmsKeyId"] == key("secrets")
    assert not {"password", "passwordWo"} & set(instance)
    assert instance["username"] == "smile_admin"
    assert instance["iamDatabaseAuthenticationEnabled"] is True
    rotation = prod.one("secretsmanager/secretRotation:SecretRotation")
    assert rotation["secretId"] == prod.result["master_secret_arn"] == "master-secret:Instance/smile-database"
    assert rotation["rotationRules"] == {"automaticallyAfterDays": 30}
    assert rotation["rotateImmediately"] is False
    assert "rotationLambdaArn" not in rotation


# Who watches it.


@pytest.mark.requirement("SMILE-RDS-20")
def test_error_slow_query_and_audit_logs_go_to_encrypted_log_groups_made_before(prod):
    instance = registered(prod)
    assert instance.inputs["enabledCloudwatchLogsExports"] == ["audit", "error", "slowquery"]
    groups = prod.of("cloudwatch/logGroup:LogGroup")
    assert {each["name"] for each in groups.values()} == {
        f"/aws/rds/instance/smile-prod-database/{log}" for log in ("audit", "error", "slowquery")
    }
    for name, group in groups.items():
        assert (group["retentionInDays"], group["kmsKeyId"]) == (30, key("logs"))
        assert group["skipDestroy"] is True
        assert registered(prod, name, "cloudwatch/logGroup:LogGroup").urn in instance.dependencies
    parameters = {each["name"]: each["value"] for each in prod.one("rds/parameterGroup:ParameterGroup")["parameters"]}
    assert (parameters["log_output"], parameters["slow_query_log"], parameters["general_log"]) == ("FILE", "1", "0")
    assert parameters["long_query_time"] == "1"


@pytest.mark.requirement("SMILE-RDS-20")
def test_audit_tells_of_connections_and_changes_but_not_of_data(prod):
    group = prod.one("rds/optionGroup:OptionGroup")
    (plugin,) = group["options"]
    assert (group["engineName"], group["majorEngineVersion"]) == ("mysql", "8.4")
    assert plugin["optionName"] == "MARIADB_AUDIT_PLUGIN"
    events = {each["name"]: each["value"] for each in plugin["optionSettings"]}["SERVER_AUDIT_EVENTS"]
    assert set(events.split(",")) == {"CONNECT", "QUERY_DDL", "QUERY_DCL"}
    assert group["skipDestroy"] is True


def test_logs_are_what_the_settings_ask_for(database_of):
    recording = database_of(logs={"audit": False, "general": True, "slow_queries": False})
    assert recording.one(INSTANCE)["enabledCloudwatchLogsExports"] == ["error", "general"]
    assert not recording.of("rds/optionGroup:OptionGroup")
    parameters = recording.one("rds/parameterGroup:ParameterGroup")["parameters"]
    values = {each["name"]: each["value"] for each in parameters}
    assert (values["slow_query_log"], values["general_log"]) == ("0", "1")


@pytest.mark.requirement("SMILE-RDS-21")
def test_the_operating_system_is_looked_at_each_minute_and_insights_are_on(prod):
    instance = registered(prod)
    assert instance.inputs["monitoringInterval"] == 60
    assert instance.inputs["monitoringRoleArn"] == "arn:of:Role/smile-database-monitoring"
    assert registered(prod, "smile-database-monitoring", "iam/rolePolicyAttachment:RolePolicyAttachment").urn in (
        instance.dependencies
    )
    assert instance.inputs["performanceInsightsEnabled"] is True
    assert (instance.inputs["databaseInsightsMode"], instance.inputs["performanceInsightsRetentionPeriod"]) == (
        "standard",
        7,
    )


def test_advanced_insights_keep_fifteen_months(database_of):
    instance = database_of(insights="advanced").one(INSTANCE)
    assert (instance["databaseInsightsMode"], instance["performanceInsightsRetentionPeriod"]) == ("advanced", 465)


def test_the_monitoring_role_is_for_this_database_and_writes_os_metrics_only(prod):
    trust = json.loads(prod.one("iam/role:Role")["assumeRolePolicy"])["Statement"][0]
    assert trust["Principal"] == {"Service": "monitoring.rds.amazonaws.com"}
    assert trust["Condition"]["ArnLike"] == {
        "aws:SourceArn": "arn:aws:rds:ap-southeast-3:123456789012:db:smile-prod-database*"
    }
    policy = json.loads(prod.one("iam/policy:Policy")["policy"])
    for statement in policy["Statement"]:
        assert all(":log-group:RDSOSMetrics" in resource for resource in statement["Resource"])


def test_alarms_fit_the_size(prod, database_of):
    alarms = {each["name"]: each for each in prod.of("cloudwatch/metricAlarm:MetricAlarm").values()}
    assert set(alarms) == {f"smile-prod-database-{role}" for role in ("cpu", "storage", "connections")}
    storage, connections = alarms["smile-prod-database-storage"], alarms["smile-prod-database-connections"]
    assert (storage["metricName"], storage["threshold"]) == ("FreeStorageSpace", 50 * 2**30)
    assert storage["comparisonOperator"] == "LessThanThreshold"
    assert storage["alarmActions"] == ["arn:aws:sns:ap-southeast-3:123456789012:smile-prod-alarms-critical"]
    assert connections["threshold"] == 1092  # 80 % of 16 GiB / 12582880
    assert (connections["treatMissingData"], connections["evaluationPeriods"]) == ("breaching", 5)  # it is gone
    assert "treatMissingData" not in storage  # one alarm says so
    assert {each["dimensions"]["DBInstanceIdentifier"] for each in alarms.values()} == {"smile-prod-database"}
    (instance,) = (each.urn for each in prod.resources if each.type == "aws:rds/instance:Instance")
    assert all(
        instance in each.dependencies
        for each in prod.resources
        if each.type == "aws:cloudwatch/metricAlarm:MetricAlarm"
    )
    smaller = database_of(instance_class="db.t3.medium", allocated_gib=100, max_allocated_gib=0)
    thresholds = smaller.of("cloudwatch/metricAlarm:MetricAlarm")
    assert thresholds["smile-database-storage"]["threshold"] == 10 * 2**30
    assert thresholds["smile-database-connections"]["threshold"] == 273


def test_aws_tells_of_failures_maintenance_and_changed_parameters(prod):
    events = prod.of("rds/eventSubscription:EventSubscription")
    critical, warning = events["smile-database-events-critical"], events["smile-database-events-warning"]
    assert critical["snsTopic"].endswith("alarms-critical")
    assert {"failover", "low storage"} <= set(critical["eventCategories"])
    assert {"configuration change", "failure", "maintenance"} <= set(warning["eventCategories"])
    assert critical["sourceIds"] == warning["sourceIds"] == ["smile-prod-database"]
    parameters = events["smile-database-events-parameters"]
    assert (parameters["sourceType"], parameters["sourceIds"]) == (
        "db-parameter-group",
        ["smile-prod-database-mysql8-4"],
    )


# How it is changed and kept.


@pytest.mark.requirement("SMILE-RDS-23")
def test_minor_upgrades_come_by_themselves_in_the_jakarta_night_and_extended_support_is_declined(prod):
    instance = prod.one(INSTANCE)
    assert instance["autoMinorVersionUpgrade"] is True
    assert (instance["backupWindow"], instance["maintenanceWindow"]) == ("18:00-19:00", "sat:19:30-sat:20:30")
    assert instance["engineLifecycleSupport"] == "open-source-rds-extended-support-disabled"
    assert instance["applyImmediately"] is False


@pytest.mark.requirement("SMILE-RDS-22")
@pytest.mark.requirement("SMILE-GEN-07")
def test_it_is_kept_from_deletion_and_leaves_a_snapshot_with_its_tags(prod):
    instance = registered(prod)
    assert (instance.protect, instance.retain_on_delete) == (True, True)
    assert instance.inputs["deletionProtection"] is True
    assert instance.inputs["skipFinalSnapshot"] is False
    assert instance.inputs["finalSnapshotIdentifier"] == "smile-prod-database-final-0a1b2c3d"
    assert instance.inputs["copyTagsToSnapshot"] is True


def test_the_final_snapshot_of_another_database_has_another_name(database_of):
    """AWS refuses a second snapshot of one name, and with it the deletion."""
    drawn = "random:index/randomId:RandomId"

    def keepers(**settings):
        (only,) = (each.inputs["keepers"] for each in database_of(**settings).resources if each.type == drawn)
        return only

    first = keepers()
    assert first["identifier"] == "smile-prod-database"
    assert first == keepers(restore={}) != keepers(restore={"snapshot": "smile-prod-database-final-0a1b2c3d"})


@pytest.mark.requirement("SMILE-RDS-22")
def test_staging_can_be_deleted_and_leaves_a_snapshot(database_of):
    open_ = Protection(protect=False, deletion_protection=False, retain_on_delete=False)
    instance = registered(database_of(protection=open_))
    assert (instance.protect, instance.retain_on_delete) == (False, False)
    assert (instance.inputs["deletionProtection"], instance.inputs["skipFinalSnapshot"]) == (False, False)


def test_dev_leaves_nothing(dev):
    instance = dev.one(INSTANCE)
    assert (instance["skipFinalSnapshot"], instance["deleteAutomatedBackups"]) == (True, True)
    assert "finalSnapshotIdentifier" not in instance
    assert dev.one("rds/optionGroup:OptionGroup")["skipDestroy"] is False


def test_the_old_version_has_groups_of_its_own(database_of):
    recording = database_of(version="8.0", extended_support_until="2027-01-31")
    assert recording.of("rds/parameterGroup:ParameterGroup")["smile-database-mysql8-0"]["family"] == "mysql8.0"
    assert recording.of("rds/optionGroup:OptionGroup")["smile-database-mysql8-0"]["majorEngineVersion"] == "8.0"
    instance = recording.one(INSTANCE)
    assert instance["engineVersion"] == "8.0"
    assert instance["engineLifecycleSupport"] == "open-source-rds-extended-support"
    assert instance["allowMajorVersionUpgrade"] is True


def test_blue_green_updates_are_a_setting(prod, database_of):
    assert "blueGreenUpdate" not in prod.one(INSTANCE)
    changed = database_of(blue_green_updates=True, master_password="self_managed")
    assert changed.one(INSTANCE)["blueGreenUpdate"] == {"enabled": True}


@pytest.mark.parametrize(
    ("restore", "inputs"),
    [
        ({"snapshot": "rds:smile-prod-database-x"}, {"snapshotIdentifier": "rds:smile-prod-database-x"}),
        (
            {"point_in_time": {"source": "smile-prod-database", "time": "2026-03-02T09:15:00+07:00"}},
            {
                "restoreToPointInTime": {
                    "sourceDbInstanceIdentifier": "smile-prod-database",
                    "restoreTime": "2026-03-02T02:15:00Z",
                }
            },
        ),
        (
            {"point_in_time": {"source": "smile-prod-database"}},
            {
                "restoreToPointInTime": {
                    "sourceDbInstanceIdentifier": "smile-prod-database",
                    "useLatestRestorableTime": True,
                }
            },
        ),
    ],
)
@pytest.mark.requirement("SMILE-BACKUP-06")
def test_a_restore_is_a_setting(database_of, restore, inputs):
    instance = database_of(name="database-2", restore=restore).one(INSTANCE)
    assert instance.items() >= inputs.items()
    assert instance["identifier"] == "smile-prod-database-2"
    assert "username" not in instance  # it comes with the data


# Replicas.


def test_a_replica_follows_the_primary_and_holds_nothing_of_its_own(replicated):
    replica = registered(replicated, "smile-database-reports")
    assert replica.inputs["identifier"] == "smile-prod-database-reports"
    assert replica.inputs["replicateSourceDb"] == "smile-prod-database"
    assert replica.inputs["storageEncrypted"] is True
    assert (replica.inputs["publiclyAccessible"], replica.inputs["skipFinalSnapshot"]) == (False, True)
    assert not {"engine", "username", "manageMasterUserPassword", "kmsKeyId", "backupRetentionPeriod"} & set(
        replica.inputs
    )
    assert "Backup" not in replica.inputs["tags"]
    assert not replica.protect
    assert set(replicated.result["replicas"]) == {"reports"}


def test_a_replica_is_watched_as_the_primary_is_and_for_its_lag(replicated):
    alarms = {each["name"] for each in replicated.of("cloudwatch/metricAlarm:MetricAlarm").values()}
    assert {f"smile-prod-database-reports-{role}" for role in ("cpu", "storage", "connections", "lag")} < alarms
    assert "smile-prod-database-lag" not in alarms
    groups = {each["name"] for each in replicated.of("cloudwatch/logGroup:LogGroup").values()}
    assert "/aws/rds/instance/smile-prod-database-reports/audit" in groups
    events = replicated.of("rds/eventSubscription:EventSubscription")["smile-database-events-critical"]
    assert events["sourceIds"] == ["smile-prod-database", "smile-prod-database-reports"]


def test_a_self_managed_password_stays_and_has_no_secret_to_rotate(prod, replicated):
    assert registered(replicated).ignore_changes == {"manageMasterUserPassword", "masterUserSecretKmsKeyId"}
    assert not registered(prod).ignore_changes
    assert replicated.result["master_secret_arn"] is None
    assert not replicated.of("secretsmanager/secretRotation:SecretRotation")
    assert not {"password", "passwordWo"} & set(registered(replicated).inputs)


def test_what_others_build_on_is_known_before_it_exists(prod):
    assert prod.result["identifier"] == "smile-prod-database"
    assert prod.result["arn"] == "arn:aws:rds:ap-southeast-3:123456789012:db:smile-prod-database"


# PostgreSQL.


@pytest.fixture(scope="module")
def postgres(database_of):
    return database_of(engine="postgres")


def test_postgresql_is_in_its_first_version_at_its_own_port(postgres):
    instance = postgres.one(INSTANCE)
    assert (instance["engine"], instance["engineVersion"]) == ("postgres", "17")
    assert instance["engineLifecycleSupport"] == "open-source-rds-extended-support-disabled"
    assert instance["port"] == postgres.result["port"] == 5432
    assert "optionGroupName" not in instance
    assert not postgres.of("rds/optionGroup:OptionGroup")


def test_postgresql_speaks_tls_only_takes_scram_and_audits(postgres):
    group = postgres.one("rds/parameterGroup:ParameterGroup")
    parameters = {each["name"]: (each["value"], each["applyMethod"]) for each in group["parameters"]}
    assert (group["name"], group["family"]) == ("smile-prod-database-postgres17", "postgres17")
    assert parameters["rds.force_ssl"] == ("1", "immediate")
    assert parameters["ssl_min_protocol_version"] == ("TLSv1.2", "immediate")
    assert parameters["rds.accepted_password_auth_method"] == ("scram", "immediate")
    assert parameters["shared_preload_libraries"] == ("pg_stat_statements,pgaudit", "pending-reboot")
    assert parameters["pgaudit.log"] == ("ddl,role", "immediate")
    assert (parameters["log_connections"][0], parameters["log_disconnections"][0]) == ("1", "1")
    assert parameters["log_statement"] == ("none", "immediate")
    assert parameters["log_parameter_max_length"] == ("0", "immediate")
    assert parameters["log_min_duration_statement"] == ("1000", "immediate")
    assert "rds.logical_replication" not in parameters


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"logs": {"audit": False}}, {"pgaudit.log": "none", "log_connections": "0", "log_disconnections": "0"}),
        ({"logs": {"slow_queries": False}}, {"log_min_duration_statement": "-1"}),
        ({"logs": {"general": True}}, {"log_statement": "all", "log_parameter_max_length": "-1"}),
        ({"version": "18"}, {"log_connections": "all"}),
        ({"blue_green_updates": True}, {"rds.logical_replication": "1"}),
    ],
)
def test_postgresqls_logs_follow_the_settings(database_of, changes, expected):
    group = database_of(engine="postgres", **changes).one("rds/parameterGroup:ParameterGroup")
    assert {each["name"]: each["value"] for each in group["parameters"]}.items() >= expected.items()


def test_postgresqls_log_and_that_of_upgrades_go_to_encrypted_log_groups(postgres):
    assert postgres.one(INSTANCE)["enabledCloudwatchLogsExports"] == ["postgresql", "upgrade"]
    groups = postgres.of("cloudwatch/logGroup:LogGroup").values()
    assert {each["name"] for each in groups} == {
        "/aws/rds/instance/smile-prod-database/postgresql",
        "/aws/rds/instance/smile-prod-database/upgrade",
    }
    assert {each["kmsKeyId"] for each in groups} == {key("logs")}


@pytest.mark.parametrize(
    ("engine", "kind", "connections"),
    [
        ("mysql", "db.r5.large", 1092),
        ("postgres", "db.r5.large", 1441),
        ("postgres", "db.r5.24xlarge", 4000),  # RDS stops at 5000
    ],
)
def test_the_alarm_on_connections_follows_the_engine_and_the_class(database_of, engine, kind, connections):
    alarms = database_of(engine=engine, instance_class=kind).of("cloudwatch/metricAlarm:MetricAlarm")
    assert alarms["smile-database-connections"]["threshold"] == connections


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"engine": "postgres", "version": "8.4"}, "which postgres has not"),
        ({"engine": "mysql", "version": "17"}, "which mysql has not"),
        (
            {"engine": "postgres", "users": {"app": {"privileges": ["SHOW VIEW"]}}},
            "app.privileges: SHOW VIEW, which postgres has not",
        ),
        ({"admin_user": "pg_admin"}, "is taken"),
        ({"admin_user": "postgres"}, "is taken"),
    ],
)
def test_what_the_engine_does_not_know_is_refused_by_name(given, said):
    with pytest.raises(ValidationError, match=said):
        Settings.model_validate_json(json.dumps(given))


def test_what_others_need_of_it_is_given(prod):
    assert prod.result["parameter_group"] == "smile-prod-database-mysql8-4"
    assert prod.result["log_groups"] == [
        f"/aws/rds/instance/smile-prod-database/{log}" for log in ("audit", "error", "slowquery")
    ]
    assert prod.result["ca"] == "rds-ca-rsa2048-g1"


# What only the state, or the calendar, can tell.


def change(has, wanted, identifier="smile-prod-database", old="smile-prod-database"):
    return SimpleNamespace(
        old_outputs={"identifier": old, "allocatedGib": has} if has else {},
        new_inputs={"identifier": identifier, "allocatedGib": wanted},
    )


@pytest.mark.requirement("SMILE-RDS-15")
def test_storage_never_shrinks():
    with pytest.raises(ShrinkingStorageError, match=r"got 400, smile-prod-database has 500 GiB .* valid: 500 or more"):
        refuse_shrinking(change(500.0, 400.0))


@pytest.mark.parametrize(
    "allowed",
    [
        change(500.0, 500.0),
        change(500.0, 600.0),
        change(None, 400.0),
        change(500.0, 400.0, identifier="smile-prod-database-2"),
    ],
)
def test_storage_may_stay_grow_or_be_less_in_another_database(allowed):
    refuse_shrinking(allowed)


@pytest.mark.requirement("SMILE-RDS-01")
def test_a_version_past_support_is_warned_of_and_ends_the_program_after_its_last_day(monkeypatch):
    said = []
    monkeypatch.setattr(pulumi.log, "warn", said.append)
    old = Settings(version="8.0", extended_support_until=date(2027, 1, 31))
    warn_of_support(Settings(), date(2027, 2, 1))
    assert said == []
    warn_of_support(old, date(2026, 12, 1))
    assert len(said) == 1
    assert "MySQL 8.0" in said[0]
    with pytest.raises(pulumi.RunError, match="extended_support_until"):
        warn_of_support(old, date(2027, 2, 1))


@pytest.mark.requirement("SMILE-RDS-14")
@pytest.mark.requirement("SMILE-BACKUP-06")
def test_the_document_says_how_to_snapshot_dev_and_how_to_restore():
    text = (ROOT / "docs" / "components" / "database.md").read_text()
    dev = load_from_files("dev", ROOT).database
    assert f"aws rds create-db-snapshot --db-instance-identifier smile-dev-{dev.name}" in text
    (example,) = re.findall(r"```yaml\n(.*?)```", text, flags=re.DOTALL)
    restored = Settings.model_validate_json(json.dumps(yaml.safe_load(example)["smile:database"], default=str))
    assert restored.restore.point_in_time.source == "smile-prod-database"
    assert restored.name != Settings().name
