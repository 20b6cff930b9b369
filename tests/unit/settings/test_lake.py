"""The lake as settings: what is documented, and what is refused with its valid range."""

import pytest

from components.storage.settings import BucketUse, Storage
from settings import loader
from settings.rules.storage import NEEDED
from tests.stacks import STACKS, broken, settings_of

CASES = [
    ("tables: {Events: {columns: {a: string}}}", "lower-case letters, digits and '_'"),
    ("tables: {events: {columns: {a: text}}}", "events.columns.a"),
    ("tables: {stock: {columns: {}}}", "lake.tables.stock.columns: got none; valid: at least one column"),
    ("tables: {errors: {columns: {a: string}}}", "lake.tables.errors: a folder of the lake's own; valid: not errors"),
    ("tables: {stock: {columns: {day: date}}}", "columns.day: the name of the partition; valid: another name"),
    ("tables: {events: {stream: event}}", "events.stream: no stream event, did you mean events? valid: events"),
    ("buffer_mib: 63", "buffer_mib: got 63; valid: 64 to 128"),
    ("buffer_seconds: 901", "buffer_seconds: got 901; valid: 60 to 900"),
    ("query_limit_gib: 0", "query_limit_gib: got 0; valid: 1 to 7168"),
    ("first_day: soon", "first_day"),
    ("catalog_encryption: none", 'catalog_encryption: got "none"; valid: stack, account'),
]


@pytest.mark.parametrize(("lake", "message"), CASES)
def test_a_wrong_lake_is_refused_with_what_is_valid(mistakes, lake, message):
    assert message in " ".join(mistakes(f"config:\n  smile:lake: {{{lake}}}\n"))


BUCKETS = [
    ("lake: null", "storage.buckets.lake: is missing, but lake.enabled is true; valid: a bucket with key: analytics"),
    ("lake: {retention: forever}", 'lake.retention: got "forever"; valid: lake where there is a lake'),
    ("query-results: {retention: lake}", 'query-results.retention: got "lake"; valid: temporary'),
    ("lake: {key: objects}", 'lake.key: got "objects"; valid: analytics where there is a lake'),
]


@pytest.mark.requirement("SMILE-DATA-06")
@pytest.mark.parametrize(("buckets", "message"), BUCKETS)
def test_a_lake_without_its_buckets_is_refused(mistakes, buckets, message):
    assert message in " ".join(mistakes(f"config:\n  smile:storage: {{buckets: {{{buckets}}}}}\n"))


def test_a_bucket_with_the_key_of_the_lake_needs_a_lake():
    documents = BucketUse(holds="x", data_class="personal", key="analytics")
    (finding,) = broken(settings_of("dev", storage=Storage(buckets={"documents": documents})), "lake")
    assert finding.path == ("storage", "buckets", "documents", "key")


@pytest.mark.requirement("SMILE-DATA-08")
@pytest.mark.parametrize("stack", STACKS)
def test_lake_is_off_in_dev_alone_with_its_buckets(stack):
    settings = loader.from_files(stack)
    assert settings.lake.enabled is (stack != "dev")
    assert {"lake", "query-results"} <= settings.storage.buckets.keys() or stack == "dev"
    assert settings.storage.buckets.keys() >= NEEDED.keys()
