"""Secrets: born empty, for this account only, filled by rotation; parameters: what isn't secret."""

import json
import re
from dataclasses import replace

import pytest

from components.cache.users import PasswordUser
from components.core.declared import UndeclaredError
from components.core.iam import document
from components.database.user_settings import User
from components.functions.function import Placement
from components.secrets.parameters import Parameters, ParametersArgs
from components.secrets.secrets import CacheLogin, DatabaseLogin, Secrets, SecretsArgs
from components.secrets.settings import SECRET_LIKE
from components.secrets.settings import Secrets as Settings
from settings import load_from_files
from tests.recording import record

SECRET, POLICY = "secretsmanager/secret:Secret", "secretsmanager/secretPolicy:SecretPolicy"
ROTATION, FUNCTION = "secretsmanager/secretRotation:SecretRotation", "lambda/function:Function"
ARN = "arn:aws:secretsmanager:ap-southeast-3:123456789012:secret:smile-prod/"
MASTER = "arn:aws:secretsmanager:ap-southeast-3:123456789012:secret:rds!db-1-AbCdEf"
REPORTS = PasswordUser(id="smile-prod-cache-reports", name="smile-prod-cache-reports", access_string="on ~* +get")
USERS = {"application": User(), "reader": User(privileges=("SELECT",))}
EVERYTHING = {
    "external": {"satusehat": "Token of the ministry's exchange"},
}
PATHS = {"mysql/application", "mysql/reader", "redis/reports", "external/satusehat"}


def login(**changes):
    given = {"engine": "mysql", "users": USERS, "host": "db.internal", "port": 3306, "master_arn": MASTER}
    return DatabaseLogin(**(given | changes))


@pytest.fixture(scope="session")
def secrets_of(context):
    """Record secrets of both kinds of users, or with other arguments."""

    def make(ask=lambda made: made.arns, **changes):
        defaults = {
            "context": context,
            "secrets": Settings(**EVERYTHING),
            "placement": Placement(subnet_ids=["subnet-1"], security_group_ids=["sg-application"]),
            "database": login(),
            "cache": CacheLogin(host="cache.internal", users={"reports": REPORTS}),
        }
        return record(lambda: ask(Secrets("smile", SecretsArgs(**(defaults | changes)))))

    return make


@pytest.fixture(scope="session")
def secrets(secrets_of):
    return secrets_of()


def statements(policy):
    return {statement["Sid"]: statement for statement in json.loads(policy)["Statement"]}


def allowed(recording, kind):
    """Sid -> statement of a rotation function's role."""
    return recording.permissions(f"smile-rotate-{kind}-users")


def logical(path):
    return f"smile-{path.replace('/', '-')}"


@pytest.mark.requirement("SMILE-SECRETS-05")
def test_each_secret_has_a_customer_key_a_policy_and_thirty_days_to_be_restored(secrets, context):
    assert {each["name"] for each in secrets.of(SECRET).values()} == {f"smile-prod/{path}" for path in PATHS}
    for path in PATHS:
        secret, policy = secrets.of(SECRET)[logical(path)], secrets.of(POLICY)[logical(path)]
        assert secret["kmsKeyId"] == context.keys["secrets"]
        assert secret["recoveryWindowInDays"] == 30
        assert policy["blockPublicPolicy"] is True
        said = statements(policy["policy"])
        assert all(statement["Effect"] == "Deny" for statement in said.values())
        assert all(statement["Resource"] == [f"{ARN}{path}-??????"] for statement in said.values())
        assert said["DenyOtherAccounts"]["Action"] == ["secretsmanager:*"]
        assert said["DenyOtherAccounts"]["Condition"] == {
            "StringNotEquals": {"aws:PrincipalAccount": "123456789012"},
            "BoolIfExists": {"aws:PrincipalIsAWSService": "false"},
        }


@pytest.mark.requirement("SMILE-SECRETS-05")
def test_secrets_can_be_restored_for_thirty_days_in_prod_and_seven_elsewhere():
    days = {stack: load_from_files(stack).secrets.recovery_days for stack in ("dev", "staging", "prod")}
    assert days == {"dev": 7, "staging": 7, "prod": 30}


@pytest.mark.requirement("SMILE-SECRETS-01")
@pytest.mark.requirement("SMILE-SECRETS-06")
def test_no_secret_is_given_a_value(secrets):
    assert "aws:secretsmanager/secretVersion:SecretVersion" not in secrets.types()
    assert not {"secretString", "secretBinary"} & {name for each in secrets.resources for name in each.inputs}


def test_secrets_are_kept_from_deletion(secrets):
    assert {each.name for each in secrets.resources if each.protect} == set(map(logical, PATHS))


