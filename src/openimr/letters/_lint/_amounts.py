"""Numbers and signs a line tells, each with its place on the body and its day: degrees, grades, scores, relief, tests."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date

from openimr.library import NUMBER_WORDS, number

from ._account import Line, dates_in
from ._desk import Desk
from ._told import Told

_RANGE = r"(?P<n>\d{1,3})(?:\s*(?:to|-|/)\s*(?P<to>\d{1,3}))?\s*"
_UNIT = r"deg\b|degrees?\b|degress\b|\N{DEGREE SIGN}|\N{MASCULINE ORDINAL INDICATOR}"
_DEGREES = rf"{_RANGE}(?:{_UNIT})"
_BEHIND = re.compile(rf"(?P<gap>[^.;:\d]{{0,60}}?[\s:(]){_DEGREES}", re.IGNORECASE)
_BARE = re.compile(r"\s*:?\s*(?P<n>\d{1,3})(?:\s*(?:to|-)\s*(?P<to>\d{1,3}))?(?![\d/%.])", re.IGNORECASE)
_BEFORE = re.compile(rf"{_DEGREES}\s+(?:of\s+)?(?:[a-z]+\s+){{0,2}}$", re.IGNORECASE)
_GRADE = re.compile(r"(?<![\d/.])(?P<n>[0-5])(?P<sign>[+-])?(?:\s*(?:to|-)\s*(?P<to>[0-5])[+-]?)?\s*/\s*5(?![\d/])")
_STRENGTH = re.compile(r"\b(?:strength|motor|power|muscles?|mmt|weak\w*|graded?)\b", re.IGNORECASE)
_TEN = re.compile(
    r"(?<![\d/.])(?P<n>\d{1,2}(?:\.\d)?)(?:\s*(?:to|-)\s*(?P<to>\d{1,2}(?:\.\d)?))?"
    r"\s*(?:/|out\s+of\s+)\s*(?:10|ten)(?![\d/-])",
    re.IGNORECASE,
)
_PAIN = re.compile(r"\b(?:pain|vas|nrs|ache|headaches?|burning)\b", re.IGNORECASE)
_PERCENT = re.compile(r"(?<![\d.])(?P<n>\d{1,3})(?:\s*(?:to|-)\s*(?P<to>\d{1,3}))?\s*(?:%|percent\b)", re.IGNORECASE)
_LIMIT = re.compile(r"\b(?:least|than|minimum|over|above|below|under|exceed\w*|threshold)\s+(?:an?\s+)?$", re.IGNORECASE)
_SCALE = re.compile(
    r"(?:\s+(?:score|of|was|is|at|total|index|were|with|scored|\([^)]*\)|:|=))*[\s:=]*(?P<n>\d{1,3}(?:\.\d+)?)(?![\d/])",
    re.IGNORECASE,
)
_VISITS = re.compile(
    rf"(?<![\w/.-])(?P<n>\d{{1,3}}|{'|'.join(NUMBER_WORDS)})\s+(?:(?!and\b|to\b|or\b)[\w-]+\s+){{0,3}}?(?:visits|sessions|treatments|appointments|epidurals?|injections|esis?)\b",
    re.IGNORECASE,
)
_AGE = re.compile(r"(?<![\d.-])(?P<n>\d{2})[\s-]*(?:year|yr)s?\.?[\s-]*old\b", re.IGNORECASE)
_CLAUSE = re.compile(r"[;,]\s|\.\s|\bbut\b|\bwhile\b|\bwith\b")
_PLUS = re.compile(r"\s*(?:\([+]\)|[+](?!\d)|\(\+\))")
_WORD = re.compile(r"[A-Za-z]{5,}")
_MANNER = re.compile(r"\b(active|passive)\w*\b|\b([ap])rom\b", re.IGNORECASE)
_ELLIPSIS = re.compile(rf"\b(?:active|passive)(?:ly)?\s+{_RANGE}(?:{_UNIT}|(?=[,.;)]|$))", re.IGNORECASE)
_OF = re.compile(r"^\w+\s+(?:out\s+)?of\b", re.IGNORECASE)
_TIMES = re.compile(
    r"\s*(?:visits|sessions)?\s*(?:\(\s*|[x\u00d7]\s*|times\s+)(?P<n>\d{1,2})\b(?!\s*(?:[/%-]|mg|weeks?|wks?|months?|years?|days?))",
    re.IGNORECASE,
)
_PART = re.compile(r"[;,.]|\b(?:and|with|but|while)\b")
VISITED = (
    "physical_therapy",
    "acupuncture",
    "chiropractic",
    "cognitive_behavioral_therapy",
    "epidural_steroid_injection",
    "joint_injection",
)
THERAPY = "therapy"  # visits of which it is not told what they were of
_NEXT = 25  # characters in which the word that tells of relief stands behind a percentage
_HALF_TURN = 180
_CLOSE = 5.0  # degrees by which two readings of one motion may differ
_TERMS = 40  # characters before a grade in which its muscle is named


@dataclass(frozen=True, slots=True)
class Figure:
    """A number or sign that a line tells at its characters `start` to `end`: `name` of a `kind`, with its value or the two of a range.

    `day` is the day of the visit it was found on, None where that is not sure; `earlier`: the line tells of another time than the last.
    """

    kind: str
    name: str
    values: tuple[float, ...]
    shown: str
    line: Line
    start: int
    end: int
    region: str | None
    side: str | None
    day: date | None
    earlier: bool
    terms: frozenset[str] = frozenset()
    manner: str | None = None

    @property
    def site(self) -> tuple[str | None, str | None]:
        """Where on the body: region and side."""
        return self.region, self.side

    def comparable(self, other: Figure) -> bool:
        """Tell whether both are of one thing: an active motion is none that was made by the examiner."""
        loose = self.kind == "visits" and THERAPY in (self.name, other.name)
        return (
            self.kind == other.kind
            and (loose or self.name == other.name)
            and (None in (self.manner, other.manner) or self.manner == other.manner)
        )

    def agrees(self, other: Figure) -> bool:
        """Tell whether two figures of one name say the same."""
        close = _CLOSE if self.kind == "degrees" else 1.0 if self.kind == "age" else 0.0
        return any(min(other.values) - close <= each <= max(other.values) + close for each in self.values) or any(
            min(self.values) - close <= each <= max(self.values) + close for each in other.values
        )


def figures(line: Line, desk: Desk) -> Iterator[Figure]:
    """Yield the numbers and signs of a line."""
    told = desk.told
    if any(character.isdigit() for character in line.text):
        yield from _degrees(line, told)
        yield from _grades(line, told)
        yield from _pains(line, told)
        yield from _reliefs(line, desk)
        yield from _scales(line, told)
        for found in _AGE.finditer(line.text):
            yield _figure(line, "age", "age", found, told)
    yield from _visits(line, desk)
    yield from _tests(line, told)


def _figure(line: Line, kind: str, name: str, found: re.Match[str], told: Told, terms: frozenset[str] = frozenset()) -> Figure:
    start, end = found.start("n"), found.end()
    group = found.groupdict()
    values = [number(group["n"])]
    if group.get("to"):
        values.append(float(group["to"]))
    if group.get("sign"):
        values[0] += 0.3 if group["sign"] == "+" else -0.3
    region, side = line.site(start, end)
    shown = " ".join(line.text[start:end].split())
    return Figure(kind, name, tuple(values), shown, line, start, end, region, side, _day(line, start), _earlier(line, told), terms)


def _day(line: Line, start: int) -> date | None:
    """The day a place of a line speaks of: the last one named before it, else the one in force."""
    days = [day.on for day in dates_in(line.text[:start])]
    return days[-1] if days else line.day


def _earlier(line: Line, told: Told) -> bool:
    return told.earlier.search(line.text) is not None


def _degrees(line: Line, told: Told) -> Iterator[Figure]:
    text, taken = line.text, [(0, 0)]
    # a record may leave the unit out where one of the line has it ("flexion 85, abduction 80")
    bare = line.quote() is not None
    for name, pattern in told.motions.items():
        for motion in pattern.finditer(text):
            if any(start < motion.end() and motion.start() < end for start, end in taken):
                continue
            taken.append(motion.span())
            found = _BEHIND.match(text, motion.end()) or (_BARE.match(text, motion.end()) if bare else None)
            if found is None or any(each.search(found.groupdict().get("gap") or "") for each in told.motions.values()):
                found = _BEFORE.search(text, 0, motion.start())
            if found is not None and float(found["n"]) <= _HALF_TURN:
                figure = _figure(line, "degrees", name, found, told)
                manner = _manner(text, motion.start())
                yield replace(figure, manner=manner)
                yield from _other_manner(line, figure, told)


def _other_manner(line: Line, figure: Figure, told: Told) -> Iterator[Figure]:
    """The same motion made the other way, told without naming it again: "active elevation of 95 degrees, passive 165"."""
    found = _ELLIPSIS.search(line.text, figure.end)
    between = line.text[figure.end : found.start()] if found else ""
    if found is not None and not any(pattern.search(between) for pattern in told.motions.values()):
        yield replace(_figure(line, "degrees", figure.name, found, told), manner=_manner(line.text, found.start("n")))


def _manner(text: str, end: int) -> str | None:
    """Whether a motion is told as active or passive: by the last word of it before."""
    found = [match.group(1) or match.group(2) for match in _MANNER.finditer(text, max(end - _TERMS, 0), end)]
    return found[-1][0].lower() if found else None


def _grades(line: Line, told: Told) -> Iterator[Figure]:
    for found in _GRADE.finditer(line.text):
        if not _STRENGTH.search(line.text) and line.quote() is None:
            continue
        words = _WORD.findall(line.text[max(found.start() - _TERMS, 0) : found.start()].lower())
        yield _figure(line, "grade", "strength", found, told, frozenset(words))


def _pains(line: Line, told: Told) -> Iterator[Figure]:
    if _PAIN.search(line.text):
        for found in _TEN.finditer(line.text):
            yield _figure(line, "score", "pain", found, told)


def _reliefs(line: Line, desk: Desk) -> Iterator[Figure]:
    for found in _PERCENT.finditer(line.text):
        near = line.text[found.end() : found.end() + _NEXT]
        if _LIMIT.search(line.text[: found.start()]) or not desk.told.relief.search(near):
            continue
        named = [name for name, pattern in desk.told.classes.items() if pattern.search(line.text)]
        parsed = [part.treatment for part in desk.vocabulary.parse(line.text).components]
        for name in [named, parsed][not named][:1]:
            yield _figure(line, "relief", name, found, desk.told)


def _visits(line: Line, desk: Desk) -> Iterator[Figure]:
    for found in _VISITS.finditer(line.text):
        if _LIMIT.search(line.text[: found.start()]):
            continue
        near = line.text[max(found.start() - _NEXT, 0) : found.end() + 2 * _NEXT]
        if not _OF.search(found.group()) and desk.told.visits_asked.search(_cut(near, found.start() - max(found.start() - _NEXT, 0))):
            continue
        yield _figure(line, "visits", _counted_as(line.text, found, desk), found, desk.told)
    for name in VISITED:
        for named in desk.told.classes[name].finditer(line.text):
            times = _TIMES.match(line.text, named.end())
            if times is not None and not desk.told.visits_asked.search(line.text[max(named.start() - 2 * _NEXT, 0) : named.start()]):
                yield _figure(line, "visits", name, times, desk.told)


def _cut(near: str, at: int) -> str:
    """The clause of a stretch of text in which one of its characters stands."""
    begins = [stop.end() for stop in _PART.finditer(near, 0, at)]
    stop = _PART.search(near, at)
    return near[begins[-1] if begins else 0 : stop.start() if stop else len(near)]


def _counted_as(text: str, found: re.Match[str], desk: Desk) -> str:
    """What the visits are of: named in the count or behind it, else the last kind of treatment before it; of therapy where none is."""
    behind = text[found.start() : found.end() + 2 * _NEXT]
    stop = _PART.search(behind)
    before = text[: found.start()]
    names = {name: pattern for name, pattern in desk.told.classes.items() if name in VISITED}
    after = [name for name, pattern in names.items() if pattern.search(behind[: stop.start() if stop else len(behind)])]
    if after:
        return after[0]
    last = {name: max((each.end() for each in pattern.finditer(before)), default=-1) for name, pattern in names.items()}
    name = max(last, key=lambda each: last[each])
    return name if last[name] >= 0 else THERAPY


def _scales(line: Line, told: Told) -> Iterator[Figure]:
    for name, pattern in told.scales.items():
        for scale in pattern.finditer(line.text):
            found = _SCALE.match(line.text, scale.end())
            if found is not None:
                yield _figure(line, "scale", name, found, told)


def _tests(line: Line, told: Told) -> Iterator[Figure]:
    for name, pattern in told.tests.items():
        for test in pattern.finditer(line.text):
            value = _polarity(line.text, test, told)
            if value is None:
                continue
            region, side = line.site(test.start(), test.end())
            shown = "positive" if value else "negative"
            day, earlier = _day(line, test.start()), _earlier(line, told)
            yield Figure("sign", name, (float(value),), shown, line, test.start(), test.end(), region, side, day, earlier)


def _polarity(text: str, test: re.Match[str], told: Told) -> bool | None:
    """Whether a named test is told as positive: by the word right before it, else by the first behind it in its clause."""
    before = text[max(test.start() - 30, 0) : test.start()]
    cut = [found.end() for found in _CLAUSE.finditer(before)]
    before = before[cut[-1] :] if cut else before
    stop = _CLAUSE.search(text, test.end())
    after = text[test.end() : stop.start() if stop else len(text)]
    if _PLUS.match(after):
        return True
    for words in (before, after):
        said = (told.positive.search(words), told.negative.search(words))
        if said[0] and not said[1]:
            return not words[: said[0].start()].rstrip().lower().endswith("not")
        if said[1] and not said[0]:
            return False
    return None
