"""Packages of the SDKs that import what is used: the same names as published, of fewer modules."""

import importlib
import subprocess
import sys
from importlib.machinery import PathFinder
from importlib.util import module_from_spec

import pytest

from components.core.sdk_imports import Finder, Loader
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


def test_a_package_with_code_of_its_own_is_loaded_as_it_is(tmp_path):
    file = tmp_path / "__init__.py"
    file.write_text("from math import *\nanswer = 42\n")
    made = module_from_spec(importlib.util.spec_from_loader("other", Loader("other", str(file))))
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
