"""The cache, as a program registers it: its nodes, its fences, its users, its snapshots, its alarms."""

import json

import pytest

from components.cache.redis_cache import PORT, RedisCache, RedisCacheArgs
from components.cache.settings import Cache, PeriodicSnapshots, User
from components.cache.users import PasswordUser
from components.core.declared import UndeclaredError
from components.core.protection import Protection
from components.core.settings.problems import SettingsError
from layers.flows import flows
from tests.recording import record

SUBNETS = ("subnet-a", "subnet-b", "subnet-c")
GROUP = "elasticache/replicationGroup:ReplicationGroup"
USER = "elasticache/user:User"
NO_ACCESS = "off -@all"


@pytest.fixture
def cache_of(context):
    """Record a cache with other settings than prod's."""

    def make(cache=None, context=context):
        args = RedisCacheArgs(
            context=context,
            cache=cache or Cache(),
            subnet_ids=SUBNETS,
            security_group_id="sg-cache",
        )

        def program():
            made = RedisCache("smile-cache", args)
            return {
                "id": made.id,
                "application": made.users["application"],
                "users": dict(made.password_users),
                "connect": made.grant_connect("application")[0].as_dict(),
            }

        return record(program)

    return make


@pytest.fixture
def cache(cache_of):
    return cache_of()


@pytest.mark.requirement("SMILE-REDIS-01")
@pytest.mark.requirement("SMILE-REDIS-02")
@pytest.mark.requirement("SMILE-REDIS-03")
@pytest.mark.requirement("SMILE-REDIS-04")
@pytest.mark.requirement("SMILE-REDIS-07")
def test_cache_is_a_cluster_of_two_shards_that_fail_over_to_other_zones(cache):
    group = cache.one(GROUP)
    assert (group["engine"], group["engineVersion"], group["clusterMode"]) == ("redis", "7.1", "enabled")
    assert (group["numNodeGroups"], group["replicasPerNodeGroup"]) == (2, 2)
    assert group["automaticFailoverEnabled"] is True
    assert group["multiAzEnabled"] is True
    assert cache.result["id"] == "smile-prod-cache"


@pytest.mark.requirement("SMILE-REDIS-02")
def test_parameters_turn_cluster_mode_on_and_say_what_gives_way(cache_of):
    recording = cache_of(Cache(max_memory_policy="allkeys-lfu"))
    group = recording.one("elasticache/parameterGroup:ParameterGroup")
    assert group["family"] == "redis7"
    assert {each["name"]: each["value"] for each in group["parameters"]} == {
        "cluster-enabled": "yes",
        "maxmemory-policy": "allkeys-lfu",
    }
    assert recording.one(GROUP)["parameterGroupName"] == group["name"] == "smile-prod-cache-redis7"


@pytest.mark.requirement("SMILE-REDIS-08")
def test_nothing_is_stored_or_sent_in_the_clear(cache):
    group = cache.one(GROUP)
    assert group["transitEncryptionEnabled"] is True
    assert group["transitEncryptionMode"] == "required"
    assert group["atRestEncryptionEnabled"] is True
    assert group["kmsKeyId"].endswith("key/cache")
    assert "authToken" not in group


@pytest.mark.requirement("SMILE-REDIS-09")
def test_nodes_are_in_the_private_subnets_behind_the_security_group_of_the_cache(cache):
    subnets = cache.one("elasticache/subnetGroup:SubnetGroup")
    group = cache.one(GROUP)
    assert subnets["subnetIds"] == list(SUBNETS)
    assert (group["subnetGroupName"], group["securityGroupIds"]) == (subnets["name"], ["sg-cache"])
    admitted = {(flow.source, flow.port) for flow in flows() if flow.target == "cache"}
    assert ("application", PORT) in admitted
    assert group["port"] == PORT


