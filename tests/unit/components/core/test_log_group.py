"""Log groups: encrypted, with an end, and kept where investigations start from them."""

import pytest

from components.core.log_group import log_group
from components.core.protection import Protection
from tests.recording import record


@pytest.mark.parametrize(
    ("evidence", "retain", "kept"), [(True, True, True), (True, False, False), (False, True, False)]
)
def test_evidence_outlives_a_stack_whose_data_does(foundation_of, evidence, retain, kept):
    context = foundation_of(protection=Protection(retain_on_delete=retain))
    made = record(lambda: log_group("logs", context, "/smile/prod/logs", {}, None, evidence=evidence).name)
    logs = made.one("cloudwatch/logGroup:LogGroup")
    assert logs["skipDestroy"] is kept
    assert (logs["name"], logs["retentionInDays"]) == ("/smile/prod/logs", 30)
    assert logs["kmsKeyId"].endswith("key/logs")
