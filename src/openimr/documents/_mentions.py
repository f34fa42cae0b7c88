"""Where one record of the case file speaks of another: of what kind, of which day, by whom, in which words."""

from __future__ import annotations

import re
from calendar import monthrange
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Literal

from ._edges import is_banner
from ._labels import CREDENTIAL, MONTH, dates_in, month_number
from ._values import Page, Record

if TYPE_CHECKING:
    from ._kinds import Kinds, Name

_BEFORE = 130  # characters; a name with what was examined and by whom is not longer
_SENTENCE = 70  # characters before the name that may say that it was only asked for
_AFTER = 60
_HEAD_LINES = 14  # of a record's first page: there it names itself
_LIST_LINES = 60
_LONGEST_HEAD = 90  # characters
_PROSE_WORDS = 16  # of a line without a date: a list of records has come to its end
_POSSESSIVE = 30  # characters before a name: "Dr. Roe's"
_ABOUT = ("correspondence",)  # what a letter is about stands behind its day, and tells nothing of the letter
_MOST_NAMES = 5  # words of the name of a person or a practice
_YEAR = re.compile(r"(?<!\d)(?:19|20)\d\d(?![\d/-])")
_MONTH_BEFORE = re.compile(rf"(?:\b({MONTH})\.?,?(?: of)?\s+|(?<![\d/.-])(\d{{1,2}})/)\Z", re.I)
_MONTH_LONGEST = 16
_DAY_OF_MONTH = re.compile(rf"\b({MONTH})\.?[ ]+(\d{{1,2}})(?:st|nd|rd|th)?\b(?![\d/:-]|\.\d|,?\s+(?:19|20)\d\d)")
_NEXT_DATE = re.compile(
    r"\s*(?:,\s*(?:and|&)?|;|and|&)\s*(?:(?:the\s+)?(?:older|earlier|later|other|first|second)\s+(?:one\s+)?)?(?:of\s+|dated\s+)?\Z", re.I
)
_OTHER_THING = re.compile(r"\b(?:and|the)\s+(?:the\s+)?\Z", re.I)  # before a year: "the record and the 2013 physical"
_UNTIL = re.compile(r"\s*(?:to|through|thru|until)\s*|[ \t]*[-\u2013][ \t]*", re.I)
_TOKEN = re.compile(r"[^\s,:()\[\]|\u2022\u2013\u2014]+")
_PLACE = re.compile(r"(?:[A-Z]\d{1,2}(?:-[A-Z]?\d{1,2})?|[#&/-]|[xX]\d|\d)\Z")  # a level of the spine, a number of things
_PERSON = re.compile(r"[A-Z][a-z][\w'\N{RIGHT SINGLE QUOTATION MARK}-]*|[A-Z]\.")
_WHO = re.compile(rf"\b(?:Drs?\.? (?:[A-Z][\w'-]*\.? )?[A-Z][\w'-]+|[A-Z][\w'.-]+ (?:[A-Z]\.? )?[A-Z][\w'-]+,? {CREDENTIAL})")
_TAIL = re.compile(r"(?:[\s,:;(-]|\b(?:of|dated|from|on|the|in|performed|done|taken|obtained)\b)*\Z", re.I)
_STOP = re.compile(r"[.;!?](?=\s)|\n\s*\n")
_LINE_DATE = re.compile(r"[\s\u2022*\d.)-]{0,6}\Z")
_KIND_LATER = 60  # characters of a line that begins with a date


Told = Literal["day", "month", "year", "time"]


@dataclass(frozen=True, slots=True)
class Mention:
    """A record as another one speaks of it, on characters `start` to `end` of a page.

    `first` and `last` are the days it may be of: the same for a day, the ends of the month or year where only that is told, a span of time
    for "from ... through ...". `told` says which.
    """

    kind: str
    what: str
    first: date
    last: date
    told: Told
    who: str | None
    record: Record
    page: int
    start: int
    end: int

    @property
    def loose(self) -> bool:
        """Whether only the month or the year of one record is told."""
        return self.told in ("month", "year")

    @property
    def when(self) -> str:
        """The day, month or year as 2012-06-14, 2012-06 or 2012; of a span of time its first day."""
        return self.first.isoformat()[: {"month": 7, "year": 4}.get(self.told, 10)]


@dataclass(frozen=True, slots=True)
class Day:
    """A day, month or year on characters `start` to `end` of a text."""

    start: int
    end: int
    first: date
    last: date
    told: Told


