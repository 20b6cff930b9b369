"""Code signing: Lambda is given archives that AWS Signer has signed, and takes none that nobody trusted has."""

from __future__ import annotations

from dataclasses import dataclass

import pulumi
from pulumi_aws import lambda_, s3, signer

from components.core import code_signing
from components.core.context import StackContext
from components.functions.settings import Functions
from components.storage.bucket import Bucket, BucketArgs, Lifecycle


@dataclass(frozen=True, kw_only=True)
class CodeSigningArgs:
    """What code signing needs.

    Attributes:
        settings: whose signatures are trusted, the first of them signs; and what becomes of other code.
        bucket_name: of the bucket in which archives are signed.
        access_logs: the bucket that each request for code is logged to.
    """

    context: StackContext
    settings: Functions
    bucket_name: str
    access_logs: Bucket


class CodeSigning(pulumi.ComponentResource):
    """Who is trusted, as one configuration for all functions, and the bucket in which their archives are signed.

    The signing profile is none of the stack's own: whoever deploys code should not decide whose code is trusted.

    Attributes:
        value: for the context.
    """

    value: code_signing.CodeSigning

    def __init__(self, name: str, args: CodeSigningArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("platform:function:CodeSigning", name, None, opts)
        environment, trusted = args.context.environment, args.settings.signing_profile_version_arns
        bucket = Bucket(
            f"{name}-code",
            BucketArgs(
                context=args.context,
                name=args.bucket_name,
                purpose="code",
                data_class="internal",
                key="functions",
                lifecycle=Lifecycle(),
                access_logs=args.access_logs,
            ),
            pulumi.ResourceOptions(parent=self),
        )
        config = lambda_.CodeSigningConfig(
            f"{name}-code",
            description=f"Whose code the functions of {environment.prefix} are",
            allowed_publishers={"signing_profile_version_arns": list(trusted)},
            policies={"untrusted_artifact_on_deployment": args.settings.signing.capitalize()},
            tags=environment.tags(component="functions", data_class="internal")("code"),
            opts=pulumi.ResourceOptions(parent=self),
        )
        self.value = code_signing.CodeSigning(
            config_arn=config.arn,
            profile_name=trusted[0].split("/")[-2],
            bucket=bucket.name,
            dependencies=[bucket],
        )
        self.register_outputs({"configArn": config.arn})


@dataclass(frozen=True, kw_only=True)
class SignedCode:
    """A signed archive.

    Attributes:
        bucket: name of the bucket that it is in.
        key: of the object.
    """

    bucket: pulumi.Output[str]
    key: pulumi.Output[str]


def sign(
    name: str, context: StackContext, function: str, code: pulumi.Archive, parent: pulumi.Resource
) -> SignedCode | None:
    """Upload an archive and sign it; changed code is a new version of the object, and that a new job.

    Args:
        name: logical name.
        context: how its code is signed; None is given back where it isn't.
        function: the function's physical name, under which its archives lie.
        code: the archive.
        parent: the component that it belongs to.
    """
    signing = context.code_signing
    if signing is None:
        return None
    unsigned = s3.BucketObjectv2(
        f"{name}-code",
        bucket=signing.bucket,
        key=f"unsigned/{function}.zip",
        source=code,
        tags=context.environment.tags(component="functions", data_class="internal")("code"),
        opts=pulumi.ResourceOptions(parent=parent, depends_on=list(signing.dependencies)),
    )
    job = signer.SigningJob(
        f"{name}-code",
        profile_name=signing.profile_name,
        source={"s3": {"bucket": unsigned.bucket, "key": unsigned.key, "version": unsigned.version_id}},
        destination={"s3": {"bucket": signing.bucket, "prefix": f"signed/{function}/"}},
        opts=pulumi.ResourceOptions(parent=parent),
    )
    signed = job.signed_objects[0].s3s[0]
    return SignedCode(bucket=signed.bucket, key=signed.key)
