"""Kubernetes quantities: processors and memory, as its API server takes them."""

from __future__ import annotations

import re
from typing import Annotated

from pydantic import AfterValidator

CPU_FORM = "in quotes, cores such as 2 or 0.5, or thousandths of one such as 500m"
MEMORY_FORM = "a whole number with Mi or Gi, such as 512Mi"
CPU = re.compile(r"(?P<milli>[1-9]\d*)m|(?P<cores>\d+(\.\d{1,3})?)")
MEMORY = re.compile(r"(?P<number>[1-9]\d*)(?P<unit>Mi|Gi)")
MEBIBYTES = {"Mi": 1, "Gi": 1024}


def millicores(text: str) -> int:
    """Thousandths of a processor: 500 of ``500m`` and of ``0.5``.

    Raises:
        ValueError: it is no quantity of processors, or none at all.
    """
    if not (parts := CPU.fullmatch(text)):
        raise ValueError("not a quantity of processors")
    amount = int(parts["milli"]) if parts["milli"] else round(float(parts["cores"]) * 1000)
    if not amount:
        raise ValueError("nothing at all")
    return amount


def mebibytes(text: str) -> int:
    """MiB: 4096 of ``4Gi``.

    Raises:
        ValueError: it is no quantity of memory. Kubernetes takes more units; ``m``, a thousandth of a byte, is one.
    """
    if not (parts := MEMORY.fullmatch(text)):
        raise ValueError("not a quantity of memory")
    return int(parts["number"]) * MEBIBYTES[parts["unit"]]


def cpu(text: str) -> str:
    """Let a quantity of processors pass."""
    millicores(text)
    return text


def memory(text: str) -> str:
    """Let a quantity of memory pass."""
    mebibytes(text)
    return text


Cpu = Annotated[str, AfterValidator(cpu)]
Memory = Annotated[str, AfterValidator(memory)]
