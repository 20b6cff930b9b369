"""Settings of the record of what happened in the account, and of what looks for intruders."""

from __future__ import annotations

from typing import Literal, get_args

from aws_facts.security_standards import STANDARDS, Standard
from components.core.settings.field import About, one_of, setting, switch
from components.core.settings.section import Section

Owner = Literal["stack", "account", "none"]
OWNERS = "this stack's, somebody else's (such as a landing zone's), nobody's"


class Audit(Section):
    """Services of which an account has one in a Region, and whose that is."""

    configuration_recorder: Owner = setting(
        "stack",
        f"whose the recorder of AWS Config is, the only one of an account and Region: {OWNERS}",
        one_of(get_args(Owner)),
    )
    conformance_pack: bool = switch(
        "AWS Config evaluates the rules that mirror the controls; AWS charges for each evaluation", on=True
    )
    security_hub: Owner = setting(
        "stack",
        f"whose Security Hub is, the only one of an account and Region: {OWNERS}",
        one_of(get_args(Owner)),
    )
    standards: tuple[Standard, ...] = setting(
        ("fsbp-1.0.0", "cis-3.0.0"), "what Security Hub checks the account against", one_of(tuple(STANDARDS))
    )
    inspector: Owner = setting(
        "stack",
        f"whose Amazon Inspector is, which an account turns on in a Region: {OWNERS}",
        one_of(get_args(Owner)),
    )
    guardduty: Owner = setting(
        "stack",
        f"whose the detector of GuardDuty is, the only one of an account and Region: {OWNERS}",
        one_of(get_args(Owner)),
    )
    access_analyzer: Owner = setting(
        "stack",
        f"whose IAM Access Analyzer's analyzer of external access is: {OWNERS}",
        one_of(get_args(Owner)),
    )
    unused_access_days: int | None = setting(
        None,
        "after which access that nobody used is reported; AWS charges for each role and user a month; without it, none",
        About(unit="days", valid="1 to 365"),
        ge=1,
        le=365,
    )
