"""What lets a container out: folders of its host, and capabilities beyond those that every container may have."""

from __future__ import annotations

from collections.abc import Iterable

HOST_FOLDERS = (
    "/", "/etc", "/proc", "/root", "/run", "/sys", "/var/run", "/var/lib/docker", "/var/run/docker.sock",
    "/run/docker.sock", "/run/containerd/containerd.sock",
)  # fmt: skip
_SOCKETS = ("docker.sock", "containerd.sock", "crio.sock")
_HARMLESS_CAPABILITIES = frozenset(
    """
    AUDIT_WRITE CHOWN DAC_OVERRIDE FOWNER FSETID KILL MKNOD NET_BIND_SERVICE SETFCAP SETGID SETPCAP SETUID SYS_CHROOT
    """.split()
)
"""What container runtimes grant anyway, and Kubernetes' baseline Pod Security Standard lets be added."""


def is_way_out(path: object) -> bool:
    """Whether a folder or a socket of the host, mounted into a container, leads out of it."""
    text = f"/{path.strip('/')}" if isinstance(path, str) and path else ""
    return text in HOST_FOLDERS or text.endswith(_SOCKETS)


def capabilities_beyond(added: object) -> list[str]:
    """The capabilities, with or without CAP_, that no container has by itself."""
    names = added if isinstance(added, Iterable) and not isinstance(added, str | dict) else [added] if added else []
    return [name for name in map(str, names) if name.upper().removeprefix("CAP_") not in _HARMLESS_CAPABILITIES]
