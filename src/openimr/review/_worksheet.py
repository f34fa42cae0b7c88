"""The worksheet as a value: every criterion of every rule with its state and the passages behind it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from openimr.determinations import Conclusion, Decision
from openimr.guidelines import Weighed
from openimr.sources import Box, Citation, Span

Place = tuple[str, int, int, int]  # document, page, start, end


@dataclass(frozen=True, slots=True)
class Evidence:
    """One passage behind a criterion.

    `origin` is record, case or request; `use` tells what became of it: counted, older, elsewhere, claim or later. `says` is the fact and
    the value it states. A passage of the case or the request has no span.
    """

    origin: str
    use: str
    says: str
    quote: str
    span: Span | None = None
    assertion: str = "affirmed"
    date: date | None = None
    author: str | None = None
    standing: str | None = None
    kind: str | None = None


@dataclass(frozen=True, slots=True)
class CriterionSheet:
    """One criterion: state in the default reading, the other readings, value against limit, and its evidence.

    Of facts a long file tells over and over the newest passages are given; `further` counts the others by their use.
    """

    id: str
    label: str
    state: str
    readings: tuple[tuple[str, str, bool], ...]
    value: float | None
    limit: str | None
    assumed: str | None
    why: str
    mark: str
    citation: str
    evidence: tuple[Evidence, ...]
    further: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class RuleSheet:
    """One rule held against the case; `role` is governing, shadow or cited_by_ur; `if_upheld` is what a letter that upholds has to say."""

    id: str
    role: str
    citation: Citation
    stance: str
    tier: str
    verified: str
    criteria: tuple[CriterionSheet, ...]
    conclusion: Conclusion
    deciding: tuple[str, ...]
    would_change: tuple[tuple[str, ...], ...]
    notes: tuple[str, ...] = ()
    if_upheld: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class CandidateSheet:
    """A rule that could govern, with the reason it does or does not."""

    rule: str
    tier: str
    in_force: tuple[date, date | None]
    chosen: bool
    why: str


@dataclass(frozen=True, slots=True)
class ComponentSheet:
    """One component of a treatment request with its rules; the first governing one gives the conclusion."""

    treatment: str
    name: str
    qualifiers: Mapping[str, object]
    rules: tuple[RuleSheet, ...]
    conclusion: Conclusion

    @property
    def governing(self) -> RuleSheet | None:
        """The rule that governs, None when none is in force."""
        return next((rule for rule in self.rules if rule.role == "governing"), None)


@dataclass(frozen=True, slots=True)
class RequestSheet:
    """One treatment request: its components, the conclusion of the whole and what would change it.

    `evidence` compares the studies recorded for it, None where there are none.
    """

    number: int
    text: str
    unused_words: tuple[str, ...]
    ur_basis: str | None
    cited_by_ur: tuple[Citation, ...]
    candidates: tuple[CandidateSheet, ...]
    components: tuple[ComponentSheet, ...]
    conclusion: Conclusion
    would_change: tuple[tuple[str, ...], ...]
    notes: tuple[str, ...]
    evidence: Weighed | None = None

    @property
    def proposed(self) -> Decision | None:
        """The decision the conclusion proposes; a reviewer decides."""
        return self.conclusion.proposed


@dataclass(frozen=True, slots=True)
class Tie:
    """The record (its number in the inventory) another one is tied to, and the share of the text that is the same."""

    number: int
    alike: float


@dataclass(frozen=True, slots=True)
class Flag:
    """Something about a page of a record: `what` is blank, unread or faint, `why` says it in words."""

    page: int
    what: str
    why: str


@dataclass(frozen=True, slots=True)
class RecordSheet:
    """One record of the case file and what became of it.

    `verdict` is the first that holds of unreadable, duplicate, superseded, cited, read without bearing; where nothing was assessed it is
    "not reviewed" in place of the last two, and `cited` is None. `number` counts from 1 through the inventory. `duplicate_of`, `copies` and
    `superseded_by` name other records of it; `unread` says what of the record could not be read.
    """

    number: int
    document: str
    sha256: str | None
    pages: tuple[int, int] | None
    type: str
    title: str
    date: date | None
    author: str | None
    verdict: str
    cited: bool | None
    unread: tuple[str, ...] = ()
    flags: tuple[Flag, ...] = ()
    duplicate_of: Tie | None = None
    copies: Tie | None = None
    superseded_by: Tie | None = None


@dataclass(frozen=True, slots=True)
class MissingSheet:
    """A record the rules of the program demand and the file does not hold."""

    what: str
    types: tuple[str, ...]
    citation: str
    mark: str


@dataclass(frozen=True, slots=True)
class NamedIn:
    """A passage that speaks of a record, and the number of the record it stands in."""

    record: int
    span: Span


@dataclass(frozen=True, slots=True)
class GapSheet:
    """A record others speak of and the file does not hold; `date` is a day, month or year (2012-06-14, 2012-06, 2012) or None."""

    what: str
    type: str
    date: str | None
    who: str | None
    perhaps_unread: bool
    why: str
    named_in: tuple[NamedIn, ...]


@dataclass(frozen=True, slots=True)
class Inventory:
    """What a case file holds, what it must hold and does not, and what its records speak of that is not there."""

    records: tuple[RecordSheet, ...]
    missing: tuple[MissingSheet, ...]
    gaps: tuple[GapSheet, ...]


@dataclass(frozen=True, slots=True)
class SummarySentence:
    """A sentence of the clinical case summary: what stands in quotation marks is a passage of its evidence, the rest comes from the case.

    `part` is person, mechanism, complaints, examination, diagnoses, treatment, diagnostics, request, ur_reason, silent or unread.
    """

    part: str
    text: str
    evidence: tuple[Evidence, ...]


@dataclass(frozen=True, slots=True)
class Event:
    """Something that happened in the case: `precision` tells whether `date` is meant to the day, the month or the year.

    `kind` is injury, operation, study, injection, therapy, visit, rfa, ur_decision or application.
    """

    date: date
    precision: str
    event: str
    kind: str
    evidence: tuple[Evidence, ...]


@dataclass(frozen=True, slots=True)
class TreatmentSheet:
    """A treatment the records tell of: what became of it, what it did, its dose or count as they say, and the passages behind it.

    `state` is current, past, stopped, tried and failed, planned, refused or never had; `response` None where none is told. `differing`:
    passages disagree on the response. `count` is of visits, injections or operations. Claims of a party to the denial are marked as such
    and count for nothing unless nobody else tells of the treatment.
    """

    treatment: str
    name: str
    kind: str
    state: str
    response: str | None
    differing: bool
    failed: bool
    dose: str | None
    count: float | None
    evidence: tuple[Evidence, ...]


@dataclass(frozen=True, slots=True)
class Worksheet:
    """A case held against its guidelines on its governing date.

    `files` gives the digest of case.yaml and of every file under records; `boxes` tells where on its page each passage stands, in points
    from the page's top left corner.
    """

    case: str
    on: date
    on_because: str
    alternatives: tuple[tuple[str, date], ...]
    mode: str
    library_version: str
    readers: Mapping[str, str]
    files: Mapping[str, str]
    records: tuple[RecordSheet, ...]
    missing: tuple[MissingSheet, ...]
    gaps: tuple[GapSheet, ...]
    requests: tuple[RequestSheet, ...]
    summary: tuple[SummarySentence, ...] = ()
    timeline: tuple[Event, ...] = ()
    treatments: tuple[TreatmentSheet, ...] = ()
    boxes: Mapping[Place, tuple[Box, ...]] = field(default_factory=dict)
    warnings: tuple[str, ...] = field(default=())


def spans_of(requests: Sequence[RequestSheet]) -> Iterator[Span]:
    """Yield the span of every passage of the record that stands behind a criterion, repeats included."""
    for request in requests:
        for component in request.components:
            for rule in component.rules:
                for criterion in rule.criteria:
                    for each in criterion.evidence:
                        if each.span is not None:
                            yield each.span


def spans_by_weight(sheet: Worksheet) -> Iterator[Span]:
    """Yield the same spans with those first that decide: what counts under governing rules, then summary and timeline, then the others."""
    for request in sheet.requests:
        for component in request.components:
            for criterion in component.governing.criteria if component.governing else ():
                yield from (each.span for each in criterion.evidence if each.span is not None and each.use == "counted")
    told = (each for part in (sheet.summary, sheet.timeline) for one in part for each in one.evidence)
    yield from (each.span for each in told if each.span is not None)
    yield from spans_of(sheet.requests)


def quoted_spans(sheet: Worksheet) -> Iterator[Span]:
    """Yield the span of every passage of the record on the worksheet: of its criteria, its summary, its timeline and its treatments."""
    yield from spans_of(sheet.requests)
    told = [each for sentence in sheet.summary for each in sentence.evidence] + [
        each for event in sheet.timeline for each in event.evidence
    ]
    told += [each for treatment in sheet.treatments for each in treatment.evidence]
    yield from (each.span for each in told if each.span is not None)
