"""Laravel on instances: how many, when some come and go, what each is, what it may do."""

import json

import pytest

from tests.unit.platforms.conftest import recorded
from tests.unit.platforms.educounsel.conftest import boots, files, told

GROUP, POLICY, ALARM = "autoscaling/group:Group", "autoscaling/policy:Policy", "cloudwatch/metricAlarm:MetricAlarm"


@pytest.mark.requirement("EDU-EC2-01")
def test_two_instances_of_t3_medium_run_laravel_in_private_subnets_of_two_zones(program):
    group = program.of(GROUP)["educounsel-web"]
    assert (group["minSize"], group["desiredCapacity"]) == (2, 2)
    assert group["vpcZoneIdentifiers"] == [f"Subnet/educounsel-private-{zone}" for zone in "ab"]
    template = program.of("ec2/launchTemplate:LaunchTemplate")["educounsel-web"]
    assert template["instanceType"] == "t3.medium"
    assert template["imageId"].startswith("value-of-/aws/service/ami-amazon-linux-latest/al2023-ami")
    assert group["launchTemplate"]["id"] == "LaunchTemplate/educounsel-web"
    assert (group["healthCheckType"], group["targetGroupArns"]) == ("ELB", ["arn:of:TargetGroup/educounsel-web"])


def trigger(program, role):
    """The alarm that scales web instances, and the policy that it starts."""
    alarm = program.of(ALARM)[f"educounsel-web-{role}"]
    assert alarm["alarmActions"] == [f"arn:of:Policy/educounsel-web-{role}"]
    assert (alarm["metricName"], alarm["statistic"]) == ("CPUUtilization", "Average")
    assert alarm["dimensions"] == {"AutoScalingGroupName": "educounsel-prod-web"}
    return alarm, program.of(POLICY)[f"educounsel-web-{role}"]


@pytest.mark.requirement("EDU-EC2-02")
def test_three_more_come_when_cpu_is_above_seventy_per_cent_up_to_five(program):
    alarm, policy = trigger(program, "out")
    assert (alarm["threshold"], alarm["comparisonOperator"]) == (70, "GreaterThanThreshold")
    assert policy["policyType"] == "StepScaling"
    assert policy["stepAdjustments"] == [{"metricIntervalLowerBound": "0", "scalingAdjustment": 3}]
    assert program.of(GROUP)["educounsel-web"]["maxSize"] == 5


@pytest.mark.requirement("EDU-EC2-03")
def test_one_goes_at_a_time_when_cpu_is_below_thirty_per_cent_down_to_two(program):
    """OP-EDU-09: 5 to 2 at once would push the CPU up again."""
    alarm, policy = trigger(program, "in")
    assert (alarm["threshold"], alarm["comparisonOperator"]) == (30, "LessThanThreshold")
    assert (policy["scalingAdjustment"], policy["cooldown"]) == (-1, 300)
    assert program.of(GROUP)["educounsel-web"]["minSize"] == 2


@pytest.mark.requirement("EDU-EC2-04")
def test_workers_take_jobs_from_redis_on_instances_of_their_own(program):
    """OP-EDU-02: one or two of t3.small."""
    group = program.of(GROUP)["educounsel-worker"]
    assert (group["minSize"], group["maxSize"]) == (1, 2)
    assert program.of("ec2/launchTemplate:LaunchTemplate")["educounsel-worker"]["instanceType"] == "t3.small"
    worker, web = boots(program)["worker"], boots(program)["web"]
    queue = files(worker)["/etc/systemd/system/educounsel-queue.service"]
    assert "artisan queue:work redis --queue={notifications},{chat},{mail}" in queue
    assert worker["runcmd"][-1][:3] == ["systemctl", "enable", "--now"]
    assert "educounsel-queue.service" in worker["runcmd"][-1]
    assert "educounsel-queue.service" not in json.dumps(web["runcmd"])


@pytest.mark.requirement("EDU-EC2-04")
def test_by_setting_web_instances_are_the_workers():
    made = recorded("educounsel", "prod", {"educounsel:worker": {"combined": True}})
    assert set(made.of(GROUP)) == {"educounsel-web"}
    units = files(boots(made)["web"])
    assert {"educounsel-queue.service", "educounsel-scheduler.service"} <= {path.rpartition("/")[2] for path in units}
    assert "ReceiveMessages" in made.permissions("educounsel-web-instance")


@pytest.mark.requirement("EDU-EC2-05")
def test_at_eight_in_jakarta_one_worker_reminds_people_of_the_next_day(program):
    """OP-EDU-03: the schedule sends one message, which one worker gets."""
    schedule = program.one("scheduler/schedule:Schedule")
    assert (schedule["scheduleExpression"], schedule["scheduleExpressionTimezone"]) == (
        "cron(0 8 * * ? *)",
        "Asia/Jakarta",
    )
    assert schedule["target"]["arn"] == "arn:of:Queue/educounsel-schedule"
    assert json.loads(schedule["target"]["input"]) == {"command": "appointments:remind"}
    sent = program.permissions("educounsel-reminders-schedule")["SendMessages"]
    assert sent["Resource"] == ["arn:aws:sqs:ap-southeast-3:123456789012:educounsel-prod-schedule"]
    worker = boots(program)["worker"]
    assert told(worker)["SCHEDULE_QUEUE_URL"] == "url-of-educounsel-schedule"
    script = files(worker)["/usr/local/sbin/educounsel-scheduler"]
    assert 'artisan "$command" --hours=24' in script
    assert "!= appointments:remind" in script
    assert "ReceiveMessages" in program.permissions("educounsel-worker-instance")
    assert "ReceiveMessages" not in program.permissions("educounsel-web-instance")


