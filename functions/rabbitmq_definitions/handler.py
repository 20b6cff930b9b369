"""Declares exchanges, queues and bindings in RabbitMQ, by its management API; asked again, it changes nothing.

RabbitMQ merges what it is given with what is there, and silently keeps an exchange or a queue that has other properties
(https://www.rabbitmq.com/docs/definitions). So both are compared: such a conflict is an error before anything is
changed, and whatever is missing afterwards is one as well.

Event: ``definitions``, the document. Environment: LOGIN (the secret that has name and password), URL (of the API).
"""

from __future__ import annotations

import base64
import json
import os
import time
from collections.abc import Iterator, Mapping
from typing import Any
from urllib.error import HTTPError, URLError
from urllib.request import Request, urlopen

import boto3

PAUSE_SECONDS, RESERVE_SECONDS = 10, 30
BUSY = (500, 502, 503, 504)
"""What a broker answers while it starts, or its nodes are patched."""
IMMUTABLE: Mapping[str, tuple[str, ...]] = {
    "exchanges": ("type", "durable", "auto_delete", "internal", "arguments"),
    "queues": ("durable", "auto_delete", "arguments"),
}
"""Kind -> what RabbitMQ never changes of one."""
BINDING = ("source", "vhost", "destination", "destination_type", "routing_key")
Definitions = Mapping[str, Any]


class ConflictError(Exception):
    """Something is there with other properties."""


class MissingError(Exception):
    """Something isn't there although RabbitMQ took the document."""


class RefusedError(Exception):
    """RabbitMQ takes neither the login nor the document."""


def handle(event: Mapping[str, Any], context: Any) -> dict[str, Any]:
    """Lambda's entry; gives how many things are declared, and what is there besides."""
    value = boto3.client("secretsmanager").get_secret_value(SecretId=os.environ["LOGIN"])["SecretString"]
    login = json.loads(value)
    api = Api(os.environ["URL"], login["username"], login["password"], context.get_remaining_time_in_millis)
    return declare(api, event["definitions"])


class Api:
    """The management API, waited for while it doesn't answer."""

    def __init__(self, url: str, user: str, password: str, milliseconds_left: Any) -> None:
        token = base64.b64encode(f"{user}:{password}".encode()).decode()
        self.url, self.left = url, milliseconds_left
        self.headers = {"authorization": f"Basic {token}", "content-type": "application/json"}

    def definitions(self, body: Definitions | None = None) -> Definitions:
        """What is there; with a document, what comes of importing it: nothing.

        Raises:
            RefusedError: the login or the document is wrong.
            URLError: it doesn't answer in time.
        """
        data = None if body is None else json.dumps(body).encode()
        request = Request(f"{self.url}/api/definitions", data, self.headers)  # noqa: S310 - of the stack's own broker
        while True:
            try:
                with urlopen(request, timeout=PAUSE_SECONDS) as answer:  # noqa: S310
                    return json.loads(answer.read() or "{}")
            except HTTPError as error:
                with error:
                    if error.code not in BUSY:
                        raise RefusedError(f"{error.code}: {error.read(500).decode(errors='replace')}") from error
                self.pause(error)
            except (URLError, TimeoutError, ConnectionError) as error:
                self.pause(error)

    def pause(self, error: Exception) -> None:
        """Wait a little, unless there is no time for that."""
        if self.left() / 1000 < RESERVE_SECONDS:
            raise error
        print(json.dumps({"message": "waiting", "error": str(error)}))
        time.sleep(PAUSE_SECONDS)


def declare(api: Api, wanted: Definitions) -> dict[str, Any]:
    """Import what is wanted; what was done.

    Raises:
        ConflictError: an exchange or a queue is there with other properties. Nothing was changed.
        MissingError: something isn't there afterwards, such as the way of a dead letter.
    """
    if conflicts := list(differing(wanted, api.definitions())):
        raise ConflictError("; ".join(conflicts))
    api.definitions(wanted)
    found = api.definitions()
    if missing := [*lacking(wanted, found), *differing(wanted, found), *lost_dead_letters(wanted, found)]:
        raise MissingError("; ".join(missing))
    own = {each["name"] for each in wanted["queues"]}
    others = sorted(each["name"] for each in found["queues"] if each["name"] not in own)
    done = {"queues": sorted(own), "exchanges": len(wanted["exchanges"]), "undeclared": others}
    print(json.dumps({"message": "declared", **done}))
    return done


def differing(wanted: Definitions, found: Definitions) -> Iterator[str]:
    """Exchanges and queues that are there with other properties."""
    for kind, properties in IMMUTABLE.items():
        there = {(each["vhost"], each["name"]): each for each in found.get(kind, ())}
        for each in wanted[kind]:
            own = there.get((each["vhost"], each["name"]), each)
            for name in properties:
                if own.get(name) != each[name]:
                    changed = f"{kind}: {each['name']}: {name} is {own.get(name)}, not {each[name]}"
                    yield f"{changed}; RabbitMQ never changes it: give it another name, or delete it once it is empty"


def lacking(wanted: Definitions, found: Definitions) -> Iterator[str]:
    """What isn't there at all."""
    for kind in IMMUTABLE:
        there = {(each["vhost"], each["name"]) for each in found.get(kind, ())}
        yield from (f"{kind}: {each['name']}" for each in wanted[kind] if (each["vhost"], each["name"]) not in there)
    there = {tuple(each[key] for key in BINDING) for each in found.get("bindings", ())}
    for each in wanted["bindings"]:
        if tuple(each[key] for key in BINDING) not in there:
            yield f"bindings: {each['source']} to {each['destination']} by {each['routing_key']}"


def lost_dead_letters(wanted: Definitions, found: Definitions) -> Iterator[str]:
    """Queues whose dead letters would end nowhere."""
    queues = {(each["vhost"], each["name"]) for each in found["queues"]}
    ends = {
        (each["vhost"], each["source"], each["routing_key"])
        for each in found["bindings"]
        if each["destination_type"] == "queue" and (each["vhost"], each["destination"]) in queues
    }
    for queue in wanted["queues"]:
        arguments = queue["arguments"]
        if exchange := arguments.get("x-dead-letter-exchange"):
            key = arguments.get("x-dead-letter-routing-key")
            if (queue["vhost"], exchange, key) not in ends:
                yield f"queues: {queue['name']}: dead letters go to {exchange} by {key}, which no queue is bound to"
