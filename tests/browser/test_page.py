"""The page of ``smile report --format html`` in Chromium: by mouse and keyboard, on a phone and in the dark."""

import pytest

from report.access import Permission, Role
from report.control import Control
from report.finding import Finding
from report.html.page import render
from report.run import Run, Step

EVIL = "<script>alert(1)</script>"
URN = "urn:pulumi:prod::p::{}::{}"
ROOT = URN.format("pulumi:pulumi:Stack", "p-prod")
QUEUES = URN.format("platform:queues:MessageQueues", "p")
LONG = "AVeryLongNameWithoutAnyBreak" * 8
PICTURE = (
    "<svg xmlns='http://www.w3.org/2000/svg' width='2000' height='300'><desc>Queues</desc><text y='20'>x</text></svg>"
)
pytestmark = pytest.mark.xdist_group("browser")
SIZES = pytest.mark.parametrize("width", [1280, 390])
SCHEMES = pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
OPEN_ALL = ["evaluate", "document.querySelectorAll('details').forEach((each) => { each.open = true; })"]
FOCUS = """(() => {
  const at = document.activeElement;
  return [at.className || at.tagName.toLowerCase(), getComputedStyle(at).outlineStyle];
})()"""


def child(name, op="same", kind="aws:sqs/queue:Queue", parent=QUEUES, **said):
    return Step(urn=URN.format(f"platform:queues:MessageQueues${kind}", name), op=op, parent=parent, **said)


def finding(name, level, severity, **said):
    urn = URN.format("platform:queues:MessageQueues$aws:sqs/queue:Queue", name)
    about = {"control": "ENC-SQS-001", "title": "Queues have a key", "what": "no key", "message": ""}
    return Finding(urn=urn, level=level, severity=severity, **about | said)


STEPS = (
    Step(urn=ROOT, op="same"),
    Step(urn=QUEUES, op="same", parent=ROOT),
    child(
        "jobs", "replace", because=("name",), before={"name": "a", "policy": LONG}, after={"name": "b", "policy": "x"}
    ),
    child("old", "delete", before={"name": "old"}),
    child("new", "create", after={"name": "new", "tags": {"a": "b"}}),
    child("same"),
    child(EVIL, "create", after={"name": f'">{EVIL}', EVIL: "<img src=x onerror=alert(1)>"}),
    child(LONG, "update", before={LONG: "1"}, after={LONG: "2"}),
    Step(urn=URN.format("aws:sns/topic:Topic", "alone"), op="update", parent=ROOT, before={"a": 1}, after={"a": 2}),
)
FINDINGS = (
    finding("jobs", "mandatory", "critical", fix="Give it a key", family="encryption", what=LONG),
    finding("new", "advisory", "low", family="resilience", accepted="until 2027-02-02 by someone: debt"),
    finding("same", "advisory", "medium", what=f"can't be decided before deployment {EVIL}", family="encryption"),
    finding(LONG, "advisory", "high", exempted="until 2027-01-01 by x: y", control="LP-SQS-001", title=LONG),
)
ROLES = (
    Role(
        name="worker",
        component="Workloads",
        taken_on=LONG,
        permissions=[
            Permission(actions="`kms:Sign`, `sqs:ReceiveMessage, SendMessage`", on=f"queue `{EVIL}`"),
            Permission(actions="`kms:Decrypt`", on=f"key `{LONG}`", only_if="`a` is `b`", is_denied=True),
        ],
    ),
    Role(name="reader", component="Backup", taken_on="backup", permissions=[Permission(actions="`s3:Get*`", on="`*`")]),
)


@pytest.fixture(scope="module")
def page(tmp_path_factory):
    """Everything that a page may have, with names that nobody means well by."""
    run = Run(
        stack="prod", steps=STEPS, findings=FINDINGS, errors=(f"it failed {EVIL} {LONG}",), seconds=9, is_preview=True,
        is_finished=True, controls=(Control(id="ENC-SQS-001", title="t", why="why", references=("SOC 2 CC6.1",)),),
    )  # fmt: skip
    file = tmp_path_factory.mktemp("page") / "page.html"
    file.write_text(render([run], {"prod": PICTURE}, {"prod": ROLES}))
    return file


def visible(selector):
    """Texts of the elements that are seen."""
    shown = "filter((each) => each.checkVisibility()).map((each) => each.textContent)"
    return ["evaluate", f"[...document.querySelectorAll('{selector}')].{shown}"]


@SIZES
@SCHEMES
def test_axe_finds_nothing_with_all_of_it_open(browser, page, width, dark):
    assert browser.visit(page, ["axe"], OPEN_ALL, ["axe"], width=width, dark=dark) == [[], None, []]


def test_axe_finds_what_is_wrong(browser, page):
    """Or its silence says nothing."""
    pale = "document.querySelector('h1').style.color = '#ccc'"
    nameless = "document.querySelector('header').append(document.createElement('button'))"
    *_, found = browser.visit(page, ["evaluate", pale], ["evaluate", f"{nameless}; null"], ["axe"])
    assert [each.partition(":")[0] for each in found] == ["button-name", "color-contrast"]


@SCHEMES
def test_the_page_follows_the_readers_light_or_dark(browser, page, dark):
    (colour,) = browser.visit(page, ["evaluate", "getComputedStyle(document.body).backgroundColor"], dark=dark)
    is_light = sum(map(int, colour.removeprefix("rgb(").removesuffix(")").split(","))) > 3 * 128
    assert is_light is not dark


