"""The library under the controls: nothing fails open, nothing is echoed, everything is reported."""

from dataclasses import replace
from datetime import date, timedelta

import pytest

from guardrails.engine.configuration import SHARED, Configuration
from guardrails.engine.evaluation import Evaluator
from guardrails.engine.exemptions import Exemption, Exemptions
from guardrails.engine.fingerprint import Fingerprints
from guardrails.model.control import Context, Control, Level, Scope, Severity, Violation
from guardrails.model.resource import Resource, Stack, values_at
from guardrails.model.values import UNKNOWN, UndeterminedError
from report.finding import Finding
from report.fingerprint import fingerprints

URN = "urn:pulumi:prod::smile::aws:sqs/queue:Queue::orders"


TODAY = date(2026, 6, 15)


def make_control(check, **about):
    defaults = {
        "id": "ENC-TEST-001",
        "title": "Queues are named",
        "why": "Because.",
        "fix": "Set name.",
        "severity": Severity.HIGH,
        "types": ("aws:sqs/*",),
    }
    return Control(check=check, **{**defaults, **about})


def make_resource(properties, secrets=(), urn=URN):
    return Resource("aws:sqs/queue:Queue", urn, "orders", lambda: (properties, frozenset(secrets)))


def evaluator(*controls, exemptions=(), level=Level.MANDATORY, **settings):
    defaults = {name: about["default"] for name, about in SHARED.items()} | settings
    ids = [control.id for control in controls]
    configuration = Configuration(dict.fromkeys(ids, level), dict.fromkeys(ids, defaults), defaults)
    return Evaluator(controls, configuration, Exemptions(exemptions, TODAY))


def run(control, resource, **options):
    """Both phases of a run with one resource."""
    subject = evaluator(control, **options)
    return [*subject.on_resource(resource), *subject.on_stack([resource])]


def violating(resource, context):
    yield Violation("no name", "name")


def raising(resource, context):
    yield Violation("seen before", "name")
    raise KeyError("s3cr3t-value")


def unknown(resource, context):
    yield Violation("seen before", "name")
    raise UndeterminedError("name")


def test_a_violation_names_control_reason_place_and_remedy():
    (report,) = run(make_control(violating), make_resource({}))
    assert (report.urn, report.level) == (URN, Level.MANDATORY)
    assert report.message == "ENC-TEST-001 Queues are named: no name (at name).\nFix: Set name."


def test_a_control_that_raises_fails_closed_whatever_its_level_and_tells_no_value():
    violation, failure = run(make_control(raising), make_resource({}), level=Level.ADVISORY)
    assert violation.level is Level.ADVISORY
    assert failure.level is Level.MANDATORY
    assert "KeyError in raising (test_evaluation.py:" in failure.message
    assert "orders" in failure.message
    assert "s3cr3t-value" not in failure.message


def test_what_stays_unknown_is_reported_once_and_keeps_the_violations_seen_before():
    violation, open_question = run(make_control(unknown), make_resource({}))
    assert "seen before" in violation.message
    assert open_question.level is Level.ADVISORY
    assert "can't be decided before deployment, name is not known yet (at name)" in open_question.message


def test_a_value_of_the_wrong_type_is_a_violation_that_names_its_place():
    def counting(resource, context):
        if resource.number("size", 1) < 1:
            yield Violation("too few", "size")

    (report,) = run(make_control(counting), make_resource({"size": ["s3cr3t-value"]}))
    assert report.message == "ENC-TEST-001 Queues are named: it is not a number (at size).\nFix: Set name."


@pytest.mark.parametrize(
    ("value", "said"),
    [
        (["sg-1"], "groups names what is not of this stack"),
        (["sg-1", UNKNOWN], "groups is not known yet"),
        (UNKNOWN, "groups is not known yet"),
    ],
)
def test_names_of_what_another_stack_has_are_not_said_to_be_unknown(value, said):
    (report,) = run(make_control(open_on("groups")), make_resource({"groups": value}))
    assert f"can't be decided before deployment, {said}" in report.message


@pytest.mark.parametrize("path", ["rules[0].bucket", "rules[*].bucket", "rules.bucket"])
def test_a_name_inside_a_list_is_found_however_its_path_is_written(path):
    (report,) = run(make_control(open_on(path)), make_resource({"rules": [{"bucket": "arn:aws:s3:::elsewhere"}]}))
    assert f"{path} names what is not of this stack" in report.message


@pytest.mark.parametrize(
    ("secret", "said"),
    [
        ("x", "the text is [secret], not exact"),
        ("exac", "the text is x, not [secret]t"),
    ],
)
def test_a_secret_of_a_letter_or_two_is_masked_where_it_stands_alone(secret, said):
    def telling(resource, context):
        yield Violation("the text is x, not exact", "name")

    (report,) = run(make_control(telling), make_resource({"password": secret}, secrets=["password"]))
    assert said in report.message


