"""Settings of mail: the domain that it comes from, its templates, and when bounces raise an alarm."""

from __future__ import annotations

from typing import Annotated

from pydantic import StringConstraints

from components.core.settings.field import About, setting, switch
from components.core.settings.section import Section

TemplateName = Annotated[str, StringConstraints(max_length=40, pattern=r"^[a-z][a-z0-9]*(-[a-z0-9]+)*$")]
REPUTATION = "https://docs.aws.amazon.com/ses/latest/dg/reputationdashboard-cloudwatch-alarm.html"


class Template(Section):
    """A mail, with {{variables}} that whoever sends it fills in."""

    subject: str = setting(..., "its subject", About(valid="1 to 200 characters", example="Welcome"), min_length=1)
    text: str = setting(..., "its body, as text", About(valid="1 or more characters", example="Hello"), min_length=1)


class Mail(Section):
    """Transactional mail by Amazon SES."""

    sender: str = setting(
        "no-reply",
        "who it comes from, before the @ of the domain",
        About(valid="lower-case letters, digits, '-' and '.'"),
        pattern=r"^[a-z0-9]+([.-][a-z0-9]+)*$",
        max_length=40,
    )
    bounce_host: str = setting(
        "bounce",
        "label of the domain that bounces come back to (MAIL FROM)",
        About(valid="a DNS label"),
        pattern=r"^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$",
    )
    templates: dict[TemplateName, Template] = setting(
        {}, "name -> template", About(valid="names of up to 40 lower-case letters, digits and '-'")
    )
    bounced_percent: int = setting(
        4,
        "share of bounces that raises an alarm; SES reviews an account at 5 %, and may stop it at 10 %",
        About(unit="%", valid="1 to 9", source=REPUTATION),
        ge=1,
        le=9,
    )
    alarms: bool = switch("bounces and complaints raise alarms", on=True)
