"""Which of thousands of things may stand in a text, by the words they cannot do without: one pass, however long the text."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import ahocorasick


class Anchored:
    """Things by number, each with its anchors: small words of which one stands wherever it does. One without anchors may stand anywhere."""

    def __init__(self, anchors: Iterable[frozenset[str]]) -> None:
        numbers: dict[str, set[int]] = {}
        always: set[int] = set()
        for number, words in enumerate(anchors):
            if not words:
                always.add(number)
            for word in words:
                numbers.setdefault(word, set()).add(number)
        self.always = frozenset(always)
        self._automaton = ahocorasick.Automaton()
        for word, those in numbers.items():
            self._automaton.add_word(word, (len(word), frozenset(those)))
        self._automaton.make_automaton()

    def among(self, text: str) -> list[int]:
        """Return the numbers of what may stand in a text, in order."""
        return sorted(self.always.union(*{numbers for _, _, numbers in self.places(text)}))

    def places(self, text: str) -> Iterator[tuple[int, int, frozenset[int]]]:
        """Yield where an anchor stands, in the order of the ends, with the numbers of what it may belong to."""
        if len(self._automaton):
            for last, (length, numbers) in self._automaton.iter(text.lower()):
                yield last - length + 1, last + 1, numbers
