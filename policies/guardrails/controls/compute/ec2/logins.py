"""Ways onto EC2 instances past Session Manager."""

from __future__ import annotations

from collections.abc import Iterator

from guardrails.model.control import Context, Findings, Level, Severity, Violation, control
from guardrails.model.references import privileged_access
from guardrails.model.resource import Resource, paths_at
from guardrails.services.instances import INSTANCES, LAUNCH_TEMPLATES, SPOT_FLEET
from guardrails.shapes.properties import require_value

require_value(
    "enabled",
    (False,),
    default=True,
    id="LP-EC2-009",
    title="The EC2 serial console is off",
    why="It is a way onto every instance of the Region, which no security group closes.",
    fix="Set enabled to false; switch the console on for the hour in which an instance can't be reached otherwise.",
    severity=Severity.MEDIUM,
    types=("aws:ec2/serialConsoleAccess:SerialConsoleAccess",),
    references=privileged_access(),
)

_BEANSTALK = (
    "elasticbeanstalk/environment:Environment",
    "elasticbeanstalk/configurationTemplate:ConfigurationTemplate",
)
_KEY_PAIRS = {
    **dict.fromkeys((*INSTANCES, *LAUNCH_TEMPLATES), "keyName"),
    SPOT_FLEET: "launchSpecifications[*].keyName",
    "aws:batch/computeEnvironment:ComputeEnvironment": "computeResources.ec2KeyPair",
    "aws:emr/cluster:Cluster": "ec2Attributes.keyName",
    "aws:imagebuilder/infrastructureConfiguration:InfrastructureConfiguration": "keyPair",
    **dict.fromkeys((f"aws:{type_}" for type_ in _BEANSTALK), "settings[*].value"),
}
"""Type -> where it names the key pair of its instances; of node groups, LP-EKS-004 asks who gets to port 22."""


@control(
    id="LP-EC2-010",
    title="Instances have no key pair",
    why="A private key is a login that never expires, outlives whoever had it, and that no log of AWS shows.",
    fix="Leave the key pair out, and reach the instance through Session Manager.",
    severity=Severity.MEDIUM,
    level=Level.ADVISORY,
    types=tuple(_KEY_PAIRS),
    references=privileged_access(),
)
def instance_has_no_key_pair(resource: Resource, _: Context) -> Findings:
    """A name that isn't known yet is one; where the whole block isn't, that is open."""
    for path in _places(resource):
        block = path.rpartition(".")[0]
        if resource.raw(path) not in (None, "") and (not block or resource.get(block)):
            yield Violation("a key pair gives whoever has its private key a login", path)


def _places(resource: Resource) -> Iterator[str]:
    for path in paths_at(resource, _KEY_PAIRS[resource.type]):
        option = path.removesuffix(".value")
        if option == path or resource.get(f"{option}.name") == "EC2KeyName":
            yield path
