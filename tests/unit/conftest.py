"""The network and the keys, as a program registers them."""

from functools import cache

import pytest
import yaml

from components.core.context import StackContext
from components.core.environment import Environment
from components.core.protection import Protection
from components.core.settings.problems import SettingsError
from components.encryption.encryption_keys import CLASSES, EncryptionKeys, EncryptionKeysArgs
from components.network.network import Network, NetworkArgs
from components.observability.alarm_topics import SEVERITIES
from layers.base import acls
from layers.flows import flows, security_groups
from settings import load_from_files
from settings.network import Network as NetworkSettings
from tests.paths import PROJECT_FILE
from tests.recording import record
from tests.stacks import ACCOUNT, DNS, KINDS

ZONES = ("ap-southeast-3a", "ap-southeast-3b", "ap-southeast-3c")
SUBNETS = {
    "private": dict(zip(ZONES, ("10.0.0.0/19", "10.0.32.0/19", "10.0.64.0/19"), strict=True)),
    "public": dict(zip(ZONES, ("10.0.96.0/22", "10.0.100.0/22", "10.0.104.0/22"), strict=True)),
    "database": dict(zip(ZONES, ("10.0.108.0/24", "10.0.109.0/24", "10.0.110.0/24"), strict=True)),
}
KEY = "arn:aws:kms:ap-southeast-3:123456789012:key/logs"


@pytest.fixture(scope="session")
def environment():
    return Environment(name="prod", account_id="123456789012", region="ap-southeast-3", project="smile")


@pytest.fixture(scope="session")
def foundation_of(environment):
    """What components stand on, with other values than prod's."""

    def make(**changes):
        defaults = {
            "environment": environment,
            "keys": {key: f"arn:aws:kms:ap-southeast-3:123456789012:key/{key}" for key in CLASSES},
            "protection": Protection(),
            "log_retention_days": 30,
            "time_zone": "Asia/Jakarta",
            "topics": {
                each: f"arn:aws:sns:ap-southeast-3:123456789012:smile-prod-alarms-{each}" for each in SEVERITIES
            },
        }
        return StackContext(**(defaults | changes))

    return make


@pytest.fixture(scope="session")
def context(foundation_of):
    return foundation_of()


@pytest.fixture(scope="session")
def network_args(context):
    """SMILE's network: ``parts`` are those that have flows, ``given`` other arguments, the rest are settings."""

    def make(parts=("operations",), given=None, **settings):
        section = NetworkSettings(**settings)
        table = flows(section, **{part: part in parts for part in ("bastion", "data_cluster", "operations", "runners")})
        defaults = {
            "context": context,
            "settings": section,
            "acls": acls(section),
            "security_groups": security_groups(table),
            "flows": table,
            "peers": {"cloudfront": {"prefix_list_id": "pl-1"}, "s3": {"prefix_list_id": "pl-s3"}},
            "cluster_names": ["smile-prod"],
        }
        return NetworkArgs(**(defaults | (given or {})))

    return make


@pytest.fixture(scope="session")
def network_of(network_args):
    """Record SMILE's network with other settings than prod's."""

    def make(*args, **changes):
        def program():
            network = Network("smile", network_args(*args, **changes))
            hidden = ("security_groups", "zones")  # no outputs
            return {name: getattr(network, name) for name in Network.__annotations__ if name not in hidden}

        return record(program)

    return make


@pytest.fixture(scope="session")
def network(network_of):
    return network_of()


@pytest.fixture(scope="session")
def keys_of(environment):
    """Record the keys with other arguments than prod's."""

    def make(**changes):
        def program():
            keys = EncryptionKeys("smile", EncryptionKeysArgs(environment=environment, **changes))
            return keys.arns

        return record(program)

    return make


@pytest.fixture(scope="session")
def keys(keys_of):
    return keys_of()


@pytest.fixture(scope="session")
def project_text():
    """Gives the text of a project as the real one; without functions, its services use nothing."""
    config = yaml.safe_load(PROJECT_FILE.read_text())["config"]
    config = {key: value for key, value in config.items() if key.startswith("smile:")}
    for service in config["smile:services"]["value"]["catalogue"].values():
        for used in set(service) - {"kind", "path"}:
            del service[used]
    config.pop("smile:functions", None)
    config["smile:account"] = {"value": ACCOUNT}
    config["smile:dns"]["value"] |= DNS

    @cache
    def text(kind):
        own = config | {"smile:environment": {"value": {"kind": kind}}}
        return yaml.safe_dump({"name": "smile", "runtime": "python", "config": own}, sort_keys=False)

    return text


@pytest.fixture
def write(tmp_path, project_text):
    """Write a stack's file into a project of its own."""

    def write_file(text, stack="prod"):
        (tmp_path / "Pulumi.yaml").write_text(project_text(KINDS[stack]))
        path = tmp_path / f"Pulumi.{stack}.yaml"
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
        return path

    return write_file


@pytest.fixture(scope="session")
def alone():
    """The catalogue of some services, without those of every stack."""
    catalogue = yaml.safe_load(PROJECT_FILE.read_text())["config"]["smile:services"]["value"]["catalogue"]

    def make(services):
        given = yaml.safe_dump(dict.fromkeys(catalogue) | services, default_flow_style=True, width=10**6)
        return f"smile:services: {{catalogue: {given.strip()}}}"

    return make


@pytest.fixture
def load(write):
    """The settings from the text of a stack's file."""

    def load_text(text, stack="prod"):
        return load_from_files(stack, write(text, stack).parent)

    return load_text


@pytest.fixture
def mistakes(load):
    """The lines of the error that a stack's file ends in."""

    def lines(text, stack="prod"):
        with pytest.raises(SettingsError) as caught:
            load(text, stack)
        return [line.strip() for line in str(caught.value).splitlines()[1:]]

    return lines
