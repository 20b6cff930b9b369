"""What is said where an offline run can't begin."""

import shutil

import pytest

from cli import offline, sandbox
from cli.sandbox import SandboxError


def test_mock_providers_that_end_without_a_word_are_told_with_the_room_on_the_disk(tmp_path, monkeypatch):
    """On a full disk their own log has no room either."""
    monkeypatch.setattr(sandbox, "FOLDER", tmp_path)
    monkeypatch.setattr(offline.sys, "executable", shutil.which("true"))
    free = shutil.disk_usage(tmp_path)._replace(free=0)
    monkeypatch.setattr(offline.shutil, "disk_usage", lambda _: free)
    said = r"don't start: exit 0 without a word; 0 MiB are free; .*SMILE_OFFLINE_FOLDER"
    with pytest.raises(SandboxError, match=said), offline.mock_providers():
        pass
