"""What was given to the patient: treatments and drugs with dose, count, time, state and response, passage by passage and as one list."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum

from openimr.library import NUMBER_WORDS, Library, number
from openimr.sources import Span
from openimr.treatments import Component, Vocabulary

from ._days import Day, days_in
from ._given_words import read_given_words
from ._passages import Cue, Passage, PassageReader

_CLAIMS = frozenset({"ur_decision", "application", "fax_cover"})
_ARGUED = frozenset({"reason", "guideline"})  # what a rule asks for and the papers lack is no account of what was given
_MOST_KNOWN = 20_000  # sentences remembered
_LONGEST = 900  # characters; a longer "sentence" is a page run together, of which nothing sure can be said
_PARTED = re.compile(r";\s*|,\s+(?:and\s+|but\s+|which\s+|who\s+)?|\s+but\s+|\s+while\s+|\.\s+|\s[-\N{EN DASH}]\s|\s+/\s+")
_BEFORE = re.compile(
    r"(?<![\w/.-])(?P<n>\d{1,3}|[a-z]+(?:-[a-z]+)?)(?:\s*\(\d{1,3}\))?(?:\s+(?!and\b|or\b|to\b)[a-z-]+){0,2}\s+(?:of\s+)?$",
    re.IGNORECASE,
)
_AFTER = re.compile(r"\s*(?:was\s+|were\s+)?(?:x|\N{MULTIPLICATION SIGN})\s*(?P<n>\d{1,3})\b", re.IGNORECASE)
_VISITS = re.compile(r"\b(?P<n>\d{1,3}|[a-z]+(?:-[a-z]+)?)\s+(?:\w+\s+)?(?:visits?|sessions?|treatments|rounds?)\b", re.IGNORECASE)
_RELIEF = re.compile(r"(?<![\d.])(\d{1,3})(?:\s*(?:to|-|\N{EN DASH})\s*(\d{1,3}))?\s*(?:%|percent\b)", re.IGNORECASE)
_LASTED = re.compile(
    r"\b(?:for|lasting|lasted|about|some|over|than)\s+(?:\w+\s+){0,2}?(?P<n>\d{1,3}|[a-z]+)\s+(?P<unit>day|week|month|year)s?\b", re.I
)
_PERIOD = re.compile(
    r"\b(?:(?:for|over|since)\s+(?:\w+\s+){0,3}?(?:\d{1,3}|[a-z]+)\s+(?:day|week|month|year)s?\b|"
    r"(?:in|since|until|during|last|this)\s+(?:the\s+)?(?:spring|summer|fall|autumn|winter|january|february|march|april|may|june|july|"
    r"august|september|october|november|december|week|month|year)\b(?:\s+of\s+(?:last|this)\s+year)?)",
    re.IGNORECASE,
)
_BEGUN = re.compile(r"\b(?:start|begin|add|try|initiate|trial of)\s+(?:\w+\s+){0,2}$", re.IGNORECASE)
_WEEKS = {"day": 1 / 7, "week": 1.0, "month": 52.18 / 12, "year": 52.18}
_COUNTS = ("requested_visits", "injections_per_session")
_DRUG, _MEDICATION = "drug", "medication"
_AT_ONCE = ("surgery", "stimulator")  # these are counted by the operation, not by what stands beside them
_DOSE_TERMS = frozenset({"strength", "strength_unit", "doses_per_day", "units_per_dose", "quantity", "frequency"})


class State(StrEnum):
    """What became of a treatment, as one passage has it."""

    CURRENT = "current"
    PAST = "past"
    STOPPED = "stopped"
    FAILED = "tried and failed"
    PLANNED = "planned"
    REFUSED = "refused"
    NEVER = "never had"


class Response(StrEnum):
    """What a treatment did."""

    HELPED = "helped"
    PARTLY = "helped in part or for a time"
    NOT = "did not help"


GIVEN = frozenset({State.CURRENT, State.PAST, State.STOPPED, State.FAILED})


@dataclass(frozen=True, slots=True)
class Dose:
    """A drug's dose as written: strength ("300" or "10/325") in its unit, how often a day at most, units of one fill; None: not said."""

    strength: str | None = None
    unit: str | None = None
    per_day: float | None = None
    each: float | None = None
    quantity: float | None = None

    def __str__(self) -> str:
        """Say it as a list of drugs does: 300 mg, 3 a day, #90."""
        often = f"{self.per_day:g} a day" if self.per_day else ""
        parts = (f"{self.strength} {self.unit or 'mg'}" if self.strength else "", often, f"#{self.quantity:g}" if self.quantity else "")
        return ", ".join(part for part in parts if part)


