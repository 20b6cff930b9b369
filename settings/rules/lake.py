"""The lake's rules: it has its buckets, its tables take streams that are there, each column once."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from components.core.settings.finding import Finding
from components.core.settings.problems import suggestion
from components.lake.settings import ERRORS, KEY, PARTITION, QUERY_KEY
from components.storage.settings import Retention
from settings.rule import rule
from settings.stack import Settings

BUCKETS: Mapping[str, tuple[Retention, str]] = {"lake": ("lake", KEY), "query-results": ("temporary", QUERY_KEY)}
"""The buckets that the lake writes to by name -> how long they keep what (SMILE-DATA-06), and the key."""
TAKEN = (ERRORS, "jobs", "logs")
"""Folders of the bucket that are no table's."""


@rule
def buckets_of_the_lake_are_there(settings: Settings) -> Iterator[Finding]:
    """The tables' for seven years, and that of query results for days; each with its key."""
    for bucket, (retention, key) in BUCKETS.items() if settings.lake.enabled else ():
        use, path = settings.storage.buckets.get(bucket), ("storage", "buckets", bucket)
        reads = (("lake", "enabled"),)
        if use is None:
            yield Finding(path, "is missing, but lake.enabled is true", f"a bucket with key: {key}", reads)
            continue
        if use.retention != retention:
            yield Finding((*path, "retention"), f'got "{use.retention}"', f"{retention} where there is a lake", reads)
        if use.key != key:
            yield Finding((*path, "key"), f'got "{use.key}"', f"{key} where there is a lake", reads)


@rule
def key_of_the_lake_is_there(settings: Settings) -> Iterator[Finding]:
    """The key is made with the lake."""
    for bucket, use in settings.storage.buckets.items() if not settings.lake.enabled else ():
        if use.key in {KEY, QUERY_KEY}:
            what, reads = f"got {use.key}, but there is no lake", (("lake", "enabled"),)
            yield Finding(("storage", "buckets", bucket, "key"), what, "another key, or null for the bucket", reads)


@rule
def tables_take_streams_that_are_there(settings: Settings) -> Iterator[Finding]:
    """Only streams of the stack can be delivered; a lake that is off asks for none."""
    streams = settings.streams.streams
    for table, stream in settings.lake.delivered.items() if settings.lake.enabled else ():
        if stream not in streams:
            what = f"no stream {stream}{suggestion(stream, streams)}"
            reads = (("streams", "streams"),)
            yield Finding(("lake", "tables", table, "stream"), what, ", ".join(streams) or "none: there is none", reads)


@rule
def names_are_free(settings: Settings) -> Iterator[Finding]:
    """No table has the folder of something else, and no column the name of the partition."""
    for name, table in settings.lake.tables.items():
        if name in TAKEN:
            yield Finding(("lake", "tables", name), "a folder of the lake's own", f"not {', '.join(TAKEN)}")
        if PARTITION in table.columns:
            path = ("lake", "tables", name, "columns", PARTITION)
            yield Finding(path, "the name of the partition", "another name")
        if not table.columns:
            yield Finding(("lake", "tables", name, "columns"), "got none", "at least one column")
