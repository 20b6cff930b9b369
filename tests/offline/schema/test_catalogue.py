"""Every type and function of the installed SDKs can be read from their source."""

import importlib
import time

import pytest
from pulumi._types import input_type_py_to_pulumi_names

from offline.schema import catalogue
from offline.schema.catalogue import UnknownTypeError, function_type, resource_tokens, resource_type
from tests.offline.quarters import QUARTERS, part

pytestmark = pytest.mark.xdist_group("types")  # each reads every type; a process reads it once

EMPTY = "aws:ram/sharingWithOrganization:SharingWithOrganization"  # it only exists or not
PACKAGES = ("aws", "kubernetes", "random", "tls")


@QUARTERS
@pytest.mark.parametrize("package", PACKAGES)
def test_every_resource_type_resolves(package, quarter):
    for token in part(resource_tokens(package), quarter):
        resource = resource_type(token)
        assert resource.open or resource.outputs or token == EMPTY, token
        assert set(resource.required) <= set(resource.inputs), token
        assert resource.secret_outputs <= set(resource.outputs), token


@pytest.mark.parametrize("package", ["aws", "tls"])
def test_every_function_resolves(package):
    tokens = catalogue.function_tokens(package)
    assert tokens
    for token in tokens:
        assert function_type(token).results, token


@QUARTERS
def test_the_aws_sdk_is_read_completely(quarter):
    tokens = part(resource_tokens("aws"), quarter)
    inputs = [prop for token in tokens for prop in resource_type(token).inputs.values()]
    assert len(tokens) > 1700 / 4
    assert not [prop.name for prop in inputs if prop.kind == "any"]


@pytest.mark.filterwarnings("ignore::DeprecationWarning")  # the SDK warns of its own old classes
@pytest.mark.parametrize(
    ("token", "module", "class_name"),
    [
        ("aws:rds/instance:Instance", "pulumi_aws.rds", "InstanceArgs"),
        ("aws:ec2/instance:Instance", "pulumi_aws.ec2", "InstanceArgs"),
        ("aws:s3/bucketPolicy:BucketPolicy", "pulumi_aws.s3", "BucketPolicyArgs"),
        ("kubernetes:apps/v1:Deployment", "pulumi_kubernetes.apps.v1", "DeploymentInitArgs"),
        ("random:index/randomPassword:RandomPassword", "pulumi_random", "RandomPasswordArgs"),
    ],
)  # fmt: skip
def test_inputs_are_those_of_the_imported_class(token, module, class_name):
    declared = getattr(importlib.import_module(module), class_name)
    names = input_type_py_to_pulumi_names(declared).values()
    assert set(resource_type(token).inputs) == set(names)


def test_nested_fields_lists_and_kinds():
    group = resource_type("aws:ec2/securityGroup:SecurityGroup").inputs["ingress"]
    assert (group.kind, group.items.kind) == ("list", "object")
    assert group.items.properties["fromPort"].kind == "integer"
    assert group.items.properties["fromPort"].required
    assert not group.items.properties["cidrBlocks"].required
    assert resource_type("aws:iam/role:Role").inputs["assumeRolePolicy"].kind == "json"
    assert resource_type("aws:lambda/function:Function").inputs["code"].kind == "asset"
    assert "db.t3.micro" in resource_type("aws:rds/instance:Instance").inputs["instanceClass"].enum


def test_types_that_contain_themselves_resolve_lazily():
    schema = resource_type("kubernetes:apiextensions.k8s.io/v1:CustomResourceDefinition").inputs["spec"]
    versions = schema.properties["versions"].items.properties["schema"].properties["openAPIV3Schema"]
    assert versions.properties["not"].properties["not"].kind == "object"


def test_secret_outputs_aliases_and_deprecation_are_known():
    assert {"password", "passwordWo"} <= resource_type("aws:rds/instance:Instance").secret_outputs
    control = resource_type("aws:ec2/vpcEncryptionControl:VpcEncryptionControl")
    assert control.aliases == ("aws:ec2/encryptionControl:EncryptionControl",)
    assert resource_type("aws:s3/bucketV2:BucketV2").deprecation
    assert not resource_type("aws:s3/bucket:Bucket").deprecation


def test_function_arguments_and_results():
    function = function_type("aws:ec2/getAmi:getAmi")
    assert function.arguments["filters"].kind == "list"
    assert function.arguments["filters"].items.properties["name"].required
    assert "imageId" in function.results


@pytest.mark.parametrize("token", ["aws:ec2/vpx:Vpc", "aws:sqs/queue:Quue"])
def test_an_unknown_type_is_refused_with_the_nearest_names(token):
    with pytest.raises(UnknownTypeError, match="did you mean"):
        resource_type(token)


def test_kubernetes_custom_resources_accept_anything():
    assert resource_type("kubernetes:karpenter.sh/v1:NodePool").open
    with pytest.raises(UnknownTypeError):
        resource_type("kubernetes:apps/v1:Deploymnet")


def test_a_type_resolves_within_milliseconds():
    tokens = resource_tokens("aws")[::97]
    catalogue.resource_type.cache_clear()
    catalogue._declared.cache_clear()
    started = time.perf_counter()
    for token in tokens:
        resource_type(token)
    assert (time.perf_counter() - started) / len(tokens) < 0.03
