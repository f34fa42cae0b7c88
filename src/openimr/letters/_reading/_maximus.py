"""The Final Determinations of 2013-2017: a header table, three headings, and four labelled fields an item."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from functools import lru_cache

from openimr.determinations import Basis, Request
from openimr.sources import Grammar

from ._header import read_header
from ._people import read_reviewer, read_summary
from ._polarity import conclusion
from ._requests import MODIFIED, dates_of_service, decision_at, read_title, timing
from ._shape import Found, Layout
from ._source import Paragraphs, Place, Source, sections

_HEADINGS = {
    "how": r"HOW[ \t]+THE[ \t]+IMR[ \t]+FINAL[ \t]+DETERMINATION[ \t]+WAS[ \t]+MADE",
    "summary": r"CLINICAL[ \t]+CASE[ \t]+SUMMARY",
    "issues": r"IMR[ \t]+(?:ISSUES,?[ \t]+DECISIONS,?|DECISION\(S\))[ \t]+AND[ \t]+RATIONALE(?:S|\(S\))?",
    "documents": r"DOCUMENTS[ \t]+REVIEWED",
}
_CALLED = {
    "how": "HOW THE IMR FINAL DETERMINATION WAS MADE",
    "summary": "CLINICAL CASE SUMMARY",
    "issues": "IMR ISSUES, DECISIONS AND RATIONALES",
}
_FIELDS = {
    "ur": r"Claims[ \t]+Administrator[ \t]+guidelines?[ \t]*:",
    "reviewer": r"MAXIMUS[ \t]+guidelines?[ \t]*:",
    "rationale": r"Decision[ \t]+rationale[ \t]*:",
}
_MARKS = "|".join(f"(?P<{name}>{pattern})" for name, pattern in (_HEADINGS | _FIELDS).items())
_ON_LINE = re.compile(rf"\n[ \t\f]*(?:{_MARKS})")
_OPENING_LINE = re.compile(rf"[ \t\f]*(?:{_MARKS})")
_ANYWHERE = re.compile(_MARKS)
_LEAD = re.compile(
    r"\s*The\s+Final\s+Determination\s+was\s+based\s+on\s+decisions\s+for\s+the\s+disputed\s+items?\s*/\s*services?\s+set\s+forth\s+below\s*:"
)
_OPENING = re.compile(
    r"\s*The\s+(?:expert|physician)\s+reviewer\s+developed\s+the\s+following\s+clinical\s+case\s+summary\s+based\s+on\s+a\s+review\s+"
    r"of\s+the\s+case\s+file,\s+including\s+all\s+medical\s+records\s*:",
    re.I,
)
_BOILERPLATE = re.compile(r"sent\s+the\s+complete\s+case\s+file")
_OF_2016 = re.compile(
    r"Section\(s\)\s*:|did\s+not\s+cite\s+any\s+medical\s+evidence|outside\s+of\s+the\s+MTUS\s+Guidelines|\b20(?:0[479]|16)\b[,.]"
)
_OF_2013 = re.compile(
    r"Page\(s\)\s*:|did\s+not\s+base\s+their\s+decision\s+on\s+the\s+MTUS|is\s+Board\s+Certified\s+in|Treatment\s+Guidelines\b"
)
_BOOKMARK = re.compile(r"(.{3,600}?):\s+(?:Upheld|Overturned)")
_MOST_BOOKMARKS = 200  # a letter has some twenty items
_SEPARATION = date(2016, 7, 28)  # the MTUS of 2016 took effect; letters that cite it are in the later form
_ORDER = {"ur": 0, "reviewer": 1, "rationale": 2}


@dataclass(frozen=True, slots=True)
class _Mark:
    name: str
    start: int
    end: int


def _fits(source: Source) -> bool:
    return any(mark.name in _FIELDS for mark in _marks(source))


@lru_cache(maxsize=2)
def _marks(source: Source) -> tuple[_Mark, ...]:
    """The headings and labels in order: those that begin a line, or all of them where a text has lost its lines."""
    plain = source.plain
    opening = _OPENING_LINE.match(plain)
    begun = [*([opening] if opening else []), *_ON_LINE.finditer(plain)]
    found = [_Mark(mark.lastgroup or "", mark.start(mark.lastgroup or 0), mark.end()) for mark in begun]
    if sum(mark.name == "rationale" for mark in found) < plain.count("Decision rationale:"):
        found = [_Mark(mark.lastgroup or "", mark.start(), mark.end()) for mark in _ANYWHERE.finditer(plain)]
    return tuple(found)


def read_final(source: Source, grammar: Grammar) -> Found:
    """Read a letter of this form; the first letters of 2013 share its headings."""
    marks = _marks(source)
    first = {mark.name: (mark.start, mark.end) for mark in reversed(marks) if mark.name in _HEADINGS}
    items = [mark for mark in marks if mark.name in _FIELDS]
    end = len(source.plain)
    if items:
        # bookmarks repeat the headings after the last rationale
        end = next((mark.start for mark in marks if mark.name in _HEADINGS and mark.start > items[0].start), end)
    begin = first["issues"][1] if "issues" in first else items[0].start if items else 0
    items = [mark for mark in items if begin <= mark.start < end]
    bounds = {**first, "items": (items[0].start, items[0].end)} if items else first
    under = sections(bounds, end)
    head = min((start for start, _ in bounds.values()), default=end)
    found = Found("maximus")
    read_header(source, 0, head, found)
    read_reviewer(source, under.get("how"), found)
    if summary := under.get("summary"):
        opening = _OPENING.match(source.plain, *summary)
        read_summary(source, source.trimmed(opening.end() if opening else summary[0], summary[1]), found)
    paragraphs = Paragraphs(source, _known_paragraph(source, under.get("how", (0, head))) or (begin, begin), [mark.start for mark in items])
    _requests(source, items, (begin, end), paragraphs, grammar, found)
    found.layout = _edition(source, found)
    if lacking := [words for name, words in _CALLED.items() if name not in first]:
        found.warn("letter.partial", f"this may be a part of a letter only: it lacks the heading {' and '.join(lacking)}")
    return found


def _known_paragraph(source: Source, section: Place) -> Place | None:
    """The paragraph about the reviewer, several lines long and the same in every letter but for the credentials."""
    opening = _BOILERPLATE.search(source.plain, *section)
    if opening is None:
        return None
    end = source.plain.find("determinations.", opening.end(), section[1])
    return opening.start(), end if end >= 0 else min(opening.end() + 600, section[1])


def _requests(source: Source, items: list[_Mark], bounds: Place, paragraphs: Paragraphs, grammar: Grammar, found: Found) -> None:
    groups = _groups(items)
    starts = [_title_start(source, groups, index, bounds[0], paragraphs) for index in range(len(groups))]
    for index, group in enumerate(groups):
        until = starts[index + 1] if index + 1 < len(groups) else _without_bookmarks(source, group, bounds[1])
        _request(source, index, group, (starts[index], until), grammar, found)


def _groups(items: list[_Mark]) -> list[list[_Mark]]:
    """The labels item by item: an item begins where their order begins anew."""
    groups: list[list[_Mark]] = []
    for mark in items:
        if not groups or _ORDER[mark.name] <= _ORDER[groups[-1][-1].name]:
            groups.append([])
        groups[-1].append(mark)
    return groups


def _title_start(source: Source, groups: list[list[_Mark]], index: int, begin: int, paragraphs: Paragraphs) -> int:
    end = groups[index][0].start
    if index == 0:
        lead = _LEAD.match(source.plain, begin, end)
        return lead.end() if lead else begin
    place = source.trimmed(groups[index - 1][-1].end, end)
    if place is None:
        return end
    start = paragraphs.last_start(place[0], decision_at(source, *place))
    stretch = source.plain[start : place[1]]
    if MODIFIED.search(stretch) and not re.search(r"was\s+the\s+original\s+request", stretch, re.I):
        # the template's first sentence ended a line, as a paragraph would
        earlier = paragraphs.last_start(place[0], start - 1) if start > place[0] else start
        if re.search(r"was\s+the\s+original\s+request", source.plain[earlier:start], re.I):
            return earlier
    return start


def _without_bookmarks(source: Source, group: list[_Mark], end: int) -> int:
    """Where the last rationale ends: before lines that repeat titles with their decisions, as a PDF's bookmarks do."""
    plain = source.plain
    start, until = group[-1].end, end
    for _ in range(_MOST_BOOKMARKS):
        while until > start and plain[until - 1].isspace():
            until -= 1
        line = plain.rfind("\n", start, until)
        text = plain[line:until].strip() if line >= 0 else ""
        title = _BOOKMARK.fullmatch(text)
        if title is None or plain.count(title.group(1), 0, until) < 2:
            break
        until = line
    return until


