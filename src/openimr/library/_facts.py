"""Facts: what a criterion asks of a record, how a record says it, and how its findings combine."""

from __future__ import annotations

from enum import StrEnum

from pydantic import BaseModel, ConfigDict, model_validator

from ._phrases import Phrase


class Kind(StrEnum):
    """What sort of thing a fact is; it decides which assertions count and from which parts of a record."""

    SIGN = "sign"  # seen or felt at an examination
    DIAGNOSIS = "diagnosis"
    TREATMENT = "treatment"  # given or taken: past counts, planned does not
    STATEMENT = "statement"  # the treating side says so
    MEASURE = "measure"  # carries a number


class Combine(StrEnum):
    """How the findings of a fact become its state on the governing date (design: from findings to a fact)."""

    LATEST = "latest"
    EVER = "ever"
    COUNT = "count"
    SUM = "sum"
    MAX = "max"


class Fact(BaseModel):
    """One fact: `means` says in a sentence what counts.

    `said` phrases state it, `bare` phrases only in the sections or types of record named by `bare_in` (an operation's name among past
    operations), `denied` phrases state its absence (of a measure: that there is none), `measured` phrases carry its number. `unless`
    phrases take away the words they cover (a trigger point *injection* is not a trigger point). One of the `near` phrases must stand in
    the same sentence, where a number or a vague word is bound to its subject. `located` facts count only at the requested region; of an
    `outward` one (referred pain) the regions named in its words are where it goes, not where it is; one of
    `limbs` (strength, sensation) counts for the part of the spine that serves the limb;
    what a `carried` one is near to may stand shortly before its sentence. A `background` one is read for the clinical summary whatever
    is asked for.
    """

    model_config = ConfigDict(extra="forbid", frozen=True, hide_input_in_errors=True)

    label: str
    kind: Kind
    combine: Combine
    unit: str | None = None
    located: bool = True
    outward: bool = False
    limbs: bool = False
    carried: bool = False
    background: bool = False
    said: tuple[Phrase, ...] = ()
    bare: tuple[Phrase, ...] = ()
    bare_in: tuple[str, ...] = ()
    denied: tuple[Phrase, ...] = ()
    measured: tuple[Phrase, ...] = ()
    unless: tuple[Phrase, ...] = ()
    near: tuple[Phrase, ...] = ()
    means: str

    @model_validator(mode="after")
    def _whole(self) -> Fact:
        if not (self.said or self.denied or self.measured):
            raise ValueError("a fact needs at least one phrase under said, denied or measured")
        if bool(self.bare) != bool(self.bare_in):
            raise ValueError("bare and bare_in go together: give both or neither")
        if self.measured and not self.unit:
            raise ValueError("a measured fact needs a unit")
        if any("<n>" not in phrase for phrase in self.measured):
            raise ValueError("a measured phrase needs <n>")
        return self


class FactFile(BaseModel):
    """A file of facts."""

    model_config = ConfigDict(extra="forbid", frozen=True, hide_input_in_errors=True)

    facts: dict[str, Fact]
