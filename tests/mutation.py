"""How many small changes to the code the tests notice: ``python -m tests.mutation``, or ``make mutation``.

A seeded sample of mutants, each in a copy of the project: first the tests beside the changed file. What they miss
meets all tests of its kind at once, and each test that fails then meets each of those mutants alone. Engine runs are
left out: what only whole stacks notice counts as missed. It ends with 1 where less than TARGET is noticed, with 2 where
the tests that noticed fail as it is.
"""

import argparse
import ast
import os
import random
import re
import sys
from collections import Counter, defaultdict
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from queue import SimpleQueue
from tempfile import TemporaryDirectory

from tests.mutants import Mutant, mutants
from tests.mutated_copy import Copy
from tests.paths import ROOT

SEED, COUNT, TARGET = 20240611, 60, 0.9
AT_ONCE = os.cpu_count() or 1
MOST = 60
"""Tests that may fail with several mutants at once before the rest is left."""
AREAS = {
    "controls": (28, "policies/guardrails/controls", "tests/policies/controls tests/policies"),
    "guardrails": (10, "policies/guardrails", "tests/policies/controls tests/policies"),
    "components": (27, "components", "tests/unit tests/properties"),
    "settings": (15, "settings", "tests/unit tests/properties tests/policies/config"),
    "layers": (5, "layers", "tests/unit tests/policies/config"),
    "mock providers": (10, "offline", "tests/offline"),
    "command": (5, "cli", "tests/unit"),
}
"""Area -> its share of the sample, its folder, all tests that may notice, the likeliest first.

A file is of the first area that has it.
"""


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
            return ["tests/policies/controls", "-k", " or ".join([*ids, "test_list_entries"])] if ids else []
        top, *below = self.file.parent.parts
        settings, part = (
            Path("tests/unit/settings"),
            below[0] if below and self.file.stem == "settings" else self.file.stem,
        )
        beside = [settings / f"test_{part}.py"] if self.area in {"components", "settings"} else []
        root = {"guardrails": "tests/policies", "mock providers": "tests/offline"}.get(self.area, f"tests/unit/{top}")
        folder = Path(root, *(below[1:] if self.area == "guardrails" else below))
        while not (ROOT / folder).is_dir():
            folder = folder.parent
        places = [*beside, folder] if self.area != "settings" else beside
        return [str(each) for each in places if (ROOT / each).exists() and len(each.parts) > 2]

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


class Sample:
    """Judges places on some copies at once.

    Attributes:
        found: place -> what the tests say of it.
        by: ids of the tests that noticed one.
        broken: those that fail without any change.
    """

    def __init__(self, places, folder):
        self.places, self.found, self.by, self.broken, self.copies = places, {}, set(), [], SimpleQueue()
        for number in range(AT_ONCE):
            self.copies.put(Copy(folder / str(number)))

    @contextmanager
    def copy(self):
        """One that no other thread changes."""
        copy = self.copies.get()
        try:
            yield copy
        finally:
            self.copies.put(copy)

    def alone(self, place, tests, *, last):
        """One mutant; it is told unless other tests are to come."""
        found, failed = "missed", []
        with self.copy() as copy:
            while tests:
                found, failed, _ = copy.judge([place], tests, without=self.broken)
                if not self.fails_anyway(copy, [test for test in failed if test not in self.by]):
                    break
        if last or found != "missed":
            self.found[place] = found
            self.by.update(failed)
            print(f"{found:<14}{place}  {' '.join(failed)}", flush=True)

    def together(self, group):
        """Mutants of one kind: only what fails with all of them is run with each."""
        while group:
            with self.copy() as copy:
                found, failed, all_ran = copy.judge(group, group[0].far(), most=MOST, without=self.broken)
                broken = self.fails_anyway(copy, failed)
            tests = [test for test in failed if test not in broken]
            for place in group:
                self.alone(place, tests, last=found == "missed" or all_ran)
            left = [place for place in group if place not in self.found]
            if left == group and not broken:  # one hides the others, or does not load
                for place in left:
                    self.alone(place, place.far(), last=True)
                return
            group = left

    def fails_anyway(self, copy, tests):
        """Those that fail where nothing is changed; from now on, they are left out."""
        broken = copy.failures() if tests and copy.run(tests) else []
        self.broken.extend(broken)
        for test in broken:
            print(f"fails without any change: {test}", flush=True)
        return broken

    def groups(self):
        """What is not judged yet, by the tests that it needs; one mutant of a file each."""
        groups = defaultdict(list)
        for place in self.places:
            if place not in self.found:
                number = sum(each.file == place.file for group in groups.values() for each in group)
                groups[place.area, number].append(place)
        return list(groups.values())

    def judged(self):
        """Each place with its verdict.

        Raises:
            RuntimeError: a test that noticed fails where nothing is changed, too, or none ran.
        """
        with ThreadPoolExecutor(AT_ONCE) as pool:
            list(pool.map(lambda place: self.alone(place, place.near(), last=False), self.places))
            list(pool.map(self.together, self.groups()))
        with self.copy() as copy:
            if not self.by or self.fails_anyway(copy, sorted(self.by)):
                raise RuntimeError(
                    "no test can be run, or some fail without any change; run: make test-fast test-offline"
                )
        return [(place, self.found[place]) for place in self.places]


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
            results = Sample(list(sample(arguments.seed, arguments.count)), Path(folder)).judged()
        except RuntimeError as error:
            print(f"mutation: {error}", file=sys.stderr)
            return 2
    print(*report(results), sep="\n")
    counted = [found for _, found in results if found != "does not load"]
    return int(counted.count("noticed") < TARGET * len(counted))


if __name__ == "__main__":
    sys.exit(main())
