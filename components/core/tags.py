"""Tags that a stack puts on every resource."""

from __future__ import annotations

from typing import Annotated

from pydantic import AfterValidator, StringConstraints

from components.core.settings.field import About, setting
from components.core.settings.section import Section

TAG_TEXT = r"^[\w .:/=+\-@]+$"
"""What AWS takes in a tag."""
MOST_EXTRA_TAGS = 30
"""A resource takes 50 tags; the program gives a subnet about ten, and services add theirs."""
FIXED_TAGS = ("Project", "Environment", "ManagedBy", "Owner", "Component", "DataClass")


def free_tag_name(name: str) -> str:
    """Let a tag's name pass that neither AWS nor this program has taken.

    Raises:
        ValueError: the name is taken.
    """
    if name.lower().startswith("aws:") or name.lower() in {fixed.lower() for fixed in FIXED_TAGS}:
        raise ValueError("is taken")
    return name


TagName = Annotated[
    str, StringConstraints(min_length=1, max_length=128, pattern=TAG_TEXT), AfterValidator(free_tag_name)
]
TagValue = Annotated[str, StringConstraints(min_length=1, max_length=256, pattern=TAG_TEXT)]


class Tags(Section):
    """Tags on every taggable resource, besides those that its component gives (Component, DataClass)."""

    owner: TagValue = setting(
        "platform",
        "the team that answers for the resources",
        About(valid="1 to 256 letters, digits, spaces and . : / = + - @ _"),
    )
    extra: dict[TagName, TagValue] = setting(
        {},
        "more tags, such as a cost centre: name -> value",
        About(
            valid=f"up to {MOST_EXTRA_TAGS} names of up to 128 and values of up to 256 letters, digits, spaces and "
            f". : / = + - @ _, no name beginning with aws: and none of {', '.join(FIXED_TAGS)}",
        ),
        max_length=MOST_EXTRA_TAGS,
    )
