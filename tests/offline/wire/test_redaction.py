"""Secrets on their way through the mock provider: the engine gets them back marked, the cloud never has them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from offline.wire.redaction import Redaction
from offline.wire.values import (
    OUTPUT_SIGNATURE,
    SIGNATURE,
    UNKNOWN,
    decode,
    encode,
    marks,
    remark,
    secret,
    secret_texts,
)

VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53), 2**53) | st.text(max_size=12),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=12,
)


def marked_somewhere(value):
    """The value with some of its parts, or all of it, marked."""
    parts = value
    if isinstance(value, dict):
        parts = st.fixed_dictionaries({key: marked_somewhere(item) for key, item in value.items()})
    elif isinstance(value, list):
        parts = st.tuples(*map(marked_somewhere, value)).map(list)
    else:
        parts = st.just(value)
    return parts | parts.map(secret)


@given(st.dictionaries(st.text(max_size=5), VALUES, max_size=4).flatmap(
    lambda plain: st.tuples(st.just(plain), *[
        st.fixed_dictionaries({key: marked_somewhere(value) for key, value in plain.items()})
    ])
))  # fmt: skip
def test_what_was_marked_is_marked_again_and_nothing_else(drawn):
    plain, sent = drawn
    struct = encode(sent)
    assert decode(struct) == plain
    again = encode(remark(plain, marks(struct)))
    assert decode(again) == plain
    assert secret_texts(again) == secret_texts(struct)
    assert marks(again) == marks(struct)


@given(st.text(min_size=1, max_size=30), st.text(max_size=30))
def test_a_secret_is_hidden_wherever_it_is_whole_and_comes_back(text, other):
    struct = encode({"password": secret(text), "list": [secret({"in": text})], "other": other, "number": 5})
    redaction, plain = Redaction(struct), decode(struct)
    hidden = redaction.redact(plain)
    assert text not in {hidden["password"], hidden["list"][0]["in"]} or text.startswith("secret-")
    assert hidden["number"] == 5
    assert redaction.restore(hidden) == plain


def test_a_long_secret_is_hidden_inside_other_texts_and_a_short_one_is_not():
    redaction = Redaction(encode({"long": secret("correct-horse"), "short": secret("dev")}))
    assert "correct-horse" not in redaction.redact("mysql://user:correct-horse@db")
    assert redaction.restore(redaction.redact("mysql://user:correct-horse@db")) == "mysql://user:correct-horse@db"
    assert redaction.redact("develop") == "develop"


@pytest.mark.parametrize(
    "sent",
    [
        {SIGNATURE: OUTPUT_SIGNATURE, "value": "a-password", "secret": True},
        secret({SIGNATURE: OUTPUT_SIGNATURE, "value": "a-password"}),
        {SIGNATURE: OUTPUT_SIGNATURE, "value": secret("a-password")},
    ],
)
def test_outputs_that_are_secret_count_as_secrets(sent):
    struct = encode({"password": sent})
    assert decode(struct) == {"password": "a-password"}
    assert secret_texts(struct) == {"a-password"}
    assert marks(struct) == {"password": True}


def test_a_secret_that_is_not_known_yet_stays_unknown():
    struct = encode({"password": secret(UNKNOWN)})
    assert Redaction(struct).redact(decode(struct)) == {"password": UNKNOWN}
    assert marks(struct) == {"password": True}


def test_a_text_that_was_made_of_parts_is_secret_when_a_part_was() -> None:
    struct = encode({"policy": {"Statement": [{"Resource": secret("arn")}]}})
    assert remark({"policy": "text"}, marks(struct)) == {"policy": secret("text")}
