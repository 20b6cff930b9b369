"""What a stack's state permits: every statement of its policies, with whom it is about and on what."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, cast

from cli.docs.access.policy_documents import Document, Resource, Statement, as_list, documents
from guardrails.iam.patterns import matches

ROLE = "aws:iam/role:Role"
POLICY = "aws:iam/policy:Policy"
ATTACHMENT = "aws:iam/rolePolicyAttachment:RolePolicyAttachment"
ENDPOINT = "aws:ec2/vpcEndpoint:VpcEndpoint"
OF_POD = [f"aws:RequestTag/{tag}" for tag in ("eks-cluster-arn", "kubernetes-namespace", "kubernetes-service-account")]
Conditions = Mapping[str, Mapping[str, Any]]
"""Operator -> key -> value or values."""
SUFFIX_OF_SECRET = re.compile(r"-\?{6}$")
"""What stands for the random end that AWS gives the ARN of a secret."""


@dataclass(frozen=True)
class Grant:
    """One permission or denial.

    Attributes:
        holder: the resource whose policy says it.
        who: names of the roles, services and others that it is about; empty where a policy is attached to nobody.
        actions: as written; a sentence for what a policy of AWS's own allows.
        resources: ARNs and patterns, as written; of the holder itself, where its policy says ``*``.
        allowed: or denied.
        conditions: operator -> key -> value or values.
    """

    holder: Resource
    who: frozenset[str]
    actions: tuple[str, ...]
    resources: tuple[str, ...]
    allowed: bool = True
    conditions: Conditions = field(default_factory=dict[str, Mapping[str, Any]])


class State:
    """The resources of a state, and what readers call them: ``bucket smile-documents``."""

    def __init__(self, resources: Iterable[Resource]) -> None:
        self.resources: list[Resource] = [each for each in resources if each.get("custom")]
        self.roles = {each["outputs"]["name"]: each for each in self.of_type(ROLE)}
        # Some carry the ARN of another: components hand out that of what they made, a topic's policy that of the topic.
        owners = [each for each in self.resources if "arn" not in each.get("inputs", {}) and arn(each)]
        self.by_arn = given_out(self.resources) | {arn(each): label(each) for each in sorted(owners, key=label)}
        self.account = arn(self.of_type(ROLE)[0]).split(":")[4]
        self.holders: defaultdict[str, list[str]] = defaultdict(list)
        for each in self.of_type(ATTACHMENT):
            self.holders[each["inputs"]["policyArn"]].append(self.role_called(each["inputs"]["role"]))
        self.boundaries: set[str] = {
            each["inputs"]["permissionsBoundary"]
            for each in self.of_type(ROLE)
            if "permissionsBoundary" in each["inputs"]
        }

    def of_type(self, *types: str) -> list[Resource]:
        """Those of any of the types."""
        return [each for each in self.resources if each["type"] in types]

    def role_called(self, name: str) -> str:
        """A role, by its physical name."""
        return f"role {logical(self.roles[name])}" if name in self.roles else f"role {name}"

    def name(self, written: str) -> str:
        """Of the resource with this ARN or, with what follows it, above it; else the ARN without what is always so."""
        if SUFFIX_OF_SECRET.search(written):
            written = next((each for each in self.by_arn if matches(written, each)), written)
        for end in (len(written), *(match.start() for match in re.finditer("[/:]", written))):
            if owner := self.by_arn.get(written[:end]):
                return owner + written[end:]
        return re.sub(rf"^arn:aws:([^:]*):(?:ap-southeast-3)?:(?:{self.account}|aws)?:", r"\1:", written)

    def value(self, written: str) -> str:
        """Of a condition."""
        return "this account" if written == self.account else f"`{self.name(written)}`"

    def principal(self, kind: str, written: str) -> str:
        """Whom a statement lets in."""
        if written == "*":
            return "anyone"
        if kind == "AWS" and written == f"arn:aws:iam::{self.account}:root":
            return "this account, as its IAM policies say"
        return self.name(written)


def logical(resource: Resource) -> str:
    """Its logical name."""
    return resource["urn"].rpartition("::")[2]


def label(resource: Resource) -> str:
    """Such as ``log group smile-trail``."""
    kind = re.sub(r"(?<=[a-z])(?=[A-Z])", " ", resource["type"].rpartition(":")[2])
    return f"{kind[0].lower()}{kind[1:].lower()} {logical(resource)}"


def arn(resource: Resource) -> str:
    """Without the end that stands for all that is in a log group; empty for a resource that has none."""
    found = resource.get("outputs", {}).get("arn")
    return found.removesuffix(":*") if isinstance(found, str) else ""


def component(resource: Resource) -> str:
    """The outermost component that a resource belongs to."""
    outermost = resource["urn"].split("::")[2].partition("$")[0]
    return outermost.rpartition(":")[2] if outermost.startswith("platform:") else "Other"


def given_out(resources: Iterable[Resource]) -> dict[str, str]:
    """ARN -> name, of what AWS makes beside a resource, such as a database's own secret."""
    found: dict[str, str] = {}
    for each in sorted(resources, key=label):
        given = set(arns_in(each.get("inputs", {})))
        for name, value in each.get("outputs", {}).items():
            found |= {made: f"{name} of {label(each)}" for made in arns_in(value) if made not in given}
    return found


