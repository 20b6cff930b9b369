"""Resource types are the same whether they were read from the SDK or from the file that keeps them."""

import pytest

from offline.schema import catalogue, type_cache
from offline.schema.catalogue import resource_type
from offline.schema.limits import Node, evaluate, root
from offline.schema.replacement import replacement
from offline.schema.type_cache import TypeCache
from offline.schema.validation import check

TOKENS = ("aws:rds/instance:Instance", "aws:wafv2/webAcl:WebAcl", "random:index/randomId:RandomId")


@pytest.fixture
def kept(tmp_path, monkeypatch):
    """Types of another process, as a later one finds them; only those of TOKENS are kept."""
    first = TypeCache(tmp_path)
    for token in TOKENS:
        first.add(catalogue.read_type(token))
        replacement(first._types[token][0])
    first.save(evaluate)
    return TypeCache(tmp_path)


def seen(nodes: dict[str, Node], depth: int = 2):
    """What is known of fields, and of what is inside them."""
    return {
        name: (node.prop.kind, node.prop.required, node.limits, depth and seen(node.fields, depth - 1))
        for name, node in nodes.items()
    }


@pytest.mark.parametrize("token", TOKENS)
def test_a_kept_type_is_as_it_was_read(kept, token):
    found, read = kept.load(token), resource_type(token)
    assert found is not None
    assert seen(root(found).fields) == seen(root(read).fields)
    assert root(found).relations == root(read).relations
    assert replacement(found) == replacement(read)
    assert found.outputs.keys() == read.outputs.keys()
    assert [each.reason for each in check(found, {"x": 1})] == [each.reason for each in check(read, {"x": 1})]


def test_a_type_that_was_not_kept_is_read(kept, monkeypatch):
    monkeypatch.setattr(catalogue, "_on_disk", [kept])
    assert kept.load("aws:sqs/queue:Queue") is None
    assert (
        resource_type.__wrapped__("aws:sqs/queue:Queue").inputs.keys()
        == resource_type("aws:sqs/queue:Queue").inputs.keys()
    )
    assert "aws:sqs/queue:Queue" in kept._types


@pytest.mark.parametrize("what", ["_versions", "sys.prefix", "sys.version"])
def test_another_version_or_place_of_anything_is_another_file(tmp_path, monkeypatch, what):
    TypeCache(tmp_path)
    (before,) = tmp_path.iterdir()
    if what == "_versions":
        monkeypatch.setattr(type_cache, "_versions", lambda: {"pulumi_aws": "7.0.0"})
    else:
        monkeypatch.setattr(type_cache.sys, what.removeprefix("sys."), "another")
    TypeCache(tmp_path)
    assert [file == before for file in tmp_path.iterdir()] == [False]


def test_a_folder_that_cannot_be_used_keeps_nothing_and_stops_nothing(tmp_path):
    (tmp_path / "file").write_text("")
    cache = TypeCache(tmp_path / "file" / "types")
    cache.add(catalogue.read_type(TOKENS[2]))
    cache.save(evaluate)
    assert cache.load(TOKENS[2]) is None


def test_a_damaged_file_keeps_nothing_and_stops_nothing(kept, tmp_path):
    (file,) = tmp_path.glob("*.sqlite")
    file.write_bytes(b"x" * 5000)
    cache = TypeCache(tmp_path)
    assert cache.load(TOKENS[0]) is None
    cache.save(evaluate)
