"""The page: what stands in it, that names stay text, and that it asks for nothing."""

import base64
import hashlib
import re
from dataclasses import replace
from decimal import Decimal
from html.parser import HTMLParser

import pytest

from report.access import Permission, Role
from report.control import Control
from report.finding import Finding
from report.html.page import render
from report.run import Cost, Run, Step

EVIL = "<script>alert(1)</script>"
ROOT = "urn:pulumi:prod::p::pulumi:pulumi:Stack::p-prod"
QUEUES = "urn:pulumi:prod::p::platform:queues:MessageQueues::p"
JOBS = "urn:pulumi:prod::p::platform:queues:MessageQueues$aws:sqs/queue:Queue::jobs"
BUCKET = f"urn:pulumi:prod::p::aws:s3/bucket:Bucket::{EVIL}"
NEW = {"class": "severity medium"}
VOID = {"meta", "link", "input", "img"}
PICTURE = "<svg xmlns='http://www.w3.org/2000/svg'><desc>Queues &amp; more</desc></svg>"


def finding(control, level="advisory", **others):
    said = {"urn": JOBS, "severity": "high", "message": "", "title": "Queues are encrypted", "what": "no key"}
    return Finding(control=control, level=level, **said | others)


RUN = Run(
    stack="prod",
    steps=(
        Step(urn=ROOT, op="same"),
        Step(urn=QUEUES, op="same", parent=ROOT),
        Step(urn=JOBS, op="replace", parent=QUEUES, because=("name",), before={"name": "a"}, after={"name": "b"}),
        Step(urn=BUCKET, op="create", parent=ROOT, after={"bucket": f'">{EVIL}', EVIL: EVIL}),
    ),
    findings=(
        finding("ENC-SQS-001", "mandatory", fix="Give it a key", family="encryption", exempted="until 2027-01-01"),
        finding("RSL-SQS-001", what=f"can't be decided before deployment {EVIL}"),
        finding("LP-SQS-001", severity="low", accepted="until 2027-02-02 by someone: debt"),
        finding("OTHER", urn="", title="", severity="", what=EVIL),
    ),
    errors=(f"it failed {EVIL}",),
    seconds=9,
    is_preview=True,
    is_finished=True,
    cost=Cost(before=Decimal("10.5"), after=Decimal(2000), unpriced=("disk 1 → 2",)),
    controls=(
        Control(id="ENC-SQS-001", title="t", why="Disks are read", references=("SOC 2 CC6.1", "SOC 2 CC6.7", "CIS 1")),
    ),
)


class Page(HTMLParser):
    """Elements with their attributes, what isn't closed, and all text outside of style and script."""

    def __init__(self, text):
        super().__init__()
        self.elements, self.open, self.said = [], [], []
        self.feed(text)
        self.close()

    def handle_starttag(self, tag, attrs):
        self.elements.append((tag, dict(attrs)))
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, data):
        if self.open and self.open[-1] not in {"style", "script"}:
            self.said.append(data)

    def all(self, tag, **wanted):
        return [each for name, each in self.elements if name == tag and wanted.items() <= each.items()]

    def text(self):
        return " ".join("".join(self.said).split())


@pytest.fixture(scope="module")
def text():
    return render([RUN], {"prod": PICTURE})


@pytest.fixture(scope="module")
def page(text):
    return Page(text)


def test_every_element_is_closed(page):
    assert page.open == []


def test_name_that_is_markup_is_text_wherever_it_stands(page):
    (script,) = page.all("script")
    assert script == {}
    assert page.text().count(EVIL) >= 6
    assert not [each for tag, each in page.elements if any(name.startswith("on") for name in each)]


def test_page_asks_for_nothing_and_runs_no_script_but_its_own(text, page):
    links = [each.get(name) for tag, each in page.elements for name in ("src", "href", "action") if name in each]
    assert all(each.startswith(("#", "data:")) for each in links)
    assert "url(" not in text
    (policy,) = (each["content"] for each in page.all("meta") if each.get("http-equiv") == "Content-Security-Policy")
    script = text.partition("<script>")[2].partition("</script>")[0]
    digest = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
    assert policy.startswith("default-src 'none'")
    assert f"script-src 'sha256-{digest}'" in policy


def test_ids_are_unique_and_links_lead_somewhere(page):
    ids = [each["id"] for _, each in page.elements if "id" in each]
    assert len(set(ids)) == len(ids)
    assert {each["href"].removeprefix("#") for each in page.all("a")} <= set(ids)
    assert {each["data-filters"] for each in page.all("form")} <= set(ids)


