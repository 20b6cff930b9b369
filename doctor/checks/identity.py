"""Whose credentials these are, and whether the account has the Region: the rest is asked only then."""

from __future__ import annotations

from collections.abc import Iterator

from doctor.account import Account
from doctor.refusals import SIGN_IN
from doctor.result import Check, Result

ENABLED = ("ENABLED", "ENABLED_BY_DEFAULT")


def identity(account: Account) -> Iterator[Result]:
    """The credentials are of the stack's account, which is a real one."""
    settings = f"smile:account in Pulumi.{account.stack}.yaml"
    yield Result(
        subject="stack's account",
        found=account.id,
        needed="the id of an account of your own; this one is an example of AWS's",
        fix=f"write it as {settings}",
    ).unless(not account.settings.account.is_example)
    caller = account.client("sts").get_caller_identity()
    yield Result(
        subject="credentials",
        found=f"{caller['Arn']}, of account {caller['Account']}",
        needed=f"credentials of account {account.id}, as {settings} says",
        fix=SIGN_IN,
    ).unless(caller["Account"] == account.id)


def region(account: Account) -> Iterator[Result]:
    """Jakarta is a Region that an account must ask for first."""
    status = account.client("account").get_region_opt_status(RegionName=account.region)["RegionOptStatus"]
    enable = f"aws account enable-region --region us-east-1 --region-name {account.region}"
    yield Result(
        subject=f"Region {account.region}",
        found=status.lower(),
        needed="enabled",
        fix="wait: it takes minutes to hours" if status == "ENABLING" else enable,
    ).unless(status in ENABLED)


CHECKS = (
    Check("identity", identity, ("sts:GetCallerIdentity",)),
    Check("region", region, ("account:GetRegionOptStatus",)),
)
"""In this order."""