def open_on(path):
    def check(resource, context):
        yield UndeterminedError(path)

    return check


def test_controls_left_open_by_one_value_are_reported_together_by_the_gravest():
    subject = evaluator(
        make_control(open_on("name"), id="ENC-TEST-001", severity=Severity.LOW),
        make_control(open_on("name"), id="ENC-TEST-002", severity=Severity.CRITICAL),
        make_control(open_on("name"), id="ENC-TEST-003", scope=Scope.STACK),
        make_control(open_on("url"), id="ENC-TEST-004"),
    )
    resource = make_resource({})
    assert list(subject.on_resource(resource)) == []
    about_url, about_name = sorted(subject.on_stack([resource]), key=lambda report: "(at name)" in report.message)
    assert about_name.control.id == "ENC-TEST-002"
    assert about_name.message.endswith("Open for the same reason: ENC-TEST-001, ENC-TEST-003.")
    assert about_url.message.endswith("Fix: Set name.")


def test_controls_of_different_families_left_open_by_one_value_are_reported_apart():
    subject = evaluator(make_control(open_on("name")), make_control(open_on("name"), id="LP-TEST-001"))
    resource = make_resource({})
    assert list(subject.on_resource(resource)) == []
    assert [report.control.id for report in subject.on_stack([resource])] == ["ENC-TEST-001", "LP-TEST-001"]


def open_on_each(subject, *names):
    """What is reported on resources of these names."""
    resources = [
        Resource("aws:sqs/queue:Queue", URN.replace("orders", name), name, lambda: ({}, frozenset())) for name in names
    ]
    assert [report for resource in resources for report in subject.on_resource(resource)] == []
    return list(subject.on_stack(resources))


def test_resources_left_open_by_the_same_property_are_reported_together_each_by_name():
    subject = evaluator(make_control(open_on("url")), make_control(open_on("url"), id="ENC-TEST-002"))
    (report,) = open_on_each(subject, "orders", "mail", "jobs")
    assert report.urn == URN.replace("orders", "jobs")
    assert report.message.splitlines()[-2:] == [
        "Open for the same reason: ENC-TEST-002.",
        "The same on 2 more: mail, orders.",
    ]


def test_resources_of_which_other_controls_are_open_are_reported_apart():
    def only_jobs(resource, context):
        if resource.name == "jobs":
            yield UndeterminedError("url")

    subject = evaluator(make_control(open_on("url")), make_control(only_jobs, id="ENC-TEST-002"))
    apart = open_on_each(subject, "orders", "mail", "jobs")
    assert {report.urn.rpartition("::")[2]: report.message.splitlines()[-1] for report in apart} == {
        "mail": "The same on 1 more: orders.",
        "jobs": "Open for the same reason: ENC-TEST-002.",
    }


def test_open_questions_of_several_resources_keep_the_level_of_each_control():
    configuration = {name: about["default"] for name, about in SHARED.items()} | {"undetermined": "mandatory"}
    controls = [make_control(open_on("url"), id=f"ENC-TEST-00{number}") for number in (1, 2)]
    levels = dict(zip([each.id for each in controls], (Level.ADVISORY, Level.MANDATORY), strict=True))
    parameters = dict.fromkeys(levels, configuration)
    subject = Evaluator(controls, Configuration(levels, parameters, configuration), Exemptions([], TODAY))
    reports = open_on_each(subject, "orders", "jobs")
    assert {report.control.id: report.level for report in reports} == levels
    assert all(report.message.endswith("The same on 1 more: orders.") for report in reports)


def test_an_exemption_for_one_of_several_resources_left_open_shows_on_it_alone():
    granted = Exemption("ENC-TEST-001", "*::jobs", "migration", "Ani", TODAY)
    together, exempted = sorted(
        open_on_each(evaluator(make_control(open_on("url")), exemptions=[granted]), "orders", "mail", "jobs"),
        key=lambda report: "Exempted" in report.message,
    )
    assert together.message.endswith("The same on 1 more: orders.")
    assert (exempted.urn, exempted.message.count("Exempted until")) == (URN.replace("orders", "jobs"), 1)


def test_an_open_question_with_an_exemption_is_reported_by_itself():
    granted = Exemption("ENC-TEST-001", URN, "migration", "Ani", TODAY)
    subject = evaluator(
        make_control(open_on("name"), id="ENC-TEST-001"),
        make_control(open_on("name"), id="ENC-TEST-002"),
        exemptions=[granted],
    )
    resource = make_resource({})
    assert list(subject.on_resource(resource)) == []
    exempted, other = sorted(subject.on_stack([resource]), key=lambda report: report.control.id)
    assert exempted.message.endswith("Exempted until 2026-06-15 by Ani: migration")
    assert "ENC-TEST-001" not in other.message


