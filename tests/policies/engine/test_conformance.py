"""The engine can't tell our server from the official SDK's, on what both say about the same policy."""

import grpc
import pulumi_policy
import pytest
from google.protobuf.empty_pb2 import Empty
from pulumi.runtime.proto import analyzer_pb2 as proto
from pulumi_policy.policy import _PolicyAnalyzerServicer

from guardrails.engine.decisions import DECISION
from guardrails.engine.description import describe
from guardrails.engine.packs import PACKS, Pack
from guardrails.engine.server import VERSION, Analyzer
from guardrails.model.control import Control, Level, References, Severity, Violation

SCHEMA = {"most": {"type": "integer", "default": 3, "description": "How many."}}


def violating(resource, context):
    yield Violation("too many")


CONTROL = Control(
    id="ENC-TEST-001",
    title="Few of them",
    why="Because.",
    fix="Remove some.",
    severity=Severity.HIGH,
    types=("aws:sqs/queue:Queue",),
    check=violating,
    level=Level.MANDATORY,
    parameters=SCHEMA,
    references=References(iso27001=("A.8.24",)),
)


class OnePack(Pack):
    @property
    def controls(self):
        return [CONTROL]


@pytest.fixture
def official():
    framework = pulumi_policy.PolicyComplianceFramework(name="ISO/IEC 27001", version="2022", reference="A.8.24")
    policy = pulumi_policy.ResourceValidationPolicy(
        "ENC-TEST-001",
        "Few of them. Because.",
        lambda args, report: report("too many"),
        pulumi_policy.EnforcementLevel.MANDATORY,
        pulumi_policy.PolicyConfigSchema(SCHEMA),
        display_name="Few of them",
        severity=pulumi_policy.Severity.HIGH,
        framework=framework,
        tags=["ISO/IEC 27001: A.8.24"],
        remediation_steps="Remove some.",
    )
    return _PolicyAnalyzerServicer(
        "encryption", VERSION, [policy], pulumi_policy.EnforcementLevel.ADVISORY,
        display_name="Encryption", description=PACKS["encryption"].description, provider="aws",
    )  # fmt: skip


def one_pack():
    pack = PACKS["encryption"]
    return OnePack(pack.name, pack.prefixes, pack.title, pack.description)


def test_a_pack_describes_itself_as_the_official_sdk_would_but_for_when_a_control_has_passed(official):
    ours = describe(one_pack(), VERSION)
    assert {policy.policy_type for policy in ours.policies} == {proto.POLICY_TYPE_STACK}
    for policy in ours.policies:
        policy.policy_type = proto.POLICY_TYPE_RESOURCE
    assert ours.policies[0].name == "settings"
    del ours.policies[0]
    for name in DECISION:  # what a laxer control takes besides, the same for each
        del ours.policies[0].configSchema.properties[name]
    assert ours == official.GetAnalyzerInfo(Empty(), None)


def test_a_violation_has_the_fields_that_the_official_sdk_sends(official):
    request = proto.AnalyzeRequest(type="aws:sqs/queue:Queue", urn="urn:q", name="q")
    (theirs,) = official.Analyze(request, None).diagnostics
    (ours,) = Analyzer(one_pack()).Analyze(request, None).diagnostics
    for field in ("policyName", "policyPackName", "policyPackVersion", "enforcementLevel", "severity"):
        assert getattr(ours, field) == getattr(theirs, field)
    assert "too many" in ours.message


def test_calls_that_a_pack_has_a_use_for_are_answered(packs):
    stub = packs.stub(PACKS["resilience"])
    assert stub.Handshake(proto.AnalyzerHandshakeRequest(engine_address="127.0.0.1:1")) is not None
    assert stub.ConfigureStack(proto.AnalyzerStackConfigureRequest(stack="dev")) is not None
    assert stub.GetPluginInfo(Empty()).version == VERSION
    assert stub.Cancel(Empty()) == Empty()
    with pytest.raises(grpc.RpcError, match="UNIMPLEMENTED"):  # which the engine takes for nothing to remediate
        stub.Remediate(proto.AnalyzeRequest(type="a"))
    with pytest.raises(grpc.RpcError):
        stub.Configure(proto.ConfigureAnalyzerRequest(policyConfig={"RSL-NONE-001": proto.PolicyConfig()}))
