"""What a part of a letter, or a record of the case, tells of the case: line by line, each with the day it speaks of."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from functools import cached_property

from openimr.documents import Document, Page, Record
from openimr.evidence import Day, Finding, Given, days_in
from openimr.sources import Span, digest
from openimr.treatments import Cover, RegionMention

from ._defect import Place
from ._desk import Desk
from ._parts import Beside, CaseRecords, Item, Letter, Part

CLAIMS = frozenset({"ur_decision", "application", "fax_cover", "rfa"})  # records of a party to the denial, and of what was asked for
_BEGINS = re.compile(r"\W*(?:On|At)\s+")
_SCORE = re.compile(r"\d{1,2}-\d{1,2}/10")
_NEAR = 60  # characters between a day and the word that says the patient was seen
_LINES = re.compile(r"[^\n]+")


@dataclass(frozen=True, slots=True)
class Line:
    """A sentence of a part, or a line of a record, from character `start` of its source.

    `day` is the day of the visit it tells of, None where that is not sure. `regions` are counted from the line's beginning; `around` is
    the part of the body the lines before it speak of (records only). `recital`: it recites a guideline; `claim`: it tells what a party to
    the denial held.
    """

    text: str
    start: int
    day: date | None
    regions: tuple[RegionMention, ...]
    around: RegionMention | None
    recital: bool
    claim: bool
    source: Part | RecordPage

    def span(self, start: int, end: int) -> Place:
        """Return where in the letter characters of the line stand; of a line of a record (0, 0), which `quote` tells."""
        return self.source.place(self.start + start, self.start + end) if isinstance(self.source, Part) else (0, 0)

    def quote(self) -> Span | None:
        """Return the line as a passage of its record, None where it stands in the letter."""
        return self.source.span(self.start, self.start + len(self.text)) if isinstance(self.source, RecordPage) else None

    def site(self, start: int, end: int) -> tuple[str | None, str | None]:
        """Return the part of the body and the side that characters of the line speak of.

        That is the nearest named in it; of a record the nearest before them, else `around`.
        """
        named = self.regions if self.around is None else [each for each in self.regions if each.end <= start]
        near = min(named, key=lambda each: max(each.start - end, start - each.end, 0), default=self.around)
        return (None, None) if near is None else (near.region, near.side)


@dataclass(frozen=True, slots=True)
class RecordPage:
    """A page of a record, to quote from."""

    document: Document
    record: Record
    page: Page

    def span(self, start: int, end: int) -> Span:
        """Return characters of the page as a passage that can be checked again."""
        text = self.page.text
        return Span(self.document.name, self.document.sha256, self.page.number, digest(text), start, end, text[start:end])


class Account:
    """What a letter tells of its case, and what the case file does; everything is read when it is first asked for."""

    def __init__(self, letter: Letter, beside: Beside, desk: Desk) -> None:
        self.letter = letter
        self.desk = desk
        self.case = beside.case
        self._rationales: dict[int, tuple[Line, ...]] = {}
        self._said: dict[str, tuple[Finding, ...]] = {}

    def rationale(self, item: Item) -> tuple[Line, ...]:
        """Return the sentences of an item's rationale, without those that tell what a party to the denial held."""
        if item.rationale is None:
            return ()
        if id(item) not in self._rationales:
            self._rationales[id(item)] = tuple(line for line in lines_of(item.rationale, self.desk) if not line.claim)
        return self._rationales[id(item)]

    @cached_property
    def summary(self) -> tuple[Line, ...]:
        """The sentences of the summary, without those that tell what a party to the denial held."""
        if self.letter.summary is None:
            return ()
        return tuple(line for line in lines_of(self.letter.summary, self.desk) if not line.claim)

    @cached_property
    def records(self) -> tuple[Line, ...]:
        """The lines of the records of the case."""
        return tuple(record_lines(self.case, self.desk)) if self.case else ()

    @cached_property
    def days(self) -> frozenset[date]:
        """Every day that the summary or a record names, and the days of the records."""
        summary = self.letter.summary.text if self.letter.summary else ""
        texts = [summary, *(line.text for line in self.records)]
        named = {day.on for text in texts for day in dates_in(text)}
        return frozenset(named | {each.date for each in self.case.records if each.date} if self.case else named)

    @cached_property
    def given(self) -> tuple[Given, ...]:
        """The treatments the summary tells of."""
        part = self.letter.summary
        if part is None:
            return ()
        read = self.desk.given.read(self.desk.passages.read(*_as_record(part)))
        return tuple(each for each in read if self.tells(each.span.start))

    @cached_property
    def recorded(self) -> tuple[Given, ...]:
        """The treatments the records tell of."""
        return tuple(
            each for document, record in self.own_records for each in self.desk.given.read(self.desk.passages.read(document, record))
        )

    @cached_property
    def own_records(self) -> tuple[tuple[Document, Record], ...]:
        """The records that are no claim of a party to the denial, each with its document."""
        return tuple(_own(self.case)) if self.case else ()

    def said(self, part: Part) -> tuple[Finding, ...]:
        """Return what a part of the letter says of the facts that are held against each other; spans count its characters."""
        if part.name not in self._said:
            words = self.desk.told.words
            self._said[part.name] = self.desk.reader.find(*_as_record(part), words.plain_signs | words.answered)
        return self._said[part.name]

    def findings(self, facts: Iterable[str]) -> Iterator[Finding]:
        """Yield what the records say of some facts."""
        for document, record in self.own_records:
            yield from self.desk.reader.find(document, record, frozenset(facts))

    def tells(self, start: int) -> bool:
        """Whether a character of the summary stands in a sentence of its own account, not of what a party held."""
        return any(line.start <= start < line.start + len(line.text) for line in self.summary)