@dataclass(frozen=True, slots=True)
class Effect:
    """What a treatment did, in one passage: `percent` relief, `weeks` it lasted, side `effects`; None or empty where not said."""

    response: Response | None = None
    percent: float | None = None
    weeks: float | None = None
    effects: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Given:
    """What one passage says of one treatment of the patient.

    `treatment` is its slug (of the vocabulary, or of the library's words for what it has none for), `kind` the sort it is (drug, injection,
    surgery, therapy ...). `count`: visits, injections or operations. `on` is the day it names to its `precision`, None where there is none;
    `period` the words of a time that is no date. `claim`: said by a party to the denial.
    """

    treatment: str
    name: str
    kind: str
    state: State
    effect: Effect
    dose: Dose | None
    count: float | None
    on: date | None
    precision: str | None
    period: str | None
    span: Span
    passage: Passage

    @property
    def claim(self) -> bool:
        """Whether a party to the denial says it."""
        return self.passage.record.kind in _CLAIMS

    @property
    def date(self) -> date | None:
        """The day of the record that says it."""
        return self.passage.record.date


@dataclass(frozen=True, slots=True)
class Course:
    """A treatment of the case: what its passages, newest record first, come to; what only parties to the denial say is in `claims`.

    `state` is that of the newest passage that tells of it as given, else of the newest at all; `response` the newest told, `differing`
    that another passage tells the contrary. `count` is the largest told.
    """

    treatment: str
    name: str
    kind: str
    state: State
    response: Response | None
    differing: bool
    dose: Dose | None
    count: float | None
    given: tuple[Given, ...]
    claims: tuple[Given, ...] = ()

    @property
    def failed(self) -> bool:
        """Whether a passage tells that it was tried and failed, or did not help."""
        return any(each.state is State.FAILED or each.effect.response is Response.NOT for each in self.given)


@dataclass(frozen=True, slots=True)
class _Named:
    """A treatment named at characters `start` to `end` of a sentence, with the terms that stand with it."""

    start: int
    end: int
    treatment: str
    name: str
    kind: str
    terms: Mapping[str, object]


@dataclass(frozen=True, slots=True)
class _Told:
    """What a sentence says of a treatment named in it, by its place there."""

    start: int
    end: int
    named: _Named
    state: State
    effect: Effect
    dose: Dose | None
    count: float | None
    day: Day | None
    period: str | None