def mentions_on(page: Page, record: Record, kinds: Kinds) -> Iterator[Mention]:
    """Yield what a page of a record says of other records that are there or were, in order of place.

    What is only asked for or planned, the guidelines, dates of something else and what the record says of itself are left out.
    """
    text = page.text
    days = days_in(text, record.date)
    if not days:
        return
    lower = text.lower()
    if not kinds.names_in(lower):
        return
    listed = _listed(text, kinds)
    head = _head_end(text) if page.number == record.first_page else 0
    said: tuple[Name, int, int] | None = None  # the name before the last date, for the dates that follow it
    before: Day | None = None
    for place, day in enumerate(days):
        if before is not None and _UNTIL.fullmatch(text[before.end : day.start]):
            before = day  # the end of the time told before
            continue
        if said is None or before is None or not _NEXT_DATE.fullmatch(text[before.end : day.start]):
            said = _named_before(text, lower, day, kinds, record, listed) or _named_behind(text, day, kinds, listed)
        before = day
        if said is None or (said[1] < head and said[0].kind == record.kind and _names_itself(text, said[1], record)):
            continue
        name, start, end = said
        following = days[place + 1] if place + 1 < len(days) else None
        until = following if following is not None and _UNTIL.fullmatch(text[day.end : following.start]) else None
        stop = max(end, until.end if until else day.end)
        told_of = stop if name.kind not in _ABOUT else None
        if only_asked_for(text, start, told_of, kinds) or (record.date is not None and day.first > record.date):
            continue
        yield Mention(
            kind=name.kind,
            what=kinds.kinds[name.kind].label if name.compared else _TAIL.sub("", " ".join(text[start:end].split())),
            first=day.first,
            last=max(day.last, until.last) if until else day.last,
            told="time" if until else day.told,
            who=who_in(text, start, stop),
            record=record,
            page=page.number,
            start=min(start, day.start),
            end=stop,
        )


def days_in(text: str, latest: date | None) -> list[Day]:
    """Return the days, months and years of a text in order of place; a day without its year is the last such day up to `latest`."""
    days = [Day(start, end, day, day, "day") for start, end, day in dates_in(text)]
    taken = {day.end for day in days}
    for year in _YEAR.finditer(text):
        if year.end() in taken:
            continue
        found = _MONTH_BEFORE.search(text, max(0, year.start() - _MONTH_LONGEST), year.start())
        month = month_number(found[1]) if found and found[1] else int(found[2]) if found else 0
        whole = int(year.group())
        if found and 1 <= month <= 12:
            days.append(Day(found.start(), year.end(), date(whole, month, 1), date(whole, month, monthrange(whole, month)[1]), "month"))
        elif not found:
            days.append(Day(year.start(), year.end(), date(whole, 1, 1), date(whole, 12, 31), "year"))
    if latest:
        days += [Day(*found.span(), day, day, "day") for found in _DAY_OF_MONTH.finditer(text) if (day := _last_before(found, latest))]
    return sorted(days, key=lambda day: day.start)


def _last_before(found: re.Match[str], latest: date) -> date | None:
    """The last day of a month and day up to another day; None for no day of the calendar."""
    month, day = month_number(found[1]), int(found[2])
    year = latest.year if (month, day) <= (latest.month, latest.day) else latest.year - 1
    return date(year, month, day) if 1 <= day <= monthrange(year, month)[1] else None


def _named_before(
    text: str, lower: str, day: Day, kinds: Kinds, record: Record, listed: list[tuple[int, int]]
) -> tuple[Name, int, int] | None:
    """The name that stands before a date with nothing between them but what was examined, by whom, and small words."""
    first = max(0, day.start - _BEFORE)
    near = kinds.names_in(lower[first : day.start])
    if not near or _is_banner_line(text, day.start):
        return None
    in_list = _within(day.start, listed)
    if day.told == "year" and _OTHER_THING.search(text, first, day.start):
        return None
    found = [
        (match.start(), -match.end(), name)
        for name in near
        if (in_list or not name.listed) and (name.kind == record.kind or not name.compared)
        for match in name.pattern.finditer(text, first, day.start)
    ]
    for start, end, name in sorted(found, key=lambda each: each[:2]):
        if (start <= first and first) or not links(text[-end : day.start], kinds):
            continue
        # "operative report, radiographs of" speaks of the radiographs; "MRI report" of one thing
        others = [each for at, _, each in found if at >= -end]
        if not any(name.compared or (each.kind != name.kind and each.kind not in kinds.reports) for each in others):
            return name, start, day.start
    return None


