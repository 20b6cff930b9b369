"""What the cache's users may do, asked of a real Redis."""

import pytest
import redis

from components.cache.settings import User
from components.cache.users import NO_ACCESS
from tests.functions.servers import ADMIN_PASSWORD

USER, PASSWORD = "smile-prod-cache-application", "only-for-this-test"


def client(server, user, password):
    authority = str(server.authority)
    return redis.Redis(
        host="localhost", port=server.port, username=user, password=password, ssl=True, ssl_ca_certs=authority
    )


@pytest.fixture
def as_user(redis_server):
    """A client of a user with an access string."""

    def log_in(access):
        with client(redis_server, "default", ADMIN_PASSWORD) as admin:
            admin.execute_command("ACL", "SETUSER", USER, "reset", *access.split(), f">{PASSWORD}")
        return client(redis_server, USER, PASSWORD)

    yield log_in
    with client(redis_server, "default", ADMIN_PASSWORD) as admin:
        admin.execute_command("ACL", "DELUSER", USER)


def is_refused(connection, command):
    try:
        connection.execute_command(*command.split())
    except redis.exceptions.NoPermissionError:
        return True
    except redis.exceptions.ResponseError:  # allowed, and wrong here: this server is no cluster
        return False
    return False


@pytest.mark.requirement("SMILE-REDIS-08")
@pytest.mark.parametrize(
    ("command", "refused"),
    [
        ("SET stock 1", False),
        ("GET stock", False),
        ("HSET movement id 7", False),
        ("DEL stock", False),
        ("SCAN 0", False),
        ("EVAL return(1) 0", False),
        ("PUBLISH channel message", False),
        ("INFO", False),
        ("PING", False),
        ("CLUSTER SLOTS", False),
        ("CLUSTER NODES", False),
        ("FLUSHALL", True),
        ("FLUSHDB", True),
        ("KEYS *", True),
        ("CONFIG GET *", True),
        ("CLUSTER RESET", True),
        ("ACL LIST", True),
        ("CLIENT KILL TYPE normal", True),
        ("REPLICAOF NO ONE", True),
        ("SHUTDOWN", True),
        ("MONITOR", True),
    ],
)
def test_application_uses_the_cache_and_does_not_run_it(as_user, command, refused):
    with as_user(f"on {User().access}") as connection:
        assert is_refused(connection, command) == refused


@pytest.mark.requirement("SMILE-REDIS-08")
def test_a_user_without_access_cannot_even_log_in(as_user):
    with as_user(NO_ACCESS) as connection, pytest.raises(redis.exceptions.AuthenticationError):
        connection.ping()
