"""Parameters: how programs are configured, by service. What is sensitive is encrypted, and its value isn't ours."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import pulumi
from pulumi_aws import ssm

from components.core.context import StackContext
from components.core.declared import Declared
from components.core.iam import Statement
from components.encryption.grants import DECRYPT, grant_key
from components.secrets.settings import check_plain_names

UNSET = "unset"
"""The value of a secure parameter until somebody gives it one: Parameter Store takes no empty value."""


@dataclass(frozen=True, kw_only=True)
class ParametersArgs:
    """What the parameters need.

    Attributes:
        values: name, such as ``orders/page-size`` -> value. Its first part is the service that reads it.
        secure: name -> what it is; people put its value into AWS themselves.
        root: what names begin with; ``/acme/prod`` where nothing is said.

    Raises:
        ValueError: the name of a plain one promises a secret.
    """

    context: StackContext
    values: Mapping[str, pulumi.Input[str]]
    secure: Mapping[str, str] = field(default_factory=dict[str, str])
    root: str = ""

    def __post_init__(self) -> None:
        check_plain_names(self.values)


class Parameters(pulumi.ComponentResource):
    """Parameters of Systems Manager, as ``/acme/prod/SERVICE/NAME``.

    Attributes:
        names: name -> name in AWS, such as ``/acme/prod/orders/page-size``.
    """

    names: Mapping[str, pulumi.Output[str]]

    def __init__(self, name: str, args: ParametersArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("platform:secrets:Parameters", name, None, opts)
        self.args = args
        environment = args.context.environment
        self.root = args.root or f"/{environment.project}/{environment.name}"
        plain = environment.tags(component="parameters", data_class="internal")
        secure = environment.tags(component="parameters", data_class="confidential")
        made = {
            each: ssm.Parameter(
                f"{name}-{each.replace('/', '-')}",
                name=self.physical_name(each),
                type="String",
                insecure_value=value,  # "value" would be kept as a secret, and hidden from reviewers
                tags=plain(each.replace("/", "-")),
                opts=pulumi.ResourceOptions(parent=self),
            )
            for each, value in args.values.items()
        }
        made |= {
            each: ssm.Parameter(
                f"{name}-{each.replace('/', '-')}",
                name=self.physical_name(each),
                description=what,
                type="SecureString",
                key_id=args.context.keys["secrets"],
                # Written once and read never: what people put there stays, and no state holds it.
                value_wo=UNSET,
                value_wo_version=1,
                tags=secure(each.replace("/", "-")),
                opts=pulumi.ResourceOptions(parent=self),
            )
            for each, what in args.secure.items()
        }
        self.names = Declared("parameter", {each: parameter.name for each, parameter in made.items()})
        self.register_outputs({"names": self.names})

    def physical_name(self, name: str) -> str:
        """The name in AWS, known before the parameter is."""
        return f"{self.root}/{name}"

    def grant_read(self, *names: str) -> list[Statement]:
        """What a role needs to read these parameters, and no other.

        Raises:
            UndeclaredError: there is no such parameter.
        """
        if not names:
            return []
        environment = self.args.context.environment
        for name in names:
            _ = self.names[name]
        arns = {name: environment.arn("ssm", f"parameter{self.physical_name(name)}") for name in names}
        reading = Statement(
            sid="ReadParameters",
            actions=["ssm:GetParameter", "ssm:GetParameters"],
            resources=[*arns.values()],
        )
        secure = [arn for name, arn in arns.items() if name in self.args.secure]
        if not secure:
            return [reading]
        decrypting = grant_key(
            self.args.context,
            ["secrets"],
            "ssm",
            sid="DecryptParameters",
            actions=DECRYPT,
            equals={"kms:EncryptionContext:PARAMETER_ARN": secure},
        )
        return [reading, decrypting]
