"""What a check names: a defect of a letter with its place, its weight and the rule it touches."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from openimr.sources import Span

Place = tuple[int, int]


class Severity(StrEnum):
    """How much a defect weighs: the letter must not leave with an error; a warning is to be looked at; information merely tells."""

    ERROR = "error"
    WARNING = "warning"
    INFORMATION = "information"


@dataclass(frozen=True, slots=True)
class Defect:
    """Something wrong with a letter.

    `span` gives characters of the letter's text (None: something is not there), `against` the places of the letter it disagrees with,
    `record` the passages of the case file it disagrees with. `item` is the number of the disputed item, `ground` the rule or the ground
    of appeal (LC 4610.6(h)) it touches.
    """

    code: str
    severity: Severity
    message: str
    ground: str
    item: int | None = None
    span: Place | None = None
    quote: str = ""
    against: tuple[Place, ...] = ()
    record: tuple[Span, ...] = ()


@dataclass(frozen=True, slots=True)
class Named:
    """A defect by its code, in one sentence, with its place; `severity` only where it weighs otherwise than such defects do."""

    code: str
    message: str
    item: int | None = None
    span: Place | None = None
    against: tuple[Place, ...] = ()
    record: tuple[Span, ...] = ()
    severity: Severity | None = None


def line_column(text: str, place: Place) -> str:
    """Return where a place of a letter's text begins as "line:column", both from 1; a form feed begins no line."""
    start = place[0]
    return f"{text.count(chr(10), 0, start) + 1}:{start - text.rfind(chr(10), 0, start)}"


def tally(defects: Iterable[Defect]) -> str:
    """Return how many defects there are of each weight, heaviest first: "2 errors, 1 warning"; "nothing found" for none."""
    weights = Counter(defect.severity for defect in defects)
    return ", ".join(_counted(weights[severity], severity) for severity in Severity if weights[severity]) or "nothing found"


def _counted(number: int, severity: Severity) -> str:
    plural = "" if number == 1 or severity is Severity.INFORMATION else "s"
    return f"{number} {severity}{plural}"
