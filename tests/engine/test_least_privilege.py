"""Least privilege, as the state of each stack has it: every policy document, every role, every function."""

import json
import re
from collections import defaultdict

import pytest
from analysis import findings
from lives import STACKS, looks_at

from cli.docs.access.policy_documents import Document, as_list, documents

ACCOUNT = "123456789012"
ROLE = "aws:iam/role:Role"
BUCKET = "arn:aws:s3:::papers"
OF_NODES = {
    "AmazonEKSWorkerNodePolicy",
    "AmazonEC2ContainerRegistryPullOnly",
    "AmazonSSMManagedInstanceCore",
    "AmazonEKS_CNI_Policy",
}


def of_type(life, *types):
    return [resource for resource in life.resources if resource["type"] in types]


def principals(document):
    return [name for statement in document.statements for name in services(statement)]


def services(statement):
    return as_list(statement["Principal"].get("Service", []))


@looks_at(*STACKS)
@pytest.mark.requirement("SMILE-SEC-19")
def test_analysers_find_nothing_in_any_policy_document(life):
    found = list(documents(life.resources))
    assert {"aws:kms/key:Key", "aws:iam/policy:Policy", ROLE} <= {document.type for document in found}
    limits = boundaries(life)
    assert limits
    assert [f"{document}: {each}" for document in found for each in findings(document, ACCOUNT, limits)] == []


def boundaries(life):
    """ARNs of the policies that are boundaries of roles, and attached to none."""
    attached = {
        each["inputs"]["policyArn"] for each in of_type(life, "aws:iam/rolePolicyAttachment:RolePolicyAttachment")
    }
    return {each["inputs"]["permissionsBoundary"] for each in of_type(life, ROLE)} - attached


def identity(**statement):
    return Document({"type": "aws:iam/policy:Policy"}, "policy", {"Statement": {"Effect": "Allow", **statement}})


def of_bucket(**statement):
    return Document(
        {"type": "aws:s3/bucketPolicy:BucketPolicy"}, "policy", {"Statement": {"Effect": "Allow", **statement}}
    )


def trust(principal):
    statement = {"Effect": "Allow", "Principal": principal, "Action": "sts:AssumeRole"}
    return Document({"type": ROLE}, "assumeRolePolicy", {"Statement": [statement]})


@pytest.mark.parametrize(
    ("document", "says"),
    [
        (identity(Action="s3:*", Resource="*"), "service_wildcard"),
        (identity(Action="*", Resource="*"), "service_wildcard"),
        (identity(NotAction="iam:*", Resource="*"), "contains_statement_using_not_action"),
        (identity(Action="sqs:DeleteQueue", Resource="*"), "write_actions_without_constraints"),
        (identity(Action="s3:PutBucketPolicy", Resource="*"), "permissions_management_without_constraints"),
        (identity(Action="s3:GetObject", Resource="*"), "allows_data_exfiltration_actions"),
        (identity(Action="sts:AssumeRole", Resource="*"), "credentials_exposure"),
        (identity(Action=["iam:PassRole", "ec2:RunInstances"], Resource="*"), "allows_privilege_escalation"),
        (identity(Action="s3:GetObjekt", Resource=f"{BUCKET}/*"), "s3:GetObjekt is no action"),
        (identity(Action="s3:GetObject", Resource=BUCKET), "s3:GetObject works on none of"),
        (identity(Action="s3:ListAllMyBuckets", Resource=BUCKET), "s3:ListAllMyBuckets works on none of"),
        (identity(Action="s3:GetObject", Resource=[f"{BUCKET}/*", BUCKET]), f"works on {BUCKET}"),
        (
            identity(
                Action="kms:DescribeKey", Resource="*", Condition={"StringEquals": {"kms:EncryptionContext:a": "b"}}
            ),
            "kms:DescribeKey knows no condition kms:EncryptionContext:a",
        ),
        (of_bucket(Principal="*", Action="s3:GetObject", Resource=f"{BUCKET}/*"), "anybody may s3:GetObject"),
        (trust({"AWS": "*"}), "role_assumable_by_any_principal"),
        (trust({"AWS": "arn:aws:iam::210987654321:root"}), "role_assumable_by_cross_account_principals"),
    ],
)
def test_analysers_find_what_is_too_wide_or_never_applies(document, says):
    assert any(says in found for found in findings(document, ACCOUNT))


