"""Rules as values: sources, dated parameters, conditions, criteria; ready to be held against what is known."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from openimr.library import Mark
from openimr.sources import Citation


class Stance(StrEnum):
    """What a guideline says of a treatment; every stance is rebuttable."""

    FOR = "for"
    CONDITIONAL = "conditional"
    AGAINST = "against"
    SILENT = "silent"


class Role(StrEnum):
    """What a criterion is for in its rule."""

    INCLUSION = "inclusion"
    EXCLUSION = "exclusion"
    LIMIT = "limit"
    DOCUMENTATION = "documentation"
    DEPENDENCY = "dependency"


class OnMissing(StrEnum):
    """What silence of the record means for one criterion."""

    UNKNOWN = "unknown"
    MET = "met"
    NOT_MET = "not_met"


class State(StrEnum):
    """How a criterion stands. NotDocumented is silence, never a no; NotApplicable is not Met."""

    MET = "Met"
    NOT_MET = "NotMet"
    NOT_DOCUMENTED = "NotDocumented"
    CONFLICTING = "Conflicting"
    NOT_APPLICABLE = "NotApplicable"


class Mode(StrEnum):
    """Advisory shows all that is known; binding lets nothing known from memory alone decide."""

    ADVISORY = "advisory"
    BINDING = "binding"


NO_DAYS: Mapping[str, date] = {}


@dataclass(frozen=True, slots=True)
class Period:
    """First and last day in force, both included; no last day: still in force."""

    first: date
    last: date | None = None

    def holds(self, on: date) -> bool:
        """Tell whether the day lies within."""
        return self.first <= on and (self.last is None or on <= self.last)

    def meets(self, other: Period) -> bool:
        """Tell whether the two have a day in common."""
        return (other.last is None or self.first <= other.last) and (self.last is None or other.first <= self.last)

    def __str__(self) -> str:
        """Print as "2009-07-18 to 2016-07-27" or "since 2017-12-01"."""
        return f"{self.first} to {self.last}" if self.last else f"since {self.first}"


@dataclass(frozen=True, slots=True)
class Value:
    """A parameter's value from `since` on. `number` None: the text gives none; `stand_in` is then ours and `note` says why."""

    since: date
    number: float | None
    stated_as: str | None
    stand_in: float | None
    note: str | None
    citation: Citation
    mark: Mark
    seen_in: tuple[str, ...] = ()

    @property
    def used(self) -> float | None:
        """The number comparisons use: the text's own, else the stand-in."""
        return self.number if self.number is not None else self.stand_in


@dataclass(frozen=True, slots=True)
class Parameter:
    """A number of a guideline by date; `op` compares a measured value with it; values are ordered by date."""

    name: str
    unit: str
    op: str | None
    values: tuple[Value, ...]

    def on(self, day: date) -> Value | None:
        """Return the value in force on a day, None before the first."""
        return next((value for value in reversed(self.values) if value.since <= day), None)


@dataclass(frozen=True, slots=True)
class Definition:
    """How a derived fact follows from others; `otherwise` is asked when `test` cannot tell, and `note` says so.

    Of a fact records state themselves a test that holds is proof, and one that fails (`one_way`) proves nothing.
    """

    test: Node
    otherwise: Node | None = None
    note: str = ""
    one_way: bool = False


@dataclass(frozen=True, slots=True)
class Subject:
    """A fact or term by name, with its label, unit (None: yes or no) and, if it is derived, its definition.

    A `fixed` one is what the request says or is: no record that turns up later changes it.
    """

    name: str
    label: str
    unit: str | None = None
    definition: Definition | None = None
    fixed: bool = False


@dataclass(frozen=True, slots=True)
class FactIs:
    """A yes-or-no fact holds."""

    subject: Subject


@dataclass(frozen=True, slots=True)
class Not:
    """The condition does not hold."""

    node: Node


@dataclass(frozen=True, slots=True)
class AllOf:
    """All conditions hold."""

    nodes: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class AnyOf:
    """One of the conditions holds."""

    nodes: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class AtLeast:
    """At least k of the conditions hold."""

    k: int
    nodes: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Term:
    """A number of a sum; 0 when the fact `zero_unless` does not hold."""

    subject: Subject
    zero_unless: Subject | None = None


@dataclass(frozen=True, slots=True)
class Compare:
    """The sum of the terms compared with a parameter."""

    terms: tuple[Term, ...]
    parameter: Parameter
    op: str


@dataclass(frozen=True, slots=True)
class Stated:
    """The request states the term."""

    subject: Subject


@dataclass(frozen=True, slots=True)
class ForAll:
    """The condition holds of every part of the request; `count` is the term that says how many parts there are."""

    node: Node
    count: Subject


Node = FactIs | Not | AllOf | AnyOf | AtLeast | Compare | Stated | ForAll


def part_of(name: str, number: int) -> str:
    """Return the name under which a fact of one part (counted from 1) of the request is known, such as "recommended#2"."""
    return f"{name}#{number}"


