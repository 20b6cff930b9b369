"""Labels of Kubernetes objects: what belongs to the platform, to which service, in which colour."""

from __future__ import annotations

from dataclasses import dataclass

from components.edge.release_settings import Colour

NAME = "app.kubernetes.io/name"


@dataclass(frozen=True)
class Labels:
    """Labels of one platform's objects.

    Attributes:
        project: the platform, such as ``acme``: its objects are part of that, and carry ``acme/colour``.
    """

    project: str

    def __call__(self, service: str = "", colour: Colour | None = None, version: str = "") -> dict[str, str]:
        """Of one object; what is not known of it is left out."""
        given = {
            "app.kubernetes.io/part-of": self.project,
            "app.kubernetes.io/managed-by": "pulumi",
            NAME: service,
            self.colour: colour or "",
            "app.kubernetes.io/version": version,
        }
        return {name: value for name, value in given.items() if value}

    @property
    def colour(self) -> str:
        """The label that tells blue pods from green ones."""
        return f"{self.project}/colour"

    def selector(self, service: str, colour: Colour | None = None) -> dict[str, str]:
        """What finds the pods of a service, or those of one colour alone. It can't be changed later."""
        return pods_of(service) | ({self.colour: colour} if colour else {})


def pods_of(service: str) -> dict[str, str]:
    """What finds the pods of a service in every colour."""
    return {NAME: service}
