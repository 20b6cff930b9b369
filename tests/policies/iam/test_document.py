"""The policy language: every way to write a document is read the same."""

import json
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from guardrails.iam.conditions import allows_public_principal, is_narrowed, pinned, pins_exactly
from guardrails.iam.document import MalformedPolicyError, Principal, parse
from guardrails.iam.patterns import covers_format, fits_format, is_any_arn, matches, matches_action, overlap
from guardrails.model.values import UNKNOWN, UndeterminedError

PATTERNS = st.text(alphabet="ab*?:/.", max_size=8)
TEXTS = st.text(alphabet="ab:/.", max_size=8)
NAMES = st.lists(st.sampled_from(["s3:GetObject", "SQS:*", "kms:Decr?pt", "*"]), min_size=1, max_size=3)
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=6,
)


def covers(pattern: str, text: str) -> bool:
    """The definition of IAM's wildcards, by recursion."""
    if not pattern:
        return not text
    if pattern[0] == "*":
        return covers(pattern[1:], text) or (bool(text) and covers(pattern, text[1:]))
    return bool(text) and pattern[0] in {"?", text[0]} and covers(pattern[1:], text[1:])


def one(**elements):
    return parse({"Version": "2012-10-17", "Statement": {"Effect": "Allow", **elements}}).statements[0]


@given(PATTERNS, TEXTS)
def test_wildcards_match_as_iam_defines_them(pattern, text):
    assert matches(pattern, text) == covers(pattern, text)


@given(PATTERNS, TEXTS)
def test_actions_match_whatever_their_case(pattern, text):
    assert matches_action(pattern.upper(), text) == covers(pattern, text)


@given(PATTERNS, TEXTS)
def test_a_pattern_overlaps_a_plain_text_when_it_covers_it(pattern, text):
    assert overlap(pattern, text) == overlap(text, pattern) == covers(pattern, text)


@given(PATTERNS, PATTERNS, TEXTS)
def test_patterns_that_cover_one_text_overlap(one, other, text):
    assert overlap(one, other) or not (covers(one, text) and covers(other, text))


@given(NAMES, NAMES)
def test_text_and_map_statement_and_list_and_any_case_of_names_are_the_same(actions, resources):
    written = {"Effect": "Allow", "Action": actions, "Resource": resources}
    lower = {"effect": "Allow", "action": actions, "resource": resources}
    forms = [
        {"Version": "2012-10-17", "Statement": [written]},
        {"Version": "2012-10-17", "Statement": written},
        json.dumps({"Version": "2012-10-17", "Statement": [written]}, indent=2),
        {"version": "2012-10-17", "statement": lower},
    ]
    read = {(d.version, d.size > 0, s.allows, s.actions, s.resources) for d in map(parse, forms) for s in d.statements}
    assert read == {("2012-10-17", True, True, tuple(actions), tuple(resources))}


@given(st.sampled_from(["Action", "NotAction", "Resource", "NotResource"]), st.text(max_size=9))
def test_a_single_value_is_a_list_of_one(element, value):
    attribute = re.sub(r"(?<!^)(?=[A-Z])", "_", element).lower() + "s"
    assert getattr(one(**{element: value}), attribute) == getattr(one(**{element: [value]}), attribute) == (value,)


@given(JSON)
def test_whatever_the_json_holds_it_is_read_or_refused(value):
    for written in (
        value,
        json.dumps(value),
        {"Statement": value},
        {"Statement": [{"Effect": "Allow", "Action": value}]},
    ):
        try:
            document = parse(written)
        except MalformedPolicyError:
            continue
        for statement in document.statements:
            list(statement.faults(resource=True, principal=False))
            assert isinstance(statement.actions + statement.resources + statement.conditions, tuple)


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("", "not valid JSON"),
        ('{"Statement": [', "line 1, column"),
        ("[]", "not a JSON object"),
        ('{"Version": "2012-10-17"}', "no Statement"),
        ('{"Statement": ["hunter2"]}', "Statement[0]"),
        ('{"Statement": {"Action": "a", "Action": "b"}}', "twice"),
        ("[" * 100_000, "nested too deeply"),
    ],
)
def test_a_malformed_document_says_why_and_not_what(text, why):
    with pytest.raises(MalformedPolicyError, match=re.escape(why)) as caught:
        parse(text)
    assert "hunter2" not in str(caught.value)


