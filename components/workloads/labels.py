"""Labels of Kubernetes objects: what belongs to the platform, to which service, in which colour."""

from __future__ import annotations

from components.edge.release_settings import Colour

NAME = "app.kubernetes.io/name"
COLOUR = "smile/colour"


def labels(service: str = "", colour: Colour | None = None, version: str = "") -> dict[str, str]:
    """Of one object; what is not known of it is left out."""
    given = {
        "app.kubernetes.io/part-of": "smile",
        "app.kubernetes.io/managed-by": "pulumi",
        NAME: service,
        COLOUR: colour or "",
        "app.kubernetes.io/version": version,
    }
    return {name: value for name, value in given.items() if value}


def selector(service: str, colour: Colour | None = None) -> dict[str, str]:
    """What finds the pods of a service, or those of one colour alone. It can't be changed later."""
    return {NAME: service} | ({COLOUR: colour} if colour else {})
