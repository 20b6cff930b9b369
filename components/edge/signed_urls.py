"""Whose signatures a distribution takes: public keys, and the group of those that are valid now."""

from __future__ import annotations

from collections.abc import Mapping
from hashlib import sha256

import pulumi
from pulumi_aws import cloudfront

from components.core.environment import Environment


class SignedUrls(pulumi.ComponentResource):
    """A key group for signed URLs and cookies.

    A rotation adds a key, then signs with it, then takes the old one out once what it signed has expired: each step is
    an update, and at none of them a URL stops working. CloudFront changes no key: another one under a name is another.

    Attributes:
        key_group_id: what a cache behaviour trusts.
        key_ids: name -> the ``Key-Pair-Id`` of what is signed with that key.
    """

    key_group_id: pulumi.Output[str]
    key_ids: Mapping[str, pulumi.Output[str]]

    def __init__(
        self,
        name: str,
        environment: Environment,
        keys: Mapping[str, str],
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        super().__init__("platform:files:SignedUrls", name, None, opts)
        if not keys:
            raise ValueError(f"{name}: a key group needs a key")
        child = pulumi.ResourceOptions(parent=self)
        made = {
            key: cloudfront.PublicKey(
                f"{name}-{key}",
                # Its successor under the same name is there before it goes, which needs another name in AWS.
                name=f"{environment.prefix}-{key}-{sha256(pem.encode()).hexdigest()[:8]}",
                comment=f"{environment.prefix}: signs URLs of files",
                encoded_key=pem,
                opts=child,
            )
            for key, pem in sorted(keys.items())
        }
        self.key_ids = {key: each.id for key, each in made.items()}
        self.key_group_id = cloudfront.KeyGroup(
            name,
            name=f"{environment.prefix}-{name.removeprefix(f'{environment.project}-')}",
            comment=f"{environment.prefix}: whose signatures are valid",
            items=list(self.key_ids.values()),
            opts=child,
        ).id
        self.register_outputs({"keyGroupId": self.key_group_id, "keyIds": self.key_ids})