def arns_in(value: Any) -> Iterator[str]:
    """Every ARN that a value is or holds."""
    if isinstance(value, str) and value.startswith("arn:"):
        yield value
    elif isinstance(value, dict | list):
        for item in cast("Any", value.values() if isinstance(value, dict) else value):
            yield from arns_in(item)


def grants(state: State) -> Iterator[Grant]:
    """All that is said about somebody, but for who may take on a role: see ``taken_on``."""
    for document in documents(state.resources):
        if not document.is_trust:
            yield from (of_statement(state, document, statement) for statement in document.statements)
    yield from of_aws(state)


def of_statement(state: State, document: Document, statement: Statement) -> Grant:
    """What one statement says."""
    holder = document.resource
    about = written(statement, "Resource")
    if not document.is_of_identity:
        about = [arn(holder) or label(holder) if each == "*" else each for each in about]
    return Grant(
        holder,
        frozenset(subjects(state, document, statement)),
        tuple(written(statement, "Action")),
        tuple(about),
        allowed=statement["Effect"] == "Allow",
        conditions=statement.get("Condition", {}),
    )


def written(statement: Statement, part: str) -> list[str]:
    """What a statement says of its actions, or its resources."""
    if f"Not{part}" in statement:
        return [f"anything but {' and '.join(as_list(statement[f'Not{part}']))}"]
    return as_list(statement.get(part, "*"))


def subjects(state: State, document: Document, statement: Statement) -> Sequence[str]:
    """Whom a statement is about."""
    holder = document.resource
    if "NotPrincipal" in statement:
        others = {**statement, "Principal": statement["NotPrincipal"]}
        del others["NotPrincipal"]
        return [f"anyone but {' and '.join(subjects(state, document, others))}"]
    if not document.is_of_identity:
        principals = statement["Principal"]
        by_kind = cast("Mapping[str, Any]", principals if isinstance(principals, dict) else {"AWS": principals})
        return [state.principal(kind, each) for kind, all_of in by_kind.items() for each in as_list(all_of)]
    if "role" in holder["inputs"]:
        return [state.role_called(holder["inputs"]["role"])]
    return [label(holder)] if holder["type"] == ROLE else state.holders[arn(holder)]


def of_aws(state: State) -> Iterator[Grant]:
    """What is allowed by a policy of AWS's own, or by what is no document."""
    for each in state.resources:
        inputs = each.get("inputs", {})
        match each["type"].rpartition(":")[2]:
            case "RolePolicyAttachment" if ":iam::aws:" in inputs["policyArn"]:
                says = f"what AWS's {inputs['policyArn'].rpartition('/')[2]} says"
                yield Grant(each, frozenset([state.role_called(inputs["role"])]), (says,), ("*",))
            case "AccessPolicyAssociation":
                says = f"what AWS's {inputs['policyArn'].rpartition('/')[2]} says"
                clusters = state.of_type("aws:eks/cluster:Cluster")
                about = [arn(cluster) for cluster in clusters if cluster["outputs"]["name"] == inputs["clusterName"]]
                yield Grant(each, frozenset([state.name(inputs["principalArn"])]), (says,), tuple(about))
            case "Permission":
                functions = state.of_type("aws:lambda/function:Function")
                about = [arn(each) for each in functions if inputs["function"] in (each["outputs"]["name"], arn(each))]
                source = {"ArnLike": {"aws:SourceArn": inputs["sourceArn"]}} if "sourceArn" in inputs else {}
                who = frozenset([state.name(inputs["principal"])])
                yield Grant(each, who, (inputs["action"],), tuple(about), conditions=source)
            case _:
                pass


def taken_on(state: State, role: Resource) -> Iterator[tuple[list[str], Conditions]]:
    """Who may take on a role: names, and the conditions that the names don't tell."""
    for document in documents([role]):
        if document.is_trust:
            for statement in document.statements:
                who = sorted(subjects(state, document, statement))
                asked: Conditions = statement.get("Condition", {})
                tags = asked.get("StringEquals", {})
                if who == ["pods.eks.amazonaws.com"] and set(tags) == set(OF_POD):
                    cluster, namespace, account = (tags[key] for key in OF_POD)
                    who = [f"pods of service account {namespace}/{account} in {state.name(cluster)}"]
                    asked = {operator: keys for operator, keys in asked.items() if operator != "StringEquals"}
                yield who, asked
