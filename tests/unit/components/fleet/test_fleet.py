"""A service on EC2 instances, as a program registers it: how it is launched, scaled, replaced and watched."""

import json
from base64 import b64decode

import pytest

from components.core.cloud_init import CloudInit
from components.core.environment import Environment
from components.core.iam import Statement
from components.core.settings.problems import SettingsError
from components.fleet import agent
from components.fleet.fleet import Fleet, FleetArgs
from components.fleet.settings import Fleet as Settings
from components.service.target import Listener
from tests.recording import record

QUEUE = "arn:aws:sqs:ap-southeast-3:123456789012:smile-prod-jobs"
LISTENER = Listener(
    arn="arn:aws:elasticloadbalancing:ap-southeast-3:123456789012:listener/app/smile-prod/1/2",
    load_balancer_suffix="app/smile-prod/1",
    vpc_id="vpc-1",
    priority=10,
    paths=["/*"],
)
GROUP, TEMPLATE, ALARM = (
    "autoscaling/group:Group",
    "ec2/launchTemplate:LaunchTemplate",
    "cloudwatch/metricAlarm:MetricAlarm",
)


@pytest.fixture(scope="module")
def fleet_of(context):
    """Record a service."""

    def make(listener=LISTENER, **settings):
        def program():
            fleet = Fleet(
                "smile-web",
                FleetArgs(
                    context=context,
                    settings=Settings(**settings),
                    subnet_ids=["subnet-a", "subnet-b"],
                    security_group_ids=["sg-1"],
                    first_boot=CloudInit(packages=["nginx"]),
                    image_id="ami-1",
                    metrics="Smile",
                    statements=[Statement(sid="Send", actions=["sqs:SendMessage"], resources=[QUEUE])],
                    listener=listener,
                ),
            )
            return {"group": fleet.group_name, "target": fleet.target_group_arn, "role": fleet.role_arn}

        return record(program)

    return make


@pytest.fixture(scope="module")
def fleet(fleet_of):
    return fleet_of()


def test_instances_have_no_way_in_and_metadata_for_their_own_code_alone(fleet):
    template = fleet.one(TEMPLATE)
    assert "keyName" not in template
    assert template["metadataOptions"] == {
        "httpEndpoint": "enabled",
        "httpTokens": "required",
        "httpPutResponseHopLimit": 1,
        "instanceMetadataTags": "disabled",
    }
    (interface,) = template["networkInterfaces"]
    assert (interface["associatePublicIpAddress"], interface["securityGroups"]) == ("false", ["sg-1"])
    (disk,) = template["blockDeviceMappings"]
    assert (disk["ebs"]["encrypted"], disk["ebs"]["kmsKeyId"].rpartition("/")[2]) == ("true", "kubernetes")
    document = b64decode(template["userData"]).decode().partition("\n")[2]
    assert json.loads(document)["packages"] == ["nginx"]


def test_instances_have_a_role_of_their_own_that_may_do_what_it_was_given(fleet):
    granted = fleet.permissions("smile-web-instance")
    assert set(granted) == {"Send", "WriteMetrics"}
    assert granted["WriteMetrics"]["Condition"] == {"StringEquals": {"cloudwatch:namespace": "Smile"}}
    (trust,) = json.loads(fleet.one("iam/role:Role")["assumeRolePolicy"])["Statement"]
    assert trust["Principal"] == {"Service": "ec2.amazonaws.com"}
    assert fleet.one("iam/instanceProfile:InstanceProfile")["role"] == "smile-prod-web-instance"


def test_a_new_template_replaces_instances_once_their_successors_are_healthy(fleet):
    group = fleet.one(GROUP)
    assert fleet.one(TEMPLATE)["imageId"] == "ami-1"  # EC2 Auto Scaling goes back to no template that names a parameter
    refresh = group["instanceRefresh"]
    assert refresh["strategy"] == "Rolling"
    assert (refresh["preferences"]["minHealthyPercentage"], refresh["preferences"]["autoRollback"]) == (100, True)
    assert group["launchTemplate"]["version"] not in {"$Latest", "$Default"}  # else nothing would say that it changed
    assert group["maxInstanceLifetime"] == 30 * 86_400
    (made,) = (each for each in fleet.resources if each.type == f"aws:{GROUP}")
    assert made.ignore_changes == {"desiredCapacity"}


