"""Reading what the engine sends."""

from google.protobuf.struct_pb2 import Struct
from hypothesis import given
from hypothesis import strategies as st

from guardrails.engine.wire import read_properties
from guardrails.model.resource import Resource
from guardrails.model.values import UNKNOWN, parse_path

SIGNATURE = "4dabf18193072939515e22adb298388d"
PLAIN = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53), 2**53) | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
)


def read(values):
    struct = Struct()
    struct.update(values)
    return read_properties(struct)


@given(st.dictionaries(st.text(max_size=5), PLAIN, max_size=3))
def test_plain_values_arrive_as_they_were_written(values):
    assert read(values) == (values, frozenset())


def test_whole_numbers_are_int_and_fractions_are_float():
    values, _ = read({"port": 3306, "ratio": 0.5})
    assert (values["port"], type(values["port"]), values["ratio"]) == (3306, int, 0.5)


def test_every_kind_of_unknown_is_unknown():
    sentinels = ("1c4a061d-8072-4f0a-a4cb-0ff528b18fe7", "3eeb2bf0-c639-47a8-9e75-3b44932eb421",
                 "04da6b54-80e4-46f7-96ec-b56ff0331ba9", "6a19a0b0-7e62-4c92-b797-7f8e31da9cc2",
                 "030794c1-ac77-496b-92df-f27374a8bd58", "e48ece36-62e2-4504-bad9-02848725956a",
                 "dd056dcd-154b-4c76-9bd3-c8f88648b5ff")  # fmt: skip
    assert read({"a": list(sentinels)})[0] == {"a": [UNKNOWN] * len(sentinels)}


def test_secrets_are_unwrapped_and_remembered_however_deep():
    secret = {SIGNATURE: "1b47061264138c4ac30d75fd1eb44270", "value": {"a": "b"}}
    output = {SIGNATURE: "d0e6a833031e9bbcd3f4e8bde6ca49a4", "value": 1, "secret": True}
    values, secrets = read({"list": [{"x.y": secret}], "output": output})
    assert values == {"list": [{"x.y": {"a": "b"}}], "output": 1}
    assert secrets == {'list[0]["x.y"]', "output"}
    assert parse_path('list[0]["x.y"]') == ("list", 0, "x.y")


def test_an_output_without_a_value_is_unknown_and_a_reference_is_its_id():
    values, _ = read({
        "later": {SIGNATURE: "d0e6a833031e9bbcd3f4e8bde6ca49a4"},
        "named": {SIGNATURE: "5cf8f73096256a8f31e491e813e4eb8e", "urn": "urn:x", "id": "vpc-1"},
        "component": {SIGNATURE: "5cf8f73096256a8f31e491e813e4eb8e", "urn": "urn:x"},
    })  # fmt: skip
    assert values == {"later": UNKNOWN, "named": "vpc-1", "component": "urn:x"}


def test_an_asset_is_what_describes_it():
    asset = {SIGNATURE: "c44067f5952c0a294b673a41bacd8c17", "path": "code.zip", "hash": "1"}
    assert read({"code": asset})[0] == {"code": {"path": "code.zip", "hash": "1"}}


def test_properties_are_read_at_most_once_and_only_when_needed():
    calls = []
    resource = Resource("a:b:C", "urn", "name", lambda: (calls.append(1) or {"a": 1}, frozenset()))
    assert calls == []
    assert (resource.get("a"), resource.get("b", 2), len(calls)) == (1, 2, 1)
