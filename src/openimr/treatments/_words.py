"""Finding many fixed expressions at once: one pass over the words of a text, then a look at what follows a first word."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Generic, TypeVar

Value = TypeVar("Value")
_WORD = re.compile(r"[A-Za-z0-9]+")
_MOST_KNOWN = 200_000  # words kept; a long case file holds fewer, and damaged text must not fill the memory
_BETWEEN = r"(?:[^A-Za-z0-9;:!?,.]|\.(?!\s))+"


def words_of(text: str) -> tuple[str, ...]:
    """Return the words of an expression, in lower case; blanks, hyphens, slashes and points only part them."""
    return tuple(word.lower() for word in _WORD.findall(text))


class WordFinder(Generic[Value]):
    """Expressions with a value each, found where their words stand in a row within one clause; a plural s is understood."""

    def __init__(self, expressions: Iterable[tuple[str, Value]]) -> None:
        self._by_first: dict[str, list[tuple[tuple[str, ...], Value]]] = {}
        for expression, value in expressions:
            words = words_of(expression)
            self._by_first.setdefault(words[0], []).append((words, value))
        # of thousands of names few occur in a text: a pattern is compiled when the first word of its name does
        self._compiled: dict[str, list[tuple[re.Pattern[str], Value]]] = {}
        self._known: dict[str, tuple[str, ...]] = {}

    def find(self, text: str) -> Iterator[tuple[int, int, Value]]:
        """Yield (start, end, value) of every expression at every place, longest first at each place; they may overlap."""
        known = self._known
        for found in _WORD.finditer(text):
            word = found.group()
            firsts = known.get(word)
            if firsts is None:
                firsts = self._learn(word)
            if not firsts:
                continue
            start = found.start()
            for first in firsts:
                for pattern, value in self._patterns(first):
                    match = pattern.match(text, start)
                    if match:
                        yield start, match.end(), value

    def _learn(self, word: str) -> tuple[str, ...]:
        """Look up once which expressions may begin with a word as it is written."""
        lower = word.lower()
        found = tuple(first for first in dict.fromkeys((lower, lower.removesuffix("s"))) if first in self._by_first)
        if len(self._known) >= _MOST_KNOWN:
            self._known.clear()
        self._known[word] = found
        return found

    def _patterns(self, first: str) -> list[tuple[re.Pattern[str], Value]]:
        """The patterns of the expressions that begin with a word, those of most words first."""
        if first not in self._compiled:
            rows = sorted(self._by_first[first], key=lambda row: -len(row[0]))
            self._compiled[first] = [
                (re.compile(_BETWEEN.join(word + "s?" for word in words) + r"(?![A-Za-z0-9])", re.I), value) for words, value in rows
            ]
        return self._compiled[first]
