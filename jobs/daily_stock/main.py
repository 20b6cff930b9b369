"""From events to each day's stock per facility and material.

A day is read whole and written whole: a run that is started again, for any day, leaves the same rows. The stock of a
day is that of the day before with the day's movements; a day without events keeps it. Events that come twice, with the
same id, count once.

Usage: main.py --events LOCATION --daily_stock LOCATION --time-zone ZONE [--day YYYY-MM-DD]; without a day, yesterday.
"""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from pyspark.errors import AnalysisException
from pyspark.sql import DataFrame, SparkSession
from pyspark.sql import functions as f

PLACE = ("facility_id", "material_id")
"""What a stock is of."""
KINDS = {"received": "stock.received", "issued": "stock.issued", "adjusted": "stock.adjusted"}
"""Column -> the type of the events that it sums. What is issued has a positive quantity, and goes out."""
COLUMNS = (*PLACE, *KINDS, "stock", "events")


def daily_stock(events: DataFrame, before: DataFrame | None) -> DataFrame:
    """The stock at the end of a day.

    Args:
        events: of the day.
        before: the stock at the end of the day before; None where there is none.
    """
    once = events.where(f.col("event_type").isin(*KINDS.values())).dropDuplicates(["event_id"])
    sums = [
        f.coalesce(f.sum(f.when(f.col("event_type") == kind, f.col("quantity"))), f.lit(0)).alias(column)
        for column, kind in KINDS.items()
    ]
    moved = once.groupBy(*PLACE).agg(*sums, f.count("*").alias("events"))
    if before is not None:
        moved = moved.join(before.select(*PLACE, f.col("stock").alias("before")), on=[*PLACE], how="full")
    else:
        moved = moved.withColumn("before", f.lit(0))
    moved = moved.na.fill(0, [*KINDS, "events", "before"])
    stock = f.col("before") + f.col("received") - f.col("issued") + f.col("adjusted")
    return moved.select(*PLACE, *[f.col(kind).cast("bigint") for kind in KINDS], stock.alias("stock"), "events")


def folder(spark: SparkSession, location: str, day: date) -> DataFrame | None:
    """What one day of a table has; None where it has none."""
    try:
        return spark.read.parquet(f"{location}/day={day}")
    except AnalysisException as error:
        if error.getErrorClass() != "PATH_NOT_FOUND":
            raise
        return None


def run(spark: SparkSession, events: str, daily_stock_location: str, day: date) -> int:
    """Write one day's stock; gives the number of its rows.

    Raises:
        LookupError: there is neither an event of the day nor a stock of the day before: something is amiss before here.
    """
    of_day, before = folder(spark, events, day), folder(spark, daily_stock_location, day - timedelta(days=1))
    if of_day is None and before is None:
        raise LookupError(f"no events of {day} in {events}, and no stock of the day before")
    if of_day is None:
        of_day = spark.createDataFrame([], "event_id string, event_type string, quantity bigint, "
                                           "facility_id string, material_id string")  # fmt: skip
    found = daily_stock(of_day, before).coalesce(1)
    found.write.mode("overwrite").parquet(f"{daily_stock_location}/day={day}", compression="snappy")
    return spark.read.parquet(f"{daily_stock_location}/day={day}").count()


def parsed(arguments: Sequence[str] | None = None) -> Any:
    """The command's arguments."""
    parser = argparse.ArgumentParser(description="Each day's stock per facility and material.")
    parser.add_argument("--events", required=True)
    parser.add_argument("--daily_stock", required=True)
    parser.add_argument("--time-zone", required=True, type=ZoneInfo)
    parser.add_argument("--day", type=date.fromisoformat)
    found = parser.parse_args(arguments)
    found.day = found.day or datetime.now(found.time_zone).date() - timedelta(days=1)
    return found


if __name__ == "__main__":
    given = parsed()
    session = SparkSession.builder.appName("daily-stock").getOrCreate()
    rows = run(session, given.events, given.daily_stock, given.day)
    print(f"{given.day}: {rows} stocks written")
    session.stop()
