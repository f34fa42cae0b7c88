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
        self.lines: list[Line] = []
        for name, fact in facts.items():
            sought = SoughtFact(name, fact, tuple(map(lexicon.phrase, fact.unless)), tuple(map(lexicon.phrase, fact.near)))
            for role, phrases in (("said", fact.said), ("bare", fact.bare), ("denied", fact.denied), ("measured", fact.measured)):
                self.lines.extend(Line(sought, role, lexicon.phrase(phrase)) for phrase in phrases)
        self._chosen: dict[frozenset[str] | None, Chosen] = {}

    def of(self, facts: frozenset[str] | None) -> Chosen:
        """Return the phrases of some facts, None: of all."""
        if facts not in self._chosen:
            kept = [line for line in self.lines if facts is None or line.fact.name in facts]
            self._chosen[facts] = Chosen(kept, Candidates([line.phrase for line in kept]))
        return self._chosen[facts]


@dataclass(frozen=True, slots=True)
class Chosen:
    """Phrases to look for."""

    lines: list[Line]
    candidates: Candidates

    def among(self, words: frozenset[str]) -> list[Line]:
        """Return the phrases that may stand where these words do."""
        return [self.lines[index] for index in self.candidates.among(words)]
