"""What one record says of each fact, where, of whom and when."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from enum import IntEnum
from functools import cached_property

from openimr.documents import Document, Page, Record
from openimr.library import Kind, Library
from openimr.sources import Span, digest
from openimr.treatments import Vocabulary

from ._amount import amount, days_in
from ._assertion import Asserted, Assertion, Assertions
from ._lexicon import Held, Lexicon, SoughtPhrase, Words, spans
from ._phrasebook import Chosen, Line, Phrasebook
from ._sentences import SECTIONLESS, Sections, Sentence, sentences
from ._site import Site, read_limbs
from ._where import Around, PageRegions, Parts


class Standing(IntEnum):
    """How much a statement weighs by who makes it; a claim is never proof."""

    CLAIM = 0
    PATIENT = 1
    HISTORY = 2
    EXAMINATION = 3


_STANDING = {
    "ur_decision": Standing.CLAIM,
    "application": Standing.CLAIM,
    "fax_cover": Standing.CLAIM,
    "questionnaire": Standing.PATIENT,
    "correspondence": Standing.PATIENT,
    "rfa": Standing.HISTORY,
    "therapy_note": Standing.HISTORY,
    "psychology_note": Standing.HISTORY,
    "other": Standing.HISTORY,
}
_PHYSICIAN = re.compile(r"\b(?:M\.?D|D\.?O|D\.?C|D\.?P\.?M|N\.?P|P\.?A(?:-C)?|Ph\.?D|Psy\.?D)\b\.?")
_FAMILY = "family"
Day = date  # a finding has a field of the name date
_RANK = {"objective": 3, "assessment": 2, "plan": 1, "past": 0, "subjective": 0, "social": 0, "review_of_systems": 0}
_HISTORY = re.compile(r"\b(?:status post|s/p|history of|previous|prior|past|undergone|had|earlier|last)\b", re.IGNORECASE)
_SUBJECT = re.compile(r"\b(?:patient|he|she|his|her|claimant|worker|employee|mr|ms|mrs)\b", re.IGNORECASE)
_BOX = re.compile(r"\[\s*([xX]?)\s*\]\s*(?:(no|never|none|not)\b|(\w+))?", re.IGNORECASE)
_OLD_DAYS = 21
_CARRIED = 250  # characters before a sentence in which its subject may have been named
_LONG_QUOTE = 320  # characters; a longer sentence (a table, a list run together) is quoted by its phrase alone


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing a record says: `value` of `fact` (True, False or a number in the fact's unit) at `span`, within the sentence `context`.

    `counts` tells whether it may prove anything: said of the patient, as fact, by somebody who is no party to the denial. `region` and
    `side` are where on the body it is said to be (None: not said). `rank` orders statements of one record: examination before history.
    `told` is the last day a treatment's sentence gives for it.
    """

    fact: str
    value: bool | float
    assertion: Assertion
    span: Span
    context: Span
    date: date | None
    author: str | None
    kind: str
    standing: Standing
    section: str
    rank: int
    region: str | None
    side: str | None
    counts: bool
    told: Day | None = None


class _Said:
    """A sentence of a record with what is asked of it once, however many facts it speaks of.

    `shift` is by how many characters it stands behind the end of the page before, read as one with it.
    """

    def __init__(self, part: Sentence, asserted: Asserted, around: Around, record: Record, shift: int) -> None:
        self.part = part
        self.asserted = asserted
        self.around = around
        self.record = record
        self.shift = shift
        self.text = asserted.text

    @cached_property
    def boxes(self) -> list[re.Match[str]]:
        return list(_BOX.finditer(self.text))

    @cached_property
    def days(self) -> list[tuple[Day, bool]]:
        return days_in(self.text)

    @cached_property
    def of_the_patient(self) -> bool:
        return _SUBJECT.search(self.text) is not None

    @cached_property
    def asked(self) -> bool:
        """Whether it is a question that no box on its line answers."""
        return self.text.rstrip().endswith("?") and not self.boxes

    @cached_property
    def earlier(self) -> Day | None:
        """The earlier day it names, None when it speaks of the record's own."""
        made = self.record.date
        return next((day for day, since in self.days if made and (made - day).days > _OLD_DAYS and not since), None)

    @cached_property
    def last_day(self) -> Day | None:
        return max((day for day, _ in self.days), default=None)

    def ticked(self, start: int) -> bool | None:
        """Whether a statement on a form is ticked: True also when there is no box; False: answered no; None: its box is empty."""
        before = [box for box in self.boxes if box.end() <= start]
        after = [box for box in self.boxes if box.end() > start]
        if before and not after:
            return True if before[-1].group(1) else None
        if not after:
            return True
        ticked = next((place for place, box in enumerate(after) if box.group(1)), None)
        if ticked is None:
            return None
        worded = any(box.group(2) for box in after) or all(box.group(3) for box in after)
        # boxes without words stand in the columns yes and no
        return after[ticked].group(2) is None if worded else ticked == 0


