"""Settings of the data lake: its tables, what is delivered to them, how much a query may read."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Literal, get_args

from pydantic import StringConstraints

from components.core.settings.field import About, one_of, setting, switch
from components.core.settings.section import Section
from components.streams.settings import StreamName

TYPES = "string, boolean, int, bigint, float, double, date, timestamp or decimal(PRECISION,SCALE)"
NAMES = "up to 60 lower-case letters, digits and '_', first a letter"
FIREHOSE = "https://docs.aws.amazon.com/firehose/latest/APIReference/API_BufferingHints.html"
SMALLEST_BUFFER, LARGEST_BUFFER = 64, 128
"""MiB, where Firehose converts the format."""
LONGEST_BUFFER = 900
MOST_GIB = 7 * 1024
"""Of one query: AWS's upper limit of the workgroup's setting isn't stated; this is what a year of events is."""
KEY = "analytics"
"""Class of data whose key encrypts the lake."""
QUERY_KEY = "queries"
"""That of its catalogue, and of what queries give."""
ERRORS = "errors"
"""Folder of what could not be converted or written."""
PARTITION = "day"
"""The one partition key of every table, in the stack's time zone."""

Catalog = Literal["stack", "account"]
Name = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]{0,59}$")]
ColumnType = Annotated[
    str,
    StringConstraints(pattern=r"^(string|boolean|int|bigint|float|double|date|timestamp|decimal\(\d{1,2},\d{1,2}\))$"),
]


class Table(Section):
    """One table: a folder of the bucket with Parquet files, a folder in it for each day."""

    columns: dict[Name, ColumnType] = setting(
        ...,
        f"name -> type of each column, besides {PARTITION}, by which it is partitioned",
        About(valid=f"names of {NAMES} -> {TYPES}", example="{}"),
    )
    stream: StreamName | None = setting(
        None,
        "the data stream whose events, JSON objects with these columns, are delivered to it; none where jobs write it",
        About(valid="a stream of the program, or none"),
    )


class Lake(Section):
    """The data lake of one stack."""

    enabled: bool = switch("whether there is one", on=False)
    tables: dict[Name, Table] = setting({}, "name -> table", About(valid=f"names of {NAMES}"))
    first_day: date = setting(
        date(2026, 1, 1),
        "the first day that there can be data of: queries look for none before",
        About(valid="YYYY-MM-DD"),
    )
    buffer_mib: int = setting(
        LARGEST_BUFFER,
        "events that are gathered for one file",
        About(unit="MiB", source=FIREHOSE),
        ge=SMALLEST_BUFFER,
        le=LARGEST_BUFFER,
    )
    buffer_seconds: int = setting(
        300,
        "after which a smaller file is written",
        About(unit="seconds", source=FIREHOSE),
        ge=60,
        le=LONGEST_BUFFER,
    )
    query_limit_gib: int = setting(
        1024,
        "more than which no query reads: it is cancelled",
        About(
            unit="GiB",
            source="https://docs.aws.amazon.com/athena/latest/ug/workgroups-setting-control-limits-cloudwatch.html",
        ),
        ge=1,
        le=MOST_GIB,
    )
    catalog_encryption: Catalog = setting(
        "stack",
        "whose the encryption of the account's whole Glue catalogue in the Region is: this stack's, with its key; "
        "somebody else's",
        one_of(get_args(Catalog)),
    )
    alarms: bool = switch("alarms on late deliveries and on events that fit no column", on=True)

    @property
    def delivered(self) -> dict[str, str]:
        """Table -> the stream that is delivered to it."""
        return {name: table.stream for name, table in self.tables.items() if table.stream}
