"""What the benchmark measures, and what it makes of it."""

import json
import re
import sys
from itertools import chain
from pathlib import Path

import pytest

from bench import figures, suite, terraform
from bench.measure import MeasurementError, Run, best, kind_of, measure
from cli import bench
from cli.__main__ import COMMANDS, main
from cli.preview import policy_arguments
from cli.program import program_of
from guardrails.engine.packs import FAMILIES
from settings import loader
from tests.unit.cli.documents import documented

SIZES = [100, 1000, 5000]


def took(seconds, cpu=None):
    return Run(seconds, {"engine": 10 * seconds}, {"program": cpu or seconds})


@pytest.fixture
def measured():
    runs = {"empty program": took(1.0)}
    for stack in loader.stacks():
        runs |= {f"{stack}, no controls": took(4.0, 4.0), f"{stack}, all controls": took(6.0, 5.0)}
    runs |= {f"prod, {figures.PUBLISHED}": took(8.0, 16.0), f"prod, {figures.AS_BEFORE}": took(12.0, 20.0)}
    for size, seconds in zip(SIZES, (4.5, 13.5, 51.0), strict=True):
        runs |= {f"{size} resources, all controls": took(seconds)}
    runs |= {"1000 resources, no controls": took(11.0), "1000 resources, empty pack": took(13.0)}
    return runs | {"all stacks, all controls": took(20.0)}


@pytest.mark.parametrize(
    ("ratio", "value"),
    [
        ("prod: all controls / no controls", 1.5),
        ("prod: all controls / no controls, CPU", 1.25),
        ("prod, no controls: as it is / SDK as published", 0.5),
        ("prod, all controls: as it is / SDK as published, a pack for each family, CPU", 0.25),
        ("5000 / 1000 resources, all controls, beyond the empty program", 4.0),
        ("5000 resources, all controls: MiB of the largest process", 510.0),
        ("1000 resources: what all controls add / what an empty pack adds", 1.25),
        ("all stacks, all controls: seconds", 20.0),
    ],
)
def test_figures(measured, ratio, value):
    assert figures.figures(measured, loader.stacks(), SIZES)[ratio] == value


def test_terraform_and_checkov_are_compared_with_the_same_resources_where_both_were_run(measured):
    name = "1000 resources: all controls / terraform plan and checkov"
    assert name not in figures.figures(measured, loader.stacks(), SIZES)
    measured |= {"1000 resources, terraform plan": took(20.0), "1000 resources, checkov": took(7.0)}
    assert figures.figures(measured, loader.stacks(), SIZES)[name] == 0.5


@pytest.fixture
def nothing_else_is_measured(monkeypatch):
    for name in ("stacks", "platforms", "growth"):
        monkeypatch.setattr(suite, name, lambda *_: ())
    monkeypatch.setattr(suite, "together", lambda _: took(1.0))


@pytest.mark.parametrize(
    ("tools", "why"),
    [
        ({}, "no terraform and no checkov on PATH"),
        ({"terraform": "exit 0"}, "no checkov on PATH"),
        ({"terraform": "echo no such host; exit 1", "checkov": "exit 0"}, r"terraform init .* failed: no such host"),
    ],
)
def test_what_is_left_out_is_said(nothing_else_is_measured, tmp_path, monkeypatch, tools, why):
    for tool, does in tools.items():
        (tmp_path / tool).write_text(f"#!/bin/sh\n{does}\n")
        (tmp_path / tool).chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path))
    left_out = []
    assert [name for name, _ in bench.measurements(1, SIZES, left_out)] == [figures.TOGETHER]
    (said,) = left_out
    assert re.fullmatch(f"the comparison with terraform plan and checkov: {why}", said)


