"""What can be read from a resource after it was created: everything its type promises, generated."""

from __future__ import annotations

import base64
from collections.abc import Mapping
from typing import Any, Final

from offline.outputs import nested
from offline.outputs.autonaming import AUTONAMED
from offline.outputs.entries import fill
from offline.outputs.formats import ARNS, OUTPUTS
from offline.outputs.generated import OutputGenerator, stated
from offline.outputs.identifiers import Place, make_arn, make_id
from offline.outputs.seeded_random import SeededRandom
from offline.schema.catalogue import Property, ResourceType
from offline.wire.values import UNKNOWN

_VERSIONS: Final = {
    "aurora-mysql": "8.0.mysql_aurora.3.10.1",
    "aurora-postgresql": "17.6",
    "mysql": "8.4.7",
    "mariadb": "11.8.3",
    "postgres": "17.6",
    "redis": "7.1.0",
    "valkey": "8.1.0",
}
_OBJECT: Final = (("versionId", "etag"), ("source", "content", "contentBase64"))
_RENEWED: Final = {
    "aws:s3/bucketObject:BucketObject": _OBJECT,
    "aws:s3/bucketObjectv2:BucketObjectv2": _OBJECT,
}
"""Outputs, each with a form of its own, that AWS makes anew when one of these inputs changes."""
_PORTS: Final = {"mysql": 3306, "mariadb": 3306, "postgres": 5432, "oracle": 1521, "sqlserver": 1433, "aurora": 3306}


def preview(kind: ResourceType, inputs: Mapping[str, Any], place: Place) -> dict[str, Any]:
    """What is known before creation: the inputs, documented defaults; the rest is unknown."""
    outputs = {**_given(kind, inputs, place), "id": UNKNOWN}
    for name, prop in kind.outputs.items():
        if name not in outputs and (prop.required or name in OUTPUTS.get(kind.token, {})):
            outputs[name] = UNKNOWN
    return outputs | nested.pending(kind.token, outputs)


def create(
    kind: ResourceType,
    inputs: Mapping[str, Any],
    place: Place,
    rng: SeededRandom,
    inherited: Mapping[str, Any] | None = None,
) -> tuple[str, dict[str, Any]]:
    """Id and outputs of a resource that now exists.

    `inherited` is what follows from others: those it refers to (`vpcId` of its subnet), earlier ones of its family
    (`revision`); `id` there is the id of what it takes over.
    """
    outputs = _given(kind, inputs, place)
    _generated_names(kind, outputs, rng)
    values = {**outputs, **_helpers(kind, outputs, place, rng)}
    inherited = inherited or {}
    values |= {name: inherited[name] for name in ("revision", "version") if name in inherited}
    id_ = inherited.get("id") or make_id(kind, values, place, rng)
    arn = make_arn(kind, id_, values, place, rng)
    if id_.startswith("arn:") and kind.token not in ARNS:
        arn = id_
    values |= {"id": id_, "arn": arn, "arnTail": arn.split(":", 5)[-1].split("/", 1)[-1]}
    if "arn" in kind.outputs:
        outputs.setdefault("arn", arn)
    for name, form in OUTPUTS.get(kind.token, {}).items():
        if name in kind.outputs and name not in outputs:
            outputs[name] = values[name] = _filled(form, kind.outputs[name], values, rng)
    generator = OutputGenerator(place, rng, values)
    for name, prop in kind.outputs.items():
        if prop.required and name not in outputs:
            made = generator.left_out(name, prop) if name in kind.inputs else generator.value(name, prop)
            outputs[name] = inherited.get(name) or made
    outputs |= entries(kind, id_, outputs, place, inherited)
    return id_, {name: value for name, value in outputs.items() if value is not None} | {"id": id_}


def update(  # noqa: PLR0913 - a resource before and after, and where
    kind: ResourceType,
    old: Mapping[str, Any],
    old_inputs: Mapping[str, Any],
    inputs: Mapping[str, Any],
    place: Place,
    *,
    rng: SeededRandom | None = None,
) -> dict[str, Any]:
    """Outputs after an update: changed inputs show, what AWS generated stays, what was taken away is gone.

    Without rng, at preview, what AWS will make anew is unknown.
    """
    kept = {name: value for name, value in old.items() if name not in old_inputs}
    given = _given(kind, inputs, place)
    gone = {name: old[name] for name in old_inputs if name in old and name not in given and _computed(kind, name)}
    renewed, causes = _RENEWED.get(kind.token, ((), ()))
    if any(old_inputs.get(cause) != inputs.get(cause) for cause in causes):
        forms = OUTPUTS[kind.token]
        kept |= {name: _filled(forms[name], kind.outputs[name], given, rng) if rng else UNKNOWN for name in renewed}
    return {**kept, **gone, **given, **nested.kept(kind.token, given, old)}


def entries(
    kind: ResourceType, id_: str, outputs: Mapping[str, Any], place: Place, inherited: Mapping[str, Any]
) -> dict[str, Any]:
    """The outputs that hold an entry for each thing the resource was asked for, of a resource that exists."""
    where = {"account": place.account, "region": place.region, "partition": place.partition}
    filled = fill(kind.token, {**outputs, **where, "id": id_, "zones": inherited.get("zones") or {}})
    return filled | nested.added(kind.token, outputs, SeededRandom(place.account, kind.token, id_), inherited)


