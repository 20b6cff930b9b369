"""What an account has once, for all its stacks: roles of services, AWS Config, AWS Backup, GitHub's identity."""

from __future__ import annotations

from collections.abc import Iterator

from botocore.exceptions import ClientError

from components.delivery.deployment_roles import ISSUER
from doctor.account import Account
from doctor.refusals import code_of
from doctor.result import Check, Result, fine, missing

BACKED_UP = ("EFS", "RDS", "S3")
"""What the plans of components/backup copy, as AWS Backup names it."""


def linked_roles(account: Account) -> Iterator[Result]:
    """The roles that services keep for themselves are there before the first resource that needs one."""
    wanted = [role.name for role in account.linked_roles()]
    there = {role["RoleName"] for role in account.pages("iam", "list_roles", "Roles", PathPrefix="/aws-service-role/")}
    lacking = missing(wanted, there)
    yield Result(
        subject="service-linked roles",
        found=f"{lacking} not there" if lacking else f"all {len(wanted)} there",
        needed="made before the first resource that needs one, or that one may be refused",
        fix=account.bootstrap,
        verdict="warning",
    ).unless(not lacking)


def recorder(account: Account) -> Iterator[Result]:
    """AWS Config's recorder, of which an account has one in a Region, is whose the settings say."""
    whose, own = account.settings.audit.configuration_recorder, account.environment.prefix
    if whose == "none":
        yield fine("AWS Config", "not needed: smile:audit.configuration_recorder is none")
        return
    recorders = account.client("config").describe_configuration_recorder_status()["ConfigurationRecordersStatus"]
    others = [each["name"] for each in recorders if each["name"] != own]
    records = any(each.get("recording") for each in recorders)
    found = ", ".join(f"{each['name']} is {'on' if each.get('recording') else 'off'}" for each in recorders)
    if whose == "stack" and others:
        yield Result(
            subject="AWS Config",
            found=found,
            needed="no recorder but this stack's, of which an account has one in a Region",
            fix="smile:audit: {configuration_recorder: account}, as where a landing zone has it",
        )
    elif whose == "stack" and not recorders:
        yield fine("AWS Config", "no recorder yet: this stack makes it")
    else:
        made = "the next update turns it on" if whose == "stack" else "whoever has it, such as a landing zone"
        yield Result(
            subject="AWS Config",
            found=found or "no recorder",
            needed="one that is on: AWS Backup's audit framework evaluates nothing without it",
            fix=f"{made}; or smile:audit: {{configuration_recorder: stack}}" if whose == "account" else made,
            verdict="warning",
        ).unless(records)


def backup(account: Account) -> Iterator[Result]:
    """AWS Backup copies the kinds of resources that the plans name."""
    if not account.settings.backup.enabled:
        return
    choices = account.client("backup").describe_region_settings()["ResourceTypeOptInPreference"]
    off = [kind for kind in BACKED_UP if not choices.get(kind)]
    turn_on = ",".join(f"{kind}=true" for kind in off)
    yield Result(
        subject="AWS Backup",
        found=f"doesn't copy {', '.join(off)}" if off else f"copies {', '.join(BACKED_UP)}",
        needed=f"on for {', '.join(BACKED_UP)}: plans leave out in silence what is off",
        fix=f"{account.bootstrap}, or aws backup update-region-settings --resource-type-opt-in-preference {turn_on}",
        verdict="warning",
    ).unless(not off)


def identity_provider(account: Account) -> Iterator[Result]:
    """GitHub's identity provider is there exactly where the settings say so; an account has one."""
    settings = account.settings.deployment
    if not settings.enabled:
        return
    arn = account.environment.iam_arn(f"oidc-provider/{ISSUER}")
    try:
        tags = account.client("iam").get_open_id_connect_provider(OpenIDConnectProviderArn=arn).get("Tags", [])
    except ClientError as error:
        if code_of(error) != "NoSuchEntity":
            raise
        there, own = False, False
    else:
        there, own = True, account.owns(tags)
    wants_existing = settings.provider == "existing"
    yield Result(
        subject=f"identity provider {ISSUER}",
        found="this stack's" if own else "there" if there else "not there",
        needed="one that exists, as smile:deployment.provider says" if wants_existing else "none, since this makes it",
        fix=account.bootstrap if wants_existing else "smile:deployment: {provider: existing}",
    ).unless(own or there == wants_existing)


CHECKS = (
    Check("service-linked roles", linked_roles, ("iam:ListRoles",)),
    Check(
        "AWS Config", recorder, ("config:DescribeConfigurationRecorderStatus",), reads=("audit.configuration_recorder",)
    ),
    Check("AWS Backup", backup, ("backup:DescribeRegionSettings",), reads=("backup.enabled",)),
    Check("identity provider", identity_provider, ("iam:GetOpenIDConnectProvider",), reads=("deployment.repository",)),
)
