"""A canary is a change of weights: previewed as such, made in place, and nothing else moves."""

import json

import pytest
from engine_runs import PROD, copy_of_program

RULE = "aws:lb/listenerRule:ListenerRule"
PROGRAM = """
from components.core import sdk_performance

sdk_performance.apply()
import pulumi
from pulumi_aws import ec2

from components.observability.alarm_topics import AlarmTopics, AlarmTopicsArgs
from components.edge.api_gateway import ApiGateway, ApiGatewayArgs
from components.edge.dns import DnsNames, DnsNamesArgs
from components.encryption.encryption_keys import EncryptionKeys, EncryptionKeysArgs
from components.core.environment import Environment
from components.core.context import StackContext
from components.edge.ingress import Ingress, IngressArgs
from components.core.provider import aws_provider
from components.storage.object_storage import ObjectStorage, ObjectStorageArgs
from layers.edge import targets
from settings import load_for_program

settings = load_for_program()
environment = Environment(name=settings.stack, account_id=settings.account.id, region="ap-southeast-3", project="smile")
opts = pulumi.ResourceOptions(provider=aws_provider(environment, settings.default_tags))
keys = EncryptionKeys("smile", EncryptionKeysArgs(environment=environment, protect=False), opts)
topics = AlarmTopicsArgs(environment=environment, key_arn=keys.arns["queues"], recipients={})
context = StackContext(
    environment=environment,
    keys=keys.arns,
    protection=settings.protection,
    log_retention_days=settings.observability.log_retention_days,
    topics=AlarmTopics("smile", topics, opts).arns,
)
vpc = ec2.Vpc("smile", cidr_block="10.0.0.0/16", opts=opts)
subnets = [
    ec2.Subnet(zone, vpc_id=vpc.id, cidr_block=f"10.0.{number}.0/24", availability_zone=zone, opts=opts).id
    for number, zone in enumerate(settings.network.zones)
]
group = ec2.SecurityGroup("smile", vpc_id=vpc.id, description="load balancer", opts=opts).id
logs = {"buckets": {"access-logs": settings.storage.buckets["access-logs"]}}
args = ObjectStorageArgs(context=context, settings=settings.storage.model_copy(update=logs))
storage = ObjectStorage("smile", args, opts)
names = None
if settings.dns.domain:
    names = DnsNames("smile", DnsNamesArgs(context=context, dns=settings.dns), opts)
ingress = Ingress(
    "smile-ingress",
    IngressArgs(
        context=context,
        settings=settings.ingress,
        targets=targets(settings.services.catalogue, settings.release, settings.network.service_port),
        direct=settings.network.ingress == "cloudfront",
        vpc_id=vpc.id,
        subnet_ids=subnets,
        security_group_ids=[group],
        logs=storage.buckets["access-logs"],
        names=names,
        host=settings.dns.origin or f"{environment.prefix}.internal",
    ),
    opts,
)
if settings.network.ingress == "vpc_link":
    ApiGateway(
        "smile-api",
        ApiGatewayArgs(
            context=context,
            settings=settings.api,
            firewall=settings.ingress.firewall,
            alarms=settings.ingress.alarms,
            ingress=ingress,
            vpc_id=vpc.id,
            subnet_ids=subnets,
            security_group_id=group,
            names=names,
        ),
        opts,
    )
"""
CATALOGUE = {"orders": {"path": "/api/orders"}, "reports": {"path": "/api/reports"}}
pytestmark = pytest.mark.xdist_group("canary")


@pytest.fixture(scope="module")
def serving(tmp_path_factory):
    """The ingress of prod with two services, and no more around it than it needs."""
    program = copy_of_program(tmp_path_factory.mktemp("canary"))
    (program.cwd / "__main__.py").write_text(PROGRAM)
    configure(program, {})
    program.succeeds("up", "--stack", "prod", "--yes", "--skip-preview")
    return program


def configure(program, sections):
    settings = {
        "smile:services": {"catalogue": CATALOGUE},
        "smile:workloads": {"versions": {"orders": {"blue": "r7", "green": "r8"}}},
    }
    (program.cwd / "Pulumi.prod.yaml").write_text(json.dumps({"config": PROD | settings | sections}))


def changes(program):
    """What a preview would do: (logical name, operation, what differs) of each resource that doesn't stay as it is."""
    preview = json.loads(program.succeeds("preview", "--stack", "prod", "--json"))
    return [
        (step["urn"].rpartition("::")[2], step["op"], sorted(step.get("detailedDiff") or {}))
        for step in preview["steps"]
        if step["op"] != "same"
    ]


@pytest.mark.requirement("SMILE-DEPLOY-08")
@pytest.mark.requirement("SMILE-DEPLOY-09")
def test_a_canary_previews_as_a_change_of_two_weights(serving):
    configure(serving, {"smile:release": {"weights": {"orders": {"blue": 90, "green": 10}}}})
    ((name, operation, what),) = changes(serving)
    assert (name, operation) == ("smile-ingress-orders", "update")
    weight = "actions[0].forward.targetGroups[{}].weight".format
    assert what == [weight(0), weight(1)]


@pytest.mark.requirement("SMILE-DEPLOY-07")
def test_a_release_goes_through_its_steps_and_back_without_replacing_anything(serving):
    for green in (100, 0):
        configure(serving, {"smile:release": {"weights": {"orders": {"blue": 100 - green, "green": green}}}})
        said = serving.succeeds("up", "--stack", "prod", "--yes", "--skip-preview")
        assert "replac" not in said
        assert weights(serving) == {"blue": 100 - green, "green": green}


def weights(program):
    (rule,) = (each for each in program.resources("prod") if each["urn"].endswith(f"{RULE}::smile-ingress-orders"))
    groups = rule["outputs"]["actions"][0]["forward"]["targetGroups"]
    return {"blue" if "-blue-" in group["arn"] else "green": group["weight"] for group in groups}


@pytest.mark.requirement("SMILE-EDGE-13")
def test_what_cloudfront_knows_is_in_no_state_unencrypted(serving):
    exported = json.loads(serving.succeeds("stack", "export", "--stack", "prod", "--show-secrets"))
    (drawn,) = (
        each["outputs"]["result"]["plaintext"].strip('"')
        for each in exported["deployment"]["resources"]
        if each["urn"].endswith("RandomPassword::smile-ingress-origin-secret-1")
    )
    assert len(drawn) == 40
    state = json.dumps(serving.resources("prod"))
    assert drawn not in state
    assert "PRIVATE KEY" not in state


@pytest.mark.requirement("SMILE-EDGE-10")
def test_names_stay_unchanged_and_a_direct_entrance_replaces_the_api(serving):
    configure(serving, {})  # all to blue, as after a release and its way back
    assert changes(serving) == []
    configure(serving, {"smile:network": {"ingress": "cloudfront"}})
    made = {(name, operation) for name, operation, _ in changes(serving)}
    assert ("smile-ingress-web-acl-only-cloudfront", "create") in made
    assert ("smile-api", "delete") in made
