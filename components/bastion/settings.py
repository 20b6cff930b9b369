"""Settings of a bastion: the one host by which people reach private resources."""

from __future__ import annotations

from typing import Annotated, Literal, get_args

from pydantic import StringConstraints

from components.core.settings.field import About, one_of, setting, switch
from components.core.settings.section import Section

BastionType = Literal["t3.micro", "t3.small", "t3.medium"]
PUBLIC_KEY = r"^(ssh-ed25519|ecdsa-sha2-nistp(256|384|521)) [A-Za-z0-9+/]+={0,2}( [\w.@+-]+)?$"
"""One line of ``authorized_keys``; RSA and DSA keys are not taken."""
PublicKey = Annotated[str, StringConstraints(pattern=PUBLIC_KEY, max_length=600)]


class WorkingHours(Section):
    """When the bastion runs; it is stopped at other times and at weekends."""

    start: int = setting(
        7,
        "hour at which it is started, Monday to Friday",
        About(unit="hours, the stack's time zone", valid="0 to 22, before stop"),
        ge=0,
        le=22,
    )
    stop: int = setting(
        19,
        "hour at which it is stopped",
        About(unit="hours, the stack's time zone", valid="1 to 23, after start"),
        ge=1,
        le=23,
    )


class Bastion(Section):
    """A host in a private subnet, without any way in but Session Manager."""

    enabled: bool = switch("whether there is one", on=True)
    instance_type: BastionType = setting("t3.micro", "size of the host", one_of(get_args(BastionType)))
    volume_gib: int = setting(
        30,
        "size of its disk",
        About(unit="GiB", valid="8 to 100"),
        ge=8,
        le=100,
    )
    authorized_keys: tuple[PublicKey, ...] = setting(
        (),
        "public keys for SSH over Session Manager; without any, only its shell",
        About(valid='Ed25519 or ECDSA public keys, such as "ssh-ed25519 AAAA... name@host"'),
    )
    runs: Literal["always", "working_hours"] = setting(
        "always",
        "whether it is stopped outside working hours (dev)",
        one_of(("always", "working_hours")),
    )
    working_hours: WorkingHours = WorkingHours()
