"""The PostgreSQL rotation against Secrets Manager (moto) and a real PostgreSQL over TLS."""

import json
import ssl

import pytest
from pg8000.exceptions import DatabaseError, InterfaceError
from pg8000.native import Connection

from rotate_postgres_user import handler
from rotation import RotationError
from tests.functions.conftest import STEPS
from tests.functions.servers import ADMIN_PASSWORD
from tests.functions.user_rotation import UserRotation

SECRET, MIGRATIONS = "acme-prod/postgres/application", "acme-prod/postgres/migrations"
MASTER = "rds!db-master"
USERS = {
    SECRET: {"username": "application", "schema": "shop", "privileges": ["SELECT", "INSERT"]},
    MIGRATIONS: {"username": "migrations", "schema": "shop", "privileges": ["SELECT", "CREATE"]},
}


class TestUserRotation(UserRotation):
    secret, handler, authority = SECRET, handler, handler.CA_FILE


@pytest.fixture
def configure(vault, postgres, monkeypatch):
    master = vault.create(MASTER, {"username": "admin", "password": ADMIN_PASSWORD})

    def tell(host="localhost", **facts):
        monkeypatch.setenv("SERVER", json.dumps({"host": host, "port": postgres.port, "master": master}))
        monkeypatch.setenv("USERS", json.dumps(USERS | {SECRET: USERS[SECRET] | facts}))

    return tell


@pytest.fixture
def rotation(vault, postgres, configure, monkeypatch):
    monkeypatch.setattr(handler, "CA_FILE", postgres.authority)
    for secret in USERS:
        vault.create(secret)
    configure()

    def step(version, *steps, secret=SECRET):
        for each in steps or STEPS:
            handler.handle({"SecretId": secret, "ClientRequestToken": version, "Step": each}, None)

    yield step
    admin = login(postgres, "admin", ADMIN_PASSWORD)
    admin.run("DROP DATABASE IF EXISTS shop WITH (FORCE)")
    for (role,) in admin.run("SELECT rolname FROM pg_roles WHERE rolname ~ '^(application|migrations)'"):
        admin.run(f"DROP ROLE {role}")
    admin.close()


@pytest.fixture
def drop(postgres):
    def role(name):
        admin = login(postgres, "admin", ADMIN_PASSWORD)
        admin.run(f"DROP ROLE {name}")
        admin.close()

    return role


def login(server, user, password, database="postgres", *, tls=True):
    context = ssl.create_default_context(cafile=str(server.authority)) if tls else False
    return Connection(
        user, password=password, host="localhost", port=server.port, database=database, ssl_context=context
    )


@pytest.fixture
def logs_in(postgres):
    def works(value):
        try:
            login(postgres, value["username"], value["password"], value["dbname"]).close()
        except DatabaseError:
            return False
        return True

    return works


def rotated(vault, rotation, server, secret=SECRET):
    """A connection of the user that a rotation has made."""
    rotation(vault.begin(secret), secret=secret)
    value = vault.value(secret)
    return login(server, value["username"], value["password"], value["dbname"])


def test_first_rotation_makes_user_database_and_secret_from_nothing(vault, rotation, postgres, logs_in):
    version = vault.begin(SECRET)
    rotation(version)
    value = vault.value(SECRET)
    assert {**value, "password": None, "masterarn": None} == {
        "engine": "postgres",
        "host": "localhost",
        "port": postgres.port,
        "dbname": "shop",
        "username": "application",
        "password": None,
        "masterarn": None,
    }
    assert vault.labels(SECRET)[version] >= {"AWSCURRENT"}
    assert logs_in(value)


def test_what_one_of_a_pair_makes_belongs_to_the_other_too(vault, rotation, postgres):
    first = rotated(vault, rotation, postgres, MIGRATIONS)
    first.run("CREATE TABLE orders (id serial PRIMARY KEY, what text)")
    second = rotated(vault, rotation, postgres, MIGRATIONS)
    second.run("ALTER TABLE orders ADD COLUMN amount int")
    second.run("DROP TABLE orders")
    first.close()
    second.close()


@pytest.mark.parametrize("first", [SECRET, MIGRATIONS])
def test_a_user_reaches_the_tables_of_another_whoever_was_made_first(vault, rotation, postgres, first):
    (second,) = set(USERS) - {first}
    made = {secret: rotated(vault, rotation, postgres, secret) for secret in (first, second)}
    made[MIGRATIONS].run("CREATE TABLE orders (id serial PRIMARY KEY, what text)")
    made[SECRET].run("INSERT INTO orders (what) VALUES ('soap')")
    assert made[SECRET].run("SELECT what FROM orders") == [["soap"]]
    for statement in ("UPDATE orders SET what = ''", "DROP TABLE orders", "CREATE TABLE own (id int)"):
        with pytest.raises(DatabaseError, match="42501"):
            made[SECRET].run(statement)
    for connection in made.values():
        connection.close()


def test_a_user_may_do_what_the_settings_say_and_nothing_that_it_could_before(vault, rotation, postgres, configure):
    maker = rotated(vault, rotation, postgres, MIGRATIONS)
    maker.run("CREATE TABLE orders (id serial PRIMARY KEY, what text)")
    maker.run("GRANT DELETE ON orders TO application_group")
    user = rotated(vault, rotation, postgres)
    with pytest.raises(DatabaseError, match="42501"):
        user.run("DELETE FROM orders")
    user.run("INSERT INTO orders (what) VALUES ('soap')")
    configure(privileges=["SELECT"])
    rotation(vault.begin(SECRET))
    with pytest.raises(DatabaseError, match="42501"):
        user.run("INSERT INTO orders (what) VALUES ('soap')")
    assert user.run("SELECT count(*) FROM orders") == [[1]]
    maker.run("CREATE TABLE later (id int)")
    assert user.run("SELECT count(*) FROM later") == [[0]]
    with pytest.raises(DatabaseError, match="42501"):
        user.run("INSERT INTO later VALUES (1)")
    maker.close()
    user.close()


def test_nobody_else_gets_into_the_database(vault, rotation, postgres):
    rotated(vault, rotation, postgres).close()
    admin = login(postgres, "admin", ADMIN_PASSWORD)
    admin.run("CREATE ROLE application_guest LOGIN PASSWORD 'guest'")
    admin.close()
    with pytest.raises(DatabaseError, match="42501"):
        login(postgres, "application_guest", "guest", "shop")


def test_a_user_never_logs_in_without_tls(vault, rotation, postgres):
    rotation(vault.begin(SECRET))
    value = vault.value(SECRET)
    with pytest.raises((DatabaseError, InterfaceError), match="28000"):
        login(postgres, value["username"], value["password"], tls=False)


def test_the_user_in_use_keeps_its_password(vault, rotation):
    rotation(vault.begin(SECRET))
    user = handler.PostgresUser(store=vault.client, server={"master": MASTER}, users=[], **USERS[SECRET])
    with pytest.raises(RotationError, match="application is in use: its password must stay"):
        user.set({"username": "application", "password": "new"}, vault.value(SECRET))
