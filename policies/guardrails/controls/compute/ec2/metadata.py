"""Instance metadata and user data."""

from __future__ import annotations

from guardrails.model.control import Context, Findings, References, Severity, Violation, control
from guardrails.model.logic import each
from guardrails.model.references import Criteria
from guardrails.model.resource import Resource
from guardrails.services.instances import DESCRIBES_INSTANCES, WITH_METADATA, account_default, descriptions, setting
from guardrails.shapes.credentials import decoded, holds_credential
from guardrails.shapes.properties import require_value

_DEFAULTS = "aws:ec2/instanceMetadataDefaults:InstanceMetadataDefaults"
_TOKENS = "metadataOptions.httpTokens"
_THEFT = (
    "One request that a program can be tricked into sends the instance's credentials to a stranger; version 2 asks "
)
_access = Criteria(("CC6.1",), ("A.5.15", "A.8.9"))


@control(
    id="LP-EC2-002",
    title="Instances require IMDSv2",
    why=_THEFT + "for a token first.",
    fix="Set metadataOptions.httpTokens to required.",
    severity=Severity.HIGH,
    types=WITH_METADATA,
    references=_access(checkov=("CKV_AWS_79",), security_hub=("EC2.8", "EC2.170", "AutoScaling.3")),
)
def metadata_demands_token(instance: Resource, context: Context) -> Findings:
    """By itself, its launch template, or the region's default that this stack sets; or the service is off."""
    if setting(instance, "metadataOptions.httpEndpoint") == "disabled":
        return
    tokens = setting(instance, _TOKENS)
    if tokens is None:
        default = account_default(instance, context, _DEFAULTS, _TOKENS)
        tokens = default.get("httpTokens") if default else None
    if tokens != "required":
        yield Violation(f"{tokens or 'not set'}, expected required", _TOKENS)


@control(
    id="LP-EC2-003",
    title="Instance metadata has a hop limit of 1",
    why="With more than one hop, every container on the instance can take the instance's own credentials.",
    fix="Set metadataOptions.httpPutResponseHopLimit to 1, and give pods roles of their own (EKS Pod Identity).",
    severity=Severity.MEDIUM,
    types=(*WITH_METADATA, _DEFAULTS),
    parameters={
        "maximumHops": {
            "type": "integer",
            "minimum": 1,
            "maximum": 64,
            "default": 1,
            "description": "How many network hops the answer of the metadata service may travel.",
        }
    },
    references=_access(checkov=("CKV_AWS_341",), security_hub=("AutoScaling.4",)),
)
def metadata_stays_near(instance: Resource, context: Context) -> Findings:
    """Where nothing is said, image and account decide, and 1 is the service's own default."""
    options = "" if instance.type == _DEFAULTS else "metadataOptions."
    if instance.get(f"{options}httpEndpoint") == "disabled":
        return
    path = f"{options}httpPutResponseHopLimit"
    hops, most = instance.number(path, 1), context.parameters["maximumHops"]
    if hops > most:
        yield Violation(f"{hops} hops, at most {most} expected", path)


require_value(
    "httpTokens",
    ("required",),
    id="LP-EC2-004",
    title="The account's default requires IMDSv2",
    why=_THEFT + "for a token first, and the default holds for every instance without settings of its own.",
    fix="Set httpTokens to required.",
    severity=Severity.MEDIUM,
    types=(_DEFAULTS,),
    references=_access(security_hub=("EC2.8",)),
)


@control(
    id="LP-EC2-005",
    title="User data holds no credentials",
    why="User data is read by every program on the instance and by everybody who may describe it.",
    fix="Have the instance fetch the secret from Secrets Manager or Parameter Store with its own role.",
    severity=Severity.HIGH,
    types=DESCRIBES_INSTANCES,
    references=References(
        checkov=("CKV_AWS_46",), soc2=("CC6.1",), iso27001=("A.5.17", "A.8.24"), indonesia=("UU PDP 35",)
    ),
)
def user_data_holds_no_credentials(instance: Resource, _: Context) -> Findings:
    def judge(path: str) -> Findings:
        if holds_credential(decoded(str(instance.get(path, "")))):
            yield Violation("it holds a password, a token or a key in plain text", path)

    paths = [f"{prefix}{name}" for prefix in descriptions(instance) for name in ("userData", "userDataBase64")]
    yield from each(paths, judge)
