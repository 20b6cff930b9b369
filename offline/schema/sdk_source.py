"""Reads generated Pulumi Python SDKs as text: which class a token names, and what a class declares.

Importing an SDK's module would import the whole `pulumi` runtime and, for large services, megabytes of generated
code; only the lines of the class in question are looked at here, and nothing is executed.
"""

from __future__ import annotations

import importlib.util
import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property, lru_cache
from pathlib import Path

_CLASS = re.compile(r"^class (\w+)", re.MULTILINE)
_IMPORT = re.compile(r"^from (\.+)([\w.]*) import (\w+)(?: as (\w+))?$", re.MULTILINE)
_GETTER = re.compile(
    r"    @pulumi\.getter(?:\(name=\"(?P<wire>[^\"]+)\"\))?\n"
    r"(?:    @_utilities\.deprecated\(\"\"\".*?\"\"\"\)\n)?"
    r"    def (?P<python>\w+)\(self\) -> (?P<annotation>[^\n]+):\n"
    r"(?:        \"\"\"\n(?P<doc>.*?)\n        \"\"\")?",
    re.DOTALL,
)
_MEMBER = re.compile(r"^    \w+ = (.+)$", re.MULTILINE)
_RESOURCES = re.compile(r'resource_modules="""(.*?)"""', re.DOTALL)


class MissingSdkError(LookupError):
    """The SDK of a Pulumi package is not installed."""


@dataclass(frozen=True)
class Getter:
    """A declared property: its name on the wire, its annotation and its documentation."""

    name: str
    annotation: str
    doc: str


class Source:
    """One file of an SDK."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.text = path.read_text(encoding="utf-8")

    @cached_property
    def _spans(self) -> Mapping[str, tuple[int, int]]:
        starts = [(match[1], match.start()) for match in _CLASS.finditer(self.text)]
        ends = [start for _, start in starts[1:]] + [len(self.text)]
        return {name: (start, end) for (name, start), end in zip(starts, ends, strict=False)}

    @cached_property
    def imports(self) -> Mapping[str, Path]:
        """Relative imports: alias -> the package directory (or file stem) it names."""
        found: dict[str, Path] = {}
        for dots, package, name, alias in _IMPORT.findall(self.text):
            base = self.path.parents[len(dots) - 1]
            found[alias or name] = base.joinpath(*package.split(".") if package else (), name)
        return found

    def classes(self) -> Iterator[str]:
        """Names of the classes of this file."""
        return iter(self._spans)

    def has(self, name: str) -> bool:
        """Whether the file declares class `name`."""
        return name in self._spans

    def body(self, name: str) -> str:
        """Source text of class `name`."""
        start, end = self._spans[name]
        return self.text[start:end]

    def getters(self, name: str) -> list[Getter]:
        """Properties that class `name` declares with `@pulumi.getter`."""
        return [
            Getter(match["wire"] or match["python"], match["annotation"], _dedent(match["doc"]))
            for match in _GETTER.finditer(self.body(name))
        ]

    def members(self, name: str) -> tuple[str | int | float, ...]:
        """Values of enum class `name`."""
        return tuple(json.loads(value) for value in _MEMBER.findall(self.body(name)) if value[0] in '"-0123456789')


def _dedent(doc: str | None) -> str:
    return "\n".join(line.strip() for line in doc.splitlines()) if doc else ""


@lru_cache(maxsize=48)  # some files have megabytes; what was parsed from them is kept elsewhere
def source(path: Path) -> Source:
    """The file at `path`, kept while recently used."""
    return Source(path)


@lru_cache
def package_root(package: str) -> Path:
    """Directory of the SDK of Pulumi package `package`. Raises MissingSdkError."""
    spec = importlib.util.find_spec(f"pulumi_{package.replace('-', '_')}")
    if spec is None or not spec.submodule_search_locations:
        raise MissingSdkError(f"no Python SDK is installed for the Pulumi package {package!r}")
    return Path(spec.submodule_search_locations[0])


@lru_cache
def resource_classes(package: str) -> Mapping[str, tuple[Path, str]]:
    """Token -> (directory of its module, class name), for every resource type the SDK registers."""
    root = package_root(package)
    registered = _RESOURCES.search((root / "__init__.py").read_text(encoding="utf-8"))
    if registered is None:
        return {}
    return {
        token: (root.joinpath(*module["fqn"].split(".")[1:]), name)
        for module in json.loads(registered[1])
        for token, name in module["classes"].items()
    }


@lru_cache
def _files(directory: Path) -> Mapping[str, Path]:
    """Files of a module by their name without case and underscores."""
    return {path.stem.replace("_", "").lower(): path for path in directory.glob("*.py")}


def file_of(directory: Path, class_name: str) -> Source | None:
    """The file of `directory` that declares class `class_name` (or function, in camel case)."""
    path = _files(directory).get(class_name.replace("_", "").lower())
    if path is not None and not path.stem.startswith("__"):
        return source(path)
    return next((found for path in _files(directory).values() if (found := source(path)).has(class_name)), None)


def module_directory(package: str, module: str) -> Path | None:
    """Directory of a token's module: `ec2` of `aws:ec2/getVpc:getVpc`, the root for `index`."""
    root = package_root(package)
    wanted = "" if module == "index" else module.replace("_", "").lower()
    if not wanted:
        return root
    return next((p for p in root.iterdir() if p.is_dir() and p.name.replace("_", "").lower() == wanted), None)
