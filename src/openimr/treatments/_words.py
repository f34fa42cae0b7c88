"""Finding many fixed expressions at once: one pass of an automaton over the first words, then a look at what follows."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Generic, TypeVar

import ahocorasick

Value = TypeVar("Value")
_WORD = re.compile(r"[A-Za-z0-9]+")
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
        self._automaton = ahocorasick.Automaton()
        for first in self._by_first:
            self._automaton.add_word(first, first)
        self._automaton.make_automaton()

    def find(self, text: str) -> Iterator[tuple[int, int, Value]]:
        """Yield (start, end, value) of every expression at every place, longest first at each place; they may overlap."""
        if not self._by_first:
            return
        lower = text.lower()
        if len(lower) != len(text):
            # a few letters grow when lowered; places would shift
            lower = "".join(char.lower() if len(char.lower()) == 1 else char for char in text)
        for last, first in self._automaton.iter(lower):
            start = last - len(first) + 1
            if start and (lower[start - 1].isascii() and lower[start - 1].isalnum()):
                continue
            for pattern, value in self._patterns(first):
                match = pattern.match(text, start)
                if match:
                    yield start, match.end(), value

    def _patterns(self, first: str) -> list[tuple[re.Pattern[str], Value]]:
        """The patterns of the expressions that begin with a word, those of most words first."""
        if first not in self._compiled:
            rows = sorted(self._by_first[first], key=lambda row: -len(row[0]))
            self._compiled[first] = [
                (re.compile(_BETWEEN.join(word + "s?" for word in words) + r"(?![A-Za-z0-9])", re.I), value) for words, value in rows
            ]
        return self._compiled[first]
