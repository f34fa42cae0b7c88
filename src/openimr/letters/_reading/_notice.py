"""The Notice of 2013: numbered sentences, no Upheld or Overturned. Known from descriptions only."""

from __future__ import annotations

import re

from openimr.sources import Grammar

from ._documents import read_documents
from ._header import read_dated, read_header
from ._numbered import SENTENCE, read_numbered
from ._people import read_reviewer, read_summary
from ._shape import Found, Layout
from ._source import Place, Source, sections

_TITLE = re.compile(r"Notice\s+of\s+Independent\s+Medical\s+Review\s+Determination", re.I)
_DISCLAIMER = re.compile(r"\s*Disclaimer\s*:.{1,300}?\bdated\s+[^:]{1,40}:", re.S | re.I)
_HEADINGS = {
    "rationales": re.compile(r"(?m:^[ \t\f]*)INDEPENDENT\s+MEDICAL\s+REVIEW\s+DECISION\s+AND\s+RATIONALE"),
    "qualifications": re.compile(r"Medical\s+Qualifications\s+of\s+the\s+Expert\s+Reviewer\s*:"),
    "documents": re.compile(r"(?m:^[ \t\f]*)Documents\s+Reviewed\s+for\s+Determination\s*:"),
    "regarding": re.compile(r"(?m:^[ \t\f]*)\d{1,3}\s?[).]\s*Regarding\s+the\s+request"),
    "summary": re.compile(r"(?m:^[ \t\f]*)Case\s+Summary\s*:"),
}


def _fits(source: Source) -> bool:
    opening = source.plain[:3000]
    return "notice" in opening.lower() and _TITLE.search(opening) is not None


def _read(source: Source, grammar: Grammar) -> Found:
    found = Found("maximus-notice-2013")
    plain = source.plain
    headings = {name: mark.span() for name, pattern in _HEADINGS.items() if (mark := pattern.search(plain))}
    if first := SENTENCE.search(plain):
        headings["sentence"] = first.span()
    under = sections(headings, len(plain))
    read_header(source, 0, min((start for start, _ in headings.values()), default=len(plain)), found)
    read_dated(source, found)
    read_reviewer(source, under.get("qualifications"), found)
    if summary := under.get("summary"):
        read_summary(source, _without_disclaimer(source, *summary), found)
    read_documents(source, under.get("documents"), found)
    read_numbered(source, headings["rationales"][1] if "rationales" in headings else len(plain), grammar, found)
    return found


def _without_disclaimer(source: Source, start: int, end: int) -> Place | None:
    """Where the summary itself stands: behind the sentence that says whence it was taken, inside its quotation marks."""
    taken = _DISCLAIMER.match(source.plain, start, end)
    place = source.trimmed(taken.end() if taken else start, end)
    if place and taken and source.plain[place[0]] in '"\u201c' and source.plain[place[1] - 1] in '"\u201d':
        return source.trimmed(place[0] + 1, place[1] - 1)
    return place


LAYOUT = Layout(
    "maximus-notice-2013",
    described=True,
    marks=("Notice of Independent Medical Review Determination", "Medical Qualifications of the Expert Reviewer:"),
    fits=_fits,
    read=_read,
)
