"""The files of guidelines as they are written: sources, parameters, rules, terms, the order of standards, tests."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, StringConstraints, model_validator

from openimr.library import Mark, Phrase

from ._rule import OnMissing, Role, Stance, State

Text = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1)]
Op = Literal["<", "<=", ">", ">="]
Origin = Literal["request", "case", "review", "record"]
Trigger = Literal["request_date", "service_date"]
Rights = Literal["open", "state", "proprietary"]


class _Entry(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, hide_input_in_errors=True, populate_by_name=False)


class SpanOfTime(_Entry):
    """First and last day something is in force; no last day: still in force."""

    first: date = Field(alias="from")
    last: date | None = Field(default=None, alias="to")

    @model_validator(mode="after")
    def _forward(self) -> SpanOfTime:
        if self.last is not None and self.last < self.first:
            raise ValueError("'to' lies before 'from': correct the dates")
        return self


class Reference(_Entry):
    """A source by its name and the place in it."""

    ref: Text
    locator: Text


class Addend(_Entry):
    """A number of a sum; it counts as 0 when the fact `zero_unless` does not hold."""

    value: Text
    zero_unless: Text | None = None


class Comparison(_Entry):
    """A number, or a sum of numbers, against a parameter; the parameter brings the operator."""

    value: Text | None = None
    sum: list[Text | Addend] | None = Field(default=None, min_length=2)
    param: Text

    @model_validator(mode="after")
    def _one(self) -> Comparison:
        if (self.value is None) == (self.sum is None):
            raise ValueError("write either 'value' or 'sum'")
        return self


class AtLeast(_Entry):
    """At least k of the nodes."""

    k: int = Field(ge=1)
    of: list[Node] = Field(min_length=1)

    @model_validator(mode="after")
    def _reachable(self) -> AtLeast:
        if self.k > len(self.of):
            raise ValueError(f"at least {self.k} of {len(self.of)} can never be met: lower k")
        return self


class Node(_Entry):
    """One condition; exactly one key is written."""

    model_config = ConfigDict(json_schema_extra={"minProperties": 1, "maxProperties": 1})

    fact: Text | None = None
    negated: Node | None = Field(default=None, alias="not")
    all_of: list[Node] | None = Field(default=None, min_length=1)
    any_of: list[Node] | None = Field(default=None, min_length=1)
    at_least: AtLeast | None = None
    cmp: Comparison | None = None
    within: Comparison | None = None
    elapsed: Comparison | None = None
    stated: Text | None = None
    for_all: Node | None = None

    @model_validator(mode="after")
    def _one(self) -> Node:
        if len(self.model_fields_set) != 1 or all(getattr(self, name) is None for name in self.model_fields_set):
            raise ValueError("a condition has exactly one of fact, not, all_of, any_of, at_least, cmp, within, elapsed, stated, for_all")
        return self


class Assume(_Entry):
    """What silence on a fact of the guard, or of `zero_unless`, is taken to mean; not when one of `unless` holds."""

    fact: Text
    value: bool
    unless: tuple[Text, ...] = ()
    note: Text


def _several(one: object) -> object:
    return (one,) if isinstance(one, dict) else one


class AppliesEntry(_Entry):
    """Where a source or rule governs: regions of the body and a condition, with the reason and its place."""

    region: tuple[Text, ...] = ()
    when: Node | None = None
    assume: Annotated[tuple[Assume, ...], BeforeValidator(_several, json_schema_input_type=Assume | tuple[Assume, ...])] = ()
    because: Text
    locator: Text
    verified: Mark

    @model_validator(mode="after")
    def _something(self) -> AppliesEntry:
        if not self.region and self.when is None:
            raise ValueError("'applies' needs a region or a condition under 'when'")
        if self.assume and self.when is None:
            raise ValueError("'assume' needs the condition under 'when' it speaks of")
        return self


class GoesBy(_Entry):
    """Which date of the case an edition's first and last day are held against; not given: the governing date."""

    first: Trigger | None = Field(default=None, alias="from")
    last: Trigger | None = Field(default=None, alias="to")

    @model_validator(mode="after")
    def _something(self) -> GoesBy:
        if self.first is None and self.last is None:
            raise ValueError("'goes_by' needs 'from' or 'to'")
        return self


