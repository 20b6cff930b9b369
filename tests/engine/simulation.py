"""A stack's policies, and an IAM simulator that judges requests by all kinds of them together."""

import json
import subprocess
from collections import defaultdict
from dataclasses import dataclass
from functools import cache

from moto.iam.aws_managed_policies import aws_managed_policies_data
from surroundings import service

from bootstrap.simulator import install
from cli.docs.access.permissions import ATTACHMENT, ENDPOINT, POLICY, arn
from cli.docs.access.policy_documents import as_list, documents
from tests.paths import ROOT

OF_AWS = "arn:aws:iam::aws:policy/"
ABOUT = {
    "aws:sqs/queuePolicy:QueuePolicy": "queueUrl",
    "aws:s3/bucketPolicy:BucketPolicy": "bucket",
    "aws:sns/topicPolicy:TopicPolicy": "arn",
    "aws:secretsmanager/secretPolicy:SecretPolicy": "secretArn",
    "aws:efs/fileSystemPolicy:FileSystemPolicy": "fileSystemId",
    "aws:backup/vaultPolicy:VaultPolicy": "backupVaultName",
    "aws:ecr/repositoryPolicy:RepositoryPolicy": "repository",
}
"""Type of a resource's own policy -> its property that says whose, by one of ``NAMES``."""
NAMES = ("arn", "id", "name", "bucket", "url")
ANYTHING, ELSEWHERE = "credentials of AWS's own", "a policy that isn't the stack's, and leaves it to the account's"
WHO = {
    "identity": "the role's policies",
    "resource": "the resource's own policy",
    "pb": "the permissions boundary",
    "vpce": "the endpoint's policy",
}


@cache
def of_aws():
    """ARN of a policy of AWS's own -> its document."""
    found = json.loads(aws_managed_policies_data)
    return {f"{OF_AWS}{name}": each["Document"] for name, each in found.items()}


class Policies:
    """The policies of a stack, by who carries them and what they are about.

    Attributes:
        bodies: name -> document; a name is an ARN, or the URN of the resource that holds it.
        of_role: name of a role -> names of its policies.
        own: ARN of a resource -> name of its policy.
        of_endpoint: service -> name of its endpoint's policy.
    """

    def __init__(self, state):
        self.state = state
        every = {"Effect": "Allow", "Action": "*", "Resource": "*"}
        self.bodies = {
            ANYTHING: {"Version": "2012-10-17", "Statement": every},
            ELSEWHERE: {
                "Version": "2012-10-17",
                "Statement": every | {"Principal": {"AWS": f"arn:aws:iam::{state.account}:root"}},
            },
        }
        self.of_role, self.own, self.of_endpoint = defaultdict(list), {}, {}
        for document in documents(state.resources):
            if not document.is_trust:
                self.add(document)
        for each in state.of_type(ATTACHMENT):
            name = each["inputs"]["policyArn"]
            self.of_role[each["inputs"]["role"]].append(name)
            if name.startswith(OF_AWS):
                self.bodies[name] = of_aws()[name]

    def add(self, document):
        holder = document.resource
        name = arn(holder) if document.type == POLICY else holder["urn"]
        self.bodies[name] = document.body
        if document.type == "aws:kms/key:Key":
            self.own[arn(holder)] = name
        elif document.type == ENDPOINT:
            self.of_endpoint[service(holder)] = name
        elif document.type in ABOUT:
            self.own[self.subject(document.type, holder["inputs"][ABOUT[document.type]])] = name

    def subject(self, type_, name):
        """ARN of the resource whose policy it is; of the same service, since names are unique in one only."""
        of_service = f"{type_.partition('/')[0]}/"
        for each in self.state.resources:
            owns = each["type"].startswith(of_service) and each["type"] not in ABOUT and arn(each)
            if owns and name in {each["outputs"].get(known) for known in NAMES}:
                return arn(each)
        raise LookupError(f"{type_}: nothing is {name}")

    def question(self, request, owner):
        """A request about a resource of the stack, or none, as the simulator takes it."""
        role = self.state.roles[request.role]
        return {
            "principal": arn(role),
            "action": request.action,
            "resource": request.resource,
            "account": self.state.account,
            "context": request.context,
            "identity": self.of_role[request.role] if request.signed else [ANYTHING],
            "boundary": role["inputs"]["permissionsBoundary"] if request.signed else None,
            "endpoint": self.of_endpoint.get(request.endpoint),
            "own": self.resource_policy(request, owner),
        }

    def resource_policy(self, request, owner):
        """Name of the resource's own policy, if it has one.

        Who may retire a grant, the grant says (https://docs.aws.amazon.com/kms/latest/developerguide/grant-delete.html).
        """
        if request.action == "kms:RetireGrant" or (owner is None and ":kms:" in request.resource):
            return ELSEWHERE
        return self.own.get(arn(owner)) if owner else None


@dataclass(frozen=True)
class Answer:
    """What the simulator says to a request.

    Attributes:
        why: it isn't allowed; empty where it is.
        by: the statements of the role's policies that allow it, as (policy, number from 1).
        ignored: context keys that the request doesn't have, as AWS documents the action.
    """

    why: str
    by: frozenset
    ignored: frozenset


def ask(bodies, questions):
    """The answers, in the order of the questions; ``bodies`` has the policies that they name."""
    lines = "".join(f"{json.dumps(each)}\n" for each in ({"policies": bodies}, *questions))
    said = subprocess.run(install(ROOT), input=lines, capture_output=True, text=True, check=True)
    return [answer(json.loads(line)) for line in said.stdout.splitlines()]


def answer(said):
    if "error" in said:
        return Answer(f"no such request: {said['error']['message']}", frozenset(), frozenset())
    by = {
        (each["policyIdentifier"], each["statementIndex"])
        for each in said["grants"]
        if each["policyType"] == "identity"
    }
    why = "" if said["allowed"] else "; ".join(dict.fromkeys(map(denial, said["denials"]))) or "no policy allows it"
    return Answer(why, frozenset(by), frozenset(said["ignored"]))


def denial(each):
    if each["denialType"] == "Implicit":
        return f"not allowed by {WHO[each['policyType']]}"
    name = str(each.get("policyIdentifier", "")).rpartition("/")[2]
    return f"denied by {WHO[each['policyType']]} {name}, statement {each.get('statementId') or each['statementIndex']}"


def statements(body):
    return as_list(body["Statement"])