@dataclass(frozen=True, slots=True)
class Assumption:
    """What silence on a fact is taken to mean, unless one of `unless` holds."""

    subject: Subject
    value: bool
    unless: tuple[Subject, ...]
    note: str


@dataclass(frozen=True, slots=True)
class NamedTest:
    """One of the ways in which a criterion is read; the only one of a criterion has no name."""

    name: str
    test: Node


@dataclass(frozen=True, slots=True)
class Criterion:
    """One criterion. `mark` is as written, without its parameters'; `compares` are the comparisons of its default reading."""

    id: str
    label: str
    role: Role
    readings: tuple[NamedTest, ...]
    default: int
    when: Node | None
    on_missing: OnMissing
    assume: tuple[Assumption, ...]
    soft: bool
    mark: Mark
    citation: Citation
    facts: tuple[str, ...]
    compares: tuple[Compare, ...] = ()
    seen_in: tuple[str, ...] = ()

    @property
    def test(self) -> Node:
        """The test of the default reading."""
        return self.readings[self.default].test


@dataclass(frozen=True, slots=True)
class Applies:
    """Where a source or rule governs; `because` gives the reason and `citation` its place."""

    region: tuple[str, ...]
    when: Node | None
    assume: tuple[Assumption, ...]
    because: str
    locator: str
    mark: Mark


@dataclass(frozen=True, slots=True)
class Source:
    """A document rules rest on.

    `goes_by` names the date of the case that its first and its last day are held against (None: the governing date); `invalidated` says
    what of it a court has set aside, and by which decision.
    """

    id: str
    authority: str
    document: str
    edition: str | None
    title: str
    cite: str
    tier: str
    in_force: Period
    rights: str
    edition_required: bool
    url: str | None
    mark: Mark
    goes_by: tuple[str | None, str | None] = (None, None)
    region: tuple[str, ...] = ()
    invalidated: str | None = None


@dataclass(frozen=True, slots=True)
class Rule:
    """What one source demands of one treatment. `mark` is that of its stance.

    `not_computed` names demands no fact answers yet, `if_upheld` what a letter that upholds has to say besides.
    """

    id: str
    treatment: str
    source: Source
    citation: Citation
    stance: Stance
    in_force: Period
    applies: Applies | None
    priority: int
    criteria: tuple[Criterion, ...]
    mark: Mark
    not_computed: tuple[tuple[str, Mark], ...] = ()
    if_upheld: tuple[tuple[str, Mark], ...] = ()
    seen_in: tuple[str, ...] = ()

    @property
    def tier(self) -> str:
        """The tier of its source in the order of standards."""
        return self.source.tier

    def holds(self, on: date, days: Mapping[str, date] = NO_DAYS) -> bool:
        """Tell whether it is in force; `days` gives the dates its source may go by, by name (`request_date`, `service_date`)."""
        first, last = (days.get(trigger or "", on) for trigger in self.source.goes_by)
        return self.in_force.first <= first and (self.in_force.last is None or last <= self.in_force.last)

    def day(self, on: date) -> date:
        """Return the day whose numbers it uses: `on`, or the nearest day on which it was in force."""
        last = self.in_force.last
        return max(self.in_force.first, min(on, last) if last else on)

    @property
    def binding(self) -> bool:
        """Whether it may be a candidate in binding mode: neither its source nor its stance is known from memory alone."""
        return self.mark.binding and self.source.mark.binding


@dataclass(frozen=True, slots=True)
class Ladder:
    """The order of standards in force for a time; tiers on one rung are peers."""

    in_force: Period
    rungs: tuple[tuple[str, ...], ...]
    cite: str
    mark: Mark

    def rung(self, tier: str) -> int:
        """Return the place of a tier, 0 for the first; one past the last for a tier it does not name."""
        return next((place for place, tiers in enumerate(self.rungs) if tier in tiers), len(self.rungs))


@dataclass(frozen=True, slots=True)
class Guidelines:
    """All rules of the library with what they stand on.

    `asks_for` gives for terms of the request the treatments, drugs, classes or forms they are true of, those of `several` when a case asks
    for more than one; `says` the words it then
    says; `since` for terms in months the fact whose last day they count from.
    """

    rules: Mapping[str, Rule]
    sources: Mapping[str, Source]
    parameters: Mapping[str, Parameter]
    terms: Mapping[str, Subject]
    asks_for: Mapping[str, tuple[str, ...]]
    several: frozenset[str]
    says: Mapping[str, re.Pattern[str]]
    since: Mapping[str, str]
    hierarchy: tuple[Ladder, ...]

    def ladder(self, on: date) -> Ladder:
        """Return the order of standards of a day; before the first one, the first."""
        return next((ladder for ladder in reversed(self.hierarchy) if ladder.in_force.first <= on), self.hierarchy[0])

    def of(self, treatment: str) -> tuple[Rule, ...]:
        """Return the rules for a treatment, whenever in force."""
        return tuple(rule for rule in self.rules.values() if rule.treatment == treatment)
