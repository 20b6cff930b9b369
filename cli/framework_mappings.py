"""Which Security Hub controls speak of which requirement of CIS and NIST, by way of a published scanner's checks.

`python -m cli.framework_mappings WHEEL > docs/framework_mappings.json` reads the wheel of
prowler that `pip download --no-deps prowler` gets.
AWS's standard names checks for each Security Hub id, a framework's file names checks for each requirement; what they
have in common is the mapping. Ids alone are kept: texts are CIS's and NIST's.
"""

from __future__ import annotations

import json
import re
import sys
import zipfile
from collections import defaultdict
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any

from cli.sandbox import ROOT

FILE = ROOT / "docs" / "framework_mappings.json"
STANDARD = "aws_foundational_security_best_practices"
FRAMEWORKS = {"cis-7.0": "cis_7.0", "nist-800-53": "nist_800_53_revision_5"}
"""Ours -> its file in the wheel, ``prowler/compliance/aws/NAME_aws.json``."""
Requirements = Mapping[str, Sequence[str]]


def derived(wheel: Path) -> Mapping[str, Any]:
    """The content of the file: where it comes from, and for each framework the ids by requirement."""
    with zipfile.ZipFile(wheel) as archive:
        files = {
            name: json.loads(archive.read(f"prowler/compliance/aws/{name}_aws.json"))["Requirements"]
            for name in (STANDARD, *FRAMEWORKS.values())
        }
    source = {
        "package": wheel.name.split("-")[0],
        "version": wheel.name.split("-")[1],
        "licence": "Apache-2.0, https://github.com/prowler-cloud/prowler/blob/master/LICENSE",
        "changes": "ids alone; Security Hub's in place of prowler's checks, by its file of AWS's standard",
    }
    hub: defaultdict[str, set[str]] = defaultdict(set)
    for each in files[STANDARD]:
        for check in each["Checks"]:
            hub[check].add(each["Id"])
    found = {
        ours: {id_of(each): sorted({id_ for check in each["Checks"] for id_ in hub[check]}) for each in files[theirs]}
        for ours, theirs in FRAMEWORKS.items()
    }
    return {"source": source, **found}


def id_of(requirement: Mapping[str, Any]) -> str:
    """As the framework writes it: ``2.1.4``, ``AC-2(3)(c)``."""
    named = re.search(r"[A-Z]{2}-\d+(\(\w+\))*", requirement.get("Name", ""))
    return named[0] if named else requirement["Id"]


def rendered(content: Mapping[str, Any]) -> str:
    """JSON with a requirement on a line."""
    parts = [
        f"  {json.dumps(name)}: {{\n"
        + ",\n".join(f"    {json.dumps(key)}: {json.dumps(value)}" for key, value in of.items())
        + "\n  }"
        for name, of in content.items()
    ]
    return "{\n" + ",\n".join(parts) + "\n}\n"


@cache
def content() -> Mapping[str, Any]:
    """What the file has."""
    return json.loads(FILE.read_text(encoding="utf-8"))


def requirements(framework: str) -> Requirements:
    """Id of each requirement -> the Security Hub ids that speak of it, none for some."""
    return content()[framework]


if __name__ == "__main__":
    print(rendered(derived(Path(sys.argv[1]))), end="")
