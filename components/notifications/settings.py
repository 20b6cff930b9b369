"""Settings of notifications: who gets mail and text messages, and what these may cost."""

from __future__ import annotations

from typing import Annotated

from pydantic import StringConstraints

from components.core.settings.field import About, setting, switch
from components.core.settings.section import Section
from components.observability.settings import Email

PHONE = r"^\+[1-9][0-9]{6,14}$"
SENDER = r"^([A-Za-z0-9]{0,10}[A-Za-z][A-Za-z0-9]{0,10})?$"
SMS_REGIONS = "https://docs.aws.amazon.com/sns/latest/dg/sms_publish-to-phone.html"
Phone = Annotated[str, StringConstraints(pattern=PHONE)]


class Notifications(Section):
    """A topic, and text messages to numbers that a program knows."""

    emails: tuple[Email, ...] = setting(
        (), "who gets mail of what is published; AWS asks each to confirm first", About(valid="e-mail addresses")
    )
    phones: tuple[Phone, ...] = setting(
        (),
        "who gets a text message of what is published, and of critical alarms",
        About(valid='numbers in E.164 form and in quotes, such as "+6281234567890"', source=SMS_REGIONS),
    )
    messages: bool = switch("programs may send text messages to numbers of their own users", on=False)
    monthly_usd: int = setting(
        1,
        "what text messages of the account may cost in a month, after which AWS sends none; more than 1 takes a quota",
        About(unit="USD", valid="1 to 10000"),
        ge=1,
        le=10_000,
    )
    sender: Annotated[str, StringConstraints(pattern=SENDER, max_length=11)] = setting(
        "",
        "whom text messages are from, in countries that have that; Indonesia wants it registered first",
        About(valid="up to 11 letters and digits, one a letter, or nothing"),
    )

    @property
    def has_messages(self) -> bool:
        """Whether any text message is sent."""
        return self.messages or bool(self.phones)
