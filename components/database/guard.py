"""What only the state can tell: that the database would have to shrink, which AWS can't do.

The guard runs before the component is updated, in a preview too. It looks at the component, not at the instance: with
storage that grows by itself, the AWS provider would pass over a smaller figure without a word.
"""

from __future__ import annotations

import pulumi


class ShrinkingStorageError(ValueError):
    """A database is asked to have less storage than it has."""


def storage_guard(name: str, opts: pulumi.ResourceOptions | None) -> pulumi.ResourceOptions:
    """The options of a database component, and the guard with them.

    Args:
        name: logical name of the component. It records ``identifier`` and ``allocatedGib`` as inputs and outputs.
        opts: its options.
    """
    hook = pulumi.ResourceHook(f"{name}-storage", refuse_shrinking, pulumi.ResourceHookOptions(on_dry_run=True))
    hooks = pulumi.ResourceHookBinding(before_update=[hook])
    return pulumi.ResourceOptions.merge(opts, pulumi.ResourceOptions(hooks=hooks))


def refuse_shrinking(change: pulumi.ResourceHookArgs) -> None:
    """Let a change pass that leaves the database its storage; another database may be smaller.

    Raises:
        ShrinkingStorageError: it has more storage than it is to have.
    """
    has, wanted = change.old_outputs or {}, change.new_inputs or {}
    if has.get("identifier") != wanted.get("identifier"):
        return
    gib, asked = has.get("allocatedGib"), wanted.get("allocatedGib")
    if gib and asked and asked < gib:
        raise ShrinkingStorageError(
            f"database.allocated_gib: got {asked:g}, {has['identifier']} has {gib:g} GiB and AWS can't take "
            f"storage away; valid: {gib:g} or more"
        )
