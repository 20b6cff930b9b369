"""Set-up: the order of the three engines, what is verified, and what the operator is told."""

import errno
import hashlib
import io
import os
import tarfile
import threading
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer

import pytest

from bootstrap import __main__ as bootstrap
from bootstrap import engine, packages
from bootstrap.progress import SetupError
from tests.paths import ROOT

NAME = f"pulumi-v{engine.VERSION}-linux-x64.tar.gz"


@pytest.fixture(autouse=True)
def linux(monkeypatch):
    monkeypatch.setattr(engine.sys, "platform", "linux")
    monkeypatch.setattr(engine.platform, "machine", lambda: "x86_64")


@pytest.fixture
def releases(tmp_path):
    """A local server that publishes one release; gives its address and the folder to change it."""
    folder = tmp_path / "releases" / f"v{engine.VERSION}"
    folder.mkdir(parents=True)
    with tarfile.open(folder / NAME, "w:gz") as tar:
        script = b"#!/bin/sh\necho engine\n"
        entry = tarfile.TarInfo("pulumi/pulumi")
        entry.size, entry.mode = len(script), 0o755
        tar.addfile(entry, io.BytesIO(script))
    digest = hashlib.sha256((folder / NAME).read_bytes()).hexdigest()
    (folder / f"pulumi-{engine.VERSION}-checksums.txt").write_text(f"{'0' * 64}  other.tar.gz\n{digest}  {NAME}\n")

    class Quiet(SimpleHTTPRequestHandler):
        def log_message(self, *_):
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), partial(Quiet, directory=str(folder.parent))) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}", folder
        server.shutdown()
        thread.join()


def test_release_is_unpacked_when_its_checksum_is_the_published_one(tmp_path, releases):
    made = engine.from_release(tmp_path / "engine", releases[0])
    assert (tmp_path / "engine" / "pulumi").stat().st_mode & 0o111
    assert (made.version, made.source) == (engine.VERSION, "release")


def test_altered_release_is_refused_and_leaves_nothing(tmp_path, releases):
    address, folder = releases
    (folder / NAME).write_bytes((folder / NAME).read_bytes() + b"x")
    with pytest.raises(SetupError, match=r"SHA-256 [0-9a-f]{64}, the release publishes [0-9a-f]{64}"):
        engine.from_release(tmp_path / "engine", address)
    assert not (tmp_path / "engine").exists()


def test_release_without_a_checksum_is_refused(tmp_path, releases):
    address, folder = releases
    (folder / f"pulumi-{engine.VERSION}-checksums.txt").write_text("")
    with pytest.raises(SetupError, match=f"no checksum for {NAME}"):
        engine.from_release(tmp_path / "engine", address)


def test_unreachable_release_lets_the_next_source_try(tmp_path):
    with pytest.raises(engine.UnavailableError, match="no download here"):
        engine.from_release(tmp_path / "engine", "http://127.0.0.1:9")


@pytest.fixture
def fake_path(tmp_path, monkeypatch):
    """A PATH that holds only what the test puts there."""
    folder = tmp_path / "path"
    folder.mkdir()
    monkeypatch.setenv("PATH", str(folder))

    def put(name, says=""):
        file = folder / name
        file.write_text(f"#!/bin/sh\necho {says}\n")
        file.chmod(0o755)

    return put


@pytest.mark.parametrize("says", ["v3.220.0", "v3.999.1", "v4.0.0"])
def test_engine_on_path_is_used_when_new_enough(fake_path, tmp_path, says):
    fake_path("pulumi", says)
    fake_path("pulumi-language-python")
    assert engine.from_path(tmp_path).version == says.removeprefix("v")


@pytest.mark.parametrize("says", ["v3.219.9", "v2.999.0", "nonsense", ""])
def test_engine_on_path_that_is_too_old_is_passed_over(fake_path, tmp_path, says):
    fake_path("pulumi", says)
    fake_path("pulumi-language-python")
    with pytest.raises(engine.UnavailableError, match="older than"):
        engine.from_path(tmp_path)


def test_engine_on_path_without_its_language_host_is_passed_over(fake_path, tmp_path):
    fake_path("pulumi", "v3.300.0")
    with pytest.raises(engine.UnavailableError, match="no pulumi-language-python"):
        engine.from_path(tmp_path)


