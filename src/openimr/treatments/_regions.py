"""Parts of the body: where a text names them, on which side, and whether one covers another."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from functools import cached_property
from typing import Literal

from ._data import Region
from ._words import WordFinder

Side = Literal["left", "right", "bilateral"]
SaidSide = tuple[int, int, Side]


class Cover(StrEnum):
    """How a region a record names lies to the requested one."""

    SAME = "same"
    ELSEWHERE = "elsewhere"
    UNSPECIFIC = "unspecific"  # a word as wide as "back": the requested region may or may not be meant


@dataclass(frozen=True, slots=True)
class RegionMention:
    """A region named by characters `start` to `end` of a text; `side` is None when no side is said, `level` a vertebra if one is named."""

    start: int
    end: int
    region: str
    side: Side | None = None
    level: str | None = None


_LEVEL = re.compile(
    r"(?<![A-Za-z0-9])(?P<letter>[CTLS])[ -]?(?P<number>\d{1,2})(?![A-Za-z0-9%]|\.\d)"
    r"(?:\s*(?P<link>-|–|/|to\b|through\b)\s*(?P<letter2>[CTLS])?(?P<number2>\d{1,2})(?![A-Za-z0-9%]|\.\d))?",  # noqa: RUF001 - records print either dash
    re.I,
)
# T1 and T2 are also weightings of images, S1 and S2 heart sounds, T3 and T4 thyroid tests
_NOT_A_LEVEL = re.compile(
    r"[ -]*(?:weighted|weighting|signal|image|images|imaging|sequence|hyper\w*|hypo\w*|prolongation)\b|\s*(?:,|and|/|&)?\s*S2\b", re.I
)
_ORDER = [f"C{n}" for n in range(1, 9)] + [f"T{n}" for n in range(1, 13)] + [f"L{n}" for n in range(1, 6)] + [f"S{n}" for n in range(1, 6)]
_SIDE_WORDS: Mapping[str, Side] = {
    "left": "left",
    "lt": "left",
    "l": "left",
    "right": "right",
    "rt": "right",
    "r": "right",
    "bilateral": "bilateral",
    "bilaterally": "bilateral",
    "bilat": "bilateral",
    "both": "bilateral",
}
_SIDED: Mapping[str, Side] = {"lue": "left", "lle": "left", "rue": "right", "rle": "right", "bue": "bilateral", "ble": "bilateral"}
SIDE_WORD = re.compile(r"(?<![A-Za-z0-9'])(left|right|bilaterally|bilateral|bilat|both|lt|rt|l|r)(?![A-Za-z0-9])", re.I)
_JOINED = re.compile(r"\s*(?:and|or|&|/|\+|>|<|greater than|less than|more than|worse than|,)\s*(?:the\s+)?", re.I)
_UP_TO_REGION = re.compile(
    r"[\s).,-]*(?:(?:sided?|lower|low|upper|mid|middle|medial|lateral|anterior|posterior|distal|proximal|para\w+|aspect|of|the|side)[\s,-]+)*",
    re.I,
)
_AFTER_REGION = re.compile(
    r"[\s,(:-]*(?:(?:spine|spinal|muscles?|musculature|muscle group|region|area|para\w+|joint|pain|tenderness|spasms?|"
    r"on|the|at|of|to|in|side|aspect)[\s,(-]+)*",
    re.I,
)


@dataclass(frozen=True)
class Regions:
    """All regions, ready to be found in a text."""

    by_slug: Mapping[str, Region]

    @cached_property
    def _words(self) -> WordFinder[tuple[str, bool]]:
        """Words with their region, and words with another meaning, marked so."""
        named = ((word, (slug, True)) for slug, region in self.by_slug.items() for word in (*region.words, *region.muscles))
        other = ((phrase, (slug, False)) for slug, region in self.by_slug.items() for phrase in region.unless)
        return WordFinder((*named, *other))

    @cached_property
    def _of_level(self) -> Mapping[str, str]:
        return {level: slug for slug, region in self.by_slug.items() for level in region.levels}

    def find(self, text: str) -> tuple[RegionMention, ...]:
        """Return the regions a text names, in order, with the side said of each; levels such as L4-5 count as their region."""
        found = self._found(text)
        return tuple(_with_sides(text, found)[0]) if found else ()

    def find_all(self, text: str) -> tuple[tuple[RegionMention, ...], tuple[SaidSide, ...]]:
        """Return the regions as `find` does, and the sides that are said apart from any region."""
        mentions, loose = _with_sides(text, self._found(text))
        return tuple(mentions), tuple(loose)

    def narrowest(self, mentions: tuple[RegionMention, ...]) -> tuple[RegionMention, ...]:
        """Leave out what is only a wider word for another of the mentions ("lumbar spine", "left knee of the lower extremity")."""
        wider = set().union(*(self._wider(mention.region) for mention in mentions))
        return tuple(mention for mention in mentions if mention.region not in wider)

    def _found(self, text: str) -> list[RegionMention]:
        found = self._named(text)
        found += [level for level in self._levels(text) if not any(m.start <= level.start < m.end for m in found)]
        return sorted(found, key=lambda mention: (mention.start, mention.end))

    def _named(self, text: str) -> list[RegionMention]:
        all_found = list(self._words.find(text))
        hidden = [(start, end, slug) for start, end, (slug, named) in all_found if not named]
        found: list[RegionMention] = []
        for start, end, (slug, named) in all_found:
            if not named or (found and start < found[-1].end):
                continue
            if not any(other == slug and a <= start and end <= b for a, b, other in hidden):
                found.append(RegionMention(start, end, slug, _SIDED.get(text[start:end].lower())))
        return found

    def _levels(self, text: str) -> list[RegionMention]:
        found = []
        for match in _LEVEL.finditer(text):
            if _NOT_A_LEVEL.match(text, match.end("number")):
                continue
            for level in _span_of_levels(match):
                region = self._of_level.get(level)
                if region is not None:
                    found.append(RegionMention(match.start(), match.end(), region, level=level))
        return found

    def covers(self, requested: str, mentioned: str) -> Cover:
        """Tell whether what is said of the mentioned region is said of the requested one; KeyError for an unknown region."""
        if requested == mentioned or requested in self._wider(mentioned):
            return Cover.SAME
        if self._overlap(requested, mentioned):
            return Cover.SAME
        if mentioned in self._wider(requested) or any(mentioned in self._wider(part) for part in self.by_slug[requested].overlaps):
            return Cover.UNSPECIFIC
        return Cover.ELSEWHERE

    def _wider(self, slug: str) -> set[str]:
        wider: set[str] = set()
        ahead = list(self.by_slug[slug].part_of)
        while ahead:
            part = ahead.pop()
            if part not in wider:
                wider.add(part)
                ahead += self.by_slug[part].part_of
        return wider

    def _overlap(self, one: str, other: str) -> bool:
        return other in self.by_slug[one].overlaps or one in self.by_slug[other].overlaps


def _span_of_levels(match: re.Match[str]) -> list[str]:
    first = match["letter"].upper() + str(int(match["number"]))
    if not match["number2"]:
        return [first]
    last = (match["letter2"] or match["letter"]).upper() + str(int(match["number2"]))
    if first not in _ORDER or last not in _ORDER:
        return [first, last]
    a, b = _ORDER.index(first), _ORDER.index(last)
    return _ORDER[a : b + 1] if a <= b else [first, last]


def _sides(text: str) -> list[SaidSide]:
    """The sides a text says; "left and right" is one, bilateral."""
    out: list[SaidSide] = []
    for match in SIDE_WORD.finditer(text):
        side = _SIDE_WORDS[match.group().lower()]
        joined = out and _JOINED.fullmatch(text[out[-1][1] : match.start()])
        if out and joined and {out[-1][2], side} == {"left", "right"}:
            out[-1] = (out[-1][0], match.end(), "bilateral")
        else:
            out.append((match.start(), match.end(), side))
    return out


def _with_sides(text: str, found: list[RegionMention]) -> tuple[list[RegionMention], list[SaidSide]]:
    """Give each side to the region next to it; return the regions, and the sides that stand apart from any."""
    out = list(found)
    loose: list[SaidSide] = []
    for start, end, side in _sides(text):
        if any(mention.start <= start < mention.end for mention in found):
            continue
        letter = end - start == 1
        before = [i for i, mention in enumerate(found) if mention.end <= start]
        after = [i for i, mention in enumerate(found) if mention.start >= end]
        if after and _UP_TO_REGION.fullmatch(text[end : found[after[0]].start] or " "):
            _give(out, found, after[0], side)
        elif before and (not letter or text[start - 1] == "(") and _AFTER_REGION.fullmatch(text[found[before[-1]].end : start] or " "):
            _give(out, found, before[-1], side)
        elif not letter:
            loose.append((start, end, side))
    return out, loose


def _give(out: list[RegionMention], found: list[RegionMention], at: int, side: Side) -> None:
    """Give a side to a mention, and to those at the same place (L4-5 names two levels)."""
    for index, mention in enumerate(found):
        if (mention.start, mention.end) == (found[at].start, found[at].end):
            known = out[index].side
            both = known is not None and known != side
            out[index] = replace(out[index], side="bilateral" if both else side)
