"""The rows of a graph on a CloudWatch dashboard: metrics, and what is made of them.

https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/CloudWatch-Dashboard-Body-Structure.html#CloudWatch-Dashboard-Properties-Metrics-Array-Format
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

Statistic = Annotated[
    str,
    StringConstraints(
        pattern=r"^(SampleCount|Average|Sum|Minimum|Maximum|IQM|p\d{1,2}(\.\d+)?|p100|(tm|wm|tc|ts|pr|TM|WM|TC|TS|PR)[\d.()%:]+)$"
    ),
]
"""https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/Statistics-definitions.html"""
Period = Annotated[int, Field(ge=60, multiple_of=60)]
"""Seconds."""
Colour = Annotated[str, StringConstraints(pattern=r"^#([0-9A-Fa-f]{3}){1,2}$")]
Identifier = Annotated[str, StringConstraints(pattern=r"^[a-z]\w*$", max_length=255)]
Side = Literal["left", "right"]


class Part(BaseModel):
    """A part of a body: JSON's types are not converted into each other."""

    model_config = ConfigDict(strict=True, extra="ignore")


class Rendering(Part):
    """How one metric is drawn, or what is made of others: the object at the end of its row."""

    expression: str | None = None
    id: Identifier | None = None
    label: str | None = None
    region: str | None = None
    accountId: str | None = None
    color: Colour | None = None
    period: Period | None = None
    stat: Statistic | None = None
    visible: bool = True
    yAxis: Side = "left"


class Metric(Part):
    """A row of a metric widget, with what it takes over from the row before spelled out.

    Attributes:
        namespace: empty for an expression, as is the name.
        dimensions: name -> value.
    """

    namespace: str = ""
    name: str = ""
    dimensions: dict[str, str] = {}
    rendering: Rendering = Rendering()


def spelled_out(rows: Sequence[Any]) -> list[dict[str, Any]]:
    """Rows of a metric widget as `Metric`: ``.`` repeats a word of the row before, ``...`` all further ones.

    Raises:
        ValueError: a row is no list, has dimensions without values, or repeats what isn't there.
    """
    made: list[dict[str, Any]] = []
    before: list[str] = []
    for row in rows:
        if not isinstance(row, list) or not row:
            raise ValueError(f"{row!r}: a metric is a list")
        *words, last = row
        rendering: Mapping[str, Any] = {}
        if isinstance(last, dict):
            rendering = last
        else:
            words.append(last)
        if not words:
            if "expression" not in rendering:
                raise ValueError(f"{row!r}: neither a metric nor an expression")
            made.append({"rendering": rendering})
            continue
        words = _repeated(words, before)
        if len(words) < 2 or len(words) % 2:
            raise ValueError(f"{row!r}: namespace, name, then a value for each dimension")
        before = words
        dimensions = dict(zip(words[2::2], words[3::2], strict=True))
        made.append({"namespace": words[0], "name": words[1], "dimensions": dimensions, "rendering": rendering})
    return made


def _repeated(words: Sequence[Any], before: Sequence[str]) -> list[str]:
    said: list[str] = []
    for word in words:
        if word == "..." and len(before) > len(said):
            said += before[len(said) : len(before) - (len(words) - 1 - words.index(word))]
        elif word == "." and len(before) > len(said):
            said.append(before[len(said)])
        elif isinstance(word, str) and word not in {".", "..."}:
            said.append(word)
        else:
            raise ValueError(f"{word!r}: no text, or nothing that it repeats")
    return said


def referred(expression: str) -> set[str]:
    """The ids that a math expression is made of; a Metrics Insights query is made of none."""
    if re.match(r"\s*SELECT\b", expression):
        return set()
    bare = re.sub(r"'[^']*'|\"[^\"]*\"", "", expression)
    return set(re.findall(r"(?<![\w.])[a-z]\w*\b(?!\s*\()", bare))
