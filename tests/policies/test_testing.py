"""The test kit: what a control's fixtures promise and don't hold is named, a silent pass above all."""

import pytest

from guardrails.engine.packs import load_controls
from guardrails.model.control import Control, Severity, Violation
from guardrails.testing import FixtureError, judge, load_file, load_folder, prove

TYPE = "aws:kms/key:Key"
ID = "ENC-KMS-900"
GOOD, BAD, OPEN = (
    {"type": TYPE, "properties": {"on": value}} for value in (True, False, "04da6b54-80e4-46f7-96ec-b56ff0331ba9")
)
KINDS = {"compliant": [GOOD], "violating": [BAD | {"at": "on", "says": "it is off"}], "unknown": [OPEN]}


def is_on(resource, _):
    if not resource.get("on"):
        yield Violation("it is off", "on")


@pytest.fixture
def control(monkeypatch):
    """Registers a control of one's own, with what is otherwise of it."""

    def made(check=is_on, types=(TYPE,)):
        about = {"title": "It is on", "why": "Because.", "fix": "Set on.", "severity": Severity.HIGH}
        monkeypatch.setitem(load_controls(), ID, Control(id=ID, check=check, types=types, **about))

    return made


def test_a_control_that_holds_what_its_fixtures_promise_is_proven(control):
    control()
    prove(ID, KINDS)
    assert judge(ID, BAD).violations == ["ENC-KMS-900 It is on: it is off (at on).\nFix: Set on."]


def nothing(resource, _):
    yield from ()


def everything(resource, _):
    yield Violation("always", "on")


def broken(resource, _):
    raise KeyError("x")
    yield


@pytest.mark.parametrize(
    ("options", "kinds", "problem"),
    [
        ({"check": nothing}, KINDS, "violating 0: a violation passed in silence: nothing was said"),
        ({"check": nothing}, KINDS, "unknown 0: an unknown value was not left open"),
        ({"check": everything}, KINDS, "compliant 0: complies, and was reported"),
        ({"check": broken}, KINDS, "compliant 0: the control itself failed"),
        ({"types": ("aws:kms/kye:Key",)}, KINDS, "looks at no resource of any case, so that they pass in silence"),
        ({}, KINDS | {"violating": [BAD | {"at": "off"}]}, "'(at off)' is not in"),
        ({}, KINDS | {"violating": [BAD | {"says": "gone"}]}, "'gone' is not in"),
        ({}, {"compliant": [GOOD]}, "violating: no case; valid: one or more"),
        ({}, {"compliant": [GOOD], "violating": [BAD]}, "unknown: no case; valid: one or more, or not applicable"),
    ],
)
def test_what_fixtures_promise_and_a_control_does_not_hold_is_named(control, options, kinds, problem):
    control(**options)
    with pytest.raises(AssertionError) as failed:
        prove(ID, kinds)
    assert str(failed.value).startswith(f"{ID}:\n  - ")
    assert problem in str(failed.value)


def test_a_control_that_reads_no_value_needs_no_unknown_case(control):
    control(check=everything)
    with pytest.raises(AssertionError) as failed:
        prove(ID, KINDS | {"unknown": "not applicable"})
    assert "unknown" not in str(failed.value)


@pytest.mark.parametrize("text", ["- 1", "A: [1]", "A: {", ""])
def test_a_file_that_holds_no_fixtures_is_named(tmp_path, text):
    (file := tmp_path / "kms.yaml").write_text(text)
    with pytest.raises(FixtureError, match=r"kms\.yaml: "):
        load_file(file)


def test_a_control_stands_in_one_file(tmp_path):
    for name in ("a.yaml", "b.yaml"):
        (tmp_path / name).write_text(f"{ID}: {{compliant: [{{type: x, properties: {{a: !unknown}}}}]}}")
    with pytest.raises(FixtureError, match=r"b.yaml: ENC-KMS-900 appears twice"):
        load_folder(tmp_path)
