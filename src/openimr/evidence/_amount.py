"""Numbers and dates of a sentence: how much a phrase says in the unit of its fact, and the days that are named."""

from __future__ import annotations

import re
from datetime import date

from openimr.library import Kind, number

from ._phrasebook import Line

_MONTHS = {"y": 12.0, "m": 1.0, "w": 12 / 52.18, "d": 12 / 365.25}
_WEEKS = {"y": 52.18, "m": 52.18 / 12, "w": 1.0, "d": 1 / 7}
_UNIT_WORD = re.compile(r"(years?|yrs?|months?|mos?|weeks?|wks?|days?)\b", re.IGNORECASE)
_AND_A_HALF = re.compile(r"[\s\-]+and[\s\-]+a[\s\-]+half\b", re.IGNORECASE)
_AND_MONTHS = re.compile(
    r"[\s,]+(?:and\s+)?(\d{1,2}|one|two|three|four|five|six|seven|eight|nine|ten|eleven)\s+(?:months?|mos?)\b", re.IGNORECASE
)
_YEARS_AND = re.compile(
    r"\b(\d{1,2}|one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|thirteen|fourteen|fifteen)\s+years?\s+(?:and\s+)?$",
    re.IGNORECASE,
)
_DATE = re.compile(r"\b(\d{1,2})[/-](\d{1,2})[/-](\d{4}|\d{2})\b|\b(\d{4})-(\d{2})-(\d{2})\b")
_SINCE = re.compile(r"\b(?:since|began on|started on|onset)\s+(?:on\s+|the\s+\w+\s+(?:of|on)\s+)?", re.IGNORECASE)


def amount(line: Line, match: re.Match[str], sentence: str) -> bool | float | None:
    """Return what a phrase says: True, False, or its number in the unit of the fact; None where the unit of time is missing.

    What denies a number says that there is none of it: "no epidural injection in the past year".
    """
    if line.role == "denied" and line.fact.fact.kind is Kind.MEASURE:
        return 0.0
    if line.role != "measured":
        return line.role != "denied"
    amount = number(match.group("n"), bool(match.groupdict().get("half")))
    unit = line.fact.fact.unit
    if unit in ("months", "weeks"):
        word = _UNIT_WORD.search(sentence, match.end("n"))
        if word is None:
            return None
        amount += 0.5 if _AND_A_HALF.match(sentence, word.end()) else 0.0
        more = _AND_MONTHS.match(sentence, word.end()) if word.group(1)[0].lower() == "y" else None
        amount += number(more.group(1)) / 12 if more else 0.0
        years = _YEARS_AND.search(sentence[: match.start("n")]) if word.group(1)[0].lower() == "m" else None
        amount += number(years.group(1)) * 12 if years else 0.0
        amount *= (_MONTHS if unit == "months" else _WEEKS)[word.group(1)[0].lower()]
    return round(amount, 2)


def days_in(sentence: str) -> list[tuple[date, bool]]:
    """Return the days a sentence names in figures, in order, and whether each is the beginning of something that goes on."""
    found = ((match, _as_date(match)) for match in _DATE.finditer(sentence))
    return [(day, bool(_SINCE.search(sentence[: match.start()]))) for match, day in found if day]


def _as_date(match: re.Match[str]) -> date | None:
    month, day, year, y2, m2, d2 = match.groups()
    try:
        if y2:
            return date(int(y2), int(m2), int(d2))
        whole = int(year) if len(year) == 4 else 2000 + int(year) if int(year) < 70 else 1900 + int(year)
        return date(whole, int(month), int(day))
    except ValueError:
        return None