@pytest.mark.parametrize("width", [390, 320])
def test_a_phone_scrolls_down_and_never_to_the_side(browser, page, width):
    wide = ["evaluate", "document.documentElement.scrollWidth"]
    before, _, after = browser.visit(page, wide, OPEN_ALL, wide, width=width)
    assert max(before, after) <= width


def test_names_that_are_markup_do_nothing(browser, page):
    """A dialog, an error or a request would fail the visit."""
    scripts, images = browser.visit(
        page,
        ["evaluate", "document.scripts.length"],
        ["evaluate", "[...document.images].filter((each) => !each.src.startsWith('data:')).length"],
    )
    assert (scripts, images) == (1, 0)


@pytest.mark.parametrize(
    ("form", "action", "left"),
    [
        ("tree-prod", ["type", "text", "alone"], ["alone"]),
        ("tree-prod", ["type", "text", "JOBS sqs"], ["p", "jobs"]),
        ("tree-prod", ["select", "type", "aws:sns/topic:Topic"], ["alone"]),
        ("tree-prod", ["select", "component", "MessageQueues p"], ["p", "jobs", "old", "new", "same", EVIL, LONG]),
        ("access-prod", ["type", "text", "kms:decrypt"], ["worker"]),
        ("access-prod", ["type", "text", "worker sqs:sendmessage"], ["worker"]),
        ("access-prod", ["select", "component", "Backup"], ["reader"]),
    ],
)
def test_filters_leave_what_fits_and_reset_brings_all_back(browser, page, form, action, left):
    method, field, value = action
    names = visible(f"#{form} .name")
    _, before, _, _, found, _, _, after = browser.visit(
        page,
        OPEN_ALL,
        names,
        [method, f"form[data-filters={form}] [name={field}]", value],
        ["wait"],
        names,
        ["click", f"form[data-filters={form}] button"],
        ["wait"],
        names,
    )
    assert found == left != before
    assert after == before


def test_operations_add_up_and_the_number_that_is_left_is_said(browser, page):
    tick = "form[data-filters=tree-prod] [name=op][value={}]"
    said = ["evaluate", "document.querySelector('form[data-filters=tree-prod] output').textContent"]
    results = browser.visit(
        page, ["click", tick.format("delete")], ["wait"], said, ["click", tick.format("create")], ["wait"], said
    )
    assert (results[2], results[5]) == ("1 of 8", "3 of 8")


@pytest.mark.parametrize(
    ("field", "value", "left"), [("severity", "critical", 1), ("family", "encryption", 2), ("framework", "SOC 2", 3)]
)
def test_findings_are_filtered_by_severity_family_and_framework(browser, page, field, value, left):
    findings = visible(".findings li")
    chosen = ["select", f"form[data-filters=findings-prod] [name={field}]", value]
    before, _, _, after = browser.visit(page, findings, chosen, ["wait"], findings)
    assert (len(before), len(after)) == (4, left)


def test_what_a_role_may_not_is_found_alone(browser, page):
    denied = ["click", "form[data-filters=access-prod] [name=denied]"]
    *_, found = browser.visit(page, OPEN_ALL, denied, ["wait"], visible("#access-prod li li"))
    assert len(found) == 1
    assert found[0].startswith("not kms:Decrypt on key ")


def test_keyboard_alone_gets_everywhere_and_sees_where_it_is(browser, page):
    *_, main = browser.visit(page, ["keys", "Tab", "Enter"], ["evaluate", "document.activeElement.id"])
    assert main == "main"
    _, first = browser.visit(page, ["keys", "Tab"], ["evaluate", FOCUS])
    assert first == ["skip", "solid"]
    stops = "document.querySelectorAll('a, summary, input, select, button, [tabindex=\"0\"]').length"
    (number,) = browser.visit(page, ["evaluate", stops])
    visited = browser.visit(page, *[step for _ in range(number) for step in (["keys", "Tab"], ["evaluate", FOCUS])])
    reached = [tuple(each) for each in visited if each]
    assert {"summary", "select", "input", "button", "a", "picture"} <= {name for name, _ in reached}
    assert {style for name, style in reached if name != "body"} == {"solid"}


def test_a_component_opens_by_key(browser, page):
    details = "#tree-prod > li:has(> details)"
    state = ["evaluate", f"document.querySelector('{details} > details').open"]
    before, _, _, after = browser.visit(page, state, ["focus", f"{details} summary"], ["keys", "Enter"], state)
    assert before is not after


def test_a_link_to_a_resource_shows_it_whatever_is_closed_or_filtered(browser, page):
    (anchor,) = browser.visit(page, ["evaluate", "document.querySelector('.destroyed a').hash"])
    shown = ["evaluate", f"document.querySelector('li{anchor}').checkVisibility()"]
    (is_there,) = browser.visit(page.as_uri() + anchor, shown)
    text = ["type", "form[data-filters=tree-prod] [name=text]", "alone"]
    _, _, is_filtered, _, _, is_back = browser.visit(
        page, text, ["wait"], shown, ["click", ".destroyed a"], ["wait"], shown
    )
    assert (is_there, is_filtered, is_back) == (True, False, True)


def test_without_script_the_page_still_says_everything(browser, page):
    words = "document.body.innerText.includes('Give it a key') && document.querySelector('#tree-prod li') !== null"
    assert browser.visit(page, ["evaluate", words], script=False) == [True]
