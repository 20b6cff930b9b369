"""Fixtures as Pulumi Python: run on mocks, the code registers what the fixture says."""

import asyncio
import json
import re
from contextlib import suppress
from textwrap import dedent

import pulumi
import pulumi_aws as aws
import pulumi_kubernetes as k8s
import pytest
from pulumi.runtime import mocks
from pulumi.runtime import settings as sdk
from pulumi.runtime.stack import run_pulumi_func

from cli.explain import is_plain
from cli.pulumi_code import UNKNOWN, CodeError, code_of
from tests.policies.conftest import load_fixtures
from tests.recording import Monitor, Recording


def registered(code):
    """Type and inputs of each resource that some code makes."""
    seen = []

    class Registrations(Monitor):
        def RegisterResource(self, request):  # noqa: N802 - the protocol's name
            if request.type != "pulumi:pulumi:Stack":
                seen.append((request.type, sdk_values(request.object)))
            return super().RegisterResource(request)

    async def run():
        sdk.reset_options()
        recording = Recording()
        mocks.set_mocks(recording, project="p", stack="s", monitor=Registrations(recording))
        names = {"pulumi": pulumi, "aws": aws, "k8s": k8s, "json": json}
        await run_pulumi_func(lambda: exec(code, names))

    asyncio.run(run())
    return seen


def sdk_values(struct):
    from guardrails.engine.wire import read_properties

    return read_properties(struct)[0]


def plain(value):
    """A fixture's value as it arrives: JSON documents as what they say, what isn't known as x."""
    match value:
        case {"4dabf18193072939515e22adb298388d": _, "value": hidden}:
            return plain(hidden)
        case dict():
            return {key: plain(each) for key, each in value.items() if each is not None}
        case list():
            return [plain(each) for each in value]
        case str() if value[:1] in ("{", "["):
            with suppress(ValueError):
                return plain(json.loads(value))
    return "x" if value == UNKNOWN else value


def cases():
    """One broken case of every fourth control whose code says all of it, on resources without relations."""
    for number, (control, kinds) in enumerate(load_fixtures().items()):
        case = next((each for each in kinds["violating"] if is_plain(each) and "resources" not in each), None)
        if number % 4 == 0 and case and case["type"].startswith("aws:") and "dependencies" not in case:
            yield pytest.param(case, id=control)


@pytest.mark.parametrize("case", [*cases()])
def test_the_code_registers_what_the_fixture_says(case):
    try:
        code = code_of(case)
    except CodeError:
        pytest.skip("a type of no installed SDK")
    ((type_, inputs),) = registered(re.sub(r"(?<=[=\[ ])\.\.\.", '"x"', code))
    given = plain(inputs)
    assert type_ == case["type"]
    wanted = plain(case.get("properties") or {})
    assert {key: given.get(key) for key in wanted} == wanted


QUEUE = {
    "type": "aws:sqs/queue:Queue",
    "name": "dead-letters",
    "properties": {"tags": {"DataClass": "x"}, "name": UNKNOWN},
}
USER = {
    "type": "aws:sqs/queue:Queue",
    "name": "q",
    "properties": {"kmsMasterKeyId": "?"},
    "dependencies": {"kmsMasterKeyId": ["key"]},
}


@pytest.mark.parametrize(
    ("case", "code"),
    [
        ({"type": "aws:lambda/function:Function", "properties": {"role": "a"}, "protect": True},
         'example = aws.lambda_.Function("example", role="a", opts=pulumi.ResourceOptions(protect=True))'),
        ({"type": "aws:lambda/function:Function"}, 'example = aws.lambda_.Function("example", role=...)'),
        ({"type": "kubernetes:rbac.authorization.k8s.io/v1:ClusterRole", "properties": {}},
         'example = k8s.rbac.v1.ClusterRole("example")'),
        (QUEUE,
         'dead_letters = aws.sqs.Queue("dead-letters", tags={"DataClass": "x"}, name=...)'),
        ({"resources": [{"type": "aws:kms/key:Key", "name": "key"}, USER]},
         'key = aws.kms.Key("key")\nq = aws.sqs.Queue("q", kms_master_key_id=key.arn)'),
    ],
)  # fmt: skip
def test_a_resource_is_written_in_the_names_of_the_sdk(case, code):
    assert code_of(case) == code


def test_what_is_long_has_a_line_for_each_value_and_a_secret_is_one():
    case = {
        "type": "aws:iam/policy:Policy",
        "properties": {
            "policy": json.dumps(
                {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "s3:*", "Resource": "*"}]}
            ),
            "description": {"4dabf18193072939515e22adb298388d": "1b47061264138c4ac30d75fd1eb44270", "value": "x"},
        },
    }
    assert code_of(case) == dedent("""\
        example = aws.iam.Policy(
            "example",
            policy=json.dumps({
                "Version": "2012-10-17",
                "Statement": [{"Effect": "Allow", "Action": "s3:*", "Resource": "*"}],
            }),
            description=pulumi.Output.secret("x"),
        )""")


@pytest.mark.parametrize(
    ("case", "problem"),
    [
        ({"type": "aws:kms/kye:Kye"}, "aws:kms/kye:Kye: no such type"),
        ({"type": "aws:kms/key:Key", "properties": {"colour": "red"}}, "aws:kms/key:Key: no colour"),
        ({"type": "nonsense"}, "nonsense: no such type"),
    ],
)
def test_a_type_or_property_of_no_sdk_is_named(case, problem):
    with pytest.raises(CodeError, match=problem):
        code_of(case)
