"""The common shape of layouts: what each one hands over, and what every letter is checked for once it is read."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from itertools import pairwise

from openimr.determinations import Determination, LetterWarning, Request, Reviewer
from openimr.sources import Grammar

from ._dates import IN_ORDER
from ._source import Place, Source


@dataclass
class Found:
    """What a layout read: the parts of a determination, and the place of each by its path in the JSON of the contract."""

    layout: str
    spans: dict[str, Place] = field(default_factory=dict)
    case_number: str | None = None
    priority: str | None = None
    dates: dict[str, date] = field(default_factory=dict)
    reviewer: Reviewer | None = None
    age: int | None = None
    sex: str | None = None
    documents_reviewed: tuple[str, ...] | None = None
    summary: str | None = None
    requests: list[Request] = field(default_factory=list)
    warnings: list[LetterWarning] = field(default_factory=list)

    def warn(self, code: str, message: str, place: Place | None = None) -> None:
        """Note something a reader of the letter should know; nothing is corrected for it."""
        self.warnings.append(LetterWarning(code, message, place))


@dataclass(frozen=True, slots=True)
class Layout:
    """One layout of letters: its name, whether it is known from descriptions only, how it is recognised and read.

    `fits` gets the text and says whether it is in this layout. `marks` are the headings a text can be told by in part, for the message
    about a letter whose layout is unknown.
    """

    name: str
    described: bool
    marks: tuple[str, ...]
    fits: Callable[[Source], bool]
    read: Callable[[Source, Grammar], Found]


@dataclass(frozen=True, slots=True)
class Reading:
    """A letter that was read: the determination, the text it was read from, and the place in it of every field by its path.

    Places are characters of `text`, from 0, the end excluded; paths are those of the JSON of the contract (`requests[0].rationale`).
    """

    determination: Determination
    text: str
    spans: Mapping[str, Place]


@dataclass(frozen=True, slots=True)
class NotALetter:
    """A text that is no Final Determination in a known layout; `recognised` are the marks of one it has all the same."""

    source: str | None
    reason: str
    recognised: tuple[str, ...] = ()


def checked(found: Found) -> None:
    """Warn of dates out of their order and of parts every letter has that this one lacks."""
    known = [name for name in IN_ORDER if name in found.dates]
    for earlier, later in pairwise(known):
        if found.dates[earlier] > found.dates[later]:
            found.warn(
                "dates.order",
                f"{_words(earlier)} ({found.dates[earlier].isoformat()}) lies after {_words(later)} ({found.dates[later].isoformat()})",
                found.spans.get(later),
            )
    if not found.requests:
        found.warn("requests.none", "no disputed item was found")
    for index, request in enumerate(found.requests):
        missing = [
            name
            for name, value in (
                ("decision", request.decision or request.proposed),
                ("Claims Administrator guideline", request.ur_basis),
                ("reviewer's guideline", request.reviewer_basis),
                ("rationale", request.rationale),
            )
            if value is None
        ]
        if missing:
            found.warn(
                "request.missing", f"item {request.number} has no {', no '.join(missing)}", found.spans.get(f"requests[{index}].text")
            )


def finished(found: Found, source: str | None, program: str) -> Determination:
    """Return the determination the parts make."""
    return Determination(
        source=source,
        program=program,
        layout=found.layout,
        case_number=found.case_number,
        priority=found.priority,
        **found.dates,
        reviewer=found.reviewer,
        age=found.age,
        sex=found.sex,
        documents_reviewed=found.documents_reviewed,
        summary=found.summary,
        requests=tuple(found.requests),
        warnings=tuple(found.warnings),
    )


def _words(name: str) -> str:
    return name.replace("_", " ").replace("ur ", "UR ")