def test_equal_texts_are_parsed_once():
    text = '{"Statement": {"Effect": "Allow", "Action": "s3:GetObject", "Resource": "*"}}'
    assert parse(text) is parse("".join(text))


def test_size_leaves_out_white_space():
    document = {"Statement": []}
    assert parse(json.dumps(document, indent=8)).size == len('{"Statement":[]}')


def test_an_unknown_element_hides_only_itself():
    document = parse(
        {"Statement": [{"Effect": "Allow", "Action": "s3:*", "Resource": ["*", UNKNOWN]}, {"Effect": "Deny"}, UNKNOWN]}
    )
    first, second, third = document.statements
    assert first.actions == ("s3:*",)
    assert second.denies
    for statement, read in ((first, "resources"), (third, "actions")):
        with pytest.raises(UndeterminedError) as caught:
            getattr(statement, read)
        assert caught.value.path.startswith(statement.path + ".")


@pytest.mark.parametrize(
    ("principal", "expected"),
    [
        ("*", [Principal("*", "*")]),
        ({"AWS": "*"}, [Principal("AWS", "*")]),
        (
            {"AWS": ["1", "2"], "Service": "ec2.amazonaws.com"},
            [("AWS", "1"), ("AWS", "2"), ("Service", "ec2.amazonaws.com")],
        ),
    ],
)
def test_principals_in_every_form(principal, expected):
    assert list(one(Principal=principal).principals) == expected
    assert list(one(NotPrincipal=principal).not_principals) == expected


@pytest.mark.parametrize(
    ("name", "account", "whole"),
    [
        ("111122223333", "111122223333", True),
        ("arn:aws:iam::111122223333:root", "111122223333", True),
        ("arn:aws-cn:iam::111122223333:role/x", "111122223333", False),
        ("arn:aws:sts::111122223333:assumed-role/x/y", "111122223333", False),
        ("AIDAEXAMPLE", None, False),
    ],
)
def test_the_account_of_a_principal(name, account, whole):
    principal = Principal("AWS", name)
    assert (principal.account, principal.is_whole_account) == (account, whole)


@pytest.mark.parametrize(
    ("condition", "values"),
    [
        ({"StringEquals": {"AWS:SourceAccount": "1"}}, ("1",)),
        ({"StringLike": {"aws:sourceaccount": ["1", "2*"]}}, ("1", "2*")),
        ({"ForAnyValue:StringEquals": {"aws:SourceAccount": "1"}}, ("1",)),
        ({"ForAllValues:StringEquals": {"aws:SourceAccount": "1"}}, ()),
        ({"StringEqualsIfExists": {"aws:SourceAccount": "1"}}, ()),
        ({"StringNotEquals": {"aws:SourceAccount": "1"}}, ()),
        ({"StringLike": {"aws:SourceAccount": ["1", "*"]}}, ()),
        ({"Null": {"aws:SourceAccount": "false"}}, ()),
        ({"StringEquals": {"aws:SourceArn": "1"}}, ()),
    ],
)
def test_a_key_is_pinned_only_by_a_test_that_a_request_without_it_fails(condition, values):
    assert pinned(one(Condition=condition), "aws:SourceAccount") == values


def test_exact_pinning_takes_a_like_without_wildcards():
    assert pins_exactly(one(Condition={"StringLike": {"x:sub": "a:b"}}), "x:sub")
    assert not pins_exactly(one(Condition={"StringLike": {"x:sub": "a:?"}}), "x:sub")
    assert not pins_exactly(one(Condition={"StringLike": {"x:aud": "a"}}), "x:sub")


