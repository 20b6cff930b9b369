"""What is asked of AWS once for an account, and is no resource: roles of services, quotas, AWS Backup's choices.

Pulumi has types for all three, and each fails on an account that has some of it: a service-linked role that is there, a
quota with an open request (https://github.com/hashicorp/terraform-provider-aws/issues/19657) or one that is larger
already (https://github.com/hashicorp/terraform-provider-aws/issues/43541).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import NamedTuple

from botocore.exceptions import BotoCoreError, ClientError

from doctor.account import Account
from doctor.checks.quotas import OTHERS, quota_value
from doctor.checks.services import BACKED_UP
from doctor.needs import Need, needs
from doctor.refusals import code_of

OPEN = ("PENDING", "CASE_OPENED")
"""States of a request that AWS hasn't answered."""


class Answer(NamedTuple):
    """What became of one request."""

    what: str
    done: bool = True


def refused(what: str, error: BotoCoreError | ClientError) -> Answer:
    """What AWS didn't do, and its reason."""
    reason = code_of(error) if isinstance(error, ClientError) else type(error).__name__
    return Answer(f"{what}: {reason}: {error}", done=False)


def linked_roles(account: Account) -> Iterator[Answer]:
    """Each service has its role before the first resource that needs it."""
    roles = account.pages("iam", "list_roles", "Roles", PathPrefix="/aws-service-role/")
    there = {role["RoleName"] for role in roles}
    for role in account.linked_roles():
        if role.name in there:
            yield Answer(f"{role.name}: there")
            continue
        try:
            account.client("iam").create_service_linked_role(AWSServiceName=role.service)
        except ClientError as error:
            if "taken in this account" not in str(error):
                yield refused(role.name, error)
                continue
        yield Answer(f"{role.name}: made")


def quotas(account: Account) -> Iterator[Answer]:
    """Each quota that the stack would meet at its largest is asked for, once; of SMILE alone its settings say which."""
    if not hasattr(account.settings, "enabled_clusters"):
        return
    for need in needs(account.settings):
        try:
            yield enough(account, need)
        except ClientError as error:
            yield refused(f"quota of {need.quota.what}", error)


def enough(account: Account, need: Need) -> Answer:
    """Ask for a quota that the stack would meet."""
    used = OTHERS[need.quota](account) if need.quota in OTHERS else 0
    value = quota_value(account, need.quota)
    if value - used >= need.most:
        return Answer(f"quota of {need.quota.what}: {value}, enough")
    return raised(account, need, need.most + used)


def raised(account: Account, need: Need, wanted: int) -> Answer:
    """Ask for a quota, unless AWS hasn't answered the last request yet."""
    which = {"ServiceCode": need.quota.service, "QuotaCode": need.quota.code}
    history = account.pages(
        "service-quotas", "list_requested_service_quota_change_history_by_quota", "RequestedQuotas", **which
    )
    if pending := next((each for each in history if each["Status"] in OPEN), None):
        return Answer(f"quota of {need.quota.what}: {pending['DesiredValue']:g} asked for already, no answer yet")
    client = account.client("service-quotas")
    # A new account may have less than AWS's default; a request for less than that is refused (the issue above).
    wanted = max(wanted, int(client.get_aws_default_service_quota(**which)["Quota"]["Value"]))
    try:
        client.request_service_quota_increase(**which, DesiredValue=float(wanted))
    except ClientError as error:
        return Answer(f"quota of {need.quota.what}: {wanted} not asked for: {error}", done=False)
    return Answer(f"quota of {need.quota.what}: {wanted} asked for; AWS answers in minutes to days")


def backup(account: Account) -> Iterator[Answer]:
    """AWS Backup copies the kinds of resources that the plans name; others stay as they are."""
    plans = getattr(account.settings, "backup", None)
    if plans is None or not plans.enabled:
        return
    client = account.client("backup")
    choices = client.describe_region_settings()["ResourceTypeOptInPreference"]
    off = [kind for kind in BACKED_UP if not choices.get(kind)]
    if off:
        client.update_region_settings(ResourceTypeOptInPreference=dict.fromkeys(off, True))
    yield Answer(f"AWS Backup copies {', '.join(BACKED_UP)}" + (f": {', '.join(off)} turned on" if off else ""))


def surely(request: Callable[[Account], Iterator[Answer]]) -> Callable[[Account], Iterator[Answer]]:
    """The request; a refusal of what it begins with is its answer, and keeps no other request from being made."""

    def ask(account: Account) -> Iterator[Answer]:
        try:
            yield from request(account)
        except (BotoCoreError, ClientError) as error:
            yield refused(request.__name__.replace("_", " "), error)

    return ask


REQUESTS = tuple(surely(request) for request in (linked_roles, quotas, backup))
