"""Certificates: those that everybody trusts, by DNS; and one for a stack without names, that only its own API takes."""

from __future__ import annotations

from dataclasses import dataclass

import pulumi
import pulumi_tls as tls
from pulumi_aws import acm, route53

from components.core.environment import Environment

VALIDATION_TTL_SECONDS = 300
YEAR_HOURS, MONTH_HOURS = 8760, 720


@dataclass(frozen=True, kw_only=True)
class CertificateArgs:
    """What a certificate needs.

    Attributes:
        environment: whose it is.
        host: the one name it holds.
        zone_id: the Route 53 zone of the name.
        region: where it lies; None for the stack's own Region, ``us-east-1`` for a distribution.
    """

    environment: Environment
    host: str
    zone_id: pulumi.Input[str]
    region: str | None = None


class Certificate(pulumi.ComponentResource):
    """A public certificate, which ACM renews by itself as long as its record stands.

    Attributes:
        arn: known to be valid: whatever uses it waits for that.
    """

    arn: pulumi.Output[str]

    def __init__(self, name: str, args: CertificateArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("platform:ingress:Certificate", name, None, opts)
        child = pulumi.ResourceOptions(parent=self)
        tags = args.environment.tags(component="ingress", data_class="internal")
        certificate = acm.Certificate(
            name,
            domain_name=args.host,
            validation_method="DNS",
            key_algorithm="RSA_2048",
            options={"certificate_transparency_logging_preference": "ENABLED"},
            region=args.region,
            tags=tags(f"certificate-{args.host}"),
            opts=child,
        )
        proof = certificate.domain_validation_options[0]
        record = route53.Record(
            name,
            zone_id=args.zone_id,
            name=proof.resource_record_name,
            type=proof.resource_record_type.apply(str),
            records=[proof.resource_record_value],
            ttl=VALIDATION_TTL_SECONDS,
            opts=child,
        )
        self.arn = acm.CertificateValidation(
            name,
            certificate_arn=certificate.arn,
            validation_record_fqdns=[record.fqdn],
            region=args.region,
            opts=child,
        ).certificate_arn
        self.register_outputs({"arn": self.arn})


class PrivateCertificate(pulumi.ComponentResource):
    """A certificate that the stack makes for itself, for a name that nobody else uses (docs/adr/0014).

    Its key is in the state, encrypted as every secret there is. It is renewed by an update in its last month.

    Attributes:
        arn: in ACM.
    """

    arn: pulumi.Output[str]

    def __init__(
        self, name: str, environment: Environment, host: str, opts: pulumi.ResourceOptions | None = None
    ) -> None:
        super().__init__("platform:ingress:PrivateCertificate", name, None, opts)
        child = pulumi.ResourceOptions(parent=self)
        key = tls.PrivateKey(name, algorithm="RSA", rsa_bits=2048, opts=child)
        # API Gateway wants to see an authority, with key ids and these uses, even where it doesn't ask who vouches.
        certificate = tls.SelfSignedCert(
            name,
            private_key_pem=key.private_key_pem,
            subject={"common_name": host, "organization": environment.prefix},
            dns_names=[host],
            is_ca_certificate=True,
            set_authority_key_id=True,
            set_subject_key_id=True,
            allowed_uses=["digital_signature", "key_encipherment", "cert_signing", "crl_signing", "server_auth"],
            validity_period_hours=YEAR_HOURS,
            early_renewal_hours=MONTH_HOURS,
            opts=child,
        )
        self.arn = acm.Certificate(
            name,
            private_key=key.private_key_pem,
            certificate_body=certificate.cert_pem,
            tags=environment.tags(component="ingress", data_class="internal")("certificate-private"),
            opts=child,
        ).arn
        self.register_outputs({"arn": self.arn})