class Reader:
    """All facts of a library, compiled: `find` reads a record in one pass."""

    def __init__(self, library: Library, vocabulary: Vocabulary) -> None:
        self._lexicon = Lexicon()
        self._book = Phrasebook(library.facts, self._lexicon)
        self._sections = Sections(library)
        self.assertions = Assertions(library, vocabulary, self._lexicon)
        self._vocabulary = vocabulary
        self._limbs, passing = read_limbs(library)
        self._parts = Parts(self._limbs, passing, vocabulary)

    def site(self, region: str | None, side: str | None) -> Site:
        """Return the site of a request, for asking which findings are there."""
        return Site(region, side, self._vocabulary, self._limbs)

    def find(self, document: Document, record: Record, facts: frozenset[str] | None = None) -> tuple[Finding, ...]:
        """Return the findings of one record in order of place, those that do not count included; of `facts` only, where given."""
        wanted = self._book.of(facts)
        out: list[Finding] = []
        section = SECTIONLESS
        pages = [page for page in document.pages if record.first_page <= page.number <= record.last_page]
        named = [self._parts.named(page.text) for page in pages]
        main = self._parts.main(record.title, named)
        lead = ""
        for page, mentions in zip(pages, named, strict=True):
            parts, section = sentences(page.text, self._sections, section)
            out.extend(self._page(_PageText(document, page), record, parts, PageRegions(self._parts, mentions, main), lead, wanted))
            lead = page.text[parts[-1].start : parts[-1].end] + " " if parts else ""
        return tuple(out)

    def _page(
        self, page: _PageText, record: Record, parts: list[Sentence], regions: PageRegions, lead: str, wanted: Chosen
    ) -> Iterator[Finding]:
        """Find on one page; `lead` is the last sentence of the page before, which a first one in lower case goes on with."""
        words = self._lexicon.words(page.text)
        blocks: dict[int, int] = {}
        for part in parts:
            block = blocks.setdefault(part.paragraph, part.start)
            held = words.between(part.start, part.end)
            lines = wanted.among(held.all)
            if not lines:
                continue
            sentence = page.text[part.start : part.end]
            hits = _hits(sentence, held, lines, _Carried(page.text, words, part))
            if not hits:
                continue
            before = lead if part is parts[0] and sentence[:1].islower() else ""
            asserted = self.assertions.read(before + sentence, None if before else held)
            said = _Said(part, asserted, regions.around(part, block, asserted.text, len(before)), record, len(before))
            for hit in hits:
                found = _finding(hit, sentence, said, page)
                if found is not None:
                    yield found


def _finding(hit: _Hit, sentence: str, said: _Said, page: _PageText) -> Finding | None:
    """Return what a phrase found in a sentence says; None when it says nothing there."""
    line, start, end, match = hit
    fact, part, record = line.fact.fact, said.part, said.record
    if line.role == "bare" and part.section not in fact.bare_in and record.kind not in fact.bare_in:
        return None
    value = amount(line, match, sentence)
    ticked = said.ticked(start + said.shift) if value is not None else None
    if value is None or ticked is None:
        return None
    first, last = start + said.shift, end + said.shift
    # the denial that a phrase of denial begins with ("yet to have an EMG") does not turn it round
    says_no = line.says_no or (line.role == "denied" and said.asserted.denied_at(first))
    status = said.asserted.status(first, last, says_no=says_no, treatment=fact.kind is Kind.TREATMENT)
    if isinstance(value, bool):
        value = value != (status.negated or not ticked)
    span = page.span(part.start + start, part.start + end)
    context = page.span(part.start, part.end) if part.end - part.start <= _LONG_QUOTE else span
    quoted = status.quoted or part.section == "guideline"
    other = status.other_person or part.section == _FAMILY
    planned = status.planned
    if fact.kind is Kind.TREATMENT and part.section == "plan" and not said.asserted.ongoing and not _HISTORY.search(span.quote):
        planned = True
    if fact.kind in (Kind.STATEMENT, Kind.MEASURE) or (fact.kind is Kind.SIGN and part.section == "objective"):
        planned = False
    if fact.kind is Kind.STATEMENT:
        quoted = quoted and not said.of_the_patient
    said_on = said.earlier if fact.kind is Kind.SIGN else None
    historical = status.historical or said_on is not None
    past_matters = fact.kind in (Kind.SIGN, Kind.DIAGNOSIS)
    status = Assertion(status.negated, status.uncertain, historical, status.hypothetical, other, planned, quoted)
    standing = _standing(record)
    region, side = said.around.of(fact, span)
    counts = not (
        status.uncertain
        or status.hypothetical
        or other
        or planned
        or quoted
        or (historical and past_matters)
        or _is_being_done(line, part, record, span.quote)
        or standing is Standing.CLAIM
        or (isinstance(value, float) and status.negated)
        or said.asked
    )
    return Finding(
        fact=line.fact.name,
        value=value,
        assertion=status,
        span=span,
        context=context,
        date=said_on or record.date,
        author=record.author,
        kind=record.kind,
        standing=standing,
        section=part.section,
        rank=_RANK.get(part.section, 1),
        region=region,
        side=side,
        counts=counts,
        told=said.last_day if fact.kind is Kind.TREATMENT else None,
    )


