"""Whether a letter holds what a determination must contain, rests on records, and comes from a reviewer who knows the field."""

from __future__ import annotations

from collections.abc import Iterator

from ._defect import Named, Severity
from ._desk import Desk
from ._parts import Beside, Item, Letter

_LONG = 45  # words; a rationale as long as that says something of the case


def missing(letter: Letter, beside: Beside, _desk: Desk) -> Iterator[Named]:
    """Name the required contents that are not there (8 CCR 9792.10.6(d); the reviewer's qualifications: LC 4610.6(f))."""
    found = letter.determination
    if found.reviewer is None or not found.reviewer.specialties:
        yield Named("contents.missing", "The reviewer's specialty is not stated.")
    if not found.summary:
        yield Named("contents.missing", "There is no clinical case summary: the employee's medical condition is not told.")
    if not letter.items:
        yield Named("contents.missing", "No disputed treatment with a decision is found.")
    for item in letter.items:
        for what in _lacking(item):
            yield Named("contents.missing", what, item.number, item.heading.place(0, len(item.heading.text)))
        basis = item.request.reviewer_basis
        if basis is not None and basis.stated_none and item.reviewer_basis is not None and not _cites(item):
            yield Named(
                "contents.no_evidence",
                "The reviewer cites no guideline or study, and the rationale names none.",
                item.number,
                item.reviewer_basis.place(0, len(item.reviewer_basis.text)),
            )
    if not found.documents_reviewed:
        # published letters never carry the list: it names who wrote the records
        severity = Severity.INFORMATION if beside.published else None
        yield Named("contents.documents", "The documents reviewed are not listed.", severity=severity)
    if found.age is None and found.sex is None:
        yield Named("contents.patient", "Neither age nor sex of the injured worker is told.")
    for warning in found.warnings:
        if warning.code == "dates.order":
            yield Named("contents.dates", f"{warning.message[:1].upper()}{warning.message[1:]}.", None, warning.span)


def _lacking(item: Item) -> Iterator[str]:
    request = item.request
    if request.decision is None and request.proposed is None:
        yield "The item has no decision."
    if not request.rationale:
        yield "The item has no rationale: the clinical reasons are not given."
    elif item.rationale is not None and not item.desk.words.depends.search(item.rationale.text) and not _reasons(item):
        yield "The rationale gives no clinical reasons: it says nothing of this case."
    if request.reviewer_basis is None:
        yield "The item does not say which guideline or evidence the reviewer relies on."


def _reasons(item: Item) -> bool:
    """Whether a rationale says anything of the case besides what a guideline says and its conclusion; a long one does."""
    if item.rationale is None or len(item.rationale.text.split()) >= _LONG:
        return True
    return any(each != item.concluding and not item.desk.words.recital.search(each.text) for each in item.rationale.sentences)


def _cites(item: Item) -> bool:
    return item.rationale is not None and bool(item.desk.grammar.parse(item.rationale.text).citations)


def ur_letter_alone(letter: Letter, _beside: Beside, desk: Desk) -> Iterator[Named]:
    """Name a letter whose summary or rationales rest on the utilization review letter and say that no record was there."""
    parts = [(None, letter.summary), *((item.number, item.rationale) for item in letter.items)]
    leans = any(part is not None and desk.words.from_ur.search(part.text) for _, part in parts)
    for number, part in parts:
        for said in part.sentences if part else ():
            alone = desk.words.no_records.search(said.text)
            only = desk.words.ur_only.search(said.text)
            if part is not None and ((alone and leans) or only):
                yield Named(
                    "record.ur_letter_alone",
                    "The decision rests on the utilization review letter alone: no medical record was considered.",
                    number,
                    part.place(said.start, said.end),
                )
                return


def specialty(letter: Letter, _beside: Beside, desk: Desk) -> Iterator[Named]:
    """Name a reviewer none of whose specialties is near to any of the treatments; a specialty the library does not know is near to all."""
    reviewer = letter.determination.reviewer
    if reviewer is None or not reviewer.specialties:
        return
    known = [desk.specialty(each) for each in reviewer.specialties]
    if any(each is None for each in known) or not any(item.treatments for item in letter.items):
        return
    for item in letter.items:
        regions = {site.region for site in item.asked.sites}
        for each in known:
            if each is None or not item.treatments or each.near(item.treatments, regions, desk.vocabulary):
                return
    start = letter.text.find(reviewer.specialties[0])
    place = (start, start + len(reviewer.specialties[0])) if start >= 0 else None
    names = ", ".join(reviewer.specialties)
    yield Named("reviewer.specialty", f"None of the treatments is of the reviewer's field ({names}).", None, place)
