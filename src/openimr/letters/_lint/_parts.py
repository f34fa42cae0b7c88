"""A letter as the checks see it: its parts on one line each, what they name, and where that stands in the letter."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

from openimr.determinations import Basis, Decision, Determination, Request
from openimr.documents import Document, Page, Record
from openimr.evidence import Finding
from openimr.sources import digest
from openimr.treatments import Named, RegionMention, RequestTerms, Term

from .._reading._polarity import NECESSARY, conclusion
from .._reading._shape import Reading
from ._defect import Place
from ._desk import Desk

_WORDS = re.compile(r"\S+")
_NUMBER = re.compile(r"\d|\b(?:one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|\w+teen|\w+ty)\b", re.IGNORECASE)
_PLAIN = re.compile(r"[a-z0-9]+")
_ENDS = re.compile(r"[.!?][\"')\]]*(?:\s+(?=[A-Z0-9\"(])|(?=[A-Z][a-z]))")
_NO_END = re.compile(r"(?:\b(?:Dr|Mr|Mrs|Ms|vs|No|St|pg|pp|p|ch|approx|e\.g|i\.e|U\.S)|\b[A-Z])\.$")


@dataclass(frozen=True, slots=True)
class Sentence:
    """A sentence of a part, at its characters `start` to `end`."""

    text: str
    start: int
    end: int

    @property
    def words(self) -> list[str]:
        """Its words in small letters, without marks."""
        return _PLAIN.findall(self.text.lower())

    @property
    def key(self) -> str:
        """Its words, by which it is the same as another."""
        return " ".join(self.words)


class Part:
    """One part of a letter (the summary, an item's heading, a rationale) on one line: `place` leads back into the letter."""

    def __init__(self, name: str, letter: str, place: Place, desk: Desk) -> None:
        self.name = name
        self._desk = desk
        pieces = [(found.group(), place[0] + found.start()) for found in _WORDS.finditer(letter[slice(*place)])]
        self.text = " ".join(piece for piece, _ in pieces)
        self._begins: list[int] = []
        self._parsed: dict[int, RequestTerms] = {}
        self._raw = [start for _, start in pieces]
        at = 0
        for piece, _ in pieces:
            self._begins.append(at)
            at += len(piece) + 1

    def place(self, start: int, end: int) -> Place:
        """Return where in the letter the characters `start` to `end` of this part stand."""
        return self._at(start), self._at(max(end - 1, start)) + 1

    def _at(self, offset: int) -> int:
        word = max(bisect_right(self._begins, offset) - 1, 0)
        return self._raw[word] + offset - self._begins[word] if self._raw else 0

    @cached_property
    def sentences(self) -> tuple[Sentence, ...]:
        """The sentences of the part, in order."""
        return tuple(_sentences(self.text))

    def sentence_at(self, offset: int) -> Sentence:
        """Return the sentence in which a character of the part stands."""
        return next((each for each in reversed(self.sentences) if each.start <= offset), Sentence(self.text, 0, len(self.text)))

    @cached_property
    def regions(self) -> tuple[RegionMention, ...]:
        """The parts of the body it names, with their sides."""
        return self._desk.vocabulary.regions(self.text)

    def parsed(self, said: Sentence) -> RequestTerms:
        """Return a sentence of the part taken apart as a request."""
        if said.start not in self._parsed:
            self._parsed[said.start] = self._desk.vocabulary.parse(said.text)
        return self._parsed[said.start]

    @cached_property
    def telling(self) -> tuple[Sentence, ...]:
        """The sentences with a number that may tell the request: not what was had before, and no limit."""
        words = self._desk.words
        told = (each for each in self.sentences if _NUMBER.search(each.text))
        return tuple(each for each in told if not words.past.search(each.text) and not words.bounds.search(each.text))

    @cached_property
    def named(self) -> tuple[Named, ...]:
        """The treatments, studies and drugs it names, each time it names them."""
        return self._desk.vocabulary.named(self.text)

    @cached_property
    def findings(self) -> tuple[Finding, ...]:
        """What it says of the facts of the library, as a record of a physician would be read; spans count its characters."""
        document = Document(self.name, digest(self.text), (Page(1, self.text),), {})
        return self._desk.reader.find(document, Record(self.name, 1, 1, "consultation", None, None, ""))


def _sentences(text: str) -> Iterator[Sentence]:
    start = 0
    for found in _ENDS.finditer(text):
        if _NO_END.search(text, start, found.start() + 1):
            continue
        end = found.start() + len(found.group().rstrip())
        yield Sentence(text[start:end], start, end)
        start = found.end()
    if text[start:].strip():
        yield Sentence(text[start:].rstrip(), start, len(text.rstrip()))


@dataclass(frozen=True)
class Item:
    """A disputed item of a letter: its heading, both bases and the rationale, each a part; None where the letter has none."""

    number: int
    request: Request
    heading: Part
    rationale: Part | None
    ur_basis: Part | None
    reviewer_basis: Part | None
    desk: Desk

    @cached_property
    def asked(self) -> RequestTerms:
        """What is in dispute, taken apart: of a modified request the part that was not authorized."""
        return self.desk.vocabulary.parse(self.request.disputed or self.request.text)

    @cached_property
    def treatments(self) -> frozenset[str]:
        """The treatments in dispute (not what merely comes with one)."""
        return frozenset(each.treatment for each in self.asked.components if not self.desk.vocabulary.is_part(each.treatment))

    @cached_property
    def amounts(self) -> dict[str, set[Term]]:
        """What the item gives for each term of a request (strength, quantity ...), in its original, authorized and disputed part."""
        known: dict[str, set[Term]] = {}
        for text in filter(None, (self.request.text, self.request.original, self.request.authorized, self.request.disputed)):
            whole = self.desk.vocabulary.parse(text)
            for terms in (whole.terms, *(part.terms for part in whole.components)):
                for name, value in terms.items():
                    known.setdefault(name, set()).add(value)
        return known

    @cached_property
    def concluded(self) -> Decision | None:
        """The decision the rationale comes to by its own words."""
        said = self.concluding
        found = conclusion(said.text) if said else None
        return None if found is None else Decision.OVERTURNED if found == NECESSARY else Decision.UPHELD

    @cached_property
    def concluding(self) -> Sentence | None:
        """The last sentence of the rationale that says whether the treatment is necessary."""
        sentences = self.rationale.sentences if self.rationale else ()
        return next((each for each in reversed(sentences) if conclusion(each.text) is not None), None)

    @property
    def cited(self) -> tuple[Basis | None, Basis | None]:
        """What the claims administrator and what the reviewer rely on."""
        return self.request.ur_basis, self.request.reviewer_basis


class Letter:
    """A letter that was read, ready to be checked."""

    def __init__(self, reading: Reading, desk: Desk) -> None:
        self.reading = reading
        self.text = reading.text
        self._desk = desk
        self.summary = self._part("summary")
        self.items = tuple(self._item(index, request) for index, request in enumerate(self.determination.requests))

    @property
    def determination(self) -> Determination:
        """What was read of it."""
        return self.reading.determination

    @cached_property
    def argued(self) -> frozenset[str]:
        """The sentences of all its rationales, by key."""
        return frozenset(said.key for item in self.items if item.rationale for said in item.rationale.sentences)

    def _item(self, index: int, request: Request) -> Item:
        path = f"requests[{index}]"
        parts = {name.split(".")[0]: self._part(f"{path}.{name}") for name in ("rationale", "ur_basis.text", "reviewer_basis.text")}
        heading = self._part(f"{path}.text") or Part(f"{path}.text", request.text, (0, len(request.text)), self._desk)
        return Item(request.number, request, heading, parts["rationale"], parts["ur_basis"], parts["reviewer_basis"], self._desk)

    def _part(self, path: str) -> Part | None:
        place = self.reading.spans.get(path)
        return Part(path, self.text, place, self._desk) if place is not None and place[0] < place[1] else None


@dataclass(frozen=True)
class CaseRecords:
    """The case file a letter is held against: its documents, the records they hold, and a line for each file not read, or not whole."""

    documents: Sequence[Document]
    records: Sequence[Record]
    unread: tuple[str, ...] = ()


@dataclass(frozen=True)
class Beside:
    """What a letter is held against besides itself: earlier letters, and the case file where there is one.

    `published` says that the letter was issued and de-identified: what such letters never carry is no defect of it.
    """

    earlier: Sequence[Letter] = ()
    case: CaseRecords | None = None
    published: bool = False
