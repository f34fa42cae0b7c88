"""Which records of a case file are there twice, which repeat most of another one, and which replace one."""

from __future__ import annotations

import hashlib
from collections import Counter, defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING
from zlib import crc32

from ._edges import without_edges
from ._labels import dates_in, surname
from ._sameness import Words, sameness, undated, words_of
from ._values import Document, Page, Record

if TYPE_CHECKING:
    from ._kinds import Kinds

_SHINGLE = 3  # words; longer ones do not survive a bad scan, shorter ones stand in every report
_SAMPLED = 8  # of so many words one begins a shingle that is kept: enough to find what is alike among thousands of records
_ENOUGH = 24  # shingles; a record that has fewer of them among the sampled is compared by all it has
_FEWEST = 12  # words below which a record is not compared: a stamp or a heading says nothing of its own
_POSTINGS = 16  # of the records that share a shingle, how many are looked at, the nearest before it: cloned notes come in hundreds
_CANDIDATES = 3
_KEPT = 64  # records
_ALIKE = 0.2  # of the shingles of both; two bad scans of one page share about a third of them
_SIZES = 0.7  # of the longer one; a scan loses lines, not pages
_COPIED = 0.6  # of a record's shingles that stand in the earlier one
_REPEATED = 0.6  # of an earlier record's shingles that stand in the one that replaces it
_HEAD = 2000  # characters; a heading stands no farther down
_HEAD_LINES = 14
_HEADING_WORDS = 10


@dataclass(frozen=True, slots=True)
class Likeness:
    """Another record of the case file, and the share of the words (of the shingles, where one copies or replaces) that are the same."""

    record: Record
    alike: float


@dataclass(frozen=True, slots=True)
class Relation:
    """How a record relates to others of the case file; None where it does not.

    `duplicate_of` is the same record farther ahead in the file: the same text but for what fax and scan did to it. `copies` is a record of
    an earlier day, or of the same day with another content, most of this one's text stands in. `superseded_by` is the later record that
    repeats and replaces this one.
    """

    duplicate_of: Likeness | None = None
    copies: Likeness | None = None
    superseded_by: Likeness | None = None


@dataclass(frozen=True, slots=True)
class _Body:
    """What is compared of a record: its size in words, the digest of all of them, and some or all of its shingles."""

    place: int
    record: Record
    pages: tuple[Page, ...]
    size: int
    digest: bytes
    sampled: frozenset[int]
    every: frozenset[int] | None  # of a short record

    @property
    def probe(self) -> frozenset[int]:
        """The shingles the record is found by."""
        return self.sampled if self.every is None else self.every

    def shared(self, other: _Body) -> tuple[int, int, int]:
        """How many shingles both have, and how many each."""
        if self.every is not None and other.every is not None:
            return len(self.every & other.every), len(self.every), len(other.every)
        return len(self.sampled & other.sampled), len(self.sampled), len(other.sampled)


_Ties = dict[int, tuple[int, float]]


def relations(documents: Sequence[Document], records: Sequence[Record]) -> dict[Record, Relation]:
    """Return for each record that is related to another one how; the records are those of the documents, in the order of the file.

    A record is a duplicate when its text is that of an earlier one in the file, as far as fax banners and errors of reading let tell: a
    number or a word that is plainly another one makes it a record of its own. A report of another day that repeats most of an earlier one
    is never a duplicate; it copies. Records of fewer than twelve words are not compared. The same input gives the same answer.
    """
    from ._kinds import known_kinds  # the child process that reads files starts through this package and needs no library

    return _Comparison(documents, records, known_kinds()).relations()


class _Begins(dict[bytes, bool]):
    """Whether a word begins a sampled shingle."""

    def __missing__(self, word: bytes) -> bool:
        self[word] = crc32(word) % _SAMPLED == 0
        return self[word]


