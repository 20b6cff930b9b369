"""Kubernetes volumes, and credentials in objects."""

from __future__ import annotations

import re
from collections.abc import Iterator

from guardrails.model.control import Context, Findings, Severity, Violation, control
from guardrails.model.logic import each
from guardrails.model.references import at_rest, in_transit, secrets
from guardrails.model.resource import Resource, values_at
from guardrails.model.values import UNKNOWN, UndeterminedError, extend_path, leaves, property_name
from guardrails.services.kubernetes import HELM_RELEASE, WITH_PODS, Object, containers, objects, pod_spec, types_of
from guardrails.shapes.credentials import decoded, holds_credential, is_credential, unknown_credential
from guardrails.shapes.properties import customer_key

_EBS = frozenset({"ebs.csi.aws.com", "ebs.csi.eks.amazonaws.com", "kubernetes.io/aws-ebs"})
_EFS = "efs.csi.aws.com"
_FILE_SYSTEM = re.compile(r"fs-[0-9a-f]+\.efs\..+|fs-[0-9a-f]+")


@control(
    id="ENC-KUBERNETES-001",
    title="Persistent volumes are encrypted with a customer managed key",
    why="Data on a disk or a snapshot must be useless to whoever gets hold of it.",
    fix='Set parameters.encrypted to "true" and parameters.kmsKeyId to the ARN of an aws:kms/key:Key.',
    severity=Severity.HIGH,
    types=types_of("StorageClass"),
    references=at_rest(),
)
def storage_class_encrypts(resource: Resource, context: Context) -> Findings:
    def judge(storage: Object) -> Findings:
        if str(storage.get("provisioner")) not in _EBS:
            return
        path = "parameters.encrypted"
        if storage.raw(path) is UNKNOWN:
            yield UndeterminedError(storage.at(path))
        elif str(storage.get(path)).lower() != "true":
            yield Violation("volumes are not encrypted", storage.at(path))
        yield from customer_key(resource, storage.at("parameters.kmsKeyId"), context)

    yield from each(objects(resource, ("StorageClass",)), judge)


@control(
    id="ENC-KUBERNETES-002",
    title="EFS volumes of pods are mounted with TLS",
    why="What travels without TLS can be read and changed on the way.",
    fix="Use the driver efs.csi.aws.com, and leave out encryptInTransit and the mount option notls.",
    severity=Severity.HIGH,
    types=types_of("StorageClass", "PersistentVolume", *WITH_PODS),
    references=in_transit(),
)
def files_are_mounted_with_tls(resource: Resource, _: Context) -> Findings:
    """The driver uses TLS unless it is told otherwise; plain NFS to EFS never does."""

    def judge(volume: Object) -> Findings:
        if volume.kind in WITH_PODS:
            yield from each(volume.items(f"{pod_spec(volume)}.volumes"), lambda path: _plain_nfs(volume, path))
        elif volume.kind == "StorageClass":
            if volume.get("provisioner") == _EFS:
                yield from _options(volume, "mountOptions")
        elif volume.get("spec.csi.driver") == _EFS:
            path = "spec.csi.volumeAttributes.encryptInTransit"
            if str(volume.get(path, "true")).lower() == "false":
                yield Violation("encryption in transit is off", volume.at(path))
            yield from _options(volume, "spec.mountOptions")
        else:
            yield from _plain_nfs(volume, "spec")

    yield from each(objects(resource, ("StorageClass", "PersistentVolume", *WITH_PODS)), judge)


def _plain_nfs(holder: Object, path: str) -> Findings:
    where = f"{path}.nfs.server"
    if _FILE_SYSTEM.fullmatch(str(holder.get(where, ""))):
        yield Violation("EFS is mounted as plain NFS", holder.at(where))


def _options(volume: Object, path: str) -> Findings:
    if "notls" in values_at(volume.resource, volume.at(path)):
        yield Violation("notls turns encryption in transit off", volume.at(path))
    volume.resource.known(volume.at(path))


