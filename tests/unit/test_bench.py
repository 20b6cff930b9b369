"""What the benchmark makes of its measurements."""

import json

import pytest

from bench import suite
from bench.measure import MeasurementError, Run, best, measure
from cli import bench
from cli.preview import policy_arguments


@pytest.fixture
def measured():
    figures = {"empty program": 1.0}
    for stack in ("dev", "staging", "prod"):
        figures |= {f"{stack}, no pack": 4.0, f"{stack}, all packs": 6.0}
    for size, bare in ((100, 2.0), (1000, 11.0), (5000, 51.0)):
        figures |= {
            f"{size} resources, no pack": bare,
            f"{size} resources, empty packs": bare + 2,
            f"{size} resources, our packs": bare + 2.5,
        }
    return {name: Run(seconds, {"engine": 10 * seconds}) for name, seconds in figures.items()}


def test_ratios_compare_what_packs_add_to_the_same_preview(measured):
    found = bench.ratios(measured, [100, 1000, 5000])
    assert found["prod: all packs / no pack"] == 1.5
    assert found["1000 resources: our packs / empty packs"] == 1.25
    assert found["1000 resources: ms per resource, our packs"] == 2.5


@pytest.mark.parametrize(("extra", "ratio"), [(0.0, 1.0), (53.5, 2.0)])
def test_growth_is_judged_against_the_line_through_the_smaller_sizes(measured, extra, ratio):
    measured["5000 resources, our packs"] = Run(53.5 + extra)
    found = bench.ratios(measured, [100, 1000, 5000])
    assert found["5000 resources, our packs: measured / on the line through 100 and 1000"] == ratio


def test_best_takes_the_fastest_time_and_the_highest_memory():
    assert best([Run(2.0, {"engine": 100}), Run(1.0, {"engine": 80, "pack": 5})]) == Run(
        1.0, {"engine": 100, "pack": 5}
    )


def test_failed_command_is_no_measurement(tmp_path):
    with pytest.raises(MeasurementError, match="no such thing"):
        measure(["sh", "-c", "echo no such thing; exit 3"], tmp_path, {})


def test_record_is_appended_to_earlier_ones(tmp_path):
    file = tmp_path / "results.json"
    bench.append(file, {"run": 1})
    bench.append(file, {"run": 2})
    assert json.loads(file.read_text()) == [{"run": 1}, {"run": 2}]


def test_stacks_are_measured_as_they_are_previewed(monkeypatch):
    previewed = {}

    def preview(_program, stack, packs, _repeats):
        previewed.setdefault(stack, []).append(packs)
        return Run(1.0)

    monkeypatch.setattr(suite, "preview", preview)
    assert set(suite.stacks(1)) >= {"empty program", "prod, no pack", "prod, all", "prod, all packs"}
    for stack in ("dev", "staging", "prod"):
        nothing, *each, everything = previewed[stack]
        assert nothing == []
        assert everything == policy_arguments(stack) == [word for pack in each for word in pack]
        assert all(f"{stack}.json" in pack[-1] for pack in each)
