"""The contents of a letter in reading order, the same for every format it is written in."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from openimr.determinations import Basis, Decision, Determination, Request, Reviewer

from ._misread import refuse_misread
from ._paper import one_line, paragraphs
from ._wording import Labels, SectionWording, When, Wording


class LetterNotReady(ValueError):
    """A letter that is no draft needs a reviewer and a decision on every request."""


@dataclass(frozen=True, slots=True)
class Heading:
    """A heading; level 1 opens a section, level 2 a disputed item."""

    level: int
    text: str


@dataclass(frozen=True, slots=True)
class Fields:
    """Labels with their values; `paired` sets two of them on a line."""

    rows: tuple[tuple[str, str], ...]
    paired: bool = False


@dataclass(frozen=True, slots=True)
class Paragraph:
    """A paragraph; `label` is the field it opens with, `source` the law behind it."""

    text: str
    label: str | None = None
    source: str | None = None


@dataclass(frozen=True, slots=True)
class Listing:
    """A list of short entries."""

    items: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Table:
    """A table with one row of column names."""

    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


@dataclass(frozen=True, slots=True)
class Verdict:
    """The decision on a request, or the proposal that stands in for it."""

    label: str
    text: str


Block = Heading | Fields | Paragraph | Listing | Table | Verdict


@dataclass(frozen=True, slots=True)
class Letter:
    """A letter ready to be written: title, the mark of a draft if it is one, and its blocks in reading order."""

    title: str
    case_number: str
    draft: str | None
    blocks: tuple[Block, ...]


def letter(determination: Determination, wording: Wording, *, draft: bool) -> Letter:
    """Return the contents of the letter.

    Raises LetterNotReady when it is to be no draft but is undecided or has no reviewer, and UnwritableText for a text that would be read
    back as a label or heading.
    """
    if not draft and (determination.outcome is None or determination.reviewer is None):
        raise LetterNotReady("the letter can only be a draft: it needs a reviewer and a decision on every request")
    refuse_misread(determination, wording)
    return Letter(
        title=wording.title,
        case_number=one_line(determination.case_number or "") or wording.labels.not_stated,
        draft=wording.labels.draft if draft else None,
        blocks=tuple(_blocks(determination, wording, _conditions(determination, draft))),
    )


def us_date(day: date) -> str:
    """Return the day as letters print it: mm/dd/yyyy."""
    return f"{day.month:02}/{day.day:02}/{day.year:04}"


def _conditions(determination: Determination, draft: bool) -> frozenset[When]:
    decided = {request.decision for request in determination.requests}
    held = {
        When.ALWAYS: True,
        When.DRAFT: draft,
        When.ISSUED: not draft,
        When.REVIEWER: determination.reviewer is not None,
        When.NO_REVIEWER: determination.reviewer is None,
        When.NO_DOCUMENTS: not determination.documents_reviewed,
        # what follows from a decision follows from an issued one only
        When.UPHELD: not draft and Decision.UPHELD in decided,
        When.OVERTURNED: not draft and Decision.OVERTURNED in decided,
    }
    return frozenset(when for when, holds in held.items() if holds)


def _blocks(determination: Determination, wording: Wording, conditions: frozenset[When]) -> Iterator[Block]:
    labels, sections = wording.labels, wording.sections
    on = _worded_on(determination)
    yield _header(determination, labels)

    yield Heading(1, sections.how_made.heading)
    yield Paragraph(" ".join(one_line(statement.text) for statement in sections.how_made.said(conditions, on)))
    yield _credentials(determination.reviewer, labels)

    yield Heading(1, sections.documents_reviewed.heading)
    yield from _statements(sections.documents_reviewed, conditions, on)
    yield from _documents(determination.documents_reviewed or (), labels)

    yield Heading(1, sections.summary.heading)
    yield from _statements(sections.summary, conditions, on)
    if determination.age is not None or determination.sex:
        person = [f"age {determination.age}" if determination.age is not None else "", one_line(determination.sex or "")]
        yield Fields(((labels.patient, ", ".join(each for each in person if each)),))
    yield from _text(determination.summary, None, labels)

    yield Heading(1, sections.issues.heading)
    yield from _statements(sections.issues, conditions, on)
    total = len(determination.requests)
    for number, request in enumerate(determination.requests, start=1):
        yield from _request(request, number, total, labels)

    yield Heading(1, sections.notice.heading)
    for statement in sections.notice.said(conditions, on):
        yield Paragraph(one_line(statement.text), source=statement.source)


def _worded_on(determination: Determination) -> date:
    """The day whose law words the letter: the decision's; before there is one, the last day known of the case."""
    if determination.decision_date:
        return determination.decision_date
    known = (determination.date_assigned, determination.application_received, determination.ur_denial_date)
    return max(filter(None, known), default=date.max)


