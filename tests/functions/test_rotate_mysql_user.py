"""The MySQL rotation against Secrets Manager (moto) and a real MariaDB over TLS."""

import json

import pymysql
import pytest

from rotate_mysql_user import handler
from tests.functions.conftest import STEPS
from tests.functions.servers import ADMIN_PASSWORD
from tests.functions.user_rotation import UserRotation

SECRET = "smile-prod/mysql/application"
MASTER = "rds!db-master"
FACTS = {"username": "application", "schema": "smile_app", "privileges": ["SELECT", "INSERT"]}


class TestUserRotation(UserRotation):
    secret, handler, authority = SECRET, handler, handler.CA_FILE


@pytest.fixture
def configure(vault, mariadb, monkeypatch):
    master = vault.create(MASTER, {"username": "admin", "password": ADMIN_PASSWORD})

    def tell(host="localhost", **facts):
        monkeypatch.setenv("SERVER", json.dumps({"host": host, "port": mariadb.port, "master": master}))
        monkeypatch.setenv("USERS", json.dumps({SECRET: FACTS | facts}))

    return tell


@pytest.fixture
def rotation(vault, mariadb, configure, monkeypatch):
    monkeypatch.setattr(handler, "CA_FILE", mariadb.authority)
    vault.create(SECRET)
    configure()

    def step(version, *steps):
        for each in steps or STEPS:
            handler.handle({"SecretId": SECRET, "ClientRequestToken": version, "Step": each}, None)

    yield step
    with admin(mariadb) as cursor:
        cursor.execute("DROP USER IF EXISTS application@'%', application_clone@'%'")
        cursor.execute("DROP DATABASE IF EXISTS smile_app")


@pytest.fixture
def drop(mariadb):
    def user(name):
        with admin(mariadb) as cursor:
            cursor.execute("DROP USER %s@'%%'", (name,))

    return user


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


@pytest.fixture
def logs_in(mariadb):
    def works(value):
        try:
            login(mariadb, value["username"], value["password"]).close()
        except pymysql.OperationalError:
            return False
        return True

    return works


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
def test_a_user_may_do_what_the_settings_say_and_nothing_that_it_could_before(vault, rotation, mariadb, configure):
    rotation(vault.begin(SECRET))
    with admin(mariadb) as cursor:
        cursor.execute("GRANT ALL ON *.* TO application@'%'")
    rotation(vault.begin(SECRET))
    configure(privileges=["SELECT"])
    rotation(vault.begin(SECRET))
    usage, on_schema = grants(mariadb, "application")
    assert usage.startswith("GRANT USAGE ON *.* TO `application`@`%`")
    assert usage.endswith("REQUIRE SSL")
    assert on_schema == r"GRANT SELECT ON `smile\_app`.* TO `application`@`%`"


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