@pytest.mark.requirement("SMILE-REDIS-10")
def test_slow_and_engine_log_go_to_encrypted_log_groups_as_json(cache):
    groups = cache.of("cloudwatch/logGroup:LogGroup")
    for log in ("slow-log", "engine-log"):
        (delivery,) = [each for each in cache.one(GROUP)["logDeliveryConfigurations"] if each["logType"] == log]
        assert (delivery["logFormat"], delivery["destinationType"]) == ("json", "cloudwatch-logs")
        assert delivery["destination"] == groups[f"smile-cache-{log}"]["name"]
        assert groups[f"smile-cache-{log}"]["kmsKeyId"].endswith("key/logs")


@pytest.mark.requirement("SMILE-REDIS-10")
def test_node_type_engine_and_version_are_settings(cache_of):
    recording = cache_of(Cache(engine="valkey", version="8.1", node_type="cache.m7g.large"))
    group = recording.one(GROUP)
    assert (group["engine"], group["engineVersion"], group["nodeType"]) == ("valkey", "8.1", "cache.m7g.large")
    assert recording.one("elasticache/parameterGroup:ParameterGroup")["family"] == "valkey8"
    # Users of Redis serve both engines: a cache that changes over keeps them.
    assert {user["engine"] for user in recording.of(USER).values()} == {"redis"}


@pytest.mark.requirement("SMILE-REDIS-06")
def test_daily_snapshot_is_kept_thirty_days_and_begins_at_night(cache):
    group = cache.one(GROUP)
    assert group["snapshotRetentionLimit"] == 30
    assert (group["snapshotWindow"], group["maintenanceWindow"]) == ("18:00-19:00", "sat:19:30-sat:20:30")
    assert group["finalSnapshotIdentifier"] == "smile-prod-cache-final-0a1b2c3d"
    assert group["autoMinorVersionUpgrade"] is True
    assert "notificationTopicArn" not in group  # ElastiCache publishes to no encrypted topic


def test_cache_is_protected_as_the_stack_says_and_waits_for_its_logs(cache_of, foundation_of):
    off = Protection(protect=False, deletion_protection=False, retain_on_delete=False)
    for recording, kept in ((cache_of(), True), (cache_of(context=foundation_of(protection=off)), False)):
        (group,) = [each for each in recording.resources if each.type == f"aws:{GROUP}"]
        assert (group.protect, group.retain_on_delete) == (kept, kept)
        assert {urn.rpartition("::")[2] for urn in group.dependencies} >= {
            "smile-cache-slow-log",
            "smile-cache-engine-log",
        }


def test_a_cache_can_be_filled_from_a_snapshot(cache_of):
    assert "snapshotName" not in cache_of().one(GROUP)
    assert cache_of(Cache(restore_from="last-good")).one(GROUP)["snapshotName"] == "last-good"


# Users


@pytest.mark.requirement("SMILE-REDIS-08")
def test_who_does_not_log_in_can_do_nothing_and_the_application_logs_in_by_iam(cache):
    users = cache.of(USER)
    assert set(users) == {"smile-cache-default", "smile-cache-application"}
    default, application = users["smile-cache-default"], users["smile-cache-application"]
    assert (default["userName"], default["accessString"]) == ("default", NO_ACCESS)
    assert application["authenticationMode"] == {"type": "iam"}
    assert application["userId"] == application["userName"] == cache.result["application"]
    group = cache.one("elasticache/userGroup:UserGroup")
    assert set(group["userIds"]) == {user["userId"] for user in users.values()}
    assert cache.one(GROUP)["userGroupIds"] == [group["userGroupId"]]


@pytest.mark.requirement("SMILE-REDIS-08")
def test_application_may_read_and_write_everything_but_not_empty_or_reconfigure_the_cache(cache):
    words = cache.of(USER)["smile-cache-application"]["accessString"].split()
    assert words[:4] == ["on", "~*", "&*", "-@all"]
    assert {"+@read", "+@write"} < set(words)
    assert "+@all" not in words
    allowed_after = set(words[words.index("-@dangerous") :])
    assert allowed_after == {"-@dangerous", "+info", "+cluster|nodes", "+cluster|shards", "+cluster|slots"}


