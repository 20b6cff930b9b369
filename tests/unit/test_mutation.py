"""The sample of mutants: what is changed, what is left alone, and what a run of tests says of it."""

from pathlib import Path

import pytest

from tests import mutation
from tests.mutants import mutants
from tests.mutated_copy import Copy, verdict

SOURCE = '''
"""A file."""
__all__ = ["ports", "other"]
PORTS: dict[str, tuple[int, int]] = {"ssh": 22, "rdp": 3389}


def ports(name: str, *, wide: bool = False) -> list[int]:
    """Those of a name, "é" included."""
    if name in PORTS and not wide:
        return [PORTS[name], 0]
    control(id="LP-SG-001", title="words", types=("a", "b"))
'''
NAMED = {
    "without 'ssh'",
    "22  ->  23",
    "name in PORTS  ->  (name not in PORTS)",
    "name in PORTS and (not wide)  ->  (name in PORTS or not wide)",
    "without not wide",
    "not wide  ->  (wide)",
    "without 0",
    "return [PORTS[name], 0]  ->  return None",
    "without types=('a', 'b') of control",
    "without 'a'",
    "control(id='LP-SG-001', title='words', types=('a', 'b'))  ->  pass",
}
UNTOUCHED = ("other", "words", "bool", "tuple[")


def test_each_mutant_is_one_change_of_what_runs():
    found = mutants(SOURCE)
    assert {str(each) for each in found} >= NAMED
    assert not [each for each in found if any(f"without {word}" in str(each) for word in UNTOUCHED)]
    for each in found:
        changed = each.applied(SOURCE)
        compile(changed, "mutant", "exec")
        assert changed != SOURCE
    assert len({each.applied(SOURCE) for each in found}) == len(found)


def test_the_same_seed_gives_the_same_sample_of_every_area():
    first, again, other = (list(map(str, mutation.sample(seed, 20))) for seed in (1, 1, 2))
    assert first == again != other
    assert {line.partition(":")[0] for line in first} == set(mutation.AREAS)


def test_the_tests_beside_a_file_come_first():
    near = {}
    for place in mutation.sample(3, 60):
        near.setdefault(place.area, set()).add(tuple(place.near()))
    assert all(words[:2] == ("tests/policies/controls", "-k") for words in near["controls"] if words)
    assert any("LP-" in words[-1] for words in near["controls"] if words)
    assert all(words[-1].startswith("tests/unit/components/") for words in near["components"])
    assert all(words[0].startswith("tests/unit/settings/test_") for words in near["settings"] if words)
    assert all(words[0].startswith("tests/unit/cli") for words in near["command"])
    assert near["layers"] == {("tests/unit/layers",)}


def test_the_settings_of_a_component_are_tested_in_two_places():
    place = mutation.Place("components", Path("components/queues/settings.py"), None)
    assert place.near() == ["tests/unit/components/queues"]
    place = mutation.Place("components", Path("components/backup/settings.py"), None)
    assert place.near() == ["tests/unit/settings/test_backup.py", "tests/unit/components/backup"]
    place = mutation.Place("components", Path("components/core/settings/load.py"), None)
    assert place.near() == ["tests/unit/components/core"]


@pytest.mark.parametrize(
    ("body", "said"), [("assert True", "missed"), ("assert False", "noticed"), ("import nothing_such", "does not load")]
)
def test_what_pytest_says_of_a_mutant(tmp_path, body, said):
    (tmp_path / "test_it.py").write_text(body if said == "does not load" else f"def test_it():\n    {body}\n")
    copy = object.__new__(Copy)
    copy.folder, copy.failed, copy.running = tmp_path, tmp_path / "failed", tmp_path / "running"
    assert verdict(copy.run([str(tmp_path)]), copy.failures()) == said


@pytest.mark.long
def test_a_test_that_hangs_has_failed(tmp_path):
    (tmp_path / "test_it.py").write_text("import time\n\ndef test_it():\n    time.sleep(600)\n")
    copy = object.__new__(Copy)
    copy.folder, copy.failed, copy.running = tmp_path, tmp_path / "failed", tmp_path / "running"
    assert verdict(copy.run([str(tmp_path)], longest=5), copy.failures()) == "noticed"
    assert copy.failures() == ["test_it.py::test_it"]


