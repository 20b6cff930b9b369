"""The schema of a package, which Pulumi YAML's language host checks programs against."""

import json

import pytest

from offline.schema.catalogue import function_tokens, provider_inputs, resource_tokens
from offline.schema.package_schema import package_schema


@pytest.fixture(scope="module")
def schema():
    return json.loads(package_schema("tls", "5.0.0"))


def test_it_has_every_type_and_function_of_the_sdk(schema):
    assert (schema["name"], schema["version"]) == ("tls", "5.0.0")
    assert set(schema["resources"]) == set(resource_tokens("tls"))
    assert set(schema["functions"]) == set(function_tokens("tls"))


def test_a_type_has_its_properties_with_their_outermost_types(schema):
    certificate = schema["resources"]["tls:index/selfSignedCert:SelfSignedCert"]
    assert certificate["inputProperties"]["validityPeriodHours"] == {"type": "integer"}
    assert certificate["inputProperties"]["allowedUses"]["type"] == "array"
    assert certificate["inputProperties"]["subject"]["type"] == "object"
    assert set(certificate["requiredInputs"]) == {"allowedUses", "validityPeriodHours"}
    assert "certPem" in certificate["properties"].keys() - certificate["inputProperties"].keys()


def test_no_type_declares_what_the_engine_adds_itself(schema):
    assert not [token for token, each in schema["resources"].items() if {"id", "urn"} & each["properties"].keys()]


def test_a_provider_is_configured_with_what_its_sdk_says(schema):
    assert set(schema["provider"]["inputProperties"]) == {"proxy"}
    assert {"region", "allowedAccountIds", "defaultTags"} <= provider_inputs("aws").keys()
