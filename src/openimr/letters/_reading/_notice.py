"""The Notice of 2013: numbered sentences, no Upheld or Overturned. Known from descriptions only."""

from __future__ import annotations

import re

from openimr.sources import Grammar

from ._documents import listed
from ._header import read_dated, read_header
from ._numbered import SENTENCE, read_numbered
from ._people import read_patient, read_reviewer
from ._shape import Found, Layout
from ._source import Place, Source

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
    marks = {name: mark for name, pattern in _HEADINGS.items() if (mark := pattern.search(plain))}
    first_sentence = SENTENCE.search(plain)
    starts = sorted([mark.start() for mark in marks.values()] + ([first_sentence.start()] if first_sentence else []))
    read_header(source, 0, starts[0] if starts else len(plain), found)
    read_dated(source, found)

    def section(name: str) -> Place | None:
        mark = marks.get(name)
        if mark is None:
            return None
        return mark.end(), min((start for start in starts if start > mark.start()), default=len(plain))

    if qualifications := section("qualifications"):
        found.reviewer, places = read_reviewer(source, *qualifications)
        found.spans.update(places)
    if (summary := section("summary")) and (place := _without_disclaimer(source, *summary)):
        found.summary, found.spans["summary"] = source.value(place), place
        found.age, found.sex, places = read_patient(source, *place)
        found.spans.update(places)
    if (documents := section("documents")) and (place := source.trimmed(*documents)):
        found.documents_reviewed, found.spans["documents_reviewed"] = listed(plain[slice(*place)]) or None, place
    mark = marks.get("rationales")
    read_numbered(source, mark.end() if mark else len(plain), grammar, found)
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
