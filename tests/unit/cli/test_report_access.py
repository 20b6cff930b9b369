"""Roles of a run and what they may do, before anything is deployed and afterwards."""

import json

from cli.report_access import ATTACHMENT, POLICY, ROLE, roles_of
from report.run import Run, Step
from report.values import UNKNOWN

ACCOUNT = "123456789012"
COMPONENT = "urn:pulumi:prod::smile::platform:iam:ServiceRole::smile-worker"
JOBS = f"arn:aws:sqs:ap-southeast-3:{ACCOUNT}:smile-prod-jobs"
OWN = f"arn:aws:iam::{ACCOUNT}:role/smile-prod-*"
TRUST = {"Effect": "Allow", "Principal": {"Service": "lambda.amazonaws.com"}, "Action": "sts:AssumeRole"}


def step(kind, name, inputs, op="create", outputs=None):
    urn = f"urn:pulumi:prod::smile::platform:iam:ServiceRole${kind}::{name}"
    return Step(urn=urn, op=op, parent=COMPONENT, after=inputs, id="x" if outputs else "", outputs=outputs)


def document(*statements):
    return json.dumps({"Version": "2012-10-17", "Statement": list(statements)})


def allow(action, on, effect="Allow", **more):
    return {"Effect": effect, "Action": [action], "Resource": [on], **more}


def role(name="smile-worker", op="create", outputs=None):
    inputs = {"name": name.replace("smile", "smile-prod"), "assumeRolePolicy": document(TRUST)}
    return step(ROLE, name, inputs, op, outputs)


def policy(name, text, op="create", outputs=None):
    return step(POLICY, name, {"name": name.replace("smile", "smile-prod"), "policy": text}, op, outputs)


def attachment(name, arn=UNKNOWN, op="create", of="smile-prod-worker"):
    return step(ATTACHMENT, name, {"role": of, "policyArn": arn}, op, {"id": "a"} if op == "same" else None)


def roles(*steps):
    return roles_of(
        Run(stack="prod", steps=steps, findings=(), errors=(), seconds=1, is_preview=True, is_finished=True)
    )


def told(found):
    return [(each.actions, each.on, each.only_if, each.is_denied) for each in found.permissions]


def test_roles_of_a_stack_that_is_yet_to_be_made_have_the_policies_that_bear_their_name():
    text = document(allow("sqs:ReceiveMessage", JOBS), allow("iam:PassRole", OWN, "Deny"))
    (found,) = roles(role(), policy("smile-worker-jobs", text), attachment("smile-worker-jobs"))
    assert (found.name, found.taken_on, found.is_complete) == ("smile-worker", "lambda.amazonaws.com", True)
    assert told(found) == [
        ("`sqs:ReceiveMessage`", "`sqs:smile-prod-jobs`", "", False),
        ("`iam:PassRole`", "`iam:role/smile-prod-*`", "", True),
    ]


def test_a_policy_that_only_deployment_tells_makes_a_role_incomplete():
    known = [policy("smile-worker-jobs", document(allow("sqs:ReceiveMessage", JOBS))), attachment("smile-worker-jobs")]
    for more in ([policy("smile-worker-key", UNKNOWN), attachment("smile-worker-key")], [attachment("of-another")]):
        (found,) = roles(role(), *known, *more)
        assert not found.is_complete
        assert [actions for actions, *_ in told(found)] == ["`sqs:ReceiveMessage`"]


def test_a_stack_that_is_there_is_told_in_the_names_of_its_resources():
    queue = step("aws:sqs/queue:Queue", "smile-jobs", {"name": "jobs"}, "same", {"arn": JOBS})
    arn = f"arn:aws:iam::{ACCOUNT}:policy/jobs"
    found, other = roles(
        queue,
        role(op="same", outputs={"name": "smile-prod-worker", "arn": f"arn:aws:iam::{ACCOUNT}:role/w"}),
        role("smile-zero", op="same", outputs={"name": "smile-prod-zero", "arn": f"arn:aws:iam::{ACCOUNT}:role/z"}),
        policy("jobs", document(allow("sqs:SendMessage", JOBS)), "update", {"arn": arn}),
        attachment("of-another-name", arn, "same"),
    )
    assert told(found) == [("`sqs:SendMessage`", "queue `smile-jobs`", "", False)]
    assert (told(other), other.is_complete) == ([], True)


def test_what_is_deleted_may_nothing_any_more():
    arn = f"arn:aws:iam::{ACCOUNT}:policy/jobs"
    gone = [policy("jobs", None, "delete", {"arn": arn}), attachment("jobs", arn, "delete")]
    (found,) = roles(
        role(op="same", outputs={"name": "smile-prod-worker", "arn": f"arn:aws:iam::{ACCOUNT}:role/w"}), *gone
    )
    assert told(found) == []


def test_a_run_without_roles_has_none():
    assert roles() == []
    assert roles(step("aws:sqs/queue:Queue", "jobs", {"name": "jobs"})) == []