@pytest.mark.parametrize(
    ("setting", "own", "expected"),
    [
        ("mandatory", Level.MANDATORY, [Level.MANDATORY]),
        ("mandatory", Level.ADVISORY, [Level.ADVISORY]),
        ("advisory", Level.MANDATORY, [Level.ADVISORY]),
        ("disabled", Level.MANDATORY, []),
    ],
)
def test_the_operator_sets_what_an_open_question_means(setting, own, expected):
    def check(resource, context):
        raise UndeterminedError("name")
        yield

    reports = run(make_control(check), make_resource({}), level=own, undetermined=setting)
    assert [report.level for report in reports] == expected


def test_an_open_question_of_a_severity_means_what_the_operator_sets_for_it():
    def check(resource, context):
        raise UndeterminedError("name")
        yield

    for severity, expected in ((Severity.CRITICAL, [Level.MANDATORY]), (Severity.LOW, [Level.ADVISORY])):
        control = make_control(check, severity=severity)
        settings = {"undeterminedBySeverity": {"critical": "mandatory"}, "undetermined": "advisory"}
        assert [report.level for report in run(control, make_resource({}), **settings)] == expected


def test_a_disabled_control_does_not_run():
    assert run(make_control(raising), make_resource({}), level=Level.DISABLED) == []


def test_secrets_are_never_echoed():
    def check(resource, context):
        yield Violation(f"{resource.get('password')} is bad", "password")
        yield Violation(f"name {resource.get('name')} holds {resource.get('password')}", "name")
        yield Violation(f"port {resource.get('nested.port')}", "other")
        yield Violation(f"inside: {resource.get('nested.text')}", "nested.text[0]")
        yield Violation("a place", f"name.{resource.get('password')}")

    resource = make_resource(
        {"password": "hunter2", "name": "hunter2-queue", "nested": {"port": 4711, "text": "x-ray"}},
        secrets=("password", "nested"),
    )
    together = "\n".join(report.message for report in run(make_control(check), resource))
    for secret in ("hunter2", "4711", "x-ray"):
        assert secret not in together
    assert "name [secret]-queue holds [secret]" in together


def test_a_secret_in_a_path_is_masked():
    def check(resource, context):
        yield Violation("old", f"engineVersion.{resource.get('password')}")
        yield UndeterminedError(f"size.{resource.get('password')}")

    reports = run(make_control(check), make_resource({"password": "hunter2"}, secrets=["password"]))
    together = "\n".join(report.message for report in reports)
    assert "hunter2" not in together
    assert "at engineVersion.[secret]" in together
    assert "at size.[secret]" in together


def test_secrets_of_other_resources_are_not_echoed_either():
    def check(resource, context):
        (vault,) = context.everything.of_type("aws:ssm/parameter:Parameter")
        yield Violation(f"it holds {vault.get('value')}")

    vault = Resource("aws:ssm/parameter:Parameter", "urn:v", "v", lambda: ({"value": "hunter2"}, frozenset({"value"})))
    subject = evaluator(make_control(check, scope=Scope.STACK))
    (report,) = subject.on_stack([make_resource({}), vault])
    assert "it holds [secret]" in report.message


def test_a_secret_is_masked_on_its_way_through_the_server(judge):
    case = {
        "type": "aws:kms/key:Key",
        "properties": {
            "customerMasterKeySpec": {
                "4dabf18193072939515e22adb298388d": "1b47061264138c4ac30d75fd1eb44270",
                "value": "TOP_SECRET",
            }
        },
    }
    outcome = judge("ENC-KMS-004", case)
    assert outcome.violations
    assert "TOP_SECRET" not in str(outcome.diagnostics)


def test_an_empty_text_is_none_except_in_kubernetes():
    queue = make_resource({"kmsMasterKeyId": "", "tagNames": ["", "x"], "tags": {"note": ""}})
    assert (queue.raw("kmsMasterKeyId"), queue.get("kmsMasterKeyId", "none")) == (None, "none")
    assert not queue.has("kmsMasterKeyId")
    assert values_at(queue, "kmsMasterKeyId") == []
    assert values_at(queue, "tagNames") == ["x"]
    assert queue.get("tags") == {"note": ""}
    properties = {"spec": {"storageClassName": ""}}
    claim = Resource("kubernetes:core/v1:PersistentVolumeClaim", URN, "data", lambda: (properties, frozenset()))
    assert claim.get("spec.storageClassName", "default") == ""


