"""Settings of the record of what happened in the account, and of what looks for intruders."""

from __future__ import annotations

from typing import Literal, get_args

from components.core.settings.field import one_of, setting
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
