"""What the engine says of the stack besides its resources: tags and configuration."""

import grpc
import pytest
from pulumi.runtime.proto import analyzer_pb2 as proto
from pulumi.runtime.proto import analyzer_pb2_grpc

from guardrails.engine.packs import PACKS
from guardrails.engine.server import start

DECLARED = "RES-STACK-001"
STACK = {"type": "pulumi:pulumi:Stack", "urn": "urn:pulumi:dev::app::pulumi:pulumi:Stack::app-dev", "name": "app-dev"}


@pytest.fixture
def fresh():
    server, port = start(PACKS["data_residency"])
    with grpc.insecure_channel(f"127.0.0.1:{port}") as channel:
        yield analyzer_pb2_grpc.AnalyzerStub(channel)
    server.stop(None).wait()


def about(stub):
    found = list(stub.Analyze(proto.AnalyzeRequest(**STACK)).diagnostics)
    found += stub.AnalyzeStack(proto.AnalyzeStackRequest(resources=[proto.AnalyzerResource(**STACK)])).diagnostics
    return [d.message for d in found if d.policyName == DECLARED]


def test_an_engine_that_says_nothing_of_the_stack_leaves_it_undetermined(fresh):
    (message,) = about(fresh)
    assert "can't be decided before deployment" in message


def test_what_the_engine_says_holds_before_and_after_the_pack_is_configured(fresh):
    fresh.ConfigureStack(
        proto.AnalyzerStackConfigureRequest(tags={"DataClass": "personal"}, config={"aws:region": "ap-southeast-3"})
    )
    assert about(fresh) == []
    fresh.Configure(proto.ConfigureAnalyzerRequest())
    assert about(fresh) == []


def test_secret_configuration_declares_nothing_and_is_never_shown(fresh):
    config = {"app:dataClass": "hush-hush", "aws:region": "ap-southeast-3"}
    fresh.ConfigureStack(proto.AnalyzerStackConfigureRequest(config=config, config_secret_keys=["app:dataClass"]))
    (message,) = about(fresh)
    assert "no class of data is declared" in message
    assert "hush-hush" not in message
