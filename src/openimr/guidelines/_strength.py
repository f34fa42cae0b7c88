"""Which of the recorded studies is the best available evidence, where recommendations disagree (8 CCR 9792.25.1; before, 9792.25)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, model_validator

from openimr.library import Library, LibraryError, Mark, Place, read_model

from ._format import SpanOfTime
from ._rule import Period

FILE = "strength.yaml"
_Text = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1)]


class Side(StrEnum):
    """What a study speaks for: the treatment as requested, or the recommendation of the guideline that governs."""

    REQUEST = "request"
    GUIDELINE = "guideline"


class _Entry(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, hide_input_in_errors=True)


class _Cell(_Entry):
    what: _Text | None = Field(default=None, alias="is")
    verified: Mark


class _Scored(_Entry):
    most: float
    intermediate: float
    high: float
    verified: Mark


class _MethodEntry(_Entry):
    id: _Text
    title: _Text
    cite: _Text
    in_force: SpanOfTime
    verified: Mark
    date_verified: Mark | None = None
    questions: dict[_Text, _Text] = Field(min_length=1)
    levels: dict[_Text, dict[_Text, _Cell]] = Field(min_length=1)
    low_bias: tuple[_Text, ...] = ()
    bias: tuple[_Text, ...] = ()
    scored: _Scored | None = None

    @model_validator(mode="after")
    def _whole(self) -> _MethodEntry:
        for level, cells in self.levels.items():
            if set(cells) != set(self.questions):
                raise ValueError(f"level {level} needs a cell for each of {', '.join(self.questions)}")
        if unknown := set(self.low_bias) - set(self.levels):
            raise ValueError(f"low_bias names {', '.join(sorted(unknown))}, which is no level")
        return self


class _File(_Entry):
    methods: tuple[_MethodEntry, ...] = Field(min_length=1)


@dataclass(frozen=True, slots=True)
class Method:
    """A way of weighing evidence: its levels, strongest first, with what each stands for by clinical question, and how well known."""

    id: str
    title: str
    cite: str
    in_force: Period
    mark: Mark
    questions: Mapping[str, str]
    levels: Mapping[str, Mapping[str, tuple[str | None, Mark]]]
    low_bias: tuple[str, ...]
    bias: tuple[str, ...]
    scored: tuple[float, float, float] | None

    def rank(self, level: str) -> int:
        """Return the place of a level, 0 for the strongest."""
        return list(self.levels).index(level)


@dataclass(frozen=True, slots=True)
class Study:
    """A study somebody recorded. `applicable` None: the reviewer has not judged it. `score` is for the older rating (0-11)."""

    citation: str
    question: str
    side: Side
    level: str | None = None
    score: float | None = None
    applicable: bool | None = None
    why: str | None = None
    bias: tuple[str, ...] = ()
    recorded_by: str = "reviewer"


@dataclass(frozen=True, slots=True)
class Weighed:
    """What comparing the studies of a request shows.

    `at_variance`: applicable studies stand on both sides. `best`: those of the highest level, all on one side, or none when that cannot be
    said; `side` is theirs. `notes` are sentences; `unverified` names the levels that were applied although their meaning was not seen.
    """

    method: Method
    studies: tuple[Study, ...]
    at_variance: bool
    best: tuple[Study, ...]
    side: Side | None
    notes: tuple[str, ...]
    unverified: tuple[str, ...]

    @property
    def binding(self) -> bool:
        """Whether it may bind: neither the method nor a level it applied is known from memory alone."""
        return self.method.mark.binding and not self.unverified


def load_methods(library: Library) -> tuple[Method, ...]:
    """Return the methods of the library by date; LibraryError with file, line and mend for a wrong file or two in force at once."""
    methods: list[Method] = []
    for path in library.files("guidelines"):
        if path.name != FILE:
            continue
        shown = library.shown(path)
        for entry in read_model(path, _File, shown_as=shown).methods:
            made = _method(entry)
            for other in methods:
                if made.in_force.meets(other.in_force):
                    raise LibraryError(Place(shown, 1), f"'{made.id}' and '{other.id}' are in force together: part their dates")
            methods.append(made)
    return tuple(sorted(methods, key=lambda method: method.in_force.first))


def _method(entry: _MethodEntry) -> Method:
    scored = entry.scored
    return Method(
        id=entry.id,
        title=entry.title,
        cite=entry.cite,
        in_force=Period(entry.in_force.first, entry.in_force.last),
        mark=Mark.MEMORY if Mark.MEMORY in (entry.verified, entry.date_verified) else entry.verified,
        questions=entry.questions,
        levels={level: {question: (cell.what, cell.verified) for question, cell in cells.items()} for level, cells in entry.levels.items()},
        low_bias=entry.low_bias,
        bias=entry.bias,
        scored=(scored.intermediate, scored.high, scored.most) if scored else None,
    )


def method_on(methods: Sequence[Method], on: date) -> Method | None:
    """Return the method in force on a day, None when none was."""
    return next((method for method in methods if method.in_force.holds(on)), None)


def weigh(studies: Sequence[Study], method: Method) -> Weighed:
    """Return which of the recorded studies is the best available evidence, and why.

    Only studies the reviewer found applicable count; without some on each side there is nothing at variance and the schedule applies. Of a
    tie nothing is chosen: the regulation gives no rule for one.
    """
    studies = [replace(study, level=_as_written(study.level, method)) for study in studies]
    notes = list(_problems(studies, method))
    sound = [study for study in studies if not list(_problems((study,), method))]
    counted = [study for study in sound if study.applicable]
    notes += _left_out(sound)
    if method.scored is not None:
        counted = _rated(counted, method)
    sides = {study.side for study in counted}
    at_variance = len(sides) > 1
    unverified = tuple(
        dict.fromkeys(
            f"level {study.level}, {study.question.replace('_', ' ')}"
            for study in counted
            if study.level and not method.levels[study.level][study.question][1].binding
        )
    )
    best: tuple[Study, ...] = ()
    if not counted:
        notes.append("No recorded study counts, so the schedule applies as it stands.")
    elif not at_variance:
        (side,) = sides
        other = "the guideline's recommendation" if side is Side.REQUEST else "the request"
        notes.append(f"All studies that count speak on one side; none that counts speaks for {other}, so nothing is at variance.")
    else:
        top = min(method.rank(study.level or "") for study in counted)
        first = tuple(study for study in counted if method.rank(study.level or "") == top)
        if len({study.side for study in first}) == 1:
            best = first
            speaks = "for the request" if best[0].side is Side.REQUEST else "for the guideline's recommendation"
            names = "; ".join(study.citation for study in best)
            notes.append(f"Best available evidence, level {best[0].level} ({method.cite}): {names}. It speaks {speaks}.")
        else:
            notes.append(
                f"On both sides the strongest study is of level {first[0].level}: a tie, for which {method.cite} gives no rule; "
                "the reviewer says which is followed and why."
            )
    if unverified:
        notes.append(f"What these stand for was not checked against the text: {', '.join(unverified)}.")
    return Weighed(method, tuple(studies), at_variance, best, best[0].side if best else None, tuple(notes), unverified)


def _as_written(level: str | None, method: Method) -> str | None:
    """The level in the method's own letters ("1A" is 1a)."""
    return next((each for each in method.levels if level is not None and each.lower() == level.lower()), level)


