"""What an SDK's documentation says a property accepts, where its words leave no doubt."""

from __future__ import annotations

import re

from offline.schema.catalogue import Property

Value = str | int | float | bool

_DEFAULT = re.compile(
    r"(?:[Dd]efaults? (?:to|is|value is|value of|value for this \w+ is)|[Dd]efault:)"
    r" (?:`\"?(?P<value>[^`\"]+)\"?`|(?P<number>\d[\d,]*)(?=[.\s]|$))"
)
_EITHER = re.compile(r"\b(?:if|when|unless|for|per|each)\b", re.IGNORECASE)
_ZERO = re.compile(r"(?<![\d.,])0(?![\d.,])")  # which often turns off what otherwise has a least value
_DEFAULT_CONDITION = re.compile(
    r"\b(?:if|when|unless|otherwise|except|depend\w*|for|on|in|provider|latest|current|same)\b", re.IGNORECASE
)
_SENTENCES = re.compile(r"(?<=[.;])\s|\n")
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
    r"[Bb]etween (?P<low>\d+) and (?P<high>\d+) characters"
    r"|(?:[Mm]aximum length of|[Mm]ust be (?:at most|no longer than|no more than)|[Ll]ess than or equal to"
    r"|[Mm]aximum of|\(maximum) `?(?P<most>\d+)`?(?: characters|\)?\.|\)?$)"
)
_LEAST = re.compile(
    r"(?:[Mm]inimum(?: value)? of|[Mm]ust be at least|[Gg]reater than or equal to) `?(?P<low>\d+)`?(?![\d,]|\.\d)"
)
_EXCEPTION = re.compile(r"\b(?:or `?\d|except|also|multiples?|if|when|for|depend\w*|unless|only)\b")
_CONDITION = re.compile(r"\b(?:if|when|unless|for|only|other than|per|each)\b|`[^`]*=[^`]*`", re.IGNORECASE)
_SENTENCE = re.compile(r"[^.\n]*")


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


def bounds(prop: Property) -> tuple[float, float | None] | None:
    """The range the documentation gives for a number, or the least that it may be."""
    if prop.kind not in {"integer", "number"}:
        return None
    found = [
        (float(match["low"].replace(",", "")), float(match["high"].replace(",", "")))
        for pattern in _RANGES
        for match in pattern.finditer(prop.description)
        if not _EXCEPTION.search(_sentence(prop.description, match.start(), match.end()))
    ]
    if len(set(found)) == 1 and found[0][0] < found[0][1]:
        return found[0]
    least = None if found else _LEAST.search(prop.description)
    if (
        least is None
        or _ZERO.search(prop.description)
        or _EXCEPTION.search(_sentence(prop.description, least.start(), least.end()))
    ):
        return None
    return (float(least["low"]), None)


def length(prop: Property) -> tuple[float | None, float | None]:
    """The number of characters the documentation allows a text to have."""
    if prop.kind != "string":
        return (None, None)
    match = _LENGTH.search(own_words(prop))
    if match is None or _EITHER.search(_sentence(prop.description, match.start(), match.end())):
        return (None, None)
    return (float(match["low"]) if match["low"] else None, float(match["high"] or match["most"]))


def _sentence(text: str, start: int, end: int) -> str:
    rest = _SENTENCE.match(text, end)
    begin = max(text.rfind(". ", 0, start), text.rfind("\n", 0, start)) + 1
    return text[begin:start] + (rest[0] if rest else "")


def default(prop: Property) -> Value | None:
    """The default that the documentation of `prop` gives, in the property's own type."""
    for sentence in _SENTENCES.split(own_words(prop)):
        match = _DEFAULT.search(sentence)
        if match and not _DEFAULT_CONDITION.search(sentence[match.end() :]):
            return typed(prop, match["value"] or match["number"])
    return None


def typed(prop: Property, value: object) -> Value | None:
    """`value` in the type of `prop`, or nothing where it has none."""
    text = str(value)
    if value is None or prop.kind not in {"string", "integer", "number", "boolean"}:
        return None
    if prop.kind == "boolean":
        return {"true": True, "false": False}.get(text.lower())
    if prop.kind == "string":
        return text if text not in {"null", "None", "nil"} else None
    try:
        number = float(text.replace(",", ""))
    except ValueError:
        return None
    return int(number) if prop.kind == "integer" else number
