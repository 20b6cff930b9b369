"""Tables: paid by the request, encrypted, recoverable, kept from deletion; and what roles may do with them."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from components.table.table import Table, TableArgs, TableKey
from tests.recording import record

TABLE, ALARM = "dynamodb/table:Table", "cloudwatch/metricAlarm:MetricAlarm"
JOBS = {
    "name": "Jobs",
    "data_class": "internal",
    "key": TableKey(hash=("job_id", "S")),
    "indexes": {"by-status": TableKey(hash=("status", "S"), range=("started_at", "S"))},
    "expires": "expires_at",
}


@pytest.fixture(scope="session")
def keyed(context):
    return replace(context, keys={**context.keys, "tables": "arn:aws:kms:ap-southeast-3:123456789012:key/tables"})


@pytest.fixture(scope="session")
def recorded(keyed):
    def make(context=keyed, **changes):
        return record(lambda: {"table": Table("smile-jobs", TableArgs(context=context, **(JOBS | changes))).name})

    return make


@pytest.fixture(scope="session")
def jobs(recorded):
    return recorded().one(TABLE)


def test_a_table_is_paid_by_the_request_and_found_by_its_keys(jobs):
    assert (jobs["name"], jobs["billingMode"], jobs["hashKey"]) == ("Jobs", "PAY_PER_REQUEST", "job_id")
    (index,) = jobs["globalSecondaryIndexes"]
    assert (index["hashKey"], index["rangeKey"], index["projectionType"]) == ("status", "started_at", "ALL")
    assert {each["name"] for each in jobs["attributes"]} == {"job_id", "status", "started_at"}


def test_a_table_is_encrypted_with_its_own_key_and_recoverable(jobs):
    assert jobs["serverSideEncryption"] == {
        "enabled": True,
        "kmsKeyArn": "arn:aws:kms:ap-southeast-3:123456789012:key/tables",
    }
    assert jobs["pointInTimeRecovery"] == {"enabled": True}
    assert jobs["ttl"] == {"enabled": True, "attributeName": "expires_at"}


def test_a_table_without_an_age_keeps_its_items(recorded):
    assert "ttl" not in recorded(expires=None).one(TABLE)


@pytest.mark.parametrize("protected", [True, False])
def test_a_table_is_kept_from_deletion_as_the_stack_says(recorded, keyed, protected):
    protection = keyed.protection.model_copy(update={"protect": protected, "deletion_protection": protected})
    found = recorded(replace(keyed, protection=protection))
    assert found.one(TABLE)["deletionProtectionEnabled"] is protected
    assert next(each for each in found.resources if each.type == f"aws:{TABLE}").protect is protected


def test_refused_requests_raise_an_alarm(recorded):
    found = {each["metricName"]: each for each in recorded().of(ALARM).values()}
    assert set(found) == {"ReadThrottleEvents", "WriteThrottleEvents"}
    for each in found.values():
        assert each["dimensions"] == {"TableName": "Jobs"}
        assert (each["threshold"], each["comparisonOperator"]) == (0, "GreaterThanThreshold")


def test_a_role_gets_this_table_alone_and_deletes_nothing(keyed):
    found = {}

    def program():
        table = Table("smile-jobs", TableArgs(context=keyed, **JOBS))
        found.update(read=table.grant_read(), write=table.grant_write())

    record(program)
    arn = "arn:aws:dynamodb:ap-southeast-3:123456789012:table/Jobs"
    assert found["read"][0].resources == [arn, f"{arn}/index/*"]
    assert found["write"][0].resources == [arn]
    actions = {action for each in (*found["read"], *found["write"]) for action in each.actions}
    assert not any("Delete" in action or "Scan" in action for action in actions)


@pytest.mark.parametrize("name", ["ab", "with space", "a" * 256, ""])
def test_a_name_that_dynamodb_refuses_is_refused(context, name):
    with pytest.raises(ValueError, match="3 to 255"):
        TableArgs(context=context, **(JOBS | {"name": name}))


def test_an_attribute_with_two_types_is_refused(context):
    indexes = {"other": TableKey(hash=("job_id", "N"))}
    with pytest.raises(ValueError, match=r"indexes\.other: job_id is N, and S elsewhere"):
        TableArgs(context=context, **(JOBS | {"indexes": indexes}))


@given(st.dictionaries(st.sampled_from("abc"), st.tuples(st.sampled_from("xyz"), st.just("S")), max_size=3))
def test_every_attribute_of_a_key_is_declared_once(indexes):
    args = TableArgs(context=None, **(JOBS | {"indexes": {name: TableKey(hash=key) for name, key in indexes.items()}}))
    assert set(args.attributes) == {"job_id", *(name for name, _ in indexes.values())}
