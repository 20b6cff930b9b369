"""The summary of a run for a terminal."""

from report.finding import Finding
from report.run import Run, Step
from report.text import LINES, WIDTH, summary

BUCKET, TOPIC = "urn:pulumi:prod::p::aws:s3/bucket:Bucket::{}", "urn:pulumi:prod::p::aws:sns/topic:Topic::{}"


def run(steps=(), findings=(), errors=()):
    return Run(
        stack="prod", steps=tuple(steps), findings=tuple(findings), errors=tuple(errors), seconds=1,
        is_preview=True, is_finished=True,
    )  # fmt: skip


A_BUCKET = BUCKET.format("a")


def finding(urn=A_BUCKET, level="mandatory", what="it is public", **others):
    said = {
        "control": "LP-S3-001",
        "severity": "high",
        "message": "",
        "title": "Buckets are private",
        "fix": "Close it",
    }
    return Finding(urn=urn, level=level, what=what, **said | others)


def test_first_line_says_what_happens_to_how_many():
    steps = [Step(urn=TOPIC.format(n), op=op) for n, op in enumerate(("create", "create", "same", "delete", "import"))]
    assert summary(run(steps)).splitlines()[0] == "+ 2 created  - 1 deleted  1 unchanged  = 1 import"
    assert summary(run()) == "nothing"


def test_what_is_destroyed_says_why_and_what_is_lost():
    steps = [
        Step(urn=TOPIC.format("t"), op="delete"),
        Step(urn=BUCKET.format("b"), op="replace", because=("bucket",), protected=True),
    ]
    assert summary(run(steps)).splitlines()[2:] == [
        "Destroyed or replaced:",
        "  ± aws:s3/bucket:Bucket b since bucket changed (holds data) (protected: the engine refuses)",
        "  - aws:sns/topic:Topic t",
    ]


def test_the_same_fault_on_many_resources_is_told_once():
    found = [finding(BUCKET.format(n)) for n in range(494)] + [finding(what="it is open", path="acl")]
    assert summary(run(findings=found)).splitlines()[2:] == [
        "Mandatory controls that are broken:",
        "  LP-S3-001 high: aws:s3/bucket:Bucket a at acl",
        "    Buckets are private: it is open",
        "    Fix: Close it",
        "  LP-S3-001 high: aws:s3/bucket:Bucket 0 and 493 more",
        "    Buckets are private: it is public",
        "    Fix: Close it",
    ]


def test_questions_and_exemptions_stand_apart_from_what_is_broken():
    found = [
        finding(level="advisory", what="can't be decided before deployment, acl is not known yet"),
        finding(level="advisory", exempted="until 2027-01-31 by team: a site"),
        finding(level="advisory", what="it has no owner", accepted="until 2027-06-30 by team: debt"),
    ]
    said = summary(run(findings=found))
    headings = [line for line in said.splitlines() if line.endswith(":") and not line.startswith(" ")]
    assert headings == ["Advisory:", "Can't be decided before deployment:", "Exempted:"]
    assert "    Exempted until 2027-01-31 by team: a site" in said
    assert "    Accepted until 2027-06-30 by team: debt" in said


def test_however_much_there_is_it_fits_and_says_what_it_leaves_out():
    words = "a very long sentence " * 20
    steps = [
        Step(urn=BUCKET.format(n), op=op, changed={words: "update"}) for n, op in enumerate(["delete", "update"] * 400)
    ]
    found = [
        finding(BUCKET.format(n), level, f"{n} {words}") for n in range(300) for level in ("mandatory", "advisory")
    ]
    said = summary(run(steps, found, [words] * 100)).splitlines()
    assert len(said) == LINES
    assert max(map(len, said)) <= WIDTH
    shown = sum(line.startswith("  - aws:s3/bucket:Bucket") for line in said)
    assert shown > LINES / 4
    assert f"  ... and {400 - shown} lines more" in said


def test_that_a_broken_control_fails_the_preview_is_no_error_of_its_own():
    assert "Errors:" not in summary(run(findings=[finding()], errors=["preview failed"]))
    assert "Errors:\n  boom\n" in summary(run(findings=[finding()], errors=["preview failed", "boom"]))
    assert "Errors:\n  preview failed" in summary(run(errors=["preview failed"]))
