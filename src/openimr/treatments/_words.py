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
        by_first: dict[str, list[tuple[int, str, Value]]] = {}
        for expression, value in expressions:
            words = words_of(expression)
            pattern = _BETWEEN.join(word + "s?" for word in words) + r"(?![A-Za-z0-9])"
            by_first.setdefault(words[0], []).append((len(words), pattern, value))
        self._automaton = ahocorasick.Automaton()
        for first, rows in by_first.items():
            longest_first = sorted(rows, key=lambda row: -row[0])
            self._automaton.add_word(first, (len(first), [(re.compile(pattern, re.I), value) for _, pattern, value in longest_first]))
        self._automaton.make_automaton()
        self._empty = not by_first

    def find(self, text: str) -> Iterator[tuple[int, int, Value]]:
        """Yield (start, end, value) of every expression at every place, longest first at each place; they may overlap."""
        if self._empty:
            return
        lower = text.lower()
        if len(lower) != len(text):
            # a few letters grow when lowered; places would shift
            lower = "".join(char.lower() if len(char.lower()) == 1 else char for char in text)
        for last, (length, rows) in self._automaton.iter(lower):
            start = last - length + 1
            if start and (lower[start - 1].isascii() and lower[start - 1].isalnum()):
                continue
            for pattern, value in rows:
                match = pattern.match(text, start)
                if match:
                    yield start, match.end(), value
