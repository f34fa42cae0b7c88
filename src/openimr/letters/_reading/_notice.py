"""The Notice of 2013: numbered sentences, no Upheld or Overturned. Known from descriptions only."""

from __future__ import annotations

import re
from datetime import date

from openimr.sources import Grammar

from ._header import read_header
from ._numbered import SENTENCE, read_numbered
from ._people import read_patient, read_reviewer
from ._shape import Found, Layout
from ._source import Place, Source

_TITLE = re.compile(r"Notice\s+of\s+Independent\s+Medical\s+Review\s+Determination", re.I)
_DATED = re.compile(r"\bDated:\s*(?P<day>(\d{1,2})/(\d{1,2})/(\d{4}))")
_HEADINGS = {
    "rationales": re.compile(r"(?m:^[ \t\f]*)INDEPENDENT\s+MEDICAL\s+REVIEW\s+DECISION\s+AND\s+RATIONALE"),
    "qualifications": re.compile(r"Medical\s+Qualifications\s+of\s+the\s+Expert\s+Reviewer\s*:"),
    "summary": re.compile(r"(?m:^[ \t\f]*)Case\s+Summary\s*:"),
}


def _fits(source: Source) -> bool:
    return _TITLE.search(source.plain[:3000]) is not None


def _read(source: Source, grammar: Grammar) -> Found:
    del grammar  # no basis is known to be labelled in these letters
    found = Found("maximus-notice-2013")
    plain = source.plain
    marks = {name: mark for name, pattern in _HEADINGS.items() if (mark := pattern.search(plain))}
    first_sentence = SENTENCE.search(plain)
    starts = sorted([mark.start() for mark in marks.values()] + ([first_sentence.start()] if first_sentence else []))
    read_header(source, 0, starts[0] if starts else len(plain), found)
    if dated := _DATED.search(plain):
        try:
            found.dates["decision_date"] = date(int(dated.group(4)), int(dated.group(2)), int(dated.group(3)))
            found.spans["decision_date"] = dated.span("day")
        except ValueError:
            found.warn("date.impossible", f"decision_date: {dated['day']} is no date", dated.span("day"))

    def section(name: str) -> Place | None:
        mark = marks.get(name)
        if mark is None:
            return None
        return mark.end(), min((start for start in starts if start > mark.start()), default=len(plain))

    if qualifications := section("qualifications"):
        found.reviewer, places = read_reviewer(source, *qualifications)
        found.spans.update(places)
    if (summary := section("summary")) and (place := source.trimmed(*summary)):
        found.summary, found.spans["summary"] = source.value(place), place
        found.age, found.sex, places = read_patient(source, *place)
        found.spans.update(places)
    mark = marks.get("rationales")
    read_numbered(source, (mark.end(), len(plain)) if mark else None, found)
    return found


LAYOUT = Layout(
    "maximus-notice-2013",
    described=True,
    marks=("Notice of Independent Medical Review Determination", "Medical Qualifications of the Expert Reviewer:"),
    fits=_fits,
    read=_read,
)
