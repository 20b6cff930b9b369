"""Single hosts: nobody connects to them; what they do in their first boot is what cloud-init and systemd take."""

import configparser
import json
import subprocess

import pytest

from components.broker.definitions import definitions
from components.broker.settings import Queue
from components.hosts.compose import (
    LOGIN_VARIABLES,
    LOGINS,
    TIMER,
    UNIT,
    ComposeHost,
    ComposeHostArgs,
    ComposeService,
    deploy,
)
from components.hosts.jenkins import JenkinsHost, JenkinsHostArgs, JenkinsRole
from components.hosts.settings import Compose, Jenkins
from tests.recording import Recording, record

INSTANCE = "ec2/instance:Instance"


class Answering(Recording):
    def new_resource(self, args):
        identity, state = super().new_resource(args)
        return identity, {"privateIp": "10.0.10.7"} | state


def compose_args(context):
    return ComposeHostArgs(
        context=context,
        settings=Compose(),
        services={
            "gateway": ComposeService(port=3000, is_public=True),
            "orders": ComposeService(port=3001, variables={"DATABASE_HOST": "postgres"}),
        },
        registry="123456789012.dkr.ecr.ap-southeast-3.amazonaws.com",
        repository_arns=["arn:aws:ecr:ap-southeast-3:123456789012:repository/smile/orders"],
        release_parameter="/smile/prod/release",
        stores={"postgres": "postgres:15", "redis": "redis:7", "rabbitmq": "rabbitmq:4.2-management"},
        definitions=json.dumps(definitions({"mailer.orders": Queue(events=("order.paid",))})),
        subnet_id="subnet-a",
        security_group_ids=["sg-compose"],
        image_id="ami-1",
        log_bucket="smile-logs",
    )


@pytest.fixture(scope="session")
def compose(context):
    return record(lambda: ComposeHost("smile-compose", compose_args(context)) and None, Answering())


@pytest.fixture(scope="session")
def jenkins(context):
    def program():
        JenkinsHost(
            "smile-jenkins",
            JenkinsHostArgs(
                context=context,
                settings=Jenkins(hosting="host"),
                subnet_id="subnet-a",
                security_group_ids=["sg-jenkins"],
                image_id="ami-1",
                log_bucket="smile-logs",
                file_system_id="fs-1",
                access_point_id="fsap-1",
                mounts=[],
                statements=[],
                target_group_arn="arn:target-group",
            ),
        )

    return record(program, Answering())


def files_of(program):
    config = json.loads(program.one(INSTANCE)["userData"].removeprefix("#cloud-config\n"))
    return {each["path"]: each for each in config["write_files"]}, config["runcmd"]


@pytest.mark.parametrize("host", ["compose", "jenkins"])
def test_a_host_has_no_public_address_no_key_pair_and_an_encrypted_disk(request, host):
    made = request.getfixturevalue(host).one(INSTANCE)
    assert made["associatePublicIpAddress"] is False
    assert "keyName" not in made
    assert made["metadataOptions"]["httpTokens"] == "required"
    assert made["rootBlockDevice"]["encrypted"] is True


@pytest.mark.parametrize("host", ["compose", "jenkins"])
def test_a_host_that_fails_calls_somebody(request, host):
    alarms = request.getfixturevalue(host).of("cloudwatch/metricAlarm:MetricAlarm")
    assert {each["metricName"] for each in alarms.values()} == {"StatusCheckFailed", "CPUUtilization"}


def test_compose_starts_services_once_their_stores_are_healthy(compose):
    files, _ = files_of(compose)
    services = json.loads(files["/opt/platform/compose.json"]["content"])["services"]
    assert set(services) == {"gateway", "orders", "postgres", "redis", "rabbitmq"}
    assert services["orders"]["depends_on"] == {
        store: {"condition": "service_healthy"} for store in ("postgres", "redis", "rabbitmq")
    }
    assert services["gateway"]["ports"] == ["127.0.0.1:3000:3000"]
    assert "ports" not in services["orders"]


def test_passwords_are_drawn_on_the_host_once_and_kept_there(tmp_path, context, compose):
    script = deploy(compose_args(context))
    drawing = script[script.index("if !") : script.index("fi\n") + 3]
    for _ in range(2):
        subprocess.run(["bash", "-euo", "pipefail", "-c", drawing], cwd=tmp_path, check=True)
    drawn = dict(line.split("=") for line in (tmp_path / LOGINS).read_text().splitlines())
    assert set(drawn) == set(LOGIN_VARIABLES)
    assert {len(value) for value in drawn.values()} == {48}
    services = json.loads(files_of(compose)[0]["/opt/platform/compose.json"]["content"])["services"]
    assert {name for name, each in services.items() if each.get("env_file") == [LOGINS]} == set(services) - {"redis"}


def test_the_script_is_a_shells_and_units_are_systemds(context):
    subprocess.run(["bash", "-n", "-c", deploy(compose_args(context))], check=True)
    for unit, sections in ((UNIT, ["Unit", "Service", "Install"]), (TIMER, ["Unit", "Timer", "Install"])):
        parsed = configparser.ConfigParser(strict=False, interpolation=None)
        parsed.read_string(unit)
        assert parsed.sections() == sections


def test_only_the_webhook_reaches_jenkins(jenkins):
    files, commands = files_of(jenkins)
    proxy = files["/etc/nginx/conf.d/webhook.conf"]["content"]
    assert "location = /github-webhook/" in proxy
    assert "limit_except POST { deny all; }" in proxy
    assert proxy.count("{") == proxy.count("}")
    assert (
        "JENKINS_LISTEN_ADDRESS=127.0.0.1" in (files["/etc/systemd/system/jenkins.service.d/listens.conf"]["content"])
    )
    assert any("accesspoint=fsap-1" in word for command in commands for word in command)
    attached = jenkins.one("lb/targetGroupAttachment:TargetGroupAttachment")
    assert (attached["targetId"], attached["port"]) == ("10.0.10.7", 443)


def test_jenkins_keeps_what_it_has_on_the_file_system(jenkins):
    _, commands = files_of(jenkins)
    (mount,) = (words[-1] for words in commands if words[0] == "sh")
    assert mount.startswith("echo 'fs-1:/ /var/lib/jenkins efs ")
    assert commands.index(["mount", "/var/lib/jenkins"]) < commands.index(
        ["systemctl", "enable", "--now", "jenkins", "nginx"]
    )


def test_a_jenkins_elsewhere_takes_on_a_role_by_its_own_and_its_external_id(context):
    def program():
        settings = Jenkins(trusted_role="arn:aws:iam::111122223333:role/jenkins", external_id="acme-7")
        JenkinsRole("smile-jenkins", context, settings, [])

    role = record(program).one("iam/role:Role")
    (trust,) = json.loads(role["assumeRolePolicy"])["Statement"]
    assert trust["Principal"] == {"AWS": "arn:aws:iam::111122223333:role/jenkins"}
    assert trust["Condition"] == {"StringEquals": {"sts:ExternalId": "acme-7"}}
