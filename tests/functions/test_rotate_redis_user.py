"""The Redis rotation against Secrets Manager (moto) and a real Redis over TLS, whose users ElastiCache would keep."""

import json
import logging

import boto3
import botocore.session
import pytest
import redis
from botocore.validate import validate_parameters

from rotate_redis_user import handler
from rotation import RotationError
from tests.functions.conftest import STEPS
from tests.functions.servers import ADMIN_PASSWORD

SECRET = "smile-prod/redis/reports"
FACTS = {"user_id": "smile-prod-cache-reports", "username": "smile-prod-cache-reports", "access_string": "on ~r:* +get"}


class ElastiCache:
    """ElastiCache's users, kept by a Redis server: what is asked for is checked against AWS's own API model."""

    def __init__(self, server, statuses=()):
        self.server, self.statuses, self.passwords = server, list(statuses), []
        self.model = botocore.session.get_session().get_service_model("elasticache")

    def check(self, operation, parameters):
        validate_parameters(parameters, self.model.operation_model(operation).input_shape)

    def describe_users(self, **parameters):
        self.check("DescribeUsers", parameters)
        return {"Users": [{"Status": self.statuses.pop(0) if self.statuses else "active"}]}

    def modify_user(self, **parameters):
        self.check("ModifyUser", parameters)
        assert not self.statuses, "AWS refuses a user that isn't active"
        mode = parameters["AuthenticationMode"]
        assert mode["Type"] == "password"
        assert all(16 <= len(password) <= 128 for password in mode["Passwords"])
        words = parameters["AccessString"].split()
        with client(self.server, "default", ADMIN_PASSWORD) as admin:
            rules = ["reset", *words, *(f">{password}" for password in mode["Passwords"])]
            admin.execute_command("ACL", "SETUSER", parameters["UserId"], *rules)


def client(server, user, password):
    authority = str(server.authority)
    return redis.Redis(
        host="localhost", port=server.port, username=user, password=password, ssl=True, ssl_ca_certs=authority
    )


def logs_in(server, value):
    with client(server, value["username"], value["password"]) as user:
        try:
            user.get("r:1")
        except redis.AuthenticationError:
            return False
    return True


@pytest.fixture
def elasticache(redis_server):
    service = ElastiCache(redis_server)
    with client(redis_server, "default", ADMIN_PASSWORD) as admin:
        admin.execute_command("ACL", "SETUSER", FACTS["username"], "reset", "off", "-@all")
    return service


@pytest.fixture
def rotation(vault, redis_server, elasticache, monkeypatch):
    """Takes steps of a rotation, as Secrets Manager would."""
    vault.create(SECRET)
    at(monkeypatch, redis_server)
    monkeypatch.setenv("USERS", json.dumps({SECRET: FACTS}))
    monkeypatch.setenv("SSL_CERT_FILE", str(redis_server.authority))
    monkeypatch.setattr(handler, "PAUSE_SECONDS", 0)
    clients = {"secretsmanager": vault.client, "elasticache": elasticache}
    monkeypatch.setattr(boto3, "client", clients.__getitem__)

    def step(version, *steps):
        for each in steps or STEPS:
            handler.handle({"SecretId": SECRET, "ClientRequestToken": version, "Step": each}, None)

    return step


def at(monkeypatch, server, host="localhost"):
    monkeypatch.setenv("SERVER", json.dumps({"host": host, "port": server.port}))


@pytest.mark.requirement("SMILE-SECRETS-03")
@pytest.mark.requirement("SMILE-REDIS-08")
def test_first_rotation_brings_the_user_to_life_with_its_rights_and_no_more(vault, rotation, redis_server):
    rotation(vault.begin(SECRET))
    value = vault.value(SECRET)
    assert (value["host"], value["port"]) == ("localhost", redis_server.port)
    with client(redis_server, value["username"], value["password"]) as user:
        assert user.get("r:1") is None
        with pytest.raises(redis.exceptions.NoPermissionError):
            user.get("other")
        with pytest.raises(redis.exceptions.NoPermissionError):
            user.set("r:1", "x")


@pytest.mark.requirement("SMILE-SECRETS-03")
def test_the_current_and_the_previous_password_work_and_older_ones_do_not(vault, rotation, redis_server):
    held = []
    for _ in range(3):
        rotation(vault.begin(SECRET))
        held.append(vault.value(SECRET))
    assert [logs_in(redis_server, value) for value in held] == [False, True, True]
    assert len({value["password"] for value in held}) == 3


@pytest.mark.parametrize("again", STEPS)
def test_a_repeated_step_changes_nothing_that_was_done(vault, rotation, redis_server, again):
    rotation(vault.begin(SECRET))
    first, version = vault.value(SECRET), vault.begin(SECRET)
    for step in STEPS:
        rotation(version, step)
        if step == again:
            rotation(version, step)
    assert vault.value(SECRET) != first
    assert logs_in(redis_server, vault.value(SECRET))
    assert logs_in(redis_server, first)


def test_a_rotation_waits_until_elasticache_has_finished_what_it_is_doing(vault, rotation, redis_server, elasticache):
    elasticache.statuses = ["modifying", "modifying", "active"]
    rotation(vault.begin(SECRET))
    assert logs_in(redis_server, vault.value(SECRET))


def test_a_user_that_stays_busy_ends_the_step_with_the_cause(vault, rotation, elasticache, monkeypatch):
    monkeypatch.setattr(handler, "WAIT_SECONDS", 0)
    elasticache.statuses = ["modifying"] * 1000
    version = vault.begin(SECRET)
    rotation(version, "createSecret")
    with pytest.raises(RotationError, match="user smile-prod-cache-reports is modifying, not active"):
        rotation(version, "setSecret")


def test_a_password_that_does_not_work_never_becomes_the_current_one(vault, rotation, redis_server):
    rotation(vault.begin(SECRET))
    first, version = vault.value(SECRET), vault.begin(SECRET)
    rotation(version, "createSecret", "setSecret")
    with client(redis_server, "default", ADMIN_PASSWORD) as admin:
        admin.execute_command("ACL", "SETUSER", FACTS["username"], "resetpass")
    with pytest.raises(RotationError, match=r"no login to localhost:\d+ as smile-prod-cache-reports"):
        rotation(version, "testSecret")
    assert vault.value(SECRET) == first


@pytest.mark.requirement("SMILE-SEC-24")
def test_the_servers_name_must_be_in_its_certificate(vault, rotation, redis_server, monkeypatch):
    at(monkeypatch, redis_server, host="127.0.0.1")
    version = vault.begin(SECRET)
    rotation(version, "createSecret", "setSecret")
    with pytest.raises(RotationError, match="certificate"):
        rotation(version, "testSecret")


@pytest.mark.requirement("SMILE-SECRETS-06")
def test_no_password_is_in_logs_or_errors(vault, rotation, redis_server, caplog):
    caplog.set_level(logging.DEBUG, logger="rotation")
    rotation(vault.begin(SECRET))
    version = vault.begin(SECRET)
    rotation(version, "createSecret")
    with pytest.raises(RotationError) as caught:
        rotation(version, "testSecret")  # nobody has set it yet
    said = caplog.text + str(caught.value)
    assert "finishSecret of smile-prod/redis/reports: done" in said
    for stage in ("AWSCURRENT", "AWSPENDING"):
        assert vault.value(SECRET, stage)["password"] not in said