class Invalidated(_Entry):
    """A part of a text that a court has set aside, and the decision that did."""

    what: Text
    by: Text
    verified: Mark


class SourceEntry(_Entry):
    """A document rules rest on. `verified` on a source means that its adoption and dates were seen, not its full text."""

    authority: Text
    document: Text
    edition: Text | None = None
    title: Text
    cite: Text
    tier: Text
    in_force: SpanOfTime
    goes_by: GoesBy | None = None
    rights: Rights
    rights_note: Text | None = None
    edition_required: bool = False
    url: Text | None = None
    applies: AppliesEntry | None = None
    invalidated: Invalidated | None = None
    verified: Mark


class ValueEntry(_Entry):
    """A parameter's value from a day on; null: the text gives no number, and `stand_in` is ours."""

    value: float | None
    stated_as: Text | None = None
    stand_in: float | None = None
    note: Text | None = None
    source: Reference
    verified: Mark
    date_verified: Mark | None = None
    seen_in: tuple[Text, ...] = ()

    @model_validator(mode="after")
    def _stand_in_explained(self) -> ValueEntry:
        if self.stand_in is not None and (self.value is not None or not self.note):
            raise ValueError("'stand_in' is for a value of null and needs a note that says why")
        return self


class ParameterEntry(_Entry):
    """A number of a guideline by the day it came into force, with its unit and how it is compared."""

    unit: Text
    op: Op | None = None
    values: dict[date, ValueEntry] = Field(min_length=1)


class CriterionEntry(_Entry):
    """One criterion of a rule."""

    label: Text
    role: Role
    test: Node | None = None
    readings: dict[Text, Node] | None = Field(default=None, min_length=2)
    default_reading: Text | None = None
    when: Node | None = None
    on_missing: OnMissing = OnMissing.UNKNOWN
    assume: Annotated[tuple[Assume, ...], BeforeValidator(_several, json_schema_input_type=Assume | tuple[Assume, ...])] = ()
    soft: bool | None = None
    verified: Mark
    locator: Text | None = None
    seen_in: tuple[Text, ...] = ()

    @model_validator(mode="after")
    def _whole(self) -> CriterionEntry:
        if (self.test is None) == (self.readings is None):
            raise ValueError("write either 'test' or 'readings'")
        if self.readings is not None and self.default_reading not in self.readings:
            raise ValueError("'default_reading' must be one of the readings")
        if self.readings is None and self.default_reading is not None:
            raise ValueError("'default_reading' without readings: remove it")
        if self.on_missing is OnMissing.MET and self.role is not Role.EXCLUSION:
            raise ValueError("'on_missing: met' is for exclusions only: silence proves nothing else")
        if self.soft and self.role is not Role.LIMIT:
            raise ValueError("'soft' is for limits only")
        return self


class SharedEntry(CriterionEntry):
    """A criterion several rules include: written once, with the source it rests on."""

    source: Reference


class Remark(_Entry):
    """What goes with a rule without being tested: a known demand no fact answers yet, or what a letter that upholds has to say."""

    label: Text
    verified: Mark


class RuleEntry(_Entry):
    """A rule: what one source demands of one treatment."""

    treatment: Text
    source: Reference
    stance: Stance
    verified: Mark
    in_force: SpanOfTime | None = None
    applies: AppliesEntry | None = None
    priority: int = 0
    extends: Text | None = None
    includes: tuple[Text, ...] = ()
    criteria: dict[Text, CriterionEntry] = Field(default_factory=dict)
    not_computed: tuple[Remark, ...] = ()
    if_upheld: tuple[Remark, ...] = ()
    seen_in: tuple[Text, ...] = ()


class RuleFile(_Entry):
    """`<publisher>/<topic>.yaml`: parameters, rules, and criteria that several rules include."""

    parameters: dict[Text, ParameterEntry] = Field(default_factory=dict)
    shared: dict[Text, SharedEntry] = Field(default_factory=dict)
    rules: dict[Text, RuleEntry] = Field(default_factory=dict)


