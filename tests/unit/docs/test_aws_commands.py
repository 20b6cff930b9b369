"""Every command of AWS's that a page of the documents tells to run is one that AWS has, with the options it needs."""

import pytest

from tests.paths import ROOT
from tests.unit.docs.aws_commands import commands, faults

PAGES = sorted((ROOT / "docs").rglob("*.md"))
COMMANDS = [
    pytest.param(command, id=f"{page.stem}: {' '.join(command.split()[1:3])}")
    for page in PAGES
    for command in commands(page.read_text())
]


def test_commands_are_found_within_shell_lines():
    lines = (
        "KEY=$(aws kms describe-key --key-id a | jq -r .x)",
        """aws sns publish --message "$(aws s3 ls '"')" > file""",
    )
    assert list(commands("```console\n" + "\n".join(lines) + "\n```\naws no code\n")) == [
        "aws kms describe-key --key-id a",
        """aws s3 ls '"'""",
        "aws sns publish --message SUBSTITUTED",
    ]


def test_a_quotation_may_go_over_lines():
    page = '```sh\naws s3api put-object --metadata \'{"a":\n  "b c"}\' --key k\n```\n'
    (command,) = commands(page)
    assert faults(command) == {"bucket"}


@pytest.mark.parametrize(
    ("command", "wrong"),
    [
        ("aws rds describe-databases", {"rds describe-databases"}),
        ("aws rds reboot-db-instance --force", {"force", "db-instance-identifier"}),
        ("aws rds wait db-instance-gone", {"db-instance-gone"}),
        ("aws rds reboot-db-instance --db-instance-identifier a --no-force-failover", set()),
    ],
)
def test_what_the_command_line_would_refuse_is_named(command, wrong):
    assert faults(command) == wrong


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_is_one_that_aws_has(command):
    assert faults(command) == set()
