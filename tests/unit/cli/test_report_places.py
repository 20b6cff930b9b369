"""Lines that a finding is about."""

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from cli import report_places
from cli.program import smile
from cli.report_places import placed, positions_in, setting_of, told_of
from cli.sandbox import ROOT, SandboxError
from report.finding import Finding
from report.place import Place
from report.run import Run, Step

TOLD = told_of(smile())
DATABASE = Place("components/database/instance.py", 40)
URN = "urn:pulumi:dev::smile::platform:database:Database$aws:rds/instance:Instance::smile-database"


def finding(path="", urn=URN):
    return Finding(control="X-RDS-1", urn=urn, level="advisory", severity="low", message="", path=path)


def run(*findings, steps=()):
    return Run(
        stack="dev", steps=steps, findings=findings, errors=(), seconds=1, is_preview=True, is_finished=True,
    )  # fmt: skip


@pytest.fixture
def files(tmp_path, monkeypatch):
    """Writes files of settings."""
    monkeypatch.setattr(report_places, "ROOT", tmp_path)
    for cached in (report_places.lines, report_places.in_repository):
        cached.cache_clear()

    def write(**texts):
        for name, text in texts.items():
            (tmp_path / f"{name.replace('_', '.')}.yaml").write_text(text)

    yield write
    for cached in (report_places.lines, report_places.in_repository):
        cached.cache_clear()


def test_a_recorded_line_is_named_from_the_root_of_the_repository(tmp_path):
    (tmp_path / "components").symlink_to(ROOT / "components")
    lines = [f"{tmp_path}/components/queues/settings.py:{line}" for line in (5, 5, 9)]
    outside = [f"{tmp_path}/made.py:1", f"{ROOT}/.venv/lib/pulumi/x.py:3"]
    (tmp_path / "x.json").write_text(json.dumps({URN: lines + outside}))
    assert positions_in(tmp_path / "x.json") == {
        URN: (Place("components/queues/settings.py", 5), Place("components/queues/settings.py", 9))
    }


def test_a_stack_that_is_there_has_them_in_its_state(tmp_path):
    frames = ["project:///components/queues/queue.py#12,3", None, "project:///__main__.py#9"]
    outside = "project:///../../root/lib/python3.11/site-packages/pulumi/x.py#4"
    resource = {"urn": URN, "sourcePosition": frames[0], "stackTrace": [{"sourcePosition": each} for each in frames]}
    resources = [resource | {"stackTrace": [*resource["stackTrace"], {"sourcePosition": outside}, {}]}, {"urn": "x"}]
    (tmp_path / "x.json").write_text(json.dumps({"deployment": {"resources": resources}}))
    assert positions_in(tmp_path / "x.json") == {
        URN: (Place("components/queues/queue.py", 12), Place("__main__.py", 9)),
        "x": (),
    }


@pytest.mark.parametrize("text", ["", "[]", '{"urn": 3}', '{"deployment": {"resources": [{}]}}'])
def test_what_is_neither_is_refused(tmp_path, text):
    (tmp_path / "x.json").write_text(text)
    with pytest.raises(SandboxError, match=r"x\.json: no positions of resources.*valid: .*pulumi stack export"):
        positions_in(tmp_path / "x.json")


def test_what_a_helper_makes_is_to_be_changed_where_it_is_called():
    helper, caller = Place("components/core/service_role.py", 66), Place("components/bastion/bastion.py", 104)
    (found,) = placed(run(finding()), {URN: (helper, caller)}).findings
    assert found.places == (caller, helper)


def test_what_a_provider_makes_belongs_to_its_component():
    child = f"{URN}-child"
    steps = (Step(urn=child, op="create", parent=URN),)
    (found,) = placed(run(finding(urn=child), steps=steps), {URN: (DATABASE,)}).findings
    assert found.places == (DATABASE,)


def test_a_finding_on_the_stack_has_no_line():
    (found,) = placed(run(finding(urn="")), {URN: (DATABASE,)}).findings
    assert found.places == ()


def test_a_setting_of_the_propertys_name_is_its_line(files):
    files(
        Pulumi_dev="config:\n  smile:database:\n    multi_az: false\n",
        Pulumi="config:\n  smile:database:\n    value:\n      multi_az: true\n      publicly: 1\n",
    )
    assert setting_of(finding("multiAz"), [DATABASE], "dev", TOLD) == Place("Pulumi.dev.yaml", 3)
    assert setting_of(finding("multiAz"), [DATABASE], "prod", TOLD) == Place("Pulumi.yaml", 4)
    (found,) = placed(run(finding("multiAz")), {URN: (DATABASE,)}).findings
    assert found.places == (Place("Pulumi.dev.yaml", 3), DATABASE)


@pytest.mark.parametrize("path", ["storageEncrypted", "", "tags"])
def test_where_no_setting_has_its_name_there_is_none(files, path):
    files(Pulumi_dev="config:\n  smile:database: {multi_az: false}\n  smile:tags: {tags: x}\n")
    assert setting_of(finding(path), [DATABASE], "dev", TOLD) is None


def test_a_setting_of_another_component_is_not_meant(files):
    files(Pulumi_dev="config:\n  smile:cache: {multi_az: false}\n")
    assert setting_of(finding("multiAz"), [DATABASE], "dev", TOLD) is None


def test_of_several_entries_the_resources_name_tells_which(files):
    files(Pulumi="config:\n  smile:queues:\n    orders: {delay: 1}\n    events:\n      delay: 2\n")
    queue = [Place("components/queues/message_queues.py", 9)]
    urn = "urn:pulumi:dev::smile::aws:sqs/queue:Queue::smile-{}"
    assert setting_of(finding("delay", urn.format("events")), queue, "dev", TOLD) == Place("Pulumi.yaml", 5)
    assert setting_of(finding("delay", urn.format("mails")), queue, "dev", TOLD) is None


RUNNER = "urn:pulumi:dev::smile::aws:ec2/securityGroup:SecurityGroup::smile-runner"
EXEMPTIONS = """# who may break what
- control: LP-SG-011
  resource: "urn:pulumi:*::smile::*::smile-{}"
  reason: none of the stack's
  owner: smile-platform
  expires: {}
"""


@pytest.fixture
def exempting(tmp_path, monkeypatch):
    """Gives the line that lets a finding pass, where the packs' file says this."""
    (tmp_path / "policies").mkdir()

    def decided(text, **said):
        (tmp_path / report_places.EXEMPTIONS).write_text(text)
        known = [each.id for each in report_places.catalogue()]
        monkeypatch.setattr(report_places, "ROOT", tmp_path)
        decisions = report_places.exemptions(known)
        monkeypatch.undo()
        given = {"control": "LP-SG-011", "exempted": "until 2027-01-31 by smile-platform: none of the stack's"} | said
        return placed(run(replace(finding(urn=RUNNER), **given)), {}, decisions).findings[0].decided

    return decided


def test_an_exemption_that_is_used_has_its_line(exempting):
    soon = datetime.now(UTC).date() + timedelta(30)
    text = EXEMPTIONS.format("other", soon) + EXEMPTIONS.format("runner", soon)
    assert exempting(text) == Place("policies/exemptions.yaml", 8)
    assert exempting(text, control="LP-SG-001") is None
    assert exempting(text, exempted="") is None


@pytest.mark.parametrize("text", ["[", "- control: nothing\n"])
def test_exemptions_that_cannot_be_read_have_no_line(exempting, text):
    assert exempting(text) is None