class GivenReader:
    """Reads what was given off the passages of a record; sentences that come again are read once."""

    def __init__(self, library: Library, vocabulary: Vocabulary, passages: PassageReader) -> None:
        self._vocabulary = vocabulary
        self._passages = passages
        self._words = read_given_words(library, vocabulary)
        self._known: dict[tuple[str, str], tuple[_Told, ...]] = {}

    def read(self, passages: Iterable[Passage]) -> tuple[Given, ...]:
        """Return what the passages of one record, in order, say of treatments of the patient."""
        out: list[Given] = []
        last: list[Given] = []
        for passage in passages:
            here = [_given(told, passage) for told in self._tell(passage)]
            if not here and last and passage.part == last[-1].passage.part and self._words.goes_on(passage.span.quote):
                effect = self._effect(passage.span.quote, passage.cues)
                if effect.response is not None:  # "Neither helped", of what the sentence before it names
                    silent = [each for each in last if each.effect.response is None and each.state in GIVEN]
                    out.extend(_answered(each, effect, passage) for each in silent)
            out.extend(here)
            last = here
        return tuple(out)

    def _tell(self, passage: Passage) -> tuple[_Told, ...]:
        if passage.part in _ARGUED or len(passage.span.quote) > _LONGEST:
            return ()
        if not any(cue.kind in ("treatment", "drug") for cue in passage.cues):
            return ()
        key = (passage.span.quote, passage.part)
        if key not in self._known:
            if len(self._known) >= _MOST_KNOWN:
                self._known.clear()
            self._known[key] = tuple(self._told(passage))
        return self._known[key]

    def _told(self, passage: Passage) -> Iterator[_Told]:
        text = passage.span.quote
        named = self._named(text, passage.cues)
        if not named:
            return
        asserted = self._passages.asserted(text)
        listed = not passage.whole or passage.part == "medications"
        for each, start, end in _shares(text, named, listed, self._tells_effect(text, passage.cues)):
            share = _Share(text, start, end, passage.part)
            status = asserted.status(each.start, each.end, inside=False, treatment=True)
            if status.other_person or status.hypothetical or status.quoted or status.uncertain:
                continue
            if status.planned and not any(cue.kind == "no_help" and start <= cue.start and cue.end <= each.start for cue in passage.cues):
                yield _Told(0, len(text), each, State.PLANNED, Effect(), _dose(each.terms), None, None, None)
                continue
            effect = self._effect(text[start:end], [_moved(cue, start) for cue in passage.cues if start <= cue.start and cue.end <= end])
            own = self._vocabulary.parse(text[start:end]) if listed and each.kind == _DRUG else None
            terms = next((part.terms for part in own.components if part.treatment == each.treatment), each.terms) if own else each.terms
            dose = _dose(terms) if each.kind == _DRUG else None
            state = self._state(share, each, effect, dose, negated=status.negated, historical=status.historical)
            if state is None:
                continue
            day = _nearest(share, each)
            period = _PERIOD.search(text, start, end)
            count = None if each.kind == _DRUG else _count(share, each)
            yield _Told(
                start if listed else 0, end if listed else len(text), each, state, effect, dose, count, day, period and period.group()
            )

    def _named(self, text: str, cues: Sequence[Cue]) -> list[_Named]:
        """The treatments of a sentence, in order: those of the vocabulary, then words for a sort of treatment or a class of drugs."""
        words, vocabulary = self._words, self._vocabulary
        coarse = [cue for cue in cues if cue.kind == "treatment"]
        own = [cue for cue in coarse if cue.name in words.own]
        out: list[_Named] = []
        for part in vocabulary.parse(text).components:
            kind = self._kind(part, coarse)
            if kind is None or any(_overlap(part, cue) for cue in own):
                continue
            slug, name = part.treatment, vocabulary.name(part.treatment)
            loose = slug in vocabulary.words.treatments and vocabulary.words.treatments[slug].generic
            if loose and kind in words.sorts:
                slug, name = words.fallback(kind)
            out.append(_Named(part.start, part.end, slug, name, kind, part.terms))
        for start, end, slug in words.classes_in(text):
            if not any(start < each.end and each.start < end for each in out):
                out.append(_Named(start, end, slug, vocabulary.name(slug), _DRUG, {}))
        closer = {_MEDICATION if each.kind == _DRUG else each.kind for each in out}
        for cue in coarse:
            if cue.name in closer:  # "anti-inflammatory medication (ibuprofen)", "knee arthroscopy with partial meniscectomy"
                continue
            if not any(cue.start < each.end and each.start < cue.end for each in out):
                slug, name = words.fallback(cue.name)
                out.append(_Named(cue.start, cue.end, slug, name, cue.name, {}))
        return sorted(out, key=lambda each: each.start)

    def _kind(self, part: Component, coarse: Sequence[Cue]) -> str | None:
        if part.treatment in self._vocabulary.words.drugs or part.treatment in self._vocabulary.words.classes:
            return _DRUG
        if self._vocabulary.is_part(part.treatment) or part.treatment in self._words.not_given:
            return None
        kind = self._words.kinds.get(self._vocabulary.category(part.treatment))
        return kind and next((cue.name for cue in coarse if _overlap(part, cue)), kind)

    def _tells_effect(self, text: str, cues: Sequence[Cue]) -> list[tuple[int, int]]:
        """Where a sentence tells what a treatment did or what became of it."""
        found = [(cue.start, cue.end) for cue in cues if cue.kind in ("helped", "no_help")]
        return sorted([*found, *self._words.partly(text), *self._words.stopped(text), *(place for _, place in self._words.effects(text))])

    def _effect(self, text: str, cues: Sequence[Cue]) -> Effect:
        partly = list(self._words.partly(text))
        stops = list(self._words.stopped(text))
        no_help = any(
            cue.kind == "no_help"
            and cue.said
            and not self._words.unchanged(text[cue.start : cue.end])
            and not any(start < cue.end and cue.start < end for start, end in stops)
            for cue in cues
        )
        helped = any(cue.kind == "helped" and cue.said for cue in cues)
        relief = next((float(match.group(2) or match.group(1)) for match in _RELIEF.finditer(text)), None)
        response = Response.PARTLY if partly else Response.NOT if no_help else Response.HELPED if helped else None
        if response is None and relief is not None and self._words.relief(text):
            response = Response.HELPED
        lasted = _LASTED.search(text) if response in (Response.HELPED, Response.PARTLY) else None
        weeks = _number(lasted["n"]) if lasted else None
        effects = tuple(dict.fromkeys(name for name, place in self._words.effects(text) if not _denied(text, place)))
        length = round(weeks * _WEEKS[lasted["unit"].lower()], 1) if lasted and weeks is not None else None
        return Effect(response, relief if response is not None else None, length, effects)

    def _state(self, share: _Share, named: _Named, effect: Effect, dose: Dose | None, *, negated: bool, historical: bool) -> State | None:
        """What became of a treatment by its share of a sentence; None where it is merely spoken of."""
        words, text = self._words, share.text
        stopped, goes_on = any(True for _ in words.stopped(text)), words.current(text)
        if named.kind == _DRUG and dose is None and words.allergy(text) and effect.response is None and not words.had(text):
            return None
        if words.would(text) and effect.response is None:
            return None
        if words.refused(text):
            return State.REFUSED
        if _BEGUN.search(share.sentence[share.start : named.start]):
            return State.PLANNED if share.part in ("plan", "request") else State.PAST
        if effect.response is Response.NOT or (stopped and effect.effects):
            return State.CURRENT if goes_on and not stopped else State.FAILED
        if negated and not stopped:
            return State.NEVER
        if stopped:
            return State.STOPPED
        if goes_on and share.part != "request":
            return State.CURRENT
        if share.part in ("plan", "request") and not historical:
            return State.PLANNED
        if share.part == "medications" and named.kind in (_DRUG, _MEDICATION):
            return State.CURRENT
        if historical or effect.response is not None or words.had(text) or share.part == "past":
            return State.PAST
        return State.CURRENT if dose is not None and str(dose) else None


