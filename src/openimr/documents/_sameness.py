"""Whether two texts are one text that fax and scan changed, or two."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from difflib import SequenceMatcher
from itertools import pairwise

Words = list[bytes]

_NOISY = 0.01  # of the words garbled; below it a difference is one of content, not of reading
_NUMBERS_OFF = 0.01  # of the words, between two bad scans; every fifth or so of a report is a number
_WORDS_OFF = 0.04
_LONGEST_CHANGE = 5  # words; more of them in place of others are another sentence
_LONGEST_LOSS = 12  # words; the line one of the scans lost
_UNLIKE = 0.3  # of the different words that only one has
_RARE = 2  # times in the case file; a running head may be misread on two pages
_FAR_APART = 60  # words without one that both have once: no scan is so bad
_GARBLED = 0.55  # of the letters of two words that are one, read differently

# letters and digits in lower case, anything else a blank: bytes are compared ten times as fast as text
_PLAIN = bytes(ord(chr(code).lower()) if code < 128 and chr(code).isalnum() else 32 for code in range(256))
_CONFUSED = bytes.maketrans(b"olizsbgq", b"01125899")
_DAY = re.compile(r"\b\d{1,4}[/.-]\d{1,2}[/.-]\d{2,4}\b")
_TICK = re.compile(r"\[ ?[xX] ?\]")


def words_of(text: str) -> Words:
    """Return the words of a text: runs of plain letters and digits, in lower case."""
    return text.encode("ascii", "replace").translate(_PLAIN).split()


def undated(text: str) -> str:
    """Return the text without its dates and ticks, by which a form sent again differs from the first."""
    return _TICK.sub(" ", _DAY.sub(" ", text))


def sameness(one: Words, other: Words, known: Mapping[bytes, int]) -> float | None:
    """Return the share of words that are the same (0 to 1) when fax and scan explain all that differs, None when the texts are two.

    `known` counts how often a word stands in the case file: one that is hardly there may be another word, badly read.
    """
    mine, yours = set(one), set(other)
    if len(mine ^ yours) > _UNLIKE * (len(mine) + len(yours)):
        return None
    size = max(len(one), len(other))
    most_numbers = max(1, _NUMBERS_OFF * size)
    most_words = max(4, _WORDS_OFF * size)
    garbled = numbers = changed = 0
    for left, right in _differences(one, other):
        first, second = b"".join(left), b"".join(right)
        if first == second:
            continue  # a blank more or less
        count = max(len(left), len(right))
        if count > (_LONGEST_CHANGE if left and right else _LONGEST_LOSS):
            return None
        if _has_digit(first) or _has_digit(second):
            same = first.translate(_CONFUSED) == second.translate(_CONFUSED)
            garbled, numbers = garbled + same, numbers + (not same)
        elif left and right and _once(left, right, known) and _misread(first, second):
            garbled += count
        else:
            changed += count
        if changed > most_words or numbers > most_numbers:
            return None
    if garbled < _NOISY * size and (numbers or changed):
        return None
    return 1 - (garbled + numbers + changed) / size


def _has_digit(word: bytes) -> bool:
    return len(word.translate(None, b"0123456789")) < len(word)


def _once(left: Words, right: Words, known: Mapping[bytes, int]) -> bool:
    """Whether one side has a word that is hardly ever in the case file."""
    return any(known.get(word, 0) <= _RARE for word in (*left, *right))


def _misread(first: bytes, second: bytes) -> bool:
    """Whether two words look like one read differently; what has only letters put before it ("unremarkable") is another word."""
    if first.endswith(second) or second.endswith(first):
        return False
    return SequenceMatcher(None, first.decode(), second.decode(), autojunk=False).ratio() >= _GARBLED


def _differences(one: Words, other: Words) -> Iterator[tuple[Words, Words]]:
    """Yield what stands between the words both texts have, in order.

    The words each text has once are the fixed points; what lies between two of them is short, whatever the texts' length.
    """
    ends = [(-1, -1), *_fixed_points(one, other), (len(one), len(other))]
    for (i, j), (k, m) in pairwise(ends):
        left, right = one[i + 1 : k], other[j + 1 : m]
        if left == right:
            continue
        if not left or not right or min(len(left), len(right)) > _FAR_APART:
            yield left, right
            continue
        for tag, a, b, c, d in SequenceMatcher(None, left, right, autojunk=False).get_opcodes():
            if tag != "equal":
                yield left[a:b], right[c:d]


def _fixed_points(one: Words, other: Words) -> list[tuple[int, int]]:
    counts, others = Counter(one), Counter(other)
    places = {word: at for at, word in enumerate(other) if others[word] == 1}
    return _rising([(at, places[word]) for at, word in enumerate(one) if counts[word] == 1 and word in places])


def _rising(pairs: Sequence[tuple[int, int]]) -> list[tuple[int, int]]:
    """Return the longest run of pairs whose second numbers rise."""
    tails: list[int] = []
    at_tail: list[int] = []
    before: list[int] = []
    for index, (_, number) in enumerate(pairs):
        length = bisect_left(tails, number)
        before.append(at_tail[length - 1] if length else -1)
        tails[length : length + 1] = [number]
        at_tail[length : length + 1] = [index]
    run: list[tuple[int, int]] = []
    index = at_tail[-1] if at_tail else -1
    while index >= 0:
        run.append(pairs[index])
        index = before[index]
    return run[::-1]
