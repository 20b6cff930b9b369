"""The bastion: no way in but Session Manager, every session recorded, nothing worth stealing on it."""

import json
from types import MappingProxyType

import pytest

from components.bastion.bastion import Bastion, BastionArgs, first_boot
from components.bastion.settings import Bastion as Settings
from components.bastion.settings import WorkingHours
from components.core.iam import Statement
from tests.recording import record

KEY = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIPublic ana@example.org"
INSTANCE = "ec2/instance:Instance"
BUCKET = "smile5-archive-prod-123456789012"


@pytest.fixture(scope="module")
def bastion_of(context):
    """Record a bastion with other settings than prod's."""

    def make(granted=(), host_tags=MappingProxyType({}), **settings):
        def program():
            args = BastionArgs(
                context=context,
                settings=Settings(**settings),
                subnet_id="subnet-private-a",
                security_group_ids=["sg-bastion"],
                image_id="ami-0123456789abcdef0",
                log_bucket=BUCKET,
                statements=granted,
                host_tags=host_tags,
            )
            return Bastion("smile", args).instance_id

        return record(program)

    return make


@pytest.fixture(scope="module")
def bastion(bastion_of):
    return bastion_of()


def statements(recording, name):
    policy = json.loads(recording.of("iam/policy:Policy")[name]["policy"])
    return {each["Sid"]: each for each in policy["Statement"]}


@pytest.mark.requirement("SMILE-BASTION-01")
@pytest.mark.requirement("SMILE-BASTION-02")
def test_one_small_host_in_a_private_subnet(bastion):
    host = bastion.one(INSTANCE)
    assert host["instanceType"] == "t3.micro"
    assert (host["subnetId"], host["associatePublicIpAddress"]) == ("subnet-private-a", False)
    assert host["vpcSecurityGroupIds"] == ["sg-bastion"]


def test_host_may_do_what_the_program_grants_and_no_more(bastion, bastion_of):
    queue = "arn:aws:sqs:ap-southeast-3:123456789012:smile-prod-jobs"
    granted = Statement(sid="Send", actions=["sqs:SendMessage"], resources=[queue])
    own, with_grant = (each.permissions("smile-bastion") for each in (bastion, bastion_of(granted=[granted])))
    assert set(with_grant) - set(own) == {"Send"}
    assert with_grant["Send"]["Resource"] == [queue]


@pytest.mark.requirement("SMILE-BASTION-03")
def test_ssh_takes_keys_only(bastion_of):
    config = json.loads(bastion_of(authorized_keys=(KEY,)).one(INSTANCE)["userData"].removeprefix("#cloud-config\n"))
    assert config["ssh_pwauth"] is False
    assert config["ssh_authorized_keys"] == [KEY]
    (sshd,) = [file["content"] for file in config["write_files"] if "sshd" in file["path"]]
    assert {"PasswordAuthentication no", "KbdInteractiveAuthentication no", "PermitRootLogin no"} <= set(
        sshd.splitlines()
    )
    assert "-S execve" in first_boot(())


@pytest.mark.requirement("SMILE-BASTION-04")
@pytest.mark.requirement("SMILE-SSM-04")
def test_every_session_is_recorded_twice_and_encrypted(bastion):
    document = bastion.one("ssm/document:Document")
    assert (document["name"], document["documentType"]) == ("SSM-SessionManagerRunShell", "Session")
    inputs = json.loads(document["content"])["inputs"]
    logs = bastion.one("cloudwatch/logGroup:LogGroup")
    assert inputs["cloudWatchLogGroupName"] == logs["name"] == "/smile/prod/sessions"
    assert (inputs["cloudWatchEncryptionEnabled"], inputs["cloudWatchStreamingEnabled"]) == (True, True)
    assert (inputs["s3BucketName"], inputs["s3EncryptionEnabled"]) == (BUCKET, True)
    assert int(inputs["idleSessionTimeout"]) <= 15
    assert logs["kmsKeyId"].endswith("key/logs")
    assert logs["skipDestroy"] is True
    host = statements(bastion, "smile-bastion")
    assert host["KeepRecords"]["Resource"] == [f"arn:aws:s3:::{BUCKET}/{inputs['s3KeyPrefix']}/*"]
    assert host["WriteRecords"]["Resource"][0].endswith("log-group:/smile/prod/sessions")


@pytest.mark.requirement("SMILE-BASTION-05")
def test_session_manager_reaches_the_host_and_the_host_reads_no_parameter(bastion):
    host = statements(bastion, "smile-bastion")
    allowed = {action for each in host.values() for action in each["Action"]}
    assert {"ssmmessages:OpenDataChannel", "ssm:UpdateInstanceInformation"} <= allowed
    assert not {"ssm:GetParameter", "ssm:GetParameters", "s3:GetObject", "secretsmanager:GetSecretValue"} & allowed
    (trust,) = json.loads(bastion.of("iam/role:Role")["smile-bastion"]["assumeRolePolicy"])["Statement"]
    assert trust["Principal"] == {"Service": "ec2.amazonaws.com"}
    anywhere = [action for each in host.values() if each["Resource"] == ["*"] for action in each["Action"]]
    assert not {"ssm:DescribeAssociation", "ssm:ListInstanceAssociations", "ssm:PutComplianceItems"} & set(anywhere)
    assert bastion.one("iam/instanceProfile:InstanceProfile")["name"] == "smile-prod-bastion"
    assert bastion.one(INSTANCE)["iamInstanceProfile"] == "smile-prod-bastion"


