"""The records of a case as a reader turns to them: the latest visits first, each read once and only when asked for."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property

from openimr.cases import Case
from openimr.documents import Document, Record
from openimr.evidence import Course, Given, GivenReader, Passage, PassageReader, Site, courses
from openimr.sources import Span

from ._worksheet import Evidence, RequestSheet, spans_of

VISITS = ("progress_report", "consultation")
STUDIES = ("imaging", "electrodiagnostic")
_CLAIMS = ("ur_decision", "application")
_TELLING_OF_TREATMENT = (*VISITS, "rfa", "therapy_note", "psychology_note", "operative_report", "questionnaire", "other", *_CLAIMS)
_PHYSICIAN = re.compile(r"\b(?:M\.?D|D\.?O|D\.?P\.?M|D\.?C|Ph\.?D|Psy\.?D)\b")
_MOST_LETTERS = 20  # looked into
_EXAMINED_IN = ("examination", "body")
_FEWEST_SIGNS = 4  # sentences on signs; fewer may only speak of an examination
_OFTEN = 4  # newer records that name a treatment; what older ones say of it they have copied or outdated
_MOST_READ = 60  # records read for treatments
_NEAR_DAYS = 60  # a treating physician's visit goes before a consultation if it is no older than this
_SAME, _LIMB, _OPEN, _OTHER = 2.0, 1.0, 0.0, -2.0
_LIKE = 0.75
_FEW = 5  # so few words are in many a longer sentence, which says more
_WORD = re.compile(r"[a-z0-9]+")
_SMALL = frozenset(
    {
        "a",
        "an",
        "and",
        "are",
        "as",
        "at",
        "be",
        "by",
        "for",
        "from",
        "has",
        "have",
        "he",
        "her",
        "his",
        "in",
        "is",
        "it",
        "its",
        "of",
        "on",
        "or",
    }
    | {"she", "that", "the", "this", "to", "was", "were", "with"}
)


@dataclass(frozen=True)
class Chart:
    """The records of a case with their passages; `on` is the governing date, `sites` are where on the body the requests are."""

    case: Case
    on: date
    records: Sequence[Record]
    documents: Mapping[str, Document]
    requests: Sequence[RequestSheet]
    sites: Sequence[Site]
    reader: PassageReader
    given: GivenReader
    _read: dict[Record, tuple[Passage, ...]] = field(default_factory=dict)

    def passages(self, record: Record) -> tuple[Passage, ...]:
        """Return the passages of a record, read once."""
        if record not in self._read:
            self._read[record] = self.reader.read(self.documents[record.document], record)
        return self._read[record]

    @cached_property
    def courses(self) -> tuple[Course, ...]:
        """The treatments the records up to the governing date tell of, each with its passages, newest first.

        Later notes copy earlier ones, so a record is read for it only if it may name a treatment that few newer ones named, and no more
        than a number a reviewer could look through.
        """
        named: dict[str, int] = {}
        out: list[Given] = []
        read = 0
        for record in sorted([*self.of(*_TELLING_OF_TREATMENT), *self.letters], key=lambda each: each.date or date.min, reverse=True):
            pages = self.documents[record.document].pages[record.first_page - 1 : record.last_page]
            names = frozenset[str]().union(*(self.reader.treatments_in(page.text) for page in pages))
            if read >= _MOST_READ or all(named.get(name, 0) >= _OFTEN for name in names):
                continue
            read += 1
            for name in names:
                named[name] = named.get(name, 0) + 1
            out.extend(self.given.read(self.passages(record)))
        return courses(out)

    def of(self, *kinds: str, later: bool = False) -> list[Record]:
        """Return the records of some kinds, newest first, undated ones last; those after the governing date only with `later`."""
        found = [each for kind in kinds for each in self._by_kind.get(kind, ()) if later or each.date is None or each.date <= self.on]
        return sorted(found, key=lambda each: each.date or date.min, reverse=True)

    @cached_property
    def _by_kind(self) -> dict[str, list[Record]]:
        """The records that have text, by kind."""
        out: dict[str, list[Record]] = {}
        for each in self.records:
            pages = self.documents[each.document].pages[each.first_page - 1 : each.last_page]
            if any(page.text and not page.text.isspace() for page in pages):
                out.setdefault(each.kind, []).append(each)
        return out

    @cached_property
    def visits(self) -> list[Record]:
        """The visits up to the governing date, newest first; the treating side's latest goes first unless it is old.

        Of several of one day that of the requesting physician goes first.
        """
        found = sorted([*self.of(*VISITS), *self.letters], key=lambda each: each.date or date.min, reverse=True)
        treating = [each for each in found if each.kind == VISITS[0] and each.date is not None and each.date == _first_date(found)]
        own = next((each for each in found if each.kind == VISITS[0]), None)
        own = next((each for each in treating if self._asks(each)), own)
        if own is None or own.date is None or found[0].date is None or (found[0].date - own.date).days > _NEAR_DAYS:
            return found
        return [own, *(each for each in found if each is not own)]

    @cached_property
    def letters(self) -> list[Record]:
        """The letters in which a physician tells of an examination, newest first: consultations are often written so."""
        signed = [each for each in self.of("correspondence") if each.author and _PHYSICIAN.search(each.author)][:_MOST_LETTERS]
        return [
            each for each in signed if sum(p.part in _EXAMINED_IN and p.count("sign") > 0 for p in self.passages(each)) >= _FEWEST_SIGNS
        ]

    def _asks(self, record: Record) -> bool:
        name = (self.case.parties.requesting_physician or "").split(",")[0].split()
        return bool(name and record.author and name[-1].lower() in record.author.lower())

    @cached_property
    def quoted(self) -> frozenset[tuple[str, int, int, int]]:
        """Where the passages stand that the worksheet quotes for a criterion."""
        return frozenset((span.document, span.page, span.start, span.end) for span in spans_of(self.requests))

    def bears(self, passage: Passage) -> bool:
        """Tell whether a criterion quotes the passage, or a part of it."""
        own = passage.span
        return any(d == own.document and p == own.page and a < own.end and own.start < b for d, p, a, b in self.quoted)

    def place(self, passage: Passage) -> float:
        """Return how near a passage is to the requested part of the body: the part itself, a limb it serves, not said, elsewhere."""
        if not passage.regions:
            return _OPEN
        return max((_near(site, region, side) for site in self.located for region, side in passage.regions), default=_OPEN)

    @cached_property
    def located(self) -> list[Site]:
        """The sites of the requests; where no request names a part of the body, the one the latest diagnoses speak of most."""
        asked = [site for site in self.sites if site.region is not None]
        if asked or not self.sites:
            return asked
        counts: dict[str, int] = {}
        for record in self.visits[:2]:
            for passage in self.passages(record):
                if passage.part == "conclusion":
                    for region, _ in passage.regions:
                        counts[region] = counts.get(region, 0) + 1
        most = max(counts, key=lambda region: counts[region], default=None)
        first = self.sites[0]
        return [Site(most, None, first.vocabulary, first.limbs)] if most is not None else []


def _first_date(found: Sequence[Record]) -> date | None:
    return next((each.date for each in found if each.kind == VISITS[0]), None)


def _near(site: Site, region: str, side: str | None) -> float:
    if site.region is None or {site.side, side} == {"left", "right"}:
        return _OPEN if site.region is None else _OTHER
    cover = site.vocabulary.covers(site.region, region)
    if cover == "same":
        return _SAME
    if region in site.limbs.get(site.region, ()):
        return _LIMB
    return _OPEN if cover == "unspecific" else _OTHER


def words_of(text: str) -> frozenset[str]:
    """Return the words of a text that carry meaning, in lower case."""
    return frozenset(_WORD.findall(text.lower())) - _SMALL


def alike(one: str, others: Iterable[str]) -> bool:
    """Tell whether a text says what another one says already: most of the words of the shorter are in the longer."""
    return any(_shared(mine, other) or _equal(mine, other) for mine, other in _pairs(one, others))


def copied(one: str, others: Iterable[str]) -> bool:
    """Tell whether a text is nearly another one, word for word; a finding and the diagnosis made of it are not."""
    return any(_equal(mine, other) for mine, other in _pairs(one, others))


def _pairs(one: str, others: Iterable[str]) -> list[tuple[frozenset[str], frozenset[str]]]:
    mine = words_of(one)
    return [(mine, other) for other in map(words_of, others) if mine and other]


def _shared(mine: frozenset[str], other: frozenset[str]) -> bool:
    least = min(len(mine), len(other))
    return least >= _FEW and len(mine & other) >= _LIKE * least


def _equal(mine: frozenset[str], other: frozenset[str]) -> bool:
    return len(mine & other) >= _LIKE * len(mine | other)


def as_evidence(passage: Passage, says: str, span: Span | None = None) -> Evidence:
    """Return a passage as evidence; what a party to the denial says is a claim."""
    record, span = passage.record, span or passage.span
    use = "claim" if record.kind in _CLAIMS else "counted"
    return Evidence("record", use, says, span.quote, span, date=record.date, author=record.author, kind=record.kind)