@pytest.mark.requirement("SMILE-REDIS-08")
def test_a_user_with_a_password_is_born_without_one_and_without_rights(cache_of):
    reports = User(authentication="password", access="~reports:* +@read")
    recording = cache_of(Cache(users={"application": User(), "reports": reports}))
    user = recording.of(USER)["smile-cache-reports"]
    assert (user["accessString"], user["noPasswordRequired"]) == (NO_ACCESS, True)
    assert not {"passwords", "authenticationMode"} & set(user)
    (registered,) = [each for each in recording.resources if each.name == "smile-cache-reports"]
    assert registered.ignore_changes == {"accessString", "authenticationMode", "noPasswordRequired"}
    assert user["userId"] in recording.one("elasticache/userGroup:UserGroup")["userIds"]
    assert recording.result["users"] == {
        "reports": PasswordUser(
            id="smile-prod-cache-reports", name="smile-prod-cache-reports", access_string="on ~reports:* +@read"
        )
    }


def test_no_user_takes_the_place_of_the_one_that_every_cache_has():
    with pytest.raises(SettingsError, match="is taken"):
        Cache(users={"default": User(authentication="password")})


def test_a_user_that_is_not_there_is_refused_with_those_that_are(context):
    def program():
        args = RedisCacheArgs(context=context, cache=Cache(), subnet_ids=SUBNETS, security_group_id="sg-cache")
        made = RedisCache("smile-cache", args)
        with pytest.raises(UndeclaredError, match="no user of the cache 'aplication' is declared, did you mean appl"):
            made.grant_connect("aplication")
        return made.grant_connect()

    assert record(program).result == []


def test_a_workload_is_given_this_cache_and_this_user(cache):
    statement = cache.result["connect"]
    assert statement["Action"] == ["elasticache:Connect"]
    assert statement["Resource"] == [
        "arn:aws:elasticache:ap-southeast-3:123456789012:replicationgroup:smile-prod-cache",
        "arn:aws:elasticache:ap-southeast-3:123456789012:user:smile-prod-cache-application",
    ]


# Snapshots between the daily ones


@pytest.mark.requirement("SMILE-REDIS-05")
@pytest.mark.requirement("SMILE-LAMBDA-02")
def test_a_schedule_invokes_the_function_every_six_hours(cache):
    schedule = cache.one("scheduler/schedule:Schedule")
    function = cache.one("lambda/function:Function")
    assert schedule["scheduleExpression"] == "rate(6 hours)"
    assert schedule["target"]["arn"] == "arn:of:Function/smile-cache-snapshots"
    assert function["environment"]["variables"] == {
        "CACHE": "smile-prod-cache",
        "PREFIX": "smile-prod-cache-periodic-",
        "INTERVAL_HOURS": "6",
        "RETENTION_DAYS": "30",
    }
    assert function["timeout"] == 900


def test_the_function_may_delete_its_own_snapshots_only(cache):
    policy = json.loads(cache.of("iam/policy:Policy")["smile-cache-snapshots"]["policy"])
    statements = {each["Sid"]: each for each in policy["Statement"]}
    own = "arn:aws:elasticache:ap-southeast-3:123456789012:snapshot:smile-prod-cache-periodic-*"
    assert [each["Sid"] for each in statements.values() if "elasticache:DeleteSnapshot" in each["Action"]] == [
        "DeleteOwnSnapshots"
    ]
    assert statements["DeleteOwnSnapshots"]["Resource"] == [own]
    assert own in statements["TakeSnapshot"]["Resource"]
    assert "*" not in {
        resource for sid, each in statements.items() if sid != "WriteTraces" for resource in each["Resource"]
    }


def test_without_periodic_snapshots_there_is_no_function(cache_of):
    recording = cache_of(Cache(periodic_snapshots=PeriodicSnapshots(enabled=False)))
    assert not {"aws:lambda/function:Function", "aws:scheduler/schedule:Schedule"} & recording.types()


# Alarms


