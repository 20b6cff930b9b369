"""Programs as public examples are: good ones raise no alarm, and the usual flaws are found where they are."""

import asyncio
import importlib
from pathlib import Path

import pytest
import yaml
from pulumi.runtime import mocks
from pulumi.runtime import settings as sdk
from pulumi.runtime.proto import analyzer_pb2 as proto
from pulumi.runtime.stack import run_pulumi_func

from guardrails.engine.packs import ALL
from guardrails.engine.server import Analyzer
from report.finding import Finding
from tests.policies.judged_program import Registrations, requests_of
from tests.policies.programs import basis
from tests.recording import Recording

FLAWS = yaml.safe_load((Path(__file__).parent / "programs" / "flaws.yaml").read_text())
"""Module -> program -> resource -> properties that are wrong when it is flawed; ``-`` for the resource as a whole."""
PROGRAMS = [(module, program) for module, programs in FLAWS.items() for program in programs]
LEFT_OUT = {"RSL-CLOUDFRONT-003", "RSL-CLOUDWATCH-007"}
"""Logs of a distribution and alarms on all that serves users: true, and more than an example has."""


class Answers(Recording):
    """ARNs of buckets in the form that they have."""

    def new_resource(self, args):
        identity, state = super().new_resource(args)
        if args.typ == "aws:s3/bucket:Bucket":
            identity, state = args.name, state | {"arn": f"arn:aws:s3:::{args.name}", "bucket": args.name}
        return identity, state


def registrations(program, *, flawed):
    recording = Answers()
    monitor = Registrations(recording)

    def begun():
        basis.begin()
        program(flawed=flawed)

    async def run():
        sdk.reset_options()
        mocks.set_mocks(recording, project="shop", stack="prod", monitor=monitor)
        await run_pulumi_func(begun)

    asyncio.run(run())
    return monitor.seen


def places(program, *, flawed):
    """Resource and property of each mandatory finding."""
    pack = Analyzer(ALL)
    single, stack = requests_of(registrations(program, flawed=flawed))
    pack.ConfigureStack(proto.AnalyzerStackConfigureRequest(stack="prod"), None)
    found = [each for request in single for each in pack.Analyze(request, None).diagnostics]
    found += pack.AnalyzeStack(stack, None).diagnostics
    return {
        (each.urn.rpartition("::")[2], path_of(each).partition(".")[0].partition("[")[0] or "-")
        for each in found
        if each.enforcementLevel == proto.MANDATORY and each.policyName not in LEFT_OUT
    }


def path_of(diagnostic):
    return Finding.of({"policyName": diagnostic.policyName, "message": diagnostic.message, "enforcementLevel": ""}).path


@pytest.mark.parametrize(("module", "name"), PROGRAMS, ids=lambda each: each)
def test_a_program_is_clean_and_its_flaws_are_found_where_they_are(module, name):
    program = getattr(importlib.import_module(f"tests.policies.programs.{module}"), name)
    assert places(program, flawed=False) == set()
    expected = {(resource, key) for resource, keys in FLAWS[module][name].items() for key in keys}
    assert places(program, flawed=True) == expected


def test_there_are_as_many_as_public_examples_and_each_is_tried():
    there = [
        (module, name)
        for module in FLAWS
        for name, each in vars(importlib.import_module(f"tests.policies.programs.{module}")).items()
        if getattr(each, "__module__", "") == f"tests.policies.programs.{module}"
    ]
    assert sorted(there) == sorted(PROGRAMS)
    assert len(there) >= 16
