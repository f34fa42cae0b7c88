"""The phrases of facts, compiled when they may occur."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

from openimr.library import Fact

from ._lexicon import Candidates, Lexicon, SoughtPhrase

_NO = re.compile(
    r"\b(?:no|not|never|none|nothing|neither|without|little|nor|lacks|lacking|loses|lost|hasn't|haven't|didn't|doesn't|don't)\b"
)


@dataclass(frozen=True, slots=True)
class SoughtFact:
    """A fact; `unless` takes away the words it covers, one of `near` has to stand near."""

    name: str
    fact: Fact
    unless: tuple[SoughtPhrase, ...]
    near: tuple[SoughtPhrase, ...]


@dataclass(frozen=True)
class Line:
    """One phrase of a fact; `role` is said, bare, denied or measured."""

    fact: SoughtFact
    role: str
    phrase: SoughtPhrase

    @cached_property
    def says_no(self) -> bool:
        """Whether a word of denial belongs to the phrase."""
        return bool(_NO.search(self.phrase.text))


class Phrasebook:
    """The phrases of all facts; `of` leaves out those of facts that are not asked for."""

    def __init__(self, facts: Mapping[str, Fact], lexicon: Lexicon) -> None:
        self._facts = facts
        self._lexicon = lexicon
        self._lines: dict[str, list[Line]] = {}
        self._chosen: dict[frozenset[str] | None, Chosen] = {}

    def of(self, facts: frozenset[str] | None) -> Chosen:
        """Return the phrases of some facts, None: of all."""
        if facts not in self._chosen:
            kept = [line for name in self._facts if facts is None or name in facts for line in self._lines_of(name)]
            self._chosen[facts] = Chosen(kept, Candidates([line.phrase for line in kept]))
        return self._chosen[facts]

    def _lines_of(self, name: str) -> list[Line]:
        """The phrases of a fact, taken apart when the fact is first asked for: a case asks for few of all facts."""
        if name not in self._lines:
            fact, phrase = self._facts[name], self._lexicon.phrase
            sought = SoughtFact(name, fact, tuple(map(phrase, fact.unless)), tuple(map(phrase, fact.near)))
            roles = (("said", fact.said), ("bare", fact.bare), ("denied", fact.denied), ("measured", fact.measured))
            self._lines[name] = [Line(sought, role, phrase(text)) for role, phrases in roles for text in phrases]
        return self._lines[name]


@dataclass(frozen=True, slots=True)
class Chosen:
    """Phrases to look for."""

    lines: list[Line]
    candidates: Candidates

    def among(self, words: frozenset[str]) -> list[Line]:
        """Return the phrases that may stand where these words do."""
        return [self.lines[index] for index in self.candidates.among(words)]
