"""Certificates: those that everybody trusts, by DNS; and one for a stack without names, that only its own API takes."""

from __future__ import annotations

from dataclasses import dataclass

import pulumi
import pulumi_tls as tls
from pulumi_aws import acm, route53

from components.core.alarms import Alarms
from components.core.context import Severity, StackContext

VALIDATION_TTL_SECONDS = 300
YEAR_HOURS, MONTH_HOURS = 8760, 720
DAY_SECONDS = 86_400
WARNING_DAYS, CRITICAL_DAYS = 30, 14
LONGEST_ALARM_NAME = 255


@dataclass(frozen=True, kw_only=True)
class CertificateArgs:
    """What a certificate needs.

    Attributes:
        context: of the stack.
        host: the one name it holds.
        zone_id: the Route 53 zone of the name.
        alarms: its expiry raises one; not of one in another Region, whose alarms could notify no topic of this one.
        region: where it lies; None for the stack's own Region, ``us-east-1`` for a distribution.
    """

    context: StackContext
    host: str
    zone_id: pulumi.Input[str]
    alarms: bool = False
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
        tags = args.context.environment.tags(component="ingress", data_class="internal")
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
        if args.alarms and args.region is None:
            expiry_alarms(name, args.context, args.host, certificate.arn, self)
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
        self,
        name: str,
        context: StackContext,
        host: str,
        opts: pulumi.ResourceOptions | None = None,
        *,
        alarms: bool = False,
    ) -> None:
        super().__init__("platform:ingress:PrivateCertificate", name, None, opts)
        environment, child = context.environment, pulumi.ResourceOptions(parent=self)
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
        if alarms:
            expiry_alarms(name, context, host, self.arn, self)
        self.register_outputs({"arn": self.arn})


def expiry_alarms(
    name: str, context: StackContext, host: str, arn: pulumi.Output[str], parent: pulumi.Resource
) -> None:
    """It is about to expire: ACM renews 60 days before (a private one, an update does in the last 30), so it can't.

    ACM reports once a day (https://docs.aws.amazon.com/acm/latest/userguide/cloudwatch-metrics.html).
    """
    tags = context.environment.tags(component="ingress", data_class="internal")
    made = Alarms(context=context, tags=tags, parent=parent, runbook="certificate")
    limits: dict[Severity, int] = {"warning": WARNING_DAYS, "critical": CRITICAL_DAYS}
    for severity, days in limits.items():
        made.add(
            f"{name}-expiry-{severity}",
            severity,
            name=context.environment.physical_name(f"{name}-expiry-{severity}", LONGEST_ALARM_NAME),
            description=f"The certificate of {host} expires in less than {days} days",
            namespace="AWS/CertificateManager",
            metric_name="DaysToExpiry",
            dimensions={"CertificateArn": arn},
            statistic="Minimum",
            period=DAY_SECONDS,
            evaluation_periods=1,
            comparison_operator="LessThanThreshold",
            threshold=days,
            treat_missing_data="ignore",
        )
