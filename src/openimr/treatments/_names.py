"""Where a text names a treatment or drug: phrases of treatments, names of drugs, and words that are a name only beside another."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from functools import cached_property
from typing import NamedTuple

from openimr.library import Anchored, phrase_anchors, phrase_pattern

from ._data import Words
from ._words import WordFinder

_LONGEST = 200  # characters of a phrase on either side of its anchor


class Named(NamedTuple):
    """A treatment or drug named at characters `start` to `end`; `slip` when it is written with a key slip or loosely."""

    start: int
    end: int
    slug: str
    slip: bool


class _Phrase(NamedTuple):
    """A phrase of a treatment; `beside` names the category of treatments next to which alone it counts."""

    slug: str
    text: str
    slip: bool
    beside: str | None


class _PhraseFinder:
    """Phrases found by the words they cannot do without; a phrase is compiled when one of its words first occurs."""

    def __init__(self, phrases: Iterable[_Phrase]) -> None:
        self._phrases = tuple(phrases)
        self._compiled: dict[int, re.Pattern[str]] = {}
        self._anchored = Anchored(phrase_anchors(phrase.text) for phrase in self._phrases)

    def find(self, text: str) -> Iterator[tuple[_Phrase, int, int]]:
        """Yield every phrase with where it stands; those of one text in the order of the library."""
        near: dict[int, list[tuple[int, int]]] = {place: [(0, len(text))] for place in self._anchored.always}
        for start, end, places in self._anchored.places(text):
            for place in places:
                near.setdefault(place, []).append((start, end))
        for place in sorted(near):
            if place not in self._compiled:
                self._compiled[place] = re.compile(phrase_pattern(self._phrases[place].text), re.IGNORECASE)
            for first, last in _windows(near[place], text):
                for match in self._compiled[place].finditer(text, first, last):
                    yield self._phrases[place], match.start(), match.end()


def _windows(anchors: list[tuple[int, int]], text: str) -> Iterator[tuple[int, int]]:
    """The parts of a text in which a phrase with these anchors may stand, none overlapping another; they end where a word does."""
    held: tuple[int, int] | None = None
    for start, end in sorted(anchors):
        first, last = max(0, start - _LONGEST), min(len(text), end + _LONGEST)
        while last < len(text) and (text[last].isalnum() or text[last] == "_"):
            last += 1
        if held is not None and first <= held[1]:
            held = held[0], max(held[1], last)
            continue
        if held is not None:
            yield held
        held = first, last
    if held is not None:
        yield held


class Names:
    """The names of all treatments and drugs, ready to be found in a text."""

    def __init__(self, words: Words) -> None:
        self._words = words

    @cached_property
    def _phrases(self) -> _PhraseFinder:
        return _PhraseFinder(
            _Phrase(slug, phrase, slip, beside)
            for slug, treatment in self._words.treatments.items()
            for phrases, slip, beside in (
                (treatment.words, False, None),
                (treatment.slips, True, None),
                (treatment.beside.words if treatment.beside else (), False, treatment.beside.category if treatment.beside else None),
            )
            for phrase in phrases
        )

    @cached_property
    def _unless(self) -> Mapping[str, _PhraseFinder]:
        return {
            slug: _PhraseFinder(_Phrase(slug, phrase, False, None) for phrase in treatment.unless)
            for slug, treatment in self._words.treatments.items()
            if treatment.unless
        }

    @cached_property
    def _drugs(self) -> WordFinder[tuple[str, bool]]:
        return WordFinder(
            (name, (slug, slip))
            for slug, drug in self._words.drugs.items()
            for names, slip in ((drug.names, False), (drug.brands, False), (drug.slips, True))
            for name in names
        )

    def find(self, text: str) -> list[Named]:
        """Return the treatments and drugs a text names, in order, none inside another; of two at one place the longer."""
        found, loose = self._matches(text)
        categories = {self._category(named.slug) for named in found if not self._gives_way(named.slug)}
        found += [named for named, category in loose if category in categories]
        chosen: list[Named] = []
        for named in sorted(found, key=lambda each: (each.start - each.end, each.slip, self._gives_way(each.slug), each.start)):
            if not any(named.start < other.end and other.start < named.end for other in chosen):
                chosen.append(named)
        return sorted(chosen)

    def _matches(self, text: str) -> tuple[list[Named], list[tuple[Named, str]]]:
        """All names, and those that count only beside a treatment of a category."""
        found = [Named(start, end, slug, slip) for start, end, (slug, slip) in self._drugs.find(text)]
        loose: list[tuple[Named, str]] = []
        hidden: dict[str, list[tuple[int, int]]] = {}
        for phrase, start, end in self._phrases.find(text):
            slug = phrase.slug
            if slug not in hidden:
                hidden[slug] = [(a, b) for _, a, b in self._unless[slug].find(text)] if slug in self._unless else []
            if any(a < end and start < b for a, b in hidden[slug]):
                continue
            named = Named(start, end, slug, phrase.slip)
            if phrase.beside:
                loose.append((named, phrase.beside))
            else:
                found.append(named)
        return found, loose

    def _category(self, slug: str) -> str | None:
        treatment = self._words.treatments.get(slug)
        return treatment.category if treatment else None

    def _gives_way(self, slug: str) -> bool:
        treatment = self._words.treatments.get(slug)
        return treatment is not None and (treatment.part or treatment.generic)
