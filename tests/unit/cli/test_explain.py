"""``smile controls`` and ``smile explain``: what is found, and what is said of a control."""

import ast
import json
import sys

import pytest

from cli import __main__, values
from cli.controls import known
from settings import loader


@pytest.fixture
def smile(monkeypatch, capsys):
    def run(*words):
        monkeypatch.setattr(sys, "argv", ["smile", *words])
        return __main__.main(), capsys.readouterr()

    return run


@pytest.mark.parametrize(
    ("words", "fits"),
    [
        ((), lambda about: True),
        (("acl", "Public READ"), lambda about: about["control"] == "LP-S3-004"),
        (("--service", "rds"), lambda about: "-RDS-" in about["control"]),
        (("--framework", "soc 2 cc6.6"), lambda about: "SOC 2 CC6.6" in about["references"]),
        (("--severity", "critical"), lambda about: about["severity"] == "critical"),
        (
            ("--service", "kms", "--severity", "high"),
            lambda about: "-KMS-" in about["control"] and about["severity"] == "high",
        ),
    ],
)
def test_controls_are_found_by_what_they_say(smile, words, fits):
    code, said = smile("controls", *words, "--stack", "prod", "--json")
    found = json.loads(said.out)
    assert code == 0
    assert found
    assert all(map(fits, found))
    every = json.loads(smile("controls", "--stack", "prod", "--json")[1].out)
    assert len(every) == len(known())
    assert {each["control"] for each in every if fits(each)} == {each["control"] for each in found}


def test_each_stack_has_its_own_level(smile):
    (found,) = (each for each in json.loads(smile("controls", "--json")[1].out) if each["control"] == "RSL-RDS-001")
    assert tuple(found["levels"]) == tuple(loader.stacks())
    assert found["levels"]["prod"] == "mandatory"
    assert found["levels"]["dev"] != "mandatory"
    (line,) = (
        each for each in smile("controls", "--stack", "prod")[1].out.splitlines() if each.startswith("RSL-RDS-001")
    )
    assert line.split()[:3] == ["RSL-RDS-001", found["severity"], "mandatory"]


def test_what_fits_nothing_is_said(smile):
    code, said = smile("controls", "unicorn")
    assert (code, said.out) == (1, "")
    assert said.err.startswith("smile controls: no control fits all of that; valid: ")


def test_a_control_is_explained_with_code_before_and_after(smile):
    code, said = smile("explain", "enc-kms-001")
    assert code == 0
    for part in (
        "ENC-KMS-001  Customer managed keys have automatic rotation",
        "Why:\n  ",
        "Fix:\n  Set enableKeyRotation",
        "Complies:\n  example = aws.kms.Key(",
        "enable_key_rotation=True",
        "In prod: mandatory",
        "tests/policies/fixtures/security/kms/",
    ):
        assert part in said.out


def test_decisions_and_exemptions_are_with_the_control(smile):
    about = json.loads(smile("explain", "LP-SG-011", "--json")[1].out)
    assert about["exemptions"][0]["place"].startswith("policies/exemptions.yaml:")
    assert "Exempted: urn:pulumi:*::smile::*::smile-runner until" in smile("explain", "LP-SG-011")[1].out
    disabled = json.loads(smile("explain", "LP-RDS-007", "--json")[1].out)["stacks"]["prod"]
    assert disabled["level"] == "disabled"
    assert disabled["reason"]


@pytest.mark.parametrize("control_id", list(known())[::23])
def test_what_is_said_of_a_control_is_whole(smile, control_id):
    about = json.loads(smile("explain", control_id, "--json")[1].out)
    for code in (about["before"], about["after"]):
        ast.parse(code)
    assert about["before"] != about["after"] or not about["before"]
    assert set(about["stacks"]) == set(loader.stacks())
    assert about["cases"]["violating"]
    assert (values.ROOT / about["source"]).is_file()
    assert f'"{control_id}"' in (values.ROOT / about["source"]).read_text()


def test_nearly_every_control_has_code_that_breaks_it_and_code_that_complies():
    from cli.explain import example, load_cases

    shown = {control: example(cases) for control, cases in load_cases().items() if control.startswith("LP-S3-")}
    assert len(shown) > 10
    assert [control for control, pair in shown.items() if not all(pair)] == ["LP-S3-009"]  # its cases take parameters


def test_a_mistyped_control_gets_those_that_are_like_it(smile):
    code, said = smile("explain", "enc-rds-01")
    assert (code, said.out) == (2, "")
    assert "enc-rds-01: no such control; valid: ENC-RDS-001, " in said.err


def test_the_shell_completes_ids_and_services():
    assert set(known()) <= set(values.control_ids())
    assert "rds" in values.control_services()
