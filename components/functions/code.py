"""The code of a function as an archive: the same files give the same archive on every machine."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from importlib.util import find_spec
from pathlib import Path

import pulumi

FUNCTIONS = Path(__file__).resolve().parents[2] / "functions"


class FunctionCodeError(ValueError):
    """A folder or a package that isn't there."""


def archive(code: str, packages: Sequence[str] = ()) -> pulumi.AssetArchive:
    """The files of ``functions/CODE`` and of pure Python packages, in ``functions/`` or installed; nothing compiled.

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
