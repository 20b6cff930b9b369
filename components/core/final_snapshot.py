"""Names of the snapshots that stores leave behind as they are deleted."""

from __future__ import annotations

from collections.abc import Mapping

import pulumi
from pulumi_random import RandomId


def final_snapshot_name(
    name: str, identifier: str, replaced_by: Mapping[str, pulumi.Input[str]], parent: pulumi.Resource
) -> pulumi.Output[str]:
    """A name that no other snapshot of the account has, or the deletion fails: it ends in what is drawn for this store.

    Args:
        name: logical name of the store.
        identifier: its physical name, which its successor has as well.
        replaced_by: inputs whose change replaces the store: the new one's snapshot gets another name.
        parent: the component.
    """
    drawn = RandomId(
        f"{name}-final-snapshot",
        byte_length=4,
        keepers={"identifier": identifier, **replaced_by},
        opts=pulumi.ResourceOptions(parent=parent),
    )
    return pulumi.Output.concat(identifier, "-final-", drawn.hex)
