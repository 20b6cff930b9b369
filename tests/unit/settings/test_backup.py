"""Settings of backups: what is kept without a word, what is refused, and in which words."""

import pytest

from settings import load_from_files

CASES = [
    ("daily: {retention_days: 20}", "daily.retention_days: got 20; valid: 30 days or more in production"),
    ("daily: {retention_days: 36}", "daily.retention_days: got 36, which the vault's lock refuses; valid: 30 to 35"),
    ("daily: {retention_days: 0}", "daily.retention_days: got 0; valid: 1 to 36500"),
    ("daily: {continuous_days: 29}", "daily.continuous_days: got 29, which the vault's lock refuses"),
    ("daily: {continuous_days: 36}", "daily.continuous_days: got 36; valid: 1 to 35"),
    ("daily: {shortest_days: 40}", "daily.shortest_days: got 40, with longest_days 35; valid: up to 35 days"),
    ("daily: {schedule: cron(0 22 * *)}", "not a cron expression with one start a day; valid: cron(minute hour"),
    ("daily: {schedule: rate(1 day)}", "not a cron expression"),
    ('daily: {schedule: "cron(0 */6 * * ? *)"}', "not a cron expression with one start a day"),
    ('daily: {schedule: "cron(0 22 * * * *)"}', "? is needed as day or as weekday, and not as both"),
    ('daily: {schedule: "cron(0 22 ? * ? *)"}', "? is needed as day or as weekday, and not as both"),
    ('daily: {schedule: "cron(0 12 * * ? *)"}', "starts in the daytime"),
    ('daily: {schedule: "cron(0 1 * * ? *)"}', "daily.schedule: starts too near to database.backup_window"),
    ('daily: {schedule: "cron(15 3 * * ? *)"}', "daily.schedule: starts too near to database.maintenance_window"),
    ('archive: {schedule: "cron(30 22 1 * ? *)"}', "archive.schedule: starts within the window of backup.daily"),
    ('restore_test: {schedule: "cron(30 0 1 * ? *)"}', "schedule: starts within the window of backup.archive"),
    ("archive: {cold_after_days: 2468}", "cold_after_days: got 2468, with retention_days 2557; valid: up to 2467 days"),
    ("archive: {retention_days: 365}", "archive.retention_days: got 365; valid: 2557 days or more in production"),
    ("archive: {retention_days: 4000}", "archive.retention_days: got 4000, which the vault's lock refuses"),
    ("archive: {enabled: false}", "archive.enabled: got false; valid: true in production"),
    ("restore_test: {enabled: false}", "restore_test.enabled: got false; valid: true in production"),
    ("enabled: false", "backup.enabled: got false; valid: true in production; false in development only"),
    ("start_window_minutes: 59", "start_window_minutes: got 59; valid: 60 to 1440"),
    ("completion_window_minutes: 720, start_window_minutes: 700", "completion_window_minutes: got 720, with start"),
    ("lock: {mode: compliance}", "lock.approval: got none, with mode compliance, which nobody can undo"),
    ("lock: {mode: compliance, approval: ' '}", "lock.approval: got none"),
    ("lock: {grace_days: 2}", "lock.grace_days: got 2; valid: 3 to 36500"),
    ("lock: {mode: strict}", 'lock.mode: got "strict"; valid: governance, compliance'),
    ("lock: {custodians: ['arn:aws:iam::123456789012:user/ana']}", "custodians[0]: got"),
    (
        "lock: {custodians: ['arn:aws:iam::999999999999:role/deploy']}",
        "custodians[0]: got arn:aws:iam::999999999999:role/deploy; valid: a role of account 123456789012",
    ),
]


@pytest.mark.parametrize(("text", "says"), CASES)
def test_what_is_wrong_is_refused_with_what_is_valid(mistakes, text, says):
    lines = mistakes(f"config:\n  smile:backup: {{{text}}}")
    assert any("smile:backup." in line and says in line for line in lines), lines


@pytest.mark.requirement("SMILE-BACKUP-03")
@pytest.mark.requirement("SMILE-BACKUP-04")
@pytest.mark.requirement("SMILE-BACKUP-05")
def test_an_empty_file_keeps_backups_for_30_days_and_archives_for_seven_years(load):
    backup = load("config: {}").backup
    assert backup.enabled
    assert backup.daily.retention_days == 30
    assert backup.daily.schedule == "cron(0 22 * * ? *)"
    assert (backup.archive.enabled, backup.archive.retention_days) == (True, 2557)


@pytest.mark.requirement("SMILE-BACKUP-05")
@pytest.mark.requirement("SMILE-EFS-05")
def test_staging_keeps_a_week_and_so_does_dev_of_its_files():
    dev, staging = (load_from_files(stack).backup for stack in ("dev", "staging"))
    assert (dev.enabled, dev.daily.retention_days, dev.archive.enabled) == (True, 7, False)
    assert load_from_files("dev").database.backup_retention_days == 0
    assert (staging.enabled, staging.daily.retention_days, staging.archive.enabled) == (True, 7, False)


@pytest.mark.requirement("SMILE-BACKUP-01")
def test_prod_can_go_back_to_a_moment_at_most_15_minutes_ago():
    """Daily copies alone can't: each store that can't be rebuilt has something better (OP-S-15)."""
    settings = load_from_files("prod")
    assert settings.database.backup_retention_days > 0
    assert settings.files.replica
    assert settings.backup.daily.continuous


def test_compliance_mode_takes_an_approval(load):
    lock = load("config: {smile:backup: {lock: {mode: compliance, approval: DPO-2026-014}}}").backup.lock
    assert (lock.mode, lock.grace_days) == ("compliance", 14)


def test_the_audit_of_backups_needs_a_recorder_of_aws_config(mistakes, load):
    nobody = "config:\n  smile:audit: {configuration_recorder: none, conformance_pack: false, security_hub: none}"
    (line,) = (line for line in mistakes(nobody, "dev") if "smile:backup" in line)
    assert (
        'audit.configuration_recorder: got "none", which doesn\'t go with smile:backup.audit_framework (got true, but'
        in line
    )
    without = load(f"{nobody}\n  smile:backup: {{audit_framework: false}}", "dev")
    assert without.audit.configuration_recorder == "none"
    somebody = load("config:\n  smile:audit: {configuration_recorder: account}", "dev")
    assert somebody.backup.audit_framework is True
