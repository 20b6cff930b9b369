"""Rules between inputs, as documentation words them: exactly one of, conflicts with, required when.

Only words that leave no doubt count: a sentence with a further condition says nothing here.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Literal

from offline.schema.naming import plain

Rule = Literal["conflict", "exactly one", "at least one", "at most one", "required with"]


@dataclass(frozen=True)
class Relation:
    """A rule on which of several inputs are given together.

    `required with`: whoever gives the first name gives the second too; with `values`, only where the first has one of
    them (`type` is `SQS`). Every other rule treats its names alike.
    """

    rule: Rule
    names: tuple[str, ...]
    values: tuple[str, ...] = ()
    source: str = field(default="", compare=False)  # for measurements: which kind of source says so


_ARTICLE = r"(?:(?:an?|the|either) )?"
_NAME = rf"{_ARTICLE}`[\w.-]+`(?: (?:arguments?|attributes?|parameters?|propert(?:y|ies)|blocks?|fields?))?"
_AND = r"(?:,? (?:or|and|nor)|,)"
_LIST = rf"(?P<names>{_NAME}(?:{_AND} {_NAME})+)"
_SOME = rf"(?P<names>{_NAME}(?:{_AND} {_NAME})*)"
_GIVEN = r"(?:set|specified|provided|given|configured|supplied|present|used|defined|included)"
_GIVE = r"(?:set|specify|provide|give|configure|supply|use|define|include|contain|have)"
_HOW = r"(?P<how>exactly one(?: of)?|at least one(?: of)?|at most one(?: of)?|only one(?: of)?|one of|either)"
_NOT_BOTH = r"(?P<alone>,? \(?(?:but )?not both\)?)?"
_END = r"(?=[.;)\n]|$)"
_CHOICES = (
    re.compile(
        rf"\b{_HOW} {_LIST}{_NOT_BOTH} (?P<verb>must|is required|are required|can be|may be|should be)", re.IGNORECASE
    ),
    re.compile(rf"\b(?P<verb>must|can|may|should) (?:be )?{_GIVE}? ?{_HOW} {_LIST}{_NOT_BOTH}{_END}", re.IGNORECASE),
    re.compile(rf"(?:^|[.)\n] *){_GIVE}(?P<verb>) {_HOW} {_LIST}(?P<alone>,? \(?(?:but )?not both\)?)", re.IGNORECASE),
    re.compile(rf"(?P<how>)(?P<verb>){_LIST} are mutually exclusive(?P<alone>)", re.IGNORECASE),
)
_FOLLOWING = re.compile(
    r"(?P<how>exactly one|one)(?: and only one)? of the following(?: \w+){0,3}:\s*(?P<names>(?:\n\s*[-*] *`\w+`\.? *)+)"
    r"(?=\n|$)"
)
_CONFLICT = re.compile(
    r"(?:(?:conflicts|mutually exclusive|incompatible) with"
    rf"|(?:can(?:no|')t) be (?:{_GIVEN}|combined)(?: together| along| in conjunction)? with"
    rf"|(?:can(?:no|')t) {_GIVE} this(?: \w+)? (?:together )?with) {_SOME}"
    rf"|(?:can(?:no|')t) be {_GIVEN} (?:if|when) (?P<also>{_NAME}(?:{_AND} {_NAME})*)"
    rf"(?= (?:is|are)(?: also)? {_GIVEN}(?: to `true`)?{_END})",
    re.IGNORECASE,
)
_IS_GIVEN = rf"(?:is|are)(?: also)? {_GIVEN}"
_BEGIN = r"(?:^|[.)\n] *)(?:this (?:(?:argument|parameter|field|attribute|property|value) )?is )?"
_WITH = r"(?:(?:together|in conjunction|along) )?with"
_OTHER = r"`(?P<other>\w+)`"
_NEEDED_BY = re.compile(  # the other needs the owner
    rf"{_BEGIN}(?:(?:required|must be {_GIVEN}) (?:if|when)(?: using)? {_OTHER}(?: (?:is|are)(?: also)? {_GIVEN}"
    rf"|(?: (?:is|are)(?: set to)?(?P<values>(?:(?:,|,? or)? `\"?[\w.:-]+\"?`)+))?)"
    rf"|required with `(?P<beside>\w+)`){_END}",
    re.IGNORECASE,
)
_NEEDS = re.compile(  # the owner needs the other
    rf"(?:(?:^|[.)\n] *)requires {_OTHER}(?: to be {_GIVEN}| as well)?"
    rf"|must be {_GIVEN} {_WITH} `(?P<beside>\w+)`){_END}",
    re.IGNORECASE,
)
_UNLESS = re.compile(
    rf"{_BEGIN}required (?:(?:if|when) {_OTHER} is not {_GIVEN}|unless `(?P<beside>\w+)` is {_GIVEN}){_END}",
    re.IGNORECASE,
)
_CONDITION = re.compile(r"\b(?:if|when|unless|for|only|other than|per|each)\b|`[^`]*=[^`]*`", re.IGNORECASE)
_TICKED = re.compile(r"`\"?([\w.:-]+)\"?`")
_SENTENCE = re.compile(r"[^.\n]*")


def stated(text: str, owner: str, known: Mapping[str, str], source: str = "") -> Iterator[Relation]:
    """What `text`, the documentation of input `owner`, says without a condition of inputs that are `known`."""
    for rule, names, values in (
        *_choices(text, owner, known),
        *_exclusions(text, owner, known),
        *_requirements(text, owner, known),
    ):
        yield Relation(rule, names, values, source)


_Found = Iterator[tuple[Rule, tuple[str, ...], tuple[str, ...]]]


def _choices(text: str, owner: str, known: Mapping[str, str]) -> _Found:
    for match in (found for pattern in _CHOICES for found in pattern.finditer(text)):
        names = _resolve(match["names"], known)
        whole = len(names) == match["names"].count("`") // 2 == len(set(names)) > 1 and (not owner or owner in names)
        if whole and not _CONDITION.search(_rest(text, match)):
            yield _rule(match["how"].lower(), match["verb"].lower(), bool(match["alone"])), tuple(sorted(names)), ()
    for match in _FOLLOWING.finditer(text):
        names = _resolve(match["names"], known)
        whole = len(names) == match["names"].count("`") // 2 == len(set(names)) > 1
        before = _before(text, match)
        if whole and not _CONDITION.search(before):
            must = re.search(r"\b(?:must|consists|required?)\b", before, re.IGNORECASE)
            yield "exactly one" if must else "at most one", tuple(sorted(names)), ()


def _rule(how: str, verb: str, alone: bool) -> Rule:  # noqa: FBT001 - named where it is called
    must = verb.startswith(("must", "is", "are", "should"))
    if how.startswith("exactly") or (alone and how in {"either", "one of"}):
        return "exactly one" if must else "at most one"
    if how.startswith(("at most", "only")) or not how or not must:
        return "at most one"
    return "at least one"


def _exclusions(text: str, owner: str, known: Mapping[str, str]) -> _Found:
    for match in _CONFLICT.finditer(text) if owner else ():
        speaks_of = {plain(name) for name in _TICKED.findall(_before(text, match))}
        if speaks_of <= {plain(owner)} and not _CONDITION.search(_rest(text, match)):
            for other in _resolve(match["names"] or match["also"], known):
                if other != owner:
                    yield "conflict", tuple(sorted((owner, other))), ()


def _requirements(text: str, owner: str, known: Mapping[str, str]) -> _Found:
    for pattern in (_NEEDED_BY, _NEEDS, _UNLESS) if owner else ():
        for match in pattern.finditer(text):
            other = known.get(plain(match["other"] or match["beside"]), owner)
            if other == owner:
                continue
            if pattern is _NEEDED_BY:
                yield "required with", (other, owner), tuple(_TICKED.findall(match["values"] or ""))
            elif pattern is _NEEDS:
                yield "required with", (owner, other), ()
            else:
                yield "at least one", tuple(sorted((owner, other))), ()


def _rest(text: str, match: re.Match[str]) -> str:
    """The sentence around a match, without the match."""
    rest = _SENTENCE.match(text, match.end())
    return _before(text, match) + (rest[0] if rest else "")


def _before(text: str, match: re.Match[str]) -> str:
    """The sentence up to a match."""
    begin = max(text.rfind(". ", 0, match.start()), text.rfind("\n", 0, match.start())) + 1
    return text[begin : match.start()]


def _resolve(names: str, known: Mapping[str, str]) -> list[str]:
    return [known[plain(name)] for name in _TICKED.findall(names) if plain(name) in known]


_MARKED = re.compile(r"<(code|b|i)>\s*([\w.]+)\s*</\1>")
_ITEM = re.compile(r"<li>(?:\s*<p>)?\s*")
_TAG = re.compile(r"</?[a-z][^<>]*>")


def unmarked(documentation: str, members: Iterable[str]) -> str:
    """A service's documentation, which is HTML, as the SDK writes: names of members in backticks."""
    text = _MARKED.sub(r"`\2`", documentation)
    text = _TAG.sub(" ", _ITEM.sub("\n- ", text.replace("</p>", "\n")))
    named = "|".join(name for name in members if re.search(r"\w[A-Z]", name))
    text = re.sub(rf"(?<![`\w.])({named})(?![`\w])", r"`\1`", text) if named else text
    return html.unescape(re.sub(r"[ \t]+", " ", text))
