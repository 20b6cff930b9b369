"""The one stack of Educounsel."""

import base64
import json

import pytest


def pytest_collection_modifyitems(items):
    for item in items:
        if "educounsel" in item.path.parts:
            item.add_marker(pytest.mark.xdist_group("educounsel"))  # recorded once


@pytest.fixture
def program(program_of):
    return program_of("educounsel", "prod")


def boots(recording):
    """Role -> the document that cloud-init gets."""
    found = {}
    for name, template in recording.of("ec2/launchTemplate:LaunchTemplate").items():
        first, _, rest = base64.b64decode(template["userData"]).decode().partition("\n")
        assert first == "#cloud-config"
        found[name.removeprefix("educounsel-")] = json.loads(rest)
    return found


def files(boot):
    """Path -> what is in the file."""
    return {each["path"]: each["content"] for each in boot["write_files"]}


def told(boot):
    """Variable -> value of what the application is told."""
    lines = files(boot)["/etc/educounsel/app.env"].splitlines()
    return {name: value.strip("'") for name, _, value in (line.partition("=") for line in lines)}
