"""Whatever of a run is killed, and whenever: the same command, run again, ends as if nothing had happened."""

import json
import os
import random
import signal
import sqlite3
import subprocess
import time
from contextlib import suppress

import psutil
import pytest

from tests.offline.offline_workspace import PROGRAMS, ROOT

pytestmark = pytest.mark.engine
COUNT = 1 + 4 * 5 + 16
"""Resources of the program in AWS."""
PACK = """
from pulumi_policy import EnforcementLevel, PolicyPack, ResourceValidationPolicy

PolicyPack(
    name="nothing",
    enforcement_level=EnforcementLevel.MANDATORY,
    policies=[ResourceValidationPolicy(name="nothing", description="nothing", validate=lambda args, report: None)],
)
"""
VICTIMS = {
    "engine": ["pulumi up"],
    "language host": ["pulumi-language-python "],
    "program": ["pulumi-language-python-exec"],
    "mock providers": ["-m offline"],
    "pack": ["pulumi-analyzer-policy"],
    "smile": ["cli.__main__"],
    "all": ["cli.__main__", "-m offline", "pulumi"],
}
PROXIES = dict.fromkeys(("http_proxy", "https_proxy", "HTTP_PROXY", "HTTPS_PROXY", "grpc_proxy"), "http://127.0.0.1:9")
"""Nobody listens there: what goes to this machine itself goes by none."""
SEED = 20261130


class Run:
    """The program, its folder of offline state, and the runs on it."""

    def __init__(self, folder):
        self.program, self.offline = folder / "program", folder / "offline"
        self.program.mkdir()
        (self.program / "Pulumi.yaml").write_text("name: generations\nruntime: python\n")
        (self.program / "Pulumi.dev.yaml").write_text("config:\n  aws:region: ap-southeast-3\n")
        (self.program / "__main__.py").symlink_to(PROGRAMS / "generations" / "__main__.py")
        pack = folder / "pack"
        pack.mkdir()
        (pack / "PulumiPolicy.yaml").write_text("runtime: python\nversion: 0.0.1\n")
        (pack / "__main__.py").write_text(PACK)
        self.words = ["pulumi", "up", "--stack", "dev", "--yes", "--skip-preview", "--non-interactive"]
        self.with_pack = ["--policy-pack", str(pack)]
        self.generation = 0

    def start(self, *more):
        return subprocess.Popen(
            [ROOT / ".venv" / "bin" / "smile", "offline", "--", *self.words, *more],
            cwd=self.program,
            env=os.environ | PROXIES | {"SMILE_OFFLINE_FOLDER": str(self.offline), "GENERATION": str(self.generation)},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            start_new_session=True,
        )

    def up(self, *more):
        running = self.start(*more)
        said, _ = running.communicate(timeout=300)
        assert running.returncode == 0, said
        return said

    def processes(self, *parts):
        """Those of this test whose command line has one of the parts."""
        found = []
        for process in psutil.process_iter():
            try:
                words, variables = " ".join(process.cmdline()), process.environ()
            except psutil.Error:
                continue
            if variables.get("SMILE_OFFLINE_FOLDER") == str(self.offline) and any(part in words for part in parts):
                found.append(process)
        return found

    def changes(self):
        """How many changes the mock AWS has seen in this run."""
        with sqlite3.connect(f"file:{self.offline / 'cloud.sqlite'}?mode=ro", uri=True) as database:
            return database.execute("SELECT count(*) FROM change").fetchone()[0]

    def wait_for(self, running, changes):
        """Until the run has made so many changes, or is over."""
        deadline = time.monotonic() + 120
        while running.poll() is None and time.monotonic() < deadline:
            try:
                if self.changes() >= changes:
                    return
            except sqlite3.OperationalError:
                pass
            time.sleep(0.002)

    def agrees(self):
        """The cloud has what the state says, once, and that is the program."""
        state = json.loads((self.offline / "state" / ".pulumi" / "stacks" / "generations" / "dev.json").read_text())
        latest = state["checkpoint"]["latest"]
        assert not latest.get("pending_operations")
        recorded = [(each["urn"], each["id"]) for each in latest["resources"] if each["type"].startswith("aws:")]
        with sqlite3.connect(self.offline / "cloud.sqlite") as database:
            there = database.execute("SELECT urn, id FROM resource").fetchall()
            assert database.execute("SELECT * FROM change").fetchall() == []
        assert sorted(recorded) == sorted(there)
        assert len(there) == COUNT
        queues = {urn.rsplit("::", 1)[1] for urn, _ in there if "sqs" in urn}
        assert queues == {f"queue-{4 * self.generation + number}" for number in range(16)}
        assert [each["inputs"]["path"] for each in latest["resources"] if each["type"] == "aws:iam/role:Role"] == [
            f"/{self.generation}/"
        ] * 4

    def interrupt(self, how, changes, delay):
        """Start an update, and when it has made so many changes, end it in some way."""
        running = self.start(*self.with_pack * (how == "pack"))
        self.wait_for(running, changes)
        time.sleep(delay)
        if how.startswith("Ctrl-C"):
            for _ in range(2 if how == "Ctrl-C twice" else 1):
                if running.poll() is None:
                    os.killpg(running.pid, signal.SIGINT)  # as a terminal does, to the whole group
                time.sleep(delay)
        else:
            victims = self.processes(*VICTIMS[how])
            for act in (psutil.Process.suspend, psutil.Process.kill):  # so that none sees another one's end
                for victim in victims:
                    with suppress(psutil.NoSuchProcess):
                        act(victim)
        said, _ = running.communicate(timeout=60)
        assert "Traceback" not in said
        return running.returncode


@pytest.fixture
def it(tmp_path):
    return Run(tmp_path)


def converges(it, how, changes, delay):
    it.generation += 1
    it.interrupt(how, changes, delay)
    it.up(*it.with_pack * (how == "pack"))
    it.agrees()
    assert it.processes("pulumi", "-m offline") == []


WAYS = (*VICTIMS, "Ctrl-C", "Ctrl-C twice")


def test_an_interrupted_update_is_finished_by_the_next(it, monkeypatch):
    it.interrupt("all", changes=20, delay=0)
    assert "changes of a run that was interrupted are undone" in it.up()
    it.agrees()
    converges(it, "Ctrl-C", changes=20, delay=0)
    converges(it, "mock providers", changes=20, delay=0)
    monkeypatch.setenv("PULUMI_SKIP_CHECKPOINTS", "false")
    converges(it, "engine", changes=20, delay=0)


@pytest.mark.slow
def test_sixty_kills_and_interrupts_at_any_moment(it):
    draw = random.Random(SEED)
    it.up()
    for _ in range(60):
        converges(it, draw.choice(WAYS), changes=draw.randrange(60), delay=draw.random() ** 3)
    it.words[1:2] = ["preview", "--expect-no-changes"]
    it.words = [word for word in it.words if word not in {"--yes", "--skip-preview"}]
    it.up()
