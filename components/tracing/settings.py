"""Settings of distributed tracing with AWS X-Ray."""

from __future__ import annotations

from typing import get_args

from components.audit.settings import OWNERS, Owner
from components.core.settings.field import About, one_of, setting, switch
from components.core.settings.section import Section

SAMPLING_RULES = "https://docs.aws.amazon.com/xray/latest/devguide/xray-console-sampling.html"
MOST_RESERVED = 1000


class Tracing(Section):
    """Which requests are traced, and what X-Ray does with the traces."""

    sampling_percent: int = setting(
        100,
        "share of the requests beyond the reservoir that are traced, of all that no other sampling rule of the account "
        "names",
        About(unit="%", valid="1 to 100", source=SAMPLING_RULES),
        ge=1,
        le=100,
    )
    reservoir: int = setting(
        1,
        "requests that are traced before the share counts, in all services together",
        About(unit="requests per second", valid=f"0 to {MOST_RESERVED}", source=SAMPLING_RULES),
        ge=0,
        le=MOST_RESERVED,
    )
    insights: bool = switch("X-Ray Insights finds services that fail more than usual, and says so", on=True)
    encryption: Owner = setting(
        "stack",
        f"whose the key of the traces is, one for an account and Region: {OWNERS}",
        one_of(get_args(Owner)),
    )
