"""What keeps stateful resources from being deleted."""

from __future__ import annotations

from components.core.settings.field import switch
from components.core.settings.section import Section


class Protection(Section):
    """What keeps stateful resources (database, file system, buckets, keys, clusters) from being deleted."""

    protect: bool = switch(
        "Pulumi refuses to delete them; always in production. Without it, a destroy empties buckets and vaults first",
        on=True,
    )
    deletion_protection: bool = switch(
        "AWS refuses to delete them, where the service can; always in production", on=True
    )
    retain_on_delete: bool = switch(
        "once unprotected and taken out of the program they stay in AWS; always in production", on=True
    )
