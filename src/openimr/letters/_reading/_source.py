"""The text of a letter: its lines and paragraphs, whatever extractor it came through, and values taken from places in it."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

Place = tuple[int, int]

PAGE_BREAK = "\f"
_WINDOW = 200  # characters before a label in which its line begins
# markup is taken for markup where a letter's own headings and labels wear it; in the text of a case it is text
_MARKED = re.compile(
    r"^(?:#{1,6}[ \t]+(?:HOW THE IMR|CLINICAL CASE|IMR (?:ISSUES|DECISION)|Independent Medical Review)|"
    r"(?:\*\*|__)(?:Claims Administrator|MAXIMUS|Decision rationale|Case Number))",
    re.M | re.I,
)
_TAGGED = re.compile(r"<(?:b|strong|h[1-6])>\s*(?:Case|Date|Decision|UR|Priority|Application|Claims|MAXIMUS|HOW|CLINICAL|IMR)", re.I)
_TAGS = re.compile(r"(?<!\\)</?(?:b|strong|i|em|u|br|p|span|h[1-6])\s*/?>", re.I)
_STARS = re.compile(r"(?<!\\)(?:\*\*|__)|(?m:^[ \t]*(?:#{1,6}[ \t]|>[ \t]))")
_ESCAPED = re.compile(r"\\([!-/:-@\[-`{-~])")
_GAP = re.compile(r"\s*")
_BREAKS = re.compile(r"[ \t\f]*\n[\s]*")

# Widths of the letters of Times in parts of its size, by groups; what is in none is as wide as a digit.
_WIDTHS: defaultdict[str, float] = defaultdict(
    lambda: 0.48,
    {
        character: width
        for characters, width in (("ijlt.,;:'|! /", 0.27), ("frsJI()[]-", 0.35), ("ABCDEGHKNOQRUVXYZwT&LFP", 0.68), ("mMW@%", 0.85))
        for character in characters
    },
)


def _width(text: str) -> float:
    """About how wide a line is in the type these letters are set in; only ever compared with its neighbours."""
    return sum(map(_WIDTHS.__getitem__, text))


@dataclass(frozen=True)
class Source:
    """A letter's text as `documents` gives it, pages parted by a form feed. Places count its characters.

    `plain` is the same text with the marks of Markdown and HTML blanked out, so that a place in one is that place in the other.
    """

    text: str

    @cached_property
    def plain(self) -> str:
        """The text without markup, of the same length."""
        plain = self.text
        if "<" in plain and _TAGGED.search(plain):
            plain = _TAGS.sub(_blank, plain)
        if self.marked:
            plain = _STARS.sub(_blank, plain)
        return plain

    @cached_property
    def marked(self) -> bool:
        """Whether the text is Markdown."""
        return ("**" in self.text or "#" in self.text) and _MARKED.search(self.text) is not None

    def value(self, place: Place) -> str:
        """What stands at a place, on one line."""
        words = " ".join(self.plain[place[0] : place[1]].split())
        return self.unescaped(words)

    def unescaped(self, text: str) -> str:
        """A text without the backslashes of Markdown, where this is Markdown."""
        return _ESCAPED.sub(r"\1", text) if self.marked and "\\" in text else text

    def trimmed(self, start: int, end: int) -> Place | None:
        """The place without blanks at its ends; None when nothing is left."""
        part = self.plain[start:end]
        left = len(part) - len(part.lstrip())
        right = len(part.rstrip())
        return (start + left, start + right) if left < right else None


def sections(headings: Mapping[str, Place], end: int) -> dict[str, Place]:
    """Return for each heading, given by its own place, the place of what stands under it: up to the next heading, or `end`."""
    starts = sorted(start for start, _ in headings.values())
    return {name: (after, next((start for start in starts if start > before), end)) for name, (before, after) in headings.items()}


def _blank(found: re.Match[str]) -> str:
    return " " * (found.end() - found.start())


class Paragraphs:
    """Tells where paragraphs end in a text, from how a passage known to be one paragraph is broken into lines."""

    def __init__(self, source: Source, known: Place, labels: list[int]) -> None:
        """Take the measure at `known`, one paragraph of several lines; `labels` are places known to begin a paragraph."""
        self._plain = source.plain
        inner = [gap.group() for gap in _BREAKS.finditer(self._plain, *known)]
        usual = [gap.count("\n") for gap in inner if PAGE_BREAK not in gap]
        self.wrapped = bool(inner)
        self._within = min(usual, default=1)
        gaps = [self._gap_before(place) for place in labels]
        parted = [gap for gap in gaps if gap is not None and PAGE_BREAK not in gap]
        self._parted = self.wrapped and bool(parted) and sum(gap.count("\n") > self._within for gap in parted) * 2 >= len(parted)
        self._known = known

    @cached_property
    def _full(self) -> float:
        """How wide a full line is."""
        return max((_width(line.strip()) for line in _BREAKS.split(self._plain[slice(*self._known)])), default=0.0)

    def last_start(self, start: int, end: int) -> int:
        """Where the last paragraph of a stretch begins; `end` lies in its last line."""
        likely: int | None = None
        before = end
        while (line_end := self._plain.rfind("\n", start, before)) >= 0:
            gap = _GAP.match(self._plain, self._line_end(start, line_end))
            if gap is None or gap.start() <= start:
                break
            before = gap.start()
            if gap.end() >= end:
                continue
            verdict = self._parts(gap, start)
            if verdict:
                return gap.end()
            if verdict is None and likely is None and self._plain[before - 1] in ".?!":
                likely = gap.end()
        return likely if likely is not None else start

    def _line_end(self, start: int, at: int) -> int:
        """Where the text of the line before a line end ends: behind its last character that is no blank."""
        while at > start and self._plain[at - 1] in " \t\n\f":
            at -= 1
        return at

    def _parts(self, gap: re.Match[str], start: int) -> bool | None:
        """Whether paragraphs part here; None when the place alone does not tell."""
        if not self.wrapped:
            return True
        if self._parted and PAGE_BREAK not in gap.group():
            return gap.group().count("\n") > self._within
        line_start = max(start, self._plain.rfind("\n", 0, gap.start()) + 1)
        line = self._plain[line_start : gap.start()].strip()
        following = self._plain[gap.end() : gap.end() + 40].split(maxsplit=1)
        full = max(self._full, 1.0)
        if following and _width(line) + _width(" " + following[0]) <= full * 0.985:
            # the next word would have fit: the line was ended, not wrapped; a heading-like title may still be wrapped early
            return line.endswith((".", "?", "!", '"', ")")) or None
        return None if not self._parted else False

    def _gap_before(self, place: int) -> str | None:
        before = self._plain[max(0, place - _WINDOW) : place]
        body = before.rstrip()
        return before[len(body) :] if "\n" in before[len(body) :] else None