MAY = {
    "s3:AbortMultipartUpload", "s3:DeleteObject", "s3:GetObject", "s3:ListBucket", "s3:PutObject",
    "cloudfront:CreateInvalidation", "sns:Publish",
    "secretsmanager:DescribeSecret", "secretsmanager:GetSecretValue", "kms:Decrypt", "kms:GenerateDataKey",
    "logs:CreateLogStream", "logs:DescribeLogStreams", "logs:PutLogEvents",
    "logs:FilterLogEvents", "logs:GetQueryResults", "logs:StartQuery",
    "cloudwatch:GetMetricData", "cloudwatch:PutMetricData",
}  # fmt: skip
WORKS = {
    "sqs:ChangeMessageVisibility", "sqs:DeleteMessage", "sqs:GetQueueAttributes", "sqs:GetQueueUrl",
    "sqs:ReceiveMessage",
}  # fmt: skip


@pytest.mark.requirement("EDU-EC2-06")
@pytest.mark.parametrize("role", ["web", "worker"])
def test_instances_may_do_what_the_application_needs_and_no_more(program, role):
    profile = program.of("iam/instanceProfile:InstanceProfile")[f"educounsel-{role}"]
    assert profile["role"] == program.of("iam/role:Role")[f"educounsel-{role}-instance"]["name"]
    granted = program.permissions(f"educounsel-{role}-instance")
    assert {action for each in granted.values() for action in each["Action"]} == MAY | (
        WORKS if role == "worker" else set()
    )
    assert {sid for sid, each in granted.items() if "*" in each["Resource"]} == {"WriteMetrics", "ReadMetrics"}
    prefixes = {arn.partition("/")[2] for arn in granted["UseFiles"]["Resource"]}
    assert prefixes == {"materi/files/*", "materi/thumbnails/*", "profiles/*", "static/*"}
    shown = {arn.partition("log-group:")[2] for arn in granted["AskLogs"]["Resource"]}
    assert shown == {
        "/educounsel/prod/application:*",
        "/educounsel/prod/error:*",
        "/educounsel/prod/access:*",
        "/aws/rds/instance/educounsel-prod-database/slowquery:*",
    }


@pytest.mark.requirement("EDU-APP-01")
def test_counsellors_pupils_and_administrators_are_served_by_the_same_instances(program):
    assert len(program.of("lb/targetGroup:TargetGroup")) == 1
    assert len(program.of("lb/listenerRule:ListenerRule")) == 1


@pytest.mark.requirement("EDU-APP-02")
def test_an_upload_has_time_and_room(program):
    assert program.one("lb/loadBalancer:LoadBalancer")["idleTimeout"] >= 60
    web = files(boots(program)["web"])
    assert "client_max_body_size 12m;" in web["/etc/nginx/conf.d/educounsel.conf"]
    assert "post_max_size] = 12M" in web["/etc/php-fpm.d/educounsel.conf"]
    rules = {each["name"]: each for each in program.of("wafv2/webAcl:WebAcl")["educounsel-ingress-web-acl"]["rules"]}
    counted = rules["aws-common"]["statement"]["managedRuleGroupStatement"]["ruleActionOverrides"]
    assert [each["name"] for each in counted] == ["SizeRestrictions_BODY"]


@pytest.mark.requirement("EDU-APP-03")
def test_notifications_have_a_queue_of_their_own_before_all_others_and_time_for_a_whole_school(program):
    worker = boots(program)["worker"]
    assert told(worker)["REDIS_QUEUE"] == "{notifications}"
    queue = files(worker)["/etc/systemd/system/educounsel-queue.service"]
    first = queue.partition("--queue=")[2].partition(",")[0]
    assert (first, "--timeout=120" in queue) == ("{notifications}", True)


@pytest.mark.requirement("EDU-APP-04")
def test_workers_reach_openai_with_a_key_from_secrets_manager(program):
    """OP-EDU-05: what leaves the country is the application's to decide; the README says so."""
    assert "educounsel-prod/external/openai-key" in {
        each["name"] for each in program.of("secretsmanager/secret:Secret").values()
    }
    assert "OPENAI_API_KEY" in files(boots(program)["worker"])["/usr/local/sbin/educounsel-secrets"]
    rules = program.of("vpc/securityGroupEgressRule:SecurityGroupEgressRule").values()
    out = [each for each in rules if each["securityGroupId"] == "SecurityGroup/educounsel-worker"]
    assert ("0.0.0.0/0", 443) in {(each.get("cidrIpv4"), each["fromPort"]) for each in out}
    routes = {name for name, each in program.of("ec2/route:Route").items() if each.get("natGatewayId")}
    assert routes == {f"educounsel-private-{zone}-default" for zone in "ab"}


@pytest.mark.requirement("EDU-APP-05")
def test_browsers_are_told_by_a_hosted_pusher(program):
    """OP-EDU-06: no connection stays open at the load balancer."""
    for boot in boots(program).values():
        assert told(boot)["BROADCAST_CONNECTION"] == "pusher"
        assert "PUSHER_APP_SECRET" in files(boot)["/usr/local/sbin/educounsel-secrets"]
    assert "stickiness" not in program.one("lb/targetGroup:TargetGroup")
