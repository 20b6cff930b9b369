"""Names, tiers and lifecycles that pass are those that AWS takes, and delete nothing they shouldn't."""

import json
import re

from botocore.session import get_session
from botocore.utils import check_dns_name
from hypothesis import given
from hypothesis import strategies as st
from pydantic import TypeAdapter, ValidationError

from components.images.image_policy import lifecycle_policy
from components.images.settings import UPSTREAMS, Images
from components.storage.settings import BucketName
from components.storage.transitions import STORAGE_CLASSES, earliest_ages, earliest_deletion
from components.workloads.services_settings import ServiceName

ECR = get_session().get_service_model("ecr")
NAMES = st.text(st.sampled_from("ab1-._A/ "), max_size=66)
TIERS = st.dictionaries(st.sampled_from(STORAGE_CLASSES), st.integers(-5, 400))


def passes(kind, name):
    try:
        TypeAdapter(kind).validate_python(name)
    except ValidationError:
        return False
    return True


def aws_takes(shape, name):
    limits = ECR.shape_for(shape).metadata
    return limits["min"] <= len(name) <= limits["max"] and bool(re.fullmatch(limits["pattern"], name))


@given(NAMES)
def test_a_bucket_name_that_passes_is_a_host_name_without_dots(name):
    assert not name or not passes(BucketName, name) or (check_dns_name(name) and "." not in name)


@given(st.from_regex(r"[a-z0-9][a-z0-9-]{1,61}[a-z0-9]", fullmatch=True))
def test_a_bucket_name_of_letters_digits_and_dashes_passes_unless_aws_keeps_it(name):
    kept = re.search(r"^(xn--|sthree-|amzn-s3-demo-)|(-s3alias|--ol-s3|--x-s3|--table-s3|-an)$", name)
    assert passes(BucketName, name) is (kept is None)


@given(st.text(st.sampled_from("ab1-._A"), max_size=32))
def test_a_service_name_that_passes_makes_a_repository_name_and_a_host_name(name):
    if passes(ServiceName, name):
        assert aws_takes("RepositoryName", f"smile/{name}")
        assert re.fullmatch(r"[a-z]([a-z0-9-]{0,61}[a-z0-9])?", name)


def test_every_cache_prefix_is_one_that_ecr_takes():
    assert all(aws_takes("PullThroughCacheRuleRepositoryPrefix", f"smile-cache/{upstream}") for upstream in UPSTREAMS)


@given(TIERS)
def test_tiers_that_pass_only_ever_get_colder(tiers):
    """What S3 demands of one lifecycle rule: later means colder, and 30 days before and in STANDARD_IA."""
    if any(age < least for _, least, age in earliest_ages(tiers)):
        return
    by_age = sorted(tiers, key=lambda storage_class: tiers[storage_class])
    assert by_age == [storage_class for storage_class in STORAGE_CLASSES if storage_class in tiers]
    ages = [tiers[storage_class] for storage_class in by_age]
    assert len(set(ages)) == len(ages)
    assert min(ages, default=0) >= 0
    assert earliest_deletion(tiers) > max(ages, default=-1)
    if "STANDARD_IA" in tiers:
        assert tiers["STANDARD_IA"] >= 30
        assert all(age >= tiers["STANDARD_IA"] + 30 for age in ages[1:])


IMAGES = st.lists(
    st.tuples(st.integers(0, 90), st.sets(st.sampled_from(["release-1", "release-2", "main-1", "pr-7"]), max_size=2)),
    max_size=12,
)
"""Age in days, and tags."""


def expired(rules, images):
    """The images that ECR deletes: a rule sees all that it matches, and marks only what no earlier rule matches."""
    claimed, gone = set(), set()
    for rule in sorted(rules, key=lambda rule: rule["rulePriority"]):
        about = rule["selection"]
        matching = [index for index, (_, tags) in enumerate(images) if matches(about, tags)]
        newest_first = sorted(matching, key=lambda index: images[index][0])
        if about["countType"] == "imageCountMoreThan":
            marked = newest_first[about["countNumber"] :]
        else:
            marked = [index for index in matching if images[index][0] > about["countNumber"]]
        gone |= set(marked) - claimed
        claimed |= set(matching)
    return gone


def matches(about, tags):
    if about["tagStatus"] == "untagged":
        return not tags
    patterns = about.get("tagPatternList") or [f"{prefix}*" for prefix in about["tagPrefixList"]]
    return bool(tags) and all(any(re.fullmatch(p.replace("*", ".*"), tag) for tag in tags) for p in patterns)


@given(IMAGES, st.integers(1, 5))
def test_releases_and_the_newest_images_are_never_deleted_and_untagged_ones_are(images, keep):
    rules = json.loads(lifecycle_policy(Images(keep_images=keep)))["rules"]
    gone = expired(rules, images)
    tagged = sorted((index for index, (_, tags) in enumerate(images) if tags), key=lambda index: images[index][0])
    releases = {index for index in tagged if any(tag.startswith("release-") for tag in images[index][1])}
    assert not gone & (releases | set(tagged[:keep]))
    assert set(tagged[keep:]) - releases <= gone
    for index, (age, tags) in enumerate(images):
        if not tags:
            assert (index in gone) is (age > 30)
