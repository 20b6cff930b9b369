"""Resources as a tree of the components that they are in."""

from report.html.tree import flat, tree
from report.run import Run, Step

ROOT = "urn:pulumi:prod::p::pulumi:pulumi:Stack::p-prod"
QUEUES = "urn:pulumi:prod::p::platform:queues:MessageQueues::p"
JOBS = "urn:pulumi:prod::p::platform:queues:MessageQueues$aws:sqs/queue:Queue::jobs"
ALONE = "urn:pulumi:prod::p::aws:sns/topic:Topic::alone"
STEPS = (
    Step(urn=ROOT, op="same"),
    Step(urn=JOBS, op="update", parent=QUEUES, changed={"delay": "update"}),
    Step(urn=ALONE, op="same", parent=ROOT),
    Step(urn=QUEUES, op="same", parent=ROOT),
)


def run(*steps):
    return Run(stack="prod", steps=steps, findings=(), errors=(), seconds=1, is_preview=True, is_finished=True)


def test_components_hold_their_resources_whatever_the_order_of_steps():
    queues, alone = tree(run(*STEPS))
    assert [each.step.urn for each in queues.children] == [JOBS]
    assert (alone.step.urn, alone.children, alone.component) == (ALONE, [], "")
    assert {each.component for each in flat([queues])} == {"MessageQueues p"}


def test_resource_whose_component_is_not_in_the_log_stands_on_its_own():
    (lonely,) = tree(run(Step(urn=JOBS, op="delete", parent=QUEUES)))
    assert lonely.step.urn == JOBS


def test_component_is_changed_where_something_in_it_is():
    queues, alone = tree(run(*STEPS))
    assert queues.is_changed
    assert not alone.is_changed


def test_each_resource_has_an_anchor_of_its_own():
    found = [each.anchor for each in flat(tree(run(*STEPS)))]
    assert len(set(found)) == len(found) == 3
