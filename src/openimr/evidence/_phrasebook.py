"""The phrases of all facts, compiled once: one automaton finds where any may stand, then only those are tried."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

import ahocorasick

from openimr.library import Fact, any_phrase, phrase_anchors, phrase_pattern

_NO = re.compile(
    r"\b(?:no|not|never|none|nothing|neither|without|little|nor|lacks|lacking|loses|lost|hasn't|haven't|didn't|doesn't|don't)\b"
)


@dataclass(frozen=True, slots=True)
class Compiled:
    """A fact with the patterns of its phrases."""

    name: str
    fact: Fact
    unless: re.Pattern[str] | None
    near: re.Pattern[str] | None


@dataclass(frozen=True, slots=True)
class Line:
    """One phrase of a fact; `role` is said, bare, denied or measured, `says_no` tells that a word of denial belongs to it."""

    fact: Compiled
    role: str
    pattern: re.Pattern[str]
    says_no: bool


class Phrasebook:
    """Finds the phrases that may occur in a text by the words they cannot do without."""

    def __init__(self, facts: Mapping[str, Fact]) -> None:
        self.lines: list[Line] = []
        self._always: list[int] = []
        words: dict[str, set[int]] = {}
        for name, fact in facts.items():
            compiled = Compiled(name, fact, any_phrase(fact.unless), any_phrase(fact.near))
            for role, phrases in (("said", fact.said), ("bare", fact.bare), ("denied", fact.denied), ("measured", fact.measured)):
                for phrase in phrases:
                    index = len(self.lines)
                    self.lines.append(Line(compiled, role, re.compile(phrase_pattern(phrase), re.IGNORECASE), bool(_NO.search(phrase))))
                    anchors = phrase_anchors(phrase)
                    if not anchors:
                        self._always.append(index)
                    for word in anchors:
                        words.setdefault(word, set()).add(index)
        self._automaton = ahocorasick.Automaton()
        for word, indexes in words.items():
            self._automaton.add_word(word, (len(word), frozenset(indexes)))
        self._automaton.make_automaton()

    def occurring(self, text: str) -> list[tuple[int, frozenset[int]]]:
        """Return, in order of place, where an anchor starts in the lower-cased text and which lines it may belong to."""
        found = [(end - length + 1, indexes) for end, (length, indexes) in self._automaton.iter(text.lower())]
        found.sort(key=lambda item: item[0])
        return found

    @property
    def always(self) -> tuple[int, ...]:
        """The lines without an anchor, to be tried everywhere."""
        return tuple(self._always)