def test_landmarks_headings_and_labels_are_there(page):
    assert [len(page.all(tag)) for tag in ("header", "nav", "main", "h1")] == [1, 1, 1, 1]
    assert page.all("html", lang="en")
    assert page.elements[[tag for tag, _ in page.elements].index("body") + 1] == (
        "a",
        {"class": "skip", "href": "#main"},
    )
    assert all(each.get("aria-label") for tag in ("nav", "form") for each in page.all(tag))
    assert all("alt" in each for each in page.all("img"))


def test_first_comes_whether_it_is_refused_and_what_is_destroyed(page):
    said = page.text()
    assert (
        said.index("refused") < said.index("Destroyed or replaced") < said.index("Findings") < said.index("Resources")
    )
    assert "± replaced jobs aws:sqs/queue:Queue holds data, since name changed" in said
    assert "Cost, its known part: 10.50 → 2,000.00 USD a month; without a price here: disk 1 → 2." in said


def test_findings_stand_by_what_they_mean_and_a_mandatory_one_stays_so_though_exempted(page):
    said = page.text()
    order = [
        "Mandatory controls that are broken (1)", "ENC-SQS-001", "Fix: Give it a key", "Advisory (1)", "OTHER",
        "Can't be decided before deployment (1)", "RSL-SQS-001", "Exempted or accepted (1)", "LP-SQS-001",
    ]  # fmt: skip
    after = said[said.index("Findings") : said.index("Architecture")]
    assert [after.index(each) for each in order] == sorted(after.index(each) for each in order)
    (first, *_) = page.all("li", **{"data-family": "encryption"})
    assert (first["data-severity"], first["data-framework"]) == ("high", "SOC 2|CIS")
    assert "Why: Disks are readSOC 2 CC6.1; SOC 2 CC6.7; CIS 1" in after


def test_finding_that_the_base_has_not_is_marked_as_new():
    assert len(Page(render([replace(RUN, base=replace(RUN, findings=RUN.findings[1:]))])).all("span", **NEW)) == 1
    assert not Page(render([RUN])).all("span", **NEW)


def test_filters_offer_what_there_is(page):
    offered = {each["value"] for each in page.all("input", name="op")}
    assert offered == {"create", "replace", "same"}
    options = {each.get("value") for each in page.all("option")}
    assert {"aws:sqs/queue:Queue", "MessageQueues p"} <= options
    rows = [each for each in page.all("li") if "data-op" in each]
    assert {(each["data-op"], each["data-type"], each["data-component"], "data-found" in each) for each in rows} == {
        ("same", "platform:queues:MessageQueues", "MessageQueues p", False),
        ("replace", "aws:sqs/queue:Queue", "MessageQueues p", True),
        ("create", "aws:s3/bucket:Bucket", "", False),
    }


def test_change_is_told_before_and_after(page):
    assert len(page.all("del")) == len(page.all("ins")) == 1
    assert re.search(r"property\s*before\s*after\s*name\s*a\s*b", page.text())


def test_picture_is_in_the_page_and_said_in_words(page):
    (image,) = page.all("img")
    kind, _, content = image["src"].partition(",")
    assert (kind, base64.b64decode(content).decode()) == ("data:image/svg+xml;base64", PICTURE)
    assert "In wordsQueues & more" in page.text()


def test_page_without_a_picture_has_no_place_for_it():
    assert "Architecture" not in Page(render([RUN])).text()


def test_runs_of_several_stacks_have_a_section_each():
    dev = Run(stack="dev", steps=(), findings=(), errors=(), seconds=1, is_preview=False, is_finished=False)
    page = Page(render([RUN, dev]))
    assert [each["id"] for each in page.all("section")] == ["stack-prod", "stack-dev"]
    assert "Deployment of 0 resources in 1 seconds; it didn't come to its end" in page.text()
    assert "None: no control is broken." in page.text()


def test_who_may_do_what_is_filtered_by_role_action_and_resource():
    may = Permission(actions="`sqs:SendMessage`", on=f"queue `{EVIL}`", only_if="`aws:SecureTransport` is `true`")
    roles = [
        Role(name="worker", component="Workloads", taken_on=f"`pods` of {EVIL}", permissions=[may]),
        Role(
            name="reader",
            component="Backup",
            taken_on="backup.amazonaws.com",
            permissions=[replace(may, is_denied=True)],
            is_complete=False,
        ),
    ]
    page = Page(render([RUN], access={"prod": roles}))
    assert page.open == []
    assert len(page.all("script")) == 1
    texts = [each["data-text"] for each in page.all("li") if "sqs:sendmessage" in each.get("data-text", "")]
    assert [each.split()[0] for each in texts] == ["worker", "reader"]
    assert len(page.all("li", **{"data-denied": None})) == 1
    assert len(page.all("form", **{"data-filters": "access-prod"})) == 1
    said = " ".join(" ".join(page.said).split())
    assert f"Taken on by pods of {EVIL}." in said
    assert "Not all of it is known before deployment." in said
    assert "access-prod" not in render([RUN])
