"""Texts that are documents are read as JSON and as YAML, and nothing that is too deep or multiplies itself."""

import json

import pytest

from guardrails.model.documents import document_in, json_text, objects_with, with_texts, yaml_text

POLICY = {"Statement": [{"Effect": "Allow"}]}


def test_short_tags_of_templates_are_functions_and_days_stay_texts():
    text = (
        "A: !Ref Key\nB: !Sub '${AWS::Region}'\nC: !GetAtt a.b\nD: !Join ['', [a, !Ref b]]\nVersion: 2012-10-17\n1: x\n"
    )
    assert yaml_text(text) == {
        "A": {"Ref": "Key"},
        "B": {"Fn::Sub": "${AWS::Region}"},
        "C": {"Fn::GetAtt": "a.b"},
        "D": {"Fn::Join": ["", ["a", {"Ref": "b"}]]},
        "Version": "2012-10-17",
        "1": "x",
    }


@pytest.mark.parametrize(
    "text", ["a: &x [1]\nb: *x\n", "a: [", "a: b: c", "just words", "a: !!python/object:os.system {}"]
)
def test_what_multiplies_itself_runs_code_or_is_no_document_is_not_read(text):
    assert yaml_text(text) is None


def test_a_document_deeper_than_a_hundred_levels_is_not_read():
    deep, shallow = ("[" * depth + "]" * depth for depth in (101, 100))
    assert json_text(shallow) is not None
    assert json_text(deep) is None
    assert yaml_text(f"a: {deep}\n") is None
    assert json_text("[" * 100_000) is None


def test_yaml_is_read_where_a_property_may_hold_it():
    text = "Resources:\n  A: b\n"
    assert document_in(text, "templateBody") == {"Resources": {"A": "b"}}
    assert document_in(text, "description") is None


def test_documents_inside_documents_are_taken_apart():
    found = dict(with_texts({"desiredState": json.dumps({"Policy": json.dumps(POLICY)}), "name": "a"}))
    assert found == {"desiredState.Policy.Statement[0].Effect": "Allow", "name": "a"}


def test_objects_are_found_at_any_depth():
    properties = {"a": [{"b": POLICY}], "templateBody": f"R:\n  P: {json.dumps(POLICY)}\n", "c": "no Statement"}
    assert list(objects_with(properties, "Statement")) == [("a[0].b", POLICY), ("templateBody.R.P", POLICY)]