class SourceFile(_Entry):
    """`<publisher>/sources.yaml`."""

    sources: dict[Text, SourceEntry]


class Otherwise(_Entry):
    """What a term is read from when its own test cannot tell; the note is shown as an assumption."""

    test: Node
    note: Text


class TermEntry(_Entry):
    """A name that comes from the request, from the case or from the review; with a `test` it follows from other facts.

    One `from: record` is a fact of the library that, where no record states it, is proved by a test that holds. `asks_for` makes a
    term true of a request, or of a part of it, for that treatment, drug, class of drugs or form (with `several`: of a case that asks for
    more than one); `says` makes it true of a request
    in these words; `since` is for a term in months that counts from the last day the record gives for that fact.
    """

    label: Text
    unit: Text | None = None
    origin: Origin = Field(alias="from")
    asks_for: tuple[Text, ...] = ()
    says: tuple[Phrase, ...] = ()
    several: bool = False
    since: Text | None = None
    test: Node | None = None
    otherwise: Otherwise | None = None

    @model_validator(mode="after")
    def _whole(self) -> TermEntry:
        if self.test is not None and self.unit is not None:
            raise ValueError("a term with a test is yes or no: remove its unit")
        if self.otherwise is not None and self.test is None:
            raise ValueError("'otherwise' needs a test")
        if self.origin == "record" and self.test is None:
            raise ValueError("a term 'from: record' needs the test by which it follows from other facts")
        if self.asks_for and (self.origin != "request" or self.unit is not None or self.test is not None):
            raise ValueError("'asks_for' is for a yes-or-no term of the request, without a test")
        if self.several and not self.asks_for:
            raise ValueError("'several' needs 'asks_for'")
        if self.says and (self.origin != "request" or self.unit is not None or self.test is not None):
            raise ValueError("'says' is for a yes-or-no term of the request, without a test")
        if self.since is not None and (self.origin != "case" or self.unit != "months" or self.test is not None):
            raise ValueError("'since' is for a term of the case in months, without a test")
        return self


class TermFile(_Entry):
    """`terms.yaml`: names of request terms and of what follows from the case."""

    terms: dict[Text, TermEntry]


class LadderEntry(_Entry):
    """The order of standards in force for a time; tiers on one rung are peers."""

    in_force: SpanOfTime
    rungs: list[list[Text]] = Field(min_length=1)
    cite: Text
    url: Text | None = None
    verified: Mark
    date_verified: Mark | None = None


class LadderFile(_Entry):
    """`hierarchy.yaml`: which standard goes first, by date."""

    hierarchy: list[LadderEntry] = Field(min_length=1)


Plain = bool | float | str | None


class CaseEntry(_Entry):
    """A test of a rule: its name is a sentence; `known` gives facts as true, false, a number, null (silence) or "conflicting"."""

    name: Text
    on: date
    known: dict[str, Plain]
    expect: Text
    deciding: tuple[Text, ...]
    states: dict[str, State] = Field(default_factory=dict)
    readings: dict[str, dict[str, State]] = Field(default_factory=dict)
    assumed: tuple[Text, ...] = ()
    would_change: list[list[Text]] | None = None


class MutationEntry(_Entry):
    """A change to a case that must change, or must not change, what follows."""

    name: Text
    base: Text
    change: dict[str, Plain] = Field(alias="set")
    on: date | None = None
    expect: Text
    deciding: tuple[Text, ...]
    states: dict[str, State] = Field(default_factory=dict)


class RuleTests(_Entry):
    """Cases and mutations of one rule."""

    cases: list[CaseEntry] = Field(min_length=1)
    mutations: list[MutationEntry] = Field(default_factory=list)


class CheckFile(_Entry):
    """`<topic>.test.yaml`."""

    tests: dict[Text, RuleTests]


def schema() -> dict[str, Any]:
    """Return the JSON Schema (draft 2020-12) of a rule file, `<publisher>/<topic>.yaml`."""
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **RuleFile.model_json_schema(by_alias=True)}
