"""A Final Determination, issued or draft, as data."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from openimr.sources import Citation, Grammar


class Decision(StrEnum):
    """What the letter says of one treatment request: the denial stands, or the treatment is necessary."""

    UPHELD = "upheld"
    OVERTURNED = "overturned"


class Outcome(StrEnum):
    """What the decisions of a case come to together."""

    UPHELD = "upheld"
    OVERTURNED = "overturned"
    PARTIALLY_OVERTURNED = "partially_overturned"


class Conclusion(StrEnum):
    """What an assessment of one treatment request comes to; it proposes, it never decides."""

    NECESSARY = "Necessary"
    NOT_NECESSARY = "NotNecessary"
    NOT_ESTABLISHED = "NotEstablished"
    NO_GUIDELINE = "NoGuideline"

    @property
    def proposed(self) -> Decision | None:
        """The decision this proposes; NoGuideline proposes nothing, for silence alone never denies."""
        if self is Conclusion.NO_GUIDELINE:
            return None
        return Decision.OVERTURNED if self is Conclusion.NECESSARY else Decision.UPHELD


@dataclass(frozen=True, slots=True)
class Basis:
    """The guidelines one side relies on, its text whole as printed and the citations read from it."""

    text: str
    stated_none: bool = False
    outside_mtus: bool = False
    citations: tuple[Citation, ...] = ()

    @classmethod
    def read(cls, text: str, grammar: Grammar) -> Basis:
        """Return the basis a text states, with the citations the grammar finds in it."""
        cited = grammar.parse(text)
        return cls(text, cited.stated_none, cited.outside_mtus, cited.citations)


@dataclass(frozen=True, slots=True)
class Reviewer:
    """The reviewer's credentials. There is no field for a name: reviewers stay anonymous (LC 4610.6(f))."""

    licensure: tuple[str, ...] = ()
    specialties: tuple[str, ...] = ()
    subspecialties: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Request:
    """One disputed treatment request with its decision; `decision` is None until a reviewer decides."""

    number: int
    text: str
    original: str | None = None
    authorized: str | None = None
    disputed: str | None = None
    category: str | None = None
    timing: str | None = None
    dates_of_service: tuple[date, ...] = ()
    decision: Decision | None = None
    proposed: Decision | None = None
    ur_basis: Basis | None = None
    reviewer_basis: Basis | None = None
    rationale: str | None = None
    conclusion: str | None = None


@dataclass(frozen=True, slots=True)
class LetterWarning:
    """Something noticed while reading or drafting; `span` gives characters of the source text, if any."""

    code: str
    message: str
    span: tuple[int, int] | None = None


@dataclass(frozen=True, slots=True)
class Determination:
    """A Final Determination: header dates, credentials, documents, summary and one entry a treatment request."""

    source: str | None = None
    program: str = "ca-dwc-imr"
    layout: str | None = None
    case_number: str | None = None
    priority: str | None = None
    date_of_injury: date | None = None
    ur_denial_date: date | None = None
    application_received: date | None = None
    date_assigned: date | None = None
    decision_date: date | None = None
    reviewer: Reviewer | None = None
    age: int | None = None
    sex: str | None = None
    documents_reviewed: tuple[str, ...] | None = None
    summary: str | None = None
    requests: tuple[Request, ...] = ()
    warnings: tuple[LetterWarning, ...] = ()

    @property
    def outcome(self) -> Outcome | None:
        """The case's outcome, None while any request is undecided."""
        decisions = {request.decision for request in self.requests}
        if not decisions or None in decisions:
            return None
        if len(decisions) == 2:
            return Outcome.PARTIALLY_OVERTURNED
        return Outcome.UPHELD if Decision.UPHELD in decisions else Outcome.OVERTURNED
