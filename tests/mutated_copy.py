"""A copy of the project whose tests are run with a changed file: forked from a process that has the libraries loaded.

They take longer to load than most tests.
"""

import multiprocessing
import os
import signal
import subprocess
import sys

import pytest

from tests.paths import ROOT
from tests.project_copy import copy_project

LONGEST = 1200
"""Seconds that tests may take, however busy the machine; what makes them hang is noticed."""
PYTEST = (
    *("-q", "-m", "not slow and not engine", "-W", "ignore::pytest.PytestAssertRewriteWarning"),
    *("-p", "no:cacheprovider", "-p", "no:unraisableexception"),  # which would raise where no test is to blame
    "--ignore=tests/unit/test_mutation.py",  # another sample of changed code is no fault
)
AUTHOR = ("-c", "user.name=t", "-c", "user.email=t@example.org", "-c", "commit.gpgsign=false")
LIBRARIES = ("hypothesis", "pulumi", "pulumi_aws", "pulumi_kubernetes", "pydantic", "pytest", "yaml")


def verdict(code, failed):
    """What pytest's exit and the test that failed say of a mutant: noticed, missed, or that it doesn't even load."""
    if code in {0, 5}:
        return "missed"
    return "noticed" if code is None or failed else "does not load"


class Failures:
    """A plugin that keeps the ids of the tests that fail in a file, one a line."""

    def __init__(self, file):
        self.file = file

    def pytest_runtest_logreport(self, report):
        if report.failed:
            with self.file.open("a") as file:
                print(report.nodeid, file=file)


def run_pytest(folder, failed, words):
    """Run a copy's tests, in a process that was forked for them; what it has of the project is forgotten."""
    os.setsid()
    os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
    os.dup2(1, 2)
    own = {each.stem for each in ROOT.iterdir()} - {"__main__"}
    for name in [name for name in sys.modules if name.partition(".")[0] in own]:
        del sys.modules[name]
    os.chdir(folder)
    sys.path[:] = [str(folder), *(each for each in sys.path if each not in {"", str(ROOT)})]
    sys.pycache_prefix = os.environ["PYTHONPYCACHEPREFIX"] = f"{folder}.bytecode"
    sys.exit(pytest.main([*PYTEST, *words], [Failures(failed)]))


class Copy:
    """A copy of the project to be changed, one place at a time."""

    forks = multiprocessing.get_context("forkserver")
    forks.set_forkserver_preload(list(LIBRARIES))

    def __init__(self, folder):
        self.folder, self.failed, self.written = folder / "smile", folder / "failed", 0
        copy_project(self.folder)
        for words in ("init -q", "add .", "commit -qm copy"):  # some tests ask what is tracked
            subprocess.run(["git", *AUTHOR, *words.split()], cwd=self.folder, check=True)

    def write(self, file, text):
        """With a time of its own, by which Python tells that its byte code is of another text."""
        self.written += 1
        (self.folder / file).write_text(text)
        os.utime(self.folder / file, (self.written, self.written))

    def judge(self, places, tests, most=1):
        """What tests say of mutants of different files, all there at once, and the first ones that fail."""
        sources = {place.file: (ROOT / place.file).read_text() for place in places}
        for place in places:
            self.write(place.file, place.mutant.applied(sources[place.file]))
        try:
            code = self.run([f"--maxfail={most}", *tests])
            failed = self.failed.read_text().splitlines()
            return verdict(code, failed), failed
        finally:
            for file, source in sources.items():
                self.write(file, source)

    def run(self, words, longest=LONGEST):
        """The exit code of pytest, None where it took too long."""
        self.failed.write_text("")
        process = self.forks.Process(target=run_pytest, args=(self.folder, self.failed, words))
        process.start()
        process.join(longest)
        if process.is_alive():
            os.killpg(process.pid, signal.SIGKILL)
            return None
        return process.exitcode
