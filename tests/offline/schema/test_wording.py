"""Documentation is taken at its word, and only where its word is plain."""

import pytest

from offline.schema.catalogue import Property
from offline.schema.relations import of_documentation, of_model, of_schema

EITHER = ("ownerName", "topicArn")


def rules(text: str, *others: str, owner: str = "ownerName") -> set[tuple[str, tuple[str, ...], tuple[str, ...]]]:
    properties = {name: Property(name, "string") for name in ("topicArn", "type", *others)}
    properties[owner] = Property(owner, "string", description=text)
    return {(one.rule, one.names, one.values) for one in of_documentation(properties)}


@pytest.mark.parametrize(
    ("text", "rule", "names"),
    [
        ("Conflicts with `topic_arn`.", "conflict", EITHER),
        ("Mutually exclusive with `topic_arn`.", "conflict", EITHER),
        ("Cannot be specified together with `topic_arn`.", "conflict", EITHER),
        ("You can't specify this parameter together with `topicArn`.", "conflict", EITHER),
        ("Cannot be set if `topic_arn` is set.", "conflict", EITHER),
        ("Exactly one of `owner_name` or `topic_arn` must be specified.", "exactly one", EITHER),
        ("You must specify either `owner_name` or `topic_arn`, but not both.", "exactly one", EITHER),
        ("Either `owner_name` or `topic_arn` must be set.", "at least one", EITHER),
        ("One of `owner_name` or `topic_arn` is required.", "at least one", EITHER),
        ("Required unless `topic_arn` is specified.", "at least one", EITHER),
        ("Required if `topic_arn` is not set.", "at least one", EITHER),
        ("Only one of `owner_name` or `topic_arn` can be set.", "at most one", EITHER),
        ("`owner_name` and `topic_arn` are mutually exclusive.", "at most one", EITHER),
        ("Specify either `owner_name` or `topic_arn`, not both.", "at most one", EITHER),
        ("Required if `topic_arn` is set.", "required with", ("topicArn", "ownerName")),
        ("Requires `topic_arn` to be set.", "required with", EITHER),
        ("Must be used in conjunction with `topic_arn`.", "required with", EITHER),
        ("Must be used with `topic_arn`.", "required with", EITHER),
    ],
)
def test_words_that_leave_no_doubt(text, rule, names):
    assert rules(text) == {(rule, names, ())}


@pytest.mark.parametrize("text", ["Required when `type` is `A`, `B` or `C`.", "Required if `type` is set to `A`."])
def test_a_need_that_hangs_on_a_value(text):
    ((rule, names, values),) = rules(text)
    assert (rule, names) == ("required with", ("type", "ownerName"))
    assert values in {("A", "B", "C"), ("A",)}


@pytest.mark.parametrize(
    "text",
    [
        "Conflicts with `topic_arn` when `type` is `A`.",
        "For queues, exactly one of `owner_name` or `topic_arn` must be specified.",
        "Required if `type` is `A` and `topic_arn` is not set.",
        "Required when creating a topic.",
        "Exactly one of `owner_name`, `topic_arn` or `something_else` must be specified.",
        "One of `A` or `B`.",
        "Conflicts with `something_else`.",
        "**NOTE:** The state `ENABLED` cannot be used in conjunction with the `topic_arn` argument.",
    ],
)
def test_a_condition_or_a_stranger_says_nothing(text):
    assert not rules(text)


def test_a_union_has_at_most_one_member_and_documentation_is_html():
    shape = {
        "union": True,
        "documentation": "<p>You must specify exactly one of the following:</p><ul><li><p>Cidr</p></li>"
        "<li><p><code>GroupId</code></p></li></ul>",
        "members": {"Cidr": {}, "GroupId": {"documentation": "<p>Conflicts with <code>Cidr</code>.</p>"}},
    }
    found = {(one.rule, one.names) for one in of_model(shape, {"Cidr": "cidr", "GroupId": "groupId"})}
    assert found == {("at most one", ("cidr", "groupId")), ("conflict", ("cidr", "groupId"))}
    listed = {**shape, "union": False, "members": {"CidrIp": {}, "GroupId": {}}}
    listed["documentation"] = shape["documentation"].replace("Cidr", "CidrIp")
    (one,) = of_model(listed, {"CidrIp": "cidr", "GroupId": "groupId"})
    assert (one.rule, one.names) == ("exactly one", ("cidr", "groupId"))


def test_cloudformation_speaks_of_our_inputs_or_of_none():
    definition = {
        "requiredXor": ["A", "B"],
        "requiredOr": ["A", "Stranger"],
        "anyOf": [{"required": ["B"]}, {"required": ["C"]}],
        "oneOf": [{"required": ["A"]}, {"required": ["B", "C"]}],
        "dependentExcluded": {"A": ["C", "Stranger"]},
        "dependentRequired": {"C": ["A"]},
    }
    found = {(one.rule, one.names) for one in of_schema(definition, {name: name.lower() for name in "ABC"})}
    assert found == {
        ("exactly one", ("a", "b")),
        ("at least one", ("b", "c")),
        ("conflict", ("a", "c")),
        ("required with", ("c", "a")),
    }
