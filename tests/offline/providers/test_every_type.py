"""Every resource type and function of the installed AWS SDK works on the mock AWS, not only the usual ones."""

from typing import Any

import pytest

from offline.provider import Target
from offline.providers.aws import Aws
from offline.schema.catalogue import Property, function_tokens, function_type, resource_tokens, resource_type
from offline.wire.values import UNKNOWN, decode, encode
from tests.offline.quarters import QUARTERS, part

pytestmark = pytest.mark.xdist_group("types")  # each reads every type; a process reads it once

_KINDS: dict[str, type | tuple[type, ...]] = {
    "string": str,
    "integer": int,
    "number": (int, float),
    "boolean": bool,
    "list": list,
    "map": dict,
    "object": dict,
}


def target(token: str, name: str = "it", **more: Any) -> Target:
    return Target(urn=f"urn:pulumi:dev::test::{token}::{name}", config={}, **more)


def example(prop: Property, depth: int = 0) -> Any:  # noqa: PLR0911 - one return for each kind
    """A value of the property's kind, as a program might give it."""
    match prop.kind:
        case "string" if prop.name.lower() == "availabilityzone":
            return "ap-southeast-3a"
        case "string" if "cidr" in prop.name.lower():
            return "10.0.0.0/24"
        case "string":
            return str(prop.enum[0]) if prop.enum else f"a-{prop.name.lower()}"
        case "integer" | "number":
            return 1
        case "boolean":
            return True
        case "list":
            return [example(prop.items, depth + 1)] if prop.items and depth < 3 else []
        case "map":
            return {"key": example(prop.items, depth + 1)} if prop.items else {}
        case "object":
            return (
                {key: example(value, depth + 1) for key, value in prop.properties.items() if value.required}
                if depth < 4
                else {}
            )
        case _:
            return "{}"


def minimal(token: str) -> dict[str, Any]:
    return {name: example(prop) for name, prop in resource_type(token).inputs.items() if prop.required}


@QUARTERS
def test_every_resource_type_is_created_read_updated_and_deleted(aws: Aws, quarter: int) -> None:
    wrong: list[str] = []
    for token in part(resource_tokens("aws"), quarter):
        kind = resource_type(token)
        inputs, _ = aws.check(target(token, seed=b"seed"), {}, minimal(token))
        id_, outputs = aws.create(target(token), inputs, preview=False)
        if not id_:
            wrong.append(f"{token}: no id")
        for name, prop in kind.outputs.items():
            value = outputs.get(name)
            settable = name in kind.inputs and prop.kind == "object"  # AWS leaves out blocks that were not given
            if prop.required and value is None and not settable:
                wrong.append(f"{token}: {name} is missing")
            elif value is not None and name not in inputs and not isinstance(value, _KINDS.get(prop.kind, object)):
                wrong.append(f"{token}: {name} is {value!r}, not {prop.kind}")
        if decode(encode(outputs)) != outputs:
            wrong.append(f"{token}: outputs do not survive the wire")
        if aws.read(target(token), id_, (inputs, outputs)) != (id_, inputs, outputs):
            wrong.append(f"{token}: reads differently from how it was created")
        if aws.update(target(token), id_, (inputs, outputs), inputs, preview=False) != outputs:
            wrong.append(f"{token}: an update without a change changes outputs")
        aws.delete(target(token), id_)
        if aws.read(target(token), id_, ({}, {})) is not None:
            wrong.append(f"{token}: still there after delete")
    assert not wrong, "\n".join(wrong[:40])


def shows(output: Any, given: Any) -> bool:
    """Whether an output is what was given; AWS may add to an object."""
    return output | given == output if isinstance(given, dict) and isinstance(output, dict) else output == given


@QUARTERS
def test_every_preview_leaves_what_only_aws_knows_unknown(aws: Aws, quarter: int) -> None:
    wrong: list[str] = []
    for token in part(resource_tokens("aws"), quarter):
        kind = resource_type(token)
        inputs, _ = aws.check(target(token, seed=b"seed"), {}, minimal(token))
        _, outputs = aws.create(target(token), inputs, preview=True)
        if "arn" in kind.outputs and "arn" not in inputs and outputs.get("arn") != UNKNOWN:
            wrong.append(f"{token}: arn is known before it exists")
        if any(not shows(outputs.get(name), value) for name, value in inputs.items() if not name.startswith("__")):
            wrong.append(f"{token}: an input does not show in the preview")
    assert not wrong, "\n".join(wrong[:40])


@QUARTERS
def test_every_function_returns_everything_it_promises(aws: Aws, quarter: int) -> None:
    wrong: list[str] = []
    for token in part(function_tokens("aws"), quarter):
        function = function_type(token)
        arguments = {name: example(prop) for name, prop in function.arguments.items() if prop.required}
        if "arn" in function.arguments:
            arguments["arn"] = "arn:aws:sqs:ap-southeast-3:123456789012:queue"
        result, failures = aws.invoke(token, arguments, {})
        if failures:
            wrong.append(f"{token}: {failures}")
        for name, prop in function.results.items():
            value = result.get(name)
            if prop.required and not isinstance(value, _KINDS.get(prop.kind, object)):
                wrong.append(f"{token}: {name} is {value!r}, not {prop.kind}")
        again, _ = aws.invoke(token, arguments, {})
        if again != result:
            wrong.append(f"{token}: gives another result the second time")
    assert not wrong, "\n".join(wrong[:40])