@pytest.mark.parametrize(
    "document",
    [
        identity(Action="ecr:GetAuthorizationToken", Resource="*"),
        identity(Action=["s3:GetObject", "s3:ListBucket"], Resource=[f"{BUCKET}/*", BUCKET]),
        identity(
            Action="kms:Decrypt",
            Resource="arn:aws:kms:ap-southeast-3:123456789012:key/1",
            Condition={"StringEquals": {"kms:EncryptionContext:aws:sqs:arn": "arn", "aws:PrincipalTag/team": "smile"}},
        ),
        of_bucket(
            Principal={"Service": "delivery.logs.amazonaws.com"},
            Action="s3:PutObject",
            Resource=f"{BUCKET}/*",
            Condition={"StringEquals": {"aws:SourceAccount": ACCOUNT}},
        ),
        trust({"Service": "lambda.amazonaws.com"}),
    ],
)
def test_analysers_leave_narrow_documents_alone(document):
    assert list(findings(document, ACCOUNT)) == []


@pytest.mark.parametrize("document", [json.dumps({"Statement": []}), {"Statement": []}])
def test_documents_are_found_wherever_a_resource_holds_them(document):
    resource = {"type": "any", "urn": "urn::any", "inputs": {"text": "no", "rules": [{"policy": document}]}}
    assert [each.path for each in documents([resource])] == ["rules[0].policy"]


@looks_at(*STACKS)
@pytest.mark.requirement("SMILE-SEC-17")
def test_each_role_is_for_one_service(life):
    trusts = [document for document in documents(life.resources) if document.is_trust]
    assert len(trusts) == len(of_type(life, ROLE)) > 5
    assert {str(trust): principals(trust) for trust in trusts if len(set(principals(trust))) > 1} == {}


@looks_at(*STACKS)
@pytest.mark.requirement("SMILE-SEC-17")
def test_no_two_functions_share_a_role(life):
    roles = [function["inputs"]["role"] for function in of_type(life, "aws:lambda/function:Function")]
    assert len(roles) == len(set(roles)) > 0


@looks_at(*STACKS)
@pytest.mark.requirement("SMILE-SEC-18")
def test_each_microservice_has_a_role_of_its_own(life):
    roles = defaultdict(set)
    for each in of_type(life, "aws:eks/podIdentityAssociation:PodIdentityAssociation"):
        inputs = each["inputs"]
        # EMR runs a job's submitter, driver and executors under accounts that it makes for their one role.
        account = re.sub(r"^emr-containers-sa-spark-(client|driver|executor)-", "emr-", inputs["serviceAccount"])
        roles[inputs["roleArn"]].add((inputs["namespace"], account))
    assert {role: accounts for role, accounts in roles.items() if len(accounts) > 1} == {}


@looks_at(*STACKS)
@pytest.mark.requirement("SMILE-SEC-16")
def test_roles_of_nodes_are_for_instances_and_have_what_nodes_need(life):
    attached = defaultdict(set)
    for each in of_type(life, "aws:iam/rolePolicyAttachment:RolePolicyAttachment"):
        attached[each["inputs"]["role"]].add(each["inputs"]["policyArn"].rpartition("/")[2])
    nodes = {role: policies for role, policies in attached.items() if "AmazonEKSWorkerNodePolicy" in policies}
    trusted = {
        each.resource["outputs"]["name"]: principals(each) for each in documents(life.resources) if each.is_trust
    }
    assert nodes
    for role, policies in nodes.items():
        assert trusted[role] == ["ec2.amazonaws.com"]
        assert policies - {f"smile-{life.stack}-images-pull-images"} <= OF_NODES


@looks_at(*STACKS)
@pytest.mark.requirement("SMILE-SEC-19")
def test_policies_of_aws_that_allow_everything_are_not_attached(life):
    attached = of_type(life, "aws:iam/rolePolicyAttachment:RolePolicyAttachment")
    names = {each["inputs"]["policyArn"].rpartition("/")[2] for each in attached}
    assert [name for name in names if name.endswith(("FullAccess", "AdministratorAccess", "PowerUserAccess"))] == []


@looks_at(*STACKS)
@pytest.mark.requirement("SMILE-SEC-20")
def test_access_is_by_roles_alone(life):
    kinds = ("user", "accessKey", "userLoginProfile", "sshKey", "serviceSpecificCredential", "group")
    assert [
        each["urn"] for each in life.resources if each["type"].startswith(tuple(f"aws:iam/{kind}" for kind in kinds))
    ] == []


@looks_at(*STACKS)
@pytest.mark.requirement("SMILE-LAMBDA-03")
def test_every_function_has_what_every_function_must_have(life):
    groups = {each["inputs"]["name"]: each["inputs"] for each in of_type(life, "aws:cloudwatch/logGroup:LogGroup")}
    functions = of_type(life, "aws:lambda/function:Function")
    assert functions
    for function in (each["inputs"] for each in functions):
        assert function["runtime"] in {"python3.13", "python3.14"}
        assert function["tracingConfig"] == {"mode": "Active"}
        assert function["deadLetterConfig"]["targetArn"]
        assert function["kmsKeyArn"]
        logs = groups[function["loggingConfig"]["logGroup"]]
        assert logs["kmsKeyId"]
        assert logs["retentionInDays"] >= 30
