"""The MySQL rotation against Secrets Manager (moto) and a real MariaDB over TLS."""

import json
import logging

import pymysql
import pytest

from rotate_mysql_user import handler
from rotation import RotationError
from tests.functions.conftest import STEPS
from tests.functions.servers import ADMIN_PASSWORD

SECRET = "smile-prod/mysql/application"
MASTER = "rds!db-master"
CA_FILE = handler.CA_FILE
FACTS = {"username": "application", "schema": "smile_app", "privileges": ["SELECT", "INSERT"]}


@pytest.fixture
def rotation(vault, mariadb, monkeypatch):
    """Takes steps of a rotation, as Secrets Manager would."""
    monkeypatch.setattr(handler, "CA_FILE", mariadb.authority)
    vault.create(MASTER, {"username": "admin", "password": ADMIN_PASSWORD})
    vault.create(SECRET)
    configure(monkeypatch, vault, mariadb.port)

    def step(version, *steps):
        for each in steps or STEPS:
            handler.handle({"SecretId": SECRET, "ClientRequestToken": version, "Step": each}, None)

    yield step
    with admin(mariadb) as cursor:
        cursor.execute("DROP USER IF EXISTS application@'%', application_clone@'%'")
        cursor.execute("DROP DATABASE IF EXISTS smile_app")


def configure(monkeypatch, vault, port, host="localhost", **facts):
    master = vault.client.describe_secret(SecretId=MASTER)["ARN"]
    monkeypatch.setenv("SERVER", json.dumps({"host": host, "port": port, "master": master}))
    monkeypatch.setenv("USERS", json.dumps({SECRET: FACTS | facts}))


def login(server, user, password, **options):
    ssl = {"ca": str(server.authority)}
    return pymysql.connect(host="localhost", port=server.port, user=user, password=password, ssl=ssl, **options)


class admin:  # noqa: N801 - reads as a statement
    def __init__(self, server):
        self.connection = login(server, "admin", ADMIN_PASSWORD, autocommit=True)

    def __enter__(self):
        return self.connection.cursor()

    def __exit__(self, *_):
        self.connection.close()


def logs_in(server, value):
    try:
        login(server, value["username"], value["password"]).close()
    except pymysql.OperationalError:
        return False
    return True


def grants(server, user):
    with admin(server) as cursor:
        cursor.execute("SHOW GRANTS FOR %s@'%%'", (user,))
        return [row[0] for row in cursor.fetchall()]


@pytest.mark.requirement("SMILE-SECRETS-01")
@pytest.mark.requirement("SMILE-GEN-05")
def test_first_rotation_makes_user_schema_and_secret_from_nothing(vault, rotation, mariadb):
    version = vault.begin(SECRET)
    rotation(version)
    value = vault.value(SECRET)
    assert {**value, "password": None, "masterarn": None} == {
        "engine": "mysql",
        "host": "localhost",
        "port": mariadb.port,
        "dbname": "smile_app",
        "username": "application",
        "password": None,
        "masterarn": None,
    }
    assert vault.labels(SECRET)[version] >= {"AWSCURRENT"}
    with login(mariadb, "application", value["password"], database="smile_app") as connection:
        cursor = connection.cursor()
        cursor.execute("SELECT DATABASE()")
        assert cursor.fetchone() == ("smile_app",)


@pytest.mark.requirement("SMILE-SECRETS-03")
def test_the_two_users_take_turns_and_the_password_in_use_works_on(vault, rotation, mariadb):
    held = []
    for _ in range(3):
        rotation(vault.begin(SECRET))
        held.append(vault.value(SECRET))
        assert all(logs_in(mariadb, value) for value in held[-2:])
    assert [value["username"] for value in held] == ["application", "application_clone", "application"]
    assert len({value["password"] for value in held}) == 3
    assert not logs_in(mariadb, held[0])
    assert vault.value(SECRET, "AWSPREVIOUS") == held[1]


@pytest.mark.requirement("SMILE-SECRETS-03")
def test_a_user_may_do_what_the_settings_say_and_nothing_that_it_could_before(vault, rotation, mariadb, monkeypatch):
    rotation(vault.begin(SECRET))
    with admin(mariadb) as cursor:
        cursor.execute("GRANT ALL ON *.* TO application@'%'")
    rotation(vault.begin(SECRET))
    configure(monkeypatch, vault, mariadb.port, privileges=["SELECT"])
    rotation(vault.begin(SECRET))
    usage, on_schema = grants(mariadb, "application")
    assert usage.startswith("GRANT USAGE ON *.* TO `application`@`%`")
    assert usage.endswith("REQUIRE SSL")
    assert on_schema == r"GRANT SELECT ON `smile\_app`.* TO `application`@`%`"


