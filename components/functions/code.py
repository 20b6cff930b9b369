"""The code of a function as an archive: the same files give the same archive on every machine."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Sequence
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pulumi

FUNCTIONS = Path(__file__).resolve().parents[2] / "functions"
ENTRY = "handle"
"""The function of ``handler.py`` that Lambda calls, with event and context."""


class FunctionCodeError(ValueError):
    """A folder or a package that isn't there, or isn't what Lambda can call."""


def folders() -> list[str]:
    """The folders of ``functions/`` that have a ``handler.py``."""
    return sorted(path.parent.name for path in FUNCTIONS.glob("*/handler.py"))


def fault(code: str) -> str:
    """What is wrong with ``functions/CODE``; empty where nothing is."""
    name = f"functions/{code}/handler.py"
    handler = FUNCTIONS / code / "handler.py"
    if not handler.is_file():
        return f"{name} does not exist: write it, with {ENTRY}(event, context), or name another folder in code"
    try:
        body = ast.parse(handler.read_bytes()).body
    except (SyntaxError, ValueError) as error:
        return f"{name} is no Python: {error}"
    return "" if any(ENTRY in defined(statement) for statement in body) else f"{name} has no {ENTRY}(event, context)"


def defined(statement: ast.stmt) -> set[str]:
    """The names that a statement at the top of a file gives a meaning."""
    match statement:
        case ast.FunctionDef(name=name):
            return {name}
        case ast.Assign(targets=targets):
            return {target.id for target in targets if isinstance(target, ast.Name)}
        case ast.ImportFrom(names=names):
            return {each.asname or each.name for each in names}
        case _:
            return set()


def archive(code: str, packages: Sequence[str] = (), folder: str = "") -> pulumi.AssetArchive:
    """The files of ``functions/CODE`` and of pure Python packages, in ``functions/`` or installed; nothing compiled.

    Args:
        code: folder of ``functions/``.
        packages: names of packages that go with it.
        folder: in the archive; at its top where none is named.

    Raises:
        FunctionCodeError: there is no such folder with a ``handler.py`` that has ``handle``, or no such package.
    """
    import pulumi  # here: settings look at code, too, and are read without the SDK

    if wrong := fault(code):
        raise FunctionCodeError(f"{wrong}; there are: {', '.join(folders()) or 'none yet'}")
    home = FUNCTIONS / code
    files = dict(sources(home, home))
    for package in packages:
        home = package_folder(package)
        files |= dict(sources(home, home.parent))
    prefix = f"{folder}/" if folder else ""
    return pulumi.AssetArchive({f"{prefix}{name}": pulumi.FileAsset(str(path)) for name, path in sorted(files.items())})


def sources(folder: Path, root: Path) -> Iterator[tuple[str, Path]]:
    """Name in the archive -> file, of each Python file and certificate of a folder."""
    for path in folder.rglob("*"):
        if path.suffix in {".py", ".pem"}:
            yield path.relative_to(root).as_posix(), path


def package_folder(package: str) -> Path:
    """Where a package is: beside the functions, where it is shared by some of them, or installed.

    Raises:
        FunctionCodeError: it isn't there, or is a single module.
    """
    if (FUNCTIONS / package / "__init__.py").is_file():
        return FUNCTIONS / package
    spec = find_spec(package)
    if spec is None or not spec.submodule_search_locations:
        raise FunctionCodeError(f"package {package!r} is not installed; add it to pyproject.toml and requirements.lock")
    return Path(spec.submodule_search_locations[0])
