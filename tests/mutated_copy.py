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

LONGEST = 300
"""Seconds that one test may take, however busy the machine; a mutant with which it takes longer is noticed."""
PYTEST = (
    *("-q", "-m", "not slow and not engine", "-W", "ignore::pytest.PytestAssertRewriteWarning"),
    *("-p", "no:cacheprovider", "-p", "no:unraisableexception"),  # which would raise where no test is to blame
    "--ignore=tests/unit/test_mutation.py",  # another sample of changed code is no fault
)
AUTHOR = ("-c", "user.name=t", "-c", "user.email=t@example.org", "-c", "commit.gpgsign=false")
LIBRARIES = ("hypothesis", "pulumi", "pulumi_aws", "pulumi_kubernetes", "pydantic", "pytest", "yaml")


def verdict(code, failed):
    """What pytest's exit and the tests that failed say of a mutant: noticed, missed, or that it doesn't even load."""
    if code in {0, 5}:
        return "missed"
    return "noticed" if failed else "does not load"


class Progress:
    """A plugin that keeps the ids of the tests that fail, one a line of a file, and that of the running one."""

    def __init__(self, failed, running):
        self.failed, self.running = failed, running

    def pytest_runtest_logstart(self, nodeid):
        self.running.write_text(nodeid)

    def pytest_runtest_logreport(self, report):
        if report.failed:
            with self.failed.open("a") as file:
                print(report.nodeid, file=file)


def run_pytest(folder, failed, running, words):
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
    sys.exit(pytest.main([*PYTEST, *words], [Progress(failed, running)]))


class Copy:
    """A copy of the project to be changed, one place at a time."""

    forks = multiprocessing.get_context("forkserver")
    forks.set_forkserver_preload(list(LIBRARIES))

    def __init__(self, folder):
        self.folder, self.failed, self.running, self.written = (
            folder / "smile",
            folder / "failed",
            folder / "running",
            0,
        )
        copy_project(self.folder)
        for words in ("init -q", "add .", "commit -qm copy"):  # some tests ask what is tracked
            subprocess.run(["git", *AUTHOR, *words.split()], cwd=self.folder, check=True)

    def write(self, file, text):
        """With a time of its own, by which Python tells that its byte code is of another text."""
        self.written += 1
        (self.folder / file).write_text(text)
        os.utime(self.folder / file, (self.written, self.written))

    def judge(self, places, tests, *, most=1, without=()):
        """What tests say of mutants of different files, all there at once; what fails first; whether all ran."""
        sources = {place.file: (ROOT / place.file).read_text() for place in places}
        for place in places:
            self.write(place.file, place.mutant.applied(sources[place.file]))
        try:
            code = self.run([f"--maxfail={most}", *(f"--deselect={each}" for each in without), *tests])
            failed = self.failures()
            return verdict(code, failed), failed, code in {0, 1, 5} and len(failed) < most
        finally:
            for file, source in sources.items():
                self.write(file, source)

    def failures(self):
        """The ids of the tests that failed in the last run."""
        return self.failed.read_text().splitlines()

    def run(self, words, longest=LONGEST):
        """The exit code of pytest, None where a test took too long, which has then failed."""
        self.failed.write_text("")
        self.running.write_text("")
        process = self.forks.Process(target=run_pytest, args=(self.folder, self.failed, self.running, words))
        process.start()
        process.join(longest)
        before = None
        while process.is_alive():
            if (running := self.running.read_text()) == before:
                os.killpg(process.pid, signal.SIGKILL)
                self.failed.write_text("\n".join(filter(None, [*self.failures(), running])))
                return None
            before = running
            process.join(longest)
        return process.exitcode
