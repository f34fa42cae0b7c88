"""The Medical Professional Review of 2013: one issue, labelled sections. Known from its headings only."""

from __future__ import annotations

import re

from openimr.determinations import Basis, Request
from openimr.sources import Grammar

from ._documents import read_documents
from ._header import read_header
from ._people import read_reviewer, read_summary
from ._polarity import conclusion
from ._requests import dates_of_service, read_title, timing
from ._shape import Found, Layout
from ._source import Place, Source, sections

_TITLE = re.compile(r"(?m:^[ \t\f]*)MEDICAL\s+PROFESSIONAL\s+REVIEW\b")
_HEADINGS = re.compile(
    r"(?m:^[ \t\f]*)(?:(?P<issue>ISSUE\s+AT\s+DISPUTE)|(?P<summary>CASE\s+SUMMARY)|"
    r"(?P<documents>DOCUMENTS\s+REVIEWED\s+FOR\s+DETERMINATION)|"
    r"(?P<basis>MEDICAL\s+TREATMENT\s+GUIDELINE\(S\)\s+RELIED\s+UPON\s+BY\s+PROFESSIONAL\s+REVIEWER\s+AND\s+WHY)|"
    r"(?P<rationale>RATIONALE\s+FOR\s+WHY\s+THE\s+REQUESTED\s+TREATMENT/SERVICE\s+IS/WAS\s+NOT\s+MEDICALLY\s+NECESSARY)|"
    r"(?P<reviewer>MEDICAL\s+REVIEWER\s+QUALIFICATIONS))\s*:"
)


def _fits(source: Source) -> bool:
    return _TITLE.search(source.plain[:3000]) is not None and _HEADINGS.search(source.plain) is not None


def _read(source: Source, grammar: Grammar) -> Found:
    found = Found("professional-review-2013")
    headings: dict[str, Place] = {}
    for mark in _HEADINGS.finditer(source.plain):
        headings.setdefault(mark.lastgroup or "", mark.span())
    under = sections(headings, len(source.plain))
    places = {name: place for name, stretch in under.items() if (place := source.trimmed(*stretch))}
    read_header(source, 0, min(start for start, _ in headings.values()), found)
    read_reviewer(source, places.get("reviewer"), found)
    read_summary(source, places.get("summary"), found)
    read_documents(source, places.get("documents"), found)
    if "issue" in places:
        _request(source, places, grammar, found)
    return found


def _request(source: Source, places: dict[str, Place], grammar: Grammar, found: Found) -> None:
    """The one issue. Its heading says "is/was not medically necessary" in every letter, so no decision follows from it."""
    title = read_title(source, *places["issue"])
    if title is None:
        return
    rationale = source.value(places["rationale"]) if "rationale" in places else None
    found.requests.append(
        Request(
            number=1,
            text=title.text,
            disputed=title.text,
            timing=timing(title.text),
            dates_of_service=dates_of_service(title.text),
            decision=title.decision,
            reviewer_basis=Basis.read(source.value(places["basis"]), grammar) if "basis" in places else None,
            rationale=rationale,
            conclusion=conclusion(rationale) if rationale else None,
        )
    )
    for name, path in (("issue", "text"), ("basis", "reviewer_basis.text"), ("rationale", "rationale")):
        if name in places:
            found.spans[f"requests[0].{path}"] = places[name]


LAYOUT = Layout(
    "professional-review-2013",
    described=True,
    marks=("MEDICAL PROFESSIONAL REVIEW", "ISSUE AT DISPUTE:", "MEDICAL REVIEWER QUALIFICATIONS:"),
    fits=_fits,
    read=_read,
)