def test_a_relation_is_decided_through_dependencies_and_by_value():
    key = Resource("aws:kms/key:Key", "urn:key", "key", lambda: ({"description": "x"}, frozenset()),
                   outputs=lambda: ({"arn": "arn:key"}, frozenset()))  # fmt: skip
    by_value = make_resource({"kmsMasterKeyId": "arn:key"}, urn="urn:a")
    other = make_resource({"kmsMasterKeyId": "arn:other"}, urn="urn:b")
    stack = Stack([key, by_value, other])
    assert stack.referrers(key, ["aws:sqs/queue:Queue"], "kmsMasterKeyId") == [by_value]
    assert by_value.refers_to("kmsMasterKeyId", ["aws:kms/key:Key"])
    assert not other.refers_to("kmsMasterKeyId", ["aws:kms/key:Key"])


def test_a_stack_control_sees_the_stack_and_no_other_control_does():
    def check(resource, context):
        yield Violation(f"{len(context.everything.of_type(resource.type))} queues")

    (report,) = run(make_control(check, scope=Scope.STACK), make_resource({}))
    assert "1 queues" in report.message
    with pytest.raises(TypeError, match="scope"):
        _ = Context({}).everything


def test_an_exempted_violation_is_advisory_and_says_why_and_until_when():
    exemption = Exemption("ENC-TEST-001", "urn:pulumi:prod::smile::*::orders", "migration", "Ani", date(2026, 6, 15))
    (report,) = run(make_control(violating), make_resource({}), exemptions=[exemption])
    assert report.level is Level.ADVISORY
    assert "Exempted until 2026-06-15 by Ani: migration" in report.message


def twice(resource, context):
    """Two faults at one property, and one at another."""
    yield from (Violation(why, "rules") for why in resource.get("rules"))
    if resource.has("name"):
        yield Violation("no good name", "name")


def exempting(finding, expires=TODAY):
    return Exemption("ENC-TEST-001", "urn:pulumi:*::*::*::orders", "migration", "Ani", expires, finding)


def levels(properties, exemption):
    return [report.level for report in run(make_control(twice), make_resource(properties), exemptions=[exemption])]


def test_an_exemption_for_a_finding_leaves_a_later_fault_of_the_same_control_mandatory():
    known = exempting(Fingerprints().of("ENC-TEST-001", URN, "rules"))
    assert levels({"rules": ["open"]}, known) == [Level.ADVISORY]
    assert levels({"rules": ["open", "wide"]}, known) == [Level.ADVISORY, Level.MANDATORY]
    assert levels({"rules": ["open"], "name": "x"}, known) == [Level.ADVISORY, Level.MANDATORY]
    assert levels({"rules": ["open"]}, exempting("0" * 32)) == [Level.MANDATORY, Level.ADVISORY]  # it isn't needed
    assert levels({"rules": ["open"]}, replace(known, expires=TODAY - timedelta(days=1))) == [Level.MANDATORY]
    assert levels({"rules": ["open", "wide"], "name": "x"}, exempting("")) == [Level.ADVISORY] * 3


@pytest.mark.parametrize("path", ["", "rules", 'tags["a.b"]', 'tags["a(b)"]'])
def test_reports_show_the_fingerprints_that_exemptions_name(path):
    def check(resource, context):
        yield from (Violation("first", path), Violation("second", path))

    told = run(make_control(check), make_resource({}))
    events = [
        {"policyName": "ENC-TEST-001", "policyPackName": "encryption", "resourceUrn": each.urn,
         "message": each.message, "enforcementLevel": str(each.level)}
        for each in told
    ]  # fmt: skip
    counted = Fingerprints()
    assert fingerprints(map(Finding.of, events)) == [counted.of("ENC-TEST-001", URN, path) for _ in range(2)]


def test_an_expired_exemption_no_longer_holds_and_says_so():
    exemption = Exemption("ENC-TEST-001", "*orders", "migration", "Ani", date(2026, 6, 14))
    (report,) = run(make_control(violating), make_resource({}), exemptions=[exemption])
    assert report.level is Level.MANDATORY
    assert "The exemption granted to Ani expired on 2026-06-14" in report.message


@pytest.mark.parametrize(
    ("resource", "reported"), [("urn:pulumi:prod::smile::*gone", True), ("urn:pulumi:dev::smile::*gone", False)]
)
def test_an_unused_exemption_is_reported_on_the_stack_that_it_is_about(resource, reported):
    exemption = Exemption("ENC-TEST-001", resource, "migration", "Ani", date(2026, 12, 31))
    reports = run(make_control(lambda r, c: iter(())), make_resource({}), exemptions=[exemption])
    assert [(report.urn, report.level) for report in reports] == [("", Level.ADVISORY)] * reported
    assert all("is not needed" in report.message for report in reports)


def test_what_was_read_before_a_resource_was_made_is_read_again():
    registered, deployed = make_resource({}), make_resource({})
    deployed.load_outputs = lambda: ({"arn": "arn:queue"}, frozenset())
    assert registered.outputs == {}
    registered.becomes(deployed)
    assert registered.outputs == {"arn": "arn:queue"}
