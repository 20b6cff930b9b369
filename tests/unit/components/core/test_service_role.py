"""What a role may do is shown by the first preview as far as it is known then."""

import json

import pulumi
import pytest

from components.core.iam import Statement
from components.core.service_role import ServiceRole, ServiceRoleArgs
from tests.recording import record

QUEUE = "arn:aws:sqs:ap-southeast-3:123456789012:smile-prod-jobs"
KEY = "arn:aws:kms:ap-southeast-3:123456789012:key/1"
SEND = Statement(sid="Send", actions=["sqs:SendMessage"], resources=[QUEUE])


def encrypt():
    """With a key whose id AWS makes up."""
    return Statement(sid="Encrypt", actions=["kms:GenerateDataKey"], resources=[pulumi.Output.from_input(KEY)])


def only_through(service):
    condition = {"StringEquals": {"kms:ViaService": pulumi.Output.from_input(service)}}
    return Statement(sid="Decrypt", actions=["kms:Decrypt"], resources=[KEY], conditions=condition)


@pytest.fixture
def policies(environment):
    """Gives the sids in each policy of a role with these statements."""

    def made(*statements):
        def program():
            args = ServiceRoleArgs(
                environment=environment,
                service="lambda.amazonaws.com",
                description="Sends jobs",
                statements=[make() for make in statements],
                tags={},
            )
            return ServiceRole("smile-send", args).arn

        recording = record(program)
        found = recording.of("iam/policy:Policy")
        attached = recording.of("iam/rolePolicyAttachment:RolePolicyAttachment")
        assert {name: each["policyArn"] for name, each in attached.items()} == {
            name: f"arn:of:Policy/{name}" for name in found
        }
        return {
            name: [each["Sid"] for each in json.loads(policy["policy"])["Statement"]] for name, policy in found.items()
        }

    return made


def test_statements_that_name_an_id_wait_for_it_in_a_policy_of_their_own(policies):
    made = policies(encrypt, lambda: SEND, lambda: only_through("sqs.ap-southeast-3.amazonaws.com"))
    assert made == {"smile-send": ["Send"], "smile-send-by-id": ["Encrypt", "Decrypt"]}


def test_a_role_has_no_empty_policy(policies):
    assert policies(lambda: SEND) == {"smile-send": ["Send"]}
    assert policies(encrypt) == {"smile-send-by-id": ["Encrypt"]}
    assert policies() == {}
