"""A program's statutory rules: which date and standard govern, which dates cannot be, what a determination must hold."""

from __future__ import annotations

import datetime
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from itertools import pairwise

from openimr.library import Mark

Dates = Mapping[str, date | None]


class NoGoverningDate(Exception):
    """No date is known by which the rules could be chosen; the message names the dates of which one must be given."""


class Severity(StrEnum):
    """Whether a date cannot be (fault) or is merely unlikely (warning)."""

    FAULT = "fault"
    WARNING = "warning"


@dataclass(frozen=True, slots=True)
class CaseDate:
    """What a date of a case is called; `not_before`, with its source, is the day before which there was no such thing."""

    key: str
    name: str
    not_before: date | None = None
    citation: str | None = None
    mark: Mark | None = None


@dataclass(frozen=True, slots=True)
class NecessityStandard:
    """The test of medical necessity in one version: in force `start` to `end` (both included, None: still in force).

    `rungs` is the order of evidence, `how` the way it is applied; `dates_mark` says how well the dates are known.
    """

    id: str
    start: date
    end: date | None
    how: str
    rungs: tuple[str, ...]
    citation: str
    mark: Mark
    dates_mark: Mark


@dataclass(frozen=True, slots=True)
class Trigger:
    """A date that an edition of a guideline goes by, when it says so itself: the first known of `dates`."""

    name: str
    dates: tuple[str, ...]
    used_by: str
    citation: str
    mark: Mark


@dataclass(frozen=True, slots=True)
class RequiredContent:
    """One thing a determination must hold."""

    id: str
    what: str
    citation: str
    mark: Mark


@dataclass(frozen=True, slots=True)
class RequiredRecord:
    """A record every case file must hold: any of `kinds`; with `months` one dated within so many months before the case's date `before`."""

    what: str
    kinds: tuple[str, ...]
    citation: str
    mark: Mark
    months: int | None = None
    before: str | None = None


@dataclass(frozen=True, slots=True)
class Governing:
    """The date the rules are chosen by, why, which other dates could have been argued for, and the standard of that day."""

    date: datetime.date
    chosen_because: str
    alternatives: tuple[tuple[str, datetime.date], ...]
    standard: NecessityStandard
    standard_because: str


@dataclass(frozen=True, slots=True)
class DateProblem:
    """Something wrong with the date `key` of a case, and how to mend it."""

    key: str
    what: str
    mend: str
    severity: Severity

    def __str__(self) -> str:
        """Print as one line: key, what is wrong, what to do."""
        return f"{self.key}: {self.what}: {self.mend}"


@dataclass(frozen=True)
class Program:
    """A program's rules as the library states them, each with its source and mark."""

    id: str
    name: str
    authority: str
    citation: str
    mark: Mark
    dates: Mapping[str, CaseDate]
    plausible: tuple[date, date]
    chain: tuple[str, ...]
    chain_citation: str
    governing_order: tuple[str, ...]
    governing_citation: str
    governing_mark: Mark
    triggers: Mapping[str, Trigger]
    standards: tuple[NecessityStandard, ...]
    standard_by: tuple[str, ...]
    required_contents: tuple[RequiredContent, ...]
    required_records: tuple[RequiredRecord, ...] = ()

    def governing(self, dates: Dates, on: date | None = None) -> Governing:
        """Return the governing date: `on` if given, else the first known date of the program's order.

        Raises NoGoverningDate when neither is known or no version of the standard was in force.
        """
        known = {key: day for key, day in dates.items() if day is not None}
        if on is not None:
            key, day, because = "", on, "given for this review, in place of the dates of the case"
        else:
            key = next((key for key in self.governing_order if key in known), "")
            if not key:
                raise NoGoverningDate(f"no date to judge by: give dates.{' or dates.'.join(self.governing_order)}, or a date with --on")
            day, because = known[key], self.dates[key].name
        alternatives = tuple(
            (self.dates[name].name, other) for name, other in known.items() if name in self._arguable and name != key and other != day
        )
        standard, standard_because = self._standard(known, day, because, overridden=on is not None)
        return Governing(day, because, alternatives, standard, standard_because)

    def own_dates(self, dates: Dates) -> dict[str, date]:
        """Return the dates editions may go by themselves, by trigger; for one the case does not give the governing date stands in."""
        found = {name: next(filter(None, map(dates.get, one.dates)), None) for name, one in self.triggers.items()}
        return {name: day for name, day in found.items() if day is not None}

    def check_dates(self, dates: Dates) -> tuple[DateProblem, ...]:
        """Return what is wrong with a case's dates: a date that cannot be is a fault, one out of order or too early a warning."""
        known = {key: day for key, day in dates.items() if day is not None}
        impossible = [key for key, day in known.items() if not self.plausible[0] <= day <= self.plausible[1]]
        problems = [self._impossible(key, known[key]) for key in impossible]
        sound = {key: day for key, day in known.items() if key not in impossible}
        problems += [problem for key, day in sound.items() if (problem := self._too_early(key, day))]
        chained = [key for key in self.chain if key in sound]
        for earlier, later in pairwise(chained):
            if sound[later] < sound[earlier]:
                problems.append(self._out_of_order(earlier, later, sound))
        return tuple(problems)

    @property
    def _arguable(self) -> frozenset[str]:
        of_triggers = {key for trigger in self.triggers.values() for key in trigger.dates}
        return frozenset({*self.governing_order, *of_triggers})

    def _standard(self, known: Mapping[str, date], day: date, because: str, *, overridden: bool) -> tuple[NecessityStandard, str]:
        key = None if overridden else next((key for key in self.standard_by if key in known), None)
        judged, why = (known[key], self.dates[key].name) if key else (day, because)
        for standard in self.standards:
            if standard.start <= judged and (standard.end is None or judged <= standard.end):
                return standard, why
        begun = self.standards[0].start.isoformat()
        raise NoGoverningDate(f"{judged.isoformat()} ({why}) lies before {self.name} ({begun}): correct the date or give another with --on")

    def _impossible(self, key: str, day: date) -> DateProblem:
        first, last = self.plausible
        return DateProblem(
            key,
            f"{day.isoformat()} is not between {first.isoformat()} and {last.isoformat()}",
            "correct the year",
            Severity.FAULT,
        )

    def _too_early(self, key: str, day: date) -> DateProblem | None:
        about = self.dates.get(key)
        if about is None or about.not_before is None or day >= about.not_before:
            return None
        what = f"{day.isoformat()} lies before {about.not_before.isoformat()}, when {self.name} began ({about.citation})"
        return DateProblem(key, what, "check the date; such a dispute is not open to this review", Severity.WARNING)

    def _out_of_order(self, earlier: str, later: str, known: Mapping[str, date]) -> DateProblem:
        first, last = (f"{self.dates[key].name} ({known[key].isoformat()})" for key in (earlier, later))
        what = f"the {last} lies before the {first}"
        return DateProblem(later, what, "check both dates", Severity.WARNING)


def in_order(standards: Sequence[NecessityStandard]) -> tuple[NecessityStandard, ...]:
    """Return the versions by the day they came into force."""
    return tuple(sorted(standards, key=lambda standard: standard.start))
