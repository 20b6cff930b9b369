"""Each room of offline/ imports only what stands below it in the package's own list."""

import ast
import re
from pathlib import Path

import offline

FOLDER = Path(offline.__file__).parent


def test_no_room_imports_one_above_it():
    order = [name.removesuffix(".py") for name in re.findall(r"^    ([\w.]+)", offline.__doc__, re.MULTILINE)]
    rooms = {path.stem for path in FOLDER.iterdir() if path.is_dir() or path.suffix == ".py"}
    assert set(order) == rooms - {"__init__", "__pycache__"}
    for file in FOLDER.rglob("*.py"):
        room = file.relative_to(FOLDER).parts[0].removesuffix(".py")
        for node in ast.walk(ast.parse(file.read_text())):
            if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("offline."):
                above = room != "__init__" and order.index(node.module.split(".")[1]) < order.index(room)
                assert not above, f"{file}: {node.module}"