class _Comparison:
    def __init__(self, documents: Sequence[Document], records: Sequence[Record], kinds: Kinds) -> None:
        self.kinds = kinds
        self.known: Counter[bytes] = Counter()  # how often a word stands in the case file
        self.begins = _Begins()
        self.headed: dict[int, bool] = {}  # whether a heading says that the record amends another one
        self.read: dict[int, Words] = {}
        self.pages = {document.name: {page.number: page for page in document.pages} for document in documents}
        self.bodies = [self._body(place, record) for place, record in enumerate(records)]
        self.duplicates: _Ties = {}
        self.copies: _Ties = {}
        self.superseded: _Ties = {}

    def relations(self) -> dict[Record, Relation]:
        """Compare every record with those before it."""
        by_digest: dict[bytes, int] = {}
        postings: dict[int, list[int]] = defaultdict(list)
        for body in self.bodies:
            if body.size < _FEWEST:
                continue
            first = by_digest.setdefault(body.digest, body.place)
            if first != body.place:
                self.duplicates[body.place] = first, 1.0
                continue
            self._compare(body, postings)
            if body.place not in self.duplicates:
                _post(body, postings)
        return {body.record: relation for body in self.bodies if (relation := self._relation(body.place)) != Relation()}

    def _relation(self, place: int) -> Relation:
        if place in self.duplicates:
            return Relation(duplicate_of=self._likeness(self.duplicates[place]))
        return Relation(copies=self._likeness(self.copies.get(place)), superseded_by=self._likeness(self.superseded.get(place)))

    def _likeness(self, tie: tuple[int, float] | None) -> Likeness | None:
        return Likeness(self.bodies[tie[0]].record, round(tie[1], 3)) if tie else None

    def _body(self, place: int, record: Record) -> _Body:
        of_document = self.pages[record.document]
        pages = tuple(of_document[number] for number in range(record.first_page, record.last_page + 1) if number in of_document)
        words = _words(pages)
        self.known.update(words)
        begins = self.begins
        sampled = _shingles(words, [at for at, word in enumerate(words) if begins[word]])
        every = _shingles(words, range(len(words))) if len(sampled) < _ENOUGH else None
        digest = hashlib.blake2b(b" ".join(words), digest_size=16).digest()
        return _Body(place, record, pages, len(words), digest, sampled, every)

    def _compare(self, body: _Body, postings: Mapping[int, list[int]]) -> None:
        for other in (self.bodies[place] for place in _nearest(body, postings)):
            same = self._same(other, body)
            if same is not None:
                self.duplicates[body.place] = other.place, same
                return
            self._repeats(other, body)

    def _same(self, first: _Body, second: _Body) -> float | None:
        """How much of two records is the same when they are one and the same record, None when they are two."""
        one, other = first.record, second.record
        if (one.date and other.date and one.date != other.date) or self._amended(first) is not self._amended(second):
            return None
        shared, mine, yours = first.shared(second)
        if shared < _ALIKE * (mine + yours - shared) or min(first.size, second.size) < _SIZES * max(first.size, second.size):
            return None
        return sameness(self._read(first), self._read(second), self.known)

    def _read(self, body: _Body) -> Words:
        """The words of a record; those of the last few are kept, all of a large case file would fill the memory."""
        if body.place not in self.read:
            if len(self.read) >= _KEPT:
                self.read.clear()
            self.read[body.place] = _words(body.pages)
        return self.read[body.place]

    def _repeats(self, first: _Body, second: _Body) -> None:
        """Note which of two records of a kind copies or replaces the other."""
        old, new = (second, first) if self._later(first, second) else (first, second)
        if old.record.kind != new.record.kind:
            return
        shared, of_old, of_new = old.shared(new)
        if shared >= _REPEATED * of_old and self._replaces(old, new):
            _keep(self.superseded, old.place, new.place, shared / of_old)
        if shared >= _COPIED * of_new and not self.kinds.kinds[new.record.kind].form:
            _keep(self.copies, new.place, old.place, shared / of_new)

    def _later(self, first: _Body, second: _Body) -> bool:
        """Whether the record farther ahead in the file is the later one: by its day, else as it amends the other."""
        one, other = first.record.date, second.record.date
        if one is not None and other is not None and one != other:
            return one > other
        return self._amended(first) and not self._amended(second)

    def _replaces(self, old: _Body, new: _Body) -> bool:
        """Whether a record that repeats an earlier one stands in its place: it says so, or is the same form for the same thing."""
        authors = surname(old.record.author), surname(new.record.author)
        if authors[0] and authors[1] and authors[0] != authors[1]:
            return False
        if self._amended(new) and not self._amended(old):
            day = old.record.date
            return day is None or new.record.date in (None, day) or any(each == day for *_, each in dates_in(new.pages[0].text))
        later = old.record.date is not None and new.record.date is not None and old.record.date < new.record.date
        if not later or not self.kinds.kinds[new.record.kind].renewed:
            return False
        return sameness(_words(old.pages, undated), _words(new.pages, undated), self.known) is not None

    def _amended(self, body: _Body) -> bool:
        """Whether a heading of the record's first page says that it amends or replaces another one."""
        if body.place not in self.headed:
            lines = [line for line in body.pages[0].text[:_HEAD].split("\n") if line.strip()][:_HEAD_LINES]
            self.headed[body.place] = any(self.kinds.amended.search(line) for line in lines if len(line.split()) <= _HEADING_WORDS)
        return self.headed[body.place]


def _post(body: _Body, postings: dict[int, list[int]]) -> None:
    for shingle in body.probe:
        found = postings[shingle]
        if len(found) == _POSTINGS:
            del found[0]
        found.append(body.place)


def _nearest(body: _Body, postings: Mapping[int, list[int]]) -> list[int]:
    """The records that share most with one: what few have counts by itself, or a hundred cloned notes would hide the one sent twice."""
    lists = [found for shingle in body.probe if (found := postings.get(shingle))]
    common = Counter([place for found in lists for place in found])
    rare = Counter([place for found in lists if len(found) < _POSTINGS for place in found])
    near = [sorted(counts, key=lambda place: (-counts[place], place))[:_CANDIDATES] for counts in (rare, common)]
    return list(dict.fromkeys(place for places in near for place in places))


def _keep(ties: _Ties, place: int, other: int, share: float) -> None:
    if place not in ties or ties[place][1] < share:
        ties[place] = other, share


def _shingles(words: Words, starts: Sequence[int] | range) -> frozenset[int]:
    return frozenset(crc32(b" ".join(words[at : at + _SHINGLE])) for at in starts)


def _words(pages: Sequence[Page], change: Callable[[str], str] = str) -> Words:
    """The words of a record without what a fax or a stamp puts on the edges of its pages."""
    return [word for page in pages for word in words_of(change(without_edges(page.text)))]
