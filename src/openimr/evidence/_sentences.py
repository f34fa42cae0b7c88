"""A page of a medical report as sentences, each with the section it stands in."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

from pydantic import BaseModel, ConfigDict

from openimr.library import Library, Phrase, phrase_pattern, read_model

_ABBREVIATIONS = re.compile(
    r"(?:\b(?:dr|mr|mrs|ms|st|vs|no|nos|approx|appt|dept|inc|ltd|jr|sr|fig|ext|pp?|ch|sec|e\.g|i\.e|etc|cf|min|max|temp|bp|"
    r"jan|feb|mar|apr|jun|jul|aug|sep|sept|oct|nov|dec|tab|tabs|cap|caps|mm|musc|lt|rt|bilat|dx|hx|tx|rx|sx|fx|pt|wk|wks|yr|yrs|mo|mos|hr|hrs)"
    r"|\b[A-Za-z])\.$",
    re.IGNORECASE,
)
_END = re.compile(r"[.!?][\"')\]]*(?=\s|,\s?[A-Z0-9])")
_INLINE = re.compile(r"(?:(?<=[.,;])|(?<=[.,;]\s)|(?<=\s\s))([A-Z][A-Z /&'-]{2,48}):,?")  # transcriptions run headings into the text
_CAPITALS_AND_COLON = re.compile(r"[A-Z /&'-]:")  # found ten times as fast: most text has none
_BULLET = re.compile(r"\s*(?:[-*•▪◦·]|\d{1,2}[.)]|\(?[a-z]\)|\[[ xX]\]|☐|☒|☑)\s+")
_RUNNING = re.compile(r"\bpage\s+\d+\s+of\s+\d+\b|\bP\. ?\d+/\d+\s*$", re.IGNORECASE)  # running heads and fax lines are no sentences
_SHORT_LINE = 110
_BOXES = re.compile(r"\[\s*[xX]?\s*\]|\b\d{1,3}(?:/10)? \d{1,3}(?:/10)?(?: |$)")
_HAS_FIGURE = re.compile(r"\d ")
_LABEL = re.compile(r"\s*([A-Z][A-Za-z0-9 /&'()#,.-]{0,48}?)\s*:(?=\s|$)")
_NARROW = 0.72  # a line shorter than this share of the page's usual width ends its paragraph

_ASIDE = ("family", "social")  # named before a colon within other text, these last for their own lines only

SECTIONLESS = "body"


class _SectionFile(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    sections: dict[str, tuple[Phrase, ...]]


@dataclass(frozen=True, slots=True)
class Sentence:
    """Characters `start` to `end` of a page; in `section`, the `paragraph`-th block of lines, under the sub-heading `label`."""

    start: int
    end: int
    section: str
    paragraph: int
    label: tuple[int, int] | None = None


class Sections:
    """The headings of the library, compiled."""

    def __init__(self, library: Library) -> None:
        headings: dict[str, tuple[str, ...]] = {}
        for path in library.files("evidence"):
            if path.name == "sections.yaml":
                headings |= read_model(path, _SectionFile, shown_as=library.shown(path)).sections
        self._patterns = {
            name: re.compile("(?:" + "|".join(phrase_pattern(phrase) for phrase in phrases) + ")", re.IGNORECASE)
            for name, phrases in headings.items()
        }
        self.of = lru_cache(maxsize=4096)(self._of)

    def _of(self, heading: str) -> str | None:
        text = heading.strip(" \t#*_:.-|0123456789()").strip()
        if not text or len(text) > 60:
            return None
        for name, pattern in self._patterns.items():
            if pattern.fullmatch(text):
                return name
        return None


def sentences(text: str, sections: Sections, section: str = SECTIONLESS) -> tuple[list[Sentence], str]:
    """Return the sentences of a page in order and the section in force at its end; `section` is the one in force at its start."""
    lines = _lines(text)
    widths = sorted(end - start for start, end in lines if end - start > 20)
    cutter = _Cutter(text, sections, section, narrow=widths[int(len(widths) * 0.9)] * _NARROW if widths else 0)
    for start, end in lines:
        cutter.line(start, end)
    cutter.close()
    return [s for s in cutter.out if text[s.start : s.end].strip()], cutter.section


class _Cutter:
    """Takes the lines of a page one by one and gives sentences; a block is open while lines run on."""

    def __init__(self, text: str, sections: Sections, section: str, narrow: float) -> None:
        self.text = text
        self.sections = sections
        self.section = section
        self.narrow = narrow
        self.out: list[Sentence] = []
        self.paragraph = 0
        self.label: tuple[int, int] | None = None
        self.begin: int | None = None
        self.back: str | None = None  # the section to go back to after an aside
        self.finish = 0
        self.ended = True  # whether the line before ended its paragraph by being short

    def line(self, start: int, end: int) -> None:
        """Take the next line: blank, heading, label, bullet, or a line that runs on."""
        line = self.text[start:end]
        if len(line) < _SHORT_LINE and _RUNNING.search(line):
            self.close()
            return
        if not line.strip():
            self._break(None)
            self.ended = True
            return
        if len(line) < 64 and (self.ended or self.begin is None or line.isupper()):
            heading = self.sections.of(line)
            if heading is not None:
                self._break(heading)
                self.ended = True
                return
        form = ("[" in line or _HAS_FIGURE.search(line) is not None) and _BOXES.search(line) is not None
        self._content(line, start, form=form)
        self.finish = end
        self.ended = end - start < self.narrow or form

    def _content(self, line: str, start: int, *, form: bool) -> None:
        if form:  # a line of a form or a row of figures stands for itself
            self.close()
            self.begin = start
            return
        named, bullet = _LABEL.match(line), _BULLET.match(line)
        open_ = self.begin is not None and not bullet
        runs_on = open_ and (not self.ended or (not named and line.lstrip()[:1].islower()))
        if named:
            section = self.sections.of(named.group(1))
            if not runs_on or section or self.text[self.finish - 1 : self.finish] in ".;:":
                self._label(named, section, start)
                return
        if not runs_on:
            self.close()
            self.begin = start + (len(bullet.group(0)) if bullet and "[" not in bullet.group(0) else 0)

    def _label(self, named: re.Match[str], section: str | None, start: int) -> None:
        if section in _ASIDE:
            self._break(None)
            self.back, self.section = self.section, section
            self.begin = start + named.end()
        elif section is not None:
            self._break(section)
            self.begin = start + named.end()
        else:
            self.close()
            self.label = (start + named.start(1), start + named.end(1))
            self.begin = start

    def _break(self, section: str | None) -> None:
        self.close()
        self.paragraph += 1
        self.label = None
        self.section = section or self.section

    def close(self) -> None:
        """End the open block; headings run into its text change the section on the way."""
        if self.begin is None:
            return
        at = self.begin
        inline = _INLINE.finditer(self.text, at, self.finish) if _CAPITALS_AND_COLON.search(self.text, at, self.finish) else ()
        for match in inline:
            named = self.sections.of(match.group(1))
            if named is not None:
                self._give(at, match.start())
                self.section, self.label, at = named, None, match.end()
        self._give(at, self.finish)
        self.begin = None
        if self.back is not None:
            self.section, self.back = self.back, None

    def _give(self, start: int, end: int) -> None:
        self.out.extend(Sentence(a, b, self.section, self.paragraph, self.label) for a, b in _split(self.text, start, end))


def _lines(text: str) -> list[tuple[int, int]]:
    out = []
    start = 0
    for line in text.splitlines(keepends=True):
        out.append((start, start + len(line.rstrip("\r\n\f"))))
        start += len(line)
    return out


def _split(text: str, start: int, end: int) -> list[tuple[int, int]]:
    out = []
    begin = start
    for match in _END.finditer(text, start, end):
        if text[match.start()] == "?" and not text[match.end() : match.end() + 2].strip()[:1].isupper():
            continue  # the answer stands behind its question
        if _ABBREVIATIONS.search(text, max(begin, match.start() - 8), match.start() + 1):
            after = text[match.end() : match.end() + 3].strip()
            if not (after[:1].isupper() and text[match.start() - 1].isdigit()):
                continue
        out.append((begin, match.end()))
        begin = match.end()
    out.append((begin, end))
    return [(a + len(text[a:b]) - len(text[a:b].lstrip()), b) for a, b in out]