_PLAIN = "it is a credential in plain text"
_PUBLIC = re.compile(
    r"(?i).*(?:\.(?:crt|cert|cer|pub)|user(?:name)?|host(?:name)?|endpoint|port|region|database|dbname|namespace|arn|id)"
)
"""The keys of a secret that hold nothing secret, by how they end."""


@control(
    id="ENC-KUBERNETES-003",
    title="Kubernetes objects hold no credentials in plain text",
    why="Config maps, pods and the state of the stack are read by many; what a program holds, by all of them.",
    fix="Sync the value from Secrets Manager (Secrets Store CSI driver, External Secrets), or wrap it in "
    "pulumi.Output.secret and put it into a Secret.",
    severity=Severity.HIGH,
    types=(*types_of("Secret", "ConfigMap", *WITH_PODS), HELM_RELEASE),
    references=secrets(),
)
def objects_hold_no_credentials(resource: Resource, _: Context) -> Findings:
    """In a Secret, every value counts unless its key says that it is none; a Pulumi secret may be in a Secret only.

    Of a Helm release, values that a chart's README would call a password.
    """
    if resource.type == HELM_RELEASE:
        yield from _in_values(resource)

    def judge(holder: Object) -> Findings:
        if holder.kind == "Secret":
            yield from _in_secret(holder)
        elif holder.kind == "ConfigMap":
            yield from _in_config_map(holder)
        else:
            yield from _in_pods(holder)

    yield from each(objects(resource, ("Secret", "ConfigMap", *WITH_PODS)), judge)


def _entries(holder: Object, path: str) -> Iterator[tuple[str, str, object]]:
    values = holder.get(path)
    for key, value in values.items() if isinstance(values, dict) else ():
        yield str(key), extend_path(holder.at(path), str(key)), value


def _in_secret(secret: Object) -> Findings:
    for field in ("stringData", "data"):
        for key, path, value in _entries(secret, field):
            if secret.resource.is_secret(path) or _PUBLIC.fullmatch(key):
                continue
            if value is UNKNOWN:
                yield from unknown_credential(secret.resource, path, f"{key}-secret", _PLAIN)
            elif isinstance(value, str) and value and is_credential(f"{key}-secret", _text(value, field)):
                yield Violation(_PLAIN, path)


def _text(value: str, field: str) -> str:
    return decoded(value) if field == "data" else value


def _in_config_map(config: Object) -> Findings:
    for key, path, value in _entries(config, "data"):
        if value is UNKNOWN:
            yield from unknown_credential(config.resource, path, key, _PLAIN)
        elif isinstance(value, str) and (is_credential(key, value) or ("\n" in value and holds_credential(value))):
            yield Violation(_PLAIN, path)


_NAMES_SOMETHING = re.compile(r"(?i)(?:existing|pull|tls|image|name|key|from)\w*secrets?$|secret(?:s|key)?$")
"""Names in the values of charts of what holds the secret: ``existingSecret``, ``secretKey``, ``imagePullSecrets``."""


def _in_values(release: Resource) -> Findings:
    for path, value in leaves(release.raw("values"), "values"):
        name = property_name(path)
        if not isinstance(value, str) or release.is_secret(path) or _NAMES_SOMETHING.search(name):
            continue
        if is_credential(name, value):
            yield Violation(_PLAIN, path)


def _in_pods(holder: Object) -> Findings:
    for container in containers(holder):
        for name in ("command", "args"):
            for word in holder.items(f"{container}.{name}"):
                text = holder.raw(word)
                if isinstance(text, str) and holds_credential(text):
                    yield Violation(_PLAIN, holder.at(word))
        for variable in holder.items(f"{container}.env"):
            name, path = str(holder.get(f"{variable}.name", "")), f"{variable}.value"
            if holder.raw(path) is UNKNOWN:
                yield from unknown_credential(holder.resource, holder.at(path), name, _PLAIN)
            elif is_credential(name, str(holder.get(path, ""))):
                yield Violation(_PLAIN, holder.at(path))