@pytest.mark.parametrize(
    ("condition", "narrows"),
    [
        (None, False),
        ({"Bool": {"aws:SecureTransport": True}}, False),
        ({"IpAddress": {"aws:SourceIp": "0.0.0.0/0"}}, False),
        ({"StringLike": {"aws:ResourceTag/x": "*"}}, False),
        ({"IpAddress": {"aws:SourceIp": "10.0.0.0/8"}}, True),
        ({"StringEquals": {"aws:ResourceTag/x": "y"}}, True),
    ],
)
def test_only_a_condition_that_excludes_something_narrows(condition, narrows):
    assert is_narrowed(one(Condition=condition)) is narrows


@pytest.mark.parametrize(
    ("elements", "public"),
    [
        ({"Principal": "*"}, True),
        ({"Principal": {"AWS": ["111122223333", "*"]}}, True),
        ({"NotPrincipal": {"AWS": "111122223333"}}, True),
        ({"Principal": {"AWS": "111122223333"}}, False),
        ({"Principal": "*", "Effect": "Deny"}, False),
        ({"Principal": "*", "Condition": {"StringEquals": {"aws:PrincipalOrgID": "o-1"}}}, False),
        ({"Principal": "*", "Condition": {"StringEquals": {"aws:SourceVpce": "vpce-1"}}}, False),
        ({"Principal": "*", "Condition": {"ArnLike": {"aws:SourceArn": "arn:aws:s3:::records"}}}, False),
        ({"Principal": "*", "Condition": {"ArnLike": {"aws:SourceArn": "arn:aws:sns:*:111122223333:*"}}}, False),
        ({"Principal": "*", "Condition": {"ArnLike": {"aws:SourceArn": "arn:aws:sns:*:*:*"}}}, True),
        ({"Principal": "*", "Condition": {"ArnLike": {"aws:SourceArn": "arn:aws:s3:::*"}}}, True),
        ({"Principal": "*", "Condition": {"IpAddress": {"aws:SourceIp": "0.0.0.0/0"}}}, True),
        ({"Principal": "*", "Condition": {"Bool": {"aws:SecureTransport": "true"}}}, True),
    ],
)
def test_public_is_everyone_unless_tied_to_account_organisation_or_network(elements, public):
    assert allows_public_principal(one(**elements)) is public


BUCKET, OBJECT = "arn:${Partition}:s3:::${BucketName}", "arn:${Partition}:s3:::${BucketName}/${ObjectName}"
ROLE = "arn:${Partition}:iam::${Account}:role/${RoleNameWithPath}"


@pytest.mark.parametrize(
    ("resource", "arn_format", "fits", "every"),
    [
        ("*", ROLE, True, True),
        ("arn:aws:*:*:*:*", ROLE, True, True),
        ("arn:aws:iam::1:role/*", ROLE, True, True),
        ("arn:aws:iam::1:*", ROLE, True, True),
        ("arn:aws:iam::1:role/app-*", ROLE, True, False),
        ("arn:aws:iam::1:user/*", ROLE, False, False),
        ("arn:aws:s3:::b", BUCKET, True, False),
        ("arn:aws:s3:::*", BUCKET, True, True),
        ("arn:aws:s3:::b/*", BUCKET, False, False),
        ("arn:aws:s3:::b", OBJECT, False, False),
        ("arn:aws:s3:::b*", OBJECT, True, False),
        ("arn:aws:s3:::*/*", OBJECT, True, True),
        ("arn:aws:s3:::${aws:username}/*", OBJECT, True, False),
        ("arn:aws:sqs:*:*:*", OBJECT, False, False),
    ],
)
def test_an_arn_against_the_format_of_a_resource(resource, arn_format, fits, every):
    assert fits_format(resource, arn_format) is fits
    assert covers_format(resource, arn_format) is every


def test_what_covers_every_arn():
    assert [
        each for each in ("*", "**", "arn:*", "arn:aws:*", "arn:aws:s3:::*", "arn:aws:iam::1:*", "") if is_any_arn(each)
    ] == [
        "*",
        "**",
        "arn:*",
        "arn:aws:*",
    ]
