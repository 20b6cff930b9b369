"""What the tables say beside a setting's valid values is what a rule refuses."""

import json

import pytest

from components.core.settings.effective import effective
from settings import loader
from settings.narrower import NARROWER

DAYTIME = {
    "backup.archive.export_schedule": "cron(0 12 * * ? *)",
    "backup.archive.schedule": "cron(0 12 1 * ? *)",
    "backup.daily.schedule": "cron(0 12 * * ? *)",
    "backup.restore_test.schedule": "cron(0 12 15 * ? *)",
    "cache.maintenance_window": "sat:05:00-sat:06:00",
    "cache.snapshot_window": "05:00-06:00",
    "database.backup_window": "05:00-06:00",
    "database.maintenance_window": "sat:05:00-sat:06:00",
    "patching.hours": 13,
    "patching.schedule": "cron(0 12 ? * SUN *)",
}


@pytest.mark.parametrize("key", NARROWER)
def test_a_value_that_is_valid_by_itself_and_not_by_the_rules_is_refused(mistakes, key):
    section, *names = key.split(".")
    written = json.dumps(DAYTIME[key])
    for name in reversed(names):
        written = f"{{{name}: {written}}}"
    (line,) = mistakes(f"config:\n  smile:{section}: {written}\n")
    assert f"smile:{key}: got" in line
    assert "between 18:00 and 06:00 in Jakarta" in line


def test_effective_settings_say_it_with_what_is_valid():
    source = loader.source("prod")
    valid = {row.key: row.valid for row in effective(loader, loader.load(source), source)}
    for key, narrower in NARROWER.items():
        assert valid[f"smile:{key}"].endswith(f"; {narrower}")
    assert "less than alert_percent" in valid["smile:cost.warn_percent"]
    assert "more than the fast one's" in valid["smile:observability.slos.slow.long_minutes"]