def test_each_further_program_is_measured_with_and_without_its_controls():
    found = [*suite.platforms()]
    assert {each.name for each in found} >= {"learning_hub-prod, no controls", "parcels-dev, all controls"}
    assert all(each.once for each in found)
    (parcels,) = [each for each in found if each.name == "parcels-dev, all controls"]
    assert parcels.packs == policy_arguments("dev", program=program_of("parcels"))
    assert str(parcels.program).endswith("platforms/parcels")


def test_best_takes_the_fastest_time_the_least_cpu_and_the_most_memory():
    runs = [
        Run(2.0, {"engine": 100}, {"engine": 1.0}),
        Run(1.0, {"engine": 80, "pack": 5}, {"engine": 0.5, "pack": 1.0}),
    ]
    assert best(runs) == Run(1.0, {"engine": 100, "pack": 5}, {"engine": 1.0})


def test_failed_command_is_no_measurement(tmp_path):
    with pytest.raises(MeasurementError, match="no such thing"):
        measure(["sh", "-c", "echo no such thing; exit 3"], tmp_path, {})


def test_cpu_seconds_and_memory_of_each_kind_of_process_are_seen(tmp_path):
    burn = "import time\nwhile time.process_time() < 0.4: pass"
    run = measure([sys.executable, "-c", burn, "pulumi-language-python-exec"], tmp_path, {})
    assert set(run.cpu) == set(run.peaks) == {"program"}
    assert 0.2 < run.cpu["program"] < 0.6
    assert run.cpu_seconds == run.cpu["program"]
    assert run.peaks["program"] > 1


@pytest.mark.parametrize(
    ("command_line", "kind"),
    [
        ("python -m offline --database x", "provider"),
        ("/engine/pulumi-language-python 127.0.0.1:1", "language host"),
        ("python /engine/pulumi-language-python-exec --stack prod", "program"),
        ("python -u -m pulumi.policy 127.0.0.1:1", "pack"),
        ("sleep 1", None),
    ],
)
def test_processes_are_told_apart(command_line, kind):
    assert kind_of(command_line) == kind


def test_record_replaces_the_earlier_one(tmp_path):
    file = tmp_path / "results.json"
    bench.write(file, {"run": 1})
    bench.write(file, {"run": 2})
    assert json.loads(file.read_text()) == {"run": 2}


def test_table_shows_each_ratio_and_each_run(measured):
    record = {
        "machine": {"cores": 2},
        "left out": ["something"],
        "figures": {"a figure": 0.5, figures.SECONDS: 20},
        "runs": {name: bench.shown(run) for name, run in measured.items()},
    }
    lines = bench.table(record).splitlines()
    assert lines[:2] == ["machine: cores 2", "left out: something"]
    assert "a figure" in lines[3]
    assert lines[3].endswith("0.50")
    assert lines[4].endswith("20.00  at most 16")
    assert [line[:48].rstrip() for line in lines[7:]] == [name[:48] for name in measured]


def test_stacks_are_measured_as_they_are_previewed_and_prod_on_the_published_sdk_as_well():
    found = {each.name: each for each in suite.stacks()}
    for stack in loader.stacks():
        assert found[f"{stack}, no controls"].packs == []
        assert found[f"{stack}, all controls"].packs == policy_arguments(stack)
    published = found[f"prod, {suite.AS_BEFORE}"]
    families = [Path(word).name for word in published.packs if "--" not in word and not word.endswith(".json")]
    assert set(families) == set(FAMILIES) == set(suite.FAMILIES)
    assert found[f"prod, {suite.PUBLISHED}"].packs == []
    assert (suite.ROOT / "bench" / "unpatched" / "sitecustomize.py").is_file()
    assert published.variables == {"PYTHONPATH": str(suite.ROOT / "bench" / "unpatched")}
    assert not any(each.variables for each in found.values() if suite.PUBLISHED not in each.name)


