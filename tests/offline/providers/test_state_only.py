"""Random values, keys and Kubernetes objects."""

import asyncio
from pathlib import Path
from typing import Any, cast

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import serialization
from pulumi.runtime.proto import provider_pb2

from offline.cloud.store import Cloud
from offline.provider import OfflineError, Provider, Target
from offline.providers.kubernetes import Kubernetes
from offline.providers.state_only import StateOnly, random_makers
from offline.providers.tls import MAKERS
from offline.server.servicer import Servicer
from offline.wire.values import decode, encode, secret


def target(token: str, name: str = "it", **config: Any) -> Target:
    return Target(urn=f"urn:pulumi:dev::test::{token}::{name}", config=config, seed=b"seed")


def draw(provider: Provider, kind: str, name: str = "it", /, **inputs: Any) -> tuple[str, dict[str, Any]]:
    token = f"{provider.name}:index/{kind[0].lower()}{kind[1:]}:{kind}"
    checked, failures = provider.check(target(token, name), {}, inputs)
    assert not failures
    return provider.create(target(token, name), checked, preview=False)


@pytest.fixture
def random() -> StateOnly:
    return StateOnly("random", "4", random_makers)


def test_a_password_has_the_length_and_the_classes_that_were_asked_for(random: StateOnly) -> None:
    _, made = draw(random, "RandomPassword", length=20, special=False, upper=False, minNumeric=12)
    text = made["result"]
    assert len(text) == 20
    assert text.isalnum()
    assert text == text.lower()
    assert sum(char.isdigit() for char in text) >= 12


def test_a_draw_depends_on_the_resource_and_is_repeatable(random: StateOnly) -> None:
    first, again = (draw(random, "RandomString", "a", length=16) for _ in range(2))
    assert first == again
    assert draw(random, "RandomString", "b", length=16)[1]["result"] != first[1]["result"]


def test_an_id_reads_the_same_in_each_notation(random: StateOnly) -> None:
    id_, made = draw(random, "RandomId", byteLength=8, prefix="x-")
    assert len(made["hex"]) == 2 + 16
    assert int(made["hex"].removeprefix("x-"), base=16) == int(made["dec"].removeprefix("x-"))
    assert made["b64Url"] == f"x-{id_}"


def test_an_integer_lies_in_its_range_and_an_impossible_one_is_refused(random: StateOnly) -> None:
    assert 5 <= draw(random, "RandomInteger", min=5, max=7)[1]["result"] <= 7
    with pytest.raises(OfflineError, match="greater than max"):
        draw(random, "RandomInteger", min=9, max=7)


@pytest.mark.parametrize("algorithm", ["RSA", "ECDSA", "ED25519"])
def test_a_certificate_is_signed_by_its_authority(algorithm: str) -> None:
    tls = StateOnly("tls", "5", lambda: MAKERS)
    key = draw(tls, "PrivateKey", algorithm=algorithm, ecdsaCurve="P256")[1]["privateKeyPem"]
    common: dict[str, Any] = {"allowedUses": ["server_auth"], "validityPeriodHours": 24}
    authority = draw(
        tls, "SelfSignedCert", privateKeyPem=key, subject={"commonName": "ca"}, isCaCertificate=True, **common
    )[1]["certPem"]
    request = draw(tls, "CertRequest", privateKeyPem=key, subject={"commonName": "www"}, dnsNames=["smile.example"])[1][
        "certRequestPem"
    ]
    signed = draw(tls, "LocallySignedCert", certRequestPem=request, caCertPem=authority, caPrivateKeyPem=key, **common)[
        1
    ]["certPem"]
    certificate = x509.load_pem_x509_certificate(signed.encode())
    certificate.verify_directly_issued_by(x509.load_pem_x509_certificate(authority.encode()))
    names = certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    assert names.get_values_for_type(x509.DNSName) == ["smile.example"]


def test_a_kubernetes_object_is_named_and_placed(tmp_path: Path) -> None:
    cloud = Cloud(tmp_path / "cloud.db")
    kubernetes = Kubernetes(cloud, "4")
    config_map = "kubernetes:core/v1:ConfigMap"
    inputs, failures = kubernetes.check(target(config_map, "settings"), {}, {"data": {"a": "b"}})
    assert not failures
    id_, made = kubernetes.create(target(config_map, "settings"), inputs, preview=False)
    assert id_ == f"default/{made['metadata']['name']}"
    assert made["metadata"]["name"].startswith("settings-")
    assert made["metadata"]["uid"]
    kept, _ = kubernetes.check(target(config_map, "settings"), inputs, {"data": {"a": "c"}})
    assert kept["metadata"]["name"] == inputs["metadata"]["name"]
    with pytest.raises(OfflineError, match="already exists"):
        kubernetes.create(target(config_map, "twin"), inputs, preview=False)
    elsewhere = target(config_map, "settings", kubeconfig="another cluster")
    assert kubernetes.create(elsewhere, inputs, preview=False)[0] == id_
    kubernetes.delete(target(config_map, "settings"), id_)
    assert kubernetes.read(target(config_map, "settings"), id_, ({}, {})) is None
    cloud.close()


def test_the_namespaces_that_every_cluster_has_can_be_read(tmp_path: Path) -> None:
    cloud = Cloud(tmp_path / "cloud.db")
    kubernetes, namespace = Kubernetes(cloud, "4"), "kubernetes:core/v1:Namespace"
    found = kubernetes.read(target(namespace, "system"), "kube-system", ({}, {}))
    assert found is not None
    assert (found[0], found[2]["metadata"]["name"]) == ("kube-system", "kube-system")
    assert kubernetes.read(target(namespace, "own"), "own", ({}, {})) is None
    cloud.close()


class Peer:
    """The engine's end of a call."""

    def peer(self) -> str:
        return "engine"


def test_a_certificate_is_made_of_a_key_that_the_engine_sends_as_a_secret() -> None:
    tls = StateOnly("tls", "5", lambda: MAKERS)
    key = draw(tls, "PrivateKey", algorithm="RSA")[1]["privateKeyPem"]
    inputs = {"privateKeyPem": secret(key), "allowedUses": ["server_auth"], "validityPeriodHours": 24}
    urn = "urn:pulumi:dev::test::tls:index/selfSignedCert:SelfSignedCert::it"
    request = provider_pb2.CreateRequest(urn=urn, properties=encode(inputs))
    made = decode(asyncio.run(Servicer(tls).Create(request, cast("Any", Peer()))).properties)
    certificate = x509.load_pem_x509_certificate(made["certPem"].encode())
    held = serialization.load_pem_private_key(key.encode(), password=None)
    assert certificate.public_key() == held.public_key()
