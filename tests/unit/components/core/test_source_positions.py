"""Where a program makes its resources, as it records it."""

import inspect
import json

import pulumi
import pytest

from components.core import source_positions
from components.core.source_positions import Recorder
from tests.recording import record


class Queues(pulumi.ComponentResource):
    def __init__(self, name):
        super().__init__("acme:queues:Queues", name)
        options = pulumi.ResourceOptions(parent=self)
        self.queue = pulumi.CustomResource("aws:sqs/queue:Queue", f"{name}-jobs", opts=options)
        self.line = line() - 1


def line():
    return inspect.currentframe().f_back.f_lineno


def recorded(program):
    recorder = Recorder()

    def whole():
        pulumi.runtime.register_stack_transformation(recorder.note)
        return program()

    return recorder.positions, record(whole)


def test_each_resource_has_the_line_that_makes_it_and_those_that_call_it():
    def program():
        return Queues("orders"), line()

    positions, recording = recorded(program)
    queues, called = recording.result
    registered = {each.urn.replace("pulumi:pulumi:Stack$", "") for each in recording.resources}  # mocks have it in all
    assert set(positions) == {urn for urn in registered if "pulumi:pulumi:Stack::" not in urn}
    (component,) = [lines for urn, lines in positions.items() if urn.endswith("acme:queues:Queues::orders")]
    (queue,) = [lines for urn, lines in positions.items() if "$aws:sqs/queue:Queue::orders-jobs" in urn]
    assert f"{__file__}:{called}" in component
    assert queue[0] == f"{__file__}:{queues.line}"
    assert f"{__file__}:{called}" in queue[1:]


def test_nothing_that_is_installed_is_a_line_of_the_program():
    positions, _ = recorded(lambda: Queues("orders"))
    assert not [
        each for lines in positions.values() for each in lines if "site-packages" in each or each.startswith("<")
    ]


def test_a_reference_to_what_another_process_made_has_no_line():
    urn = "urn:pulumi:s::p::aws:sqs/queue:Queue::theirs"
    recorder = Recorder()
    args = pulumi.ResourceTransformationArgs(
        object(), "aws:sqs/queue:Queue", "theirs", {}, pulumi.ResourceOptions(urn=urn)
    )
    recorder.note(args)
    assert recorder.positions == {}


def test_they_are_written_only_if_somebody_asks(monkeypatch, tmp_path):
    monkeypatch.setattr(source_positions.atexit, "register", lambda *call: pytest.fail("nobody asked"))

    def program():
        source_positions.record()
        Queues("orders")

    record(program)
    assert not list(tmp_path.iterdir())


def test_they_are_there_before_a_control_can_end_the_program_and_once_more_at_its_end(monkeypatch, tmp_path):
    at_exit = []
    monkeypatch.setattr(source_positions.atexit, "register", lambda *call: at_exit.append(call))
    monkeypatch.setenv(source_positions.ASKED_BY, str(tmp_path))

    def names():
        (file,) = tmp_path.glob("*.positions.json")
        return {urn.rpartition("::")[2] for urn in json.loads(file.read_text())}

    def program():
        source_positions.record()
        first = Queues("orders")
        first.queue.urn.apply(lambda _: seen.append(names()))
        late = first.queue.urn.apply(lambda _: Queues("late"))
        late.apply(lambda queues: queues.queue.urn).apply(lambda _: seen.append(names()))

    seen = []
    record(program)
    assert seen == [{"orders", "orders-jobs"}, {"orders", "orders-jobs", "late", "late-jobs"}]
    next(tmp_path.iterdir()).unlink()
    ((write, *arguments),) = at_exit
    write(*arguments)
    assert names() == {"orders", "orders-jobs", "late", "late-jobs"}
