"""Where on the body a finding is said to be: its sentence, its sub-heading, its paragraph, or what its record is about."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Mapping, Sequence

from openimr.library import Fact, Kind
from openimr.sources import Span
from openimr.treatments import RegionMention, Vocabulary

from ._sentences import Sentence

_TARGET = re.compile(r"\b(?:to|into|toward|towards|down|onto|reach|reaches|reaching)\s+(?:[\w-]+\s+){0,3}$", re.IGNORECASE)
_SENT_TO = re.compile(
    r"\b(?:sen[dt]s?|sending|refer\w*|radiat\w*|spread\w*|shoot\w*|travel\w*)\b[^.;]{0,60}\b(?:to|into|toward|towards|down|around)\s+"
    r"(?:[\w-]+\s+){0,3}$",
    re.IGNORECASE,
)
_FLOWING = ("objective", "subjective", "body", "past")  # sections whose sentences go on about the region named before
_GIVEN = (Kind.TREATMENT, Kind.STATEMENT, Kind.MEASURE)  # these are of the region of their own sentence, not of the paragraph

Place = tuple[str | None, str | None]


class Parts:
    """The parts of the body that limbs and passing remarks name, by the library."""

    def __init__(self, limbs: Mapping[str, frozenset[str]], passing: frozenset[str], vocabulary: Vocabulary) -> None:
        self.passing = passing
        self.limbs = passing.union(*limbs.values())
        self._vocabulary = vocabulary

    def named(self, text: str) -> tuple[RegionMention, ...]:
        """Return the regions a text names."""
        return self._vocabulary.regions(text)

    def main(self, title: str, named: Sequence[Sequence[RegionMention]]) -> str | None:
        """Return the region a record speaks of when a sentence names none: its title's, else what most of its words name, else none."""
        titled = self.named(title)
        if titled:
            return titled[0].region
        counts: dict[str, int] = {}
        for mentions in named:
            for mention in mentions:
                if mention.region not in self.passing:
                    counts[mention.region] = counts.get(mention.region, 0) + 1
        most = max(counts, key=lambda region: counts[region], default=None)
        return most if most is not None and counts[most] * 2 > sum(counts.values()) else None


class PageRegions:
    """The regions a page of a record names, and the one its record is about."""

    def __init__(self, parts: Parts, mentions: Sequence[RegionMention], main: str | None) -> None:
        self._parts = parts
        self._mentions = mentions
        self._starts = [mention.start for mention in mentions]
        self._main = main

    def _between(self, start: int, end: int) -> Sequence[RegionMention]:
        return self._mentions[bisect_left(self._starts, start) : bisect_left(self._starts, end)]

    def around(self, part: Sentence, block: int, text: str, shift: int) -> Around:
        """Return the regions about a sentence: `text` is what is read as one with it, beginning `shift` characters before it; its paragraph
        begins at `block`.
        """
        inside = [
            mention
            for mention in self._between(part.start, part.end)
            if not self._is_aim(mention.region, text[: mention.start - part.start + shift])
        ]
        labelled = self._between(*part.label) if part.label is not None else ()
        return Around(part, inside, labelled, self._between(block, part.start), self._parts, self._main)

    def _is_aim(self, region: str, before: str) -> bool:
        """Whether a region is named as where something goes."""
        return _SENT_TO.search(before) is not None or (region in self._parts.limbs and _TARGET.search(before) is not None)


class Around:
    """The regions named in a sentence, under its sub-heading and before it in its paragraph."""

    def __init__(
        self,
        part: Sentence,
        inside: Sequence[RegionMention],
        labelled: Sequence[RegionMention],
        before: Sequence[RegionMention],
        parts: Parts,
        main: str | None,
    ) -> None:
        self._part = part
        self._inside = inside
        self._labelled = labelled
        self._before = before
        self._parts = parts
        self._main = main

    def of(self, fact: Fact, span: Span) -> Place:
        """Return region and side of a finding: the nearest region of the sentence, else its sub-heading's, else the last of the paragraph
        before it, else the record's.

        Of a finding that goes outward (referred pain) the regions named from its first word on are where it goes, not where it is.
        """
        given = fact.kind in _GIVEN

        def kept(mention: RegionMention) -> bool:
            return not (given and mention.region in self._parts.passing and not span.start <= mention.start < span.end)

        inside = [mention for mention in self._inside if kept(mention) and not (fact.outward and mention.start >= span.start)]
        if inside:
            best = min(inside, key=lambda m: max(m.start - span.end, span.start - m.end, 0))
            side = best.side or next((m.side for m in inside if m.side and m.region == best.region), None)
            return best.region, side
        labelled = [mention for mention in self._labelled if kept(mention)]
        if labelled:
            return labelled[-1].region, labelled[-1].side
        if not given and self._part.section in _FLOWING:
            before = [mention for mention in self._before if mention.region not in self._parts.limbs]
            if before:
                return before[-1].region, None
        if fact.outward and any(mention.region == self._main and mention.start >= span.start for mention in self._inside if kept(mention)):
            return None, None
        return self._main, None
