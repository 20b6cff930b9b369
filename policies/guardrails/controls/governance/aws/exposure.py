"""What no service's own controls know of exposure: public switches and open address ranges, in any type."""

from __future__ import annotations

import re
from ipaddress import ip_network

from guardrails.model.control import Context, Findings, References, Severity, Violation, control
from guardrails.model.resource import Resource
from guardrails.model.values import UNKNOWN, UndeterminedError, property_name
from guardrails.services.containers import HOST_FOLDERS
from guardrails.shapes.every_service import SET, forbid_values, require_values

_CAPABILITIES = (
    "all", "bpf", "dac_read_search", "sys_admin", "sys_boot", "sys_module", "sys_ptrace", "sys_rawio",
)  # fmt: skip
"""Capabilities of Linux with which a process leaves its container."""
_REFERENCES = References(soc2=("CC6.6",), iso27001=("A.8.20", "A.8.22"), indonesia=("UU PDP 35",))

forbid_values(
    {
        "publiclyaccessible": (True, "true"),
        "ispubliclyaccessible": (True, "true"),
        "publicconnectivity": (True, "true"),
        "enabledefaultinternetaccess": (True, "true"),
        "enableinternetaccess": (True, "true"),
        "directinternetaccess": ("enabled",),
        "networkmode": ("public",),
        "networkaccesstype": ("public", "publicinternetonly"),
        "appnetworkaccesstype": ("publicinternetonly",),
        "assignpublicip": (True, "true", "enabled"),
        "associatepublicipaddress": (True, "true"),
        "createpublicip": (True, "true"),
        "blockpublicsecuritygrouprules": (False, "false"),
        "allowfrompublic": (True, "true"),
        "webserveraccessmode": ("public_only",),
        "endpointtype": ("public",),
        "projectvisibility": ("public_read",),
        "getobject": ("public",),
        "rootaccess": ("enabled",),
        "allowautoregistration": (True, "true"),
        "enablepullrequestpreview": (True, "true"),
        "connectiontype": ("connect_ssh",),
        "userenabledaslocaladministrator": (True, "true"),
        "enablenetworkisolation": (False, "false"),
        **{
            f"{block}.{name}": (False, "false")
            for block in ("publicaccessblock", "publicaccessblockconfiguration")
            for name in ("blockpublicacls", "blockpublicpolicy", "ignorepublicacls", "restrictpublicbuckets")
        },
    },
    id_="LP-AWS-001",
    unless=("LP-EC2-001", "LP-EKS-001", "LP-RDS-001", "LP-VPC-002"),
    title="No resource of any service is reachable from the internet by itself",
    why="What has a public address, or reaches the internet past the VPC, is outside the network's controls.",
    fix="Switch it off, and reach the resource through the VPC, a load balancer or an endpoint.",
    severity=Severity.HIGH,
    references=_REFERENCES,
)

require_values(
    {
        "aws:apprunner/service:Service": {
            "networkConfiguration.ingressConfiguration.isPubliclyAccessible": (False,),
        },
        "aws:cloud9/environmentEC2:EnvironmentEC2": {"connectionType": ("CONNECT_SSM",)},
        "aws:cloudfront/originAccessControl:OriginAccessControl": {"signingBehavior": ("always", "no-override")},
        "aws:elasticsearch/domain:Domain": {"vpcOptions": SET},
        "aws:grafana/workspace:Workspace": {"networkAccessControl|vpcConfiguration": SET},
        "aws:imagebuilder/infrastructureConfiguration:InfrastructureConfiguration": {
            "instanceMetadataOptions.httpTokens": ("required",)
        },
        "aws:msk/cluster:Cluster": {
            "brokerNodeGroupInfo.connectivityInfo.publicAccess.type": ("DISABLED", None),
        },
        "aws:opensearchingest/pipeline:Pipeline": {"vpcOptions": SET},
        "aws:opensearch/domain:Domain": {"vpcOptions": SET},
        "aws:qldb/ledger:Ledger": {"permissionsMode": ("STANDARD",)},
        "aws:redshift/cluster:Cluster": {"publiclyAccessible": (False, None)},
        "aws:redshiftserverless/workgroup:Workgroup": {"enhancedVpcRouting": (True,)},
        "aws:sagemaker/domain:Domain": {"appNetworkAccessType": ("VpcOnly",)},
        "aws:sagemaker/model:Model": {"enableNetworkIsolation": (True,)},
        "aws:sagemaker/notebookInstance:NotebookInstance": {
            "directInternetAccess": ("Disabled",),
            "rootAccess": ("Disabled",),
        },
        "aws:transfer/server:Server": {"endpointType": ("VPC", "VPC_ENDPOINT")},
    },
    id="LP-AWS-002",
    title="Services that are open unless they are told otherwise are closed",
    why="What the internet reaches, or what reaches the internet past the VPC, is outside the network's controls.",
    fix="Set the property that closes it.",
    severity=Severity.HIGH,
    references=_REFERENCES,
)
require_values(
    {
        "aws:apprunner/service:Service": {"networkConfiguration.egressConfiguration.egressType": ("VPC",)},
        "aws:emrserverless/application:Application": {"networkConfiguration.subnetIds": SET},
        "aws:kinesisanalyticsv2/application:Application": {"applicationConfiguration.vpcConfiguration": SET},
        "aws:redshift/cluster:Cluster": {"enhancedVpcRouting": (True,)},
        "aws:sagemaker/dataQualityJobDefinition:DataQualityJobDefinition": {
            "networkConfig.enableNetworkIsolation": (True,)
        },
        "aws:sagemaker/model:Model": {"vpcConfig": SET},
        "aws:sagemaker/notebookInstance:NotebookInstance": {"subnetId": SET},
    },
    unless={
        "aws:kinesisanalyticsv2/application:Application": ("applicationConfiguration.sqlApplicationConfiguration",),
    },
    id="LP-AWS-019",
    title="Services that use the VPC only when they are asked are asked",
    why="Past the VPC, no flow log sees their traffic, and no security group or endpoint policy holds it.",
    fix="Set the property that sends their traffic through the VPC.",
    severity=Severity.MEDIUM,
    references=_REFERENCES,
)
require_values(
    {
        "aws:elasticsearch/domain:Domain": {"advancedSecurityOptions.enabled": (True,)},
        "aws:opensearch/domain:Domain": {"advancedSecurityOptions.enabled": (True,)},
    },
    id="LP-AWS-020",
    title="Search domains have fine-grained access control",
    why="Without it, whoever reaches the domain reads every index.",
    fix="Set advancedSecurityOptions.enabled to true.",
    severity=Severity.MEDIUM,
    references=References(security_hub=("Opensearch.7",), soc2=("CC6.3",), iso27001=("A.5.15", "A.8.3")),
)
forbid_values(
    {
        "privileged": (True, "true"),
        "privilegedmode": (True, "true"),
        "networkmode": ("host",),
        "pidmode": ("host",),
        "ipcmode": ("host",),
        "hostpath": HOST_FOLDERS,
        "sourcepath": HOST_FOLDERS,
        "hostpath.path": HOST_FOLDERS,
        "hostnetwork": (True, "true"),
        "hostpid": (True, "true"),
        "hostipc": (True, "true"),
        "allowprivilegeescalation": (True, "true"),
        "user": ("root", "0", "0:0", "root:root"),
        "runasuser": (0, "0"),
        "add": (*_CAPABILITIES, *(f"cap_{name}" for name in _CAPABILITIES)),
    },
    id_="LP-AWS-011",
    unless=("LP-ECS-001",),
    title="Containers of no service are privileged, run as root or share their host",
    why="Whoever breaks into such a container has its host, and with it the other containers and the host's role.",
    fix="Leave the switch out; give the container the capability or the volume that it needs.",
    severity=Severity.HIGH,
    references=_REFERENCES,
)
forbid_values(
    {
        "httptokens": ("optional",),
        "disableimdsv1": (False, "false"),
        "minimuminstancemetadataserviceversion": ("1", 1),
    },
    id_="LP-AWS-012",
    unless=("LP-EC2-002", "LP-EC2-004"),
    title="Instances of every service require IMDSv2",
    why="Version 1 gives the role's credentials to whoever makes the instance send one request.",
    fix="Set the property so that sessions are required.",
    severity=Severity.HIGH,
    references=_REFERENCES,
)