@pytest.mark.requirement("SMILE-SSM-04")
def test_what_passes_in_a_session_is_encrypted_by_who_opens_it_and_by_the_host(bastion):
    key = json.loads(bastion.one("ssm/document:Document")["content"])["inputs"]["kmsKeyId"]
    of_session = {"kms:EncryptionContext:aws:ssm:TargetId": "i-*"}
    host = bastion.permissions("smile-bastion")["DecryptSession"]
    assert (host["Action"], host["Resource"], host["Condition"]) == (["kms:Decrypt"], [key], {"StringLike": of_session})
    operator = statements(bastion, "smile-sessions")["EncryptSession"]
    assert operator["Action"] == ["kms:GenerateDataKey"]
    assert operator["Condition"] == {
        "ForAnyValue:StringEquals": {"kms:ResourceAliases": "alias/smile-prod-secrets"},
        "StringLike": of_session,
    }


@pytest.mark.requirement("SMILE-BASTION-05")
def test_operators_open_sessions_on_the_bastion_and_on_nothing_else(bastion):
    operator = statements(bastion, "smile-sessions")
    host = operator["OpenSessionOnHost"]
    assert host["Condition"] == {"StringEquals": {"ssm:resourceTag/Component": "bastion"}}
    assert bastion.one(INSTANCE)["tags"]["Component"] == "bastion"
    assert operator["EndOwnSession"]["Resource"] == ["arn:aws:ssm:ap-southeast-3:123456789012:session/${aws:userid}-*"]


@pytest.mark.requirement("SMILE-BASTION-06")
def test_there_is_no_key_pair_and_no_address_to_connect_to(bastion):
    host = bastion.one(INSTANCE)
    assert "keyName" not in host
    assert not {"aws:ec2/eip:Eip", "aws:ec2/keyPair:KeyPair"} & bastion.types()


@pytest.mark.requirement("SMILE-BASTION-07")
@pytest.mark.requirement("SMILE-SEC-21")
def test_host_is_hardened(bastion):
    host = bastion.one(INSTANCE)
    assert (host["metadataOptions"]["httpTokens"], host["metadataOptions"]["httpPutResponseHopLimit"]) == (
        "required",
        1,
    )
    disk = host["rootBlockDevice"]
    assert (disk["encrypted"], disk["volumeType"], disk["kmsKeyId"].rpartition("/")[2]) == (True, "gp3", "kubernetes")
    assert host["monitoring"] is True


def test_host_carries_the_tag_by_which_it_is_patched(bastion, bastion_of):
    assert "PatchGroup" not in bastion.one(INSTANCE)["tags"]
    host = bastion_of(host_tags={"PatchGroup": "smile-prod"}).one(INSTANCE)
    assert (host["tags"]["PatchGroup"], host["tags"]["Component"]) == ("smile-prod", "bastion")
    assert "PatchGroup" not in host["rootBlockDevice"]["tags"]


def test_host_is_stopped_outside_working_hours_only_where_asked(bastion, bastion_of):
    kind = "scheduler/schedule:Schedule"
    assert bastion.of(kind) == {}
    dev = bastion_of(runs="working_hours", working_hours=WorkingHours(start=8, stop=18))
    made = {name: each["scheduleExpression"] for name, each in dev.of(kind).items()}
    assert made == {
        "smile-bastion-start": "cron(0 8 ? * MON-FRI *)",
        "smile-bastion-stop": "cron(0 18 * * ? *)",
    }
    for each in dev.of(kind).values():
        assert each["scheduleExpressionTimezone"] == "Asia/Jakarta"
        assert json.loads(each["target"]["input"]) == {"InstanceIds": ["Instance/smile-bastion"]}
        assert each["kmsKeyArn"].endswith("key/functions")
    for call in ("start", "stop"):
        allowed = statements(dev, f"smile-bastion-{call}-schedule")
        decrypt, statement = allowed["DecryptInput"], allowed[f"{call.capitalize()}Instances"]
        assert (decrypt["Action"], decrypt["Resource"]) == (["kms:Decrypt"], [each["kmsKeyArn"]])
        assert decrypt["Condition"] == {
            "StringEquals": {
                "kms:EncryptionContext:aws:scheduler:schedule:arn": "arn:aws:scheduler:ap-southeast-3:123456789012:"
                f"schedule/default/smile-prod-bastion-{call}"
            }
        }
        # who starts an instance grants EC2 the key of its disk
        assert ("AttachEncryptedDisk" in allowed) == (call == "start")
        assert statement["Action"] == [f"ec2:{call.capitalize()}Instances"]
        assert statement["Condition"] == {"StringEquals": {"aws:ResourceTag/Component": "bastion"}}
