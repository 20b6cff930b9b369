"""What the controls on clusters and machines are built from."""

import gzip
import json
from pathlib import Path

import moto
import pytest

from aws_facts.ec2_instance_types import vcpus
from guardrails.model.resource import Resource
from guardrails.services.kubernetes import objects, types_of


@pytest.mark.parametrize(
    ("instance_type", "count"),
    [
        ("m5.large", 2),
        ("m5.xlarge", 4),
        ("c5.2xlarge", 8),
        ("m7i.48xlarge", 192),
        ("t3.micro", 2),
        ("t4g.medium", 2),
        ("t2.small", 1),
        ("t2.medium", 2),
        ("m7g.medium", 1),
        ("c6gd.medium", 1),
        ("nonsense", None),
        ("c5.metal", 96),
        ("m7i.metal-24xl", 96),
        ("hpc7a.12xlarge", 24),
        ("u-6tb1.metal", None),
    ],
)
def test_the_size_of_an_instance_type_tells_its_vcpus(instance_type, count):
    assert vcpus(instance_type) == count


def test_the_vcpus_are_those_that_ec2_describes():
    described = Path(moto.__file__).parent / "ec2/resources/instance_types.json.gz"
    types = json.loads(gzip.decompress(described.read_bytes()))
    assert len(types) > 1000
    assert {name: vcpus(name) for name in types} == {
        name: about["VCpuInfo"]["DefaultVCpus"] for name, about in types.items()
    }


def held(type_, properties, kind="Namespace"):
    resource = Resource(type_, "urn", "name", lambda: (properties, frozenset()))
    return [(each.path, each.is_patch, each.get("metadata.name")) for each in objects(resource, (kind,))]


def test_an_object_is_found_in_any_version_alone_patched_or_in_a_list():
    smile = {"metadata": {"name": "smile"}}
    assert held("kubernetes:core/v1:Namespace", smile) == [("", False, "smile")]
    assert held("kubernetes:core/v1:NamespacePatch", smile) == [("", True, "smile")]
    assert held("kubernetes:core/v1:NamespaceList", {"items": [{}, smile]})[1] == ("items[1]", False, "smile")
    mixed = {"items": [{"kind": "Secret"}, {"kind": "Namespace", **smile}]}
    assert held("kubernetes:core/v1:List", mixed) == [("items[1]", False, "smile")]
    assert held("kubernetes:apps/v1beta2:Deployment", smile, "Deployment") == [("", False, "smile")]


def test_a_custom_resource_of_the_same_kind_is_another_thing():
    assert held("kubernetes:example.com/v1:Namespace", {}) == []
    assert held("kubernetes:rbac.authorization.k8s.io/v1:Role", {}, "Role") != []
    assert held("aws:iam/role:Role", {}, "Role") == []


def test_the_types_of_a_kind_cover_its_forms():
    assert set(types_of("Secret")) == {
        "kubernetes:*:Secret",
        "kubernetes:*:SecretPatch",
        "kubernetes:*:SecretList",
        "kubernetes:core/v1:List",
    }
