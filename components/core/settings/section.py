"""A group of settings, wherever it is built."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pydantic import BaseModel, ConfigDict, ValidationError
from pydantic_core import to_json

from components.core.settings.problems import Problem, SettingsError
from components.core.settings.translate import translated

ModelMetaclass = type(BaseModel)


class SectionType(ModelMetaclass):
    """Makes a section that is built in code as strict, and as clear, as one from a stack's file."""

    if not TYPE_CHECKING:  # a type checker goes by the fields

        def __call__(self, **values: object) -> BaseModel:
            """Build a section; lists, texts and mappings stand for tuples, addresses and sections, as in a file.

            Raises:
                SettingsError: lists every mistake.
            """
            try:
                return self.model_validate_json(to_json(values, fallback=repr))
            except ValidationError as error:
                problems = [Problem("", 0, *each) for each in translated(self, error)]
                raise SettingsError(self.__name__, problems) from None


class Section(BaseModel, metaclass=SectionType):
    """A group of settings: immutable, no unknown keys, no silent conversion between types."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)
