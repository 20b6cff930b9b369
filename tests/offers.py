"""What AWS offers in Jakarta, as cfn-lint has it from AWS; to import cfn-lint takes as long as a hundred tests."""

import json
from importlib.util import find_spec
from pathlib import Path


def in_jakarta(file):
    """What one of its schemas for a property says, such as ``aws_ec2_instance/instancetype_enum.json``."""
    folder = Path(find_spec("cfnlint").origin).parent / "data" / "schemas" / "extensions"
    return json.loads((folder / file).read_text())["ap-southeast-3"]
