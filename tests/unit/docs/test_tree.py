"""The tree in README is the tree, and that of the library stands in the architecture."""

import re
import subprocess

from tests.paths import ROOT


def folders(below="."):
    """The folders that git has something in."""
    listed = subprocess.run(["git", "ls-tree", "-d", "--name-only", "HEAD", f"{below}/"], cwd=ROOT, check=True, **TEXT)
    return {name.rpartition("/")[2] for name in listed.stdout.split() if not name.startswith(".")}


TEXT = {"capture_output": True, "text": True}


def test_readme_names_every_folder_and_no_other():
    tree = (ROOT / "README.md").read_text().partition("\n## The tree\n")[2].partition("\n## ")[0]
    assert set(re.findall(r"^\| `(\w+)/` \|", tree, re.MULTILINE)) == folders()


def test_architecture_names_every_part_of_the_library():
    text = (ROOT / "docs" / "architecture.md").read_text()
    assert {part for part in folders("components") if f"{part}/" not in text} == set()