def test_without_any_engine_one_message_names_the_three_remedies(fake_path, tmp_path, monkeypatch):
    (tmp_path / ".smile").mkdir()
    monkeypatch.delenv("SMILE_ENGINE", raising=False)
    monkeypatch.setattr(engine, "RELEASES", "http://127.0.0.1:9")
    with pytest.raises(SetupError) as refusal:
        engine.install(tmp_path)
    message = str(refusal.value)
    assert "on PATH" in message
    assert "install Go" in message
    assert all(f"{source}: " in message for source in engine.SOURCES)
    assert not (tmp_path / ".smile" / "engine.json").exists()


def test_unknown_engine_source_is_refused(tmp_path, monkeypatch):
    monkeypatch.setenv("SMILE_ENGINE", "docker")
    with pytest.raises(SetupError, match="'docker'; valid: path, release, go"):
        engine.install(tmp_path)


def test_second_set_up_takes_the_recorded_engine(tmp_path, monkeypatch):
    monkeypatch.delenv("SMILE_ENGINE", raising=False)
    (tmp_path / ".smile").mkdir()
    (tmp_path / "bin").mkdir()
    (tmp_path / "bin" / "pulumi").touch()
    chosen = engine.Engine(str(tmp_path / "bin"), engine.VERSION, "go")
    engine.record(tmp_path, chosen)
    assert engine.install(tmp_path) == chosen


def test_recorded_engine_that_is_gone_is_looked_for_again(tmp_path):
    (tmp_path / ".smile").mkdir()
    engine.record(tmp_path, engine.Engine(str(tmp_path / "gone"), engine.VERSION, "go"))
    assert engine.recorded(tmp_path) is None


def test_an_engine_that_is_built_starts_programs_packs_and_dynamic_providers(tmp_path, monkeypatch):
    sdk = tmp_path / "sdk"
    for script in engine.SCRIPTS:
        (sdk / "python" / script).parent.mkdir(parents=True, exist_ok=True)
        (sdk / "python" / script).write_text("#!/bin/sh\n")
    monkeypatch.setattr(engine.shutil, "which", lambda _: "go")
    monkeypatch.setattr(engine, "go", lambda *_: str(sdk))
    engine.from_go(tmp_path / "engine")
    starts = {"language-python-exec", "analyzer-policy-python", "resource-pulumi-python"}
    assert {each.name.removeprefix("pulumi-") for each in (tmp_path / "engine").iterdir()} == starts
    assert all(os.access(each, os.X_OK) for each in (tmp_path / "engine").iterdir())


@pytest.mark.parametrize("refusal", [errno.EROFS, errno.EACCES])
def test_what_is_set_up_serves_where_nothing_can_be_written(monkeypatch, refusal):
    def refuse(*_):
        raise OSError(refusal, os.strerror(refusal))

    done = []
    for step in (packages, engine):
        monkeypatch.setattr(step, "install", done.append)
    monkeypatch.setattr(bootstrap.Path, "open", refuse)
    assert (bootstrap.main(), len(done)) == ((0, 2) if refusal == errno.EROFS else (1, 0))


@pytest.mark.long
def test_package_that_cannot_be_installed_is_named_with_the_remedy(tmp_path):
    (tmp_path / "requirements.lock").write_text("no-such-package-anywhere==1.0 --hash=sha256:" + "0" * 64 + "\n")
    with pytest.raises(SetupError, match="is the network up"):
        packages.install(tmp_path)
    assert not (tmp_path / ".venv" / "installed").exists()


def test_pip_is_brought_up_to_the_locks_before_it_installs_the_rest(tmp_path, monkeypatch):
    installed = []
    monkeypatch.setattr(packages, "install_with_hashes", lambda _, file: installed.append(file.read_text()))
    lock = ROOT / "requirements.lock"
    packages.fetch(tmp_path, lock)
    pip, rest = installed
    first, *hashes = pip.splitlines()
    assert first.startswith("pip==")
    assert hashes
    assert all(line.startswith("    --hash=sha256:") for line in hashes)
    assert not hashes[-1].endswith("\\")
    assert rest == lock.read_text()


def test_lock_pins_everything_by_hash_and_names_no_host():
    lock = (ROOT / "requirements.lock").read_text()
    assert "://" not in lock
    pinned = [line for line in lock.splitlines() if "==" in line]
    assert pinned
    assert all(line.endswith("\\") for line in pinned)
