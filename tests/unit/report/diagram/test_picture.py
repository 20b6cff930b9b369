"""What the picture of a stack shows: cards, where they stand, and what talks to what."""

import json

import pytest

from report.diagram.picture import MOST_ROWS, picture
from report.diagram.resources import NoResourcesError, Resource, of_export, of_run
from report.run import Run, Step

ACCOUNT = "123456789012"
COMPONENTS = {
    "network": "platform:network:Network",
    "private": "platform:network:Network$platform:network:SubnetTier",
    "database": "platform:database:Database",
    "cluster": "platform:cluster:Cluster",
    "queues": "platform:queues:MessageQueues",
    "workloads": "platform:workloads:Workloads",
    "identities": "platform:workloads:WorkloadIdentities",
    "secrets": "platform:secrets:Secrets",
    "trail": "platform:audit:AuditTrail",
}
RULE = "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule"


def urn(component, type_="", name=""):
    path = "$".join(filter(None, [COMPONENTS[component], type_]))
    return f"urn:pulumi:prod::smile::{path}::{name or f'smile-{component}'}"


def made(component, type_, name, inputs=None, /, **outputs):
    return Resource(urn=urn(component, type_, name), parent=urn(component), inputs=inputs or {}, outputs=outputs)


def arn(service, name):
    return f"arn:aws:{service}:ap-southeast-3:{ACCOUNT}:{name}"


def stack():
    """A cluster's nodes that reach a database, services that send to a queue, a function that rotates, a trail."""
    root = "urn:pulumi:prod::smile::pulumi:pulumi:Stack::smile-prod"
    parents = {each: urn("network") if each == "private" else root for each in COMPONENTS}
    policy = {
        "Statement": [{"Effect": "Allow", "Action": "sqs:SendMessage", "Resource": arn("sqs", "smile-prod-jobs")}]
    }
    subnet = {"availabilityZone": "ap-southeast-3a", "cidrBlock": "10.0.0.0/19"}
    return [
        Resource(urn=root),
        *(Resource(urn=urn(each), parent=parent) for each, parent in parents.items()),
        made("network", "aws:ec2/vpc:Vpc", "smile", {"cidrBlock": "10.0.0.0/16"}, id="vpc-0123456789ab"),
        made("private", "aws:ec2/subnet:Subnet", "a", subnet, id="subnet-0123456789ab"),
        made("network", "aws:ec2/securityGroup:SecurityGroup", "nodes", id="sg-aaaaaaaaaaaa"),
        made("network", "aws:ec2/securityGroup:SecurityGroup", "database", id="sg-bbbbbbbbbbbb"),
        made("network", RULE, "database-from-nodes", {
            "securityGroupId": "sg-bbbbbbbbbbbb", "referencedSecurityGroupId": "sg-aaaaaaaaaaaa",
            "ipProtocol": "tcp", "fromPort": 3306, "toPort": 3306,
        }),
        made("network", RULE, "nodes-from-nodes", {
            "securityGroupId": "sg-aaaaaaaaaaaa", "referencedSecurityGroupId": "sg-aaaaaaaaaaaa", "ipProtocol": "-1",
        }),
        made("cluster", "aws:eks/nodeGroup:NodeGroup", "smile-cluster-web",
             {"subnetIds": ["subnet-0123456789ab"], "instanceTypes": ["m5.large"]}),
        made("cluster", "aws:ec2/launchTemplate:LaunchTemplate", "web", {"vpcSecurityGroupIds": ["sg-aaaaaaaaaaaa"]}),
        made("database", "aws:rds/subnetGroup:SubnetGroup", "d", {"subnetIds": ["subnet-0123456789ab"]}),
        made("database", "aws:rds/instance:Instance", "smile-database",
             {"engine": "mysql", "vpcSecurityGroupIds": ["sg-bbbbbbbbbbbb"], "tags": {"DataClass": "personal"}}),
        made("secrets", "aws:secretsmanager/secret:Secret", "mysql", arn=arn("secretsmanager", "secret:mysql")),
        made("secrets", "aws:lambda/function:Function", "rotate", {"groups": ["sg-aaaaaaaaaaaa", "sg-bbbbbbbbbbbb"]}),
        made("queues", "aws:sqs/queue:Queue", "smile-queues-jobs", arn=arn("sqs", "smile-prod-jobs")),
        made("workloads", "kubernetes:core/v1:ServiceAccount", "s", {"metadata": {"name": "orders"}}),
        made("identities", "aws:eks/podIdentityAssociation:PodIdentityAssociation", "o", {"serviceAccount": "orders"}),
        made("identities", "aws:iam/policy:Policy", "orders", {"policy": json.dumps(policy)}),
        made("trail", "aws:cloudtrail/trail:Trail", "t", {"region": "us-east-1"}),
    ]  # fmt: skip


@pytest.fixture(scope="module")
def shown():
    return picture(stack())


