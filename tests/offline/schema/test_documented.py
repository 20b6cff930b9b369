"""What is read from a property's documentation, in the type of the property or not at all."""

import pytest

from offline.schema.catalogue import Property
from offline.schema.documented import bounds, length, typed, values


@pytest.mark.parametrize(
    ("kind", "value", "expected"),
    [
        *(("string", "a", "a"), ("string", "null", None), ("string", "nil", None), ("string", None, None)),
        *(("boolean", "true", True), ("boolean", "False", False), ("boolean", "on", None), ("boolean", None, None)),
        *(("integer", "1,000", 1000), ("integer", "few", None), ("integer", None, None)),
        *(("number", "0.5", 0.5), ("number", None, None)),
        *(("list", "5", None), ("map", "5", None), ("object", "5", None), ("any", "5", None), ("asset", "5", None)),
    ],
)
def test_a_value_has_the_type_of_its_property_or_is_none(kind, value, expected):
    found = typed(Property("a", kind), value)
    assert (found, type(found)) == (expected, type(expected))


@pytest.mark.parametrize(
    ("words", "kind", "expected"),
    [
        ("The mode. Valid values are `a`, `b`, and `c`.", "string", ("a", "b", "c")),
        ("The mode. Valid values are `a` (default) or `b`.", "string", ("a", "b")),
        ("Valid values are `a` and `b`. `c` is also supported.", "string", ()),
        ("Valid values are `a` and `b`.", "boolean", ()),
        ("Valid values are `60` seconds (1 minute) or `600` seconds.", "integer", ("60", "600")),
        ("The mode.", "string", ()),
    ],
)
def test_only_a_whole_list_of_values_is_one(words, kind, expected):
    assert values(Property("a", kind, description=words)) == expected


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ("Integer between 1 and 16.", (1, 16)),
        ("Valid values are 1 through 5.", (1, 5)),
        ("Minimum value of 5.", (5, None)),
        ("Between 1 and 16, or 60 if it is long.", None),
        ("How many.", None),
    ],
)
def test_a_range_without_exceptions_is_one(words, expected):
    assert bounds(Property("a", "integer", description=words)) == expected


@pytest.mark.parametrize(
    ("words", "expected"),
    [("Between 3 and 63 characters.", (3, 63)), ("Maximum of 128 characters.", (None, 128)), ("A name.", (None, None))],
)
def test_a_length_is_of_characters(words, expected):
    assert length(Property("a", "string", description=words)) == expected
