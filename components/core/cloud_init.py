"""What an instance does at its first boot, as cloud-init takes it: packages, files, systemd units, commands.

https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/user-data.html
"""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import pulumi

LARGEST_BYTES = 16 * 1024
"""Of user data, before it is base64
(https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/instancedata-add-user-data.html)."""
UNITS = "/etc/systemd/system"


class UserDataError(ValueError):
    """User data that EC2 would refuse."""


@dataclass(frozen=True, kw_only=True)
class File:
    """A file that cloud-init writes before packages are installed, for root.

    Attributes:
        path: absolute.
        content: all of it; never a secret: whoever may describe launch templates reads it.
        mode: in octal.
    """

    path: str
    content: pulumi.Input[str]
    mode: str = "0644"


@dataclass(frozen=True, kw_only=True)
class Unit:
    """A systemd unit: sections -> their lines, as systemd.unit(5) has them; a sequence is a line for each item.

    Attributes:
        name: with its suffix, such as ``app-queue.service``.
        sections: of the file.
        starts: it is enabled and started at the first boot, once packages are there and commands have run.
    """

    name: str
    sections: Mapping[str, Mapping[str, str | Sequence[str]]]
    starts: bool = True

    def file(self) -> File:
        """The unit as a file."""
        return File(path=f"{UNITS}/{self.name}", content=self.text())

    def text(self) -> str:
        """The unit as systemd reads it."""
        written: list[str] = []
        for section, lines in self.sections.items():
            each = (
                f"{key}={value}"
                for key, values in lines.items()
                for value in ([values] if isinstance(values, str) else values)
            )
            written += [f"[{section}]", *each, ""]
        return "\n".join(written)


@dataclass(frozen=True, kw_only=True)
class CloudInit:
    """The first boot of an instance. It has no login: no user of the image is made, and no key is put in.

    Attributes:
        users: names of system users without a shell, for services.
        packages: of the distribution.
        files: written first.
        units: of services; those of packages are enabled by ``commands``.
        commands: run once, in this order, after the packages are there and before the units start.
    """

    users: Sequence[str] = ()
    packages: Sequence[str] = ()
    files: Sequence[File] = ()
    units: Sequence[Unit] = ()
    commands: Sequence[Sequence[pulumi.Input[str]]] = field(default_factory=list[Sequence[pulumi.Input[str]]])

    def body(self) -> dict[str, Any]:
        """The document."""
        started = [unit.name for unit in self.units if unit.starts]
        return {
            # Without "default" among them the image's own user isn't made.
            "users": [{"name": name, "system": True, "shell": "/sbin/nologin"} for name in self.users],
            "disable_root": True,
            "ssh_pwauth": False,
            "packages": list(self.packages),
            "write_files": [
                {"path": file.path, "permissions": file.mode, "content": file.content}
                for file in (*self.files, *(unit.file() for unit in self.units))
            ],
            "runcmd": [
                ["systemctl", "mask", "--now", "sshd.service", "sshd.socket"],
                ["systemctl", "daemon-reload"],
                *map(list, self.commands),
                *([["systemctl", "enable", "--now", *started]] if started else []),
            ],
        }

    def text(self) -> pulumi.Output[str]:
        """As cloud-init reads it, and an instance takes it. JSON is YAML, too.

        Raises:
            UserDataError: EC2 takes less.
        """
        return pulumi.Output.json_dumps(self.body(), separators=(",", ":")).apply(checked)

    def user_data(self) -> pulumi.Output[str]:
        """As launch templates take it: in base64.

        Raises:
            UserDataError: EC2 takes less.
        """
        return self.text().apply(lambda text: b64encode(text.encode()).decode())


def checked(document: str) -> str:
    """The document as user data.

    Raises:
        UserDataError: EC2 takes less.
    """
    text = f"#cloud-config\n{document}\n"
    if (size := len(text.encode())) > LARGEST_BYTES:
        raise UserDataError(f"user data has {size} bytes; EC2 takes {LARGEST_BYTES}")
    return text
