"""Parameters: what programs read and isn't secret, such as where a queue is."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import pulumi
from pulumi_aws import ssm

from components.core.environment import Environment
from components.secrets.settings import check_plain_names


@dataclass(frozen=True, kw_only=True)
class ParametersArgs:
    """What the parameters need.

    Attributes:
        environment: whose parameters they are.
        values: name, such as ``queues/jobs`` -> value. Everybody in the account may read it.

    Raises:
        ValueError: a name promises a secret.
    """

    environment: Environment
    values: Mapping[str, pulumi.Input[str]]

    def __post_init__(self) -> None:
        check_plain_names(self.values)


class Parameters(pulumi.ComponentResource):
    """Plain text parameters of Systems Manager; pods get them as environment variables.

    Attributes:
        names: name -> name in AWS, such as ``/acme/prod/queues/jobs``.
    """

    names: Mapping[str, pulumi.Output[str]]

    def __init__(self, name: str, args: ParametersArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("platform:secrets:Parameters", name, None, opts)
        environment = args.environment
        tags = environment.tags(component="parameters", data_class="internal")
        self.names = {
            each: ssm.Parameter(
                f"{name}-{each.replace('/', '-')}",
                name=f"/{environment.project}/{environment.name}/{each}",
                type="String",
                insecure_value=value,  # "value" would be kept as a secret, and hidden from reviewers
                tags=tags(each.replace("/", "-")),
                opts=pulumi.ResourceOptions(parent=self),
            ).name
            for each, value in args.values.items()
        }
        self.register_outputs({"names": self.names})
