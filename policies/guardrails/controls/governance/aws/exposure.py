"""What no service's own controls know of exposure: public switches and open address ranges, in any type."""

from __future__ import annotations

from ipaddress import ip_network

from guardrails.model.control import Context, Findings, References, Severity, Violation, control
from guardrails.model.resource import Resource
from guardrails.model.values import UNKNOWN, UndeterminedError, property_name
from guardrails.shapes.every_service import forbid_values

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
    },
    id_="LP-AWS-001",
    title="No resource of any service is reachable from the internet by itself",
    why="What has a public address, or reaches the internet past the VPC, is outside the network's controls.",
    fix="Switch it off, and reach the resource through the VPC, a load balancer or an endpoint.",
    severity=Severity.HIGH,
    references=_REFERENCES,
)

_OPEN_UNLESS_SAID = {"aws:sagemaker/notebookInstance:NotebookInstance": ("directInternetAccess", "Enabled")}
"""Types that are open by default: the property that closes them, and its default."""


@control(
    id="LP-AWS-002",
    title="No resource of any service has direct internet access by default",
    why="What reaches the internet past the VPC is outside the network's controls.",
    fix="Set the property that closes it.",
    severity=Severity.HIGH,
    types=tuple(_OPEN_UNLESS_SAID),
    references=_REFERENCES,
)
def default_is_closed(resource: Resource, _: Context) -> Findings:
    name, default = _OPEN_UNLESS_SAID[resource.type]
    if resource.get(name, default) == default:
        yield Violation(f"it is {default}", name)


_RANGE_TYPES = (
    "aws:ec2/", "aws:vpc/", "aws:ec2transitgateway/", "aws:ec2clientvpn/", "aws:networkmanager/", "aws:directconnect/",
    "aws:wafv2/", "aws:waf/", "aws:wafregional/", "aws:networkfirewall/", "aws:route53/", "aws:eks/", "aws:iam/",
)  # fmt: skip
"""Services whose ranges have controls of their own, or say where traffic goes, not whom to let in."""
_LETS_IN = ("cidr", "range", "source", "allow", "whitelist", "address")


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
