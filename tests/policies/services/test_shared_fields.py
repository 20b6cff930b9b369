"""The table of fields that services share is the installed SDK's, and a type is found by it on the day it appears."""

import json

from guardrails.engine.packs import load_controls
from guardrails.model.resource import Resource
from guardrails.model.values import UNKNOWN
from guardrails.services.shared_fields import fields_of, has_controls_of_its_own, stated
from offline.schema.shared_fields import shared_fields
from tests.paths import ROOT

TABLE = ROOT / "policies" / "guardrails" / "services" / "shared_fields.json"


def test_the_table_is_current():
    assert json.loads(TABLE.read_text()) == shared_fields(), "run: python -m offline.schema.shared_fields > " + str(
        TABLE
    )


def test_meanings_are_told_by_names():
    assert fields_of("keys", "aws:msk/cluster:Cluster") == ["encryptionInfo.encryptionAtRestKmsKeyArn"]
    assert fields_of("encrypted", "aws:neptune/cluster:Cluster") == ["storageEncrypted"]
    assert fields_of("protected", "aws:dsql/cluster:Cluster") == ["deletionProtectionEnabled"]
    assert fields_of("zones", "aws:dms/replicationInstance:ReplicationInstance") == ["multiAz"]
    assert fields_of("keys", "aws:iam/role:Role") == []


def test_a_path_leads_into_blocks_that_are_set_only():
    made = {"volumes": [{"key": "a"}, {}], "none": [], "later": UNKNOWN}
    subject = Resource("aws:a/b:B", "urn", "b", lambda: (made, frozenset()))
    assert list(stated(subject, "volumes[*].key")) == [("volumes[0].key", "a"), ("volumes[1].key", None)]
    assert list(stated(subject, "none[*].key")) == []
    assert list(stated(subject, "absent.key")) == []
    assert list(stated(subject, "later.key")) == [("later", UNKNOWN)]
    assert list(stated(subject, "key")) == [("key", None)]


def test_controls_for_every_type_are_none_of_a_types_own():
    load_controls()
    assert has_controls_of_its_own("ENC", "aws:sqs/queue:Queue")
    assert not has_controls_of_its_own("ENC", "aws:sfn/stateMachine:StateMachine")
