"""What the network and the edge need that not every Region and zone has, and the domain's delegation."""

from __future__ import annotations

from collections.abc import Iterator

from botocore.exceptions import ClientError

from doctor.account import Account
from doctor.refusals import FORBIDDEN, REJECTED, THROTTLED, code_of
from doctor.result import Check, Result, fine, missing

MADE = ("AVAILABLE", "INACTIVE")
"""States of a link that once worked; without requests for 60 days it is inactive."""
VERSION_1 = "smile:api: {vpc_link: v1}, which goes by a Network Load Balancer"


def vpc_link(account: Account) -> Iterator[Result]:
    """API Gateway has VPC links V2: AWS's list of their Regions leaves Jakarta out, CloudFormation doesn't."""
    subject, settings = "VPC link V2", account.settings
    if settings.network.ingress != "vpc_link":
        yield fine(subject, f"not needed: smile:network.ingress is {settings.network.ingress}")
        return
    if settings.api.vpc_link != "v2":
        yield fine(subject, f"not needed: smile:api.vpc_link is {settings.api.vpc_link}")
        return
    try:
        links = account.client("apigatewayv2").get_vpc_links()["Items"]
    except ClientError as error:
        if code_of(error) in FORBIDDEN | REJECTED | THROTTLED:
            raise
        yield Result(subject=subject, found=f"refused: {error}", needed="VPC links V2", fix=VERSION_1)
        return
    made = [each["Name"] for each in links if each.get("VpcLinkStatus") in MADE]
    yield Result(
        subject=subject,
        found=f"{', '.join(made)} made" if made else "the API answers, and no link was made yet",
        needed="a Region that has them: only an update that makes one proves it",
        fix=f"where that update is refused: {VERSION_1}",
        verdict="not checked",
    ).unless(bool(made))


def endpoint_services(account: Account) -> Iterator[Result]:
    """Each interface endpoint is offered in each zone."""
    settings = account.settings
    wanted = getattr(settings, "interface_endpoints", settings.network.interface_endpoints)
    names = {f"com.amazonaws.{account.region}.{each}": each for each in wanted}
    filters = [{"Name": "service-type", "Values": ["Interface"]}]
    details = account.pages("ec2", "describe_vpc_endpoint_services", "ServiceDetails", Filters=filters)
    zones = {each["ServiceName"]: set(each["AvailabilityZones"]) for each in details}
    wanted = account.settings.network.zones
    for full, name in names.items():
        there = zones.get(full, set[str]())
        yield Result(
            subject=f"endpoint service {name}",
            found=f"in {', '.join(sorted(there)) or 'no zone'}",
            needed=f"in {', '.join(wanted)}",
            fix="leave it out of smile:network.interface_endpoints: what needs it goes by the NAT gateways",
        ).unless(not missing(wanted, there))


def domain(account: Account) -> Iterator[Result]:
    """The domain's name servers are those of the stack's zone in Route 53, or the zone is yet to be made."""
    settings = account.settings.dns
    if not settings.domain:
        yield fine("domain", "none: smile:dns.domain is empty")
        return
    zones = account.client("route53").list_hosted_zones_by_name(DNSName=f"{settings.domain}.")["HostedZones"]
    own = [zone for zone in zones if zone["Name"] == f"{settings.domain}." and not zone["Config"].get("PrivateZone")]
    if not own:
        made = "the first update makes it, and then waits for the delegation to validate certificates"
        yield Result(
            subject=f"zone {settings.domain}",
            found="no such zone in the account",
            needed="a delegation at the parent domain as soon as the zone is there",
            fix=f"be ready to write its name servers (pulumi stack output name_servers) into the parent zone: {made}",
            verdict="warning",
        )
        return
    wanted = account.client("route53").get_hosted_zone(Id=own[0]["Id"])["DelegationSet"]["NameServers"]
    delegated = name_servers(settings.domain)
    yield Result(
        subject=f"delegation of {settings.domain}",
        found=", ".join(sorted(delegated)) or "none",
        needed=", ".join(sorted(wanted)),
        fix=f"NS records for {settings.domain} in its parent zone",
    ).unless({*wanted} == delegated)


def name_servers(name: str) -> set[str]:
    """The name servers that the public DNS knows for a domain; none where it isn't delegated.

    Raises:
        OSError: no name server answers.
    """
    from dns import resolver
    from dns.exception import DNSException

    try:
        return {str(each).rstrip(".") for each in resolver.resolve(name, "NS", lifetime=10)}
    except (resolver.NXDOMAIN, resolver.NoAnswer):
        return set()
    except DNSException as error:
        raise OSError(f"DNS: {error}") from error


CHECKS = (
    Check("VPC link", vpc_link, ("apigateway:GET",), reads=("network.ingress",)),
    Check(
        "endpoint services",
        endpoint_services,
        ("ec2:DescribeVpcEndpointServices",),
        reads=("network.interface_endpoints",),
    ),
    Check("domain", domain, ("route53:ListHostedZonesByName", "route53:GetHostedZone"), reads=("dns.domain",)),
)