def card(shown, title):
    return next(each for each in shown.cards if each.title == title)


def links(shown):
    titles = {each.key: each.title for each in shown.cards}
    return {(titles[each.source], titles[each.target], each.kind, each.label) for each in shown.links}


def test_component_stands_in_the_tier_and_zones_of_its_subnets(shown):
    assert (shown.region, shown.vpc) == ("ap-southeast-3", "VPC 10.0.0.0/16")
    assert [(each.title, dict(each.subnets)) for each in shown.tiers] == [("Private subnets", {"a": "10.0.0.0/19"})]
    assert (card(shown, "Database").area, card(shown, "Database").zones) == ("private", "a")
    assert card(shown, "Message queues").area == "data"
    assert card(shown, "Audit trail").area == "operations"


def test_parts_of_the_network_are_the_frames_and_no_cards(shown):
    assert {each.title for each in shown.cards} == {
        "Audit trail", "Cluster", "Database", "Message queues", "Secrets", "Workloads",
    }  # fmt: skip


def test_identities_of_pods_are_on_the_card_of_their_services(shown):
    assert card(shown, "Workloads").resources == 3


def test_row_has_a_short_name_and_the_class_of_its_data(shown):
    (row,) = card(shown, "Database").rows
    assert (row.name, row.detail, row.data_class) == ("Instance", "mysql", "personal")
    assert [each.name for each in card(shown, "Message queues").rows] == ["jobs"]


def test_security_groups_say_who_may_connect_to_whom(shown):
    assert ("Cluster", "Database", "network", "tcp 3306") in links(shown)


def test_function_connects_to_others_and_nothing_connects_to_it(shown):
    assert ("Secrets", "Database", "network", "tcp 3306") in links(shown)
    assert not [each for each in links(shown) if each[1] == "Secrets"]


def test_members_of_one_group_are_not_linked_to_each_other(shown):
    assert ("Secrets", "Cluster", "network", "all ports") not in links(shown)


def test_policy_of_a_service_says_what_it_may_use(shown):
    assert ("Workloads", "Message queues", "access", "") in links(shown)


def test_what_is_in_another_region_is_counted(shown):
    assert card(shown, "Audit trail").elsewhere == {"us-east-1": 1}
    assert card(shown, "Database").elsewhere == {}


def test_rows_that_do_not_fit_are_counted():
    many = [made("queues", "aws:sqs/queue:Queue", f"smile-queues-{number:02}") for number in range(40)]
    found = card(picture([*stack(), *many]), "Message queues")
    assert len(found.rows) == MOST_ROWS - 1
    assert found.left_out == 41 - len(found.rows)


def test_same_resources_in_another_order_are_the_same_picture(shown):
    first, *others = stack()
    assert picture([first, *others[::-1]]) == shown


def test_export_and_run_are_read_alike():
    exported = {"deployment": {"resources": [
        {"urn": each.urn, "parent": each.parent, "inputs": each.inputs, "outputs": each.outputs,
         "id": each.outputs.get("id", "")}
        for each in stack()
    ]}}  # fmt: skip
    steps = [
        Step(urn=each.urn, op="same", parent=each.parent, after=each.inputs, outputs=each.outputs,
             id=each.outputs.get("id", ""))
        for each in stack()
    ]  # fmt: skip
    assert picture(of_export(exported)) == picture(of_run(run_of(steps))) == picture(stack())


def test_run_marks_what_it_changes_and_what_is_gone_is_only_counted():
    steps = [Step(urn=each.urn, op="same", parent=each.parent, after=each.inputs) for each in stack()]
    steps += [
        Step(urn=urn("queues", "aws:sqs/queue:Queue", name), op=op, parent=urn("queues"), before={})
        for name, op in (("old", "delete"), ("smile-queues-other", "update"))
    ]
    found = card(picture(of_run(run_of(steps))), "Message queues")
    assert found.changes == {"delete": 1, "update": 1}
    assert [each.name for each in found.rows] == ["jobs", "other"]
    assert found.resources == 2


def test_run_that_makes_all_of_it_marks_nothing():
    steps = [Step(urn=each.urn, op="create", parent=each.parent, after=each.inputs) for each in stack()]
    assert not any(each.changes for each in picture(of_run(run_of(steps))).cards)


def run_of(steps):
    return Run(stack="prod", steps=tuple(steps), findings=(), errors=(), seconds=1, is_preview=True, is_finished=True)


@pytest.mark.parametrize("content", [{}, [], {"deployment": {}}, {"deployment": {"resources": []}}, {"widgets": []}])
def test_what_is_no_export_is_refused(content):
    with pytest.raises(NoResourcesError, match="valid: what `pulumi stack export` writes"):
        of_export(content)


def test_stack_without_a_component_has_no_picture():
    with pytest.raises(NoResourcesError, match="no component"):
        picture(stack()[:1])
