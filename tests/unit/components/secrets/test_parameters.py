"""Parameters: by service, encrypted where they are sensitive, read by the service's own role."""

import pytest

from components.core.declared import UndeclaredError
from components.secrets.parameters import Parameters, ParametersArgs
from settings import load_from_files
from tests.recording import record

PARAMETER = "ssm/parameter:Parameter"
ARN = "arn:aws:ssm:ap-southeast-3:123456789012:parameter/smile5/prod"


@pytest.fixture(scope="module")
def parameters_of(context):
    def make(ask):
        args = ParametersArgs(
            context=context,
            values={"time-zone": "Asia/Jakarta", "reports/rows": "500"},
            secure={"notifications/sender-id": "Whom messages come from"},
            root="/smile5/prod",
        )
        return record(lambda: ask(Parameters("smile", args)))

    return make


@pytest.fixture(scope="module")
def made(parameters_of):
    return parameters_of(lambda parameters: parameters.root)


@pytest.mark.requirement("SMILE-SSM-01")
def test_names_say_platform_stack_and_service(made):
    assert {each["name"] for each in made.of(PARAMETER).values()} == {
        "/smile5/prod/time-zone",
        "/smile5/prod/reports/rows",
        "/smile5/prod/notifications/sender-id",
    }
    assert {stack: load_from_files(stack).parameter_root for stack in ("dev", "staging", "prod")} == {
        "dev": "/smile5/dev",
        "staging": "/smile5/staging",
        "prod": "/smile5/prod",
    }


@pytest.mark.requirement("SMILE-SSM-01")
def test_a_sensitive_one_is_encrypted_with_the_stacks_key_and_has_no_value_of_ours(made):
    secure = made.of(PARAMETER)["smile-notifications-sender-id"]
    assert (secure["type"], secure["keyId"].rpartition("/")[2]) == ("SecureString", "secrets")
    assert not {"value", "insecureValue"} & set(secure)
    assert secure["valueWoVersion"] == 1
    assert {each["type"] for name, each in made.of(PARAMETER).items() if "sender" not in name} == {"String"}


@pytest.mark.requirement("SMILE-SSM-01")
def test_a_service_reads_its_own_and_decrypts_what_is_secure(parameters_of):
    def granted(*names):
        statements = parameters_of(lambda parameters: parameters.grant_read(*names)).result
        return {each.sid: each for each in statements}

    assert granted() == {}
    plain = granted("reports/rows")
    assert set(plain) == {"ReadParameters"}
    assert plain["ReadParameters"].resources == [f"{ARN}/reports/rows"]
    secure = granted("notifications/sender-id", "time-zone")["DecryptParameters"]
    assert secure.actions == ("kms:Decrypt",)
    assert secure.conditions["StringEquals"] == {
        "kms:ViaService": "ssm.ap-southeast-3.amazonaws.com",
        "kms:EncryptionContext:PARAMETER_ARN": [f"{ARN}/notifications/sender-id"],
    }


def test_what_isnt_there_is_refused(parameters_of):
    with pytest.raises(UndeclaredError, match="no parameter 'reports/row'"):
        parameters_of(lambda parameters: parameters.grant_read("reports/row"))


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("secrets: {parameters: {report/rows: '5'}}", "no service or function report, did you mean reports?"),
        ("secrets: {secure_parameters: {time-zone: a zone}}", "time-zone: is a plain parameter too"),
        (
            "services: {catalogue: {orders: {parameters: [reports/rows-per-page]}}}",
            "orders.parameters[0]: no parameter reports/rows-per-page",
        ),
    ],
)
def test_parameters_of_another_or_of_nobody_are_refused(mistakes, text, says):
    lines = mistakes(f"config:\n  smile:{text}")
    assert any(says in line for line in lines), lines
