"""Offline runs see a shadow of the project, and nothing of the operator's own set-up."""

import json
import os
import signal
import socket
import subprocess
from pathlib import Path

import pytest
import yaml

from cli import offline, preview, sandbox
from cli.__main__ import main
from cli.program import Program
from cli.sandbox import SandboxError


@pytest.fixture
def project(tmp_path, monkeypatch):
    monkeypatch.setattr(sandbox, "FOLDER", tmp_path / "offline")
    monkeypatch.setattr(sandbox, "STATE", tmp_path / "offline" / "state")
    source = tmp_path / "shop"
    (source / "lib").mkdir(parents=True)
    (source / "Pulumi.yaml").write_text("name: shop\nruntime: python\n")
    (source / "__main__.py").write_text("")
    (source / "Pulumi.dev.yaml").write_text("config:\n  shop:size: 1\n")
    return sandbox.find_project(source / "lib")


def test_project_is_found_from_any_folder_inside_it(project, tmp_path):
    assert (project.source, project.name) == (tmp_path / "shop", "shop")


def test_folder_without_a_project_is_named(tmp_path):
    with pytest.raises(SandboxError, match=f"{tmp_path}: no Pulumi.yaml here or above"):
        sandbox.find_project(tmp_path)


@pytest.mark.parametrize("content", ["runtime: python", "name: [a]", "name: a/b", "- name", "name: 'x"])
def test_broken_project_file_is_refused_by_name(tmp_path, content):
    (tmp_path / "Pulumi.yaml").write_text(content)
    with pytest.raises(SandboxError, match=r"Pulumi\.yaml: "):
        sandbox.find_project(tmp_path)


def test_shadow_links_the_program_and_copies_the_stack_files(project):
    shadow = sandbox.mirror(project)
    assert (shadow / "__main__.py").resolve() == project.source / "__main__.py"
    assert not (shadow / "Pulumi.dev.yaml").is_symlink()
    assert yaml.safe_load((shadow / "Pulumi.dev.yaml").read_text()) == {"config": {"shop:size": 1}}


def test_what_pulumi_writes_into_the_stack_file_stays_in_the_shadow(project):
    shadow = sandbox.mirror(project)
    copy = shadow / "Pulumi.dev.yaml"
    copy.write_text(copy.read_text() + "encryptionsalt: v1:abc\n")
    (project.source / "Pulumi.dev.yaml").write_text("config:\n  shop:size: 2\n")
    sandbox.mirror(project)
    assert yaml.safe_load(copy.read_text()) == {"config": {"shop:size": 2}, "encryptionsalt": "v1:abc"}
    assert "encryptionsalt" not in (project.source / "Pulumi.dev.yaml").read_text()


def test_values_only_the_real_key_can_decrypt_get_a_placeholder(project):
    real = {
        "secretsprovider": "awskms://alias/state",
        "encryptedkey": "AAAA",
        "config": {"shop:token": {"secure": "v1:x"}, "shop:list": [{"deep": {"secure": "v1:y"}}]},
    }
    assert sandbox.offline_settings(real, {}) == {
        "config": {"shop:token": "offline-placeholder", "shop:list": [{"deep": "offline-placeholder"}]}
    }


def test_file_removed_from_the_project_leaves_the_shadow(project):
    (project.source / "extra.txt").write_text("")
    shadow = sandbox.mirror(project)
    assert (shadow / "extra.txt").exists()
    (project.source / "extra.txt").unlink()
    sandbox.mirror(project)
    assert not (shadow / "extra.txt").is_symlink()


def test_environment_hides_the_operators_credentials_and_backend(project, monkeypatch):
    for name in ("AWS_PROFILE", "AWS_ACCESS_KEY_ID", "PULUMI_ACCESS_TOKEN", "PULUMI_BACKEND_URL", "KUBECONFIG"):
        monkeypatch.setenv(name, "real")
    variables = sandbox.environment("aws:1234")
    assert "real" not in variables.values()
    assert variables["PULUMI_DEBUG_PROVIDERS"] == "aws:1234"
    assert variables["PULUMI_BACKEND_URL"].endswith("offline/state?metadata=skip")


def test_a_program_runs_in_the_virtual_environment_that_it_names_and_has(project):
    file = project.source / "Pulumi.yaml"
    assert project.virtualenv == sandbox.ROOT / ".venv"  # it names none
    file.write_text("name: shop\nruntime: {name: python, options: {toolchain: pip, virtualenv: env}}\n")
    assert project.virtualenv == sandbox.ROOT / ".venv"  # it isn't made yet
    (project.source / "env" / "bin").mkdir(parents=True)
    (project.source / "env" / "bin" / "python").touch()
    variables = sandbox.environment("aws:1234", project.virtualenv)
    assert variables["PATH"].split(os.pathsep)[0] == str(project.source / "env" / "bin")
    assert variables["VIRTUAL_ENV"] == str(project.source / "env")


def test_nothing_on_this_machine_goes_through_a_proxy(project, monkeypatch):
    monkeypatch.setenv("no_proxy", "intranet.example")
    monkeypatch.delenv("NO_PROXY", raising=False)
    variables = sandbox.environment("aws:1234")
    assert variables["no_proxy"] == variables["NO_PROXY"] == "intranet.example,localhost,127.0.0.1"


