"""The settings of the PDF ETL: ``loader.for_program()`` in the program, ``from_files("prod")`` anywhere else."""

from __future__ import annotations

from pathlib import Path

from components.core.settings.load import Loader
from platforms.pdfetl.rules import RULES
from platforms.pdfetl.settings import NAME, REGION, Settings, defaults

loader = Loader(
    project=NAME,
    settings=Settings,
    root=Path(__file__).resolve().parent,
    rules=RULES,
    provider=lambda _: {"aws:region": REGION},
    unique=("account.id",),
    defaults=defaults,
)
