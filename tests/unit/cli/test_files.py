"""The file that --output names: its folder is made, and that is said."""

import pytest

from cli.files import prepare
from cli.sandbox import SandboxError


def test_a_folder_that_is_made_is_said_once(tmp_path, capsys):
    file = tmp_path / "a" / "b" / "report.md"
    assert prepare(file) == file
    assert capsys.readouterr().err == f"made the folder {tmp_path / 'a' / 'b'}\n"
    prepare(file)
    assert capsys.readouterr().err == ""


def test_where_a_file_stands_in_the_way_it_is_named(tmp_path):
    (tmp_path / "a").write_text("")
    with pytest.raises(SandboxError, match="valid: the name of a file, in a folder that may be written to"):
        prepare(tmp_path / "a" / "b.md")