def test_the_report_counts_what_loads_and_lists_what_was_missed(capsys, monkeypatch):
    places = list(mutation.sample(1, 20))[:3]
    results = list(zip(places, ("noticed", "missed", "does not load"), strict=True))
    lines = list(mutation.report(results))
    assert lines[-2:] == ["all                1 of 2: 50%, 90% are asked for", f"missed: {places[1]}"]
    monkeypatch.setattr(mutation.Sample, "judged", lambda _: results)
    monkeypatch.setattr(mutation, "Copy", lambda _: None)
    assert mutation.main(["--count", "20"]) == 1
    assert lines[-1] in capsys.readouterr().out


class Noticing:
    """A copy with tests that notice what their names say; ``runs`` has with how many mutants each ran.

    ``broken`` are tests that fail anyway; with ``apart``, more than two at once fail.
    """

    runs, broken, apart, failed = [], set(), False, []

    def __init__(self, _):
        pass

    def judge(self, places, tests, *, most=1, without=()):
        self.runs.append((len(places), tests))
        known = ["test_far", "test_other"] if tests == ["all"] else tests
        there = {place.mutant for place in places} | self.broken
        failed = [test for test in known if test in there and test not in without][:most]
        return ("noticed" if failed else "missed"), failed, len(failed) < most

    def run(self, tests):
        self.failed = [test for test in tests if test in self.broken or (self.apart and len(tests) > 2)]
        return len(self.failed)

    def failures(self):
        return self.failed


class At(mutation.Place):
    def near(self):
        return ["test_beside"]

    def far(self):
        return ["all"]

    def __str__(self):
        return self.mutant


NOTICED_BY = {"a.py": "test_beside", "b.py": "test_far", "c.py": "none", "d.py": "test_other"}


@pytest.fixture
def judged(tmp_path, monkeypatch):
    """What is said of mutants that one test each notices, of those that there are."""
    monkeypatch.setattr(mutation, "Copy", Noticing)
    monkeypatch.setattr(Noticing, "runs", [])

    def judge():
        places = [At("command", Path(file), test) for file, test in NOTICED_BY.items()]
        return [found for _, found in mutation.Sample(places, tmp_path).judged()]

    return judge


def test_what_tests_beside_a_file_miss_meets_all_others_once(judged):
    assert judged() == ["noticed", "noticed", "missed", "noticed"]
    assert Noticing.runs.count((3, ["all"])) == 1
    assert Noticing.runs.count((1, ["test_far", "test_other"])) == 3
    assert (1, ["all"]) not in Noticing.runs


def test_what_fails_beyond_the_first_tests_is_asked_for_again(judged, monkeypatch):
    monkeypatch.setattr(mutation, "MOST", 1)
    assert judged() == ["noticed", "noticed", "missed", "noticed"]


@pytest.mark.parametrize(("broken", "file"), [("test_beside", "a.py"), ("test_far", "b.py")])
def test_a_test_that_fails_without_any_change_notices_nothing(judged, monkeypatch, capsys, broken, file):
    monkeypatch.setattr(Noticing, "broken", {broken})
    assert judged() == ["missed" if each in {file, "c.py"} else "noticed" for each in NOTICED_BY]
    assert f"fails without any change: {broken}\n" in capsys.readouterr().out


def test_what_fails_with_other_tests_without_any_change_is_an_error(judged, monkeypatch):
    monkeypatch.setattr(Noticing, "apart", True)
    with pytest.raises(RuntimeError, match="fail without any change"):
        judged()


def test_mutants_of_one_file_do_not_meet(tmp_path, monkeypatch):
    monkeypatch.setattr(mutation, "Copy", Noticing)
    places = [At("command", Path(file), test) for file, test in (("a.py", "1"), ("a.py", "2"), ("b.py", "3"))]
    assert [[each.mutant for each in group] for group in mutation.Sample(places, tmp_path).groups()] == [
        ["1", "3"],
        ["2"],
    ]