def _computed(kind: ResourceType, name: str) -> bool:
    return name in kind.outputs and kind.outputs[name].required


def _given(kind: ResourceType, inputs: Mapping[str, Any], place: Place) -> dict[str, Any]:
    outputs = {name: value for name, value in inputs.items() if name != AUTONAMED and value is not None}
    region = kind.outputs.get("region")
    if region is not None and region.kind == "string" and "region" not in outputs:
        outputs["region"] = place.region
    if "tagsAll" in kind.outputs:
        outputs.setdefault("tagsAll", outputs.get("tags", {}))
    for name, prop in kind.outputs.items():
        if name not in outputs and name in kind.inputs and not prop.required and prop.kind in {"boolean", "integer"}:
            default = stated(prop)
            if default is not None:
                outputs[name] = default
    return outputs


def _generated_names(kind: ResourceType, outputs: dict[str, Any], rng: SeededRandom) -> None:
    """Names that Terraform's provider generates: from a prefix, or `terraform-` as a last resort."""
    for name, prop in kind.outputs.items():
        if name in outputs or not prop.required or prop.kind != "string" or name not in kind.inputs:
            continue
        if (prefix := outputs.get(f"{name}Prefix")) is not None:
            outputs[name] = f"{prefix}20261102030405{rng.text('digits', 12, name)}"
        elif name in {"name", "identifier", "clusterIdentifier"}:
            outputs[name] = f"tf-20261102030405{rng.text('digits', 12, name)}"


def _helpers(kind: ResourceType, outputs: Mapping[str, Any], place: Place, rng: SeededRandom) -> dict[str, Any]:
    """Values that formats use and that are no properties."""
    engine = str(outputs.get("engine", "")).lower()
    port = next((port for name, port in _PORTS.items() if name in engine), 3306)
    if "postgres" in engine:
        port = 5432
    zone = str(outputs.get("availabilityZone", place.region + "a"))
    ip = rng.fill("{ip}", {})
    continent, where, number = [*place.region.split("-"), "", ""][:3]
    balancer = {"network": "net", "gateway": "gwy"}.get(str(outputs.get("loadBalancerType")), "app")
    helpers: dict[str, Any] = {
        "kind": kind.token.rsplit(":", 1)[-1].lower(),
        "account": place.account,
        "region": place.region,
        "partition": place.partition,
        "databasePort": outputs.get("port") if isinstance(outputs.get("port"), int) else port,
        "zoneId": outputs.get("zoneId") or f"{continent}{where[:1]}{where[5:6]}{number}-az{ord(zone[-1]) - 96}",
        "zonecode": f"{continent}{where[:1]}{where[5:6]}{number}",
        "ip": ip,
        "dashedIp": ip.replace(".", "-"),
        "loadBalancerPrefix": balancer,
        "clusterTail": str(outputs.get("cluster") or "default").rsplit("/", 1)[-1],
        "balancer": _tail(outputs, "loadBalancerArn", ":loadbalancer/") or rng.fill("app/{hex8}/{hex16}", {}),
        "listener": _tail(outputs, "listenerArn", ":listener/") or rng.fill("app/{hex8}/{hex16}/{hex16#l}", {}),
        "parameterName": str(outputs.get("name", "")).removeprefix("/"),
        "scheduleGroup": outputs.get("groupName") or "default",
        "oidcHost": str(outputs.get("url", "")).removeprefix("https://"),
        "wafScope": "global" if outputs.get("scope") == "CLOUDFRONT" else "regional",
        "version": outputs.get("version", "$LATEST"),
        "engineVersion": outputs.get("engineVersion") or _engine_version(engine),
    }
    if kind.token.split(":")[1].startswith("eks/"):
        helpers["certificate"] = base64.b64encode(_certificate(rng).encode()).decode()
    if kind.token.split(":")[1].startswith("iam/"):
        helpers["path"] = outputs.get("path", "/")
    return helpers


def _tail(outputs: Mapping[str, Any], name: str, kind: str) -> str:
    """What an ARN among the outputs says after the kind of its resource."""
    return str(outputs.get(name, "")).partition(kind)[2]


def _engine_version(engine: str) -> str:
    return next((version for name, version in _VERSIONS.items() if engine.startswith(name)), "1.0")


def _certificate(rng: SeededRandom) -> str:
    body = base64.b64encode(rng.text("lower", 720, "certificate").encode()).decode()
    lines = "\n".join(body[start : start + 64] for start in range(0, len(body), 64))
    return f"-----BEGIN CERTIFICATE-----\n{lines}\n-----END CERTIFICATE-----\n"


def _filled(form: Any, prop: Property | None, values: Mapping[str, Any], rng: SeededRandom) -> Any:
    if isinstance(form, str):
        text = rng.fill(form, values) if not form.startswith('{"') else form.replace("{account}", values["account"])
        return int(text) if prop and prop.kind == "integer" and text.isdigit() else text
    if isinstance(form, dict):
        return {key: _filled(item, None, values, rng) for key, item in form.items()}
    if isinstance(form, list):
        return [_filled(item, None, values, rng) for item in form]
    return form
