"""Trails of CloudTrail: which events they record, by either kind of selector."""

from __future__ import annotations

import re

from guardrails.model.logic import all_hold, first_that
from guardrails.model.resource import Resource, paths_at

TRAIL = "aws:cloudtrail/trail:Trail"
_EVERY_BUCKET = {"arn:aws:s3", "arn:aws:s3:::", "arn:aws-cn:s3", "arn:aws-us-gov:s3"}
_OBJECTS = "AWS::S3::Object"
_ONE_BUCKET = re.compile(r"arn:aws[\w-]*:s3:::[a-z0-9][a-z0-9.-]{2,62}/")
_OTHER_OPERATORS = ("equals", "startsWiths", "endsWiths", "notEquals", "notEndsWiths")


def is_of_all_regions(trail: Resource) -> bool:
    """Whether it records the events of all regions.

    Raises:
        UndeterminedError: that is not known yet.
    """
    return bool(trail.get("isMultiRegionTrail"))


def records_management(trail: Resource) -> bool:
    """Whether it records every management event, as a trail without selectors does.

    Raises:
        UndeterminedError: that is not known yet.
    """
    plain, advanced = paths_at(trail, "eventSelectors[*]"), paths_at(trail, "advancedEventSelectors[*]")
    if not plain and not advanced:
        return True

    def records(*types: str) -> bool:
        def is_one(selector: str) -> bool:
            return all_hold(
                lambda: trail.get(f"{selector}.includeManagementEvents", True),
                lambda: trail.get(f"{selector}.readWriteType", "All") in types,
            )

        return first_that(plain, is_one) is not None

    return (
        records("All")
        or all_hold(lambda: records("All", "ReadOnly"), lambda: records("All", "WriteOnly"))
        or first_that(advanced, lambda selector: _is_about(trail, selector, "Management")) is not None
    )


def records_objects(trail: Resource) -> bool:
    """Whether it records who reads and who writes the objects of every bucket, but for those that it names.

    Raises:
        UndeterminedError: that is not known yet.
    """

    def names_all(resource: str) -> bool:
        return all_hold(
            lambda: trail.get(f"{resource}.type") == _OBJECTS,
            lambda: bool(_EVERY_BUCKET & _texts(trail, f"{resource}.values")),
        )

    def records(selector: str) -> bool:
        return all_hold(
            lambda: trail.get(f"{selector}.readWriteType", "All") == "All",
            lambda: first_that(paths_at(trail, f"{selector}.dataResources[*]"), names_all) is not None,
        )

    def is_about_objects(selector: str) -> bool:
        return _is_about(trail, selector, "Data", _OBJECTS)

    return (
        first_that(paths_at(trail, "eventSelectors[*]"), records) is not None
        or first_that(paths_at(trail, "advancedEventSelectors[*]"), is_about_objects) is not None
    )


def _is_about(trail: Resource, selector: str, category: str, kind: str | None = None) -> bool:
    """Whether an advanced selector takes all events of a category, and of one kind of resource.

    It may leave out the events of some services, such as KMS, of which there are too many, and single buckets, such as
    those that logs are delivered to.
    """
    wanted = {"eventCategory": [category], **({"resources.type": [kind]} if kind else {})}
    fields = {trail.text(f"{path}.field"): path for path in paths_at(trail, f"{selector}.fieldSelectors[*]")}
    left_out = fields.pop("eventSource", None)
    buckets = fields.pop("resources.ARN", None) if kind == _OBJECTS else None
    return (
        fields.keys() == wanted.keys()
        and all(trail.known(f"{path}.equals", []) == wanted[name] for name, path in fields.items())
        and not (left_out and (trail.has(f"{left_out}.equals") or trail.has(f"{left_out}.startsWiths")))
        and not (buckets and not _leaves_out_buckets(trail, buckets))
    )


def _leaves_out_buckets(trail: Resource, field: str) -> bool:
    """Whether a field of a selector takes all but the objects of single buckets."""
    return not any(trail.has(f"{field}.{operator}") for operator in _OTHER_OPERATORS) and all(
        _ONE_BUCKET.fullmatch(arn) for arn in _texts(trail, f"{field}.notStartsWiths")
    )


def _texts(trail: Resource, path: str) -> set[str]:
    """The texts of a list, all of them known."""
    trail.known(path)
    return {str(each) for each in trail.items(path)}
