"""The work-arounds for the SDK's costs: they do what they replace does, for less, and only while the SDK needs them.

Where one of the first three tests fails, a newer SDK has changed what is replaced: read it, then take the work-around
out, or bring it and the digest up to date.
"""

import asyncio
import hashlib
import inspect
import subprocess
import sys
from importlib.util import find_spec, module_from_spec
from pathlib import Path
from types import SimpleNamespace

import psutil
import pulumi.log
import pytest
from pulumi.runtime.settings import SETTINGS

from components.core import sdk_performance
from tests.paths import ROOT

OUTPUTS = 60
PUBLISHED_WAIT = sdk_performance.wait_for_remote_calls
PUBLISHED_DEBUG = pulumi.log.debug
PUBLISHED_RESOURCES = module_from_spec(find_spec("pulumi.runtime.resource"))  # tests.recording has changed the other
PUBLISHED_RESOURCES.__spec__.loader.exec_module(PUBLISHED_RESOURCES)
PUBLISHED_STACK_TRACE = PUBLISHED_RESOURCES._get_stack_trace


class CountedFuture(asyncio.Future):
    """A future that counts how often somebody asks to be called when it completes."""

    callbacks = 0

    def add_done_callback(self, *arguments, **options):
        type(self).callbacks += 1
        super().add_done_callback(*arguments, **options)


@pytest.fixture
def no_outputs():
    SETTINGS.outputs.clear()
    SETTINGS.rpc_manager.clear()
    CountedFuture.callbacks = 0
    yield
    SETTINGS.outputs.clear()


@pytest.fixture
def ancestors(monkeypatch):
    """Say which processes stand above this one, the nearest first."""

    def stand(*command_lines):
        found = [
            SimpleNamespace(name=lambda line=line: line[0], cmdline=lambda line=line: line) for line in command_lines
        ]
        monkeypatch.setattr(psutil, "Process", lambda: SimpleNamespace(parents=lambda: found))

    monkeypatch.delenv("PULUMI_OPTION_DEBUG", raising=False)
    return stand


def callbacks_for(wait):
    """How many callbacks are added while one output after the other completes."""

    async def outputs_complete_in_turn():
        futures = [CountedFuture() for _ in range(OUTPUTS)]
        SETTINGS.outputs.update(futures)
        waiting = asyncio.ensure_future(wait())
        for future in futures:
            await asyncio.sleep(0)
            future.set_result(None)
            for _ in range(5):
                await asyncio.sleep(0)
        await waiting

    asyncio.run(outputs_complete_in_turn())
    return CountedFuture.callbacks


@pytest.mark.parametrize(
    ("function", "digest"),
    [
        (PUBLISHED_WAIT, "c0f9027f85ad09255ded0a1908033b490f76d303a3e40b50d3cf47a69265469d"),
        (PUBLISHED_DEBUG, "381cd6115cca6ca19ddc9416014d9afb086d7b7a9cb3ca8d80f2be24bdb44d6f"),
        (PUBLISHED_STACK_TRACE, "3943b2273016925109e1c3a7bc603db06a44ea09ff3494c29544e44bccf8dd1f"),
    ],
)
def test_replaced_function_is_the_one_that_was_read(function, digest):
    assert hashlib.sha256(inspect.getsource(function).encode()).hexdigest() == digest


def test_published_sdk_still_adds_callbacks_in_the_square_of_the_outputs(no_outputs):
    assert callbacks_for(PUBLISHED_WAIT) > OUTPUTS * OUTPUTS / 4


def test_published_sdk_still_sends_debug_lines_that_nobody_asked_for(monkeypatch):
    sent = []
    monkeypatch.setattr(pulumi.log, "get_engine", lambda: SimpleNamespace(Log=sent.append))
    PUBLISHED_DEBUG("a line")
    assert [request.message for request in sent] == ["a line"]


def test_published_sdk_still_asks_the_file_system_for_each_frame(monkeypatch):
    asked = []
    monkeypatch.setattr("linecache.checkcache", asked.append)
    PUBLISHED_STACK_TRACE()
    assert __file__ in asked
    asked.clear()
    sdk_performance.stack_trace()
    assert not asked


def test_stack_trace_is_the_published_one_wherever_a_resource_is_made():
    said = []

    class Made:
        """As deep as a constructor of a resource goes."""

        def __init__(self, depth):
            if depth == 1:
                said.extend([PUBLISHED_STACK_TRACE(), sdk_performance.stack_trace()])
            else:
                Made(depth - 1)

    for depth in (1, 2):
        Made(depth)
        assert said == [type(said[0])()] * 2  # no constructor of a resource is that short
        said.clear()
    exec(compile("Made(3)", "<frozen runpy>", "exec"), {"Made": Made})
    assert said[0] == said[1]
    assert said[0].frames[1].pc.uri == Path(__file__).as_uri()
    assert not said[0].frames[0].HasField("pc")


def test_each_output_gets_one_callback(no_outputs):
    assert callbacks_for(sdk_performance.wait_for_rpcs) == OUTPUTS


