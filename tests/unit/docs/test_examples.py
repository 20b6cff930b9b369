"""Python in the documents works: what it imports is there, and components take the arguments that it gives."""

import ast
import dataclasses
import re
from importlib import import_module

import pytest

from tests.paths import ROOT

PAGES = (ROOT / "README.md", ROOT / "CONTRIBUTING.md", *sorted((ROOT / "docs").rglob("*.md")))
EXAMPLES = [
    pytest.param(ast.parse(code), id=f"{page.name}-{number}")
    for page in PAGES
    for number, code in enumerate(re.findall(r"^```python\n(.*?)^```", page.read_text(), re.DOTALL | re.MULTILINE))
]


def test_there_are_examples():
    assert len(EXAMPLES) >= 6


@pytest.mark.parametrize("tree", EXAMPLES)
def test_example_imports_what_there_is_and_gives_what_is_taken(tree):
    named = {}
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom):
            module = import_module(node.module)
            named |= {alias.name: getattr(module, alias.name) for alias in node.names}
    for call in (node for node in ast.walk(tree) if isinstance(node, ast.Call) and isinstance(node.func, ast.Name)):
        taken = named.get(call.func.id)
        if dataclasses.is_dataclass(taken) and not call.args:
            fields = {field.name: field for field in dataclasses.fields(taken)}
            given = {keyword.arg for keyword in call.keywords}
            needed = {
                name for name, field in fields.items() if field.default is field.default_factory is dataclasses.MISSING
            }
            assert needed <= given <= set(fields), call.func.id
