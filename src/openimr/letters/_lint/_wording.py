"""Words that dictation or typing put in place of others."""

from __future__ import annotations

import re
from collections.abc import Iterator
from difflib import SequenceMatcher
from itertools import pairwise

from ._defect import Named, Severity
from ._desk import Desk
from ._parts import Beside, Letter, Part

_WORD = re.compile(r"[A-Za-z]{3,}")
_LIKE = 0.84  # of the letters of two pairs of words that sound alike; "paint store" and "pain score" share .86
_ENDING = re.compile(r"(?:s|es|ed|ing|ly|al)$")
_LIKE_FIRST = 0.7  # of the letters of the first words
_RHYMES = 0.8  # of the letters of two words that begin with another sound: "switch" and "twitch"
_LONGER = 2  # letters by which a misheard word may be longer or shorter
_MOST_KNOWN = 100_000  # pairs of words remembered
_SHORTEST = 9  # letters of a pair; shorter ones are alike by chance


def slips(letter: Letter, _beside: Beside, desk: Desk) -> Iterator[Named]:
    """Name each misheard word with what was meant; what is always a slip, and what is one among certain words."""
    parts: list[tuple[int | None, Part | None]] = [(None, letter.summary)]
    parts += [(item.number, part) for item in letter.items for part in (item.heading, item.rationale)]
    for number, part in parts:
        for said in part.sentences if part and desk.any_slip.search(part.text) else ():
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


def mistyped(letter: Letter, _beside: Beside, desk: Desk) -> Iterator[Named]:
    """Name a treatment written with a key slip in an item's heading ("TP1" for a trigger point injection).

    A heading quotes the request: where the rationale gives the right name, that is information.
    """
    for item in letter.items:
        right = {each.slug for each in item.rationale.named if not each.slip} if item.rationale else set()
        for each in item.heading.named:
            if each.slip:
                written = item.heading.text[each.start : each.end]
                meant = desk.vocabulary.name(each.slug).lower()
                place = item.heading.place(each.start, each.end)
                severity = Severity.INFORMATION if each.slug in right else None
                yield Named("wording.slip", f"“{written}” reads like a slip for {meant}.", item.number, place, severity=severity)


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
            words = first.group().lower(), second.group().lower()
            if words not in desk.known_pairs:
                if len(desk.known_pairs) >= _MOST_KNOWN:
                    desk.known_pairs.clear()
                desk.known_pairs[words] = _meant(*words, desk)
            meant = desk.known_pairs[words]
            if meant is not None:
                place = part.place(first.start(), second.end())
                yield Named("wording.slip", f"“{first.group()} {second.group()}” reads like a slip for “{meant}”.", number, place)


def _meant(first: str, second: str, desk: Desk) -> str | None:
    """The pair of the field two words were misheard for, None when they are no such slip."""
    pairs = [*desk.pairs.get(first[0] + second[0], ()), *desk.pairs.get(second, ())]
    if not pairs or first in desk.checks.pairs or len(first) + len(second) < _SHORTEST:
        return None
    for known, other in pairs:
        if abs(len(known) - len(first)) > _LONGER or _stem(known) == _stem(first):
            continue
        whole = SequenceMatcher(None, f"{first} {second}", f"{known} {other}")
        alike = whole.real_quick_ratio() >= _LIKE and whole.quick_ratio() >= _LIKE and whole.ratio() >= _LIKE
        if alike and SequenceMatcher(None, first, known).ratio() >= (_LIKE_FIRST if first[0] == known[0] else _RHYMES):
            return f"{known} {other}"
    return None


def _stem(word: str) -> str:
    return _ENDING.sub("", word)
