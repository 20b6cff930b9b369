"""Quotas of the account, compared with what the stack's own settings take of them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

from botocore.exceptions import ClientError

from doctor.account import Account
from doctor.needs import ADDRESSES, CONCURRENCY, VPCS, Need, Quota, needs
from doctor.refusals import code_of
from doctor.result import Check, Result


def of_stack(account: Account) -> Iterator[Result]:
    """Quotas that only this stack takes of, and vCPUs: what else runs comes and goes, and isn't counted."""
    for need in needs(account.settings):
        if need.quota not in OTHERS:
            yield judged(need, quota_value(account, need.quota), 0, account)


def of_account(quota: Quota) -> Callable[[Account], Iterator[Result]]:
    """The check of a quota that the account's other resources take of as well."""

    def look(account: Account) -> Iterator[Result]:
        for need in needs(account.settings):
            if need.quota == quota:
                yield judged(need, quota_value(account, quota), OTHERS[quota](account), account)

    return look


def judged(need: Need, value: int, used: int, account: Account) -> Result:
    """What a quota's value means for the stack: too small for its least blocks, for its most is a warning."""
    quota, ask = need.quota, need.most + used
    found = f"{value}" + (f", {used} of it taken by others" if used else "")
    grows = f", {need.most} at its largest" if need.most > need.least else ""
    return Result(
        subject=quota.what,
        found=found,
        needed=f"{need.least}{grows}",
        fix=f"{account.bootstrap}, which asks AWS for {ask} ({quota.service} {quota.code})",
        verdict="blocks" if value - used < need.least else "warning",
    ).unless(value - used >= need.most)


def quota_value(account: Account, quota: Quota) -> int:
    """What the account has; AWS's default where it never asked for another."""
    client, which = account.client("service-quotas"), {"ServiceCode": quota.service, "QuotaCode": quota.code}
    try:
        answer = client.get_service_quota(**which)
    except ClientError as error:
        if code_of(error) != "NoSuchResourceException":
            raise
        answer = client.get_aws_default_service_quota(**which)
    return int(answer["Quota"]["Value"])


def others_addresses(account: Account) -> int:
    """Elastic IP addresses that aren't this stack's."""
    addresses = account.client("ec2").describe_addresses()["Addresses"]
    return sum(not account.owns(each.get("Tags", [])) for each in addresses)


def others_vpcs(account: Account) -> int:
    """VPCs that aren't this stack's; a new account has a default one."""
    return sum(not account.owns(each.get("Tags", [])) for each in account.pages("ec2", "describe_vpcs", "Vpcs"))


def others_concurrency(account: Account) -> int:
    """Executions that other functions reserve."""
    reserved = 0
    project = account.environment.prefix
    client = account.client("lambda")
    for function in account.pages("lambda", "list_functions", "Functions"):
        name = function["FunctionName"]
        if not name.startswith(f"{project}-"):
            reserved += client.get_function_concurrency(FunctionName=name).get("ReservedConcurrentExecutions", 0)
    return reserved


OTHERS: Mapping[Quota, Callable[[Account], int]] = {
    ADDRESSES: others_addresses,
    VPCS: others_vpcs,
    CONCURRENCY: others_concurrency,
}
"""Quota of the whole account -> what others take of it."""

ASK = ("servicequotas:GetServiceQuota", "servicequotas:GetAWSDefaultServiceQuota")
OF_SMILE = ("enabled_clusters",)
"""What a stack takes of quotas is computed from settings that SMILE alone has (doctor/needs.py)."""
CHECKS = (
    Check("quotas", of_stack, ASK, reads=OF_SMILE),
    Check("Elastic IP addresses", of_account(ADDRESSES), (*ASK, "ec2:DescribeAddresses"), reads=OF_SMILE),
    Check("VPCs", of_account(VPCS), (*ASK, "ec2:DescribeVpcs"), reads=OF_SMILE),
    Check(
        "Lambda concurrency",
        of_account(CONCURRENCY),
        (*ASK, "lambda:ListFunctions", "lambda:GetFunctionConcurrency"),
        reads=OF_SMILE,
    ),
)
