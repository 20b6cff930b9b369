"""Secrets Manager as moto plays it, and real servers to log in to."""

import json
import uuid
from dataclasses import dataclass

import boto3
import pytest
from moto import mock_aws
from moto.core import DEFAULT_ACCOUNT_ID
from moto.secretsmanager.models import SecretsManagerBackend, secretsmanager_backends

from bootstrap import services
from tests.functions import servers
from tests.paths import ROOT

REGION = "ap-southeast-3"
STEPS = ("createSecret", "setSecret", "testSecret", "finishSecret")


@dataclass
class Vault:
    """Secrets Manager, with what moto lacks: a rotation of a secret that has no value yet."""

    client: object

    @property
    def backend(self):
        return secretsmanager_backends[DEFAULT_ACCOUNT_ID][REGION]

    def create(self, name, value=None):
        """A secret; without a value, as the program makes it. Gives its ARN."""
        extra = {} if value is None else {"SecretString": json.dumps(value)}
        return self.client.create_secret(Name=name, **extra)["ARN"]

    def begin(self, name):
        """What RotateSecret does before it calls the function: a pending version without a value. Gives its id."""
        secret, version = self.backend.secrets[name], str(uuid.uuid4())
        secret.rotation_requested = secret.rotation_enabled = True
        secret.remove_version_stages_from_old_versions(["AWSPENDING"])
        secret.versions[version] = {"createdate": 0, "version_id": version, "version_stages": ["AWSPENDING"]}
        return version

    def value(self, name, stage="AWSCURRENT"):
        return json.loads(self.client.get_secret_value(SecretId=name, VersionStage=stage)["SecretString"])

    def labels(self, name):
        """Version -> its labels, without those that have none."""
        return {version: set(stages) for version, stages in self.stages(name).items() if stages}

    def stages(self, name):
        return self.client.describe_secret(SecretId=name)["VersionIdsToStages"]


@pytest.fixture
def vault(monkeypatch):
    """AWS lets a label be moved that is nowhere yet; moto fails there."""
    move = SecretsManagerBackend.update_secret_version_stage

    def move_first_too(self, secret_id, version_stage, remove_from_version_id, move_to_version_id):
        secret = self.secrets[secret_id]
        if any(version_stage in version["version_stages"] for version in secret.versions.values()):
            return move(self, secret_id, version_stage, remove_from_version_id, move_to_version_id)
        secret.versions[move_to_version_id]["version_stages"].append(version_stage)
        return secret.arn, secret.name

    monkeypatch.setattr(SecretsManagerBackend, "update_secret_version_stage", move_first_too)
    monkeypatch.setenv("AWS_DEFAULT_REGION", REGION)
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "testing")
    with mock_aws():
        yield Vault(boto3.client("secretsmanager"))


@pytest.fixture(scope="session")
def programs():
    """The server programs; a test is skipped where they can't be had."""
    try:
        return services.install(ROOT)
    except services.NotDebianError as reason:
        pytest.skip(str(reason))


@pytest.fixture(scope="session")
def tls(tmp_path_factory):
    return servers.certificates(tmp_path_factory.mktemp("tls"))


@pytest.fixture(scope="session")
def mariadb(programs, tls, tmp_path_factory):
    with servers.mariadb(programs["mariadbd"], tls, tmp_path_factory.mktemp("mariadb")) as server:
        yield server


@pytest.fixture(scope="session")
def postgres(programs, tls):
    with servers.postgres(programs["postgres"], tls) as server:
        yield server


@pytest.fixture(scope="session")
def redis_server(programs, tls, tmp_path_factory):
    with servers.redis(programs["redis-server"], tls, tmp_path_factory.mktemp("redis")) as server:
        yield server


@pytest.fixture
def cloud(monkeypatch):
    """What surrounds the PDF pipeline."""
    pytest.importorskip("pypdf", reason="pip install --group functions")
    from tests.functions import pdf_cloud

    yield from pdf_cloud.surroundings(monkeypatch)