def test_published_sdk_is_what_a_program_gets_there(tmp_path):
    program = (
        "import asyncio; from components.core import early_registration as early, sdk_performance as module;"
        "module.apply(); asyncio.run(early.begun('layer')); print(hasattr(module, 'drain'), hasattr(early, 'TURNS'))"
    )
    variables = suite.AS_PUBLISHED | {"PYTHONPATH": f"{suite.AS_PUBLISHED['PYTHONPATH']}:{suite.ROOT}"}
    said = {}
    for name, environment in (("published", variables), ("ours", {"PYTHONPATH": str(suite.ROOT)})):
        file = tmp_path / name
        words = [sys.executable, "-c", f"import sys; sys.stdout = open({str(file)!r}, 'w')\n{program}"]
        measure(words, tmp_path, environment)
        said[name] = file.read_text().strip()
    assert said == {"published": "False False", "ours": "True True"}


def test_large_programs_are_measured_once(tmp_path):
    once = {each.name: each.once for each in suite.growth((100, 1000, 10000), tmp_path)}
    small = {f"100 resources, {packs}" for packs in ("all controls", "no controls")}
    assert {name for name, alone in once.items() if not alone} == small
    assert set(once) - small == {
        *(f"1000 resources, {packs}" for packs in ("all controls", "no controls", "empty pack")),
        "10000 resources, all controls",
    }


@pytest.mark.parametrize("words", [["--repeats", "0"], ["--repeats", "-1"], ["--sizes", "100", "--sizes", "many"]])
def test_numbers_that_make_no_sense_are_usage_errors(words, capsys):
    assert main(["bench", *words]) == 2
    assert "is no number from 1 up" in capsys.readouterr().err


def test_the_document_is_the_record(monkeypatch):
    runs = documented("bench", bench.RESULTS.read_text(), free=["machine", "figures", "runs"])["runs"]
    assert {key for run in runs.values() for key in run} <= set(re.findall(r"`([\w ]+)`", COMMANDS["bench"].json))


def test_a_single_size_is_a_usage_error(capsys):
    assert main(["bench", "--sizes", "100", "--sizes", "100"]) == 2
    assert capsys.readouterr().err.startswith("smile bench: --sizes 100: growth takes two sizes at least;")


def test_terraform_gets_the_mix_of_the_synthetic_program():
    program = (suite.PROGRAMS / "synthetic" / "__main__.py").read_text()
    assert f"MIX = ({', '.join(terraform.MIX)})" in program
    resources = terraform.configuration(20)["resource"]
    assert {kind: len(found) for kind, found in resources.items()} == {
        "aws_security_group": 1,
        "aws_kms_key": 1,
        "aws_vpc_security_group_ingress_rule": 8,
        "aws_sqs_queue": 4,
        "aws_cloudwatch_metric_alarm": 4,
        "aws_cloudwatch_log_group": 2,
        "aws_iam_role": 2,
    }
    names = list(chain.from_iterable(resources.values()))
    assert len(names) == len(set(names))


def test_terraform_and_checkov_are_run_as_their_users_run_them(tmp_path, monkeypatch):
    tools = tmp_path / "tools"
    tools.mkdir()
    for tool in terraform.TOOLS:
        (tools / tool).write_text(f'#!/bin/sh\necho {tool} "$@" >> {tmp_path}/log\n')
        (tools / tool).chmod(0o755)
    monkeypatch.setenv("PATH", f"{tools}:/usr/bin:/bin")
    assert terraform.prepare(10, tmp_path) == ""
    found = terraform.compare(10, tmp_path)
    assert list(found) == ["10 resources, terraform plan", "10 resources, checkov"]
    said = [line.split()[:3] for line in (tmp_path / "log").read_text().splitlines()]
    assert said[:2] == [["terraform", "init", "-input=false"], ["terraform", "plan", "-input=false"]]
    assert said[3] == ["checkov", "--file", "plan.json"]
    assert json.loads((tmp_path / "main.tf.json").read_text())["provider"]["aws"]["region"] == "ap-southeast-3"
