"""Encryption of what no service's own controls know: keys, switches and TLS, by names of fields."""

from __future__ import annotations

import re
from typing import Any

from guardrails.model.control import Context, Findings, Level, References, Severity, Violation, control
from guardrails.model.logic import each
from guardrails.model.references import AT_REST, CUSTOMER_KEY, PLAIN_TRANSPORT
from guardrails.model.resource import Resource, values_at
from guardrails.model.templates import DESCRIBES_OTHERS
from guardrails.model.values import UNKNOWN, UndeterminedError, property_name
from guardrails.services.shared_fields import fields_of, stated
from guardrails.shapes.every_service import SET, forbid_values, of_every_service, require_values
from guardrails.shapes.properties import customer_key, written

_AT_REST = re.compile(r"(?:^|\.)(?:\w*[eE]ncrypt\w*|sse(?:[A-Z]\w*)?|securityConfig)(?:\[\*\])?$")
"""A block about encryption: without it, AWS's own choice holds."""
_MAY_BE_LEFT_OUT = frozenset(
    {"configuration.customerContentEncryptionConfiguration", "rules[*].destination.encryptionConfiguration"}
)
"""Such blocks that are for something that may not be there, Spark, or take over the choice of a bucket."""
_OF_SOMETHING_ELSE = re.compile(
    r"^aws:(?:cognito/userPool|glue/connection|s3/bucketObject|s3/bucketObjectv2|s3/objectCopy|kms/\w+):"
)
"""Types whose key is for another purpose than what they store, or which take over the key of what holds them."""
_OF_EXISTING = {"aws:efs/replicationConfiguration:ReplicationConfiguration": "destination.fileSystemId"}
"""Types that may name a resource which exists, with its own key, instead of one to be made."""
_ONLY_WITH = {"aws:scheduler/schedule:Schedule": "target.input"}
"""Types that have something to encrypt only where this is set."""
_NOT_WITH = {
    "aws:kinesis/firehoseDeliveryStream:FirehoseDeliveryStream": {
        "serverSideEncryption.keyArn": "kinesisSourceConfiguration"
    }
}
"""Type -> key that it can't have where this is set: what a delivery reads from a data stream, that has encrypted."""
_CHOSEN_BY_AWS = "no key is named, so AWS chooses one"
_OF_MANAGED_PASSWORD = re.compile(r"(admin|master)\w*SecretKmsKeyId$")


@of_every_service(
    id_="ENC-AWS-001",
    title="Resources of every service are encrypted with a customer managed key",
    why=CUSTOMER_KEY,
    fix="Set the property that names the key to an aws:kms/key:Key of the stack or an allowed account.",
    severity=Severity.MEDIUM,
    level=Level.ADVISORY,
    references=References(soc2=("CC6.1",), iso27001=("A.8.24",), indonesia=("UU PDP 35",)),
)
def resource_names_customer_key(resource: Resource, context: Context) -> Findings:
    """By the SDK's names of key properties; a block that isn't set asks for a key only where it is about encryption."""
    if _is_of_another(resource):
        return
    for path in fields_of("keys", resource.type):
        if "erformanceInsights" in path or (_OF_MANAGED_PASSWORD.search(path) and not _manages_password(resource)):
            continue
        if (instead := _NOT_WITH.get(resource.type, {}).get(path)) and resource.has(instead):
            continue
        above, _, key = path.rpartition(".")
        for where, block in stated(resource, above) if _AT_REST.search(above) and above not in _MAY_BE_LEFT_OUT else ():
            if block in (None, []):
                yield Violation(_CHOSEN_BY_AWS, f"{where}.{key}")
        yield from each(stated(resource, path), lambda place: customer_key(resource, place[0], context, _CHOSEN_BY_AWS))


def _is_of_another(resource: Resource) -> bool:
    existing, needed = _OF_EXISTING.get(resource.type), _ONLY_WITH.get(resource.type)
    if (existing and resource.has(existing)) or (needed and not resource.has(needed)):
        return True
    return _OF_SOMETHING_ELSE.match(resource.type) is not None


def _manages_password(resource: Resource) -> bool:
    return any(resource.get(name) is True for name in ("manageAdminPassword", "manageMasterPassword"))


