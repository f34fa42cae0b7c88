"""Texts that whoever reads a letter would take for the letter's own labels and headings."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from itertools import chain

from openimr.determinations import Determination, Request

from ._paper import one_line, paragraphs
from ._wording import Labels, Wording


class UnwritableText(ValueError):
    """A text would be read back as something else than it is, a label or heading of the letter; the message says where and what to do."""


def refuse_misread(determination: Determination, wording: Wording) -> None:
    """Raise UnwritableText for a text with a label or heading that whoever reads the letter would take for the letter's own.

    A label may come to stand at the beginning of a line wherever it is, so it is refused wherever it is; but only labels that may still
    follow a field end it, so that a rationale may speak of a decision.
    """
    labels, sections = wording.labels, wording.sections
    headings = {getattr(sections, name).heading.lower() for name in type(sections).model_fields}
    item = re.compile(rf"{re.escape(labels.item)}\s+\d+\s+{re.escape(labels.of)}\s+\d+:")
    for path, text, following in _texts(determination, labels):
        flat = one_line(text)
        for label in following:
            if re.search(rf"(?<!\S){re.escape(label)}:", flat):
                _refuse(path, f"{label}:")
        if found := item.search(flat):
            _refuse(path, found.group())
        for line in chain.from_iterable((part,) if isinstance(part, str) else part for part in paragraphs(text)):
            if line.lower() in headings:
                _refuse(path, line)
    opening = one_line(determination.summary or "")
    if opening.startswith(f"{labels.patient}:"):
        _refuse("summary", f"{labels.patient}:")


def _texts(determination: Determination, labels: Labels) -> Iterator[tuple[str, str, Iterable[str]]]:
    """Every text of a letter: its path, what it says, and the labels that may follow it before the next section."""
    reviewer = determination.reviewer
    yield "case_number", determination.case_number or "", labels.of_header().values()
    yield "priority", determination.priority or "", labels.of_header().values()
    for name in labels.of_reviewer() if reviewer else ():
        yield f"reviewer.{name}", ", ".join(getattr(reviewer, name)), labels.of_reviewer().values()
    for index, document in enumerate(determination.documents_reviewed or ()):
        yield f"documents_reviewed[{index}]", document, ()
    yield "patient.sex", determination.sex or "", (labels.patient,)
    yield "summary", determination.summary or "", ()
    for index, request in enumerate(determination.requests):
        for name, text, following in _of_item(request, labels):
            yield f"requests[{index}].{name}", text, following


def _of_item(request: Request, labels: Labels) -> Iterator[tuple[str, str, Iterable[str]]]:
    fields = labels.of_item()
    said = {
        "category": request.category,
        "original": request.original,
        "authorized": request.authorized,
        "disputed": request.disputed,
        "conclusion": request.conclusion,
        "ur_basis.text": request.ur_basis.text if request.ur_basis else None,
        "reviewer_basis.text": request.reviewer_basis.text if request.reviewer_basis else None,
        "rationale": request.rationale,
    }
    yield "text", request.text, chain.from_iterable(fields.values())
    for at, name in enumerate(fields, start=1):
        yield name, said.get(name) or "", chain.from_iterable(list(fields.values())[at:])


def _refuse(path: str, what: str) -> None:
    raise UnwritableText(f"{path}: '{what}' would be read as part of the letter itself: word it differently")
