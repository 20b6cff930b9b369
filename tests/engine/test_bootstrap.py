"""`smile bootstrap` on the real engine, with its state in S3 and KMS of the test's own: made, moved, run again.

Resources are those of the mock providers; what they make the test makes in that server as well.
"""

import json
import shutil
from types import SimpleNamespace

import boto3
import pytest
import yaml
from engine_runs import PARTS

from bootstrap import engine
from cli import account_program, offline
from cli.account_program import AccountProgramError, bring_up
from cli.program import Smile
from cli.sandbox import Project
from components.core.environment import Environment
from doctor.account import Account
from settings import load_from_files
from tests.paths import ROOT
from tests.project_copy import share_bytecode

REAL = "210987654321"
BUCKET = f"smile-state-{REAL}"
STATE = ".pulumi/stacks/smile-account/prod.json"

pytestmark = pytest.mark.xdist_group("bootstrap")


@pytest.fixture(scope="module")
def server():
    """S3, KMS and IAM on loopback."""
    from moto.server import ThreadedMotoServer  # and Flask: a second that other processes need not take

    moto = ThreadedMotoServer(ip_address="127.0.0.1", port=0)
    moto.start()
    host, port = moto.get_host_and_port()
    yield f"http://{host}:{port}"
    moto.stop()


@pytest.fixture
def root(tmp_path, monkeypatch):
    """A copy of the program beside links to what it is made of; its stack has an account of its own."""
    shutil.copytree(ROOT / "platforms" / "account", tmp_path / "platforms" / "account")
    for name in PARTS:
        shutil.copytree(ROOT / name, tmp_path / name, ignore=shutil.ignore_patterns("__pycache__"))
    share_bytecode(tmp_path)
    shutil.copy(ROOT / "Pulumi.yaml", tmp_path)
    prod = yaml.safe_load((ROOT / "Pulumi.prod.yaml").read_text())
    prod["config"] |= {
        "smile:images": {"pull_accounts": []},
        "smile:dns": {"domain": "smile-health.id"},
        "smile:observability": {"recipients": {"critical": ["oncall@smile-health.id"], "warning": []}},
        "smile:account": {"id": REAL},
        "smile:deployment": {"repository": "health/smile", "provider": "existing"},
    }
    (tmp_path / "Pulumi.prod.yaml").write_text(yaml.safe_dump(prod))
    monkeypatch.setattr(account_program, "ROOT", tmp_path)
    monkeypatch.setattr(account_program, "FOLDER", tmp_path / "platforms" / "account")
    return tmp_path


@pytest.fixture
def aws(server, root, monkeypatch):
    """What the test does in the account, and how `smile bootstrap` sees it."""
    keys = {"aws_access_key_id": "x", "aws_secret_access_key": "x"}

    def client_of(service, region):
        return boto3.client(service, region_name=region, endpoint_url=server, **keys)

    s3, kms = (client_of(each, "ap-southeast-3") for each in ("s3", "kms"))
    for name in [each["Name"] for each in s3.list_buckets()["Buckets"]]:
        for item in s3.list_objects_v2(Bucket=name).get("Contents", ()):
            s3.delete_object(Bucket=name, Key=item["Key"])
        s3.delete_bucket(Bucket=name)
    if any(each["AliasName"] == "alias/smile-state" for each in kms.list_aliases()["Aliases"]):
        kms.delete_alias(AliasName="alias/smile-state")

    def make(*what):
        if "bucket" in what:
            s3.create_bucket(Bucket=BUCKET, CreateBucketConfiguration={"LocationConstraint": "ap-southeast-3"})
        if "key" in what:
            key = kms.create_key()["KeyMetadata"]["KeyId"]
            kms.create_alias(AliasName="alias/smile-state", TargetKeyId=key)

    def state():
        return json.loads(s3.get_object(Bucket=BUCKET, Key=STATE)["Body"].read())["checkpoint"]["latest"]

    settings = load_from_files("prod", root)
    environment = Environment(name="prod", account_id=settings.account.id, region="ap-southeast-3", project="smile")
    account = Account(settings=settings, root=root, environment=environment, client_of=client_of)
    monkeypatch.setenv("AWS_ENDPOINT_URL", server)
    monkeypatch.setattr(
        account_program,
        "state_url",
        lambda *_: f"s3://{BUCKET}?region=ap-southeast-3&endpoint={server}&s3ForcePathStyle=true&disableSSL=true",
    )
    secrets_provider = account_program.secrets_provider
    monkeypatch.setattr(account_program, "secrets_provider", lambda *it: f"{secrets_provider(*it)}&awssdk=v2")
    monkeypatch.setattr(
        account_program, "policy_arguments", lambda *_, **__: ["--policy-pack", str(ROOT / "policies" / "all")]
    )
    return SimpleNamespace(make=make, state=state, account=account, program=Smile(Project(root, "smile")))


