"""What an SDK's documentation says a property accepts, where its words leave no doubt."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Literal

from offline.schema.catalogue import Property
from offline.schema.naming import plain, singular

_TICKED = r"`\"?([^`\"]+)\"?`"
_NOTE = r"(?:\s*\([^()]*\))?"
# "Valid values are `a` (default), `b`, and `c`." - the list, the whole list, and nothing else in the sentence.
_LIST = re.compile(r"\n\s*[-*] ")
_VALUES = re.compile(
    r"(?:[Vv]alid|[Aa]llowed|[Pp]ossible) [Vv]alues(?: are)?:?"
    rf" (?P<list>`[^`]+`{_NOTE}(?:,? (?:and |or )?`[^`]+`{_NOTE})+)"
    r"(?=\.(?:\s|$)|\n|$)"
)
# Words that tell of more values than those listed.
_OPEN_END = re.compile(
    r"\balso (?:valid|supported|accepted|allowed|work|possible)\b|\bnot (?:explicitly )?listed\b"
    r"|\b(?:current|complete|full|latest|up-to-date) list\b"
)
_UNIT = r"(?: ?[A-Za-z]+)?(?: \([^()]*\))?"
# A number in a list of numbers, as in: valid values are `60` seconds (1 minute) or `600` seconds.
_AMOUNT = r"`?\d+`?(?: (?!to\b|through\b|up\b|and\b|or\b)[A-Za-z]+)?(?: \([^()]*\))?"
_AMOUNTS = re.compile(
    r"(?:[Vv]alid|[Aa]llowed|[Pp]ossible) [Vv]alues(?: are)?:?"
    rf" (?P<list>{_AMOUNT}(?:,? (?:and |or )?{_AMOUNT})+)(?=\.(?:\s|$)|\n|$)"
)
_IN_BRACKETS = re.compile(r"\([^()]*\)")
_HIGH = r"`?(?P<high>\d[\d,]*)`?(?![\d,]|\.\d|(?:,| and| or) `?\d)"
_RANGES = (
    re.compile(
        r"(?:[Ii]nteger|[Vv]alues?|[Vv]alid range is|[Mm]ust be|[Ss]econds,?)(?: are| is| from| of)?"
        rf" (?:a number |an integer )?(?:from|between) `?(?P<low>\d[\d,]*)`?{_UNIT}(?: (?:up )?(?:to|and) |-){_HIGH}"
    ),
    # "The range is 1-5 seconds", "Valid values are 1 through 5"
    re.compile(
        r"(?:[Rr]ange(?: is|:)|[Vv]alues(?: are|:)(?: integers between)?)"
        rf" `?(?P<low>\d[\d,]*)`?{_UNIT} ?(?:to|through|[-\u2013]) ?{_HIGH}"
    ),
)
_LENGTH = re.compile(
    r"must be between (?P<low>\d+) and (?P<high>\d+) characters"
    r"|(?:[Mm]aximum length of|must be (?:at most|no longer than|no more than))"
    r" (?P<most>\d+) characters"
)
_EXCEPTION = re.compile(r"\b(?:or `?\d|except|also|multiples?|if|when|for|depend\w*|unless|only)\b")
_CONDITION = re.compile(r"\b(?:if|when|unless|for|only|other than|per|each)\b|`[^`]*=[^`]*`", re.IGNORECASE)
_NAMES = r"(?P<names>`\w+`(?:(?:,|,? (?:or|and|nor)) `\w+`)+)"
_ONE_OF = re.compile(
    rf"(?P<how>[Ee]xactly one(?: of)?|[Aa]t least one of|[Aa]t most one of|[Oo]nly one of|[Oo]ne of) {_NAMES}"
    r" (?:must be|is required|are required|can be|may be|should be)"
)
_EITHER = r"(?P<names>`\w+`(?:(?:,|,? (?:or|and)) `\w+`)*)"
_CONFLICTS = (
    re.compile(rf"(?:[Cc]onflicts with|[Mm]utually exclusive with) {_EITHER}"),
    re.compile(
        rf"[Cc]annot be (?:set|specified|used|provided) (?:if|when) {_EITHER}"
        r"(?= (?:is|are) (?:set|provided|specified)(?: to `true`)?\.)"
    ),
)
_TICKED_NAME = re.compile(r"`(\w+)`")
_SENTENCE = re.compile(r"[^.\n]*")

Rule = Literal["conflict", "exactly one", "at least one", "at most one"]


@dataclass(frozen=True)
class Relation:
    """A rule on which of several inputs are given together."""

    rule: Rule
    names: tuple[str, ...]


def own_words(prop: Property) -> str:
    """What the documentation says of the property itself: a list below it speaks of its fields or of others."""
    return _LIST.split(prop.description, maxsplit=1)[0]


def values(prop: Property) -> tuple[str, ...]:
    """The only values the documentation allows, or none when it doesn't list them all."""
    if prop.kind not in {"string", "integer"}:
        return ()
    text = own_words(prop)
    lists = list((_VALUES if prop.kind == "string" else _AMOUNTS).finditer(text))
    if (
        len(lists) != 1
        or _OPEN_END.search(text)
        or _CONDITION.search(_sentence(text, lists[0].start(), lists[0].end()))
    ):
        return ()
    if prop.kind == "integer":
        return tuple(re.findall(r"\d+", _IN_BRACKETS.sub("", lists[0]["list"])))
    found = tuple(re.findall(_TICKED, lists[0]["list"]))
    # A tick can also enclose a pattern, a placeholder or a range.
    return () if any(re.search(r"[*<>{}()\s\\#]|\.\.|XX|\d-\d", value) for value in found) else found


