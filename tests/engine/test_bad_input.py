"""What goes wrong ends the run with its cause, changes nothing and loses nothing."""

import pytest
from engine_runs import small_program


def test_broken_stack_file_lists_every_problem_and_registers_nothing(changed):
    stack = changed.cwd / "Pulumi.prod.yaml"
    stack.write_text(
        "config:\n  smile:network:\n    cidr: 10.0.0.0/33\n    zones: [ap-southeast-1a]\n    nat_gateways: single\n"
        "  smile:tgas: {}\n"
    )
    done = changed.pulumi("preview", "--stack", "prod")
    assert done.returncode != 0
    for named in ("smile:network.cidr", "smile:network.zones", "smile:tgas", "Pulumi.prod.yaml"):
        assert named in done.stdout, done.stdout
    assert "Traceback" not in done.stdout + done.stderr
    assert "aws:" not in done.stdout.replace("aws:region", "")


def test_stack_file_that_is_not_yaml_is_named(changed):
    (changed.cwd / "Pulumi.dev.yaml").write_text("config: [unclosed\n")
    done = changed.pulumi("preview", "--stack", "dev")
    assert done.returncode == 1
    assert "Pulumi.dev.yaml: not valid YAML" in done.stderr


def test_unknown_stack_is_refused_with_the_valid_ones(offline):
    done = offline.pulumi("preview", "--stack", "qa")
    assert done.returncode == 1
    assert "no stack 'qa'" in done.stderr
    assert "valid: dev, prod, staging" in done.stderr


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    """The small program, after its first update."""
    program = small_program(tmp_path_factory.mktemp("made"))
    program.succeeds("up", "--stack", "dev", "--yes", "--skip-preview")
    return program


@pytest.mark.xdist_group("small-is-made")
def test_missing_passphrase_is_named_and_state_is_kept(made):
    before = made.resources("dev")
    done = made.smile(
        "offline",
        "--",
        "env",
        "-u",
        "PULUMI_CONFIG_PASSPHRASE",
        "pulumi",
        "preview",
        "--stack",
        "dev",
        "--non-interactive",
    )
    assert done.returncode != 0
    assert "PULUMI_CONFIG_PASSPHRASE" in done.stdout + done.stderr
    assert made.resources("dev") == before


@pytest.mark.xdist_group("small-is-made")
def test_corrupt_database_is_named_and_left_alone(made):
    """Last, for it ends what was made."""
    database = made.folder / "cloud.sqlite"
    database.write_bytes(b"not a database, but all the operator has" * 100)
    done = made.pulumi("preview", "--stack", "dev")
    assert done.returncode != 0
    assert str(database) in done.stderr
    assert database.read_bytes().startswith(b"not a database, but all the operator has")
