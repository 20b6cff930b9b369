"""The sample of mutants: what is changed, what is left alone, and what a run of tests says of it."""

import pytest

from tests import mutation
from tests.mutants import mutants

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
    assert {words[0].rpartition("/")[0] for words in near["components"] if words} == {"tests/unit/components"}
    assert near["settings"] == {("tests/unit/settings",)}
    assert near["command"] == {("tests/unit/cli",)}
    assert near["layers"] == {()}


@pytest.mark.parametrize(
    ("body", "said"), [("assert True", "missed"), ("assert False", "noticed"), ("import nothing_such", "does not load")]
)
def test_what_pytest_says_of_a_mutant(tmp_path, body, said):
    (tmp_path / "test_it.py").write_text(body if said == "does not load" else f"def test_it():\n    {body}\n")
    copy = object.__new__(mutation.Copy)
    copy.folder, copy.failed = tmp_path, tmp_path / "failed"
    assert mutation.verdict(copy.run([str(tmp_path)]), copy.failed.read_text()) == said


def test_what_hangs_is_noticed(tmp_path):
    (tmp_path / "test_it.py").write_text("import time\n\ndef test_it():\n    time.sleep(600)\n")
    copy = object.__new__(mutation.Copy)
    copy.folder, copy.failed = tmp_path, tmp_path / "failed"
    assert mutation.verdict(copy.run([str(tmp_path)], longest=5), copy.failed.read_text()) == "noticed"


def test_the_report_counts_what_loads_and_lists_what_was_missed(capsys, monkeypatch):
    places = list(mutation.sample(1, 20))[:3]
    results = list(zip(places, ("noticed", "missed", "does not load"), strict=True))
    lines = list(mutation.report(results))
    assert lines[-2:] == ["all                1 of 2: 50%, 90% are asked for", f"missed: {places[1]}"]
    monkeypatch.setattr(mutation, "judged", lambda *_: results)
    assert mutation.main(["--count", "20"]) == 1
    assert lines[-1] in capsys.readouterr().out


@pytest.mark.parametrize(("judgement", "without"), [(("noticed", "test_it"), 1), (("does not load", ""), 0)])
def test_tests_that_fail_anyway_notice_nothing(capsys, monkeypatch, judgement, without):
    class Failing:
        def __init__(self, _):
            pass

        def judge(self, _):
            return judgement

        def run(self, tests):
            assert tests == ["test_it"]
            return without

    monkeypatch.setattr(mutation, "Copy", Failing)
    assert mutation.main(["--count", "5"]) == 2
    assert "fail without any change" in capsys.readouterr().err
