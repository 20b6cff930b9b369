"""A resource as a control sees it, when what was unknown becomes known."""

from guardrails.model.resource import Resource
from guardrails.model.values import UNKNOWN


def test_what_is_filled_in_stands_among_the_leaves():
    subject = Resource("aws:a/b:B", "urn", "b", lambda: ({"policy": UNKNOWN}, frozenset()))
    assert subject.every_leaf == [("policy", UNKNOWN)]
    subject.fill_in("policy", {"Statement": [{"Effect": "Deny"}]})
    assert subject.every_leaf == [("policy.Statement[0].Effect", "Deny")]
