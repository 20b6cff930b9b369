"""The file of exemptions: read strictly, each problem with its line."""

import json
from datetime import UTC, date, datetime

import pytest

from guardrails.engine.exemptions import Exemption, ExemptionsError, load_exemptions
from guardrails.engine.packs import load_controls

TODAY = date(2026, 6, 15)


def test_a_bad_exemptions_file_is_refused_with_every_problem(tmp_path):
    path = tmp_path / "exemptions.yaml"
    path.write_text("- {control: ENC-X-1, resource: orders, reason: '', expires: soon, until: 3}\n- nonsense\n")
    with pytest.raises(ExemptionsError) as refusal:
        load_exemptions(path, load_controls(), TODAY)
    for part in (
        f"{path} is not valid",
        "line 1: until: no such key; valid: control, resource, reason, owner, expires",
        "line 1: reason, owner missing or empty",
        "line 1: control: got 'ENC-X-1', valid: an id of docs/controls.md",
        "line 1: resource: got 'orders', valid: urn:pulumi:STACK::PROJECT::TYPE::NAME",
        "line 1: expires: got soon, valid: a day of the calendar",
        "line 2: control, resource, reason, owner, expires missing",
    ):
        assert part in str(refusal.value)


EXEMPTION = {
    "control": "ENC-KMS-001",
    "resource": "urn:pulumi:dev::smile::aws:kms/key:Key::old",
    "reason": "migration",
    "owner": "Ani",
    "expires": "2026-12-31",
}


def load_one(tmp_path, text):
    path = tmp_path / "exemptions.yaml"
    path.write_text(text)
    return load_exemptions(path, load_controls(), TODAY)


def entry(**changes):
    return "- " + "\n  ".join(f"{key}: {json.dumps(value)}" for key, value in {**EXEMPTION, **changes}.items()) + "\n"


@pytest.mark.parametrize(
    "changes",
    [
        {},
        {"resource": "urn:pulumi:*::smile::aws:kms/*"},
        {"resource": "urn:pulumi:dev::*::*old"},
        {"expires": "2027-06-16"},
        {"expires": "2020-02-29"},
        {"finding": "0123456789abcdef0123456789abcdef"},
    ],
    ids=str,
)
def test_a_good_exemption_is_read(tmp_path, changes):
    (found,) = load_one(tmp_path, "# none other\n" + entry(**changes))
    assert found == Exemption(
        **{**EXEMPTION, **changes, "expires": date.fromisoformat({**EXEMPTION, **changes}["expires"])}
    )


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (entry(expires="2026-02-31"), "line 1: expires: got 2026-02-31, valid: a day of the calendar"),
        (entry(expires="2999-12-31"), "got 2999-12-31, valid: at most 366 days ahead, 2027-06-16 at the latest"),
        (entry(expires="2027-06-17"), "2027-06-16 at the latest"),
        (entry(finding="01234567"), "line 1: finding: got '01234567', valid: the fingerprint of smile report"),
        (entry(resource="urn:pulumi:*"), "resource: got 'urn:pulumi:*', valid: urn:pulumi:STACK::PROJECT::TYPE::NAME"),
        (entry(resource="urn:pulumi:dev::smile::*"), "not for the whole of TYPE::NAME"),
        (entry(resource="urn:pulumi:dev::smile::*::*"), "not for the whole of TYPE::NAME"),
        (entry() + "  expires: 2026-12-30\n", "line 6: expires: written twice in one exemption"),
        ("a: 1\n", "got a mapping, valid: a list of exemptions"),
        ("- {\n", "can't read the exemptions"),
    ],
)
def test_an_exemption_without_end_or_for_everything_is_refused(tmp_path, text, expected):
    with pytest.raises(ExemptionsError) as refusal:
        load_one(tmp_path, text)
    assert expected in str(refusal.value)
    assert str(tmp_path) in str(refusal.value)


def test_the_exemptions_that_come_with_the_packs_are_valid(pytestconfig):
    load_exemptions(pytestconfig.rootpath / "policies" / "exemptions.yaml", load_controls(), datetime.now(UTC).date())


def test_each_exemption_knows_its_line(tmp_path):
    text = f"# first\n{entry()}\n{entry(reason='another')}"
    found = load_one(tmp_path, text)
    assert [text.splitlines()[each.line - 1][:9] for each in found] == ["- control"] * 2
    assert len({each.line for each in found}) == 2
