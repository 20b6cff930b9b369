"""Whether traffic passes between two ends of a network: security groups, network ACLs and routes, as a state has them.

Security groups are stateful: what they let begin may be answered. Network ACLs are not, and don't look inside a subnet:
https://docs.aws.amazon.com/vpc/latest/userguide/vpc-network-acls.html
"""

import re
from collections import defaultdict
from dataclasses import dataclass
from functools import cache, cached_property
from ipaddress import IPv4Network

from cli.docs.access.permissions import label

ip_network = cache(IPv4Network)
"""Networks by how they are written; there are few, and many questions about them."""
INTERNET = ip_network("203.0.113.0/24")
"""Addresses outside the VPC, that nobody has (RFC 5737)."""
EVERYWHERE = ip_network("0.0.0.0/0")
EPHEMERAL = (1024, 1025, 32768, 49152, 60999, 65535)
"""Of the ports that requests come from: the ends of the ranges that Linux, NAT gateways and load balancers use."""
RULE, INGRESS, EGRESS = "networkAclRule", "securityGroupIngressRule", "securityGroupEgressRule"


@dataclass(frozen=True)
class End:
    """Network interfaces that are alike.

    Attributes:
        name: of the resource that they belong to, or of what is outside.
        subnets: their ids; none of what is outside the VPC.
        groups: ids of the security groups that each of them has.
        prefix_list: id of the AWS service's addresses that it stands for.
    """

    name: str
    subnets: tuple = ()
    groups: frozenset = frozenset()
    prefix_list: str = ""


