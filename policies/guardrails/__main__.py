"""``python -m guardrails init FOLDER``: a policy pack of one's own, which has these controls and those beside it."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Sequence
from pathlib import Path

PACK = '''\
"""The controls of smile-guardrails, with those of this folder."""

from pathlib import Path

from guardrails.engine.server import serve

# import controls of your own here: files beside this one that use guardrails.model.control.control

serve({pack!r}, exemptions=Path(__file__).with_name("exemptions.yaml"))
'''
PROJECT = """\
description: Encryption, data residency, least privilege and resilience
runtime:
  name: python
  options:
    virtualenv: {environment}
"""
CONFIG = {"settings": {"allowedRegions": ["ap-southeast-3"]}}
EXEMPTIONS = """\
# Who may break which control, on what, why, and until when:
#
# - control: LP-VPC-001
#   resource: "urn:pulumi:dev::PROJECT::*::default"  # * for any characters
#   reason: what makes it acceptable until then
#   owner: who answers for it
#   expires: 2027-01-31                              # at most a year ahead
[]
"""


def main(words: Sequence[str] | None = None) -> int:
    """Write the folder; 1 where something is there already."""
    from guardrails.engine.packs import PACKS

    parser = argparse.ArgumentParser(prog="python -m guardrails", description="Policy packs for Pulumi on AWS.")
    commands = parser.add_subparsers(dest="command", required=True)
    init = commands.add_parser("init", help="write a folder for pulumi preview --policy-pack")
    init.add_argument("folder", type=Path, help="that isn't there yet, or is empty")
    init.add_argument("--pack", choices=PACKS, default="all", help="which controls (default: all)")
    given = parser.parse_args(words)
    folder: Path = given.folder
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        print(f"{folder}: is there already; valid: a folder that isn't there yet, or is empty", file=sys.stderr)
        return 1
    folder.mkdir(parents=True, exist_ok=True)
    files = {
        "PulumiPolicy.yaml": PROJECT.format(environment=json.dumps(sys.prefix)),
        "__main__.py": PACK.format(pack=given.pack),
        "config.json": json.dumps(CONFIG, indent=2) + "\n",
        "exemptions.yaml": EXEMPTIONS,
    }
    for name, text in files.items():
        (folder / name).write_text(text, encoding="utf-8")
    print(f"{folder}: now pulumi preview --policy-pack {folder} --policy-pack-config {folder / 'config.json'}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