def test_instances_behind_a_load_balancer_are_judged_by_its_checks_others_by_ec2s(fleet, fleet_of):
    assert (fleet.one(GROUP)["healthCheckType"], fleet.result["target"]) == ("ELB", "arn:of:TargetGroup/smile-web")
    target = fleet.one("lb/targetGroup:TargetGroup")
    assert (target["targetType"], target["protocol"], target["healthCheck"]["interval"]) == ("instance", "HTTPS", 30)
    alone = fleet_of(listener=None, port=None)
    assert (alone.one(GROUP)["healthCheckType"], alone.result["target"]) == ("EC2", None)
    assert not alone.of("lb/targetGroup:TargetGroup")


def test_a_service_that_requests_come_to_has_a_port(fleet_of):
    with pytest.raises(ValueError, match="port: none"):
        fleet_of(port=None)


def test_cpu_adds_several_at_once_and_takes_one_away_with_a_cool_down(fleet_of):
    made = fleet_of(out_percent=80, out_instances=2, in_percent=20, cool_down_seconds=600)
    policies, alarms = made.of("autoscaling/policy:Policy"), made.of(ALARM)
    assert policies["smile-web-out"]["stepAdjustments"][0]["scalingAdjustment"] == 2
    assert policies["smile-web-out"]["estimatedInstanceWarmup"] == 600
    assert (policies["smile-web-in"]["policyType"], policies["smile-web-in"]["cooldown"]) == ("SimpleScaling", 600)
    thresholds = {role: alarms[f"smile-web-{role}"]["threshold"] for role in ("out", "in")}
    assert thresholds == {"out": 80, "in": 20}


WATCHED = {"instances", "status", "memory", "disk", "unhealthy"}


def test_what_fails_raises_alarms_unless_they_are_off(fleet, fleet_of):
    assert {name.removeprefix("smile-web-") for name in fleet.of(ALARM)} == {*WATCHED, "in", "out"}
    assert fleet.of(ALARM)["smile-web-instances"]["threshold"] == 2
    assert fleet.of(ALARM)["smile-web-instances"]["treatMissingData"] == "breaching"
    assert {name.removeprefix("smile-web-") for name in fleet_of(alarms=False).of(ALARM)} == {"in", "out"}


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"min_instances": 3, "max_instances": 2}, "less than min_instances, 3"),
        ({"in_percent": 70}, "not less than out_percent, 70"),
        ({"instance_type": "large"}, 'got "large"'),
        ({"instance_type": "t4g.medium"}, "which has Arm processors"),
        ({"instance_type": "t9.medium"}, "which aws_facts/ec2_types.py doesn't have"),
        ({"lifetime_days": 0}, "valid: 1 to 90"),
        ({"port": 80}, "443 to 65535"),
    ],
)
def test_settings_say_what_is_wrong_with_them(changes, says):
    with pytest.raises(SettingsError) as caught:
        Settings(**changes)
    assert says in str(caught.value)


def test_the_agent_writes_to_log_groups_that_are_there_and_to_no_other():
    environment = Environment(name="prod", account_id="123456789012", region="ap-southeast-3", project="smile")
    granted = agent.write_logs(environment, ["/smile/prod/web"])
    assert granted.resources == ["arn:aws:logs:ap-southeast-3:123456789012:log-group:/smile/prod/web:*"]
    assert "logs:CreateLogGroup" not in granted.actions
    file = agent.configuration("Smile", "smile-prod-web", {"/var/log/b": "/smile/b", "/var/log/a": "/smile/a"})
    written = json.loads(file.content)
    collected = written["logs"]["logs_collected"]["files"]["collect_list"]
    assert [(each["file_path"], each["log_group_name"]) for each in collected] == [
        ("/var/log/a", "/smile/a"),
        ("/var/log/b", "/smile/b"),
    ]
    assert written["metrics"]["aggregation_dimensions"] == [["Fleet"]]