@pytest.fixture
def bootstrap(aws, root, tmp_path, monkeypatch):
    """Run the command's Pulumi part; what it makes is in the account once the program is through."""
    for name, value in {
        "AWS_ACCESS_KEY_ID": "x",
        "AWS_SECRET_ACCESS_KEY": "x",
        "PULUMI_HOME": str(tmp_path / "home"),
        "PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION": "true",
        "PULUMI_SKIP_UPDATE_CHECK": "true",
        "NO_PROXY": "127.0.0.1,localhost,0.0.0.0",
    }.items():
        monkeypatch.setenv(name, value)
    monkeypatch.delenv("PULUMI_BACKEND_URL", raising=False)
    monkeypatch.setattr(offline.sandbox, "DATABASE", tmp_path / "cloud.sqlite")
    monkeypatch.setattr(offline.sandbox, "FOLDER", tmp_path)
    ready = engine.recorded(ROOT)
    move = account_program.Run.move

    def run(makes=("bucket", "key"), interrupted=None):
        def moved(self, file):
            aws.make(*makes)
            if interrupted:
                raise interrupted
            move(self, file)

        monkeypatch.setattr(account_program.Run, "move", moved)
        with offline.mock_providers() as (providers, _):
            monkeypatch.setenv("PULUMI_DEBUG_PROVIDERS", providers)
            bring_up(aws.program, aws.account, ready, asks=False)

    return run


def stack_file(root):
    return yaml.safe_load((root / "platforms" / "account" / "Pulumi.prod.yaml").read_text())


@pytest.mark.requirement("SMILE-DEPLOY-16")
def test_an_empty_account_gets_its_bucket_and_key_and_the_state_moves_there(bootstrap, aws, root, capfd):
    with pytest.raises(AccountProgramError, match="power cut"):
        bootstrap(interrupted=AccountProgramError("power cut"))  # all is made, and the state is still here
    assert (root / ".smile" / "account" / "prod").is_dir()
    bootstrap(makes=())
    made = {each["type"]: each.get("inputs", {}) for each in aws.state()["resources"]}
    assert made["aws:s3/bucketVersioning:BucketVersioning"]["versioningConfiguration"]["status"] == "Enabled"
    assert made["aws:kms/key:Key"]["enableKeyRotation"] is True
    assert made["pulumi:providers:aws"]["region"] == "ap-southeast-3"
    assert "aws:iam/openIdConnectProvider:OpenIdConnectProvider" in made
    assert not (root / ".smile" / "account" / "prod").exists()
    written = stack_file(root)
    assert written["secretsprovider"].startswith("awskms://alias/smile-state?region=ap-southeast-3&context_stack=prod")
    assert "encryptionsalt" not in written
    assert written["config"] == {"smile-account:existing": []}
    own = yaml.safe_load((root / "Pulumi.prod.yaml").read_text())
    assert own["secretsprovider"] == written["secretsprovider"]
    assert own["config"]["smile:account"] == {"id": REAL}
    capfd.readouterr()
    bootstrap(makes=())  # again: from the bucket, and nothing changes
    said = capfd.readouterr()
    assert "file://" not in said.err
    assert "unchanged" in said.out
    assert " to create" not in said.out


def test_what_the_account_has_already_is_named_and_left_as_it_is(bootstrap, aws, root, capfd):
    aws.make("bucket", "key")
    bootstrap(makes=())
    said = capfd.readouterr().out
    assert "bucket: in the account, not made here: left as it is" in said
    assert "key: in the account" in said
    made = {each["type"] for each in aws.state()["resources"]}
    assert "aws:iam/openIdConnectProvider:OpenIdConnectProvider" in made
    assert not made & {"aws:s3/bucket:Bucket", "aws:kms/key:Key"}
    assert stack_file(root)["config"] == {"smile-account:existing": ["bucket", "key"]}
