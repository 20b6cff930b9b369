"""Settings of the shared file system, its throughput and who sees which part of it."""

from __future__ import annotations

from typing import Annotated, Literal, get_args

from pydantic import StringConstraints

from components.core.settings.field import About, among, one_of, setting, switch
from components.core.settings.section import Section

Throughput = Literal["provisioned", "elastic", "bursting"]

DAYS_UNTOUCHED = (1, 7, 14, 30, 60, 90, 180, 270, 365)
"""After how many days EFS can move a file to Infrequent Access."""
MOST_MIBPS = 3414
"""EFS's own limit; a Region may allow less until AWS raises its quota."""
LARGEST_ID = 2**32 - 1
PERMISSIONS = r"^0?[0-7]{2}[0145]$"
"""In octal; others than owner and group may read but not write."""

ServiceName = Annotated[str, StringConstraints(max_length=32, pattern=r"^[a-z](-?[a-z0-9])*$")]
Folder = Annotated[str, StringConstraints(max_length=100, pattern=r"^(/[A-Za-z0-9_][A-Za-z0-9_.-]*){1,4}$")]
"""Absolute, and not the root, which would be all of the file system."""


class AccessPoint(Section):
    """A folder of the file system as one service sees it: its root, with a user of its own."""

    path: Folder = setting(
        ...,
        "the folder; EFS makes it when it is first used",
        About(valid="up to four levels and 100 characters, such as /reports, and not /"),
    )
    uid: int = setting(
        ...,
        "the user that every access counts as, whatever the pod says",
        About(valid=f"1 to {LARGEST_ID}; 0 is root"),
        ge=1,
        le=LARGEST_ID,
    )
    gid: int = setting(
        ...,
        "that user's group",
        About(valid=f"1 to {LARGEST_ID}; 0 is root's"),
        ge=1,
        le=LARGEST_ID,
    )
    permissions: str = setting(
        "0770",
        "of the folder, when EFS makes it",
        About(valid='octal in quotes, writable for owner and group alone, such as "0770"'),
        pattern=PERMISSIONS,
    )


class Files(Section):
    """The shared file system of one stack."""

    throughput: Throughput = setting(
        "provisioned",
        "provisioned: a rate that is always there and always paid for; elastic: paid by what is read and written; "
        "bursting: grows with the amount stored",
        one_of(get_args(Throughput)),
    )
    provisioned_mibps: int = setting(
        100,
        "the rate, where throughput is provisioned",
        About(unit="MiB/s", valid=f"1 to {MOST_MIBPS}"),
        ge=1,
        le=MOST_MIBPS,
    )
    infrequent_access_days: Annotated[int, among(DAYS_UNTOUCHED)] = setting(
        30,
        "files that nobody touched for so long move to Infrequent Access, and back when they are read",
        About(unit="days", valid=", ".join(map(str, DAYS_UNTOUCHED))),
    )
    access_points: dict[ServiceName, AccessPoint] = setting(
        {"shared": AccessPoint(path="/shared", uid=10001, gid=10001)},
        "service -> its folder, user, group and permissions; pods mount these and nothing else",
        About(valid="names of up to 32 lower-case letters, digits and single hyphens"),
    )
    replica: bool = switch("a second file system in the Region follows the first, within minutes", on=True)
    alarms: bool = switch("throughput near its limit and a replica that falls behind raise alarms", on=True)
