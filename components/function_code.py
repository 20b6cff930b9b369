"""The code of a function as an archive: the same files give the same archive on every machine."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from importlib.util import find_spec
from pathlib import Path

import pulumi

FUNCTIONS = Path(__file__).resolve().parents[1] / "functions"


class FunctionCodeError(ValueError):
    """A folder or a package that isn't there."""


def archive(code: str, packages: Sequence[str] = ()) -> pulumi.AssetArchive:
    """The Python files of ``functions/CODE`` and of installed pure Python packages; nothing compiled, no metadata.

    Raises:
        FunctionCodeError: there is no such folder with a ``handler.py``, or no such package.
    """
    folder = FUNCTIONS / code
    if not (folder / "handler.py").is_file():
        valid = ", ".join(sorted(path.parent.name for path in FUNCTIONS.glob("*/handler.py"))) or "none yet"
        raise FunctionCodeError(f"functions/{code}/handler.py does not exist; there are: {valid}")
    files = dict(sources(folder, folder))
    for package in packages:
        home = package_folder(package)
        files |= dict(sources(home, home.parent))
    return pulumi.AssetArchive({name: pulumi.FileAsset(str(path)) for name, path in sorted(files.items())})


def sources(folder: Path, root: Path) -> Iterator[tuple[str, Path]]:
    """Name in the archive -> file, of each Python file of a folder."""
    for path in folder.rglob("*.py"):
        yield path.relative_to(root).as_posix(), path


def package_folder(package: str) -> Path:
    """Where an installed package is.

    Raises:
        FunctionCodeError: it isn't installed, or is a single module.
    """
    spec = find_spec(package)
    if spec is None or not spec.submodule_search_locations:
        raise FunctionCodeError(f"package {package!r} is not installed; add it to requirements.in")
    return Path(spec.submodule_search_locations[0])
