"""Commands are run so that nothing is left of them, and their signals are theirs."""

import os
import signal
import subprocess
import sys
import time

import psutil
import pytest

from cli import process
from tests.paths import ROOT

RUNNER = """
import sys
sys.path.insert(0, sys.argv[1])
from pathlib import Path
from cli import process
process.GRACE = 0.3
print("code", process.run([sys.executable, "-c", sys.argv[2]], Path.cwd(), {}), flush=True)
"""
PATIENT = """
import os, signal, sys, time
seen = []
def note(*_):
    seen.append(1)
    os.write(1, b"interrupted %d\\n" % len(seen))  # print can't be interrupted by itself
    if len(seen) == ENOUGH:
        sys.exit(7)
signal.signal(signal.SIGINT, note)
print("ready", flush=True)
time.sleep(60)
"""


def started(code):
    words = [sys.executable, "-c", RUNNER, str(ROOT), code]
    running = subprocess.Popen(
        words, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, text=True, start_new_session=True
    )
    assert running.stdout.readline() == "ready\n"
    return running


@pytest.mark.parametrize("whole_group", [True, False])
def test_a_first_interrupt_reaches_the_command_once_and_is_its_to_handle(whole_group):
    running = started(PATIENT.replace("ENOUGH", "1"))
    (os.killpg if whole_group else os.kill)(running.pid, signal.SIGINT)
    assert running.communicate(timeout=20)[0] == "interrupted 1\ncode 7\n"


def test_a_command_that_goes_on_after_a_second_interrupt_is_killed():
    running = started(PATIENT.replace("ENOUGH", "9"))
    os.killpg(running.pid, signal.SIGINT)
    assert running.stdout.readline() == "interrupted 1\n"
    os.killpg(running.pid, signal.SIGINT)
    assert running.communicate(timeout=20)[0] == "interrupted 2\ncode -9\n"


def leftover(run):
    """A process such as an engine leaves when it is killed."""
    return subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)", "pulumi"], env={process.RUN: run})


def test_processes_of_a_run_whose_starter_is_gone_are_ended():
    gone = subprocess.Popen(["true"])
    identity = f"{gone.pid}-{psutil.Process(gone.pid).create_time()}"
    gone.wait()
    stale, own = leftover(f"{identity}/1"), leftover(f"{process._identity(os.getpid())}/2")
    time.sleep(0.2)
    process.end_leftovers()
    assert not psutil.pid_exists(stale.pid)
    assert own.poll() is None
    process.end_leftovers(f"{process._identity(os.getpid())}/2")
    assert not psutil.pid_exists(own.pid)
    stale.wait()
    own.wait()


def test_a_command_that_does_not_exist_is_the_callers_to_report(tmp_path):
    with pytest.raises(FileNotFoundError):
        process.run(["pulumii"], tmp_path, {})
