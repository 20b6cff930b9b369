"""Real keys and certificates for the TLS provider."""

from __future__ import annotations

import datetime as dt
import ipaddress
from collections.abc import Mapping
from typing import Any, Final

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from cryptography.x509.oid import NameOID

from offline.outputs.seeded_random import SeededRandom
from offline.providers.state_only import Maker
from offline.wire.values import Properties

Key = rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey | ed25519.Ed25519PrivateKey
_CURVES: Final = {"P224": ec.SECP224R1, "P256": ec.SECP256R1, "P384": ec.SECP384R1, "P521": ec.SECP521R1}
_SUBJECT: Final = {
    "commonName": NameOID.COMMON_NAME,
    "country": NameOID.COUNTRY_NAME,
    "locality": NameOID.LOCALITY_NAME,
    "organization": NameOID.ORGANIZATION_NAME,
    "organizationalUnit": NameOID.ORGANIZATIONAL_UNIT_NAME,
    "province": NameOID.STATE_OR_PROVINCE_NAME,
    "postalCode": NameOID.POSTAL_CODE,
    "serialNumber": NameOID.SERIAL_NUMBER,
}
_PEM: Final = serialization.Encoding.PEM


def _generate(inputs: Mapping[str, Any]) -> Key:
    match inputs["algorithm"]:
        case "RSA":
            return rsa.generate_private_key(65537, int(inputs.get("rsaBits") or 2048))
        case "ECDSA":
            return ec.generate_private_key(_CURVES[str(inputs.get("ecdsaCurve") or "P224")]())
        case _:
            return ed25519.Ed25519PrivateKey.generate()


def _public(key: Key) -> Properties:
    public = key.public_key()
    pem = public.public_bytes(_PEM, serialization.PublicFormat.SubjectPublicKeyInfo).decode()
    der = public.public_bytes(serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo)
    digest = hashes.Hash(hashes.SHA256())
    digest.update(der)
    try:
        ssh = public.public_bytes(serialization.Encoding.OpenSSH, serialization.PublicFormat.OpenSSH).decode() + "\n"
    except ValueError:  # OpenSSH knows no P224
        ssh = ""
    return {
        "publicKeyPem": pem,
        "publicKeyOpenssh": ssh,
        "publicKeyFingerprintSha256": f"SHA256:{digest.finalize().hex()}" if ssh else "",
        "publicKeyFingerprintMd5": "",
    }


def _private_key(inputs: Mapping[str, Any], rng: SeededRandom) -> tuple[str, Properties]:
    key = _generate(inputs)
    formats, plain = serialization.PrivateFormat, serialization.NoEncryption()
    traditional = formats.PKCS8 if isinstance(key, ed25519.Ed25519PrivateKey) else formats.TraditionalOpenSSL
    public = _public(key)
    openssh = key.private_bytes(_PEM, formats.OpenSSH, plain).decode() if public["publicKeyOpenssh"] else ""
    return rng.text("hex", 40, public["publicKeyPem"]), {
        "ecdsaCurve": "P224",
        "rsaBits": 2048,
        **inputs,
        "privateKeyPem": key.private_bytes(_PEM, traditional, plain).decode(),
        "privateKeyPemPkcs8": key.private_bytes(_PEM, formats.PKCS8, plain).decode(),
        "privateKeyOpenssh": openssh,
        **public,
    }


def _load(pem: str) -> Any:
    return serialization.load_pem_private_key(pem.encode(), password=None)


def _subject(inputs: Mapping[str, Any]) -> x509.Name:
    given: Mapping[str, Any] = inputs.get("subject") or {}
    return x509.Name([x509.NameAttribute(oid, str(given[name])) for name, oid in _SUBJECT.items() if given.get(name)])


def _names(inputs: Mapping[str, Any]) -> x509.SubjectAlternativeName | None:
    names: list[x509.GeneralName] = [x509.DNSName(name) for name in inputs.get("dnsNames") or ()]
    names += [x509.IPAddress(ipaddress.ip_address(address)) for address in inputs.get("ipAddresses") or ()]
    names += [x509.UniformResourceIdentifier(uri) for uri in inputs.get("uris") or ()]
    return x509.SubjectAlternativeName(names) if names else None


def _hash(key: Any) -> hashes.SHA256 | None:
    return None if isinstance(key, ed25519.Ed25519PrivateKey) else hashes.SHA256()


def _request(inputs: Mapping[str, Any], rng: SeededRandom) -> tuple[str, Properties]:
    key = _load(str(inputs["privateKeyPem"]))
    builder = x509.CertificateSigningRequestBuilder().subject_name(_subject(inputs))
    if (names := _names(inputs)) is not None:
        builder = builder.add_extension(names, critical=False)
    pem = builder.sign(key, _hash(key)).public_bytes(_PEM).decode()
    return rng.text("hex", 40, pem), {"certRequestPem": pem, "keyAlgorithm": _algorithm(key)}


def _algorithm(key: Any) -> str:
    if isinstance(key, rsa.RSAPrivateKey):
        return "RSA"
    return "ECDSA" if isinstance(key, ec.EllipticCurvePrivateKey) else "ED25519"


def _issue(
    inputs: Mapping[str, Any], public: Any, subject: x509.Name, issuer: tuple[x509.Name, Any], names: Any
) -> Properties:
    start = dt.datetime.now(dt.UTC).replace(microsecond=0)
    end = start + dt.timedelta(hours=int(inputs["validityPeriodHours"]))
    builder = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer[0])
        .public_key(public)
        .serial_number(x509.random_serial_number())
        .not_valid_before(start)
        .not_valid_after(end)
        .add_extension(x509.BasicConstraints(ca=bool(inputs.get("isCaCertificate")), path_length=None), critical=True)
    )
    if names is not None:
        builder = builder.add_extension(names, critical=False)
    return {
        "certPem": builder.sign(issuer[1], _hash(issuer[1])).public_bytes(_PEM).decode(),
        "validityStartTime": start.isoformat(),
        "validityEndTime": end.isoformat(),
        "readyForRenewal": False,
        "earlyRenewalHours": 0,
    }


def _self_signed(inputs: Mapping[str, Any], rng: SeededRandom) -> tuple[str, Properties]:
    key, subject = _load(str(inputs["privateKeyPem"])), _subject(inputs)
    made = _issue(inputs, key.public_key(), subject, (subject, key), _names(inputs))
    return rng.text("digits", 38, made["certPem"]), {**made, "keyAlgorithm": _algorithm(key)}


def _locally_signed(inputs: Mapping[str, Any], rng: SeededRandom) -> tuple[str, Properties]:
    request = x509.load_pem_x509_csr(str(inputs["certRequestPem"]).encode())
    authority = x509.load_pem_x509_certificate(str(inputs["caCertPem"]).encode())
    key = _load(str(inputs["caPrivateKeyPem"]))
    named = [item.value for item in request.extensions if isinstance(item.value, x509.SubjectAlternativeName)]
    made = _issue(inputs, request.public_key(), request.subject, (authority.subject, key), next(iter(named), None))
    return rng.text("digits", 38, made["certPem"]), {**made, "caKeyAlgorithm": _algorithm(key)}


MAKERS: Final[Mapping[str, Maker]] = {
    "tls:index/certRequest:CertRequest": _request,
    "tls:index/locallySignedCert:LocallySignedCert": _locally_signed,
    "tls:index/privateKey:PrivateKey": _private_key,
    "tls:index/selfSignedCert:SelfSignedCert": _self_signed,
}
"""How each type of the TLS package is made."""
