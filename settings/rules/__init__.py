"""Rules over several settings, and those that differ by kind of environment: one module per section."""

from importlib import import_module
from pkgutil import iter_modules

from settings.rule import rule

for module in iter_modules(__path__):
    import_module(f"{__name__}.{module.name}")

RULES = tuple(rule)
