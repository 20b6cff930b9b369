"""``smile evidence``: what is covered, by what, with the verdicts on a stack; gaps are said."""

import csv
import io
import json
import re
import sys
from datetime import UTC, datetime, timedelta

import pytest

from cli import __main__, framework_mappings
from cli.controls import known
from cli.docs.compliance import criteria
from cli.evidence import result
from cli.frameworks import ANNEX_A, LIMITS
from report.finding import Finding

KEY = {"type": "aws:kms/key:Key", "custom": True, "id": "k", "urn": "urn:pulumi:prod::shop::aws:kms/key:Key::key"}
TOKEN = r"[^\W\d][\w.\-]*"
UUID = r"[0-9a-f]{8}-[0-9a-f]{4}-5[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}"


@pytest.fixture
def smile(tmp_path, monkeypatch, capfd):
    """Runs the command on a stack of one key, which rotates or not."""
    monkeypatch.chdir(tmp_path)

    def run(*words, rotates=None):
        given = [*words]
        if rotates is not None:
            inputs = {"enableKeyRotation": rotates}
            (tmp_path / "prod.json").write_text(json.dumps({"deployment": {"resources": [KEY | {"inputs": inputs}]}}))
            given += ["--stack-file", "prod.json"]
        monkeypatch.setattr(sys, "argv", ["smile", "evidence", *given])
        return __main__.main(), capfd.readouterr()

    run.folder = tmp_path
    return run


def found(smile, framework, **options):
    return {
        each["id"]: each
        for each in json.loads(smile("--framework", framework, "--json", **options)[1].out)["requirements"]
    }


def test_every_criterion_of_soc_2_is_covered_as_its_file_says(smile):
    of = found(smile, "soc2")
    assert list(of) == list(criteria())
    states = {"covered": "covered", "partly": "partly", "organization": "not"}
    assert {id_: each["coverage"] for id_, each in of.items()} == {
        id_: states[about["state"]] for id_, about in criteria().items()
    }
    assert all(each["missing"] for each in of.values() if each["coverage"] != "covered")


@pytest.mark.parametrize(("framework", "ids"), [("cis-7.0", 70), ("nist-800-53", 287)])
def test_what_security_hub_speaks_of_is_covered_partly_by_the_controls_that_name_its_id(smile, framework, ids):
    of = found(smile, framework)
    assert len(of) == ids
    for id_, hub in framework_mappings.requirements(framework).items():
        naming = [each.id for each in known().values() if set(hub) & set(each.references.security_hub)]
        assert of[id_]["controls"] == sorted(naming)
        assert of[id_]["coverage"] == ("partly" if naming else "not")
        assert of[id_]["missing"]
    assert framework_mappings.content()["source"]["version"] in LIMITS[framework]


def test_a_requirement_of_cis_has_the_verdicts_of_its_controls(smile):
    of = found(smile, "cis-7.0", rotates=False)
    (id_,) = (id_ for id_, hub in framework_mappings.requirements("cis-7.0").items() if "KMS.4" in hub)
    assert of[id_]["controls"] == ["ENC-KMS-001"]
    assert (of[id_]["result"], of[id_]["findings"]) == ("broken", {"ENC-KMS-001": 1})


def test_every_control_of_annex_a_is_there_and_none_is_said_to_be_covered_whole(smile):
    of = found(smile, "iso27001")
    assert len(of) == sum(ANNEX_A.values()) == 93
    assert {each["coverage"] for each in of.values()} == {"partly", "not"}
    assert of["A.7.1"]["missing"] == "no control looks at it"
    named = {id_ for control in known().values() for id_ in control.references.iso27001}
    assert {id_ for id_, each in of.items() if each["controls"]} == named


def test_articles_are_those_that_controls_name_in_their_order(smile):
    of = list(found(smile, "uu-pdp"))
    assert set(of) == {id_ for control in known().values() for id_ in control.references.indonesia}
    assert of.index("UU PDP 16") < of.index("UU PDP 35") < of.index("UU PDP 56")


