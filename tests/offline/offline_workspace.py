"""Runs the real engine on the offline providers, in a home and a backend of its own."""

import json
import os
import shutil
import sqlite3
import subprocess
import sys
from pathlib import Path
from typing import Any

from tests.paths import ROOT

PROGRAMS = Path(__file__).parent / "programs"


class Workspace:
    """A program with a stack `dev`, its backend and its cloud."""

    def __init__(self, folder: Path, program: str) -> None:
        self.program = folder / "program"
        shutil.copytree(PROGRAMS / program, self.program)
        (self.program / "Pulumi.yaml").write_text(f"name: {program}\nruntime: python\n", encoding="utf-8")
        self.database = folder / "cloud.db"
        self.backend = folder / "state"
        self.backend.mkdir()
        self.environment = {
            **{key: value for key, value in os.environ.items() if not key.startswith(("AWS_", "PULUMI_"))},
            "PYTHONPATH": str(ROOT),  # which avoids the SDK's costs, in programs that ask for it
            "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}",
            "PULUMI_HOME": str(folder / "home"),
            "PULUMI_BACKEND_URL": f"file://{self.backend}?metadata=skip",
            "PULUMI_CONFIG_PASSPHRASE": "offline",
            "PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION": "true",
            "PULUMI_SKIP_UPDATE_CHECK": "true",
            "PULUMI_SKIP_CHECKPOINTS": "true",
        }
        self._start("stack", "init", "dev").communicate()
        self._start("config", "set", "aws:region", "ap-southeast-3", "--stack", "dev").communicate()

    def _start(self, *command: str, **more: str) -> subprocess.Popen[str]:
        return subprocess.Popen(
            ["pulumi", *command, "--non-interactive"],
            cwd=self.program,
            env={**self.environment, **more},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            start_new_session=True,
        )

    def server(self) -> tuple[subprocess.Popen[str], str]:
        """A running server and the engine's setting that points to it."""
        process = subprocess.Popen(
            [sys.executable, "-m", "offline", "--database", str(self.database), "--state", str(self.backend)],
            cwd=ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        assert process.stdout is not None
        ports = json.loads(process.stdout.readline())
        return process, ",".join(f"{name}:{port}" for name, port in ports.items())

    def run(self, *command: str, fails: bool = False) -> str:
        """Run a pulumi command to its end; its output. Fails the test when it does not end as expected."""
        if command[0] in {"stack", "state"}:  # they ask no provider
            return self._ended(self._start(*command, "--stack", "dev"), fails=fails)
        server, providers = self.server()
        try:
            process = self._start(*command, "--stack", "dev", PULUMI_DEBUG_PROVIDERS=providers)
            return self._ended(process, fails=fails)
        finally:
            server.terminate()
            server.communicate(timeout=20)

    @staticmethod
    def _ended(process: subprocess.Popen[str], *, fails: bool) -> str:
        output, _ = process.communicate(timeout=120)
        assert (process.returncode != 0) == fails, output
        return output

    def ends_unchanged(self) -> None:
        """A second update changes nothing, and nothing is left after a destroy."""
        self.run("up", "--yes", "--skip-preview", "--expect-no-changes")
        self.run("destroy", "--yes", "--skip-preview")
        assert self.cloud() == []

    def edit(self, old: str, new: str) -> None:
        """Replace the one place where the program says ``old``."""
        file = self.program / "__main__.py"
        text = file.read_text(encoding="utf-8")
        assert text.count(old) == 1, f"{file} says {old!r} {text.count(old)} times"
        file.write_text(text.replace(old, new), encoding="utf-8")

    def cloud(self) -> list[tuple[str, str]]:
        """Type and id of all that exists in the cloud."""
        connection = sqlite3.connect(self.database)
        try:
            return connection.execute("SELECT type, id FROM resource").fetchall()
        finally:
            connection.close()

    def outputs(self) -> dict[str, Any]:
        return json.loads(self.run("stack", "output", "--json", "--show-secrets"))

    def state(self) -> list[dict[str, Any]]:
        """Resources of the exported stack."""
        return json.loads(self.run("stack", "export"))["deployment"]["resources"]
