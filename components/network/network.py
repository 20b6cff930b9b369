"""The network: one isolated VPC, its tiers in every zone, its ways in and out, and its fences."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import pulumi
from pulumi_aws import ec2

from components.core.environment import Environment
from components.network.access_lists import AccessLists, AccessListsArgs
from components.network.endpoints import INTERFACE_SERVICES, Endpoints, EndpointsArgs
from components.network.flow_logs import FlowLogs, FlowLogsArgs
from components.network.flows import HEALTH_PORT, KUBELET_PORT, DatabaseClient, Group, Ingress, Place, flows
from components.network.gateways import Gateways, GatewaysArgs
from components.network.routes import ANYWHERE, Routes, RoutesArgs
from components.network.security_groups import Peer, SecurityGroups, SecurityGroupsArgs
from components.network.subnets import Plan, SubnetIds, Subnets, SubnetsArgs, Tier, check_plan


@dataclass(frozen=True, kw_only=True)
class NetworkArgs:
    """What the network needs.

    Attributes:
        environment: whose network it is.
        cidr: the VPC's address range, such as ``10.0.0.0/16``.
        subnets: tier -> zone -> CIDR; without a ``database`` tier, databases share the private subnets.
        nat_zones: the zones with a NAT gateway; the private subnets of the others use the first one.
        flow_log_key_arn: the KMS key of the flow logs.
        flow_log_retention_days: how long CloudWatch Logs keeps them.
        retain_flow_logs: they stay in AWS when the stack goes.
        interface_endpoints: AWS services reached by private address, besides S3 and DynamoDB.
        ingress: who may reach the load balancer: the API gateway's VPC link, or CloudFront.
        cloudfront_prefix_list_id: CloudFront's addresses; needed where ``ingress`` is ``cloudfront``.
        service_port: TCP port on which pods take TLS: 443, or from 1024 up, where the access lists let it pass.
        database_clients: who may reach the database besides the application; each has a group of that name.
        s3_prefix_list_id: S3's addresses, which the bastion reaches; None where there is no bastion.
        cluster_names: the EKS clusters in this network.
        data_cluster: whether one of them is the data cluster, which has security groups of its own.
        operations: whether any function runs that calls AWS and nothing else; their security group is for it.

    Raises:
        InvalidPlanError: the subnets overlap, leave the VPC or span different zones.
        ValueError: a NAT gateway without a public subnet, or no NAT gateway; CloudFront without its addresses; a
            service port that is taken or doesn't pass the access lists.
    """

    environment: Environment
    cidr: str
    subnets: Plan
    nat_zones: Sequence[str]
    flow_log_key_arn: pulumi.Input[str]
    flow_log_retention_days: int = 30
    retain_flow_logs: bool = True
    interface_endpoints: Sequence[str] = INTERFACE_SERVICES
    ingress: Ingress = "vpc_link"
    cloudfront_prefix_list_id: pulumi.Input[str] | None = None
    service_port: int = 443
    database_clients: Sequence[DatabaseClient] = ()
    s3_prefix_list_id: pulumi.Input[str] | None = None
    cluster_names: Sequence[str] = ()
    data_cluster: bool = False
    operations: bool = True

    def __post_init__(self) -> None:
        check_plan(self.cidr, self.subnets)
        if not self.nat_zones or set(self.nat_zones) - set(self.subnets["public"]):
            raise ValueError(
                f"nat_zones: {list(self.nat_zones)}; at least one of {sorted(self.subnets['public'])} is needed"
            )
        if self.ingress == "cloudfront" and self.cloudfront_prefix_list_id is None:
            raise ValueError("cloudfront_prefix_list_id: needed where ingress is cloudfront")
        if self.service_port != 443 and (self.service_port < 1024 or self.service_port in (HEALTH_PORT, KUBELET_PORT)):
            raise ValueError(
                f"service_port: {self.service_port}; 443, or 1024 to 65535 except {HEALTH_PORT} and {KUBELET_PORT}"
            )

    @property
    def database_tier(self) -> Tier:
        """The tier that databases live in."""
        return "database" if "database" in self.subnets else "private"


class Network(pulumi.ComponentResource):
    """A VPC with public, private and database subnets in every zone.

    Attributes:
        vpc_id: of the VPC.
        subnet_ids: tier -> zone -> subnet id; ``database`` is always there.
        security_group_ids: group -> id; see `components.network.flows` for who may talk to whom.
        security_groups: the same groups as resources.
        endpoint_ids: AWS service -> id of its VPC endpoint.
        nat_public_ips: zone -> the address from which outbound traffic comes.
    """

    vpc_id: pulumi.Output[str]
    subnet_ids: SubnetIds
    security_group_ids: Mapping[Group, pulumi.Output[str]]
    security_groups: Mapping[Group, ec2.SecurityGroup]
    endpoint_ids: Mapping[str, pulumi.Output[str]]
    nat_public_ips: Mapping[str, pulumi.Output[str]]

    def __init__(self, name: str, args: NetworkArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("platform:network:Network", name, None, opts)
        self.name = name
        self.args = args
        self.child = pulumi.ResourceOptions(parent=self)
        self.tags = args.environment.tags(component="network", data_class="internal")

        vpc = self.vpc()
        self.vpc_id = vpc.id
        self.empty_defaults(vpc)
        self.flow_logs()
        subnets = self.subnets()
        gateways = self.gateways(subnets)
        routes = self.routes(subnets, gateways)
        self.access_lists(subnets)
        groups = self.fences()
        endpoints = self.endpoints(subnets, routes, groups)

        self.subnet_ids = {"database": subnets.ids[args.database_tier], **subnets.ids}
        self.security_group_ids = groups.ids
        self.security_groups = groups.groups
        self.endpoint_ids = endpoints.ids
        self.nat_public_ips = gateways.public_ips
        self.register_outputs(
            {
                "vpcId": self.vpc_id,
                "subnetIds": self.subnet_ids,
                "securityGroupIds": self.security_group_ids,
                "endpointIds": self.endpoint_ids,
                "natPublicIps": self.nat_public_ips,
            }
        )

    def vpc(self) -> ec2.Vpc:
        """The VPC, with the DNS that private endpoints, EKS and EFS need."""
        return ec2.Vpc(
            self.name,
            cidr_block=self.args.cidr,
            enable_dns_support=True,
            enable_dns_hostnames=True,
            tags=self.tags("vpc"),
            opts=self.child,
        )

    def empty_defaults(self, vpc: ec2.Vpc) -> None:
        """Take every rule from what AWS puts where nothing else is chosen."""
        ec2.DefaultSecurityGroup(
            f"{self.name}-default",
            vpc_id=vpc.id,
            ingress=[],
            egress=[],
            tags=self.tags("default"),
            opts=self.child,
        )
        ec2.DefaultNetworkAcl(
            f"{self.name}-default",
            default_network_acl_id=vpc.default_network_acl_id,
            ingress=[],
            egress=[],
            tags=self.tags("default"),
            # A new subnet is on the default list for the moment until it gets its own.
            opts=pulumi.ResourceOptions(parent=self, ignore_changes=["subnetIds"]),
        )

    def flow_logs(self) -> FlowLogs:
        """A record of all traffic."""
        args = FlowLogsArgs(
            environment=self.args.environment,
            vpc_id=self.vpc_id,
            retention_days=self.args.flow_log_retention_days,
            key_arn=self.args.flow_log_key_arn,
            retain_on_delete=self.args.retain_flow_logs,
        )
        return FlowLogs(self.name, args, self.child)

    def subnets(self) -> Subnets:
        """The tiers, in every zone."""
        args = SubnetsArgs(
            environment=self.args.environment,
            vpc_id=self.vpc_id,
            plan=self.args.subnets,
            cluster_names=self.args.cluster_names,
        )
        return Subnets(self.name, args, self.child)

    def gateways(self, subnets: Subnets) -> Gateways:
        """The ways to the internet."""
        args = GatewaysArgs(
            environment=self.args.environment,
            vpc_id=self.vpc_id,
            public_subnets=subnets.ids["public"],
            nat_zones=self.args.nat_zones,
        )
        return Gateways(self.name, args, self.child)

    def routes(self, subnets: Subnets, gateways: Gateways) -> Routes:
        """Which tier may use which way."""
        args = RoutesArgs(
            environment=self.args.environment,
            vpc_id=self.vpc_id,
            subnets=subnets.ids,
            internet_gateway=gateways.internet,
            nat_gateways=gateways.nat,
        )
        return Routes(self.name, args, self.child)

    def access_lists(self, subnets: Subnets) -> AccessLists:
        """The fence around each tier."""
        args = AccessListsArgs(
            environment=self.args.environment,
            vpc_id=self.vpc_id,
            cidr=self.args.cidr,
            plan=self.args.subnets,
            subnets=subnets.ids,
        )
        return AccessLists(self.name, args, self.child)

    def fences(self) -> SecurityGroups:
        """The fence around each workload."""
        places: dict[Place, Peer] = {"internet": {"cidr_ipv4": ANYWHERE}, "vpc": {"cidr_ipv4": self.args.cidr}}
        if self.args.cloudfront_prefix_list_id is not None:
            places["cloudfront"] = {"prefix_list_id": self.args.cloudfront_prefix_list_id}
        if self.args.s3_prefix_list_id is not None:
            places["s3"] = {"prefix_list_id": self.args.s3_prefix_list_id}
        table = flows(
            ingress=self.args.ingress,
            service_port=self.args.service_port,
            database_clients=self.args.database_clients,
            bastion=self.args.s3_prefix_list_id is not None,
            data_cluster=self.args.data_cluster,
        )
        if not self.args.operations:
            table = [flow for flow in table if flow.source != "operations"]
        args = SecurityGroupsArgs(environment=self.args.environment, vpc_id=self.vpc_id, flows=table, places=places)
        return SecurityGroups(self.name, args, self.child)

    def endpoints(self, subnets: Subnets, routes: Routes, groups: SecurityGroups) -> Endpoints:
        """AWS services without the internet."""
        args = EndpointsArgs(
            environment=self.args.environment,
            vpc_id=self.vpc_id,
            route_table_ids=routes.table_ids,
            subnet_ids=list(subnets.ids["private"].values()),
            security_group_id=groups.ids["endpoints"],
            interface_services=self.args.interface_endpoints,
        )
        return Endpoints(self.name, args, self.child)
