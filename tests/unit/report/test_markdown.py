"""The comment as such: what comes first, what is folded, how long it may be, and that others' words do nothing."""

from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from report.finding import Finding
from report.markdown import FACTS, LIMIT, MARKER, render
from report.place import Place
from report.run import Run, Step

TODAY = date(2027, 1, 30)
NASTY = [
    "<script>alert(1)</script>",
    "`` ` ```",
    "a|b|c",
    "![x](https://e.example/p.png)",
    "*all* _of_ ~~it~~ **bold**",
    "</details><h1>x",
    "line\n\n## Green: nothing",
    "$`x`$ $y$",
    MARKER,
]


def run(steps=(), findings=(), errors=(), **others):
    said = {"stack": "prod", "seconds": 1, "is_preview": True, "is_finished": True}
    return Run(steps=tuple(steps), findings=tuple(findings), errors=tuple(errors), **said | others)


def step(name, op="delete", kind="aws:s3/bucket:Bucket", **others):
    return Step(urn=f"urn:pulumi:prod::p::{kind}::{name}", op=op, **others)


def finding(name="a", level="mandatory", control="LP-S3-001", **others):
    said = {
        "severity": "high",
        "message": "",
        "title": "Buckets are private",
        "what": "it is public",
        "fix": "Close it",
    }
    return Finding(
        control=control, urn=f"urn:pulumi:prod::p::aws:s3/bucket:Bucket::{name}", level=level, **said | others
    )


def html(text):
    return MarkdownIt("commonmark", {"html": True}).enable(["table", "strikethrough"]).render(text)


def everything(word):
    """A comment in which a word stands wherever others' words may."""
    found = [
        finding(word, what=word, title=word, fix=word, path=word, severity=word),
        finding(word, "advisory", what="x", exempted=f"until 2027-02-01 by {word}: {word}"),
        finding(word, "advisory", what=f"can't be decided before deployment, {word}"),
    ]
    steps = [
        step(word, "replace", because=(word,), before={word: "a"}, after={word: word}, changed={word: "update"}),
        step(word, "update", changed={word: "update"}, before={word: "a"}, after={word: word}),
        step(word, "create", kind=f"aws:x/{word}"),
    ]
    return render([run(steps, found, [word], stack=word, base=run())], TODAY)


@pytest.mark.parametrize("word", NASTY)
def test_words_of_others_do_nothing(word):
    shown, harmless = html(everything(word)), html(everything("harmless"))
    tags = ("<script", "<img", "<h1", "<h2", "<em", "<del", "<a ", "<td", "<tr", "<li", "<details", "</details")
    assert {tag: shown.count(tag) for tag in tags} == {tag: harmless.count(tag) for tag in tags}
    assert shown.count("<strong") == harmless.count("<strong")


def test_nobody_is_notified_and_no_issue_is_linked():
    text = render([run(errors=["@smile/admins see #12 and @me"])], TODAY)
    assert "@smile" not in text
    assert "@me" not in text
    assert "#12" not in text


def test_a_change_of_the_direction_of_writing_is_not_taken_over():
    assert "\u202e" not in everything("abc\u202edcb")


def test_secrets_are_not_shown_whether_the_engine_marks_them_or_their_name_does():
    marked = {"4dabf18193072939515e22adb298388d": "1b47061264138c4ac30d75fd1eb44270", "ciphertext": "geheim"}
    before = {"a": marked, "apiToken": "geheim", "list": [{"b": marked}], "deep": marked}
    after = {"a": "geheim", "apiToken": "geheim2", "list": [{"b": "geheim"}], "deep": "x"}
    paths = ("a", "apiToken", "list[0].b", "deep.within", 'deep["within"]')
    text = render(
        [run([step("x", "update", changed={path: "update"}, before=before, after=after) for path in paths])], TODAY
    )
    assert "`apiToken`" in text
    assert "geheim" not in text


def test_a_variable_whose_name_says_so_and_a_url_with_a_password_are_secrets_too():
    env = [
        {"env": [{"name": "DB_PASSWORD", "value": value}], "url": f"https://u:{value}@h"}
        for value in ("geheim", "geheim2")
    ]
    paths = ("env[0].value", "env[0]", "url")
    text = render(
        [run([step("x", "update", changed=dict.fromkeys(paths, "update"), before=env[0], after=env[1])])], TODAY
    )
    assert "`env[0].value`" in text
    assert "geheim" not in text


