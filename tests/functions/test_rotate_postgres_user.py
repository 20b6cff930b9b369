"""The PostgreSQL rotation against Secrets Manager (moto) and a real PostgreSQL over TLS."""

import json
import logging
import ssl

import pytest
from pg8000.exceptions import DatabaseError, InterfaceError
from pg8000.native import Connection

from rotate_postgres_user import handler
from rotation import RotationError
from tests.functions.conftest import STEPS
from tests.functions.servers import ADMIN_PASSWORD

SECRET, MIGRATIONS = "acme-prod/postgres/application", "acme-prod/postgres/migrations"
MASTER = "rds!db-master"
CA_FILE = handler.CA_FILE
USERS = {
    SECRET: {"username": "application", "schema": "shop", "privileges": ["SELECT", "INSERT"]},
    MIGRATIONS: {"username": "migrations", "schema": "shop", "privileges": ["SELECT", "CREATE"]},
}


@pytest.fixture
def rotation(vault, postgres, monkeypatch):
    """Takes steps of a rotation, as Secrets Manager would."""
    monkeypatch.setattr(handler, "CA_FILE", postgres.authority)
    vault.create(MASTER, {"username": "admin", "password": ADMIN_PASSWORD})
    for secret in USERS:
        vault.create(secret)
    configure(monkeypatch, vault, postgres.port)

    def step(version, *steps, secret=SECRET):
        for each in steps or STEPS:
            handler.handle({"SecretId": secret, "ClientRequestToken": version, "Step": each}, None)

    yield step
    admin = login(postgres, "admin", ADMIN_PASSWORD)
    admin.run("DROP DATABASE IF EXISTS shop WITH (FORCE)")
    for (role,) in admin.run("SELECT rolname FROM pg_roles WHERE rolname ~ '^(application|migrations)'"):
        admin.run(f"DROP ROLE {role}")
    admin.close()


def configure(monkeypatch, vault, port, host="localhost", **facts):
    master = vault.client.describe_secret(SecretId=MASTER)["ARN"]
    monkeypatch.setenv("SERVER", json.dumps({"host": host, "port": port, "master": master}))
    monkeypatch.setenv("USERS", json.dumps(USERS | {SECRET: USERS[SECRET] | facts}))


def login(server, user, password, database="postgres", *, tls=True):
    context = ssl.create_default_context(cafile=str(server.authority)) if tls else False
    return Connection(
        user, password=password, host="localhost", port=server.port, database=database, ssl_context=context
    )


def logs_in(server, value):
    try:
        login(server, value["username"], value["password"], value["dbname"]).close()
    except DatabaseError:
        return False
    return True


def rotated(vault, rotation, server, secret=SECRET):
    """A connection of the user that a rotation has made."""
    rotation(vault.begin(secret), secret=secret)
    value = vault.value(secret)
    return login(server, value["username"], value["password"], value["dbname"])


def test_first_rotation_makes_user_database_and_secret_from_nothing(vault, rotation, postgres):
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
    assert logs_in(postgres, value)


def test_the_two_users_take_turns_and_the_password_in_use_works_on(vault, rotation, postgres):
    held = []
    for _ in range(3):
        rotation(vault.begin(SECRET))
        held.append(vault.value(SECRET))
        assert all(logs_in(postgres, value) for value in held[-2:])
    assert [value["username"] for value in held] == ["application", "application_clone", "application"]
    assert len({value["password"] for value in held}) == 3
    assert not logs_in(postgres, held[0])
    assert vault.value(SECRET, "AWSPREVIOUS") == held[1]


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


def test_a_user_may_do_what_the_settings_say_and_nothing_that_it_could_before(vault, rotation, postgres, monkeypatch):
    maker = rotated(vault, rotation, postgres, MIGRATIONS)
    maker.run("CREATE TABLE orders (id serial PRIMARY KEY, what text)")
    maker.run("GRANT DELETE ON orders TO application_group")
    user = rotated(vault, rotation, postgres)
    with pytest.raises(DatabaseError, match="42501"):
        user.run("DELETE FROM orders")
    user.run("INSERT INTO orders (what) VALUES ('soap')")
    configure(monkeypatch, vault, postgres.port, privileges=["SELECT"])
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


@pytest.mark.parametrize("again", STEPS)
def test_a_repeated_step_changes_nothing_that_was_done(vault, rotation, postgres, again):
    rotation(vault.begin(SECRET))
    version = vault.begin(SECRET)
    for step in STEPS:
        rotation(version, step)
        if step == again:
            before = vault.value(SECRET, "AWSPENDING") if step != "finishSecret" else vault.value(SECRET)
            rotation(version, step)
    assert vault.value(SECRET) == before
    assert logs_in(postgres, before)


def test_the_servers_name_must_be_in_its_certificate(vault, rotation, postgres, monkeypatch):
    configure(monkeypatch, vault, postgres.port, host="127.0.0.1")
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


def test_a_user_never_logs_in_without_tls(vault, rotation, postgres):
    rotation(vault.begin(SECRET))
    value = vault.value(SECRET)
    with pytest.raises((DatabaseError, InterfaceError), match="28000"):
        login(postgres, value["username"], value["password"], tls=False)


def test_a_password_that_does_not_work_never_becomes_the_current_one(vault, rotation, postgres):
    rotation(vault.begin(SECRET))
    first, version = vault.value(SECRET), vault.begin(SECRET)
    rotation(version, "createSecret", "setSecret")
    admin = login(postgres, "admin", ADMIN_PASSWORD)
    admin.run("DROP ROLE application_clone")
    admin.close()
    with pytest.raises(RotationError, match=r"no login to localhost:\d+ as application_clone: 28P01"):
        rotation(version, "testSecret")
    assert vault.value(SECRET) == first


def test_the_user_in_use_keeps_its_password(vault, rotation):
    rotation(vault.begin(SECRET))
    user = handler.PostgresUser(store=vault.client, server={"master": MASTER}, users=[], **USERS[SECRET])
    with pytest.raises(RotationError, match="application is in use: its password must stay"):
        user.set({"username": "application", "password": "new"}, vault.value(SECRET))


def test_no_password_is_in_logs_or_errors(vault, rotation, postgres, monkeypatch, caplog):
    caplog.set_level(logging.INFO)
    rotation(vault.begin(SECRET))
    maker = rotated(vault, rotation, postgres, MIGRATIONS)
    maker.run("CREATE TABLE orders (id int)")
    maker.close()
    configure(monkeypatch, vault, postgres.port, privileges=["NO SUCH PRIVILEGE"])
    version = vault.begin(SECRET)
    with pytest.raises(RotationError, match="refuses a statement of admin: PostgreSQL error 42601") as caught:
        rotation(version)
    assert caught.value.__suppress_context__
    said = caplog.text + str(caught.value)
    assert "finishSecret of acme-prod/postgres/application: done" in said
    for stage in ("AWSCURRENT", "AWSPENDING"):
        assert vault.value(SECRET, stage)["password"] not in said
    assert ADMIN_PASSWORD not in said