@pytest.mark.requirement("SMILE-SECRETS-03")
@pytest.mark.requirement("SMILE-RDS-18")
def test_passwords_are_made_at_once_and_replaced_every_thirty_days(secrets):
    rotations = secrets.of(ROTATION)
    assert {each["secretId"]: each["rotationLambdaArn"] for each in rotations.values()} == {
        "arn:of:Secret/smile-mysql-application": "arn:of:Function/smile-rotate-mysql-users",
        "arn:of:Secret/smile-mysql-reader": "arn:of:Function/smile-rotate-mysql-users",
        "arn:of:Secret/smile-redis-reports": "arn:of:Function/smile-rotate-redis-users",
    }
    for each in rotations.values():
        assert each["rotationRules"] == {"automaticallyAfterDays": 30}
        assert each["rotateImmediately"] is True


@pytest.mark.requirement("SMILE-SECRETS-03")
def test_secrets_manager_may_call_before_it_is_told_to(secrets):
    permissions = secrets.of("lambda/permission:Permission")
    assert set(permissions) == {"smile-rotate-mysql-users", "smile-rotate-redis-users"}
    for name, permission in permissions.items():
        assert permission["principal"] == "secretsmanager.amazonaws.com"
        assert permission["sourceAccount"] == "123456789012"
        assert permission["action"] == "lambda:InvokeFunction"
        urn = next(each.urn for each in secrets.resources if each.type.endswith("Permission") and each.name == name)
        waiting = [each for each in secrets.resources if each.type == f"aws:{ROTATION}" and each.name.startswith(name)]
        assert waiting
        assert all(urn in each.dependencies for each in waiting)


def test_functions_know_whom_they_rotate_and_no_secret(secrets):
    mysql, redis = (
        secrets.of(FUNCTION)[f"smile-rotate-{kind}-users"]["environment"]["variables"] for kind in ("mysql", "redis")
    )
    assert json.loads(mysql["SERVER"]) == {"host": "db.internal", "port": 3306, "master": MASTER}
    assert json.loads(mysql["USERS"])["smile-prod/mysql/reader"] == {
        "username": "reader",
        "schema": "application",
        "privileges": ["SELECT"],
    }
    assert json.loads(redis["SERVER"]) == {"host": "cache.internal", "port": 6379}
    assert json.loads(redis["USERS"])["smile-prod/redis/reports"] == {
        "user_id": REPORTS.id,
        "username": REPORTS.name,
        "access_string": "on ~* +get",
    }


@pytest.mark.requirement("SMILE-SEC-05")
def test_functions_reach_database_and_cache_as_the_application_does(secrets):
    for function in secrets.of(FUNCTION).values():
        assert function["vpcConfig"] == {"subnetIds": ["subnet-1"], "securityGroupIds": ["sg-application"]}


def test_the_function_goes_with_what_it_imports(secrets):
    for kind, package in (("mysql", "pymysql"), ("redis", "redis")):
        files = secrets.of(FUNCTION)[f"smile-rotate-{kind}-users"]["code"].assets
        assert {"handler.py", "rotation/__init__.py", f"{package}/__init__.py"} <= set(files)
    mysql = secrets.of(FUNCTION)["smile-rotate-mysql-users"]["code"].assets
    assert "rds_authorities/authorities.pem" in mysql


@pytest.mark.requirement("SMILE-SECRETS-03")
def test_a_function_changes_its_own_secrets_and_only_while_they_are_its_own(secrets, context):
    rotate = allowed(secrets, "mysql")["RotateSecrets"]
    own = [f"{ARN}mysql/application-??????", f"{ARN}mysql/reader-??????"]
    assert rotate["Resource"] == own
    function = "arn:aws:lambda:ap-southeast-3:123456789012:function:smile-prod-rotate-mysql-users"
    assert secrets.of(FUNCTION)["smile-rotate-mysql-users"]["name"] == function.rpartition(":")[2]
    assert rotate["Condition"] == {"StringEquals": {"secretsmanager:resource/AllowRotationLambdaArn": function}}
    assert allowed(secrets, "mysql")["ReadSecrets"]["Resource"] == [MASTER]
    key = allowed(secrets, "mysql")["UseKeyOfSecrets"]
    assert key["Resource"] == [context.keys["secrets"]]
    assert key["Condition"]["StringLike"] == {"kms:EncryptionContext:SecretARN": [*own, MASTER]}


def test_a_function_changes_its_own_redis_users_only(secrets):
    change = allowed(secrets, "redis")["ChangePasswords"]
    assert change["Action"] == ["elasticache:DescribeUsers", "elasticache:ModifyUser"]
    assert change["Resource"] == [f"arn:aws:elasticache:ap-southeast-3:123456789012:user:{REPORTS.id}"]
    assert "ReadSecrets" not in allowed(secrets, "redis")