def test_waits_for_outputs_and_calls_that_are_added_while_it_waits(no_outputs):
    finished = []

    async def call():
        await asyncio.sleep(0)
        finished.append("call")

    async def second():
        await asyncio.sleep(0)
        finished.append("second")

    async def first():
        await asyncio.sleep(0)
        SETTINGS.outputs.add(asyncio.ensure_future(second()))
        SETTINGS.rpc_manager.rpcs.append(asyncio.ensure_future(call()))
        finished.append("first")

    async def program():
        SETTINGS.outputs.add(asyncio.ensure_future(first()))
        await sdk_performance.wait_for_rpcs()

    asyncio.run(program())
    assert sorted(finished) == ["call", "first", "second"]
    assert not SETTINGS.outputs


def test_outputs_may_be_left_alone(no_outputs):
    async def program():
        SETTINGS.outputs.add(asyncio.get_running_loop().create_future())
        await asyncio.wait_for(sdk_performance.wait_for_rpcs(await_all_outstanding_tasks=False), timeout=5)

    asyncio.run(program())
    assert len(SETTINGS.outputs) == 1


def test_failed_output_ends_the_wait_while_others_are_outstanding(no_outputs):
    async def program():
        failing, never = CountedFuture(), CountedFuture()
        SETTINGS.outputs.update((failing, never))
        failing.set_exception(ValueError("no such subnet"))
        await asyncio.wait_for(sdk_performance.wait_for_rpcs(), timeout=5)

    with pytest.raises(ValueError, match="no such subnet"):
        asyncio.run(program())


def test_failed_output_ends_the_wait_while_a_call_is_outstanding(no_outputs):
    async def program():
        calls = asyncio.ensure_future(
            SETTINGS.rpc_manager.do_rpc("register", asyncio.get_running_loop().create_future)()
        )
        await asyncio.sleep(0)
        failing = CountedFuture()
        SETTINGS.outputs.add(failing)
        asyncio.get_running_loop().call_later(0.01, failing.set_exception, ValueError("no such subnet"))
        await asyncio.wait_for(sdk_performance.wait_for_rpcs(), timeout=5)
        await calls

    with pytest.raises(ValueError, match="no such subnet"):
        asyncio.run(program())


def test_failed_call_ends_the_wait(no_outputs):
    async def refuse():
        raise ConnectionError("the engine is gone")

    async def program():
        await SETTINGS.rpc_manager.do_rpc("register", refuse)()
        await sdk_performance.wait_for_rpcs()

    with pytest.raises(ConnectionError, match="the engine is gone"):
        asyncio.run(program())


@pytest.mark.parametrize(
    ("command", "shown"),
    [
        ("pulumi preview --stack prod", False),
        ("pulumi up --yes --debug=false", False),
        ("pulumi preview --debug", True),
        ("pulumi preview -d", True),
        ("pulumi up -yd", True),
        ("pulumi up --debug=true", True),
        ("pulumi up -v=9 --logtostderr", True),
        ("pulumi up --verbose 9 --logtostderr", True),
    ],
)
def test_debug_lines_are_sent_where_the_engine_shows_them(ancestors, command, shown):
    ancestors(["pulumi-language-python"], command.split(), ["make", "--debug"])
    assert sdk_performance.debug_requested() is shown


def test_debug_lines_are_sent_where_the_environment_asks_the_engine_for_them(ancestors, monkeypatch):
    ancestors(["pulumi", "preview"])
    monkeypatch.setenv("PULUMI_OPTION_DEBUG", "true")
    assert sdk_performance.debug_requested()


def test_debug_lines_are_sent_where_no_engine_is_seen_above_the_program(ancestors):
    ancestors(["bash"])
    assert sdk_performance.debug_requested()


@pytest.mark.parametrize(
    ("above", "flag", "replaced"),
    [
        (["pulumi", "pulumi-language-python"], "", "True True True False"),
        (["pulumi", "pulumi-language-python"], "--debug", "True False True False"),
        (["another", "pulumi-language-python"], "", "True False False True"),
        (["pulumi"], "", "True False False True"),  # pulumi env run
    ],
)
def test_applied_in_a_program(tmp_path, above, flag, replaced):
    """Under an engine, its interrupt ends the program at once, and nothing is collected; elsewhere all that stays."""
    program = (
        "import gc, signal, pulumi.log; from pulumi.runtime import stack;"
        "before = stack.wait_for_rpcs, pulumi.log.debug;"
        "from components.core import sdk_performance; sdk_performance.apply();"
        "print(stack.wait_for_rpcs is not before[0], pulumi.log.debug is not before[1],"
        " signal.getsignal(signal.SIGINT) is signal.SIG_DFL, gc.isenabled())"
    )
    command = [sys.executable, "-c", program]
    for name in reversed(above):
        (tmp_path / name).symlink_to(Path(sys.executable).resolve())
        command = [str(tmp_path / name), "-c", f"import subprocess; subprocess.run({command}, check=True)", flag]
    done = subprocess.run(command, capture_output=True, text=True, check=True, cwd=ROOT)
    assert done.stdout.split() == replaced.split()


def test_the_text_of_an_annotation_is_compiled_once():
    """And so it is that of ``typing`` that ``typing`` asks for."""
    program = (
        "import builtins, typing; from components.core import sdk_performance; sdk_performance.apply();"
        "one, other = (typing.ForwardRef('dict[str, int]') for _ in range(2));"
        "print(one.__forward_code__ is other.__forward_code__, typing.get_type_hints(type('A', (), {'__annotations__':"
        "{'a': 'dict[str, int]'}}))['a'], builtins.compile is typing.compile)"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True, cwd=ROOT)
    assert done.stdout == "True dict[str, int] False\n"