@dataclass(frozen=True, slots=True)
class _Share:
    """Characters `start` to `end` of a sentence, which speak of a treatment, and the part of the report it stands in."""

    sentence: str
    start: int
    end: int
    part: str

    @property
    def text(self) -> str:
        return self.sentence[self.start : self.end]


def _given(told: _Told, passage: Passage) -> Given:
    at = passage.span.start
    quote = passage.span.quote[told.start : told.end].strip()
    start = at + told.start + len(passage.span.quote[told.start :]) - len(passage.span.quote[told.start :].lstrip())
    span = replace(passage.span, start=start, end=start + len(quote), quote=quote)
    day, named = told.day, told.named
    return Given(
        named.treatment,
        named.name,
        named.kind,
        told.state,
        told.effect,
        told.dose,
        told.count,
        day.on if day else None,
        day.precision if day else None,
        told.period,
        span,
        passage,
    )


def _answered(given: Given, effect: Effect, passage: Passage) -> Given:
    failed = effect.response is Response.NOT and given.state is not State.CURRENT
    return replace(given, state=State.FAILED if failed else given.state, effect=effect, span=passage.span, passage=passage)


def _shares(text: str, named: Sequence[_Named], listed: bool, tells: Sequence[tuple[int, int]]) -> Iterator[tuple[_Named, int, int]]:
    """Each treatment with the part of its sentence that speaks of it.

    In a list that is what stands from it to the next. In a sentence, its clause; a clause that names a treatment and tells nothing of it
    goes with the one behind it ("ibuprofen, therapy and rest did not help"), one that names none with the one before it.
    """
    if listed and len(named) > 1:
        for index, each in enumerate(named):
            end = named[index + 1].start if index + 1 < len(named) else len(text)
            yield each, (0 if index == 0 else each.start), end
        return
    for start, end in _clauses(text, named, tells):
        for each in named:
            if start <= each.start < end:
                yield each, start, end


def _clauses(text: str, named: Sequence[_Named], tells: Sequence[tuple[int, int]]) -> list[tuple[int, int]]:
    cuts = [match.end() for match in _PARTED.finditer(text) if not any(each.start < match.end() < each.end for each in named)]
    out: list[tuple[int, int]] = []
    open_ = False  # the last clause names a treatment of which nothing has been told yet
    told = False
    for start, end in zip([0, *cuts], [*cuts, len(text)], strict=True):
        names = any(start <= each.start < end for each in named)
        says = any(start <= a < end for a, _ in tells)
        if out and (open_ or not names or not any(each.start < start for each in named)):
            out[-1] = (out[-1][0], end)
            told = told or says
        else:
            out.append((start, end))
            told = says
        open_ = any(out[-1][0] <= each.start < end for each in named) and not told
    if open_ and len(out) > 1 and _announced(out[-2], named, tells):
        out[-2:] = [(out[-2][0], out[-1][1])]
    return out