@pytest.mark.parametrize(("said", "value"), [(None, "true"), ("false", "false")])
def test_the_state_is_saved_once_unless_the_caller_says_otherwise(project, monkeypatch, said, value):
    monkeypatch.delenv("PULUMI_SKIP_CHECKPOINTS", raising=False)
    if said:
        monkeypatch.setenv("PULUMI_SKIP_CHECKPOINTS", said)
    assert sandbox.environment("aws:1234")["PULUMI_SKIP_CHECKPOINTS"] == value


def test_the_engine_collects_garbage_seldom_unless_the_caller_says_otherwise(project, monkeypatch):
    for name in sandbox.GO:
        monkeypatch.delenv(name, raising=False)
    assert sandbox.environment("aws:1234").items() >= sandbox.GO.items()
    monkeypatch.setenv("GOGC", "off")
    assert sandbox.environment("aws:1234")["GOGC"] == "off"


def test_a_folder_that_cannot_be_written_is_named_with_the_way_out(project, tmp_path, monkeypatch):
    (tmp_path / "file").write_text("")
    monkeypatch.setattr(sandbox, "FOLDER", tmp_path / "file" / "offline")
    with pytest.raises(SandboxError, match=r"file/offline.*: Not a directory; .* SMILE_OFFLINE_FOLDER"):
        offline.execute(project, ["pulumi", "preview"])


@pytest.mark.parametrize(
    ("error", "said"),
    [
        (
            PermissionError(13, "Permission denied", "/o/offline/drift/dev.json"),
            "/o/offline/drift/dev.json: Permission denied; {}",
        ),
        (FileNotFoundError(2, "No such file or directory", "/o"), "/o: No such file or directory; {}"),
        (OSError(28, "No space left on device"), "No space left on device; {}"),
        (PermissionError(13, "Permission denied", "/etc/shadow"), "/etc/shadow: Permission denied"),
        (TimeoutError("timed out"), "timed out"),
    ],
)
def test_what_a_disk_refuses_is_said_in_words_with_the_way_out_where_the_folder_is_ours(monkeypatch, error, said):
    monkeypatch.setattr(sandbox, "FOLDER", Path("/o/offline"))
    assert sandbox.in_words(error) == said.format(sandbox.KEPT)


@pytest.mark.parametrize(("code", "shell"), [(0, 0), (255, 255), (-signal.SIGPIPE, 141), (-signal.SIGKILL, 137)])
def test_exit_code_is_the_commands_own_as_a_shell_gives_it(project, monkeypatch, code, shell):
    monkeypatch.chdir(project.source)
    monkeypatch.setattr(offline, "execute", lambda *_: code)
    assert main(["offline", "--", "pulumi", "up"]) == shell


@pytest.mark.parametrize(
    ("command", "stack"),
    [
        (["pulumi", "up", "--stack", "dev"], "dev"),
        (["pulumi", "up", "-s", "dev"], "dev"),
        (["pulumi", "--stack=dev", "up"], "dev"),
        (["pulumi", "up"], None),
        (["pulumi", "up", "--stack"], None),
    ],
)
def test_stack_is_read_from_the_command(command, stack, monkeypatch):
    monkeypatch.delenv("PULUMI_STACK", raising=False)
    assert offline.stack_of(command) == stack


def test_unknown_stack_is_refused_with_the_valid_ones(project):
    with pytest.raises(SandboxError, match=r"no stack 'qa'; valid: dev \(one Pulumi\.STACK\.yaml each\)"):
        offline.ensure_stack(project, ["pulumi", "up", "--stack", "qa"], {})


def test_preview_of_an_unknown_stack_is_refused_with_the_valid_ones(project):
    with pytest.raises(SandboxError, match="no stack 'qa'; valid: dev"):
        preview.checked(Program(project), ["dev", "qa"])


def lock_of(pid, host):
    lock = sandbox.STATE / ".pulumi" / "locks" / "organization" / "shop" / "dev" / "1.json"
    lock.parent.mkdir(parents=True)
    lock.write_text(json.dumps({"pid": pid, "hostname": host}))
    return lock


@pytest.mark.parametrize(("holder", "lifted"), [("dead", True), ("alive", False), ("elsewhere", False)])
def test_only_the_lock_of_a_process_that_is_gone_is_lifted(project, holder, lifted):
    gone = subprocess.Popen(["true"])
    gone.wait()
    pid = os.getpid() if holder == "alive" else gone.pid
    host = "another-machine" if holder == "elsewhere" else socket.gethostname()
    lock = lock_of(pid, host)
    assert bool(sandbox.recover(project)) is lifted
    assert lock.exists() is not lifted


@pytest.mark.parametrize(
    ("command", "runs"),
    [
        (
            ["pulumi", "import", "TYPE", "NAME", "ID"],
            ["pulumi", "import", "--generate-code=false", "TYPE", "NAME", "ID"],
        ),
        (["pulumi", "import", "--generate-code=true"], ["pulumi", "import", "--generate-code=true"]),
        (["pulumi", "up"], ["pulumi", "up"]),
    ],
)
def test_import_asks_for_no_program_text_unless_told_to(command, runs):
    assert offline.without_generated_code(command) == runs
