"""Settings of the record of what happened in the account."""

from __future__ import annotations

from typing import Literal, get_args

from components.core.settings.field import one_of, setting
from components.core.settings.section import Section

Recorder = Literal["stack", "account", "none"]


class Audit(Section):
    """The account's record of how its resources are set up."""

    configuration_recorder: Recorder = setting(
        "stack",
        "whose the recorder of AWS Config is, the only one of an account and Region: this stack's, somebody else's "
        "(such as a landing zone's), nobody's",
        one_of(get_args(Recorder)),
    )
