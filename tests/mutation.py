"""How many small changes to the code the tests notice: ``python -m tests.mutation``, or ``make mutation``.

A seeded sample of mutants, each in a copy of the project: first the tests beside the changed file, then, where they
pass, all of that kind. Engine runs are left out: what only whole stacks notice counts as missed. It ends with 1 where
less than TARGET is noticed, with 2 where the tests that noticed fail as it is.

Each run of tests is forked from a process that has the libraries loaded: they take longer than most tests.
"""

import argparse
import ast
import multiprocessing
import os
import random
import re
import signal
import sys
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from queue import SimpleQueue
from tempfile import TemporaryDirectory

import pytest

from tests.mutants import Mutant, mutants
from tests.paths import ROOT
from tests.project_copy import copy_project

SEED, COUNT, TARGET = 20240611, 60, 0.9
AT_ONCE = os.cpu_count() or 1
LONGEST = 1200
"""Seconds that tests may take, however busy the machine; what makes them hang is noticed."""
_LOADED = "ignore::pytest.PytestAssertRewriteWarning"
PYTEST = ("-x", "-q", "-m", "not slow and not engine", "-p", "no:cacheprovider", "-W", _LOADED)
LIBRARIES = ("hypothesis", "pulumi", "pulumi_aws", "pulumi_kubernetes", "pydantic", "pytest", "yaml")
AREAS = {
    "controls": (28, "policies/guardrails/controls", "tests/policies"),
    "guardrails": (10, "policies/guardrails", "tests/policies"),
    "components": (27, "components", "tests/unit tests/properties"),
    "settings": (15, "settings", "tests/unit tests/properties"),
    "layers": (5, "layers", "tests/unit tests/policies/config"),
    "mock providers": (10, "offline", "tests/offline"),
    "command": (5, "cli", "tests/unit"),
}
"""Area -> its share of the sample, its folder, all tests that may notice. A file is of the first area that has it."""


@dataclass(frozen=True)
class Place:
    """A mutant with the file, from the root, and the area that it is of."""

    area: str
    file: Path
    mutant: Mutant

    def near(self):
        """The tests beside the file, as words for pytest; empty where there are none."""
        if self.area == "controls":
            ids = controls_in((ROOT / self.file).read_text())
            return ["tests/policies/controls", "-k", " or ".join(ids)] if ids else []
        top, *below = self.file.parent.parts
        if self.area == "guardrails":
            folder = Path("tests/policies", *below[1:])
        else:
            folder = Path("tests", *([] if top == "offline" else ["unit"]), top, *([] if top == "settings" else below))
        return [str(folder)] if (ROOT / folder).is_dir() and str(folder) not in self.far() else []

    def far(self):
        """All tests that may notice."""
        return AREAS[self.area][2].split()

    def __str__(self):
        return f"{self.area}: {self.file}:{self.mutant.line}: {self.mutant}"


def controls_in(source):
    """The ids of the controls that a file defines, or says to what defines them."""
    texts = (node.value for node in ast.walk(ast.parse(source)) if isinstance(node, ast.Constant))
    return [text for text in texts if isinstance(text, str) and re.fullmatch(r"[A-Z]+-[A-Z0-9]+-\d{3}", text)]


def sample(seed, count):
    """Mutants of each area by its share, of each file by its length; the same for the same code and seed."""
    draw, seen = random.Random(seed), set()
    total = sum(share for share, *_ in AREAS.values())
    for area, (share, folder, _) in AREAS.items():
        files = {file: file.read_text() for file in sorted((ROOT / folder).rglob("*.py")) if file not in seen}
        seen.update(files)
        drawn = draw.choices(
            list(files), [len(text) for text in files.values()], k=max(1, round(count * share / total))
        )
        for file in sorted(set(drawn)):
            places = mutants(files[file])
            for each in draw.sample(places, min(len(places), drawn.count(file))):
                yield Place(area, file.relative_to(ROOT), each)


