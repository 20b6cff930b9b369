"""AWS Regions: partition, Availability Zones, and what of AWS's own lies where, by names that follow no rule."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

GLOBAL_REGION = "us-east-1"
"""Where AWS keeps certificates and web ACLs of distributions, of the partition ``aws``."""
EKS_IMAGES = "602401143452"
"""AWS's account with the images of EKS add-ons, in most Regions."""


@dataclass(frozen=True)
class Region:
    """What differs between Regions.

    Attributes:
        zones: letters of the Availability Zones that any account may have there
            (https://docs.aws.amazon.com/global-infrastructure/latest/regions/aws-availability-zones.html).
        patches: suffix of Patch Manager's bucket ``aws-patch-manager-REGION-SUFFIX``; empty where AWS names none
            (https://docs.aws.amazon.com/systems-manager/latest/userguide/patch-operations-s3-buckets.html).
        snapshots: suffix of ``patch-baseline-snapshot-REGION``, where it has one; from the same page.
        eks_images: AWS's account with the images of EKS add-ons
            (https://docs.aws.amazon.com/eks/latest/userguide/add-ons-images.html, and for the newest Regions
            files/get-ecr-uri.sh of https://github.com/awslabs/amazon-eks-ami).
        emr_images: AWS's account with the images of EMR on EKS, where one was looked up
            (https://docs.aws.amazon.com/emr/latest/EMR-on-EKS-DevelopmentGuide/docker-custom-images-tag.html).
        partition: first part of its ARNs.
    """

    zones: str = "abc"
    patches: str = ""
    snapshots: str = ""
    eks_images: str = EKS_IMAGES
    emr_images: str = ""
    partition: str = "aws"


REGIONS: Mapping[str, Region] = {
    "af-south-1": Region(patches="bdd5f65a9", snapshots="tbxdb5b9", eks_images="877085696533"),
    "ap-east-1": Region(patches="632356271", eks_images="800184023465"),
    "ap-east-2": Region(eks_images="533267051163"),
    "ap-northeast-1": Region("abcd", "4849fa78f"),
    "ap-northeast-2": Region("abcd", "10467995c"),
    "ap-northeast-3": Region(patches="67373598a"),
    "ap-south-1": Region(patches="cb7c62ff9"),
    "ap-south-2": Region(patches="32f4b4128", snapshots="50209442", eks_images="900889452093"),
    "ap-southeast-1": Region(patches="7fdfd9ef7"),
    "ap-southeast-2": Region(patches="17283a275"),
    "ap-southeast-3": Region(
        patches="aa48fc462", snapshots="be0a3174", eks_images="296578399912", emr_images="946962994502"
    ),
    "ap-southeast-4": Region(patches="01e2c40d3", snapshots="dc6f76ce", eks_images="491585149902"),
    "ap-southeast-5": Region(eks_images="151610086707"),
    "ap-southeast-6": Region(eks_images="333609536671"),
    "ap-southeast-7": Region(eks_images="121268973566"),
    "ca-central-1": Region("abd", "3148e69e3"),
    "ca-west-1": Region(patches="9e3a4b2f9", eks_images="761377655185"),
    "eu-central-1": Region(patches="9163fdaaf"),
    "eu-central-2": Region(patches="184ce43c8", eks_images="900612956339"),
    "eu-north-1": Region(patches="795879e9b"),
    "eu-south-1": Region(patches="c52f3f594", eks_images="590381155156"),
    "eu-south-2": Region(patches="a4cf248b1", snapshots="df2c9d70", eks_images="455263428931"),
    "eu-west-1": Region(patches="5522fb710"),
    "eu-west-2": Region(patches="902a2bc74"),
    "eu-west-3": Region(patches="29bf85721"),
    "il-central-1": Region(patches="e221cb57b", eks_images="066635153087"),
    "me-central-1": Region(patches="2932f2f80", eks_images="759879836304"),
    "me-south-1": Region(patches="a53fc9dce", snapshots="uduvl7q8", eks_images="558608220178"),
    "mx-central-1": Region(eks_images="730335286997"),
    "sa-east-1": Region(patches="ddf4b6a09"),
    "us-east-1": Region("abcdef", "1970c647d"),
    "us-east-2": Region(patches="552881074"),
    "us-gov-east-1": Region(eks_images="151742754352", partition="aws-us-gov"),
    "us-gov-west-1": Region(eks_images="013241004608", partition="aws-us-gov"),
    "us-west-1": Region("abc", "8badb4304"),
    "us-west-2": Region("abcd", "34d7f99f8"),
}


def zones_of(region: str) -> tuple[str, ...]:
    """The Availability Zones of a Region, such as ``eu-west-1a``; none of a Region that isn't known."""
    return tuple(f"{region}{letter}" for letter in REGIONS[region].zones) if region in REGIONS else ()
