"""Properties that hold scripts: user data, commands of containers and builds, lifecycle hooks of notebooks."""

from __future__ import annotations

import re

from guardrails.model.values import last_name

_NAMES = frozenset(
    {
        "buildspec", "command", "commands", "content", "data", "entrypoint", "inlinecode", "oncreate", "onstart",
        "runcommand", "script", "startupscript", "studiolifecycleconfigcontent", "userdata", "userdatabase64",
    }
)  # fmt: skip
_IN_USER_DATA = re.compile(r"(?:^|\.)[uU]serData(?:Base64)?\b")
"""Below it stand the functions of templates that put it together."""


def is_script(path: str) -> bool:
    """Whether what the property holds is run by a shell, by its name."""
    return last_name(path) in _NAMES or _IN_USER_DATA.search(path) is not None


def is_user_data(path: str) -> bool:
    """Whether it is user data of an instance."""
    return _IN_USER_DATA.search(path) is not None
