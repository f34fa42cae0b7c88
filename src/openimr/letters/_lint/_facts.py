"""What a rationale tells otherwise than the summary or the records: numbers, tests, findings, age and the day of the injury."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from openimr.evidence import Finding

from ._account import Account, Line, dates_in, same_place
from ._amounts import Figure, figures
from ._defect import Named, Severity
from ._desk import Desk
from ._documented import documented_after_all
from ._held import not_held
from ._parts import Beside, Item, Letter, Part
from ._rested import rests_on_nothing
from ._taken import taken_otherwise

_CODE = "fact.contradicted"
_FULL = 5.0
_BEFORE, _BEHIND = 60, 30  # characters around a number of visits in which it is told that they took place
_AGO = re.compile(r"\b(?:per|a|each|every)\s+(?:week|month|year)\b|\bweekly\b", re.IGNORECASE)
_SEX = re.compile(r"\b\d{2}[\s-]*(?:year|yr)s?\.?[\s-]*old\s+(?:[\w-]+\s+){0,2}?(male|female|man|woman)\b", re.IGNORECASE)
_INJURY = re.compile(
    r"\b(?:injury|injured|accident|doi|date of injury)\b(?:\s+(?:\w+\s+){0,3}?(?:of|on|dated|date)?|\s*:)\s*\(?$", re.IGNORECASE
)


def facts(letter: Letter, beside: Beside, desk: Desk) -> Iterator[Named]:
    """Name what a rationale tells of the case otherwise than the summary, or a record, does, or what they do not hold."""
    account = Account(letter, beside, desk)
    yield from contradicted(account)
    yield from taken_otherwise(account)
    yield from documented_after_all(account)
    held = list(not_held(account))
    yield from held
    yield from (each for each in rests_on_nothing(account) if all(each.item != other.item for other in held))


def contradicted(account: Account) -> Iterator[Named]:
    """Name numbers, tests, findings, age and day of the injury that are told otherwise."""
    desk = account.desk
    told: list[Figure] | None = None
    recorded: list[Figure] = []
    for item in account.letter.items:
        lines = account.rationale(item)
        seen: set[tuple[str, str]] = set()
        for figure in (figure for line in lines for figure in _of_the_case(line, desk)):
            if told is None:
                told = [each for line in account.summary for each in figures(line, desk)]
                recorded = [each for line in account.records for each in figures(line, desk)]
            named = _against(figure, told, item, desk) or _against(figure, recorded, item, desk)
            if named is not None and (figure.kind, figure.name) not in seen:
                seen.add((figure.kind, figure.name))
                yield named
        yield from _sex(lines, account.letter.determination.sex, item)
        yield from _injured(lines, account.letter.determination.date_of_injury, item)
        yield from _signs(item, lines, account)


def _of_the_case(line: Line, desk: Desk) -> Iterator[Figure]:
    """The figures a line of a rationale tells of the case, not of a guideline or of what is asked for."""
    if line.recital and line.day is None and not desk.told.case.search(line.text):
        return
    for figure in figures(line, desk):
        if figure.kind == "visits":
            if _took_place(figure, desk):
                yield figure
            continue
        if line.recital and figure.day is None and figure.kind != "age":
            continue
        yield figure


def _took_place(figure: Figure, desk: Desk) -> bool:
    """Whether a number of visits is told of visits that the patient had."""
    before = figure.line.text[max(figure.start - _BEFORE, 0) : figure.start]
    behind = figure.line.text[figure.end : figure.end + _BEHIND]
    if figure.line.recital and not desk.told.case.search(figure.line.text[: figure.start]):
        return False
    return any(desk.told.completed.search(each) for each in (before, figure.shown, behind))


def _against(figure: Figure, others: Sequence[Figure], item: Item, desk: Desk) -> Named | None:
    """What is told otherwise: on the same day where the figure has one, by all that is told of it where it has none."""
    same = [each for each in others if figure.comparable(each) and same_place(figure.site, each.site, desk)]
    if figure.kind == "visits":
        return _counted(figure, [each for each in same if _AGO.search(each.line.text[each.end : each.end + _BEHIND]) is None], item)
    if figure.day is not None:
        same = [each for each in same if each.day == figure.day]
    elif figure.earlier and figure.kind != "age":
        return None
    same = [each for each in same if not each.earlier] or same if figure.day is None else same
    sure = figure.kind == "age" or figure.day is not None
    if figure.kind == "grade":
        same = _of_the_muscle(figure, same)
        if figure.values[0] >= _FULL:  # "5/5 throughout" is contradicted by any muscle that is weak
            weak = [each for each in same if max(each.values) < _FULL]
            same = weak if weak and not figure.terms & _terms(same, strong=True) else [] if not weak else same
    if not same or any(figure.agrees(each) for each in same):
        return None
    if figure.kind in ("degrees", "grade", "sign") and _unsided(figure, same, item):
        sure = False
    return _named(figure, same, item, sure=sure)


def _counted(figure: Figure, same: list[Figure], item: Item) -> Named | None:
    """Visits are counted up over time and in parts: only a number that none of them and no two of them make is told otherwise."""
    counts = [each.values[0] for each in same]
    sums = {a + b for index, a in enumerate(counts) for b in counts[index + 1 :]}
    if not counts or figure.values[0] in {*counts, *sums, sum(counts)}:
        return None
    return _named(figure, same, item, sure=False)


def _of_the_muscle(figure: Figure, same: list[Figure]) -> list[Figure]:
    named = [each for each in same if figure.terms & each.terms - {"strength", "motor", "graded", "muscle"}]
    return named or same


def _terms(same: Iterable[Figure], *, strong: bool) -> frozenset[str]:
    common = {"strength", "motor", "graded", "muscle", "muscles"}
    return frozenset(term for each in same if (max(each.values) >= _FULL) is strong for term in each.terms) - common


def _unsided(figure: Figure, same: Sequence[Figure], item: Item) -> bool:
    """Whether a side is told in one of the two only, and is not the disputed one, so that the other leg may be meant."""
    disputed = {each.side for each in item.heading.regions}
    return all((figure.side is None) != (each.side is None) and not {figure.side, each.side} & disputed - {None} for each in same)


def _named(figure: Figure, same: Sequence[Figure], item: Item, *, sure: bool) -> Named:
    other = same[0]
    records = tuple(quote for each in same if (quote := each.line.quote()) is not None)
    where = f"the record {records[0].document}" if records else "the case summary"
    on = f" on {figure.day}" if figure.day and figure.kind not in ("age", "visits") else ""
    what = {"age": "the age", "visits": f"the number of visits ({figure.name.replace('_', ' ')})"}.get(figure.kind, figure.name)
    return Named(
        _CODE,
        f"The rationale gives {what}{on} as {figure.shown}, {where} as {other.shown}",
        item.number,
        figure.line.span(figure.start, figure.end),
        () if records else tuple(each.line.span(each.start, each.end) for each in same),
        records,
        None if sure else Severity.WARNING,
    )


def _sex(lines: Sequence[Line], sex: str | None, item: Item) -> Iterator[Named]:
    """Name a patient of the other sex."""
    for line in lines:
        for found in _SEX.finditer(line.text):
            told = "female" if found.group(1).lower() in ("female", "woman") else "male"
            if sex is not None and told != sex:
                message = f"The rationale speaks of a {told} patient, the case summary of a {sex} one"
                yield Named(_CODE, message, item.number, line.span(*found.span()))


def _injured(lines: Sequence[Line], injury: date | None, item: Item) -> Iterator[Named]:
    """Name a day of the injury that is not the letter's."""
    for line in lines:
        for day in dates_in(line.text):
            told = _INJURY.search(line.text[: day.start])
            if told is None or injury is None or day.on == injury or line.recital:
                continue
            message = f"The rationale dates the injury {day.on}, the head of the letter {injury}"
            yield Named(_CODE, message, item.number, line.span(day.start, day.end))


