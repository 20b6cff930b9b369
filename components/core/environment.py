"""Where, and for whom, a component is built: the account, the Region, the environment, the tags."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import sha256
from typing import TYPE_CHECKING

from aws_facts.regions import GLOBAL_REGION, REGIONS
from components.core.data_class import DataClass
from components.core.settings.problems import suggestion

if TYPE_CHECKING:
    import pulumi

__all__ = ["GLOBAL_REGION", "ComponentTags", "DataClass", "Environment"]


@dataclass(frozen=True, kw_only=True)
class Environment:
    """One deployment of a program.

    Attributes:
        name: of the environment, such as ``prod``.
        account_id: 12 digits; ARNs are built from it, so that they are known before anything exists.
        region: of every regional resource.
        project: first part of every physical name, such as ``acme``.
        boundary: ARN of the policy that no role exceeds, whatever its own policies say; None where no role is made.

    Raises:
        ValueError: the Region isn't one of `aws_facts.regions`.
    """

    name: str
    account_id: str
    region: str
    project: str
    boundary: pulumi.Input[str] | None = None

    def __post_init__(self) -> None:
        if self.region not in REGIONS:
            raise ValueError(
                f"no Region {self.region!r}{suggestion(self.region, REGIONS)}; known: {', '.join(REGIONS)}"
            )

    @property
    def partition(self) -> str:
        """First part of every ARN after ``arn:``, such as ``aws-us-gov``."""
        return REGIONS[self.region].partition

    @property
    def prefix(self) -> str:
        """What physical names begin with, such as ``acme-prod``."""
        return f"{self.project}-{self.name}"

    @property
    def account_root(self) -> str:
        """The account itself as a principal: it stands for whomever the account's IAM policies allow."""
        return self.iam_arn("root")

    def arn(self, service: str, resource: str, *, region: str | None = None, account: str | None = None) -> str:
        """ARN of a resource of this account, such as ``arn("logs", "log-group:*")``.

        Args:
            service: as ARNs name it.
            resource: what follows the account.
            region: another Region than the environment's; empty for what has none.
            account: another account than the environment's; empty where ARNs leave it out.
        """
        region, account = self.region if region is None else region, self.account_id if account is None else account
        return f"arn:{self.partition}:{service}:{region}:{account}:{resource}"

    def iam_arn(self, resource: str) -> str:
        """ARN of something of this account in IAM, such as ``iam_arn("role/acme-prod-trail")``."""
        return self.arn("iam", resource, region="")

    def physical_name(self, name: str, longest: int) -> str:
        """What AWS calls a resource: its logical name with the stack in it, ``acme-trail`` is ``acme-prod-trail``.

        Args:
            name: logical name.
            longest: characters that the service takes; what is longer is cut, and ends in a digest of all of it.
        """
        full = f"{self.prefix}-{name.removeprefix(f'{self.project}-')}"
        return full if len(full) <= longest else f"{full[: longest - 7]}-{sha256(full.encode()).hexdigest()[:6]}"

    def service(self, name: str) -> str:
        """The regional host name by which ``kms:ViaService`` knows a service, such as ``rds.REGION.amazonaws.com``."""
        return f"{name}.{self.region}.amazonaws.com"

    def tags(self, *, component: str, data_class: DataClass) -> ComponentTags:
        """The tags of one component's resources."""
        return ComponentTags(prefix=self.prefix, component=component, data_class=data_class)


@dataclass(frozen=True, kw_only=True)
class ComponentTags:
    """What a component adds to the provider's default tags."""

    prefix: str
    component: str
    data_class: DataClass

    def __call__(self, role: str, extra: Mapping[str, str] | None = None) -> dict[str, str]:
        """The tags of the resource that plays ``role``, such as ``private-a``."""
        own = {"Name": f"{self.prefix}-{role}", "Component": self.component, "DataClass": self.data_class}
        return own | dict(extra or {})
