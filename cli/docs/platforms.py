"""Which program wires which component: from the programs' own imports."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

from cli.docs.markdown import table
from cli.program import programs
from cli.sandbox import ROOT

SMILE = "SMILE"
BASE = "ComponentResource"


def matrix() -> str:
    """Component x system; what only other components use stands in no row."""
    wired = {name: set(imported(files)) for name, files in sources().items()}
    used = sorted(set().union(*wired.values()))
    return table(
        ("component", *wired),
        [
            (
                f"[`{name}`](../{module.replace('.', '/')}.py)",
                *("x" if (module, name) in of else "" for of in wired.values()),
            )
            for module, name in used
            if name in components(module)
        ],
    )


def sources() -> dict[str, list[Path]]:
    """System -> the files of its program."""
    smile = [ROOT / "__main__.py", *sorted((ROOT / "layers").glob("*.py"))]
    return {SMILE: smile, **{name: sorted(program.folder.glob("*.py")) for name, program in programs().items()}}


def imported(files: list[Path]) -> Iterator[tuple[str, str]]:
    """Module and name of what they take from the library."""
    for file in files:
        for node in ast.walk(ast.parse(file.read_text("utf-8"))):
            if isinstance(node, ast.ImportFrom) and node.module and node.module.startswith("components."):
                yield from ((node.module, alias.name) for alias in node.names)


def components(module: str) -> set[str]:
    """The components of a module, and the function that makes what all of them stand on."""
    file = ROOT / f"{module.replace('.', '/')}.py"
    tree = ast.parse(file.read_text("utf-8") if file.is_file() else "")
    classes = {
        node.name
        for node in tree.body
        if isinstance(node, ast.ClassDef) and any(BASE in ast.unparse(base) for base in node.bases)
    }
    return classes | {node.name for node in tree.body if isinstance(node, ast.FunctionDef) and node.name == "stack_of"}
