"""Mail: signed, bounced to the domain itself, sent by who may, and followed."""

import pytest

from components.mail.mail_identity import MailIdentity, MailIdentityArgs
from components.mail.settings import Mail, Template
from tests.recording import Recording, record

RECORD, ALARM = "route53/record:Record", "cloudwatch/metricAlarm:MetricAlarm"


class Answering(Recording):
    def new_resource(self, args):
        identity, state = super().new_resource(args)
        return identity, {"dkimSigningAttributes": {"tokens": ["one", "two", "three"]}} | state


@pytest.fixture(scope="session")
def mail(context):
    def program():
        settings = Mail(templates={"welcome": Template(subject="Welcome", text="Hello {{name}}")})
        args = MailIdentityArgs(context=context, settings=settings, domain="acme.example", zone_id="Z1")
        made = MailIdentity("smile-mail", args)
        return {"sender": made.sender, "grant": [each.as_dict() for each in made.grant_send()]}

    return record(program, Answering())


def test_mail_is_signed_with_keys_that_the_zone_has(mail):
    keys = {each["name"]: each["records"] for name, each in mail.of(RECORD).items() if "dkim" in name}
    assert keys["one._domainkey.acme.example"] == ["one.dkim.ap-southeast-3.amazonses.com"]
    assert len(keys) == 3


def test_bounces_come_to_the_domain_and_nobody_else_sends_for_it(mail):
    records = {(each["name"], each["type"]): each["records"] for each in mail.of(RECORD).values()}
    assert records["bounce.acme.example", "MX"] == ["10 feedback-smtp.ap-southeast-3.amazonses.com"]
    assert records["bounce.acme.example", "TXT"][0].endswith("-all")
    assert records["_dmarc.acme.example", "TXT"][0].startswith("v=DMARC1; p=quarantine")


def test_nobody_who_reads_a_mail_is_followed(mail):
    followed = mail.one("sesv2/configurationSetEventDestination:ConfigurationSetEventDestination")
    assert not {"OPEN", "CLICK"} & set(followed["eventDestination"]["matchingEventTypes"])


def test_who_may_send_sends_from_the_sender_alone(mail):
    (statement,) = mail.result["grant"]
    assert statement["Condition"] == {"StringEquals": {"ses:FromAddress": "no-reply@acme.example"}}
    assert "arn:aws:ses:ap-southeast-3:123456789012:template/smile-prod-welcome" in statement["Resource"]


def test_alarms_ring_before_ses_looks_at_the_account(mail):
    limits = {each["metricName"]: each["threshold"] for each in mail.of(ALARM).values()}
    assert limits == {"Reputation.BounceRate": 0.04, "Reputation.ComplaintRate": 0.0008}
