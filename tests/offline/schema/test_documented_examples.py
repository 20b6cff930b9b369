"""The examples in the SDK's documentation are accepted: whoever refuses one refuses too much."""

import pytest

from offline.schema.catalogue import resource_tokens, resource_type
from offline.schema.validation import check
from tests.offline.schema.documented_examples import examples

pytestmark = pytest.mark.xdist_group("types")  # each reads every type; a process reads it once

# Examples that are cut short or written with placeholders, and one that the service refuses: type -> what it lacks.
_LACKING = {
    "aws:autoscaling/group:Group": "launchTemplate",
    "aws:cloudfront/distribution:Distribution": "cachePolicyId",
}


@pytest.mark.parametrize("eighth", [0, *(pytest.param(each, marks=pytest.mark.slow) for each in range(1, 8))])
def test_no_documented_example_breaks_a_rule_between_inputs(eighth):
    tried = 0
    for token in resource_tokens("aws")[eighth::8]:
        for inputs in examples(token):
            tried += 1
            for failure in check(resource_type(token), inputs):
                excused = token in _LACKING and _LACKING[token] in failure.reason
                assert excused or not _is_combination(failure.reason), (token, failure, sorted(inputs))
    assert tried > 200, "the documentation has some 2,900 examples"


def _is_combination(reason: str) -> bool:
    words = ("conflicts with", "only one of", "invalid combination", "all of", "is required when")
    return any(each in reason for each in words)