@pytest.mark.parametrize(("rotates", "expected"), [(True, set()), (False, {"ENC-KMS-001"})])
def test_the_verdicts_on_a_stack_are_with_their_requirement(smile, rotates, expected):
    of = found(smile, "iso27001", rotates=rotates)["A.8.24"]
    assert of["judged"] > 0
    assert set(of["findings"]) & {"ENC-KMS-001"} == expected
    assert of["result"] == "broken" or not expected
    assert found(smile, "iso27001", rotates=rotates)["A.7.1"]["result"] == ""


def finding(what="x", **about):
    return Finding(control="A-B-1", urn="", level="advisory", severity="low", message="", what=what, **about)


@pytest.mark.parametrize(
    ("findings", "judged", "said"),
    [
        ([], 3, "holds"),
        ([], 0, "not judged"),
        ([finding(exempted="until")], 3, "accepted"),
        ([finding(accepted="until")], 3, "accepted"),
        ([finding("can't be decided before deployment, x"), finding(exempted="until")], 3, "undecided"),
        ([finding("can't be decided before deployment, x"), finding()], 3, "broken"),
    ],
)
def test_the_worst_that_a_control_says_is_the_result(findings, judged, said):
    assert result(findings, judged) == said


def test_a_disabled_control_is_a_gap(smile):
    decided = {
        "enforcementLevel": "disabled",
        "reason": "a",
        "owner": "b",
        "until": str(datetime.now(UTC).date() + timedelta(days=1)),
    }
    (smile.folder / "levels.json").write_text(json.dumps({"ENC-KMS-001": decided}))
    of = found_with(smile, "levels.json")
    assert of["A.8.24"]["missing"].endswith("disabled: ENC-KMS-001")


def found_with(smile, config):
    said = smile("--framework", "iso27001", "--policy-pack-config", config, "--json")[1].out
    return {each["id"]: each for each in json.loads(said)["requirements"]}


@pytest.mark.parametrize("framework", LIMITS)
def test_markdown_says_the_limits_and_the_counts(smile, framework):
    code, said = smile("--framework", framework, rotates=False)
    assert code == 0
    assert LIMITS[framework] in said.out
    assert re.search(r"\d+ covered, \d+ partly, \d+ not\.", said.out)
    assert "Verdicts on stack `prod`, from prod.json" in said.out


def test_csv_has_a_row_for_each_requirement(smile):
    rows = list(csv.DictReader(io.StringIO(smile("--framework", "iso27001", "--format", "csv", rotates=False)[1].out)))
    assert len(rows) == 93
    (row,) = (each for each in rows if each["requirement"] == "A.8.24")
    assert row["result"] == "broken"
    assert "ENC-KMS-001=1" in row["findings"]


@pytest.mark.parametrize("framework", LIMITS)
def test_oscal_has_the_form_of_a_component_definition(smile, framework):
    code, said = smile("--framework", framework, "--format", "oscal", "--output", "a/b.json", rotates=False)
    assert (code, said.out) == (0, "")
    definition = json.loads((smile.folder / "a" / "b.json").read_text())["component-definition"]
    assert set(definition) == {"uuid", "metadata", "components"}
    assert set(definition["metadata"]) >= {"title", "last-modified", "version", "oscal-version"}
    (component,) = definition["components"]
    (implementation,) = component["control-implementations"]
    requirements = implementation["implemented-requirements"]
    ids = [definition["uuid"], component["uuid"], implementation["uuid"], *(each["uuid"] for each in requirements)]
    assert len(set(ids)) == len(ids)
    assert all(re.fullmatch(UUID, each) for each in ids)
    assert all(re.fullmatch(TOKEN, each["control-id"]) and each["description"] for each in requirements)
    of = found(smile, framework, rotates=False)
    assert len(requirements) == sum(each["coverage"] != "not" for each in of.values())
    props = {each["control-id"]: {prop["name"]: prop["value"] for prop in each["props"]} for each in requirements}
    assert "broken" in {each.get("result") for each in props.values()}


def test_what_holds_no_stack_or_is_no_framework_is_refused(smile):
    (smile.folder / "other.json").write_text("{}")
    code, said = smile("--framework", "soc2", "--stack-file", "other.json")
    assert (code, said.out) == (1, "")
    assert "other.json: neither deployment.resources nor steps" in said.err
    code, said = smile("--framework", "pci")
    assert (code, said.out) == (2, "")
    assert "'pci' is not one of 'soc2', 'iso27001', 'uu-pdp'" in said.err