def test_of_a_structure_what_changes_within_it_is_shown():
    before, after = (
        {"posixUser": {"gid": 1, "uid": uid}, "list": [uid], "new": new} for uid, new in ((1, None), (2, {}))
    )
    paths = ("posixUser", "list[0]", "list", "new")
    text = render([run([step("x", "replace", because=(path,), before=before, after=after) for path in paths])], TODAY)
    assert "since `posixUser` (`posixUser.uid` `1` → `2`) changed" in text
    assert "since `list[0]` `1` → `2` changed" in text
    assert "since `list` (`list[0]` `1` → `2`) changed" in text
    assert "since `new` changed" in text


def test_a_component_changes_with_its_parts_which_are_told():
    text = render([run([step("whole", "update", "platform:a:B"), step("part", "update", id="q-1")])], TODAY)
    assert "`whole`" not in text
    assert "**Updated**: `aws:s3/bucket:Bucket` `part`: no input" in text


def test_a_violation_names_the_line_that_makes_it():
    text = render([run(findings=[finding(places=(Place("Pulumi.prod.yaml", 12), Place("__main__.py", 3)))])], TODAY)
    assert "on `aws:s3/bucket:Bucket a` (`Pulumi.prod.yaml:12`): Buckets are private" in text


def test_it_says_where_the_base_was_not_judged():
    same = step("x", "same")
    assert "isn't known of `prod`: all counts as new" in render([run([same], [finding()])], TODAY)
    assert "isn't known" not in render([run([same], [finding()], base=run())], TODAY)
    assert "isn't known" not in render([run([step("x", "create")], [finding()])], TODAY)


def test_what_matters_most_stands_in_the_first_fifteen_lines():
    steps = [
        *(step(f"s{n}", because=("name",)) for n in range(40)),
        *(step(f"u{n}", "update", changed={f"p{n}": "update"}) for n in range(40)),
        *(step(f"c{n}", "create", kind="aws:iam/role:Role") for n in range(40)),
    ]
    found = [
        *(finding(f"b{n}", what=f"it is public {n}") for n in range(40)),
        *(finding(f"e{n}", "advisory", exempted=f"until 2027-02-0{n} by a: b") for n in range(1, 9)),
        *(finding(f"o{n}", "advisory", what=f"can't be decided before deployment, {n}") for n in range(40)),
    ]
    first = render([run(steps, found, ["it fails"], base=run())], TODAY).splitlines()[:15]
    kinds = (
        "Refused",
        "**Error**",
        "**Deleted, holds data**",
        "**Mandatory",
        "**Ends in",
        "**Updated**",
        "**Created**",
    )
    assert [kind for kind in kinds if not any(kind in line for line in first)] == []
    assert sum(line.startswith("- ") for line in first) == FACTS
    assert not any("can't be decided" in line for line in first)


def test_a_preview_that_failed_is_refused_whatever_else_it_says():
    assert render([run(errors=["boom"])], TODAY).startswith("## Refused: the preview of prod failed\n")
    assert render([run(is_finished=False)], TODAY).startswith("## Refused: the preview of prod failed\n")


def test_the_resources_of_one_fault_are_named_and_counted_once_each_with_all_properties():
    paths = ("blockPublicAcls", "blockPublicPolicy")
    found = [finding(name, path=path) for name in "abcdefghijklmn" for path in paths]
    named = ", ".join(f"`{name}`" for name in "bcdefghijkl")
    where = f"`aws:s3/bucket:Bucket a`, {named} and 2 more at `blockPublicAcls`, `blockPublicPolicy`: "
    assert where in render([run(findings=found)], TODAY)
    assert "on `aws:s3/bucket:Bucket assets` at `acl`: " in render(
        [run(findings=[finding("assets", path="acl")])], TODAY
    )


def test_the_same_grave_change_of_several_is_one_line_and_another_value_is_a_line_of_its_own():
    kind, path = "aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock", "blockPublicAcls"
    opened = [
        step(name, "update", kind, changed={path: "update"}, before={path: True}, after={path: False}, id=name)
        for name in ("assets", "backups", "documents", "logs")
    ]
    closed = step("old", "update", kind, changed={path: "update"}, before={path: False}, after={path: True}, id="old")
    text = render([run([*opened, closed])], TODAY)
    assert f"**Updated**: `{kind}` `assets`, `backups`, `documents`, `logs`: `{path}` `true` → `false`\n" in text
    assert f"**Updated**: `{kind}` `old`: `{path}` `false` → `true`\n" in text


