"""Names and paths of services, as everything between the public and the pods takes them."""

from __future__ import annotations

from typing import Annotated

from pydantic import StringConstraints

LONGEST_SERVICE_NAME = 30
"""Characters: names that AWS and Kubernetes limit to 63, such as roles and hosts, are made of it."""
SERVICE_NAMES = f"up to {LONGEST_SERVICE_NAME} lower-case letters and digits, in words joined by '-', first a letter"
PATHS = "words after '/' that begin with a lower-case letter or digit and go on with '-', '.' and '_' too: /api/orders"

ServiceName = Annotated[
    str, StringConstraints(max_length=LONGEST_SERVICE_NAME, pattern=r"^[a-z][a-z0-9]*(-[a-z0-9]+)*$")
]
PublicPath = Annotated[str, StringConstraints(max_length=100, pattern=r"^(/[a-z0-9][a-z0-9._-]*)+$")]
