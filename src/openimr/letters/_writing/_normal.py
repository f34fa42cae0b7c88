"""A determination as a letter carries it: what is left of each text when only what can be seen on paper counts."""

from __future__ import annotations

from dataclasses import replace

from openimr.determinations import Basis, Determination, Request, Reviewer
from openimr.sources import Grammar

from ._paper import one_line, paragraphs
from ._wording import Labels, Wording


def normal(determination: Determination, wording: Wording, grammar: Grammar) -> Determination:
    """Return the determination without its provenance (source, layout, warnings) and with each text as a letter prints it.

    Blanks are single, paragraphs parted by an empty line, entries of lists begin with a dash; the citations of a basis are those its text
    states; items are numbered from 1; the proposal is gone where a decision is. A letter that is written reads back as exactly this.
    """
    labels = wording.labels
    documents = tuple(filter(None, (one_line(document) for document in determination.documents_reviewed or ())))
    return replace(
        determination,
        source=None,
        layout=None,
        warnings=(),
        case_number=_said(determination.case_number, labels),
        priority=_said((determination.priority or "").capitalize(), labels),
        reviewer=_reviewer(determination.reviewer),
        sex=one_line(determination.sex or "") or None,
        documents_reviewed=documents or None,
        summary=text(determination.summary, labels),
        requests=tuple(_request(request, number, labels, grammar) for number, request in enumerate(determination.requests, start=1)),
    )


def text(value: str | None, labels: Labels) -> str | None:
    """Return the paragraphs of a text in their normal form, None when it says nothing."""
    parts = paragraphs(value or "")
    said = "\n\n".join(part if isinstance(part, str) else "\n".join(f"- {entry}" for entry in part) for part in parts)
    return said if said and said != labels.not_stated else None


def _said(value: str | None, labels: Labels) -> str | None:
    said = one_line(value or "")
    return said if said and said != labels.not_stated else None


def _reviewer(reviewer: Reviewer | None) -> Reviewer | None:
    if reviewer is None:
        return None
    return Reviewer(*(_listed(values) for values in (reviewer.licensure, reviewer.specialties, reviewer.subspecialties)))


def _listed(values: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(filter(None, one_line(", ".join(values)).split(", ")))


def _request(request: Request, number: int, labels: Labels, grammar: Grammar) -> Request:
    asked = _said(request.text, labels) or ""
    return replace(
        request,
        number=number,
        text=asked,
        original=_said(request.original, labels),
        authorized=_said(request.authorized, labels),
        disputed=_said(request.disputed, labels) or asked or None,
        category=_said(request.category, labels),
        timing=request.timing.lower() if request.timing else None,
        proposed=None if request.decision else request.proposed,
        ur_basis=_basis(request.ur_basis, labels, grammar),
        reviewer_basis=_basis(request.reviewer_basis, labels, grammar),
        rationale=text(request.rationale, labels),
        conclusion=_said(request.conclusion, labels),
    )


def _basis(basis: Basis | None, labels: Labels, grammar: Grammar) -> Basis | None:
    if basis is None:
        return None
    said = one_line(basis.text)
    if said and said not in (labels.not_stated, labels.none_cited):
        return Basis.read(said, grammar)
    return Basis("", stated_none=True) if basis.stated_none or said == labels.none_cited else None
