"""What programs ask AWS about itself: account, regions, zones, images, service accounts, managed lists."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from offline.cloud.store import Cloud
from offline.invokes.policy_document import render
from offline.outputs.identifiers import Place
from offline.outputs.seeded_random import SeededRandom, looked_up_id
from offline.provider import OfflineError
from offline.wire.values import Properties


@dataclass(frozen=True)
class Call:
    """A function call: what is asked, where, with which provider configuration."""

    token: str
    arguments: Mapping[str, Any]
    place: Place
    cloud: Cloud
    config: Mapping[str, Any]


_ARN_PARTS: Final = 6
_REGIONS: Final = {
    "ap-southeast-1": "Asia Pacific (Singapore)",
    "ap-southeast-3": "Asia Pacific (Jakarta)",
    "us-east-1": "US East (N. Virginia)",
    "us-east-2": "US East (Ohio)",
    "us-west-2": "US West (Oregon)",
    "eu-west-1": "Europe (Ireland)",
}
_ZONE_CODES: Final = {"ap-southeast-3": "apse3", "us-east-1": "use1", "us-west-2": "usw2", "eu-west-1": "euw1"}
_ELB_ACCOUNTS: Final = {"ap-southeast-3": "589379963580", "us-east-1": "127311923021", "us-west-2": "797873946194"}
_CACHE_POLICIES: Final = {
    "Managed-CachingOptimized": "658327ea-f89d-4fab-a63d-7e88639e58f6",
    "Managed-CachingDisabled": "4135ea2d-6df8-44a3-9df3-4b5a84be39ad",
    "Managed-CachingOptimizedForUncompressedObjects": "b2884449-e4de-46a7-ac36-70bc7f1ddd6d",
    "Managed-Elemental-MediaPackage": "08627262-05a9-4f76-9ded-b50ca2e3a84f",
    "Managed-Amplify": "2e54312d-136d-493c-8eb9-b001f22f67d2",
}
_REQUEST_POLICIES: Final = {
    "Managed-AllViewer": "216adef6-5c7f-47e4-b989-5492eafa07d3",
    "Managed-AllViewerExceptHostHeader": "b689b0a8-53d0-40ab-baf2-68738e2966ac",
    "Managed-CORS-S3Origin": "88a5eaf4-2fd4-4709-b370-b4c650ea3fcf",
    "Managed-UserAgentRefererHeaders": "acba4595-bd28-49b8-b9fe-13317c0390fa",
}
_HEADER_POLICIES: Final = {
    "Managed-SecurityHeadersPolicy": "67f7725c-6f97-4210-82d7-5512b31e9d03",
    "Managed-SimpleCORS": "60669652-455b-4ae9-85a4-c4c02393f86c",
    "Managed-CORS-S3Origin": "60669652-455b-4ae9-85a4-c4c02393f86c",
}
_ROOT_DISK: Final = {  # of an Amazon Linux image; texts, as the SDK has them
    "deleteOnTermination": "true",
    "encrypted": "false",
    "iops": "3000",
    "snapshotId": "snap-0a1b2c3d4e5f60718",
    "throughput": "125",
    "volumeInitializationRate": "0",
    "volumeSize": "8",
    "volumeType": "gp3",
}
_ADDONS: Final = {
    "vpc-cni": "v1.21.1-eksbuild.1",
    "kube-proxy": "v{version}.0-eksbuild.2",
    "coredns": "v1.13.1-eksbuild.1",
    "aws-ebs-csi-driver": "v1.54.0-eksbuild.1",
    "aws-efs-csi-driver": "v2.2.0-eksbuild.1",
    "eks-pod-identity-agent": "v1.3.10-eksbuild.2",
}


def _caller(call: Call) -> Properties:
    account = call.place.account
    user = SeededRandom(account).text("upper", 17)
    arn = f"arn:{call.place.partition}:iam::{account}:user/offline"
    return {"accountId": account, "arn": arn, "id": account, "userId": f"AIDA{user}"}


def _region(call: Call) -> Properties:
    region = str(call.arguments.get("region") or call.arguments.get("name") or call.place.region)
    return {
        "id": region,
        "name": region,
        "region": region,
        "description": _REGIONS.get(region, region),
        "endpoint": f"ec2.{region}.amazonaws.com",
    }


def _partition(call: Call) -> Properties:
    suffix = "amazonaws.com.cn" if call.place.partition == "aws-cn" else "amazonaws.com"
    reverse = ".".join(reversed(suffix.split(".")))
    return {
        "id": call.place.partition,
        "partition": call.place.partition,
        "dnsSuffix": suffix,
        "reverseDnsPrefix": reverse,
    }


def _zones(call: Call) -> Properties:
    region = call.place.region
    names = [f"{region}{letter}" for letter in "abc"]
    continent, where, number = region.split("-")[:3]
    code = _ZONE_CODES.get(region, f"{continent}{where[:1]}{where[5:6]}{number}")
    ids = [f"{code}-az{index}" for index in (1, 2, 3)]
    kept = [
        index
        for index in range(3)
        if names[index] not in (call.arguments.get("excludeNames") or ())
        and ids[index] not in (call.arguments.get("excludeZoneIds") or ())
    ]
    return {
        "id": region,
        "names": [names[index] for index in kept],
        "zoneIds": [ids[index] for index in kept],
        "groupNames": [region],
    }


def _zone(call: Call) -> Properties:
    name = str(call.arguments.get("name") or f"{call.place.region}a")
    index = "abcdef".find(name[-1])
    return {
        "id": name,
        "name": name,
        "nameSuffix": name[-1],
        "region": call.place.region,
        "groupName": call.place.region,
        "optInStatus": "opt-in-not-required",
        "state": "available",
        "zoneId": f"{_ZONE_CODES.get(call.place.region, call.place.region)}-az{index + 1}",
        "zoneType": "availability-zone",
    }


def _policy(call: Call) -> Properties:
    document, minified = render(call.arguments)
    return {"json": document, "minifiedJson": minified, "id": SeededRandom(document).text("digits", 10)}


def _image(call: Call) -> Properties:
    own = call.cloud.of_type(call.place.account, call.place.region, "aws:ec2/ami:Ami")
    pattern = next(
        (filter_["values"][0] for filter_ in call.arguments.get("filters") or () if filter_.get("name") == "name"), ""
    )
    named = [
        item for item in own if re.fullmatch(str(pattern).replace("*", ".*") or ".*", str(item.outputs.get("name")))
    ]
    if named and "self" in (call.arguments.get("owners") or ()):
        return {**named[-1].outputs, "id": named[-1].id, "imageId": named[-1].id}
    id_ = f"ami-{SeededRandom(call.place.region, repr(sorted(call.arguments.items(), key=str))).text('hex', 17)}"
    arm = "arm64" in str(call.arguments)
    return {
        "id": id_,
        "imageId": id_,
        "arn": f"arn:{call.place.partition}:ec2:{call.place.region}::image/{id_}",
        "name": str(pattern).replace("*", "20261101") or "offline-image",
        "architecture": "arm64" if arm else "x86_64",
        "virtualizationType": "hvm",
        "rootDeviceType": "ebs",
        "rootDeviceName": "/dev/xvda",
        "blockDeviceMappings": [{"deviceName": "/dev/xvda", "ebs": _ROOT_DISK, "noDevice": "", "virtualName": ""}],
        "state": "available",
        "ownerId": "137112412989",
        "creationDate": "2026-11-01T00:00:00.000Z",
        "public": True,
        "hypervisor": "xen",
        "imageType": "machine",
    }


def _prefix_list(call: Call) -> Properties:
    name = call.arguments.get("name") or next(
        (filter_["values"][0] for filter_ in call.arguments.get("filters") or ()),
        f"com.amazonaws.{call.place.region}.s3",
    )
    stored = [
        item
        for item in call.cloud.of_type(
            call.place.account, call.place.region, "aws:ec2/managedPrefixList:ManagedPrefixList"
        )
        if item.outputs.get("name") == name or item.id == call.arguments.get("id")
    ]
    if stored:
        return {**stored[-1].outputs, "id": stored[-1].id}
    id_ = str(call.arguments.get("id") or looked_up_id("pl", call.place.region, name))
    return {
        "id": id_,
        "name": name,
        "prefixListId": id_,
        "arn": f"arn:{call.place.partition}:ec2:{call.place.region}:aws:prefix-list/{id_}",
        "addressFamily": "IPv4",
        "ownerId": "AWS",
        "maxEntries": 55,
        "version": 1,
        "cidrBlocks": ["52.95.176.0/20"],
        "entries": [],
    }


def _addon_version(call: Call) -> Properties:
    name, kubernetes = str(call.arguments.get("addonName")), str(call.arguments.get("kubernetesVersion", "1.36"))
    template = _ADDONS.get(name, "v1.0.0-eksbuild.1")
    return {"id": name, "version": template.format(version=kubernetes)}


def _balancer_account(call: Call) -> Properties:
    account = _ELB_ACCOUNTS.get(call.place.region, "127311923021")
    return {"id": account, "arn": f"arn:{call.place.partition}:iam::{account}:root"}


def _managed(table: Mapping[str, str]) -> Callable[[Call], Properties]:
    def answer(call: Call) -> Properties:
        by_id = {id_: name for name, id_ in table.items()}
        name, id_ = call.arguments.get("name"), call.arguments.get("id")
        if name in table:
            return {"id": table[str(name)], "name": name}
        return {"id": id_ or SeededRandom(name).uuid(), "name": name or by_id.get(str(id_), "")}

    return answer


def _parameter(call: Call) -> Properties:
    name = str(call.arguments.get("name"))
    for item in call.cloud.of_type(call.place.account, call.place.region, "aws:ssm/parameter:Parameter"):
        if item.outputs.get("name") == name:
            plain = "" if item.outputs.get("type") == "SecureString" else item.outputs.get("value")
            return {**item.outputs, "id": item.id, "insecureValue": plain}
    value = f"offline-value-of-{name.rsplit('/', 1)[-1]}"
    if re.search(r"image|ami", name):
        value = f"ami-{SeededRandom(call.place.region, name).text('hex', 17)}"
    arn = f"arn:{call.place.partition}:ssm:{call.place.region}:{call.place.account}:parameter/{name.lstrip('/')}"
    return {
        "id": name,
        "name": name,
        "value": value,
        "insecureValue": value,
        "type": "String",
        "version": 1,
        "arn": arn,
    }


def _secret_version(call: Call) -> Properties:
    wanted = call.arguments.get("secretId")
    for item in reversed(
        call.cloud.of_type(call.place.account, call.place.region, "aws:secretsmanager/secretVersion:SecretVersion")
    ):
        named = {found.id for found in call.cloud.named(call.place.account, str(wanted))}
        if item.inputs.get("secretId") == wanted or item.inputs.get("secretId") in named:
            return {**item.outputs, "id": item.id, "secretId": wanted}
    return {"secretString": '{"username":"offline","password":"offline"}', "id": f"{wanted}|AWSCURRENT"}


def _service_principal(call: Call) -> Properties:
    service = str(call.arguments.get("serviceName"))
    name = f"{service}.amazonaws.com"
    return {"id": name, "name": name, "region": call.place.region, "serviceName": service, "suffix": "amazonaws.com"}


def _regions(call: Call) -> Properties:
    return {"id": call.place.partition, "names": sorted(_REGIONS)}


def _default_tags(call: Call) -> Properties:
    return {"id": call.place.partition, "tags": (call.config.get("defaultTags") or {}).get("tags") or {}}


def _arn(call: Call) -> Properties:
    arn = str(call.arguments.get("arn"))
    parts = arn.split(":", _ARN_PARTS - 1)
    if len(parts) < _ARN_PARTS or parts[0] != "arn":
        raise OfflineError(f"{arn!r} is no ARN: it must have the form arn:partition:service:region:account:resource")
    names = ("partition", "service", "region", "account", "resource")
    values = dict(zip(names, parts[1:], strict=True))
    return {"id": arn, **values, "accountId": values["account"]}


def _token(call: Call) -> Properties:
    return {
        "id": call.arguments.get("name"),
        "token": f"k8s-aws-v1.{SeededRandom(call.arguments.get('name')).text('lower', 200)}",
    }


def _engine_version(call: Call) -> Properties:
    versions = {"mysql": "8.4.7", "postgres": "17.6", "mariadb": "11.8.3", "aurora-mysql": "8.0.mysql_aurora.3.10.1"}
    engine = str(call.arguments.get("engine"))
    version = str(call.arguments.get("version") or versions.get(engine, "17.6"))
    return {
        "id": version,
        "version": version,
        "versionActual": version,
        "parameterGroupFamily": f"{engine}{version.rsplit('.', 1)[0]}",
    }


DATA_SOURCES: Final[dict[str, Callable[[Call], Properties]]] = {
    "aws:cloudfront/getCachePolicy:getCachePolicy": _managed(_CACHE_POLICIES),
    "aws:cloudfront/getOriginRequestPolicy:getOriginRequestPolicy": _managed(_REQUEST_POLICIES),
    "aws:cloudfront/getResponseHeadersPolicy:getResponseHeadersPolicy": _managed(_HEADER_POLICIES),
    "aws:ec2/getAmi:getAmi": _image,
    "aws:ec2/getManagedPrefixList:getManagedPrefixList": _prefix_list,
    "aws:ec2/getPrefixList:getPrefixList": _prefix_list,
    "aws:eks/getAddonVersion:getAddonVersion": _addon_version,
    "aws:eks/getClusterAuth:getClusterAuth": _token,
    "aws:elb/getServiceAccount:getServiceAccount": _balancer_account,
    "aws:iam/getPolicyDocument:getPolicyDocument": _policy,
    "aws:index/arnParse:arnParse": _arn,
    "aws:index/getArn:getArn": _arn,
    "aws:index/getAvailabilityZone:getAvailabilityZone": _zone,
    "aws:index/getAvailabilityZones:getAvailabilityZones": _zones,
    "aws:index/getCallerIdentity:getCallerIdentity": _caller,
    "aws:index/getDefaultTags:getDefaultTags": _default_tags,
    "aws:index/getPartition:getPartition": _partition,
    "aws:index/getRegion:getRegion": _region,
    "aws:index/getRegions:getRegions": _regions,
    "aws:index/getServicePrincipal:getServicePrincipal": _service_principal,
    "aws:rds/getEngineVersion:getEngineVersion": _engine_version,
    "aws:secretsmanager/getSecretVersion:getSecretVersion": _secret_version,
    "aws:ssm/getParameter:getParameter": _parameter,
}
"""Invokes with a rule of their own; all others look into the cloud."""
