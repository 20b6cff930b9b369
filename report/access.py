"""Who may do what, as a page tells it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class Permission:
    """What a role may, or may not; names of actions and resources stand between backticks.

    Attributes:
        actions: such as `` `sqs:ReceiveMessage, DeleteMessage` ``.
        on: the resources, in the names of the program.
        only_if: the conditions; empty for none.
        is_denied: it may not, whatever else is allowed.
    """

    actions: str
    on: str
    only_if: str = ""
    is_denied: bool = False

    @property
    def searched(self) -> str:
        """What a search for text looks in: each action with its service."""
        words = list[str]()
        for is_name, part in marked(self.actions):
            service, colon, names = part.partition(":")
            words += [f"{service}{colon}{name}" for name in names.split(", ")] if is_name and colon else [part]
        return " ".join([*words, self.on, self.only_if]).lower()


@dataclass(frozen=True, kw_only=True)
class Role:
    """A role of the stack.

    Attributes:
        name: its logical name.
        component: that it belongs to.
        taken_on: by whom, and under which conditions.
        permissions: of its own policies.
        is_complete: none of its policies is known only after deployment.
    """

    name: str
    component: str
    taken_on: str
    permissions: Sequence[Permission] = ()
    is_complete: bool = True


def marked(text: str) -> list[tuple[bool, str]]:
    """The parts of a text with backticks, each with whether it is a name."""
    return [(number % 2 == 1, part) for number, part in enumerate(text.split("`")) if part]
