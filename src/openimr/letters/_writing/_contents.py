"""The contents of a letter in reading order, the same for every format it is written in."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from openimr.determinations import Basis, Decision, Determination, Request, Reviewer

from ._wording import Labels, SectionWording, When, Wording


class LetterNotReady(ValueError):
    """A letter that is no draft needs a reviewer and a decision on every request."""


class UnwritableText(ValueError):
    """A text would be read back as something else than it is, a label or heading of the letter; the message says where and what to do."""


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


_ENTRY = re.compile(r"\s*[-•]\s+(\S.*)")
# what looks the same on paper is the same: other hyphens and blanks, letters joined into one
_SEEN = {"\u2010": "-", "\u2011": "-", "\ufb00": "ff", "\ufb01": "fi", "\ufb02": "fl", "\ufb03": "ffi", "\ufb04": "ffl"}
_FORMAT = {"Cc", "Cf", "Cs"}  # control, invisible formatting (bidirectional overrides among it), halves of surrogate pairs


def letter(determination: Determination, wording: Wording, *, draft: bool) -> Letter:
    """Return the contents of the letter.

    Raises LetterNotReady when it is to be no draft but is undecided or has no reviewer, and UnwritableText for a text that would be read
    back as a label or heading.
    """
    if not draft and (determination.outcome is None or determination.reviewer is None):
        raise LetterNotReady("the letter can only be a draft: it needs a reviewer and a decision on every request")
    refuse_what_would_be_misread(determination, wording)
    return Letter(
        title=wording.title,
        case_number=one_line(determination.case_number or "") or wording.labels.not_stated,
        draft=wording.labels.draft if draft else None,
        blocks=tuple(_blocks(determination, wording, _conditions(determination, draft))),
    )


def one_line(text: str) -> str:
    """Return the text on one line, without control and formatting characters."""
    return " ".join(_visible(text).replace("•", "·").split())  # a bullet inside a line would read as an entry of a list


def paragraphs(text: str) -> tuple[str | tuple[str, ...], ...]:
    """Return the paragraphs of a text, one a line; lines after a dash become a tuple of entries, indented lines go on with the entry."""
    out: list[str | tuple[str, ...]] = []
    for line in _visible(text).split("\n"):
        entry = _ENTRY.match(line)
        plain = one_line(line)
        last = out[-1] if out else ""
        if entry and one_line(entry.group(1)):
            out = [*out[:-1], (*last, one_line(entry.group(1)))] if isinstance(last, tuple) else [*out, (one_line(entry.group(1)),)]
        elif plain and isinstance(last, tuple) and line[0].isspace():
            out[-1] = (*last[:-1], f"{last[-1]} {plain}")
        elif plain:
            out.append(plain)
    return tuple(out)


def us_date(day: date) -> str:
    """Return the day as letters print it: mm/dd/yyyy."""
    return f"{day.month:02}/{day.day:02}/{day.year:04}"


def _visible(text: str) -> str:
    text = text.replace("\r\n", "\n").replace("\r", "\n").replace("\f", "\n\n")
    text = re.sub("[\v\x85\u2028\u2029]", "\n", text)
    return "".join(_SEEN.get(c, c) for c in text if c in "\n\t" or unicodedata.category(c) not in _FORMAT)


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

    return Fields(
        (
            (labels.case_number, shown(determination.case_number)),
            (labels.priority, shown((determination.priority or "").capitalize())),
            (labels.date_assigned, shown(determination.date_assigned)),
            (labels.date_of_injury, shown(determination.date_of_injury)),
            (labels.decision_date, shown(determination.decision_date)),
            (labels.ur_denial_date, shown(determination.ur_denial_date)),
            (labels.application_received, shown(determination.application_received)),
        ),
        paired=True,
    )


def _credentials(reviewer: Reviewer | None, labels: Labels) -> Fields:
    if reviewer is None:
        return Fields(((labels.licensure, labels.not_assigned), (labels.specialty, labels.not_assigned)))
    lines = [(labels.licensure, reviewer.licensure), (labels.specialty, reviewer.specialties)]
    if reviewer.subspecialties:
        lines.append((labels.subspecialty, reviewer.subspecialties))
    return Fields(tuple((label, one_line(", ".join(values)) or labels.not_stated) for label, values in lines))


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


def refuse_what_would_be_misread(determination: Determination, wording: Wording) -> None:
    """Raise UnwritableText for a text with a label or heading that whoever reads the letter would take for the letter's own.

    A label may come to stand at the beginning of a line wherever it is, so it is refused wherever it is; but only labels that may still
    follow a field end it, so that a rationale may speak of a decision.
    """
    labels, sections = wording.labels, wording.sections
    headings = [sections.how_made.heading, sections.documents_reviewed.heading, sections.summary.heading, sections.issues.heading]
    header = [labels.case_number, labels.priority, labels.date_assigned, labels.date_of_injury, labels.decision_date]
    header += [labels.ur_denial_date, labels.application_received]
    credentials = [labels.licensure, labels.specialty, labels.subspecialty]
    fields = [labels.decision, labels.proposed, labels.category, labels.service, labels.original, labels.authorized, labels.disputed]
    fields += [labels.conclusion, labels.proposed_conclusion, labels.ur_basis, labels.reviewer_basis, labels.rationale]
    for path, text in (("case_number", determination.case_number), ("priority", determination.priority)):
        _refuse(path, text, header, headings)
    if determination.reviewer:
        for path, values in (
            ("reviewer.licensure", determination.reviewer.licensure),
            ("reviewer.specialties", determination.reviewer.specialties),
            ("reviewer.subspecialties", determination.reviewer.subspecialties),
        ):
            _refuse(path, ", ".join(values), credentials, headings)
    for index, document in enumerate(determination.documents_reviewed or ()):
        _refuse(f"documents_reviewed[{index}]", document, [], headings)
    _refuse("patient.sex", determination.sex, [labels.patient], headings)
    _refuse("summary", determination.summary, [], headings)
    opening = next(iter(paragraphs(determination.summary or "")), "")
    if isinstance(opening, str) and opening.startswith(f"{labels.patient}:"):
        _refuse("summary", opening, [labels.patient], [])
    for index, request in enumerate(determination.requests):
        path = f"requests[{index}]"
        following = iter(
            (
                ("text", request.text, 0),
                ("category", request.category, 2),
                ("original", request.original, 5),
                ("authorized", request.authorized, 6),
                ("disputed", request.disputed, 7),
                ("conclusion", request.conclusion, 9),
                ("ur_basis.text", request.ur_basis.text if request.ur_basis else None, 10),
                ("reviewer_basis.text", request.reviewer_basis.text if request.reviewer_basis else None, 11),
            )
        )
        for name, text, after in following:
            _refuse(f"{path}.{name}", text, fields[after:], headings)
        _refuse(f"{path}.rationale", request.rationale, [], [*headings, sections.notice.heading])
    item = re.compile(rf"{re.escape(labels.item)}\s+\d+\s+{re.escape(labels.of)}\s+\d+:")
    for path, text in _free_texts(determination):
        if found := item.search(text):
            _refused(path, found.group())


def _free_texts(determination: Determination) -> Iterator[tuple[str, str]]:
    yield "summary", determination.summary or ""
    for index, request in enumerate(determination.requests):
        for name in ("text", "original", "authorized", "disputed", "rationale"):
            yield f"requests[{index}].{name}", one_line(getattr(request, name) or "")
        for name, basis in (("ur_basis", request.ur_basis), ("reviewer_basis", request.reviewer_basis)):
            yield f"requests[{index}].{name}.text", one_line(basis.text) if basis else ""


def _refuse(path: str, text: str | None, labels: list[str], headings: list[str]) -> None:
    if not text:
        return
    flat = one_line(text)
    for label in labels:
        if re.search(rf"(?<!\S){re.escape(label)}:", flat):
            _refused(path, f"{label}:")
    for part in paragraphs(text):
        for heading in headings:
            if heading.lower() in ((part.lower(),) if isinstance(part, str) else [entry.lower() for entry in part]):
                _refused(path, heading)


def _refused(path: str, what: str) -> None:
    raise UnwritableText(f"{path}: '{what}' would be read as part of the letter itself: word it differently")
