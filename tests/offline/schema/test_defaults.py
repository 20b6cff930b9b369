"""Defaults are those the provider's documentation states, in the property's own type."""

import pytest

from offline.schema.catalogue import Property, resource_tokens, resource_type
from offline.schema.defaults import defaults
from offline.schema.documented import default


@pytest.mark.parametrize(
    ("token", "name", "value"),
    [
        ("aws:ec2/vpc:Vpc", "enableDnsSupport", True),
        ("aws:ec2/subnet:Subnet", "mapPublicIpOnLaunch", False),
        ("aws:lambda/function:Function", "timeout", 3),
        ("aws:ec2/securityGroup:SecurityGroup", "description", "Managed by Pulumi"),
        ("aws:kms/key:Key", "customerMasterKeySpec", "SYMMETRIC_DEFAULT"),
    ],
)
def test_stated_defaults(token, name, value):
    assert defaults(resource_type(token))[name] == value


@pytest.mark.parametrize(
    "text", ["Defaults to `true` if `x` is set.", "Some text.", "Defaults to `soon`.", "Default is the VPC's."]
)
def test_what_is_conditional_or_of_another_type_is_no_default(text):
    assert default(Property("enabled", "boolean", description=text)) is None


def test_each_default_has_the_type_of_its_input():
    types = {"boolean": bool, "integer": int, "number": float, "string": str}
    for token in resource_tokens("aws")[::20]:
        resource = resource_type(token)
        for name, value in defaults(resource).items():
            assert isinstance(value, types[resource.inputs[name].kind]), (token, name, value)
