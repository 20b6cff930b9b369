"""VPC endpoints: which services have one, and endpoint policies."""

from __future__ import annotations

import re
from functools import lru_cache

from guardrails.iam.conditions import pinned
from guardrails.iam.document import Document, Statement
from guardrails.iam.patterns import is_any_action, is_any_arn
from guardrails.iam.sources import ask_statements, policy_sources
from guardrails.model.control import Context, Findings, Level, References, Scope, Severity, Violation, control
from guardrails.model.logic import all_hold, first_that
from guardrails.model.references import network_segregation
from guardrails.model.relations import all_named, named, named_by
from guardrails.model.resource import Resource, Stack
from guardrails.model.values import UndeterminedError
from guardrails.network.routes import ROUTE_TABLES
from guardrails.network.subnet_tiers import VPC, VPCS
from guardrails.network.topology import topology_of
from guardrails.shapes.properties import require_value

ENDPOINT = "aws:ec2/vpcEndpoint:VpcEndpoint"
ENDPOINT_POLICY = "aws:ec2/vpcEndpointPolicy:VpcEndpointPolicy"
_TABLE_ASSOCIATION = "aws:ec2/vpcEndpointRouteTableAssociation:VpcEndpointRouteTableAssociation"


def service_of(endpoint: Resource) -> str:
    """The AWS service behind an endpoint, ``ecr.api`` of ``com.amazonaws.ap-southeast-3.ecr.api``; else empty."""
    found = re.search(r"\bamazonaws\.[a-z0-9-]+\.(.+?)(-fips)?$", endpoint.text("serviceName"))
    return found[1] if found else ""


def has_private_subnets(vpc: Resource, stack: Stack) -> bool:
    """Whether the VPC has a subnet that no route leads to an internet gateway."""
    topology = topology_of(stack)
    return first_that(topology.subnets_of(vpc), lambda subnet: not topology.is_public(subnet)) is not None


@control(
    id="LP-VPCE-001",
    title="Every private route table has an S3 gateway endpoint",
    why="Without one, what private subnets store in S3 leaves through the NAT gateway, at a price and past no policy.",
    fix="Add the route table to routeTableIds of a gateway endpoint for com.amazonaws.<region>.s3.",
    severity=Severity.MEDIUM,
    level=Level.ADVISORY,
    types=ROUTE_TABLES,
    scope=Scope.STACK,
    references=network_segregation(),
)
def private_tables_reach_s3(table: Resource, context: Context) -> Findings:
    stack = context.everything
    topology = topology_of(stack)
    subnets = topology.subnets_using(table)
    private = first_that(subnets, lambda subnet: not topology.is_public(subnet))
    if private is None or first_that(
        stack.of_type(ENDPOINT),
        lambda endpoint: all_hold(
            lambda: table.urn in _tables_of(stack).get(endpoint.urn, ()),
            lambda: endpoint.get("vpcEndpointType", "Gateway") == "Gateway",
            lambda: service_of(endpoint) == "s3",
        ),
    ):
        return
    yield Violation(f"subnet {private.name} uses it, and no S3 gateway endpoint does")


@lru_cache(maxsize=1)
def _tables_of(stack: Stack) -> dict[str, set[str]]:
    """The route tables of each endpoint, by URN."""
    found = {
        endpoint.urn: {table.urn for table in all_named(stack, endpoint, "routeTableIds", ROUTE_TABLES)}
        for endpoint in stack.of_type(ENDPOINT)
    }
    for association in stack.of_type(_TABLE_ASSOCIATION):
        try:
            endpoint = named(stack, association, "vpcEndpointId", (ENDPOINT,))
            table = named(stack, association, "routeTableId", ROUTE_TABLES)
        except UndeterminedError:
            continue
        if endpoint and table:
            found[endpoint.urn].add(table.urn)
    return found


def _require_interfaces(id_: str, services: tuple[str, ...], title: str, hub: tuple[str, ...]) -> None:
    def check(vpc: Resource, context: Context) -> Findings:
        stack = context.everything
        if not has_private_subnets(vpc, stack):
            return
        endpoints = named_by(vpc, stack, (ENDPOINT,), "vpcId", VPCS)

        def has_none(service: str) -> bool:
            return not first_that(endpoints, lambda endpoint: _is_interface(endpoint, service))

        lacking = [service for service in context.parameters["services"] if has_none(service)]
        if lacking:
            yield Violation(f"no interface endpoint for {', '.join(lacking)}")

    control(
        id=id_,
        title=title,
        why="Calls to AWS from private subnets stay inside the VPC, where an endpoint policy can say who may do what.",
        fix="Add an aws.ec2.VpcEndpoint of type Interface, with privateDnsEnabled, for the service that is missing.",
        severity=Severity.MEDIUM,
        level=Level.ADVISORY,
        types=(VPC,),
        scope=Scope.STACK,
        parameters={
            "services": {
                "type": "array",
                "items": {"type": "string"},
                "default": list(services),
                "description": "The services, as they stand at the end of serviceName.",
            }
        },
        references=network_segregation(security_hub=hub),
    )(check)