def _statements(section: SectionWording, conditions: frozenset[When], on: date) -> Iterator[Block]:
    for statement in section.said(conditions, on):
        yield Paragraph(one_line(statement.text))


def _header(determination: Determination, labels: Labels) -> Fields:
    def shown(value: str | date | None) -> str:
        if isinstance(value, date):
            return us_date(value)
        return one_line(value or "") or labels.not_stated

    values = {name: getattr(determination, name) for name in labels.of_header()}
    values["priority"] = (determination.priority or "").capitalize()
    return Fields(tuple((label, shown(values[name])) for name, label in labels.of_header().items()), paired=True)


def _credentials(reviewer: Reviewer | None, labels: Labels) -> Fields:
    if reviewer is None:
        return Fields(((labels.licensure, labels.not_assigned), (labels.specialty, labels.not_assigned)))
    lines = [(label, getattr(reviewer, name)) for name, label in labels.of_reviewer().items()]
    printed = lines if reviewer.subspecialties else lines[:-1]
    return Fields(tuple((label, one_line(", ".join(values)) or labels.not_stated) for label, values in printed))


def _documents(documents: tuple[str, ...], labels: Labels) -> Iterator[Block]:
    lines = tuple(filter(None, (one_line(document) for document in documents)))
    if lines:
        yield Table((labels.number, labels.document), tuple((str(number), line) for number, line in enumerate(lines, start=1)))


def _text(text: str | None, label: str | None, labels: Labels) -> Iterator[Block]:
    parts = paragraphs(text or "") or (labels.not_stated,)
    if not isinstance(parts[0], str):
        parts = ("", *parts) if label else parts
    for index, part in enumerate(parts):
        yield Paragraph(part, label=label if index == 0 else None) if isinstance(part, str) else Listing(part)


def item_heading(number: int, total: int, labels: Labels) -> str:
    """What opens a disputed item, before its title."""
    return f"{labels.item} {number} {labels.of} {total}:"


def _request(request: Request, number: int, total: int, labels: Labels) -> Iterator[Block]:
    yield Heading(2, f"{item_heading(number, total, labels)} {one_line(request.text) or labels.not_stated}")
    yield _verdict(request, labels)
    disputed = one_line(request.disputed or "")
    details = [
        (labels.category, request.category),
        (labels.service, _service(request)),
        (labels.original, request.original),
        (labels.authorized, request.authorized),
        (labels.disputed, disputed if request.original or request.authorized or disputed != one_line(request.text) else None),
        (labels.conclusion if request.decision else labels.proposed_conclusion, request.conclusion),
    ]
    rows = tuple((label, one_line(value)) for label, value in details if value and one_line(value))
    if rows:
        yield Fields(rows)
    yield from _basis(request.ur_basis, labels.ur_basis, labels)
    yield from _basis(request.reviewer_basis, labels.reviewer_basis, labels)
    yield from _text(request.rationale, labels.rationale, labels)


def _verdict(request: Request, labels: Labels) -> Verdict:
    words = {Decision.UPHELD: labels.upheld, Decision.OVERTURNED: labels.overturned}
    if request.decision:
        return Verdict(labels.decision, words[request.decision])
    proposed = words[request.proposed] if request.proposed else labels.no_proposal
    return Verdict(labels.proposed, f"{proposed} ({labels.not_decided})")


def _service(request: Request) -> str:
    days = ", ".join(us_date(day) for day in request.dates_of_service)
    return ", ".join(part for part in ((request.timing or "").capitalize(), days) if part)


def _basis(basis: Basis | None, label: str, labels: Labels) -> Iterator[Block]:
    none = labels.none_cited if basis and basis.stated_none else labels.not_stated
    yield Paragraph((one_line(basis.text) if basis else "") or none, label=label)