def test_a_preview_that_failed_before_it_knew_its_stack_is_refused():
    nameless = run(stack="", errors=["boom"], is_finished=False)
    assert render([nameless], TODAY).startswith("## Refused: the preview failed\n")
    assert render([nameless, run(errors=["boom"])], TODAY).startswith("## Refused: the preview of prod failed\n")


def test_that_a_broken_control_fails_the_preview_is_no_error_of_its_own():
    broken = run(findings=[finding()], errors=["preview failed"])
    assert render([broken], TODAY).startswith("## Refused: 1 violation of mandatory controls\n\n- `prod` **Mandatory")
    both = run(findings=[finding()], errors=["preview failed", "boom"])
    assert render([both], TODAY).startswith(
        "## Refused: the preview of prod failed; 1 violation of mandatory controls\n\n- `prod` **Error**: boom\n"
    )


def test_five_thousand_changes_fit_and_what_is_left_out_is_counted():
    steps = [step(f"smile-{n}" * 5, because=("name",), kind="aws:iam/role:Role") for n in range(5000)]
    found = [finding(f"b{n}", what=f"it is public {n}") for n in range(5000)]
    text = render([run(steps, found)], TODAY)
    assert LIMIT * 0.9 < len(text) <= LIMIT
    assert "<summary>Destroyed or replaced: 5,000</summary>" in text
    shown = text.count("- `prod` **Mandatory") - sum(
        line.startswith("- `prod` **Mandatory") for line in text.splitlines()[:14]
    )
    assert f"\n... and {5000 - shown:,} more; all of them: " in text
    assert text.count("<details>") == text.count("</details>") == 2
    assert text.endswith(f"{MARKER}\n")


WORDS = st.text(st.characters(codec="utf-8"), min_size=1, max_size=300) | st.text("`$@ <", min_size=300, max_size=600)


@pytest.mark.long
@given(WORDS, st.integers(0, 40), st.integers(0, 40), st.integers(1, 60))
def test_it_is_never_too_long(word, resources, findings, stacks):
    steps = [
        step(f"{word}{n}", ("delete", "update", "create")[n % 3], changed={f"{word}{n}": "update"})
        for n in range(resources)
    ]
    found = [
        finding(f"{n}", ("mandatory", "advisory")[n % 2], what=f"{word}{n}", fix=word, title=word)
        for n in range(findings)
    ]
    each = run(steps, found, [word])
    text = render([replace(each, stack=f"{n}{word}"[:100]) for n in range(stacks)], TODAY)
    assert len(text) <= LIMIT
    assert text.endswith(f"{MARKER}\n")


def test_an_exemption_names_the_line_that_grants_it():
    passed = finding(level="advisory", exempted="until 2027-06-30 by net: a reason")
    placed = replace(passed, decided=Place("policies/exemptions.yaml", 9))
    assert "until 2027-06-30 by net: a reason (`policies/exemptions.yaml:9`)\n" in render(
        [run(findings=[placed])], TODAY
    )
    assert "exemptions.yaml" not in render([run(findings=[passed])], TODAY)


def test_who_may_do_what_is_told_first_and_by_itself():
    """Two wider policies are two things to read; a tag on ten roles is one."""
    policies = [
        step(name, "update", "aws:iam/policy:Policy", changed={"policy": "update"}, before={"policy": ["a"]}, after={
            "policy": ["a", name]
        })
        for name in ("reader", "writer")
    ]  # fmt: skip
    tagged = [step(f"r{n}", "update", "aws:iam/role:Role", changed={"tags.x": "add"}) for n in range(10)]
    lines = [line for line in render([run([*tagged, *policies])], TODAY).splitlines() if "**Updated**" in line]
    assert lines == [
        "- `prod` **Updated**: `aws:iam/policy:Policy` `reader`: `policy` `nothing` → `reader`",
        "- `prod` **Updated**: `aws:iam/policy:Policy` `writer`: `policy` `nothing` → `writer`",
        "- `prod` **Updated**: 10 resources, such as `aws:iam/role:Role` `r0`: `tags.x`",
    ]


def test_the_first_line_says_on_how_many_resources_there_are_violations():
    found = [finding(), finding(control="LP-S3-002"), finding("b")]
    text = render([run(findings=found)], TODAY)
    assert text.startswith("## Refused: 3 violations of mandatory controls on 2 resources\n")
