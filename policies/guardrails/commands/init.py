"""``guardrails init``: a policy pack of one's own, which has these controls and those beside it."""

from __future__ import annotations

import json
import shlex
import sys
from pathlib import Path

PACK = '''\
"""The controls of smile-guardrails, with those of this folder."""

from pathlib import Path

from guardrails.engine.server import serve

# import controls of your own here: files beside this one that use guardrails.model.control.control

if __name__ == "__main__":  # not where a test imports these controls
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
#   finding: 0123456789abcdef0123456789abcdef        # of one alone: `guardrails audit --format json`
[]
"""


def init(folder: Path, pack: str) -> str:
    """Write the folder; what to do next.

    Raises:
        FileExistsError: something is there already.
    """
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise FileExistsError(f"{folder}: is there already; valid: a folder that isn't there yet, or is empty")
    folder.mkdir(parents=True, exist_ok=True)
    files = {
        "PulumiPolicy.yaml": PROJECT.format(environment=json.dumps(sys.prefix)),
        "__main__.py": PACK.format(pack=pack),
        "config.json": json.dumps(CONFIG, indent=2) + "\n",
        "exemptions.yaml": EXEMPTIONS,
    }
    for name, text in files.items():
        (folder / name).write_text(text, encoding="utf-8")
    place, config = shlex.quote(str(folder)), shlex.quote(str(folder / "config.json"))
    return f"{folder}: now pulumi preview --policy-pack {place} --policy-pack-config {config}"