def _is_interface(endpoint: Resource, service: str) -> bool:
    return all_hold(lambda: endpoint.get("vpcEndpointType") == "Interface", lambda: service_of(endpoint) == service)


_require_interfaces("LP-VPCE-002", ("ecr.api",), "ECR's API has an interface endpoint", ("EC2.55",))
_require_interfaces("LP-VPCE-003", ("ecr.dkr",), "ECR's Docker registry has an interface endpoint", ("EC2.56",))
_require_interfaces("LP-VPCE-004", ("ssm",), "Systems Manager has an interface endpoint", ("EC2.57",))
_require_interfaces("LP-VPCE-005", ("ec2",), "EC2 has an interface endpoint", ("EC2.10",))
_require_interfaces(
    "LP-VPCE-006",
    ("sts", "kms", "secretsmanager", "logs", "sqs"),
    "STS, KMS, Secrets Manager, CloudWatch Logs and SQS have interface endpoints",
    (),
)

_OUR_PRINCIPALS = ("aws:PrincipalOrgID", "aws:PrincipalOrgPaths", "aws:PrincipalAccount", "aws:PrincipalArn")
_OUR_RESOURCES = ("aws:ResourceOrgID", "aws:ResourceOrgPaths", "aws:ResourceAccount")


@control(
    id="LP-VPCE-007",
    title="Endpoint policies allow our own principals and resources only",
    why="Through an endpoint without a policy, stolen data goes to anybody's bucket with anybody's credentials.",
    fix="Set policy; in each Allow for everyone, test aws:PrincipalOrgID (or PrincipalAccount) and aws:ResourceOrgID "
    "(or ResourceAccount), or name principals and resources.",
    severity=Severity.MEDIUM,
    level=Level.ADVISORY,
    types=(ENDPOINT, ENDPOINT_POLICY),
    scope=Scope.STACK,
    references=References(soc2=("CC6.1", "CC6.6"), iso27001=("A.5.15", "A.8.3")),
)
def endpoint_policy_is_a_perimeter(resource: Resource, context: Context) -> Findings:
    if resource.has("policy"):
        yield from ask_statements(policy_sources(resource), _holes)
    elif _needs_policy(resource) and not named_by(
        resource, context.everything, (ENDPOINT_POLICY,), "vpcEndpointId", (ENDPOINT,)
    ):
        yield Violation("it has no policy, which allows everything", "policy")


def _needs_policy(endpoint: Resource) -> bool:
    """Whether AWS applies policies to it: to endpoints of its own services, not to appliances and partners'."""
    return endpoint.get("vpcEndpointType", "Gateway") in ("Gateway", "Interface") and bool(service_of(endpoint))


def _holes(statement: Statement, document: Document) -> list[str]:
    """What an Allow leaves open; one that names its resources (as for AWS's own image layers) is narrow enough."""
    if not statement.allows or not (any(map(is_any_arn, statement.resources)) or statement.not_resources):
        return []
    everyone = any(principal.name == "*" for principal in statement.principals) or statement.not_principals
    found: list[str] = []
    if everyone and not _tests(statement, document, _OUR_PRINCIPALS):
        found.append("allows identities of any account")
    if not _tests(statement, document, _OUR_RESOURCES):
        found.append("allows resources of any account")
    return found


def _tests(statement: Statement, document: Document, keys: tuple[str, ...]) -> bool:
    """Whether the statement demands one of ``keys``, or another statement denies what has another value for it."""
    if any(pinned(statement, key) for key in keys):
        return True
    lower = {key.lower() for key in keys}
    return any(
        condition.key in lower and "not" in condition.operator
        for other in document.statements
        if other.denies and any(map(is_any_action, other.actions)) and any(map(is_any_arn, other.resources))
        for condition in other.conditions
    )


require_value(
    "acceptanceRequired",
    (True,),
    id="LP-VPCE-008",
    title="Endpoint services require acceptance of connections",
    why="A service that accepts by itself can be reached from any account that knows its name and is let in.",
    fix="Set acceptanceRequired to true.",
    severity=Severity.MEDIUM,
    types=("aws:ec2/vpcEndpointService:VpcEndpointService",),
    references=network_segregation(checkov=("CKV_AWS_123",)),
)
