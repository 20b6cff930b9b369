"""The account of a stack, before the stack: the bucket and key of Pulumi's state, GitHub's identity.

``smile bootstrap --stack prod`` runs it (docs/runbooks/first-deployment.md); with ``--platform NAME``, for a stack of a
program in platforms/NAME, which ``platform`` and ``stack`` of its configuration name. Settings are those of the stack.
What the account had before, and isn't this program's, is named in its ``existing`` and left as it is.
"""

import sys
from importlib import import_module
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
sys.path.append(str(ROOT))

import pulumi
from pulumi_aws import iam, kms

from components.core.context import StackContext
from components.core.environment import Environment
from components.core.iam import document
from components.core.protection import Protection
from components.core.provider import aws_provider
from components.core.settings.load import Loader
from components.core.settings.problems import SettingsError
from components.delivery.deployment_roles import AUDIENCE, ISSUER
from components.delivery.state import State
from components.encryption.key_policy import USE, KeyUse, allow, statements
from components.storage.bucket import Bucket, BucketArgs, Lifecycle
from components.storage.bucket_policy import bucket_arn, takes_bucket_requests

VERSIONS_DAYS = 365
"""How long a state that was replaced can be brought back."""
LOG_DAYS = 2557
"""Seven years, as all records of who read what (SMILE-S3-06)."""


def loader_of(platform: str | None) -> Loader[Any]:
    """What reads the settings of SMILE, or of a program in platforms/."""
    return import_module(f"platforms.{platform}.loader" if platform else "settings").loader


def settings_of(loader: Loader[Any], folder: Path, stack: str) -> Any:
    """The settings of the stack whose account it is.

    Raises:
        pulumi.RunError: they can't be used.
    """
    try:
        return loader.from_files(stack, folder)
    except SettingsError as error:
        raise pulumi.RunError(str(error)) from None


config = pulumi.Config()
platform = config.get("platform")
loader = loader_of(platform)
settings = settings_of(
    loader, ROOT / "platforms" / platform if platform else ROOT, config.get("stack") or pulumi.get_stack()
)
existing: list[str] = config.get_object("existing") or []
environment = Environment(
    name=settings.stack,
    account_id=settings.account.id,
    region=loader.provider(settings)["aws:region"],
    project=loader.project,
)
state = State(environment)
NAME = f"{loader.project}-state"
tags = {"Project": loader.project, "Environment": settings.stack, "ManagedBy": "pulumi", "Owner": settings.tags.owner}
default_tags = getattr(settings, "default_tags", settings.tags.extra | tags)
provider = aws_provider(environment, default_tags)
options = pulumi.ResourceOptions(provider=provider)
lasting = pulumi.ResourceOptions(provider=provider, protect=True, retain_on_delete=True)

if "key" in existing:
    key_arn = kms.get_alias_output(name=state.key, opts=pulumi.InvokeOutputOptions(provider=provider)).target_key_arn
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
    kms.Alias(NAME, name=state.key, target_key_id=key.key_id, opts=options)
    key_arn = key.arn

if "bucket" not in existing:
    context = StackContext(
        environment=environment, keys={"state": key_arn}, protection=Protection(), log_retention_days=365, topics={}
    )
    state_arn, log_arn = (bucket_arn(environment, each) for each in (state.bucket, state.log_bucket))
    logs = Bucket(
        f"{NAME}-logs",
        BucketArgs(
            context=context,
            name=state.log_bucket,
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
            name=state.bucket,
            purpose="state",
            data_class="confidential",
            key="state",
            lifecycle=Lifecycle(noncurrent=VERSIONS_DAYS),
            access_logs=logs,
        ),
        options,
    )

pipeline = getattr(settings, "deployment", None)
if pipeline and pipeline.enabled and pipeline.provider == "existing" and "identity-provider" not in existing:
    iam.OpenIdConnectProvider(
        f"{loader.project}-github",
        url=f"https://{ISSUER}",
        client_id_lists=[AUDIENCE],
        tags=environment.tags(component="delivery", data_class="internal")("github"),
        opts=lasting,
    )

pulumi.export("state_bucket", state.bucket)
pulumi.export("state_key_arn", key_arn)