def test_a_master_password_that_people_manage_has_a_secret_that_people_fill(secrets_of):
    by_people = secrets_of(database=login(master_arn=None))
    assert by_people.of(SECRET)["smile-database-master"]["name"] == "smile-prod/database-master"
    assert "arn:of:Secret/smile-database-master" not in {each["secretId"] for each in by_people.of(ROTATION).values()}
    assert allowed(by_people, "mysql")["ReadSecrets"]["Resource"] == ["arn:of:Secret/smile-database-master"]


def test_the_users_of_postgresql_rotate_with_a_function_of_their_own(secrets_of):
    made = secrets_of(database=login(engine="postgres", port=5432))
    function = made.of(FUNCTION)["smile-rotate-postgres-users"]
    assert json.loads(function["environment"]["variables"]["SERVER"])["port"] == 5432
    assert {
        "pg8000/__init__.py",
        "scramp/__init__.py",
        "asn1crypto/__init__.py",
        "rds_authorities/authorities.pem",
    } < set(function["code"].assets)
    assert "smile-prod/postgres/reader" in {each["name"] for each in made.of(SECRET).values()}
    assert allowed(made, "postgres")["RotateSecrets"]["Resource"] == [
        f"{ARN}postgres/application-??????",
        f"{ARN}postgres/reader-??????",
    ]


def test_a_partition_whose_authorities_are_not_known_is_refused_by_name(secrets_of, context):
    elsewhere = replace(context, environment=replace(context.environment, region="us-gov-west-1"))
    with pytest.raises(
        ValueError, match="authorities in partition aws-us-gov are not known to the rotation; valid: aws"
    ):
        secrets_of(context=elsewhere)


def test_without_users_there_is_no_function(secrets_of):
    alone = secrets_of(secrets=Settings(), database=login(users={}), cache=CacheLogin(host="cache.internal", users={}))
    assert alone.of(FUNCTION) == alone.of(SECRET) == {}


@pytest.mark.requirement("SMILE-SECRETS-07")
def test_a_workload_may_read_its_own_secrets_and_no_other(secrets_of, context):
    asked = secrets_of(ask=lambda made: document(*made.grant_read("mysql/reader")))
    read, key = json.loads(asked.result)["Statement"]
    assert read["Action"] == ["secretsmanager:DescribeSecret", "secretsmanager:GetSecretValue"]
    assert read["Resource"] == [f"{ARN}mysql/reader-??????"]
    assert (key["Action"], key["Resource"]) == (["kms:Decrypt"], [context.keys["secrets"]])
    assert key["Condition"] == {
        "StringEquals": {"kms:ViaService": "secretsmanager.ap-southeast-3.amazonaws.com"},
        "StringLike": {"kms:EncryptionContext:SecretARN": [f"{ARN}mysql/reader-??????"]},
    }


@pytest.mark.requirement("SMILE-SECRETS-07")
def test_the_pattern_of_a_secret_fits_no_secret_whose_name_begins_alike(secrets_of):
    asked = secrets_of(ask=lambda made: made.secrets["mysql/reader"].arn_pattern)
    fits = re.compile(re.escape(asked.result).replace(r"\?", "[A-Za-z0-9-]"))
    assert fits.fullmatch(f"{ARN}mysql/reader-AbC123")
    for other in ("mysql/reader2-AbC123", "mysql/reader-of-all-AbC123", "mysql/application-AbC123"):
        assert not fits.fullmatch(ARN + other)


@pytest.mark.requirement("SMILE-SECRETS-07")
def test_a_secret_that_is_not_there_is_refused_with_those_that_are(secrets_of):
    with pytest.raises(
        UndeclaredError, match=r"no secret 'mysql/writer' is declared.*; declared: external/satusehat, mysql/app"
    ):
        secrets_of(ask=lambda made: made.grant_read("mysql/reader", "mysql/writer"))


@pytest.mark.requirement("SMILE-SECRETS-02")
def test_what_is_no_secret_is_a_plain_parameter(context):
    made = record(lambda: Parameters("smile", ParametersArgs(context=context, values={"queues/jobs": "url"})).names)
    (parameter,) = made.of("ssm/parameter:Parameter").values()
    assert (parameter["name"], parameter["type"], parameter["insecureValue"]) == (
        "/smile/prod/queues/jobs",
        "String",
        "url",
    )


@pytest.mark.requirement("SMILE-SECRETS-02")
@pytest.mark.parametrize("name", ["db-password", "api-key", "partner/token", "smtp/passwd", "client-secret"])
def test_a_parameter_with_the_name_of_a_secret_is_refused(context, name):
    with pytest.raises(ValueError, match="belongs into Secrets Manager"):
        ParametersArgs(context=context, values={name: "x"})


@pytest.mark.requirement("SMILE-SECRETS-02")
def test_no_function_has_a_variable_with_the_name_of_a_secret(secrets):
    names = [name for each in secrets.of(FUNCTION).values() for name in each["environment"]["variables"]]
    assert names
    assert not [name for name in names if SECRET_LIKE.search(name)]