def verdict(code, failed):
    """What pytest's exit and the test that failed say of a mutant: noticed, missed, or that it doesn't even load."""
    if code in {0, 5}:
        return "missed"
    return "noticed" if code is None or failed else "does not load"


class Failures:
    """A plugin that keeps the ids of the tests that fail in a file."""

    def __init__(self, file):
        self.file = file

    def pytest_runtest_logreport(self, report):
        if report.failed:
            self.file.write_text(report.nodeid)


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

    def write(self, file, text):
        """With a time of its own, by which Python tells that its byte code is of another text."""
        self.written += 1
        (self.folder / file).write_text(text)
        os.utime(self.folder / file, (self.written, self.written))

    def judge(self, place):
        """What the tests say of a mutant, and the test that noticed."""
        source = (ROOT / place.file).read_text()
        self.write(place.file, place.mutant.applied(source))
        try:
            for tests in filter(None, (place.near(), place.far())):
                code = self.run(tests)
                failed = self.failed.read_text()
                if (found := verdict(code, failed)) != "missed":
                    break
            return found, failed
        finally:
            self.write(place.file, source)

    def run(self, tests, longest=LONGEST):
        """The exit code of pytest, None where it took too long."""
        self.failed.write_text("")
        process = self.forks.Process(target=run_pytest, args=(self.folder, self.failed, tests))
        process.start()
        process.join(longest)
        if process.is_alive():
            os.killpg(process.pid, signal.SIGKILL)
            return None
        return process.exitcode


def judged(places, folder):
    """Each place with its verdict, as they come.

    Raises:
        RuntimeError: a test that noticed fails where nothing is changed, too, or none ran.
    """
    copies, by = SimpleQueue(), set()
    for number in range(AT_ONCE):
        copies.put(Copy(folder / str(number)))

    def judge(place):
        copy, started = copies.get(), time.monotonic()
        try:
            found, test = copy.judge(place)
        finally:
            copies.put(copy)
        by.add(test)
        print(f"{found:<14}{time.monotonic() - started:5.0f} s  {place}  {test}", flush=True)
        return place, found

    with ThreadPoolExecutor(AT_ONCE) as pool:
        results = list(pool.map(judge, places))
    noticed = sorted(filter(None, by))
    if not noticed or copies.get().run(noticed):
        raise RuntimeError("no test can be run, or some fail without any change; run: make test-fast test-offline")
    return results


def report(results):
    """Lines: noticed of counted by area, and all of them; then what was missed."""
    noticed, counted = Counter(), Counter()
    for place, found in results:
        if found != "does not load":
            counted[place.area] += 1
            noticed[place.area] += found == "noticed"
    yield from (f"{area:<16}{noticed[area]:>4} of {counted[area]}" for area in counted)
    share = noticed.total() / max(1, counted.total())
    yield f"{'all':<16}{noticed.total():>4} of {counted.total()}: {share:.0%}, {TARGET:.0%} are asked for"
    yield from (f"missed: {place}" for place, found in results if found == "missed")


def main(words=None):
    """Judge a sample; 1 where less than TARGET is noticed."""
    parser = argparse.ArgumentParser(prog="python -m tests.mutation", description=main.__doc__)
    parser.add_argument("--seed", type=int, default=SEED, help="another sample; default %(default)s")
    parser.add_argument("--count", type=int, default=COUNT, help="how many; default %(default)s")
    arguments = parser.parse_args(words)
    with TemporaryDirectory() as folder:
        try:
            results = judged(list(sample(arguments.seed, arguments.count)), Path(folder))
        except RuntimeError as error:
            print(f"mutation: {error}", file=sys.stderr)
            return 2
    print(*report(results), sep="\n")
    counted = [found for _, found in results if found != "does not load"]
    return int(counted.count("noticed") < TARGET * len(counted))


if __name__ == "__main__":
    sys.exit(main())
