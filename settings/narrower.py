"""What the rules let pass of the values that a setting may have, as the tables and ``smile settings`` say it."""

from __future__ import annotations

from collections.abc import Mapping

from settings.rules.nights import NIGHT

WINDOW = f"within one night, {NIGHT}"
START = f"at night, {NIGHT}"

NARROWER: Mapping[str, str] = {
    "backup.archive.export_schedule": START,
    "backup.archive.schedule": START,
    "backup.daily.schedule": START,
    "backup.restore_test.schedule": START,
    "cache.maintenance_window": WINDOW,
    "cache.snapshot_window": WINDOW,
    "database.backup_window": WINDOW,
    "database.maintenance_window": WINDOW,
    "patching.hours": "12 at most where the window lies in a night",
    "patching.schedule": f"the window {WINDOW}, or while the bastion runs where it is stopped at night; apart from the "
    "database's maintenance",
}
"""Setting -> what is asked of it besides its own valid values; a rule of settings/rules refuses the rest."""
