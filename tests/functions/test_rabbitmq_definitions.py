"""Declaring exchanges and queues, against a server that answers as RabbitMQ's management API does."""

import base64
import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import SimpleNamespace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from components.broker.definitions import definitions
from components.broker.settings import Queue
from rabbitmq_definitions import handler

LOGIN = {"username": "platform", "password": "drawn"}
QUEUES = {"payments": Queue(events=("payment.completed",)), "mails": Queue(events=("user.joined", "course.done"))}
KEYS = {"exchanges": ("vhost", "name"), "queues": ("vhost", "name"), "bindings": handler.BINDING, "vhosts": ("name",)}


class RabbitMQ:
    """Definitions as RabbitMQ merges them: what is there stays as it is (https://www.rabbitmq.com/docs/definitions)."""

    def __init__(self):
        self.there = {kind: {} for kind in KEYS}  # kind -> key -> definition
        self.failures, self.imports, self.forgets = [], 0, ()

    def merge(self, document):
        self.imports += 1
        for kind, entries in document.items():
            for entry in entries:
                key = tuple(entry[each] for each in KEYS[kind])
                if kind not in self.forgets:
                    self.there[kind].setdefault(key, entry)

    def export(self):
        return {"rabbitmq_version": "4.2.0", "users": []} | {kind: list(of.values()) for kind, of in self.there.items()}


class Served(BaseHTTPRequestHandler):
    """The management API of ``rabbitmq``, an attribute of each server's own class."""

    def log_message(self, *_):
        pass

    def answer(self, code, body=b""):
        self.send_response(code)
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def refuses(self):
        token = base64.b64encode(f"{LOGIN['username']}:{LOGIN['password']}".encode()).decode()
        if self.rabbitmq.failures:
            self.answer(self.rabbitmq.failures.pop(0), b"starting")
        elif self.headers["authorization"] != f"Basic {token}":
            self.answer(401, b'{"error":"not_authorized","reason":"Login failed"}')
        elif self.path != "/api/definitions":
            self.answer(404)
        else:
            return False
        return True

    def do_GET(self):
        if not self.refuses():
            self.answer(200, json.dumps(self.rabbitmq.export()).encode())

    def do_POST(self):
        body = self.rfile.read(int(self.headers["content-length"]))
        if not self.refuses():
            self.rabbitmq.merge(json.loads(body))
            self.answer(204)


@pytest.fixture
def broker(vault, monkeypatch):
    """A broker, its login in Secrets Manager, and the function's environment."""
    rabbitmq = RabbitMQ()
    server = ThreadingHTTPServer(("127.0.0.1", 0), type("Served", (Served,), {"rabbitmq": rabbitmq}))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    vault.create("rabbitmq/application", LOGIN)
    monkeypatch.setenv("LOGIN", "rabbitmq/application")
    monkeypatch.setenv("URL", f"http://127.0.0.1:{server.server_port}")
    monkeypatch.setattr(handler.time, "sleep", lambda _: None)
    yield rabbitmq
    server.shutdown()
    server.server_close()


def run(queues, milliseconds=300_000):
    context = SimpleNamespace(get_remaining_time_in_millis=lambda: milliseconds)
    return handler.handle({"definitions": definitions(queues)}, context)


@pytest.mark.requirement("LH-DATA-10")
def test_what_is_wanted_is_declared_with_the_way_of_dead_letters(broker):
    done = run(QUEUES)
    assert done == {"queues": ["mails", "mails.dead", "payments", "payments.dead"], "exchanges": 2, "undeclared": []}
    found = broker.export()
    assert {each["name"] for each in found["exchanges"]} == {"events", "dead-letters"}
    ends = {(each["source"], each["routing_key"]): each["destination"] for each in found["bindings"]}
    assert ends["dead-letters", "payments"] == "payments.dead"
    assert ends["events", "course.done"] == "mails"


def test_asked_again_it_changes_nothing(broker):
    run(QUEUES)
    before = broker.export()
    assert run(QUEUES)["undeclared"] == []
    assert broker.export() == before


def test_a_queue_more_is_declared_and_one_less_is_told_and_left(broker):
    run({"payments": QUEUES["payments"]})
    done = run({"mails": QUEUES["mails"]})
    assert done["undeclared"] == ["payments", "payments.dead"]
    assert ("/", "mails") in broker.there["queues"]


def test_a_queue_with_other_properties_is_an_error_before_anything_is_changed(broker):
    run({"payments": QUEUES["payments"]})
    before = broker.export()
    changed = {"mails": QUEUES["mails"], "payments": Queue(events=("payment.completed",), delivery_limit=9)}
    with pytest.raises(
        handler.ConflictError, match=r"queues: payments: arguments is .*: 5, .* not .*: 9, .*another name"
    ):
        run(changed)
    assert broker.export() == before
    assert broker.imports == 1


def test_an_exchange_of_another_type_is_an_error(broker):
    broker.merge({"exchanges": [{**definitions({})["exchanges"][0], "type": "fanout"}]})
    with pytest.raises(handler.ConflictError, match="exchanges: events: type is fanout, not topic"):
        run(QUEUES)


FORGOTTEN = {
    "queues": "queues: payments",
    "bindings": "dead letters go to dead-letters by payments",
    "exchanges": "exchanges: events",
}


@pytest.mark.parametrize(("forgets", "says"), FORGOTTEN.items(), ids=FORGOTTEN)
def test_what_is_not_there_afterwards_is_an_error(broker, forgets, says):
    broker.forgets = (forgets,)
    with pytest.raises(handler.MissingError, match=says):
        run(QUEUES)


def test_a_broker_that_starts_is_waited_for(broker):
    broker.failures = [503, 502]
    assert run(QUEUES)["exchanges"] == 2


def test_a_broker_that_never_answers_is_an_error_in_time(broker):
    broker.failures = [503] * 5
    with pytest.raises(handler.HTTPError, match="503"):
        run(QUEUES, milliseconds=20_000)


def test_a_wrong_login_is_an_error_at_once(broker, vault):
    vault.client.put_secret_value(
        SecretId="rabbitmq/application", SecretString=json.dumps({**LOGIN, "password": "old"})
    )
    with pytest.raises(handler.RefusedError, match=r"401: .*Login failed"):
        run(QUEUES)
    assert broker.imports == 0


@given(st.dictionaries(st.from_regex(r"\A[a-z]{1,8}(\.[a-z]{1,4})?\Z"), st.integers(1, 100), max_size=5))
def test_any_document_of_the_settings_is_one_in_which_no_dead_letter_is_lost(limits):
    queues = {name: Queue(events=("a.b",), delivery_limit=limit) for name, limit in limits.items()}
    wanted = definitions(queues)
    assert list(handler.lost_dead_letters(wanted, wanted)) == []
    assert list(handler.differing(wanted, wanted)) == list(handler.lacking(wanted, wanted)) == []
    for queue in queues:
        without = [each for each in wanted["bindings"] if each["destination"] != f"{queue}.dead"]
        assert any(queue in each for each in handler.lost_dead_letters(wanted, {**wanted, "bindings": without}))
