"""The title of a disputed item: its decision, what was asked, granted and is left, when it was done."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date

from openimr.determinations import Decision

from ._dates import us_day
from ._source import Place, Source

_DECIDED = re.compile(r"(?P<colon>:?)\s*(?P<word>Upheld|Overturned|UPHELD|OVERTURNED)\s*[.]?\s*$")
_LONGEST = 6_000  # characters of a title; real ones have up to 550
_DECISION_WINDOW = 120  # characters before the first field in which a decision stands
_OTHER_WORD = re.compile(r":\s*(?P<word>[A-Z][a-z]+(?:\s+[A-Za-z]+){0,2})\s*$")
_GIVEN = r"(?:was|were)\s+(?:authorized|approved|certified)\s+by\s+the\s+Claims\s+Administrator"
_REMAINING = re.compile(
    rf"^(?P<original>.+?)\s+(?:was|were)\s+the\s+original\s+requests?\.\s+(?P<authorized>.+?)\s+{_GIVEN}\.\s+"
    r"The\s+remaining(?:\s+IMR)?\s+eligible\s+portions?\s+of\s+the\s+original\s+requests?,?\s+(?P<disputed>.+?)(?:,?\s+(?:is|are|was|were))?$",
    re.S | re.I,
)
_LEAVING = re.compile(
    r"^(?P<original>.+?)\s+(?:was|were)\s+the\s+original\s+requests?\.\s+The\s+Claims\s+Administrator\s+(?:authorized|approved|certified)\s+"
    r"(?P<authorized>.+?),?\s+leaving\s+the\s+original\s+requests?(?:\s+IMR)?\s+eligible\.\s+"
    r"The\s+original\s+requests?,?\s+(?P<disputed>.+?)(?:,?\s+(?:is|are|was|were))?$",
    re.S | re.I,
)
MODIFIED = re.compile(r"\bthe\s+original\s+request\b", re.I)
_TIMING = re.compile(r"\b(?:(?P<retrospective>retro(?:spective(?:ly)?)?)|(?P<concurrent>concurrent)|(?P<prospective>prospective))\b", re.I)
_DAY = r"\d{1,2}[/-]\d{1,2}[/-](?:\d{4}|\d{2})"
_SERVED = re.compile(
    rf"\b(?:DOS|D\.O\.S\.?|dates?\s+of\s+services?|date\(s\)\s+of\s+services?|(?:performed|provided|rendered|dispensed|done|given)\s+on|service\s+date)"
    rf"\s*(?::|-|of|was|is)?\s*(?P<days>{_DAY}(?:\s*(?:,|and|&|to|through|thru|-|\u2013)\s*{_DAY})*)",
    re.I,
)
_ONE_DAY = re.compile(_DAY)


@dataclass(frozen=True, slots=True)
class Title:
    """A title: its text, the decision behind its last colon (None: `word` is another one, or none was found), and its parts."""

    text: str
    place: Place
    decision: Decision | None
    decided: Place | None
    word: str | None
    colon: bool
    parts: dict[str, str]
    spans: dict[str, Place]


def decision_at(source: Source, start: int, end: int) -> int:
    """Return where the decision of a title that ends at `end` begins, its colon included; `end` when there is none."""
    decided = _decided(source.plain, start, end)
    return decided.start() if decided else end


def _decided(plain: str, start: int, end: int) -> re.Match[str] | None:
    """The decision a stretch ends in, with the colon before it."""
    at = max(plain.rfind(word, max(start, end - _DECISION_WINDOW), end) for word in ("pheld", "PHELD", "verturned", "VERTURNED")) - 1
    if at < start:
        return None
    while at > start and plain[at - 1].isspace():
        at -= 1
    return _DECIDED.match(plain, at - 1 if at > start and plain[at - 1] == ":" else at, end)


def read_title(source: Source, start: int, end: int) -> Title | None:
    """Read the title between two places, None when nothing stands there. The decision is what follows the last colon."""
    plain = source.plain
    decided = _decided(plain, start, end)
    other = None if decided else _OTHER_WORD.search(plain, max(start, end - _DECISION_WINDOW), end)
    mark = decided or other
    place = source.trimmed(start, mark.start() if mark else end)
    if place is None:
        return None
    text = source.value(place)
    parts, spans = _parts(source, place)
    return Title(
        text=text,
        place=place,
        decision=Decision(decided["word"].lower()) if decided else None,
        decided=decided.span("word") if decided else None,
        word=mark["word"] if mark else None,
        colon=bool(decided and decided["colon"]) or other is not None,
        parts=parts,
        spans=spans,
    )


def _parts(source: Source, place: Place) -> tuple[dict[str, str], dict[str, Place]]:
    """The three parts of a modified request, by either template; none for another title."""
    stretch = source.plain[place[0] : place[1]]
    if "original" not in stretch or len(stretch) > _LONGEST:
        return {}, {}
    split = _REMAINING.match(stretch) or _LEAVING.match(stretch)
    if split is None:
        return {}, {}
    spans = {name: (place[0] + split.start(name), place[0] + split.end(name)) for name in ("original", "authorized", "disputed")}
    return {name: source.value(span) for name, span in spans.items()}, spans


def timing(text: str) -> str | None:
    """Return retrospective, concurrent or prospective where the title says so, else None."""
    said = _TIMING.search(text)
    return said.lastgroup if said else None


def dates_of_service(text: str) -> tuple[date, ...]:
    """Return the days on which the title says the service was given, in order, each once."""
    stated = [us_day(day) for served in _SERVED.finditer(text) for day in _ONE_DAY.findall(served["days"])]
    # a day there is not stays text of the title
    days = dict.fromkeys(day for day in stated if day is not None)
    return tuple(days)
