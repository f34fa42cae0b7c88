"""Dates as reports write them, with the precision they are meant to."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date

_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_MONTH = (
    r"(?:jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|"
    r"aug(?:ust)?|sept?(?:ember)?|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?)"
)
_DATE = re.compile(
    rf"""(?<![\d/.-])(?:
      (?P<y1>(?:19|20)\d\d)-(?P<m1>\d\d)-(?P<d1>\d\d)
    | (?P<m2>\d{{1,2}})[/-](?P<d2>\d{{1,2}})[/-](?P<y2>(?:19|20)\d\d|\d\d)
    | (?P<m3>0?[1-9]|1[0-2])/(?P<y3>(?:19|20)\d\d)
    | (?P<m4>{_MONTH})\.?\s+(?P<d4>\d{{1,2}})(?:st|nd|rd|th)?,?\s+(?P<y4>(?:19|20)\d\d)
    | (?P<m5>{_MONTH})\.?,?\s+(?:of\s+)?(?P<y5>(?:19|20)\d\d)
    | \b(?:in|since|of|during|year)\s+(?P<y6>(?:19|20)\d\d)
    )(?![\d/])(?!-\d)""",
    re.IGNORECASE | re.VERBOSE,
)
_CENTURY = 70  # two figures from 70 on are of the century before
PRECISIONS = ("day", "month", "year")


@dataclass(frozen=True, slots=True)
class Day:
    """A date at characters `start` to `end` of a text; of a month or year alone its first day."""

    start: int
    end: int
    on: date
    precision: str


def days_in(text: str) -> list[Day]:
    """Return the dates a text names, in order; what cannot be a day of the calendar is left out."""
    return [day for day in map(_day, _DATE.finditer(text)) if day is not None]


def _day(match: re.Match[str]) -> Day | None:
    said = match.groupdict()
    form = next(number for number in "123456" if said[f"y{number}"])
    year = _year(said[f"y{form}"])
    month = _month(said.get(f"m{form}") or "1")
    number = int(said.get(f"d{form}") or 1)
    try:
        on = date(year, month, number)
    except ValueError:
        return None
    precision = "day" if said.get(f"d{form}") else "month" if said.get(f"m{form}") else "year"
    return Day(match.start(), match.end(), on, precision)


def _year(text: str) -> int:
    year = int(text)
    return year if len(text) == 4 else year + (2000 if year < _CENTURY else 1900)


def _month(text: str) -> int:
    return int(text) if text.isdigit() else _MONTHS.index(text[:3].lower()) + 1


def compatible(one: tuple[date, str], other: tuple[date, str]) -> bool:
    """Tell whether two dates may be one: equal as far as the less precise of them goes."""
    coarse = max(one[1], other[1], key=PRECISIONS.index)
    a, b = one[0], other[0]
    return a.year == b.year and (coarse == "year" or a.month == b.month) and (coarse != "day" or a == b)
