"""The phrases of all facts, compiled once: one automaton finds where any may stand, then only those are tried."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

import ahocorasick

from openimr.library import Fact, any_phrase, phrase_anchors, phrase_pattern

_NO = re.compile(
    r"\b(?:no|not|never|none|nothing|neither|without|little|nor|lacks|lacking|loses|lost|hasn't|haven't|didn't|doesn't|don't)\b"
)


@dataclass(frozen=True)
class Compiled:
    """A fact with the patterns of its phrases, compiled when first asked for."""

    name: str
    fact: Fact

    @cached_property
    def unless(self) -> re.Pattern[str] | None:
        """What takes away the words it covers."""
        return any_phrase(self.fact.unless)

    @cached_property
    def near(self) -> re.Pattern[str] | None:
        """What has to stand near."""
        return any_phrase(self.fact.near)


@dataclass(frozen=True)
class Line:
    """One phrase of a fact; `role` is said, bare, denied or measured."""

    fact: Compiled
    role: str
    phrase: str

    @cached_property
    def pattern(self) -> re.Pattern[str]:
        """The phrase as a pattern."""
        return re.compile(phrase_pattern(self.phrase), re.IGNORECASE)

    @cached_property
    def says_no(self) -> bool:
        """Whether a word of denial belongs to the phrase."""
        return bool(_NO.search(self.phrase))


class Phrasebook:
    """Finds the phrases that may occur in a text by the words they cannot do without."""

    def __init__(self, facts: Mapping[str, Fact]) -> None:
        self.lines: list[Line] = []
        self._always: list[int] = []
        words: dict[str, set[int]] = {}
        for name, fact in facts.items():
            compiled = Compiled(name, fact)
            for role, phrases in (("said", fact.said), ("bare", fact.bare), ("denied", fact.denied), ("measured", fact.measured)):
                for phrase in phrases:
                    index = len(self.lines)
                    self.lines.append(Line(compiled, role, phrase))
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
    def always(self) -> frozenset[int]:
        """The lines without an anchor, to be tried everywhere."""
        return frozenset(self._always)

    def lines_of(self, facts: frozenset[str] | None) -> frozenset[int]:
        """Return the lines of some facts, None: of all."""
        return frozenset(index for index, line in enumerate(self.lines) if facts is None or line.fact.name in facts)
