"""Imports of a package of Pulumi's SDKs what a program uses: for ``ec2.Vpc``, one of ``pulumi_aws.ec2``'s 180 modules.

``pulumi_aws`` imports ``pulumi_aws.ec2`` when something of it is used first, but then all of it, since its ``__init__``
says ``from .ami import *`` and so on. Here each of these lines waits until somebody asks for a name that it gives.
A name whose module can't be told from its spelling makes the package import itself as it is published.

The annotations of modules wait, too, as with ``from __future__ import annotations``: to evaluate them takes as long
as all the rest of it, and few are ever asked for.
"""

from __future__ import annotations

import importlib
import marshal
import os
import re
import struct
import sys
from collections.abc import Iterator, Mapping, Sequence
from functools import partial
from importlib.abc import MetaPathFinder
from importlib.machinery import ModuleSpec, PathFinder, SourceFileLoader
from importlib.util import MAGIC_NUMBER, cache_from_source
from pathlib import Path
from types import CodeType, ModuleType
from typing import Any

DEFERRED = annotations.compiler_flag
GENERATED = ("pulumi_aws.", "pulumi_kubernetes.")
INPUTS, OUTPUTS = "_inputs", "outputs"
"""The modules of nested types; the package has the names of the first, and the second as it is."""
MODULE = re.compile(rf"from \.(?P<all_of>\w+) import \*|from \. import {OUTPUTS}")
NOTHING = re.compile(r"(#.*|import builtins as _builtins|from \.+ import _utilities|import typing)?")
ROLE = re.compile(r"^awaitable|(init|patch)?args(dict)?$|result$|output$")
"""What a module's names have besides its own."""


def install() -> None:
    """Take effect in this process, on packages that aren't imported yet; once, however often it is called."""
    if not any(isinstance(each, Finder) for each in sys.meta_path):
        sys.meta_path.insert(0, Finder())


class Finder(MetaPathFinder):
    """Finds the SDKs' packages where Python does, and gives them the loader below."""

    def find_spec(
        self, fullname: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        """None for anything else: Python's own finders follow."""
        if not fullname.startswith(GENERATED):
            return None
        spec = PathFinder.find_spec(fullname, path, target)
        if spec and type(spec.loader) is SourceFileLoader:
            of = PackageLoader if spec.submodule_search_locations else ModuleLoader
            spec.loader = of(fullname, spec.loader.path)
        return spec


class ModuleLoader(SourceFileLoader):
    """Loads a module whose annotations are texts until somebody evaluates them (PEP 563).

    Python's cache has the module as it is published, so that this one keeps its own beside it. Where there is no place
    for that, Python's is used: compiling anew in each process costs more than annotations do.
    """

    def get_code(self, fullname: str) -> CodeType | None:
        """From the cache, or compiled and put there."""
        source = self.get_filename(fullname)
        cached = cache_from_source(source, optimization="deferred")
        stats = self.path_stats(source)
        header = MAGIC_NUMBER + struct.pack("<III", 0, *(int(stats[key]) & 0xFFFFFFFF for key in ("mtime", "size")))
        try:
            found = Path(cached).read_bytes()
            if found.startswith(header):
                return marshal.loads(memoryview(found)[len(header) :])  # noqa: S302 - as Python's own cache
        except (OSError, EOFError, ValueError, TypeError):
            pass
        place = next((folder for folder in Path(cached).parents if folder.exists()), Path())
        if sys.dont_write_bytecode or not os.access(place, os.W_OK):
            return super().get_code(fullname)
        code = compile(self.get_data(source), source, "exec", DEFERRED, dont_inherit=True)
        self.set_data(cached, header + marshal.dumps(code))
        return code


class PackageLoader(SourceFileLoader):
    """Loads a package that does nothing but import its modules, without them."""

    def exec_module(self, module: ModuleType) -> None:
        """Any other package is loaded as it is."""
        lines = [line for line in self.get_data(self.path).decode().splitlines() if not NOTHING.fullmatch(line)]
        found = [each for each in map(MODULE.fullmatch, lines) if each]
        if len(found) == len(lines):
            modules = {plain(each["all_of"]): each["all_of"] for each in found if each["all_of"]}
            vars(module)["__getattr__"] = partial(self.attribute, module, modules)
            vars(module)["__dir__"] = partial(self.names, module)
        else:
            super().exec_module(module)

    def attribute(self, package: ModuleType, modules: Mapping[str, str], name: str) -> Any:
        """What the package has under a name.

        Raises:
            AttributeError: it has nothing.
        """
        if name == "__all__":  # ``import *``, which takes all names where a package has no such list
            self.whole(package)
        if name.startswith("__"):
            raise AttributeError(f"module {package.__name__!r} has no attribute {name!r}")
        if name == OUTPUTS:
            return importlib.import_module(f"{package.__name__}.{OUTPUTS}")
        for module in candidates(modules, name):
            loaded = importlib.import_module(f"{package.__name__}.{module}")
            vars(package).update({each: getattr(loaded, each) for each in getattr(loaded, "__all__", ())})
            if name in vars(package):
                return vars(package)[name]
        self.whole(package)
        return getattr(package, name)

    def whole(self, package: ModuleType) -> None:
        """Import all of it, as it is published."""
        for ours in ("__getattr__", "__dir__"):
            vars(package).pop(ours, None)
        super().exec_module(package)

    def names(self, package: ModuleType) -> list[str]:
        """What ``dir`` tells of it."""
        self.whole(package)
        return dir(package)


def candidates(modules: Mapping[str, str], name: str) -> Iterator[str]:
    """The modules that a name may come from, by its spelling: ``VpcArgs`` from the nested inputs or from ``vpc``."""
    word = plain(name)
    for guess in (plain(INPUTS) if "args" in word else word, ROLE.sub("", word)):
        if guess in modules:
            yield modules[guess]


def plain(name: str) -> str:
    """``get_vpc``, ``GetVpc`` and ``getvpc`` as one."""
    return name.replace("_", "").lower()