def _as_record(part: Part) -> tuple[Document, Record]:
    """Return a part of the letter as a document and a record of a physician."""
    document = Document(part.name, digest(part.text), (Page(1, part.text),), {})
    return document, Record(part.name, 1, 1, "consultation", None, None, "")


def _own(case: CaseRecords) -> Iterator[tuple[Document, Record]]:
    documents = {document.name: document for document in case.documents}
    for record in case.records:
        if record.document in documents and record.kind not in CLAIMS:
            yield documents[record.document], record


def dates_in(text: str) -> list[Day]:
    """Return the days a text names to the day; a pain of 4-5/10 is none."""
    if not any(character.isdigit() for character in text):
        return []
    return [day for day in days_in(text) if day.precision == "day" and not _SCORE.fullmatch(text, day.start, day.end)]


def lines_of(part: Part, desk: Desk) -> tuple[Line, ...]:
    """Return the sentences of a part of a letter with the day of the visit each tells of."""
    out: list[Line] = []
    visit: date | None = None
    told = desk.told
    for sentence in part.sentences:
        text = sentence.text
        days = dates_in(text)
        claim = told.claims.search(text) is not None
        if days:
            visit = next((day.on for day in days if not claim and is_visit(text, day, desk)), None)
            if len({day.on for day in days}) > 1 and not _BEGINS.fullmatch(text, 0, days[0].start):
                visit = None  # "from full strength on the one day to 3/5 on the other": of neither for sure
        inside = tuple(
            RegionMention(each.start - sentence.start, each.end - sentence.start, each.region, each.side, each.level)
            for each in part.regions
            if sentence.start <= each.start < sentence.end
        )
        recital = told.recital.search(text) is not None
        out.append(Line(text, sentence.start, visit, inside, None, recital, claim, part))
    return tuple(out)


def is_visit(text: str, day: Day, desk: Desk) -> bool:
    """Tell whether a day is one on which the patient was seen: "On 12-05-16 there was ...", "in a progress note dated November 18"."""
    if _BEGINS.fullmatch(text, 0, day.start):
        return True
    return desk.told.visit.search(text[max(day.start - _NEAR, 0) : day.end + _NEAR]) is not None


def record_lines(case: CaseRecords, desk: Desk) -> Iterator[Line]:
    """Yield the lines of the records of a case that are no claim of a party, each with the day of its record."""
    for page in _pages(case):
        around: RegionMention | None = None
        for found in _LINES.finditer(page.page.text):
            text = found.group()
            regions = desk.vocabulary.regions(text)
            yield Line(text, found.start(), page.record.date, regions, around, False, False, page)
            heads = [each for each in regions if each.side is not None or not text[: each.start].strip()]
            around = heads[0] if heads else around


def _pages(case: CaseRecords) -> Iterator[RecordPage]:
    for document, record in _own(case):
        for page in document.pages:
            if record.first_page <= page.number <= record.last_page:
                yield RecordPage(document, record, page)


def same_place(one: tuple[str | None, str | None], other: tuple[str | None, str | None], desk: Desk) -> bool:
    """Tell whether two statements may be of one place of the body: neither another part of it nor the other side."""
    if {one[1], other[1]} == {"left", "right"}:
        return False
    if one[0] is None or other[0] is None:
        return True
    return desk.vocabulary.covers(one[0], other[0]) is not Cover.ELSEWHERE
