"""A domain that mail is sent from by Amazon SES: signed, told from forgeries, and its delivery followed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pulumi
from pulumi_aws import route53, ses, sesv2

from components.core.alarms import Alarms
from components.core.context import StackContext
from components.core.iam import Statement
from components.mail.settings import Mail

DKIM_KEYS = 3
"""Records of Easy DKIM, of which SES uses one while it replaces another."""
TTL_SECONDS = 1800
COMPLAINED = 0.0008
"""Share of complaints that raises an alarm; SES reviews an account at 0.1 %, as it does at 5 % of bounces."""
FOLLOWED = ["SEND", "REJECT", "BOUNCE", "COMPLAINT", "DELIVERY", "DELIVERY_DELAY", "RENDERING_FAILURE"]
"""What becomes of a mail. Opens and clicks aren't among it: they would track the people who read it."""


@dataclass(frozen=True, kw_only=True)
class MailIdentityArgs:
    """What sending mail needs.

    Attributes:
        context: topics, names.
        settings: sender, templates, limits.
        domain: that mail comes from.
        zone_id: of the zone that the domain lies in.
    """

    context: StackContext
    settings: Mail
    domain: str
    zone_id: pulumi.Input[str]


class MailIdentity(pulumi.ComponentResource):
    """The domain in SES with DKIM, SPF and DMARC, a configuration set that every mail takes, and templates.

    Attributes:
        sender: address that mail comes from, such as ``no-reply@acme.example``.
        configuration_set: name of the configuration set.
        template_names: template -> its name in SES.
    """

    sender: str
    configuration_set: str
    template_names: dict[str, str]

    def __init__(self, name: str, args: MailIdentityArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("platform:mail:MailIdentity", name, None, opts)
        self.logical, self.args = name, args
        environment = args.context.environment
        self.prefix, self.region = environment.prefix, environment.region
        self.tags = environment.tags(component="mail", data_class="personal")
        self.child = pulumi.ResourceOptions(parent=self)
        self.sender = f"{args.settings.sender}@{args.domain}"
        self.configuration_set = self.prefix
        self.template_names = {each: f"{self.prefix}-{each}" for each in args.settings.templates}
        sending = self.configured()
        identity = sesv2.EmailIdentity(
            name,
            email_identity=args.domain,
            configuration_set_name=sending.configuration_set_name,
            tags=self.tags("domain"),
            opts=self.child,
        )
        self.signatures(identity)
        self.bounces(identity)
        self.record(
            "dmarc", f"_dmarc.{args.domain}", "TXT", f"v=DMARC1; p=quarantine; adkim=s; rua=mailto:dmarc@{args.domain}"
        )
        for each, template in args.settings.templates.items():
            ses.Template(
                f"{name}-{each}",
                name=self.template_names[each],
                subject=template.subject,
                text=template.text,
                opts=self.child,
            )
        if args.settings.alarms:
            self.watch()
        self.register_outputs({"sender": self.sender, "configurationSet": self.configuration_set})

    def configured(self) -> sesv2.ConfigurationSet:
        """How mail is sent, TLS only, and where SES says what became of it."""
        made = sesv2.ConfigurationSet(
            self.logical,
            configuration_set_name=self.configuration_set,
            delivery_options={"tls_policy": "REQUIRE"},
            reputation_options={"reputation_metrics_enabled": True},
            sending_options={"sending_enabled": True},
            suppression_options={"suppressed_reasons": ["BOUNCE", "COMPLAINT"]},
            tags=self.tags("configuration-set"),
            opts=self.child,
        )
        dimension: Any = {
            "dimension_name": "ConfigurationSet",
            "dimension_value_source": "MESSAGE_TAG",
            "default_dimension_value": self.configuration_set,
        }
        sesv2.ConfigurationSetEventDestination(
            self.logical,
            configuration_set_name=made.configuration_set_name,
            event_destination_name="metrics",
            event_destination={
                "enabled": True,
                "matching_event_types": FOLLOWED,
                "cloud_watch_destination": {"dimension_configurations": [dimension]},
            },
            opts=self.child,
        )
        return made

    def signatures(self, identity: sesv2.EmailIdentity) -> None:
        """DKIM with keys of 2,048 bits, SES's own: whoever gets a mail finds the one that signed it.

        Newer Regions have a domain of their own.

        https://docs.aws.amazon.com/general/latest/gr/ses.html#ses_dkim_domains
        """
        tokens = identity.dkim_signing_attributes.tokens
        for index in range(DKIM_KEYS):
            token = tokens.apply(lambda found, at=index: str(found[at]))
            self.record(
                f"dkim-{index + 1}",
                pulumi.Output.concat(token, "._domainkey.", self.args.domain),
                "CNAME",
                pulumi.Output.concat(token, f".dkim.{self.region}.amazonses.com"),
            )

    def bounces(self, identity: sesv2.EmailIdentity) -> None:
        """SPF: a domain of one's own for bounces, which only SES sends for."""
        host = f"{self.args.settings.bounce_host}.{self.args.domain}"
        sesv2.EmailIdentityMailFromAttributes(
            self.logical,
            email_identity=identity.email_identity,
            mail_from_domain=host,
            behavior_on_mx_failure="REJECT_MESSAGE",
            opts=self.child,
        )
        self.record("bounces", host, "MX", f"10 feedback-smtp.{self.region}.amazonses.com")
        self.record("spf", host, "TXT", "v=spf1 include:amazonses.com -all")

    def record(self, role: str, host: pulumi.Input[str], kind: str, value: pulumi.Input[str]) -> None:
        """One record of the zone."""
        route53.Record(
            f"{self.logical}-{role}",
            zone_id=self.args.zone_id,
            name=host,
            type=kind,
            ttl=TTL_SECONDS,
            records=[value],
            opts=self.child,
        )

    def watch(self) -> None:
        """Before SES looks at the account.

        https://docs.aws.amazon.com/ses/latest/dg/reputationdashboard-cloudwatch-alarm.html
        """
        made = Alarms(context=self.args.context, tags=self.tags, parent=self, runbook="mail")
        for role, kind, above in (
            ("bounces", "BounceRate", self.args.settings.bounced_percent / 100),
            ("complaints", "ComplaintRate", COMPLAINED),
        ):
            made.add(
                f"{self.logical}-{role}",
                "critical",
                name=f"{self.prefix}-mail-{role}",
                description=f"Mail: the share of {role} is near what SES stops an account at",
                namespace="AWS/SES",
                metric_name=f"Reputation.{kind}",
                statistic="Average",
                period=3600,
                evaluation_periods=1,
                threshold=above,
                treat_missing_data="ignore",
            )

    def grant_send(self) -> list[Statement]:
        """What a role needs to send mail from this sender, and from no other."""
        environment = self.args.context.environment
        names = (
            f"identity/{self.args.domain}",
            f"configuration-set/{self.configuration_set}",
            *(f"template/{name}" for name in self.template_names.values()),
        )
        return [
            Statement(
                sid="SendMail",
                actions=["ses:SendEmail", "ses:SendTemplatedEmail"],
                resources=[environment.arn("ses", name) for name in names],
                conditions={"StringEquals": {"ses:FromAddress": self.sender}},
            )
        ]
