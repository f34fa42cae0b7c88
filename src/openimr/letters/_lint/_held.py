"""Studies and visits a rationale rests on: whether summary or record hold them, on that day and with that result."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from openimr.evidence import compatible, days_in

from ._account import Account, Line, dates_in, is_visit, same_place
from ._defect import Named, Severity
from ._desk import Desk
from ._parts import Item

_NEAR = 50  # characters between a study and its day
_RESULT = 90  # characters behind a study in which its result is told
_TURNED = 2  # figures in which two spellings of one day differ at most
_CLAUSE = re.compile(r"[;]|\.\s|,\s+(?:and|but|while|with)\s")
_NOT = re.compile(r"\b(?:no|without|not|never|denied|lack of|absence of|neither|nor)\b[^.;,]{0,40}$", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Study:
    """A study that a line tells of as done: its kind, where on the body, its day to its precision, and whether it found nothing.

    `result`: what it found is told; `normal` is None where that cannot be told.
    """

    kind: str
    site: tuple[str | None, str | None]
    day: tuple[date, str] | None
    result: bool
    normal: bool | None
    line: Line
    start: int
    end: int


def studies(line: Line, desk: Desk) -> Iterator[Study]:
    """Yield the studies a line tells of as done: with a day, or with what they found."""
    told = desk.told
    for kind, pattern in told.studies.items():
        last = -1
        for found in pattern.finditer(line.text):
            before = line.text[: found.start()]
            if found.start() < last or _NOT.search(before) or told.denied_before.search(before):
                continue
            stop = _CLAUSE.search(line.text, found.end())
            end = stop.start() if stop else len(line.text)
            last = end
            clause = line.text[found.end() : min(end, found.end() + _RESULT)]
            day = _day(line.text, found.start(), found.end())
            asked = told.asked.search(line.text[:end]) or told.denied_after.search(clause)
            result = told.result.search(clause) is not None and not asked
            if day is None and not result:
                continue
            said = line.text[found.start() : end]
            normal = told.normal.search(said) is not None if result else None
            yield Study(kind, line.site(found.start(), found.end()), day, result, normal, line, found.start(), found.end())


def _day(text: str, start: int, end: int) -> tuple[date, str] | None:
    """The day of a study: right behind it or right before it."""
    days = days_in(text)
    behind = [day for day in days if 0 <= day.start - end <= _NEAR and not re.search(r"[.;]", text[end : day.start])]
    if behind:
        return behind[0].on, behind[0].precision
    before = [day for day in days if 0 <= start - day.end <= 12]
    return (before[-1].on, before[-1].precision) if before else None


def not_held(account: Account) -> Iterator[Named]:
    """Name a dated study, or the result of one, that a rationale rests on and neither summary nor record holds, or holds otherwise."""
    desk = account.desk
    if account.letter.summary is None:
        return
    for item in account.letter.items:
        seen: set[str] = set()
        for study in (study for line in account.rationale(item) for study in studies(line, desk)):
            dated = study.day is not None and study.day[1] == "day"
            if study.kind in seen or (study.line.recital and not dated):
                continue
            held = [each for line in (*account.summary, *account.records) for each in studies(line, desk)]
            named = _otherwise(study, held, item, desk) or _missing(study, held, account, item)
            if named is not None:
                seen.add(study.kind)
                yield named
        yield from _visits(item, account)


def _visits(item: Item, account: Account) -> Iterator[Named]:
    """Name the visits a rationale relies on that neither summary nor record knows, while they know others."""
    told = account.desk.told
    seen: set[date] = set()
    for line in account.rationale(item) if account.days else ():
        if line.recital or told.asked.search(line.text) or any(True for _ in studies(line, account.desk)):
            continue
        for day in dates_in(line.text):
            if day.on not in account.days | seen and is_visit(line.text, day, account.desk):
                seen.add(day.on)
                message = (
                    f"What the rationale tells of {day.on} is not held: neither summary nor record knows a visit or report of that day"
                )
                yield Named("fact.not_held", message, item.number, line.span(day.start, day.end))


def _otherwise(study: Study, held: Sequence[Study], item: Item, desk: Desk) -> Named | None:
    """Name a study whose result is told as nothing found here and as something found there, or the reverse."""
    same = [each for each in held if each.kind == study.kind and each.result and same_place(study.site, each.site, desk)]
    if study.day is not None:
        same = [each for each in same if each.day is None or compatible(each.day, study.day)]
    if not study.result or not same or any(each.normal == study.normal for each in same):
        return None
    records = tuple(quote for each in same if (quote := each.line.quote()) is not None)
    here, there = ("nothing", "something") if study.normal else ("something", "nothing")
    where = f"record {records[0].document}" if records else "case summary"
    sure = study.day is not None and any(each.day is not None for each in same)
    return Named(
        "fact.contradicted",
        f"By the rationale the {study.kind} found {here}, by the {where} {there}",
        item.number,
        study.line.span(study.start, study.end),
        tuple(each.line.span(0, len(each.line.text)) for each in same if each.line.quote() is None),
        records,
        None if sure else Severity.WARNING,
    )


def _missing(study: Study, held: Sequence[Study], account: Account, item: Item) -> Named | None:
    """Name a study of a day that is nowhere else told, or the result of one of a kind that is nowhere else named."""
    if study.day is not None and study.day[1] == "day":
        if study.day[0] in account.days:
            return None
        same = [each for each in held if each.kind == study.kind and same_place(study.site, each.site, account.desk) and each.day]
        if any(compatible(each.day, study.day) for each in same if each.day):
            return None
        close = [each for each in same if each.day and each.day[1] == "day" and _misprinted(each.day[0], study.day[0])]
        span = study.line.span(study.start, study.end)
        if close and len(same) == 1 and close[0].day is not None:
            message = f"The rationale dates the {study.kind} {study.day[0]}, the case summary {close[0].day[0]}"
            places = (close[0].line.span(0, len(close[0].line.text)),)
            return Named("fact.contradicted", message, item.number, span, places)
        message = f"The {study.kind} of {study.day[0]} that the rationale relies on is not held by {_holders(account)}"
        return Named("fact.not_held", message, item.number, span)
    pattern = account.desk.told.studies[study.kind]
    named = account.letter.summary is not None and pattern.search(account.letter.summary.text) is not None
    if study.result and not named and not any(pattern.search(line.text) for line in account.records):
        message = f"The result of the {study.kind} that the rationale relies on is not held by {_holders(account)}: no such study is named"
        return Named("fact.not_held", message, item.number, study.line.span(study.start, study.end))
    return None


def _holders(account: Account) -> str:
    return "the summary or the records" if account.records else "the summary"


def _misprinted(one: date, other: date) -> bool:
    """Whether two days may be one, written down twice: up to two figures differ, or day and month stand in each other's place."""
    a, b = one.strftime("%m%d%Y"), other.strftime("%m%d%Y")
    turned = (one.month, one.day) == (other.day, other.month) and one.year == other.year
    return turned or sum(x != y for x, y in zip(a, b, strict=True)) <= (_TURNED if one.year == other.year else 1)
