"""Findings as JUnit XML, for what shows the results of tests: a suite for each stack.

What fails the run is a failure, what doesn't is skipped with its reason. A family of controls that found nothing
mandatory is one test that passes, not one for each control: that none speaks doesn't mean that each has looked. Jenkins
groups by ``classname``; GitLab shows the text, not ``message``, and of tests with one name only the first
(https://docs.gitlab.com/ci/testing/unit_test_reports).
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from xml.etree.ElementTree import Element, SubElement, indent, tostring

from report.finding import Finding
from report.run import Run

NOT_IN_XML = re.compile(r"[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
OUTCOMES = {"failure": "failures", "error": "errors", "skipped": "skipped"}
"""Element -> the attribute of a suite that counts it."""


def render(runs: Sequence[Run]) -> str:
    """All stacks."""
    suites = Element("testsuites")
    suites.extend(suite(run) for run in runs)
    indent(suites)
    return f'<?xml version="1.0" encoding="UTF-8"?>\n{tostring(suites, encoding="unicode")}\n'


def suite(run: Run) -> Element:
    """One stack."""
    made = Element("testsuite", name=run.stack or "no stack")
    for test in (engine(run), *passing(run), *found(run)):
        made.append(test)
    for outcome, counted in OUTCOMES.items():
        made.set(counted, str(len(made.findall(f"testcase/{outcome}"))))
    made.set("tests", str(len(made)))
    made.set("time", str(run.seconds))
    return made


def engine(run: Run) -> Element:
    """Whether the run came to its end."""
    test = case(f"{run.stack}.engine", "the run ends without an error")
    errors = run.errors or (() if run.is_finished else ("the engine stopped before its end",))
    if errors:
        outcome(test, "error", "engine", errors[0].splitlines()[0], "\n".join(errors))
    return test


def passing(run: Run) -> Iterator[Element]:
    """The families that found nothing mandatory, where the run got as far as to say so."""
    broken = {finding.family for finding in run.at("mandatory")}
    families = dict.fromkeys(family for each in (*run.controls, *run.findings) if (family := each.family))
    for family in families:
        if run.is_finished and family not in broken:
            yield case(f"{run.stack}.{family}", "no mandatory control is broken")


def found(run: Run) -> Iterator[Element]:
    """A test for each finding, named by what stays the same over runs: so a tool can follow it."""
    names = Counter[str]()
    for finding in sorted(run.findings, key=Finding.order):
        name = " ".join(filter(None, [finding.control, finding.resource, finding.path]))
        names[name] += 1
        number = f" #{names[name]}" if names[name] > 1 else ""
        test = case(f"{run.stack}.{finding.family or 'policy'}", name + number)
        places = [f"at {place}" for place in finding.places]
        text = "\n".join([finding.message or finding.what, *places])
        kind = "failure" if finding.level in {"mandatory", "remediate"} and not finding.exempted else "skipped"
        outcome(test, kind, finding.severity or finding.level, finding.what, text)
        yield test


def case(classname: str, name: str) -> Element:
    """A test."""
    return Element("testcase", classname=allowed(classname), name=allowed(name))


def outcome(test: Element, element: str, kind: str, message: str, text: str) -> None:
    """Say how a test ended."""
    SubElement(test, element, type=allowed(kind), message=allowed(message)).text = allowed(text)


def allowed(text: str) -> str:
    """A text without the characters that XML has no way to say."""
    return NOT_IN_XML.sub("\ufffd", text)
