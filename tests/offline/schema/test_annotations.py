"""Annotations as SDKs write them, of this generation and of those before."""

import pytest

from offline.schema.annotations import ANY, Shape, shape
from offline.schema.sdk_source import Source

TEXT = Shape("string")


@pytest.mark.parametrize(
    ("annotation", "expected"),
    [
        *((name, Shape(kind)) for name, kind in (("str", "string"), ("int", "integer"), ("float", "number"))),
        *((f"{of}[builtins.str]", Shape("list", items=TEXT)) for of in ("Sequence", "List", "list", "typing.Sequence")),
        *((f"{of}[str, int]", Shape("map", items=Shape("integer"))) for of in ("Mapping", "Dict", "dict")),
        *(
            (f"{of}[str]", TEXT)
            for of in ("Input", "pulumi.Input", "Output", "pulumi.Output", "Awaitable", "InputType")
        ),
        *((f"{of}[str]", Shape("string", optional=True)) for of in ("Optional", "NotRequired")),
        *((f"pulumi.{name}", Shape("asset")) for name in ("Asset", "Archive", "AssetOrArchive")),
        ("Literal['a', 'b']", Shape("string", enum=("a", "b"), closed=True)),
        ("Any", ANY),
        ("None", ANY),
        ("Callable[[int], str]", ANY),
    ],
)
def test_an_annotation_has_a_meaning(tmp_path, annotation, expected):
    (file := tmp_path / "queue.py").write_text("")
    assert shape(annotation, Source(file)) == expected
