"""Words that dictation or typing put in place of others."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from difflib import SequenceMatcher
from itertools import pairwise

from ._defect import Named
from ._desk import Desk
from ._parts import Beside, Letter, Part

_WORD = re.compile(r"[A-Za-z]{3,}")
_LIKE = 0.84  # of the letters of two pairs of words that sound alike; "paint store" and "pain score" share .86
_ENDING = re.compile(r"(?:s|es|ed|ing|ly|al)$")
_SHORTEST = 9  # letters of a pair; shorter ones are alike by chance


def slips(letter: Letter, _beside: Beside, desk: Desk) -> Iterator[Named]:
    """Name each misheard word with what was meant; what is always a slip, and what is one among certain words."""
    parts: list[tuple[int | None, Part | None]] = [(None, letter.summary)]
    parts += [(item.number, part) for item in letter.items for part in (item.heading, item.rationale)]
    for number, part in parts:
        for said in part.sentences if part else ():
            for slip in desk.slips:
                heard = slip.heard.search(said.text)
                if heard is None or part is None or (slip.near is not None and not slip.near.search(said.text)):
                    continue
                yield Named(
                    "wording.slip",
                    f"“{heard.group()}” reads like a slip for “{slip.meant}”.",
                    number,
                    part.place(said.start + heard.start(), said.start + heard.end()),
                )


def misheard(letter: Letter, _beside: Beside, desk: Desk) -> Iterator[Named]:
    """Name two words that look like a pair of the field and are none: "paint store" for "pain score"."""
    parts: list[tuple[int | None, Part | None]] = [(None, letter.summary)]
    parts += [(item.number, item.rationale) for item in letter.items]
    for number, part in parts:
        if part is None:
            continue
        for first, second in pairwise(_WORD.finditer(part.text)):
            if part.text[first.end() : second.start()] not in (" ", "-"):
                continue
            meant = _meant(first.group().lower(), second.group().lower(), desk.checks.pairs)
            if meant is not None:
                place = part.place(first.start(), second.end())
                yield Named("wording.slip", f"“{first.group()} {second.group()}” reads like a slip for “{meant}”.", number, place)


def _meant(first: str, second: str, pairs: Mapping[str, tuple[str, ...]]) -> str | None:
    """The pair of the field two words were misheard for, None when they are no such slip."""
    if first in pairs or len(first) + len(second) < _SHORTEST:
        return None
    for known, seconds in pairs.items():
        if known[0] != first[0] or abs(len(known) - len(first)) > 2 or _stem(known) == _stem(first):
            continue
        for other in seconds:
            if second[0] == other[0] and SequenceMatcher(None, f"{first} {second}", f"{known} {other}").ratio() >= _LIKE:
                return f"{known} {other}"
    return None


def _stem(word: str) -> str:
    return _ENDING.sub("", word)
