"""docs/control-in-ten-minutes.md: its files are what they are said to be, and its mistakes are found."""

import os
import re
import subprocess
import sys

import pytest

from guardrails.__main__ import main
from tests.paths import ROOT

PAGE = (ROOT / "docs" / "control-in-ten-minutes.md").read_text()
FILES = dict(re.findall(r"<!-- file (\S+) -->\n\n```\w+\n(.*?)```", PAGE, re.DOTALL))

ENVIRONMENT = os.environ | {"PYTHONPATH": os.pathsep.join([str(ROOT / "policies"), str(ROOT)]), "PYTEST_ADDOPTS": ""}


@pytest.fixture
def pack(tmp_path):
    """A folder of one's own with the files of the page."""
    assert main(["init", str(tmp_path / "pack")]) == 0
    for name, text in FILES.items():
        (tmp_path / "pack" / name).write_text(text)
    return tmp_path / "pack"


def what_pytest_says(pack):
    """In the folder, with the library on its path."""
    words = (sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "--rootdir", pack)
    return subprocess.run(words, cwd=pack, env=ENVIRONMENT, capture_output=True, text=True, check=False).stdout


def test_the_pages_control_holds_what_its_fixtures_promise(pack):
    assert set(FILES) == {"queues.py", "queues.yaml", "test_queues.py"}
    assert "2 passed" in what_pytest_says(pack)


@pytest.mark.parametrize(
    ("before", "after", "said"),
    [
        ('"messageRetentionSeconds", 4', '"messageRetentionSecond", 4', "a violation passed in silence"),
        ("aws:sqs/queue:Queue", "aws:sqs/queues:Queue", "the control looks at no resource of any case"),
        ("days < context", "days <= context", "complies, and was reported"),
    ],
)
def test_a_mistake_of_ones_own_is_named(pack, before, after, said):
    file = pack / "queues.py"
    assert before in file.read_text()
    file.write_text(file.read_text().replace(before, after))
    assert said in what_pytest_says(pack)


def test_the_pack_takes_the_control_as_the_page_says(pack):
    """The pack's main file without the engine: what there is when it begins to serve."""
    (line,) = re.findall(r"```python\n(import queues .*)\n```", PAGE)
    stub = "def serve(name, exemptions):\n    from guardrails.engine.packs import PACKS\n"
    stub += "    print(exemptions.is_file(), 'RSL-SQS-900' in {each.id for each in PACKS[name].controls})\n"
    main_file = (pack / "__main__.py").read_text().replace("from guardrails.engine.server import serve\n", stub)
    (pack / "__main__.py").write_text(main_file.replace("# import controls", f"{line}\n# import controls"))
    done = subprocess.run([sys.executable, pack], env=ENVIRONMENT, capture_output=True, text=True, check=True)
    assert done.stdout == "True True\n"