def _named_behind(text: str, day: Day, kinds: Kinds, listed: list[tuple[int, int]]) -> tuple[Name, int, int] | None:
    """The name behind a date that begins a line, as lists of records have it."""
    line_start = text.rfind("\n", 0, day.start) + 1
    if not _LINE_DATE.match(text[line_start : day.start]) or not _within(day.start, listed):
        return None
    line_end = text.find("\n", day.end)
    stop = min(line_end if line_end >= 0 else len(text), day.end + _KIND_LATER)
    found = [
        (match.start(), -match.end(), name)
        for name in kinds.names_in(text[day.end : stop].lower())
        if not name.compared
        for match in name.pattern.finditer(text, day.end, stop)
    ]
    for start, end, name in sorted(found, key=lambda each: each[:2]):
        if links(text[day.end : start], kinds):
            return name, start, -end
    return None


def links(between: str, kinds: Kinds) -> bool:
    """Whether a passage has only small words, what can be examined, and names of people."""
    if _STOP.search(between.replace("Dr. ", "Dr ").replace("M.D.", "MD")):
        return False
    persons = 0
    for token in _TOKEN.findall(between):
        word = token.lower().strip(".;'\"")
        if word in kinds.links or not word or _PLACE.match(token):
            continue
        parts = word.split("/")
        if len(parts) > 1 and all(part in kinds.links for part in parts):
            continue
        if word in kinds.not_after or not _PERSON.match(token) or kinds.other_dates.size((word,)):
            return False
        persons += 1
    return persons <= _MOST_NAMES


def _names_itself(text: str, at: int, record: Record) -> bool:
    """Whether a name at the head of a record is its own: on the line of its title, or anywhere where its date could not be read."""
    end = text.find("\n", at)
    line = text[text.rfind("\n", 0, at) + 1 : end if end >= 0 else len(text)].strip()
    return record.date is None or record.title.startswith(line) or line.startswith(record.title)


def only_asked_for(text: str, start: int, stop: int | None, kinds: Kinds) -> bool:
    """Whether the sentence says before `start`, or behind `stop` if one is given, that a record is asked for, to come, or a guideline."""
    before = text[max(0, start - _SENTENCE) : start]
    before = before[max((match.end() for match in re.finditer(r"[.;:!?](?=\s)|\n\s*[-\u2022*]|\n(?=\d{1,2}[.)])", before)), default=0) :]
    behind = re.split(r"[.;!?](?=\s)|\n", text[stop : stop + _AFTER], maxsplit=1)[0] if stop is not None else ""
    return kinds.planned.search(before) is not None or kinds.planned.search(behind) is not None


def who_in(text: str, start: int, stop: int) -> str | None:
    found = _WHO.search(text, max(text.rfind("\n", 0, start) + 1, start - _POSSESSIVE), stop)
    return " ".join(found.group().split()) if found else None


def _is_banner_line(text: str, at: int) -> bool:
    end = text.find("\n", at)
    return is_banner(text[text.rfind("\n", 0, at) + 1 : end if end >= 0 else len(text)])


def _head_end(text: str) -> int:
    at = 0
    for _ in range(_HEAD_LINES):
        at = text.find("\n", at) + 1
        if not at:
            return len(text)
    return at


def _listed(text: str, kinds: Kinds) -> list[tuple[int, int]]:
    """The parts of a page that list records: from their heading to the first line of prose."""
    parts: list[tuple[int, int]] = []
    lower = text.lower()
    near = {lower.rfind("\n", 0, at) + 1 for at in kinds.list_words_in(lower)}
    if not near:
        return []
    at, since, lines = 0, -1, 0
    for line in text.split("\n"):
        if since < 0:
            found = kinds.list_heads.search(line) if at in near and len(line) < _LONGEST_HEAD else None
            if found and _heads(line, found):
                since, lines = at + found.end(), 0
        else:
            lines += 1
            if lines > _LIST_LINES or (len(line.split()) > _PROSE_WORDS and not any(True for _ in dates_in(line))):
                parts.append((since, at))
                since = -1
        at += len(line) + 1
    if since >= 0:
        parts.append((since, len(text)))
    return parts


def _heads(line: str, found: re.Match[str]) -> bool:
    """Whether the words stand as a heading: alone on the line, or before a colon."""
    return len(line.split()) <= 6 or line[found.end() :].lstrip().startswith(":")


def _within(at: int, parts: list[tuple[int, int]]) -> bool:
    return any(start <= at < end for start, end in parts)
