"""The one AWS provider of the program: default tags, one Region, one account."""

from __future__ import annotations

from collections.abc import Mapping

import pulumi_aws as aws

from components.core.environment import Environment


def aws_provider(environment: Environment, default_tags: Mapping[str, str]) -> aws.Provider:
    """The provider that every component is given.

    It refuses credentials of any account but the environment's. Nothing may fall back on a default provider: that
    one takes its Region and account from whatever the operator's shell holds.
    """
    return aws.Provider(
        environment.project,
        region=environment.region,
        skip_region_validation=False,  # the SDK would skip it
        allowed_account_ids=[environment.account_id],
        default_tags=aws.ProviderDefaultTagsArgs(tags=default_tags),
    )