@of_every_service(
    id_="ENC-AWS-002",
    title="Resources of every service are encrypted at rest",
    why=AT_REST,
    fix="Set the property to true; changing it replaces most resources.",
    severity=Severity.HIGH,
    references=References(soc2=("CC6.1",), iso27001=("A.8.24",), indonesia=("UU PDP 35",)),
)
def resource_is_encrypted(resource: Resource, _: Context) -> Findings:
    """By the SDK's names of switches; most are off unless told otherwise. In templates, those that are set off."""
    if resource.type in DESCRIBES_OTHERS:
        for path, name, value in resource.named_leaves:
            if name.endswith(("encrypted", "encryptionenabled")) and str(value).lower() == "false":
                yield Violation("it is false", path)
    for path in fields_of("encrypted", resource.type):
        for where, value in stated(resource, path):
            if value is UNKNOWN:
                yield UndeterminedError(where)
            elif value is None and (path in fields_of("on", resource.type) or _is_of_nothing(resource, where)):
                continue
            elif value is None or str(value).lower() not in {"true", "1"}:
                yield Violation("it is not encrypted" if value is None else f"it is {written(value)}", where)


def _is_of_nothing(resource: Resource, path: str) -> bool:
    """Whether a switch is about a place that its block doesn't name, as ``s3BucketEncryptionEnabled`` of no bucket."""
    block, _, name = path.rpartition(".")
    place = name.removesuffix("EncryptionEnabled")
    named: Any = resource.get(block, {}) if block else {}
    return bool(block) and place != name and not any(each.startswith(place) for each in named)


forbid_values(
    {
        "awsownedkey": (True, "true"),
        "useawsownedkey": (True, "true"),
        "encryptiontype": ("none",),
        "encryptionmode": ("disabled", "none", "no_encrypt", "should_encrypt"),
        "encryptionoption": ("none",),
        "encryptionstrategy": ("none",),
        "catalogencryptionmode": ("disabled",),
        "s3encryptionmode": ("disabled",),
        "cloudwatchencryptionmode": ("disabled",),
        "jobbookmarksencryptionmode": ("disabled",),
        "enforceworkgroupconfiguration": (False, "false"),
        "encryptiondisabled": (True, "true"),
        "enableatrestencryption": (False, "false"),
        "ebsencryption": ("none",),
        "encryptionalgorithm": ("none",),
        "encryptpassword": (False, "false"),
    },
    id_="ENC-AWS-003",
    title="Encryption of no service is switched off",
    why=AT_REST,
    fix="Choose encryption with a KMS key of the stack.",
    severity=Severity.HIGH,
    references=References(soc2=("CC6.1",), iso27001=("A.8.24",), indonesia=("UU PDP 35",)),
)
forbid_values(
    {
        "sslmode": ("none", "disable", "disabled", "allow", "prefer", "preferred"),
        "clientbroker": ("plaintext", "tls_plaintext"),
        "incluster": (False, "false"),
        "transitencryption": ("disabled",),
        "transitencryptionmode": ("preferred",),
        "enforcehttps": (False, "false"),
        "requiretls": (False, "false"),
        "tlsenabled": (False, "false"),
        "insecuressl": (True, "true"),
        "disablessl": (True, "true"),
        "enableintercontainertrafficencryption": (False, "false"),
        "tlspolicy": ("optional",),
        "encryptiontype": ("plaintext",),
        "encryptionintransit": ("plaintext", "none", "disabled"),
        "enableintransitencryption": (False, "false"),
        "jdbcenforcessl": (False, "false"),
        "requiressl": (False, "false", "0", "off"),
        "requiresecuretransport": (False, "false", "0", "off"),
        "rdsforcessl": (False, "false", "0", "off"),
        "neptuneenforcessl": (False, "false", "0", "off"),
        "tls": ("disabled", "off", "false", False),
        "sslsecurityprotocol": ("plaintext",),
        "intransitencryption": ("none",),
        "requireencryption": (False, "false"),
        "authenticationprotocol": ("pap", "chap", "ms-chapv1"),
        "httpspolicy": ("optional",),
        "tls.mode": ("disabled", "permissive"),
        "tls.enforce": (False, "false"),
        "clientauthentication.tls": (),
        "viewerprotocolpolicy": ("allow-all",),
        "originprotocolpolicy": ("http-only", "match-viewer"),
        "securityprotocol": ("plaintext", "sasl_plaintext"),
        "usessl": (False, "false"),
        "sslenabled": (False, "false"),
        "verifytls": (False, "false"),
        "insecuretls": (True, "true"),
        "clusterendpointencryptiontype": ("none",),
    },
    id_="ENC-AWS-004",
    title="Connections of every service are encrypted",
    why=PLAIN_TRANSPORT,
    fix="Choose the mode that demands TLS and verifies the other side.",
    severity=Severity.HIGH,
    references=References(soc2=("CC6.7",), iso27001=("A.8.20", "A.8.24"), indonesia=("UU PDP 35",)),
)