def _announced(clause: tuple[int, int], named: Sequence[_Named], tells: Sequence[tuple[int, int]]) -> bool:
    """Whether what a clause tells stands before what it names, so that its list goes on ("in spite of drugs, therapy and rest")."""
    first = min((each.start for each in named if clause[0] <= each.start < clause[1]), default=clause[0])
    return any(clause[0] <= start < first for start, _ in tells)


def _moved(cue: Cue, by: int) -> Cue:
    return replace(cue, start=cue.start - by, end=cue.end - by)


def _overlap(part: Component, cue: Cue) -> bool:
    return part.start < cue.end and cue.start < part.end


_NOT_DENIED = re.compile(r"\b(?:no|without|denies|not|any|never)\s+(?:\w+\s+)?$", re.IGNORECASE)


def _denied(text: str, place: tuple[int, int]) -> bool:
    return _NOT_DENIED.search(text[: place[0]]) is not None


def _dose(terms: Mapping[str, object]) -> Dose | None:
    if not _DOSE_TERMS & terms.keys():
        return None

    def figure(key: str) -> float | None:
        value = terms.get(key)
        return value if isinstance(value, float) else None

    strength = terms.get("strength")
    shown = f"{strength:g}" if isinstance(strength, float) else str(strength) if strength is not None else None
    unit = terms.get("strength_unit")
    return Dose(shown, str(unit) if unit else None, figure("doses_per_day"), figure("units_per_dose"), figure("quantity"))


def _count(share: _Share, named: _Named) -> float | None:
    """How many visits, injections or operations: beside the name, else by the visits its share tells of."""
    before = _BEFORE.search(share.sentence[share.start : named.start])
    found = _number(before["n"]) if before else None
    if found is None:
        after = _AFTER.match(share.sentence, named.end, share.end)
        found = float(after["n"]) if after else None
    if found is None and named.kind not in _AT_ONCE:
        counted = (_number(match["n"]) for match in _VISITS.finditer(share.text))
        found = next((each for each in counted if each is not None), None)
    if found is None and not days_in(share.text):
        told = next((named.terms[key] for key in _COUNTS if key in named.terms), None)
        found = told if isinstance(told, float) and named.kind not in _AT_ONCE else None
    return found if found and found < 400 else None


def _number(word: str) -> float | None:
    if word.isdigit():
        return float(word)
    return number(word) if word.lower() in NUMBER_WORDS else None


def _nearest(share: _Share, named: _Named) -> Day | None:
    """The day of a share that stands nearest to the treatment, those behind it first."""
    days = [day for day in days_in(share.sentence) if share.start <= day.start < share.end]
    return min(days, key=lambda day: (day.end <= named.start, abs(day.start - named.end)), default=None)


def courses(given: Iterable[Given]) -> tuple[Course, ...]:
    """Return one entry for each treatment of a case, those told of last first; what is only planned or was never had is among them."""
    by: dict[str, list[Given]] = {}
    for each in given:
        by.setdefault(each.treatment, []).append(each)
    out = [_course(sorted(found, key=lambda each: each.date or date.min, reverse=True)) for found in by.values()]
    return tuple(sorted(out, key=lambda each: (each.state not in GIVEN, each.kind, each.name)))


def _course(found: Sequence[Given]) -> Course:
    proof = [each for each in found if not each.claim]
    claims = [each for each in found if each.claim]
    told = proof or claims
    had = [each for each in told if each.state in GIVEN]
    answers = [each.effect.response for each in told if each.effect.response is not None]
    first = told[0]
    return Course(
        treatment=first.treatment,
        name=first.name,
        kind=first.kind,
        state=(had or told)[0].state,
        response=answers[0] if answers else None,
        differing={Response.HELPED, Response.NOT} <= set(answers),
        dose=next((each.dose for each in told if each.dose), None),
        count=max((each.count for each in had if each.count), default=None),
        given=tuple(proof),
        claims=tuple(claims),
    )
