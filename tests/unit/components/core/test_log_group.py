"""Log groups: encrypted, with an end, and kept where investigations start from them."""

import pytest

from components.core.log_group import audit_log_group, log_group
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


def test_an_audit_log_is_evidence_and_known_to_whoever_copies_it(foundation_of):
    context = foundation_of(protection=Protection(retain_on_delete=True))

    def program():
        log_group("others", context, "/smile/prod/others", {}, None)
        audit_log_group("access", context, "/smile/prod/access", {}, None)

    made = record(program)
    assert [(each.name, each.path) for each in context.audit_logs] == [("access", "/smile/prod/access")]
    assert made.of("cloudwatch/logGroup:LogGroup")["access"]["skipDestroy"] is True
