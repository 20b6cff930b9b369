"""The account of a stack of SMILE, before the stack: the bucket and key of Pulumi's state, GitHub's identity.

``smile bootstrap --stack prod`` runs it (docs/runbooks/first-deployment.md). Settings are those of the stack itself.
What the account had before, and isn't this program's, is named in its ``existing`` and left as it is.
"""

import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path.append(str(ROOT))

import pulumi
from pulumi_aws import iam, kms

from components.core.context import StackContext
from components.core.environment import Environment
from components.core.iam import document
from components.core.protection import Protection
from components.core.provider import aws_provider
from components.core.settings.problems import SettingsError
from components.delivery.deployment_roles import AUDIENCE, ISSUER
from components.encryption.key_policy import USE, KeyUse, allow, statements
from components.storage.bucket import Bucket, BucketArgs, Lifecycle
from components.storage.bucket_policy import bucket_arn, takes_bucket_requests
from settings import load_from_files
from settings.deployment import STATE_BUCKET, STATE_KEY, STATE_LOG_BUCKET
from settings.stack import PROJECT, Settings

NAME = "smile-state"
VERSIONS_DAYS = 365
"""How long a state that was replaced can be brought back."""
LOG_DAYS = 2557
"""Seven years, as all records of who read what (SMILE-S3-06)."""


def settings_of(stack: str) -> Settings:
    """The settings of the stack whose account it is.

    Raises:
        pulumi.RunError: they can't be used.
    """
    try:
        return load_from_files(stack, ROOT)
    except SettingsError as error:
        raise pulumi.RunError(str(error)) from None


settings = settings_of(pulumi.get_stack())
existing: list[str] = pulumi.Config().get_object("existing") or []
environment = Environment(
    name=settings.stack, account_id=settings.account.id, region=settings.account.region, project=PROJECT
)
provider = aws_provider(environment, settings.default_tags)
options = pulumi.ResourceOptions(provider=provider)
lasting = pulumi.ResourceOptions(provider=provider, protect=True, retain_on_delete=True)

if "key" in existing:
    key_arn = kms.get_alias_output(name=STATE_KEY, opts=pulumi.InvokeOutputOptions(provider=provider)).target_key_arn
else:
    in_secrets = {
        "StringEquals": {"kms:CallerAccount": environment.account_id},
        "Null": {"kms:EncryptionContext:stack": "false"},  # pulumi names it, S3 doesn't
    }
    key = kms.Key(
        NAME,
        description="Pulumi's state, and the secrets in it",
        policy=document(
            *statements(environment, KeyUse(via=("s3",))),
            allow("AccountUsesForSecretsOfStacks", {"AWS": environment.account_root}, USE, in_secrets),
        ),
        enable_key_rotation=True,
        rotation_period_in_days=settings.encryption.rotation_days,
        deletion_window_in_days=30,
        tags=environment.tags(component="delivery", data_class="confidential")("state"),
        opts=lasting,
    )
    kms.Alias(NAME, name=STATE_KEY, target_key_id=key.key_id, opts=options)
    key_arn = key.arn

if "bucket" not in existing:
    names = {each: each.format(account=environment.account_id) for each in (STATE_BUCKET, STATE_LOG_BUCKET)}
    context = StackContext(
        environment=environment, keys={"state": key_arn}, protection=Protection(), log_retention_days=365, topics={}
    )
    state_arn, log_arn = (bucket_arn(environment, names[each]) for each in (STATE_BUCKET, STATE_LOG_BUCKET))
    logs = Bucket(
        f"{NAME}-logs",
        BucketArgs(
            context=context,
            name=names[STATE_LOG_BUCKET],
            purpose="state-logs",
            data_class="confidential",
            key=None,  # S3 delivers its logs to no bucket with a KMS key
            lifecycle=Lifecycle(expire=LOG_DAYS),
            statements=[takes_bucket_requests(environment, log_arn, [state_arn])],
        ),
        options,
    )
    Bucket(
        NAME,
        BucketArgs(
            context=context,
            name=names[STATE_BUCKET],
            purpose="state",
            data_class="confidential",
            key="state",
            lifecycle=Lifecycle(noncurrent=VERSIONS_DAYS),
            access_logs=logs,
        ),
        options,
    )

if settings.deployment.enabled and settings.deployment.provider == "existing" and "identity-provider" not in existing:
    iam.OpenIdConnectProvider(
        "smile-github",
        url=f"https://{ISSUER}",
        client_id_lists=[AUDIENCE],
        tags=environment.tags(component="delivery", data_class="internal")("github"),
        opts=lasting,
    )

pulumi.export("state_bucket", STATE_BUCKET.format(account=environment.account_id))
pulumi.export("state_key_arn", key_arn)