_Hit = tuple[Line, int, int, re.Match[str]]


class _Carried:
    """A sentence with some of what stands before it, where its subject may have been named."""

    def __init__(self, text: str, words: Words, part: Sentence) -> None:
        self._text = text
        self._words = words
        self._end = part.end
        self._start = max(part.start - _CARRIED, 0)

    def names(self, phrases: Sequence[SoughtPhrase]) -> bool:
        held = self._words.between(self._start, self._end)
        return any(True for _ in spans(phrases, self._text[self._start : self._end], held))


def _hits(sentence: str, held: Held, lines: list[Line], carried: _Carried) -> list[_Hit]:
    """The phrases that stand in a sentence, what it must stand near to being there and nothing taking its words away."""
    hits: list[_Hit] = []
    masks: dict[str, list[tuple[int, int]]] = {}
    near: dict[str, bool] = {}
    for line in lines:
        fact = line.fact
        for match in line.phrase.find(sentence, held):
            if fact.name not in near:
                beside = not fact.near or any(True for _ in spans(fact.near, sentence, held))
                near[fact.name] = beside or (fact.fact.carried and carried.names(fact.near))
                masks[fact.name] = list(spans(fact.unless, sentence, held))
            if not near[fact.name]:
                break
            start, end = match.span()
            if not any(a < end and start < b for a, b in masks[fact.name]):
                hits.append((line, start, end, match))
    return _longest(hits) if hits else hits


class _PageText:
    """A page to quote from."""

    def __init__(self, document: Document, page: Page) -> None:
        self.text = page.text
        self._document = document
        self._page = page.number
        self._digest = digest(page.text)

    def span(self, start: int, end: int) -> Span:
        return Span(self._document.name, self._document.sha256, self._page, self._digest, start, end, self.text[start:end])


def _longest(hits: list[_Hit]) -> list[_Hit]:
    """Of overlapping hits of one fact keep the longest, and of a statement and a denial the one that is complete first.

    Over the same words a denial stands: "function has not improved" holds a statement of improvement.
    """
    kept: list[_Hit] = []
    roles: dict[str, set[str]] = {}
    for line, *_ in hits:
        if line.fact.fact.kind is Kind.SIGN:  # "strength 4/5 left, 5/5 right": the first grade is what is said of the strength
            roles.setdefault(line.fact.name, set()).add(line.role)
    opposed = {name for name, found in roles.items() if {"said", "denied"} <= found}

    def order(hit: _Hit) -> tuple[int, int, int, bool]:
        line, start, end, _ = hit
        return (end if line.fact.name in opposed else 0, start - end, start, line.role != "denied")

    for hit in sorted(hits, key=order):
        if not any(k[0].fact.name == hit[0].fact.name and k[1] < hit[2] and hit[1] < k[2] for k in kept):
            kept.append(hit)
    return sorted(kept, key=lambda item: (item[1], item[0].fact.name))


def _standing(record: Record) -> Standing:
    """How much a record weighs: by its kind, and a letter by whether a physician signs it."""
    if record.kind == "correspondence" and record.author and _PHYSICIAN.search(record.author):
        return Standing.HISTORY
    return _STANDING.get(record.kind, Standing.EXAMINATION)


def _is_being_done(line: Line, part: Sentence, record: Record, words: str) -> bool:
    """Whether the words tell of the operation the record itself describes, which is no history yet and no examination."""
    narrated = line.fact.fact.kind in (Kind.SIGN, Kind.TREATMENT) and part.section == "procedure"
    told = line.fact.fact.kind is Kind.TREATMENT and _HISTORY.search(words) is not None
    return narrated and not told and not (line.role == "bare" and record.kind in line.fact.fact.bare_in)
