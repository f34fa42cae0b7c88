"""One pass over the words of a text: which of the words that phrases cannot do without it holds, and where."""

from __future__ import annotations

import math
import re
from bisect import bisect_left
from collections import Counter
from collections.abc import Iterator, Sequence

from openimr.library import Needs, phrase_needs, phrase_pattern

_TOKEN = re.compile(r"\w+|%")
_GLUED = re.compile(r"\d+(\D\w*)")  # "6wks", "50mg": a unit may stand right behind its number
_MOST_KNOWN = 200_000  # words kept; a long case file holds fewer, and damaged text must not fill the memory
_NOTHING: frozenset[str] = frozenset()
# the needed words that stand in most sentences of the examples: a phrase is looked for by another of its words where it has one
_COMMON = frozenset(
    [
        "pain",
        "with",
        "not",
        "normal",
        "on",
        "treatment",
        "visit",
        "injection",
        "day",
        "days",
        "surgery",
        "20",
        "19",
        "after",
        "work",
        "back",
        "of",
        "without",
        "from",
        "in",
        "has",
        "had",
        "have",
        "no",
        "is",
        "was",
        "are",
        "were",
        "a",
        "an",
        "the",
        "to",
        "for",
        "and",
        "or",
        "at",
        "by",
        "as",
        "her",
        "his",
        "she",
        "he",
        "patient",
        "low",
        "months",
        "month",
        "years",
        "year",
        "week",
        "weeks",
        "physical",
        "left",
        "right",
        "n",
    ]
)
_COMMON_COSTS = 8.0


class Lexicon:
    """The words phrases need. Each different word of a text is looked up once, however often it comes."""

    def __init__(self) -> None:
        self._exact: set[str] = set()
        self._begins: set[str] = set()
        self._ends: set[str] = set()
        self._within: set[str] = set()
        self._known: dict[str, frozenset[str]] = {}

    def phrase(self, text: str) -> SoughtPhrase:
        """Return a phrase of the library ready to be sought, and look for its words from now on."""
        needs = phrase_needs(text)
        for word in _NOTHING.union(*needs.words, needs.leads or ()):
            front, back = word.startswith("*"), word.endswith("*")
            kind = self._within if front and back else self._ends if front else self._begins if back else self._exact
            kind.add(word)
        self._known.clear()
        return SoughtPhrase(text, needs)

    def words(self, text: str) -> Words:
        """Return the needed words of a text with their places."""
        known = self._known
        starts: list[int] = []
        held: list[frozenset[str]] = []
        for match in _TOKEN.finditer(text):
            token = match.group()
            found = known.get(token)
            if found is None:
                found = self._learn(token)
            if found:
                starts.append(match.start())
                held.append(found)
        return Words(starts, held)

    def _learn(self, token: str) -> frozenset[str]:
        if len(self._known) >= _MOST_KNOWN:
            self._known.clear()
        found = self._look_up(token.lower())
        glued = _GLUED.fullmatch(token)
        if glued:
            found |= self._look_up(glued.group(1).lower())
        self._known[token] = found
        return found

    def _look_up(self, token: str) -> frozenset[str]:
        out = {token} & self._exact
        for size in range(1, len(token) + 1):
            out.update({token[:size] + "*"} & self._begins, {"*" + token[-size:]} & self._ends)
        out.update(word for word in self._within if word[1:-1] in token)
        return frozenset(out) if out else _NOTHING


class Words:
    """The needed words of a text, in order of place."""

    __slots__ = ("_held", "_starts")

    def __init__(self, starts: list[int], held: list[frozenset[str]]) -> None:
        self._starts = starts
        self._held = held

    def between(self, start: int, end: int) -> Held:
        """Return the needed words of the part of the text from `start` to `end`."""
        low, high = bisect_left(self._starts, start), bisect_left(self._starts, end)
        return Held(self._starts[low:high], self._held[low:high], start)


class Held:
    """The needed words of a sentence: `all` of them, and where each stands in the sentence."""

    __slots__ = ("_by_word", "_held", "_origin", "_starts", "all")

    def __init__(self, starts: list[int], held: list[frozenset[str]], origin: int) -> None:
        self._starts = starts
        self._held = held
        self._origin = origin
        self._by_word: dict[str, list[int]] | None = None
        self.all = _NOTHING.union(*held)

    def places(self, words: frozenset[str]) -> list[int]:
        """Return where any of some words stands, in order."""
        if self._by_word is None:
            self._by_word = {}
            for start, held in zip(self._starts, self._held, strict=True):
                for word in held:
                    self._by_word.setdefault(word, []).append(start - self._origin)
        by_word = self._by_word
        found = [by_word[word] for word in words & self.all]
        return found[0] if len(found) == 1 else sorted({place for places in found for place in places})


class SoughtPhrase:
    """A phrase of the library; its pattern is compiled when its words first occur together."""

    __slots__ = ("_pattern", "needs", "text")

    def __init__(self, text: str, needs: Needs) -> None:
        self.text = text
        self.needs = needs
        self._pattern: re.Pattern[str] | None = None

    def may_stand_among(self, words: frozenset[str]) -> bool:
        """Whether everything the phrase needs is among some words."""
        return not any(words.isdisjoint(need) for need in self.needs.words)

    def find(self, sentence: str, held: Held) -> Iterator[re.Match[str]]:
        """Yield each match in a sentence whose words are `held`, from left to right, none overlapping another."""
        if self._pattern is None:
            self._pattern = re.compile(phrase_pattern(self.text), re.IGNORECASE)
        if self.needs.leads is None:
            yield from self._pattern.finditer(sentence)
            return
        end = 0
        match_at = self._pattern.match
        for place in held.places(self.needs.leads):
            match = match_at(sentence, place) if place >= end else None
            if match:
                yield match
                end = match.end()


def spans(phrases: Sequence[SoughtPhrase], sentence: str, held: Held) -> Iterator[tuple[int, int]]:
    """Yield where any of a few phrases stands in a sentence whose words are `held`."""
    for phrase in phrases:
        if phrase.may_stand_among(held.all):
            yield from (match.span() for match in phrase.find(sentence, held))


class Candidates:
    """Phrases by number: which of them may stand where certain words do."""

    def __init__(self, phrases: Sequence[SoughtPhrase]) -> None:
        often = Counter(word for phrase in phrases for words in phrase.needs.words for word in words)
        self._rest: list[tuple[frozenset[str], ...]] = []
        self._by_word: dict[str, list[int]] = {}
        self._always: list[int] = []
        for index, phrase in enumerate(phrases):
            sets = phrase.needs.words
            # the set that is met most rarely is asked for first: long words are rare, those of many phrases are the field's commonest
            rarest = max(sets, key=lambda words: min(_rareness(word, often[word]) for word in words), default=_NOTHING)
            self._rest.append(tuple(words for words in sets if words is not rarest))
            if not sets:
                self._always.append(index)
            for word in rarest:
                self._by_word.setdefault(word, []).append(index)

    def among(self, words: frozenset[str]) -> list[int]:
        """Return the numbers of the phrases for which every need is met, in order."""
        out = set(self._always)
        rest, by_word = self._rest, self._by_word
        for word in words:
            for index in by_word.get(word, ()):
                for need in rest[index]:
                    if words.isdisjoint(need):
                        break
                else:
                    out.add(index)
        return sorted(out)


def _rareness(word: str, often: int) -> float:
    return len(word) - math.log2(often) - (_COMMON_COSTS if word.strip("*") in _COMMON else 0.0)