_ENDPOINT_POLICY = ("domainEndpointOptions.tlsSecurityPolicy", "Policy-Min-TLS-1-0-2019-07")
_OLD_BY_DEFAULT = {
    "aws:elasticsearch/domain:Domain": _ENDPOINT_POLICY,
    "aws:opensearch/domain:Domain": _ENDPOINT_POLICY,
    "aws:transfer/server:Server": ("securityPolicyName", "TransferSecurityPolicy-2018-11"),
}
"""Type -> the property that names its policy, and the old one that may be taken where nothing is named."""
_MODE_OF = {"aws:dms/endpoint:Endpoint": "sslMode"}
"""Types that talk in plain text unless this property says otherwise."""
_PLAIN_ENGINES = frozenset(
    {
        "dynamodb", "elasticsearch", "kafka", "kinesis", "neptune", "opensearch", "redis", "redshift",
        "redshift-serverless", "s3",
    }
)  # fmt: skip
"""DMS engines whose endpoints don't take sslMode."""
_OLD = re.compile(
    r"Policy-Min-TLS-1-0|TLS-?(?:SecurityPolicy-)?1[._-][01](?!\d)|TLSv?1(?:\.[01])?$|SSLv?[23]"
    r"|TransferSecurityPolicy-(?:(?:Restricted-|FIPS-)?20(?:18-11|20-06)|2022-03)$|TLS_1_[01]$|TLS10|TLS11"
    r"|_TLS1[23]_1_[01]_"
)
"""Named policies and versions below TLS 1.2, or with SHA-1: AWS's pages on the security policies of each service."""


@of_every_service(
    id_="ENC-AWS-005",
    title="No service accepts TLS below 1.2 or old ciphers",
    why=PLAIN_TRANSPORT,
    fix="Name a current security policy, one whose lowest version is TLS 1.2.",
    severity=Severity.HIGH,
    references=References(soc2=("CC6.7",), iso27001=("A.8.24",), indonesia=("UU PDP 35",)),
)
def tls_is_current(resource: Resource, _: Context) -> Findings:
    """Properties whose names speak of TLS or of a security policy; a load balancer's have controls of their own."""
    unset = _OLD_BY_DEFAULT.get(resource.type)
    if unset and not resource.has(unset[0]):
        yield Violation(f"not set, so it may be {unset[1]}, which accepts old protocols or ciphers", unset[0])
    mode = _MODE_OF.get(resource.type)
    if mode and not resource.has(mode) and resource.text("engineName") not in _PLAIN_ENGINES:
        yield Violation("not set, so the connection is in plain text", mode)
    for path, value in resource.every_leaf:
        name = property_name(path).lower()
        if not ("tls" in name or "ssl" in name or "securitypolicy" in name or "minimumprotocol" in name):
            continue
        if value is UNKNOWN:
            yield UndeterminedError(path)
        elif isinstance(value, str) and _OLD.search(value):
            yield Violation(f"{value} accepts old protocols or ciphers", path)