_EVERY_ORIGIN = ("*", "http://*", "https://*")
_YES = ("True", "true")


@control(
    id="LP-AWS-013",
    title="No service lets every origin send credentials",
    why="Any site that a user visits could act in the user's name.",
    fix="Name the origins, or don't allow credentials.",
    severity=Severity.HIGH,
    types=("aws:*",),
    references=_REFERENCES,
)
def origins_are_named(resource: Resource, _: Context) -> Findings:
    """Cross-origin rules in the spelling of any service: credentials allowed beside the origin ``*``."""
    if resource.type == "aws:lambda/functionUrl:FunctionUrl":
        return
    leaves = resource.named_leaves
    allowing = [path for path, name, value in leaves if name.endswith("allowcredentials") and str(value) in _YES]
    if any(value in _EVERY_ORIGIN and "origins" in path.lower() for path, _, value in leaves):
        yield from (Violation("credentials are allowed from every origin", path) for path in allowing)


_RANGE_TYPES = (
    "aws:ec2/", "aws:vpc/", "aws:ec2transitgateway/", "aws:ec2clientvpn/", "aws:networkmanager/", "aws:directconnect/",
    "aws:wafv2/", "aws:waf/", "aws:wafregional/", "aws:networkfirewall/", "aws:route53/", "aws:eks/", "aws:iam/",
)  # fmt: skip
"""Services whose ranges have controls of their own, or say where traffic goes, not whom to let in."""
_LETS_IN = ("cidr", "client", "range", "source", "allow", "whitelist", "address")
_RANGE_AS_NAME = re.compile(r'(?:\["|\.)((?:\d+\.[\d.]+|[0-9a-f]*:[0-9a-f:]*)/\d+)(?:"\])?$', re.IGNORECASE)
"""A range that is itself the name of a property, as in the rules of QuickSight."""


@control(
    id="LP-AWS-003",
    title="No service lets the whole internet in by an address range",
    why="A range that holds every address is no filter.",
    fix="Name the addresses that must get in.",
    severity=Severity.HIGH,
    types=("aws:*",),
    references=_REFERENCES,
)
def ranges_are_not_open(resource: Resource, _: Context) -> Findings:
    """Ranges under names that say who is let in, but those of egress."""
    if resource.type.startswith(_RANGE_TYPES):
        return
    for path, value in resource.every_leaf:
        name = property_name(path).lower()
        if (named := _RANGE_AS_NAME.search(path)) and _is_everything(named[1]):
            yield Violation(f"it lets {named[1]} in", path)
        if "egress" in path.lower() or not any(word in name for word in _LETS_IN):
            continue
        if value is UNKNOWN and "cidr" in name:
            yield UndeterminedError(path)
        elif isinstance(value, str) and _is_everything(value):
            yield Violation(f"it lets {value} in", path)


def _is_everything(text: str) -> bool:
    """Whether a text is an address range of more than a 256th of all addresses."""
    try:
        return "/" in text and ip_network(text, strict=False).prefixlen < 8
    except ValueError:
        return False
