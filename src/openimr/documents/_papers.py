"""Where one record of the case file speaks of another without its day: of which sort, of which part of the body, in which words."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property
from typing import TYPE_CHECKING

from ._edges import without_banners
from ._mentions import days_in, links, only_asked_for, who_in
from ._values import Page, Record

if TYPE_CHECKING:
    from ._kinds import Kinds

_NEAR = 60  # characters between a paper's name and what shows that it exists
_HEAD_LINES = 8  # of a page: there a paper bears its name
_LONGEST_HEAD = 10  # words
_HEAD = 1500  # characters; more than so many lines have
_ANYTHING = ("other",)  # a record of no known kind may be what is spoken of
_SENTENCE_END = re.compile(r"[.;!?](?=\s)|\n\s*\n|\n\s*[-\u2022*] |\n(?=\d{1,2}[.)] )")
_EMPTY_BOX = re.compile(r"(?:\[\s*\]|\(\s+\)|[\u2610\u25a1\u25fb])[^\n\[\](\u2610-\u2612]*\Z")  # of a form: what follows it does not apply
_DENIED = re.compile(r"\b(?:no|not|without|never|any|another|new)\b[\s\w]{0,12}\Z", re.I)


@dataclass(frozen=True, slots=True)
class Spoken:
    """A paper (its place in the library's list) that a record speaks of without a day, on characters `start` to `end` of a page.

    `parts` are those of the body that are named with it, `when` the record's own day where the paper was made on it.
    """

    paper: int
    parts: frozenset[str]
    who: str | None
    record: Record
    page: int
    start: int
    end: int
    when: date | None


def spoken_on(page: Page, record: Record, kinds: Kinds) -> Iterator[Spoken]:
    """Yield what a page of a record says of papers that exist, by words that show it: seen, on file, enclosed, with a result, or lacking.

    What stands with a day is left out (`mentions_on` has it), and so is what is only asked for or denied, and the record's own sort.
    """
    text = page.text
    days: list[tuple[int, int]] | None = None
    taken = -1
    for start, end, place in kinds.papers.names_on(text):
        paper = kinds.papers.papers[place]
        if start < taken or (paper.kind == record.kind and not (paper.by_head or paper.plain)):
            continue
        shown = _shown(text, start, end, place, kinds)
        if shown is None:
            continue
        days = [(day.start, day.end) for day in days_in(text, record.date)] if days is None else days
        if any(_dated(text, *shown, day, kinds) for day in days):
            continue
        first, taken = shown
        parts = kinds.papers.parts_in(text[max(_sentence_start(text, start), start - _NEAR) : taken]) if paper.parts else frozenset[str]()
        yield Spoken(place, parts, who_in(text, first, taken), record, page.number, first, taken, record.date if paper.same_day else None)


def _shown(text: str, start: int, end: int, place: int, kinds: Kinds) -> tuple[int, int] | None:
    """Where the words begin and end that name a paper and show that it exists, None when nothing shows it."""
    papers = kinds.papers
    paper = papers.papers[place]
    begin = max(_sentence_start(text, start), start - _NEAR)
    close = _SENTENCE_END.search(text, end)
    until = min(close.start() if close else len(text), end + _NEAR)
    behind = _right_behind(text, end, until, papers.lacking, kinds)
    before = _right_before(text, begin, start, papers.lacked, kinds)
    if behind is not None or before is not None:
        return (start if before is None else before), (behind or end)
    if paper.lacking or _DENIED.search(text, begin, start) or _EMPTY_BOX.search(text, begin, start):
        return None
    behind = _right_behind(text, end, until, papers.shown_behind[place], kinds)
    before = _right_before(text, begin, start, papers.shown_before[place], kinds)
    if behind is None and before is None and not paper.plain:
        return None
    # behind a result nothing more is told of the paper
    if only_asked_for(text, start, None if behind else end, kinds) or papers.own[place].search(text, begin, until):
        return None
    return (start if behind or before is None else before), (behind or end)


def _right_behind(text: str, end: int, until: int, pattern: re.Pattern[str], kinds: Kinds) -> int | None:
    return next((found.end() for found in pattern.finditer(text, end, until) if links(text[end : found.start()], kinds)), None)


def _right_before(text: str, begin: int, start: int, pattern: re.Pattern[str], kinds: Kinds) -> int | None:
    return next((found.start() for found in pattern.finditer(text, begin, start) if links(text[found.end() : start], kinds)), None)


def _sentence_start(text: str, at: int) -> int:
    first = max(0, at - 2 * _NEAR)
    return max((found.end() for found in _SENTENCE_END.finditer(text, first, at)), default=first)


def _dated(text: str, start: int, stop: int, day: tuple[int, int], kinds: Kinds) -> bool:
    """Whether a day stands in what is said of a paper, right behind it, or on the same line right before it."""
    first, last = day
    between = text[stop:first] if first >= stop else text[last:start]
    apart = len(between) >= _NEAR or _SENTENCE_END.search(between) is not None or (first < stop and "\n" in between)
    return not between or (not apart and links(between, kinds))


class PaperShelf:
    """The records, and the heads of their pages, that may be what is spoken of."""

    def __init__(self, pages: Mapping[Record, Sequence[Page]], kinds: Kinds) -> None:
        self.pages = pages
        self.kinds = kinds

    def spoken(self) -> list[Spoken]:
        """What all records say of papers without their day."""
        return [spoken for record, pages in self.pages.items() for page in pages for spoken in spoken_on(page, record, self.kinds)]

    def answers(self, spoken: Spoken) -> bool:
        """Whether a paper of the sort, and of the part of the body where one is named, is in the file and bears no later day."""
        paper = self.kinds.papers.papers[spoken.paper]
        off = timedelta(days=self.kinds.kinds[paper.kind].days_off)
        latest = spoken.record.date + off if spoken.record.date else None
        first = spoken.record.date - off if spoken.record.date and paper.same_day else None
        found = [*self._headed[spoken.paper]] if paper.by_head else [*self._of_kind(spoken), *self._unknown(spoken)]
        return any(record != spoken.record and _within(record, first, latest) for record in found)

    def _of_kind(self, spoken: Spoken) -> Iterator[Record]:
        """The records of a paper's kind that are of its sort and part of the body, as far as their titles tell."""
        papers = self.kinds.papers
        paper = papers.papers[spoken.paper]
        for record, sorts, parts in self._by_kind[paper.kind]:
            # a paper without heads, "imaging", is of no sort: any of the kind may be it
            sort = not sorts or not paper.heads or spoken.paper in sorts
            if sort and (not parts or not spoken.parts or bool(parts & spoken.parts)):
                yield record

    def _unknown(self, spoken: Spoken) -> Iterator[Record]:
        """The records of no known kind with the paper's name at the head of a page."""
        return (record for record in self._headed[spoken.paper] if record.kind in _ANYTHING)

    @cached_property
    def _by_kind(self) -> dict[str, list[tuple[Record, frozenset[int], frozenset[str]]]]:
        found: dict[str, list[tuple[Record, frozenset[int], frozenset[str]]]] = defaultdict(list)
        papers = self.kinds.papers
        for record in self.pages:
            found[record.kind].append((record, papers.sorts_of(record.kind, record.title), papers.parts_in(record.title)))
        return found

    @cached_property
    def _headed(self) -> dict[int, list[Record]]:
        """The records by the papers whose names stand at the head of one of their pages."""
        found: dict[int, list[Record]] = defaultdict(list)
        for record, pages in self.pages.items():
            for place in {place for page in pages for place in self.kinds.papers.headed_by(_head(page))}:
                found[place].append(record)
        return found


def _head(page: Page) -> list[str]:
    """The short lines at the head of a page that are no sentences."""
    lines = without_banners([line.strip() for line in page.text[:_HEAD].split("\n") if line.strip()])
    return [line for line in lines[:_HEAD_LINES] if len(line.split()) <= _LONGEST_HEAD and not line.endswith(".")]


def _within(record: Record, first: date | None, last: date | None) -> bool:
    """Whether a record bears a day between two others, either of which may be missing, or none."""
    return record.date is None or ((first is None or first <= record.date) and (last is None or record.date <= last))