@pytest.mark.parametrize("again", STEPS)
@pytest.mark.requirement("SMILE-SECRETS-03")
def test_a_repeated_step_changes_nothing_that_was_done(vault, rotation, mariadb, again):
    rotation(vault.begin(SECRET))
    version = vault.begin(SECRET)
    for step in STEPS:
        rotation(version, step)
        if step == again:
            before = vault.value(SECRET, "AWSPENDING") if step != "finishSecret" else vault.value(SECRET)
            rotation(version, step)
    assert vault.value(SECRET) == before
    assert logs_in(mariadb, before)
    rotation(version)  # as when Secrets Manager begins anew although all was done
    assert vault.value(SECRET) == before


def test_a_rotation_that_stopped_halfway_is_finished_by_the_next_one(vault, rotation, mariadb):
    rotation(vault.begin(SECRET))
    first = vault.value(SECRET)
    rotation(vault.begin(SECRET), "createSecret", "setSecret")
    assert vault.value(SECRET) == first
    assert logs_in(mariadb, first)
    rotation(vault.begin(SECRET))
    assert vault.value(SECRET)["username"] == "application_clone"
    assert logs_in(mariadb, vault.value(SECRET))
    assert logs_in(mariadb, first)


def test_a_lost_database_user_is_made_again(vault, rotation, mariadb):
    rotation(vault.begin(SECRET))
    with admin(mariadb) as cursor:
        cursor.execute("DROP USER application@'%'")
    rotation(vault.begin(SECRET))
    rotation(vault.begin(SECRET))
    assert logs_in(mariadb, vault.value(SECRET))


@pytest.mark.requirement("SMILE-SEC-24")
def test_the_servers_name_must_be_in_its_certificate(vault, rotation, mariadb, monkeypatch):
    configure(monkeypatch, vault, mariadb.port, host="127.0.0.1")
    version = vault.begin(SECRET)
    rotation(version, "createSecret")
    with pytest.raises(RotationError, match="certificate"):
        rotation(version, "setSecret")


def test_a_server_that_rds_did_not_certify_gets_no_password(vault, rotation, monkeypatch):
    monkeypatch.setattr(handler, "CA_FILE", CA_FILE)
    version = vault.begin(SECRET)
    rotation(version, "createSecret")
    with pytest.raises(RotationError, match="certificate verify failed"):
        rotation(version, "setSecret")


def test_a_user_never_logs_in_without_tls(vault, rotation, mariadb):
    rotation(vault.begin(SECRET))
    with admin(mariadb) as cursor:
        cursor.execute("SET GLOBAL require_secure_transport = OFF")
        try:
            value = vault.value(SECRET)
            with pytest.raises(pymysql.OperationalError, match="Access denied"):
                pymysql.connect(
                    host="127.0.0.1",
                    port=mariadb.port,
                    user=value["username"],
                    password=value["password"],
                    ssl_disabled=True,
                )
        finally:
            cursor.execute("SET GLOBAL require_secure_transport = ON")


def test_a_password_that_does_not_work_never_becomes_the_current_one(vault, rotation, mariadb):
    rotation(vault.begin(SECRET))
    first, version = vault.value(SECRET), vault.begin(SECRET)
    rotation(version, "createSecret", "setSecret")
    with admin(mariadb) as cursor:
        cursor.execute("DROP USER application_clone@'%'")
    with pytest.raises(RotationError, match=r"no login to localhost:\d+ as application_clone"):
        rotation(version, "testSecret")
    assert vault.value(SECRET) == first


@pytest.mark.requirement("SMILE-SECRETS-06")
def test_no_password_is_in_logs_or_errors(vault, rotation, monkeypatch, caplog):
    caplog.set_level(logging.INFO)
    rotation(vault.begin(SECRET))
    users = json.dumps({SECRET: FACTS | {"privileges": ["NO SUCH PRIVILEGE"]}})
    monkeypatch.setenv("USERS", users)
    version = vault.begin(SECRET)
    with pytest.raises(RotationError, match="refuses a statement of admin: MySQL error 1064") as caught:
        rotation(version)
    assert caught.value.__suppress_context__
    said = caplog.text + str(caught.value)
    assert "finishSecret of smile-prod/mysql/application: done" in said
    for stage in ("AWSCURRENT", "AWSPENDING"):
        assert vault.value(SECRET, stage)["password"] not in said
    assert ADMIN_PASSWORD not in said
