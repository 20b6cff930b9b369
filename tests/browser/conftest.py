"""Chromium, which opens pages; without one the tests fail, for what isn't looked at isn't proven."""

import json
import subprocess

import pytest

from bootstrap import browser as chromium
from tests.paths import ROOT


class Browser:
    """One process for all tests."""

    def __init__(self, process):
        self.process = process

    def visit(self, page, *actions, width=1280, dark=False, script=True):
        """What the actions give, on a page where nothing goes wrong and that asks for nothing."""
        asked = {
            "url": page.as_uri() if hasattr(page, "as_uri") else page,
            "width": width,
            "height": 800,
            "dark": dark,
            "script": script,
            "actions": actions,
        }
        self.process.stdin.write(json.dumps(asked) + "\n")
        self.process.stdin.flush()
        said = json.loads(self.process.stdout.readline())
        assert "failed" not in said, said
        assert said["errors"] == []
        assert [each.partition("#")[0] for each in said["requests"]] == [asked["url"].partition("#")[0]]
        return said["results"]


@pytest.fixture(scope="session")
def browser():
    """Chromium, of npm or the one that the variable CHROMIUM names."""
    words = chromium.install(ROOT)
    with subprocess.Popen(words, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        started = process.stdout.readline()
        assert "version" in started, "Chromium doesn't start: see above; name another by the variable CHROMIUM"
        yield Browser(process)
        process.stdin.close()
