"""A resource as a control sees it, when what was unknown becomes known."""

import pytest

from guardrails.model.resource import Resource
from guardrails.model.values import UNKNOWN, UndeterminedError, WrongTypeError


def holding(value, type_="aws:a/b:B"):
    return Resource(type_, "urn", "b", lambda: ({"it": value}, frozenset()))


@pytest.mark.parametrize(("text", "meant"), [("", None), ("true", True), ("false", False), ("False", "False")])
def test_a_text_is_read_as_the_provider_of_aws_reads_it_and_as_it_is_elsewhere(text, meant):
    assert repr(holding(text).raw("it")) == repr(meant)
    assert holding(text, "kubernetes:v1:Pod").raw("it") == text


@pytest.mark.parametrize(("value", "number"), [(7, 7), ("7", 7), ("0.5", 0.5), (None, 30), ("", 30)])
def test_a_number_may_be_written_as_a_text(value, number):
    assert holding(value).number("it", 30) == number


@pytest.mark.parametrize("value", [True, "many", [5], {"a": 5}, "1.x"])
def test_what_is_no_number_is_said_to_be_of_the_wrong_type(value):
    with pytest.raises(WrongTypeError) as raised:
        holding(value).number("it", 30)
    assert (raised.value.path, raised.value.expected) == ("it", "a number")


def test_a_list_in_place_of_a_text_and_a_text_in_place_of_a_list_are_of_the_wrong_type():
    assert (holding("a").text("it"), holding(None).text("it"), holding(None).items("it")) == ("a", "", [])
    with pytest.raises(WrongTypeError, match="a text"):
        holding(["a"]).text("it")
    with pytest.raises(WrongTypeError, match="a list"):
        holding("a").items("it")


def test_what_is_unknown_is_of_no_wrong_type():
    for read in (Resource.text, Resource.items):
        with pytest.raises(UndeterminedError):
            read(holding(UNKNOWN), "it")


def test_what_is_filled_in_stands_among_the_leaves():
    subject = Resource("aws:a/b:B", "urn", "b", lambda: ({"policy": UNKNOWN}, frozenset()))
    assert subject.every_leaf == [("policy", UNKNOWN)]
    subject.fill_in("policy", {"Statement": [{"Effect": "Deny"}]})
    assert subject.every_leaf == [("policy.Statement[0].Effect", "Deny")]
