"""What is wrong with buckets, whatever program they are in."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from components.core.settings.finding import Finding
from components.storage.settings import Delivery, Storage


def bucket_findings(storage: Storage, needed: Mapping[str, Sequence[Delivery]]) -> Iterator[Finding]:
    """Buckets that a program writes to by name and that aren't there, and what AWS delivers and none takes.

    Args:
        storage: all buckets.
        needed: name of a bucket -> what is delivered there at least.
    """
    path, buckets = ("storage", "buckets"), storage.buckets
    if missing := [bucket for bucket in needed if bucket not in buckets]:
        yield Finding(path, f"lacks {', '.join(missing)}", f"at least {', '.join(needed)}")
    for bucket in needed.keys() & buckets.keys():
        if lacking := [each for each in needed[bucket] if each not in buckets[bucket].deliveries]:
            valid = f"at least {', '.join(needed[bucket])}"
            yield Finding((*path, bucket, "deliveries"), f"lacks {', '.join(lacking)}", valid)