def bounds(prop: Property) -> tuple[float, float] | None:
    """The range the documentation gives for a number."""
    if prop.kind not in {"integer", "number"}:
        return None
    found = [
        (float(match["low"].replace(",", "")), float(match["high"].replace(",", "")))
        for pattern in _RANGES
        for match in pattern.finditer(prop.description)
        if not _EXCEPTION.search(_sentence(prop.description, match.start(), match.end()))
    ]
    return found[0] if len(set(found)) == 1 and found[0][0] < found[0][1] else None


def length(prop: Property) -> tuple[float | None, float | None]:
    """The number of characters the documentation allows a text to have."""
    if prop.kind != "string":
        return (None, None)
    match = _LENGTH.search(prop.description)
    if match is None:
        return (None, None)
    return (float(match["low"]) if match["low"] else None, float(match["high"] or match["most"]))


def _sentence(text: str, start: int, end: int) -> str:
    rest = _SENTENCE.match(text, end)
    begin = max(text.rfind(". ", 0, start), text.rfind("\n", 0, start)) + 1
    return text[begin:start] + (rest[0] if rest else "")


def relations(properties: Mapping[str, Property]) -> tuple[Relation, ...]:
    """Rules between the fields of one object that their documentation states without a condition."""
    known = {form: name for name in properties for form in (singular(name), plain(name))}
    return tuple(dict.fromkeys(_relations(properties, known)))


def _relations(properties: Mapping[str, Property], known: Mapping[str, str]) -> Iterator[Relation]:
    for name, prop in properties.items():
        for match in (found for pattern in _CONFLICTS for found in pattern.finditer(prop.description)):
            if not _CONDITION.search(_sentence(prop.description, match.start(), match.end())):
                for other in _resolve(match["names"], known):
                    if other != name:
                        yield Relation("conflict", tuple(sorted((name, other))))
        for match in _ONE_OF.finditer(prop.description):
            names = _resolve(match["names"], known)
            whole = len(names) == match["names"].count("`") / 2 and name in names
            if whole and not _CONDITION.search(_sentence(prop.description, match.start(), match.end())):
                yield Relation(_rule(match["how"], match[0]), tuple(sorted(names)))


def _rule(how: str, sentence: str) -> Rule:
    words = how.lower()
    if words.startswith("exactly"):
        return "at most one" if sentence.endswith(("can be", "may be")) else "exactly one"
    if words.startswith(("at most", "only")) or sentence.endswith(("can be", "may be")):
        return "at most one"
    return "at least one"


def _resolve(names: str, known: Mapping[str, str]) -> list[str]:
    return [known[plain(name)] for name in _TICKED_NAME.findall(names) if plain(name) in known]
