"""The network: a VPC, its subnet tiers in every zone, its ways out, its endpoints, and who may talk to whom in it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import pulumi
from pulumi_aws import ec2

from components.core.context import StackContext
from components.core.declared import Declared
from components.network.endpoints import Endpoints, EndpointsArgs
from components.network.flow_logs import FlowLogs, FlowLogsArgs
from components.network.flows import Flow
from components.network.nat_gateways import NatGateways, NatGatewaysArgs
from components.network.network_acls import ANYWHERE, RULES, AclRule
from components.network.security_groups import Peer, SecurityGroups, SecurityGroupsArgs
from components.network.settings import Network as NetworkSettings
from components.network.settings import Route
from components.network.subnet_plan import check_plan
from components.network.subnet_tier import SubnetTier, SubnetTierArgs


@dataclass(frozen=True, kw_only=True)
class NetworkArgs:
    """What the network needs.

    Attributes:
        context: environment, the key ``logs`` of the flow logs, and whether these outlive the stack.
        settings: address plan, ways out, endpoints.
        acls: subnet tier -> rules of its network ACL; one that isn't named has those of its route.
        security_groups: name -> description: what carries the group.
        flows: who may talk to whom, by names of security groups and peers.
        peers: name -> address range or prefix list; ``internet`` and ``vpc`` are there.
        endpoint_tier: the subnet tier with the network interfaces of interface endpoints.
        endpoint_security_groups: what these carry.
        cluster_names: the EKS clusters in this network.
        registry_account: the AWS account whose images nodes pull, where that is another.

    Raises:
        InvalidPlanError: the subnets overlap or leave the VPC.
        UndeclaredError: a name that isn't among those declared.
        ValueError: a zone of another Region; NAT without public subnets; a tier whose network ACL has no rules.
    """

    context: StackContext
    settings: NetworkSettings
    acls: Mapping[str, Sequence[AclRule]] = field(default_factory=dict[str, Sequence[AclRule]])
    security_groups: Mapping[str, str] = field(default_factory=dict[str, str])
    flows: Sequence[Flow] = ()
    peers: Mapping[str, Peer] = field(default_factory=dict[str, Peer])
    endpoint_tier: str = "private"
    endpoint_security_groups: Sequence[str] = ("endpoints",)
    cluster_names: Sequence[str] = ()
    registry_account: str | None = None

    def __post_init__(self) -> None:
        settings, region = self.settings, self.context.environment.region
        if abroad := [zone for zone in settings.zones if zone[:-1] != region]:
            raise ValueError(f"zones: {', '.join(abroad)}; zones of {region} are valid")
        check_plan(settings.cidr, settings.subnets)
        routes = Declared("subnet tier", {tier: about.route for tier, about in settings.tiers.items()})
        for tier in self.acls:
            routes[tier]
        if "nat" in routes.values() and "internet" not in routes.values():
            raise ValueError(
                "tiers: NAT gateways stand in the subnets of a tier with route: internet, and there is none"
            )
        for tier, route in routes.items():
            if tier not in self.acls and route not in RULES:
                raise ValueError(f"acls: tier {tier} has no route out, so its network ACL needs rules of its own")


class Network(pulumi.ComponentResource):
    """A VPC in which nothing may talk to anything but by the flows given.

    Attributes:
        vpc_id: of the VPC.
        zones: the Availability Zones used.
        subnet_ids: tier -> zone -> subnet id.
        route_table_ids: tier -> zone -> route table id.
        network_acl_ids: tier -> id of its network ACL.
        security_group_ids: name -> id.
        security_groups: name -> security group, for components that take no id.
        endpoint_ids: AWS service -> id of its VPC endpoint.
        nat_gateway_ids: zone -> id of its NAT gateway.
        nat_public_ips: zone -> the address from which outbound traffic comes.
        flow_log_group_arn: where the flow logs are.
    """

    vpc_id: pulumi.Output[str]
    zones: Sequence[str]
    subnet_ids: Mapping[str, Mapping[str, pulumi.Output[str]]]
    route_table_ids: Mapping[str, Mapping[str, pulumi.Output[str]]]
    network_acl_ids: Mapping[str, pulumi.Output[str]]
    security_group_ids: Mapping[str, pulumi.Output[str]]
    security_groups: Mapping[str, ec2.SecurityGroup]
    endpoint_ids: Mapping[str, pulumi.Output[str]]
    nat_gateway_ids: Mapping[str, pulumi.Output[str]]
    nat_public_ips: Mapping[str, pulumi.Output[str]]
    flow_log_group_arn: pulumi.Output[str]

    def __init__(self, name: str, args: NetworkArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("platform:network:Network", name, None, opts)
        self.name = name
        self.args = args
        self.environment = args.context.environment
        self.child = pulumi.ResourceOptions(parent=self)
        self.tags = self.environment.tags(component="network", data_class="internal")
        self.vpc_id = self.vpc()
        self.zones = sorted(args.settings.zones)
        recorded = FlowLogsArgs(
            context=args.context, vpc_id=self.vpc_id, retention_days=args.settings.flow_log_retention_days
        )
        self.flow_log_group_arn = FlowLogs(name, recorded, self.child).log_group_arn
        self.nat_gateway_ids, self.nat_public_ips = {}, {}
        tiers = self.tiers()
        self.subnet_ids = Declared("subnet tier", {tier: made.subnet_ids for tier, made in tiers.items()})
        self.route_table_ids = Declared("subnet tier", {tier: made.route_table_ids for tier, made in tiers.items()})
        self.network_acl_ids = Declared("subnet tier", {tier: made.network_acl_id for tier, made in tiers.items()})
        groups = self.groups()
        self.security_groups = Declared("security group", groups)
        self.security_group_ids = Declared("security group", {group: made.id for group, made in groups.items()})
        self.endpoint_ids = self.endpoints()
        self.register_outputs(
            {
                "vpcId": self.vpc_id,
                "subnetIds": self.subnet_ids,
                "routeTableIds": self.route_table_ids,
                "networkAclIds": self.network_acl_ids,
                "securityGroupIds": self.security_group_ids,
                "endpointIds": self.endpoint_ids,
                "natGatewayIds": self.nat_gateway_ids,
                "natPublicIps": self.nat_public_ips,
            }
        )

    def vpc(self) -> pulumi.Output[str]:
        """The VPC's id; it has the DNS that endpoints, EKS and EFS need, and defaults that allow nothing."""
        vpc = ec2.Vpc(
            self.name,
            cidr_block=str(self.args.settings.cidr),
            enable_dns_support=True,
            enable_dns_hostnames=True,
            tags=self.tags("vpc"),
            opts=self.child,
        )
        ec2.DefaultSecurityGroup(
            f"{self.name}-default", vpc_id=vpc.id, ingress=[], egress=[], tags=self.tags("default"), opts=self.child
        )
        ec2.DefaultNetworkAcl(
            f"{self.name}-default",
            default_network_acl_id=vpc.default_network_acl_id,
            ingress=[],
            egress=[],
            tags=self.tags("default"),
            # A new subnet is on the default network ACL for the moment until it gets its own.
            opts=pulumi.ResourceOptions(parent=self, ignore_changes=["subnetIds"]),
        )
        return vpc.id

    def tiers(self) -> dict[str, SubnetTier]:
        """The subnet tiers, and the gateways that their default routes lead to."""
        settings = self.args.settings
        of: dict[Route, list[str]] = {"internet": [], "nat": [], "none": []}
        for tier, about in settings.tiers.items():
            of[about.route].append(tier)
        tiers: dict[str, SubnetTier] = {}
        if of["internet"]:
            internet = ec2.InternetGateway(
                f"{self.name}-internet", vpc_id=self.vpc_id, tags=self.tags("internet"), opts=self.child
            )
            tiers |= {tier: self.tier(tier, dict.fromkeys(self.zones, internet.id)) for tier in of["internet"]}
            if of["nat"]:
                made = NatGatewaysArgs(
                    context=self.args.context,
                    internet_gateway=internet,
                    public_subnets=tiers[of["internet"][0]].subnet_ids,
                    zones=settings.nat_zones,
                )
                nat = NatGateways(self.name, made, self.child)
                self.nat_gateway_ids, self.nat_public_ips = nat.ids, nat.public_ips
                gateways = {zone: nat.ids.get(zone, nat.ids[settings.nat_zones[0]]) for zone in self.zones}
                tiers |= {tier: self.tier(tier, gateways) for tier in of["nat"]}
        return tiers | {tier: self.tier(tier, {}) for tier in of["none"]}

    def tier(self, tier: str, gateways: Mapping[str, pulumi.Input[str]]) -> SubnetTier:
        """One tier; ``gateways`` says for each zone where its default route leads."""
        args, route = self.args, self.args.settings.tiers[tier].route
        wanted = SubnetTierArgs(
            environment=self.environment,
            vpc_id=self.vpc_id,
            vpc_cidr=str(args.settings.cidr),
            tier=tier,
            subnets=args.settings.subnets,
            route=route,
            gateways=gateways,
            acl=args.acls[tier] if tier in args.acls else RULES[route],
            cluster_names=args.cluster_names,
        )
        return SubnetTier(f"{self.name}-{tier}", wanted, self.child)

    def groups(self) -> Mapping[str, ec2.SecurityGroup]:
        """The security groups, with their rules."""
        own: dict[str, Peer] = {
            "internet": {"cidr_ipv4": ANYWHERE},
            "vpc": {"cidr_ipv4": str(self.args.settings.cidr)},
        }
        args = SecurityGroupsArgs(
            environment=self.environment,
            vpc_id=self.vpc_id,
            groups=self.args.security_groups,
            flows=self.args.flows,
            peers={**own, **self.args.peers},
        )
        return SecurityGroups(self.name, args, self.child).groups

    def endpoints(self) -> Mapping[str, pulumi.Output[str]]:
        """AWS services without the internet: those with a gateway from every tier that isn't public."""
        args = self.args
        interfaces = args.settings.interface_endpoints
        tables = [
            table
            for tier, zones in self.route_table_ids.items()
            if args.settings.tiers[tier].route != "internet"
            for table in zones.values()
        ]
        wanted = EndpointsArgs(
            environment=self.environment,
            vpc_id=self.vpc_id,
            route_table_ids=tables,
            subnet_ids=[*self.subnet_ids[args.endpoint_tier].values()] if interfaces else [],
            security_group_ids=[self.security_group_ids[each] for each in args.endpoint_security_groups if interfaces],
            interface_services=interfaces,
            registry_account=args.registry_account,
        )
        return Endpoints(self.name, wanted, self.child).ids
