"""A case as its folder tells it."""

from __future__ import annotations

import datetime
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

from openimr.determinations import Request, Reviewer
from openimr.library import Place, YamlError, parse, read_model

from ._model import CaseModel, DatesModel, PartiesModel, PatientModel, UrDecisionModel

_NAME = "case.yaml"


class CaseError(YamlError):
    """A case cannot be opened; the message gives file, line and mend."""


@dataclass(frozen=True, slots=True)
class Patient:
    """The injured worker, as far as a letter may say; the age in years as stated, not worked out."""

    age: int | None = None
    sex: str | None = None
    date_of_birth: date | None = None


@dataclass(frozen=True, slots=True)
class Parties:
    """Who has a stake in the case."""

    employee: str | None = None
    employer: str | None = None
    claims_administrator: str | None = None
    ur_organization: str | None = None
    ur_reviewer: str | None = None
    requesting_physician: str | None = None
    treating_physicians: tuple[str, ...] = ()
    facilities: tuple[str, ...] = ()
    attorney: str | None = None
    manufacturers: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class UrDecision:
    """The utilization review decision under dispute: its date, reasons and the text that names its guidelines."""

    date: datetime.date | None = None
    reasons: str | None = None
    basis: str | None = None


@dataclass(frozen=True, slots=True)
class RecordedStudy:
    """A study put forward in a case, for the request of that number or (None) for all; the fields are those of `case.yaml`."""

    citation: str
    question: str
    supports: str
    level: str | None = None
    score: float | None = None
    applicable: bool | None = None
    why: str | None = None
    bias: tuple[str, ...] = ()
    recorded_by: str = "reviewer"
    request: int | None = None


@dataclass(frozen=True)
class Case:
    """A case: its dates (only those known, by key), parties, requests and folder. `requests` are undecided, numbered from 1.

    The utilization review decision's own date stands in for a missing `ur_denial_date`: they are one day under two names.
    """

    folder: Path
    program: str
    requests: tuple[Request, ...]
    case_number: str | None = None
    priority: str | None = None
    track: str | None = None
    dates: Mapping[str, date] = field(default_factory=dict)
    ur_service: str | None = None
    patient: Patient = Patient()
    parties: Parties = Parties()
    reviewer: Reviewer | None = None
    ur_decision: UrDecision | None = None
    studies: tuple[RecordedStudy, ...] = ()
    lines: Mapping[str, int] = field(default_factory=dict)

    @property
    def file(self) -> Path:
        """The case's case.yaml."""
        return self.folder / _NAME

    @property
    def records(self) -> Path:
        """The folder of the case's records; it need not exist."""
        return self.folder / "records"

    def line(self, key: str) -> int:
        """Return the line of case.yaml where a key such as "dates.ur_denial_date" stands; of one not written, its parent's, or 1."""
        while key and key not in self.lines:
            key = key.rpartition(".")[0]
        return self.lines.get(key, 1)

    def place(self, key: str) -> Place:
        """Return file and line of a key, for a message about it."""
        return Place(str(self.file), self.line(key))


def load_case(folder: Path) -> Case:
    """Return the case whose case.yaml lies in the folder.

    Raises CaseError with file, line and mend when the folder or file is missing or unreadable, or the file is not a case.
    """
    file = folder / _NAME
    _must_be_there(folder, file)
    try:
        text = file.read_text(encoding="utf-8")
        model = read_model(file, CaseModel, CaseError, shown_as=str(file))
    except UnicodeDecodeError:
        raise CaseError(Place(str(file), 1), "not UTF-8 text: save it as UTF-8") from None
    except OSError as error:
        raise CaseError(Place(str(file), 1), f"cannot be read ({error.strerror}): make the file readable") from None
    _, lines = parse(text, str(file))
    _nothing_lost_to_a_comment(text.splitlines(), lines, file)
    return _case(folder, model, {".".join(str(part) for part in path): line for path, line in lines.items() if path})


def _must_be_there(folder: Path, file: Path) -> None:
    if not folder.exists():
        raise CaseError(Place(str(folder), 1), "no such folder: name the folder that holds case.yaml and records/")
    if not folder.is_dir():
        raise CaseError(Place(str(folder), 1), "not a folder: name the folder that holds case.yaml and records/")
    if not file.is_file():
        raise CaseError(Place(str(file), 1), "missing: add it with at least 'program' and 'requests'")


_QUANTITY_AS_COMMENT = re.compile(r""":\s+[^\s'"|>].*?\s#\s?\d""")
_PROSE = ("text", "original", "authorized", "reasons", "basis")


def _nothing_lost_to_a_comment(rows: Sequence[str], lines: Mapping[tuple[str | int, ...], int], file: Path) -> None:
    """Refuse an unquoted "Amrix 15mg #14": YAML takes what follows the sign for a comment, and the quantity would be gone."""
    for path, line in lines.items():
        if path and path[-1] in _PROSE and _QUANTITY_AS_COMMENT.search(rows[line - 1]):
            what = f"{'.'.join(map(str, path))}: what follows '#' is lost as a comment: put the text in quotes"
            raise CaseError(Place(str(file), line), what)


def _case(folder: Path, model: CaseModel, lines: dict[str, int]) -> Case:
    dates = _dates(model.dates)
    decision = _ur_decision(model.ur_decision)
    if decision and decision.date:
        denied = dates.setdefault("ur_denial_date", decision.date)
        lines.setdefault("dates.ur_denial_date", lines["ur_decision.date"])
        if denied != decision.date:
            what = f"ur_decision.date: {decision.date} and dates.ur_denial_date {denied} differ: keep the date of the disputed decision"
            raise CaseError(Place(str(folder / _NAME), lines["ur_decision.date"]), what)
    reviewer = model.reviewer
    return Case(
        folder=folder,
        program=model.program,
        requests=tuple(
            Request(number, each.text, original=each.original, authorized=each.authorized, disputed=each.text)
            for number, each in enumerate(model.requests, start=1)
        ),
        case_number=model.case_number,
        priority=model.priority,
        track=model.track,
        dates=dates,
        ur_service=model.ur_service,
        patient=_patient(model.patient),
        parties=_parties(model.parties),
        reviewer=Reviewer(reviewer.licensure, reviewer.specialties, reviewer.subspecialties) if reviewer else None,
        ur_decision=decision,
        studies=tuple(RecordedStudy(**dict(each)) for each in model.studies),
        lines=lines,
    )


def _dates(model: DatesModel | None) -> dict[str, date]:
    return {key: day for key, day in model if day is not None} if model else {}


def _ur_decision(model: UrDecisionModel | None) -> UrDecision | None:
    return UrDecision(model.date, model.reasons, model.basis) if model else None


def _patient(model: PatientModel | None) -> Patient:
    return Patient(model.age, model.sex, model.date_of_birth) if model else Patient()


def _parties(model: PartiesModel | None) -> Parties:
    return Parties(**dict(model)) if model else Parties()


def case_schema() -> dict[str, Any]:
    """Return the JSON Schema of case.yaml."""
    return CaseModel.model_json_schema()
