"""What set-up shows while it runs."""

import io
import sys
import time

import pytest

from bootstrap import progress


class Terminal(io.StringIO):
    def isatty(self):
        return True


def shown(monkeypatch, screen):
    monkeypatch.setattr(progress, "REDRAW_SECONDS", 0.01)
    monkeypatch.setattr(sys, "stderr", screen)
    with progress.step("engine"), progress.step("packages"):
        time.sleep(0.1)
    return screen.getvalue()


def test_no_terminal_sees_when_a_step_begins_and_ends_and_nothing_else(monkeypatch):
    lines = shown(monkeypatch, io.StringIO()).splitlines()
    assert lines == [
        "set-up: engine",
        "set-up: packages",
        "set-up: packages: done in 0 s",
        "set-up: engine: done in 0 s",
    ]


def test_terminal_sees_one_line_move_for_all_steps(monkeypatch):
    screen = shown(monkeypatch, Terminal())
    assert screen.count(f"{progress.CLEAR}engine 0 s · packages 0 s") > 1
    assert screen.endswith(f"{progress.CLEAR}set-up: engine: done in 0 s\n")


def test_step_that_fails_is_not_said_to_be_done(monkeypatch, capsys):
    with pytest.raises(progress.SetupError, match="no network"), progress.step("engine"):
        raise progress.SetupError("no network")
    assert capsys.readouterr().err == "set-up: engine\n"
    assert not progress._running