require_values(
    {
        "aws:athena/workgroup:Workgroup": {
            "configuration.resultConfiguration.encryptionConfiguration.encryptionOption"
            "|configuration.managedQueryResultsConfiguration.enabled": ("SSE_KMS", "CSE_KMS", True),
            "configuration.enforceWorkgroupConfiguration": (True, None),
        },
        "aws:dax/cluster:Cluster": {
            "serverSideEncryption.enabled": (True,),
            "clusterEndpointEncryptionType": ("TLS",),
        },
        "aws:elasticsearch/domain:Domain": {
            "encryptAtRest.enabled": (True,),
            "nodeToNodeEncryption.enabled": (True,),
        },
        "aws:emr/cluster:Cluster": {"securityConfiguration": SET},
        "aws:glue/dataCatalogEncryptionSettings:DataCatalogEncryptionSettings": {
            "dataCatalogEncryptionSettings.connectionPasswordEncryption.returnConnectionPasswordEncrypted": (True,),
            "dataCatalogEncryptionSettings.encryptionAtRest.catalogEncryptionMode": (
                "SSE-KMS",
                "SSE-KMS-WITH-SERVICE-ROLE",
            ),
        },
        "aws:glue/crawler:Crawler": {"securityConfiguration": SET},
        "aws:glue/devEndpoint:DevEndpoint": {"securityConfiguration": SET},
        "aws:glue/job:Job": {"securityConfiguration": SET},
        "aws:kinesis/firehoseDeliveryStream:FirehoseDeliveryStream": {"serverSideEncryption.enabled": (True,)},
        "aws:kinesis/stream:Stream": {"encryptionType": ("KMS",)},
        "aws:opensearch/domain:Domain": {
            "encryptAtRest.enabled": (True,),
            "nodeToNodeEncryption.enabled": (True,),
        },
    },
    unless={
        "aws:kinesis/firehoseDeliveryStream:FirehoseDeliveryStream": (
            "kinesisSourceConfiguration",
            "mskSourceConfiguration",
        )
    },
    id="ENC-AWS-008",
    title="Services that encrypt only when they are asked are asked",
    why=AT_REST,
    fix="Set the property; most of them replace the resource.",
    severity=Severity.HIGH,
    references=References(soc2=("CC6.1",), iso27001=("A.8.24",), indonesia=("UU PDP 35",)),
)

require_values(
    {
        "aws:cloudsearch/domain:Domain": {"endpointOptions.enforceHttps": (True,)},
        "aws:datasync/efsLocation:EfsLocation": {"inTransitEncryption": ("TLS1_2",)},
        "aws:elasticsearch/domain:Domain": {"domainEndpointOptions": SET},
        "aws:opensearch/domain:Domain": {"domainEndpointOptions": SET},
        "aws:redshift/parameterGroup:ParameterGroup": {"parameters{require_ssl}": (True,)},
        "aws:sagemaker/dataQualityJobDefinition:DataQualityJobDefinition": {
            "networkConfig.enableInterContainerTrafficEncryption": (True,)
        },
        "aws:ses/configurationSet:ConfigurationSet": {"deliveryOptions.tlsPolicy": ("Require",)},
        "aws:sesv2/configurationSet:ConfigurationSet": {"deliveryOptions.tlsPolicy": ("REQUIRE",)},
    },
    id="ENC-AWS-010",
    title="Services that demand TLS only when they are asked are asked",
    why=PLAIN_TRANSPORT,
    fix="Set the property so that the service takes no connection without TLS.",
    severity=Severity.MEDIUM,
    references=References(soc2=("CC6.7",), iso27001=("A.8.20", "A.8.24"), indonesia=("UU PDP 35",)),
)

_PROTOCOLS = {
    "aws:datasync/locationObjectStorage:LocationObjectStorage": ("serverProtocol", frozenset({"HTTP"})),
    "aws:lightsail/distribution:Distribution": ("origin.protocolPolicy", frozenset({"http-only"})),
    "aws:transfer/server:Server": ("protocols[*]", frozenset({"FTP"})),
}
"""Type -> where it names protocols, and those in plain text."""


@control(
    id="ENC-AWS-009",
    title="No service offers a protocol in plain text",
    why=PLAIN_TRANSPORT,
    fix="Choose HTTPS, SFTP or FTPS in its place.",
    severity=Severity.HIGH,
    types=tuple(_PROTOCOLS),
    references=References(soc2=("CC6.7",), iso27001=("A.8.20", "A.8.24"), indonesia=("UU PDP 35",)),
)
def protocols_are_encrypted(resource: Resource, _: Context) -> Findings:
    path, plain = _PROTOCOLS[resource.type]
    for name in values_at(resource, path):
        if name is UNKNOWN:
            yield UndeterminedError(path.removesuffix("[*]"))
        elif name in plain:
            yield Violation(f"{name} is in plain text", path.removesuffix("[*]"))
