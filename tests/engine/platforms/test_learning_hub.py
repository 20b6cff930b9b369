"""Learning Hub lives and dies offline, with every control, in both stacks."""

import json

import pytest
from engine_runs import ROOT, Offline
from judgement import JudgedProgram

from cli.docs.access.permissions import ROLE, logical
from cli.preview import policy_arguments
from cli.program import program_of

FOLDER = ROOT / "platforms" / "learning_hub"
LEAST, ANSWERS = {"prod": 700, "staging": 150}, {"prod": 500, "staging": 90}
ABROAD = {
    "aws:acm/certificate:Certificate",
    "aws:acm/certificateValidation:CertificateValidation",
    "aws:cloudwatch/logDelivery:LogDelivery",
    "aws:cloudwatch/logDeliveryDestination:LogDeliveryDestination",
    "aws:cloudwatch/logDeliverySource:LogDeliverySource",
    "aws:wafv2/ipSet:IpSet",
    "aws:wafv2/webAcl:WebAcl",
    "aws:wafv2/webAclLoggingConfiguration:WebAclLoggingConfiguration",
}
"""What CloudFront wants in us-east-1; none of it holds data of learners."""

NEEDLESS = ("learninghub-cluster-late-efs-csi-controller-sa", "learninghub-cluster-late-efs-csi-node-sa")
"""Roles of a driver that every cluster has; where Jenkins runs elsewhere, there is no file system for it to find."""
BROKER, LOGIN = "rabbitmq/application", "broker/login"
"""The secret of the broker's login in settings, and by its logical name."""

pytestmark = [pytest.mark.platforms, pytest.mark.xdist_group("learning-hub-engine")]


@pytest.fixture(scope="module")
def learning_hub(tmp_path_factory):
    return Offline(tmp_path_factory.mktemp("learning_hub") / "offline", FOLDER)


@pytest.mark.parametrize("stack", LEAST)
def test_stack_is_made_without_a_violation_stays_unchanged_is_refreshed_and_goes(learning_hub, stack):
    packs = policy_arguments(stack, program=program_of(FOLDER.name))
    said = learning_hub.succeeds("up", "--stack", stack, "--yes", "--skip-preview", *packs)
    assert "Policies:" in said
    assert "[mandatory]" not in said
    resources = learning_hub.resources(stack)
    assert len(resources) > LEAST[stack]
    check_place(resources)
    check_roles(stack, resources)
    learning_hub.succeeds("up", "--stack", stack, "--yes", "--skip-preview", "--expect-no-changes")
    learning_hub.succeeds("refresh", "--stack", stack, "--yes", "--skip-preview", "--expect-no-changes")
    unprotect(learning_hub, stack)
    learning_hub.succeeds("destroy", "--stack", stack, "--yes", "--skip-preview")
    assert [each["type"] for each in learning_hub.resources(stack)] in ([], ["pulumi:pulumi:Stack"])


def unprotect(program, stack):
    """Production is protected; whoever ends it says so first."""
    if any(each.get("protect") for each in program.resources(stack)):
        program.succeeds("state", "unprotect", "--all", "--stack", stack, "--yes")


def check_roles(stack, resources):
    """Each role may do what it is for and nothing else."""
    settings = program_of(FOLDER.name).settings(stack)
    services = settings.services.catalogue
    judged = JudgedProgram(
        "learninghub",
        stack,
        resources,
        unknown=NEEDLESS,
        users={f"learninghub-workload-{name}": with_login(each) for name, each in services.items()},
        documents="media",
        master="secret learninghub-database-master",
        cache=settings.images.cache_prefix,
        registry=settings.account.id,
        service=tuple(services),
        upstream=settings.images.upstreams,
    )
    roles = {logical(each) for each in resources if each["type"] == ROLE}
    assert {*NEEDLESS} <= roles or stack == "staging"
    assert set(judged.needs.without_entry()) <= {*NEEDLESS}
    assert len(judged.answers) > ANSWERS[stack]
    assert {str(request): answer.why for request, answer in judged.answers.items() if answer.why} == {}
    assert judged.excess() == []


def with_login(service):
    """The settings of a service, with the broker's login as the stack calls it."""
    return service.model_copy(update={"secrets": tuple(LOGIN if path == BROKER else path for path in service.secrets)})


def check_place(resources):
    """Jakarta and, for what CloudFront wants there, us-east-1; nothing of SMILE."""
    own = [each for each in resources if each["type"].startswith("aws:")]
    text = json.dumps([(each["urn"], each.get("inputs")) for each in own])
    assert "smile" not in text.lower()
    assert {each["type"] for each in own if each.get("inputs", {}).get("region") == "us-east-1"} <= ABROAD
    assert {each.get("inputs", {}).get("region") for each in own} <= {None, "ap-southeast-3", "us-east-1"}


@pytest.mark.parametrize("stack", LEAST)
def test_smile_previews_each_stack_green_from_anywhere(tmp_path, stack):
    done = Offline(tmp_path / "offline").smile("preview", "--platform", "learning_hub", stack)
    assert done.returncode == 0, done.stdout + done.stderr
    verdict = done.stdout.splitlines()[-1].split()
    assert (verdict[0], verdict[-1]) == (f"learning_hub-{stack}", "green")