def _problems(studies: Sequence[Study], method: Method) -> Iterator[str]:
    """What keeps a study from being weighed, as sentences."""
    for study in studies:
        if study.question not in method.questions:
            known = ", ".join(method.questions)
            yield f"{study.citation}: question '{study.question}' is not one of {known} ({method.cite}); it is not counted."
        elif method.scored is None and study.level is None:
            yield f"{study.citation}: give its level, one of {', '.join(method.levels)} ({method.cite}); it is not counted."
        elif method.scored is None and study.level not in method.levels:
            yield f"{study.citation}: level '{study.level}' is not one of {', '.join(method.levels)} ({method.cite}); it is not counted."
        elif method.scored is not None and not (study.score is not None and 0 <= study.score <= method.scored[2]):
            yield f"{study.citation}: a score from 0 to {method.scored[2]:g} is needed ({method.title}); it is not counted."
        elif study.applicable is False and not study.why:
            yield f"{study.citation}: found not applicable without a reason; the decision has to give one ({method.cite})."
        elif study.bias and study.level in method.low_bias:
            bias = ", ".join(study.bias)
            yield f"{study.citation}: level {study.level} is for low bias, and bias is recorded ({bias}): give the level it then has."


def _left_out(studies: Sequence[Study]) -> Iterator[str]:
    for study in studies:
        if study.applicable is None:
            who = study.recorded_by.replace("_", " ")
            yield f"{study.citation} (recorded by the {who}): its applicability is not judged yet, so it does not count."
        elif study.applicable is False:
            yield f"{study.citation}: not applicable, so it neither supports nor denies: {study.why}."


def _rated(studies: Sequence[Study], method: Method) -> list[Study]:
    """Give the studies of each side the rating of their side, by how many score high or intermediate."""
    intermediate, high, _ = method.scored or (0.0, 0.0, 0.0)
    a, b, c, insufficient = method.levels
    out: list[Study] = []
    for side in Side:
        own = [study for study in studies if study.side is side]
        highs = sum((study.score or 0) >= high for study in own)
        middles = sum(intermediate <= (study.score or 0) < high for study in own)
        level = a if highs > 1 else b if highs or middles > 1 else c if middles else insufficient
        out += [replace(study, level=level) for study in own]
    return out