@dataclass(frozen=True, slots=True)
class _Sign:
    """A finding of the library with the line that tells it."""

    finding: Finding
    line: Line | None
    day: date | None

    @property
    def site(self) -> tuple[str | None, str | None]:
        return self.finding.region, self.finding.side


def _signs(item: Item, lines: Sequence[Line], account: Account) -> Iterator[Named]:
    """Name findings of the examination that the summary, or a record of the same day, tells to be the opposite."""
    if item.rationale is None:
        return
    desk, summary = account.desk, account.letter.summary
    mine = [each for each in _told_signs(item.rationale, lines, account) if each.line is not None and not each.line.recital]
    if not mine:
        return
    told = list(_told_signs(summary, account.summary, account)) if summary else []
    recorded = list(_recorded(account))
    named: set[str] = set()
    for sign in mine:
        fact = sign.finding.fact
        opposed = _opposed(sign, told, desk) or _opposed(sign, recorded, desk)
        if not opposed or fact in named or sign.line is None:
            continue
        named.add(fact)
        records = tuple(each.finding.span for each in opposed if each.line is None)
        start = sign.finding.span.start - sign.line.start
        has, has_not = ("present", "absent") if sign.finding.value else ("absent", "present")
        label = desk.library.facts[fact].label.lower()
        where = f"record {records[0].document}" if records else "case summary"
        yield Named(
            _CODE,
            f"The rationale tells the finding '{label}' as {has}, the {where} as {has_not}",
            item.number,
            sign.line.span(start, start + sign.finding.span.end - sign.finding.span.start),
            tuple(each.line.span(0, len(each.line.text)) for each in opposed if each.line is not None),
            records,
            None if sign.day is not None else Severity.WARNING,
        )


def _told_signs(part: Part, lines: Sequence[Line], account: Account) -> Iterator[_Sign]:
    desk = account.desk
    for finding in account.said(part):
        if finding.fact not in desk.told.words.plain_signs or not finding.assertion.plain or not isinstance(finding.value, bool):
            continue
        if finding.value and finding.assertion.negated:  # a denial denied, by a word that as often as not denies its neighbour
            continue
        line = next((each for each in lines if each.start <= finding.span.start < each.start + len(each.text)), None)
        if line is not None:
            earlier = desk.told.earlier.search(line.text) is not None
            if not earlier or line.day is not None:
                yield _Sign(finding, line, line.day)


def _recorded(account: Account) -> Iterator[_Sign]:
    for finding in account.findings(account.desk.told.words.plain_signs):
        if finding.counts and isinstance(finding.value, bool):
            yield _Sign(finding, None, finding.date)


def _opposed(sign: _Sign, others: Sequence[_Sign], desk: Desk) -> list[_Sign]:
    """The findings of the same fact, place and day with the other value, where none there agrees."""
    same = [each for each in others if each.finding.fact == sign.finding.fact and same_place(sign.site, each.site, desk)]
    if sign.day is not None:
        same = [each for each in same if each.day == sign.day]
    opposed = [each for each in same if each.finding.value != sign.finding.value]
    # a sign is told as absent of the limbs as a whole and as present of one spot: only the whole is contradicted by the spot
    agreed = [each for each in same if each.finding.value == sign.finding.value]
    return [] if agreed else opposed
