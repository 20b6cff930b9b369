"""Services that look for intruders and weaknesses, of which an account has one in a Region: whose each is."""

from __future__ import annotations

from collections.abc import Iterator

from botocore.exceptions import ClientError

from doctor.account import Account
from doctor.refusals import code_of
from doctor.result import Check, Result, fine


def detector(account: Account) -> Iterator[Result]:
    """GuardDuty's detector is whose the settings say: it carries its owner's tags."""
    client = account.client("guardduty")
    tags = [client.get_detector(DetectorId=each).get("Tags", {}) for each in client.list_detectors()["DetectorIds"]]
    own = [account.owns([{"Key": key, "Value": value} for key, value in each.items()]) for each in tags]
    yield whose(account, "guardduty", "GuardDuty", there=bool(own), own=any(own))


def hub(account: Account) -> Iterator[Result]:
    """Security Hub is on, where the settings say that somebody has it."""
    try:
        account.client("securityhub").describe_hub()
    except ClientError as error:
        if code_of(error) != "InvalidAccessException":  # the account is not subscribed
            raise
        there = False
    else:
        there = True
    yield whose(account, "security_hub", "Security Hub", there=there)


def inspector(account: Account) -> Iterator[Result]:
    """Inspector is on, where the settings say that somebody has it."""
    (status,) = account.client("inspector2").batch_get_account_status()["accounts"]
    yield whose(account, "inspector", "Inspector", there=status["state"]["status"] in {"ENABLED", "ENABLING"})


def whose(account: Account, name: str, subject: str, *, there: bool, own: bool | None = None) -> Result:
    """What the settings say of the owner, against what is there; without tags, whose it is can't be told."""
    owner = getattr(account.settings.audit, name)
    if owner == "stack" and there and own is False:
        return Result(
            subject=subject,
            found="on, and not this stack's",
            needed="none but this stack's, of which an account has one in a Region",
            fix=f"smile:audit: {{{name}: account}}, as where a landing zone has it",
        )
    if owner == "account" and not there:
        return Result(
            subject=subject,
            found="off",
            needed=f"on: smile:audit.{name} is account",
            fix=f"whoever has it, such as a landing zone; or smile:audit: {{{name}: stack}}",
            verdict="warning",
        )
    return fine(subject, f"{'on' if there else 'off'}, and smile:audit.{name} is {owner}")


CHECKS = (
    Check(
        "GuardDuty",
        detector,
        ("guardduty:GetDetector", "guardduty:ListDetectors"),
        reads=("audit.configuration_recorder",),
    ),
    Check("Security Hub", hub, ("securityhub:DescribeHub",), reads=("audit.configuration_recorder",)),
    Check("Inspector", inspector, ("inspector2:BatchGetAccountStatus",), reads=("audit.configuration_recorder",)),
)
