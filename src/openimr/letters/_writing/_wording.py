"""What a letter says besides the case itself: a file of the library, in force by date."""

from __future__ import annotations

from collections.abc import Set
from datetime import date
from enum import StrEnum
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, model_validator

from openimr.library import Library, LibraryError, Mark, Place, read_model

_STRICT = ConfigDict(extra="forbid", frozen=True, hide_input_in_errors=True)
Text = Annotated[str, StringConstraints(min_length=1)]


class When(StrEnum):
    """What must hold of a determination for a statement to be printed."""

    ALWAYS = "always"
    DRAFT = "draft"
    ISSUED = "issued"
    REVIEWER = "reviewer"
    NO_REVIEWER = "no_reviewer"
    NO_DOCUMENTS = "no_documents"
    UPHELD = "upheld"
    OVERTURNED = "overturned"


class Statement(BaseModel):
    """One sentence or more of the letter, its condition, the days it is in force (both included) and the law behind it."""

    model_config = _STRICT

    text: Text
    when: When = When.ALWAYS
    since: date | None = Field(default=None, alias="from")
    until: date | None = None
    source: Text | None = None
    mark: Mark | None = None

    @model_validator(mode="after")
    def _whole(self) -> Statement:
        if (self.source is None) != (self.mark is None):
            raise ValueError("source and mark go together: give both or neither")
        if self.since and self.until and self.until < self.since:
            raise ValueError("until lies before from")
        return self

    def holds(self, conditions: Set[When], on: date) -> bool:
        """Tell whether the statement is in force on the day and its condition is among those that hold."""
        return self.when in conditions and (self.since is None or self.since <= on) and (self.until is None or on <= self.until)


class SectionWording(BaseModel):
    """A section of the letter: its heading, what requires it, and its statements in order."""

    model_config = _STRICT

    heading: Text
    source: Text
    mark: Mark
    statements: tuple[Statement, ...] = ()

    def said(self, conditions: Set[When], on: date) -> tuple[Statement, ...]:
        """Return the statements that are printed under these conditions on this day."""
        return tuple(statement for statement in self.statements if statement.holds(conditions, on))


class Labels(BaseModel):
    """The names of the letter's fields and the fixed words beside them."""

    model_config = _STRICT

    case_number: Text
    date_assigned: Text
    date_of_injury: Text
    decision_date: Text
    ur_denial_date: Text
    priority: Text
    application_received: Text
    licensure: Text
    specialty: Text
    subspecialty: Text
    patient: Text
    item: Text
    category: Text
    original: Text
    authorized: Text
    disputed: Text
    service: Text
    decision: Text
    proposed: Text
    upheld: Text
    overturned: Text
    no_proposal: Text
    not_decided: Text
    conclusion: Text
    proposed_conclusion: Text
    ur_basis: Text
    reviewer_basis: Text
    rationale: Text
    none_cited: Text
    not_stated: Text
    not_assigned: Text
    draft: Text
    case: Text
    page: Text
    of: Text
    continued: Text
    number: Text
    document: Text

    def of_header(self) -> dict[str, str]:
        """Return the labels of the header by the field they name, in the order they are printed."""
        names = ("case_number", "priority", "date_assigned", "date_of_injury", "decision_date", "ur_denial_date", "application_received")
        return {name: getattr(self, name) for name in names}

    def of_reviewer(self) -> dict[str, str]:
        """Return the labels of the reviewer's credentials by the field they name, in the order they are printed."""
        return {"licensure": self.licensure, "specialties": self.specialty, "subspecialties": self.subspecialty}

    def of_item(self) -> dict[str, tuple[str, ...]]:
        """Return the labels of a disputed item by the field they name, as printed; those of one field exclude each other."""
        return {
            "decision": (self.decision, self.proposed),
            "category": (self.category,),
            "timing": (self.service,),
            "original": (self.original,),
            "authorized": (self.authorized,),
            "disputed": (self.disputed,),
            "conclusion": (self.conclusion, self.proposed_conclusion),
            "ur_basis.text": (self.ur_basis,),
            "reviewer_basis.text": (self.reviewer_basis,),
            "rationale": (self.rationale,),
        }


class Sections(BaseModel):
    """The sections in the order a letter has them (required contents: 8 CCR 9792.10.6(d))."""

    model_config = _STRICT

    how_made: SectionWording
    documents_reviewed: SectionWording
    summary: SectionWording
    issues: SectionWording
    notice: SectionWording


class Wording(BaseModel):
    """The wording of one program's letters."""

    model_config = _STRICT

    program: Text
    title: Text
    labels: Labels
    sections: Sections


def open_wording(library: Library, program: str = "ca-dwc-imr") -> Wording:
    """Return the wording of a program's letters; an organization's own library comes after ours and so wins.

    Raises LibraryError with file, line and mend when the file is missing or wrong.
    """
    folder = f"programs/{program}"
    paths = [path for path in library.files(folder) if path.name == "letter.yaml"]
    if not paths:
        raise LibraryError(Place(f"{folder}/letter.yaml", 1), "the program has no wording for letters: add this file")
    return read_model(paths[-1], Wording, shown_as=library.shown(paths[-1]))
