"""Packages of the SDKs that import what is used: the same names and types as published, of fewer modules."""

import importlib
import subprocess
import sys
import time
from importlib.machinery import PathFinder
from importlib.util import cache_from_source, module_from_spec, spec_from_loader
from pathlib import Path

import pytest
from pulumi import _types

from components.core.sdk_imports import Finder, ModuleLoader, PackageLoader
from tests.paths import ROOT


def package(name):
    """A package of an SDK, from the finder: one of its own, beside the one that Python has."""
    parent = importlib.import_module(name.rpartition(".")[0])
    spec = Finder().find_spec(name, parent.__path__)
    made = module_from_spec(spec)
    spec.loader.exec_module(made)
    return made


def published(name):
    """The names of a package as it is published, besides what it needs itself."""
    parent = importlib.import_module(name.rpartition(".")[0])
    whole = module_from_spec(PathFinder.find_spec(name, parent.__path__))
    whole.__spec__.loader.exec_module(whole)
    own = {each for each in vars(whole) if not each.startswith("__")} - {"typing", "_builtins", "_utilities"}
    return {each: getattr(whole, each) for each in own}


@pytest.mark.parametrize("name", ["pulumi_aws.sqs", "pulumi_aws.efs", "pulumi_kubernetes.meta.v1"])
def test_every_name_of_a_package_is_what_it_is_in_the_published_one(name):
    names = published(name)
    assert len(names) > 10
    assert {each: getattr(package(name), each) for each in names} == names


@pytest.mark.parametrize(
    "name", ["FileSystem", "FileSystemArgs", "FileSystemLifecyclePolicyArgs", "GetFileSystemResult", "get_file_system"]
)
def test_a_name_comes_from_its_module_alone(name):
    made = package("pulumi_aws.efs")
    assert getattr(made, name).__name__ == name
    assert "__getattr__" in vars(made)
    assert "AccessPoint" not in vars(made)


def test_a_name_that_no_module_has_is_refused_as_by_any_module():
    with pytest.raises(AttributeError, match=r"pulumi_aws\.sqs.*Topic"):
        _ = package("pulumi_aws.sqs").Topic


def test_all_names_of_a_package_are_taken_and_listed_as_of_the_published_one(monkeypatch):
    names = {each for each in published("pulumi_aws.efs") if not each.startswith("_")}
    assert names <= set(dir(package("pulumi_aws.efs")))
    monkeypatch.setitem(sys.modules, "pulumi_aws.efs", package("pulumi_aws.efs"))
    taken = {}
    exec("from pulumi_aws.efs import *", taken)
    assert names <= set(taken)


def test_a_package_with_code_of_its_own_is_loaded_as_it_is(tmp_path):
    file = tmp_path / "__init__.py"
    file.write_text("from math import *\nanswer = 42\n")
    made = module_from_spec(spec_from_loader("other", PackageLoader("other", str(file))))
    made.__spec__.loader.exec_module(made)
    assert (made.answer, made.floor(2.5)) == (42, 2)


def test_a_program_imports_no_module_that_it_does_not_use():
    program = """
import sys
from components.core import sdk_performance
sdk_performance.apply()
import pulumi_aws as aws
aws.sqs.Queue, aws.ec2.Vpc
print(*[each for each in sys.modules if each.startswith(("pulumi_aws.sqs.", "pulumi_aws.ec2."))])
"""
    done = subprocess.run([sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=True)
    assert set(done.stdout.split()) == {"pulumi_aws.sqs.queue", "pulumi_aws.ec2.vpc"}


@pytest.mark.parametrize(
    ("name", "cls", "types_of"),
    [
        ("pulumi_aws.efs.file_system", "FileSystem", _types.resource_types),
        ("pulumi_aws.efs.file_system", "FileSystemArgs", _types.input_type_types),
        ("pulumi_aws.lambda_._inputs", "FunctionVpcConfigArgs", _types.input_type_types),
        ("pulumi_aws.lambda_.outputs", "FunctionVpcConfig", _types.output_type_types),
    ],
)
def test_types_are_those_of_the_published_module_although_its_annotations_wait(
    name, cls, types_of, tmp_path, monkeypatch
):
    monkeypatch.setattr(sys, "dont_write_bytecode", False)
    monkeypatch.setattr(sys, "pycache_prefix", str(tmp_path))  # a place to keep them: without one they don't wait
    published_class = getattr(importlib.import_module(name), cls)
    spec = Finder().find_spec(name, importlib.import_module(name.rpartition(".")[0]).__path__)
    made = module_from_spec(spec)
    spec.loader.exec_module(made)
    annotations = getattr(made, cls).__init__.__annotations__
    assert all(isinstance(each, str) for each in annotations.values())
    found = types_of(getattr(made, cls))
    assert found
    assert str(found) == str(types_of(published_class))


@pytest.fixture
def module(tmp_path, monkeypatch):
    """A module of an SDK; gives a function that loads it anew and says what it answers."""
    monkeypatch.setattr(sys, "dont_write_bytecode", False)
    monkeypatch.setattr(sys, "pycache_prefix", None)
    file = tmp_path / "service.py"
    file.write_text("answer = 1\n")

    def load():
        made = module_from_spec(spec_from_loader("service", ModuleLoader("service", str(file))))
        made.__spec__.loader.exec_module(made)
        return made.answer

    load.file = file
    load.cached = Path(cache_from_source(str(file), optimization="deferred"))
    return load


@pytest.fixture
def compiled(monkeypatch):
    """The sources that were compiled."""
    seen = []
    source = ModuleLoader.get_data

    def get_data(self, path):
        seen.append(Path(path).name)
        return source(self, path)

    monkeypatch.setattr(ModuleLoader, "get_data", get_data)
    return seen


def test_a_module_is_compiled_once_and_beside_pythons_own_cache(module, compiled):
    assert [module(), module()] == [1, 1]
    assert compiled == ["service.py"]
    assert module.cached.is_file()
    assert not Path(cache_from_source(str(module.file))).exists()


def test_a_module_that_changed_is_compiled_anew(module):
    module()
    module.file.write_text(f"answer = {time.time_ns()}\n")
    assert module() > 1


@pytest.mark.parametrize("damaged", [b"", b"\0" * 40])
def test_a_damaged_cache_is_written_anew(module, damaged):
    module()
    whole = module.cached.read_bytes()
    module.cached.write_bytes(whole[:16] + damaged if damaged else damaged)
    assert module() == 1
    assert module.cached.read_bytes() == whole


@pytest.mark.parametrize("why", ["dont_write_bytecode", "nowhere to write"])
def test_pythons_own_cache_serves_where_there_is_no_place_for_another(module, monkeypatch, why):
    if why == "dont_write_bytecode":
        monkeypatch.setattr(sys, why, True)
    else:
        monkeypatch.setattr("os.access", lambda *_: False)
    assert module() == 1
    assert not module.cached.exists()