@pytest.mark.requirement("SMILE-OBS-04")
def test_each_shard_raises_alarms_for_its_worst_node(cache):
    alarms = cache.of("cloudwatch/metricAlarm:MetricAlarm")
    of_shards = {name for name in alarms if not name.endswith(("-gone", "-lost")) and "-snapshots-" not in name}
    assert of_shards == {
        f"smile-cache-{shard}-{role}" for shard in ("0001", "0002") for role in ("cpu", "memory", "evictions", "lag")
    }
    queries = alarms["smile-cache-0002-memory"]["metricQueries"]
    assert [query["expression"] for query in queries if query.get("returnData")] == ["MAX(METRICS())"]
    metrics = [query["metric"] for query in queries if "metric" in query]
    assert {metric["metricName"] for metric in metrics} == {"DatabaseMemoryUsagePercentage"}
    assert [metric["dimensions"]["CacheClusterId"] for metric in metrics] == [
        f"smile-prod-cache-0002-{node}" for node in ("001", "002", "003")
    ]
    assert alarms["smile-cache-0001-lag"]["alarmActions"][0].endswith("alarms-critical")


def test_a_node_that_reports_nothing_raises_an_alarm(cache):
    """What ElastiCache would publish, if it could to an encrypted topic."""
    alarms = {
        name: each for name, each in cache.of("cloudwatch/metricAlarm:MetricAlarm").items() if name.endswith("-gone")
    }
    nodes = [f"000{shard}-00{node}" for shard in (1, 2) for node in (1, 2, 3)]
    assert set(alarms) == {f"smile-cache-{node}-gone" for node in nodes}
    alarm = alarms["smile-cache-0002-003-gone"]
    assert alarm["dimensions"]["CacheClusterId"] == "smile-prod-cache-0002-003"
    assert (alarm["comparisonOperator"], alarm["threshold"], alarm["treatMissingData"]) == (
        "LessThanThreshold",
        1,
        "breaching",
    )
    (group,) = (each.urn for each in cache.resources if each.type == f"aws:{GROUP}")
    assert all(group in each.dependencies for each in cache.resources if each.name in alarms)


def test_a_shard_without_a_node_pages(cache, context):
    """All that its nodes say of themselves falls silent with them."""
    alarms = cache.of("cloudwatch/metricAlarm:MetricAlarm")
    assert {name for name in alarms if name.endswith("-lost")} == {"smile-cache-0001-lost", "smile-cache-0002-lost"}
    alarm = alarms["smile-cache-0002-lost"]
    assert (alarm["treatMissingData"], alarm["threshold"], alarm["evaluationPeriods"]) == ("breaching", 1, 5)
    assert alarm["comparisonOperator"] == "LessThanThreshold"
    metrics = [query["metric"] for query in alarm["metricQueries"] if "metric" in query]
    assert [(each["stat"], each["dimensions"]["CacheClusterId"]) for each in metrics] == [
        ("SampleCount", f"smile-prod-cache-0002-{node}") for node in ("001", "002", "003")
    ]
    lost = [each for each in context.watched if each.name == "smile-prod-cache-0002-lost"]
    assert {(each.severity, each.incident) for each in lost} == {("critical", "cache")}
    (group,) = (each.urn for each in cache.resources if each.type == f"aws:{GROUP}")
    assert all(group in each.dependencies for each in cache.resources if each.name.endswith("-lost"))


def test_alarms_can_be_off_but_those_of_the_function_that_takes_snapshots(cache_of):
    alarms = cache_of(Cache(alarms=False)).of("cloudwatch/metricAlarm:MetricAlarm")
    assert all(name.startswith("smile-cache-snapshots-") for name in alarms)


def test_a_low_hit_ratio_warns_by_setting_alone(cache, cache_of):
    alarm = "cloudwatch/metricAlarm:MetricAlarm"
    assert not [name for name in cache.of(alarm) if name.endswith("-hits")]
    made = {name: each for name, each in cache_of(Cache(hit_percent=60)).of(alarm).items() if name.endswith("-hits")}
    assert len(made) == Cache().shards
    for each in made.values():
        assert (each["threshold"], each["comparisonOperator"]) == (60, "LessThanThreshold")
        ratio = each["metricQueries"][0]["expression"]
        hits, misses = "(h0 + h1 + h2)", "h0 + h1 + h2 + m0 + m1 + m2"
        assert ratio == f"IF({misses} > 1000, 100 * {hits} / ({misses}), 100)"