def _request(source: Source, index: int, group: list[_Mark], bounds: Place, grammar: Grammar, found: Found) -> None:
    title = read_title(source, bounds[0], group[0].start)
    path = f"requests[{index}]"
    fields: dict[str, Place] = {}
    for at, mark in enumerate(group):
        place = source.trimmed(mark.end, group[at + 1].start if at + 1 < len(group) else bounds[1])
        if place is not None:
            fields[mark.name] = place
    if title is None:
        found.warn("title.missing", f"item {index + 1} has no title", (group[0].start, group[0].end))
    elif title.decision is None:
        said = f": {title.word} is not a decision known here" if title.word else ""
        found.warn("decision.missing", f"item {index + 1} ends in neither Upheld nor Overturned{said}", title.place)
    elif not title.colon:
        found.warn("decision.no_colon", f"item {index + 1}: no colon stands before the decision", title.decided)
    text = title.text if title else ""
    if title and not title.parts and MODIFIED.search(text):
        found.warn("title.parts", f"item {index + 1} speaks of an original request, but its parts could not be told apart", title.place)
    rationale = source.value(fields["rationale"]) if "rationale" in fields else None
    parts = title.parts if title else {}
    disputed = parts.get("disputed", text) or None
    found.requests.append(
        Request(
            number=index + 1,
            text=text,
            original=parts.get("original"),
            authorized=parts.get("authorized"),
            disputed=disputed,
            timing=timing(text),
            dates_of_service=dates_of_service(text),
            decision=title.decision if title else None,
            ur_basis=_basis(source, fields.get("ur"), grammar),
            reviewer_basis=_basis(source, fields.get("reviewer"), grammar),
            rationale=rationale,
            conclusion=conclusion(rationale) if rationale else None,
        )
    )
    spans = found.spans
    if title:
        spans[f"{path}.text"] = title.place
        spans.update({f"{path}.{name}": place for name, place in title.spans.items()})
        spans.setdefault(f"{path}.disputed", title.place)
        if title.decided:
            spans[f"{path}.decision"] = title.decided
    for name, key in (("ur", "ur_basis.text"), ("reviewer", "reviewer_basis.text"), ("rationale", "rationale")):
        if name in fields:
            spans[f"{path}.{key}"] = fields[name]


def _basis(source: Source, place: Place | None, grammar: Grammar) -> Basis | None:
    return Basis.read(source.value(place), grammar) if place else None


def _edition(source: Source, found: Found) -> str:
    """Which of the two forms this is: by the words of its bases, else by its date."""
    decided = found.dates.get("decision_date")
    bases = " ".join(basis.text for request in found.requests for basis in (request.ur_basis, request.reviewer_basis) if basis)
    newer, older = bool(_OF_2016.search(bases)), bool(_OF_2013.search(bases))
    if newer != older:
        return "maximus-2016" if newer else "maximus-2013"
    if decided is not None:
        return "maximus-2016" if decided >= _SEPARATION else "maximus-2013"
    return "maximus-2013" if older or _OF_2013.search(source.plain) else "maximus-2016"


LAYOUT = Layout(
    "maximus",
    described=False,
    marks=(*_CALLED.values(), "Decision rationale:", "MAXIMUS guideline:", "Claims Administrator guideline:"),
    fits=_fits,
    read=read_final,
)