class Reachability:
    """The network of one stack.

    Attributes:
        groups: name of a security group, without the stack's, -> its id.
        ends: everything with network interfaces.
    """

    def __init__(self, resources):
        self.by_kind = defaultdict(list)
        for each in resources:
            if each.get("custom") and each["type"].startswith("aws:"):
                self.by_kind[each["type"].rpartition("/")[2].partition(":")[0]].append(each)
        (vpc,) = self.of("vpc")
        self.vpc = ip_network(vpc["inputs"]["cidrBlock"])
        self.subnets = {each["outputs"]["id"]: ip_network(each["inputs"]["cidrBlock"]) for each in self.of("subnet")}
        self.tiers = {each["outputs"]["id"]: tier(each) for each in self.of("subnet")}
        self.tables = self.pairs("routeTableAssociation", "subnetId", "routeTableId")
        self.acls = self.pairs("networkAclAssociation", "subnetId", "networkAclId")
        self.groups = {tail(each): each["outputs"]["id"] for each in self.of("securityGroup")}
        self.ends = list(self.interfaces())

    def of(self, kind):
        return self.by_kind[kind]

    def pairs(self, kind, key, value):
        return {each["inputs"][key]: each["inputs"][value] for each in self.of(kind)}

    def interfaces(self):
        """What has network interfaces, by the properties that say where and with which groups."""
        named = {each["inputs"].get("name"): each["inputs"]["subnetIds"] for each in self.of("subnetGroup")}
        templates = {each["outputs"]["id"]: each["inputs"] for each in self.of("launchTemplate")}
        for each in (one for kind in KINDS for one in self.of(kind)):
            inputs = each["inputs"].get("vpcConfig") or each["inputs"]
            group = named.get(inputs.get("dbSubnetGroupName") or inputs.get("subnetGroupName") or "none")
            subnets = inputs.get("subnetIds") or inputs.get("subnets") or group or [inputs.get("subnetId")]
            if template := templates.get((inputs.get("launchTemplate") or {}).get("id")):
                (interface,) = template["networkInterfaces"]
                groups = interface["securityGroups"]
            else:
                groups = next((inputs[name] for name in GROUP_PROPERTIES if inputs.get(name)), ())
            if groups:
                yield End(label(each), tuple(sorted(subnets)), frozenset(groups))

    @cached_property
    def rules(self):
        """Id of a security group -> its rules, of one direction."""
        found = {kind: defaultdict(list) for kind in (INGRESS, EGRESS)}
        for kind, by_group in found.items():
            for each in self.of(kind):
                by_group[each["inputs"]["securityGroupId"]].append(each["inputs"])
        return found

    @cached_property
    def acl_rules(self):
        """(Id of a network ACL, whether out of it) -> its rules in the order in which they are tried."""
        found = defaultdict(list)
        for each in sorted(self.of(RULE), key=lambda rule: rule["inputs"]["ruleNumber"]):
            found[each["inputs"]["networkAclId"], each["inputs"].get("egress", False)].append(each["inputs"])
        return found

    @cached_property
    def nats(self):
        """Id of a NAT gateway -> the subnet that it is in."""
        return {each["outputs"]["id"]: each["inputs"]["subnetId"] for each in self.of("natGateway")}

    def of_group(self, name):
        """Ends that carry a security group, or what is outside: ``internet``, or a service by its prefix list.

        A group that nothing of the stack carries is for others, in the subnets that aren't reached from outside.
        """
        if name in self.groups:
            carry = [each for each in self.ends if self.groups[name] in each.groups]
            inner = tuple(sorted(each for each, tier in self.tiers.items() if tier == "private"))
            return carry or [End(f"whoever carries {name}", inner, frozenset([self.groups[name]]))]
        return [End(name, prefix_list=self.prefix_lists.get(name, ""))]

    @cached_property
    def prefix_lists(self):
        """Name of a service outside the VPC, as rules are named for it -> the list of its addresses."""
        every = [*self.of(INGRESS), *self.of(EGRESS)]
        return {
            re.search("(?:-to|-from)-(\\w+)-", tail(each)).group(1): each["inputs"]["prefixListId"]
            for each in every
            if "prefixListId" in each["inputs"]
        }

    def ways(self, source, target):
        """Through which tiers it goes."""
        for start in source.subnets or (None,):
            for end in target.subnets or (None,):
                here, there = (self.tiers.get(each, "outside") for each in (start, end))
                hop = self.gateway(start, target) if start and not end else None
                yield (
                    f"{here} → {there}"
                    if hop is None
                    else f"{here} → {'gateway' if hop == 'gateway' else 'NAT'} → outside"
                )

    def blocked(self, source, target, port, protocol="tcp"):
        """What stops requests of one end to a port of another, or the replies, in any of their subnets: sentences."""
        found = [*self.groups_block(source, target, port, protocol)]
        if found:
            return found
        for start in source.subnets or (None,):
            for end in target.subnets or (None,):
                found += self.way_blocks(start, end, target, port, protocol)
        return list(dict.fromkeys(found))

    def groups_block(self, source, target, port, protocol):
        """By security groups: one rule of one group of each end is enough."""
        for kind, this, other in ((EGRESS, source, target), (INGRESS, target, source)):
            if this.groups:
                rules = [each for group in this.groups for each in self.rules[kind][group]]
                if not any(self.fits(each, other, port, protocol) for each in rules):
                    yield f"no rule of {this.name} {'out to' if kind == EGRESS else 'in from'} {other.name}"

    def fits(self, rule, other, port, protocol):
        ports = rule["ipProtocol"] == "-1" or rule["fromPort"] <= port <= rule["toPort"]
        if rule["ipProtocol"] not in (protocol, "-1") or not ports:
            return False
        if "cidrIpv4" in rule:
            places = [self.subnets[each] for each in other.subnets] or [INTERNET]
            return all(each.subnet_of(ip_network(rule["cidrIpv4"])) for each in places)
        if "prefixListId" in rule:
            return rule["prefixListId"] == other.prefix_list
        return rule["referencedSecurityGroupId"] in other.groups

    def way_blocks(self, start, end, target, port, protocol):
        """By routes and network ACLs, from one subnet to another; None is outside the VPC."""
        if start and end:
            hops = [(start, end)] if start != end else []
        elif start:
            hop = self.gateway(start, target)
            if hop is None:
                return [f"no route out of {self.tiers[start]}"]
            hops = [(start, None)] if hop == "gateway" else [(start, None), (start, hop), (hop, None)]
        else:
            hops = [(None, end)]
        return [why for hop in hops for why in self.acls_block(*hop, port, protocol)]

    def gateway(self, subnet, target):
        """How traffic leaves the VPC: ``gateway``, the subnet of a NAT gateway with a way out, or None."""
        table = self.tables[subnet]
        for each in self.of("vpcEndpoint"):
            if target.prefix_list and table in (each["inputs"].get("routeTableIds") or ()):
                return "gateway"
        for route in (each["inputs"] for each in self.of("route")):
            if route["routeTableId"] == table and ip_network(route["destinationCidrBlock"]) == EVERYWHERE:
                if "gatewayId" in route:
                    return "gateway"
                nat = self.nats[route["natGatewayId"]]
                return nat if self.gateway(nat, End("internet")) == "gateway" else None
        return None

    def acls_block(self, start, end, port, protocol):
        """There and back, out of one subnet and into the other."""
        here, there = (self.subnets.get(each, INTERNET) for each in (start, end))
        for subnet, outside, out in ((start, there, True), (end, here, False)):
            if subnet and not self.passes(subnet, outside, port, protocol, out=out):
                yield f"network ACL of {self.tiers[subnet]}: {protocol} {port} {'out' if out else 'in'}"
        for subnet, outside, out in ((end, here, True), (start, there, False)):
            for reply in EPHEMERAL if subnet else ():
                if not self.passes(subnet, outside, reply, protocol, out=out):
                    yield f"network ACL of {self.tiers[subnet]}: replies from port {reply} {'out' if out else 'in'}"

    def passes(self, subnet, outside, port, protocol, *, out):
        """The first rule that fits decides."""
        for rule in self.acl_rules[self.acls[subnet], out]:
            ports = rule["protocol"] == "-1" or rule["fromPort"] <= port <= rule["toPort"]
            if rule["protocol"] in (protocol, "-1") and ports and outside.subnet_of(ip_network(rule["cidrBlock"])):
                return rule["ruleAction"] == "allow"
        return False


KINDS = (
    "instance",
    "nodeGroup",
    "cluster",
    "replicationGroup",
    "mountTarget",
    "loadBalancer",
    "vpcLink",
    "function",
    "vpcEndpoint",
)
GROUP_PROPERTIES = ("securityGroupIds", "vpcSecurityGroupIds", "securityGroups")


def tail(resource):
    """Name without the stack's: ``load-balancer``."""
    return resource["urn"].rpartition("::")[2].partition("-")[2]


def tier(subnet):
    """Such as ``private``."""
    return tail(subnet).rpartition("-")[0]
