"""Finding words in a case file: the passages that have them, best first, with page and record."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from openimr.sources import Span, digest

from ._values import Document, Page, Record

_Place = tuple[int, int]

_TERM = re.compile(r'"([^"]*)"?|(\S+)')
_WORD = re.compile(r"\w+(?:[.'/-]\w+)*")
_SENTENCES = re.compile(r"[.!?][\"')\]]*\s+(?=[^a-z])|\n[ \t]*\n|\n(?=[ \t]*(?:[-*\u2022]|\d{1,2}[.)])\s)")
_LONGEST = 400  # characters of a passage: two long sentences; tables and lists have no full stops
_AROUND = 60  # characters shown on each side of what was found


class QueryError(Exception):
    """The query asks for nothing; the message says how to write one."""


@dataclass(frozen=True, slots=True)
class Hit:
    """A passage that has all words of a query.

    `rank` is 1 where they stand side by side as asked, 2 within a sentence, 3 within two. The span is the passage with some words around
    it; `marks` are the places of the words found, within its quote.
    """

    rank: int
    record: Record
    span: Span
    marks: tuple[tuple[int, int], ...]


def search(documents: Sequence[Document], records: Sequence[Record], query: str) -> tuple[Hit, ...]:
    """Return where the words of a query stand together, within a sentence or two of one page: by rank, then by place.

    Case does not matter; `"exact phrase"` stands for words in this order, `prefix*` for any ending. A passage is told once, at its
    shortest. `records` are those of the documents. Raises QueryError for a query without a word.
    """
    terms = _terms(query)
    if not terms:
        raise QueryError(
            f'{query!r} has no word to look for: give one or more words, "an exact phrase" or the beginning of a word as radicul*'
        )
    by_page = {(record.document, number): record for record in records for number in range(record.first_page, record.last_page + 1)}
    hits = [
        hit
        for document in documents
        for page in document.pages
        for hit in _on_page(document, page, by_page.get((document.name, page.number)), terms)
    ]
    return tuple(sorted(hits, key=lambda hit: hit.rank))  # sorting keeps the order of places within a rank


@dataclass(frozen=True, slots=True)
class _Term:
    """A word, a beginning of one or a phrase; `needle` must occur in a page's text, in small letters, for the pattern to."""

    needle: str
    pattern: re.Pattern[str]


def _terms(query: str) -> list[_Term]:
    terms: dict[str, _Term] = {}
    for phrase, single in _TERM.findall(query):
        said = phrase or single
        words = _WORD.findall(said)
        if not words:
            continue
        ending = r"\w*" if said.rstrip('"').endswith("*") else r"(?!\w)"
        pattern = r"(?<!\w)" + r"\W{1,3}".join(re.escape(word) for word in words) + ending
        terms.setdefault(pattern.lower(), _Term(max(words, key=len).lower(), re.compile(pattern, re.I)))
    return list(terms.values())


def _on_page(document: Document, page: Page, record: Record | None, terms: Sequence[_Term]) -> Iterator[Hit]:
    lower = page.text.lower()
    if record is None or not all(term.needle in lower for term in terms):
        return
    places = [[match.span() for match in term.pattern.finditer(page.text)] for term in terms]
    if not all(places):
        return
    breaks = [match.end() for match in _SENTENCES.finditer(page.text)]
    text_digest = digest(page.text)
    for passage in _passages(places, breaks):
        rank = 3 if _across(passage, breaks) else 1 if _side_by_side(page.text, passage) else 2
        first, last = _widened(page.text, *_ends(passage))
        span = Span(document.name, document.sha256, page.number, text_digest, first, last, page.text[first:last])
        yield Hit(rank, record, span, tuple(sorted((start - first, end - first) for start, end in passage)))


def _passages(places: Sequence[Sequence[_Place]], breaks: Sequence[int]) -> list[list[_Place]]:
    """Return the passages with a place of every term, in order; of two that overlap the shorter."""
    latest: dict[int, _Place] = {}
    found: list[list[_Place]] = []
    for place, term in sorted((place, term) for term, each in enumerate(places) for place in each):
        latest[term] = place
        if len(latest) == len(places):
            found.append([latest[each] for each in range(len(places))])
    taken: list[list[_Place]] = []
    for passage in sorted((each for each in found if _near(each, breaks)), key=lambda each: (_length(each), min(each))):
        start, end = _ends(passage)
        if all(end <= _ends(other)[0] or start >= _ends(other)[1] for other in taken):
            taken.append(passage)
    return sorted(taken, key=_ends)


def _near(passage: Sequence[_Place], breaks: Sequence[int]) -> bool:
    return _length(passage) <= _LONGEST and _across(passage, breaks) <= 1


def _across(passage: Sequence[_Place], breaks: Sequence[int]) -> int:
    """How many ends of sentences a passage goes across."""
    start, end = _ends(passage)
    return sum(start < at < end for at in breaks)


def _ends(passage: Sequence[_Place]) -> _Place:
    return min(start for start, _ in passage), max(end for _, end in passage)


def _length(passage: Sequence[_Place]) -> int:
    start, end = _ends(passage)
    return end - start


def _side_by_side(text: str, passage: Sequence[_Place]) -> bool:
    """Whether the words stand in the order asked with nothing between them."""
    return all(first[1] <= second[0] and not _WORD.search(text, first[1], second[0]) for first, second in pairwise(passage))


def _widened(text: str, start: int, end: int) -> _Place:
    """The passage with some whole words around it, on its own page."""
    first, last = max(0, start - _AROUND), min(len(text), end + _AROUND)
    while 0 < first < start and not text[first - 1].isspace():
        first += 1
    while end < last < len(text) and not text[last].isspace():
        last -= 1
    return first, last
