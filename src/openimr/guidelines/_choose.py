"""Which rule governs a treatment on a day, and why the others do not."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum

from openimr.library import Known, Truth

from ._rule import Applies, Compare, Definition, Guidelines, Ladder, Mode, Node, Rule, Stance
from ._state import assuming
from ._truth import View, holds, leaves, own_subjects, subjects
from ._words import explain, sentence, small


class CandidateRole(StrEnum):
    """A shadow is shown beside the governing rule and never gives the outcome."""

    GOVERNING = "governing"
    SHADOW = "shadow"


@dataclass(frozen=True, slots=True)
class Candidate:
    """A rule in force for the treatment; `role` None: it does not speak of this case at all (another region). `why` is a sentence."""

    rule: Rule
    tier: str
    in_force: tuple[date, date | None]
    chosen: bool
    role: CandidateRole | None
    why: str


@dataclass(frozen=True, slots=True)
class _Fit:
    """Whether a rule's guard holds: for the region, and in its condition (None: not known)."""

    rule: Rule
    rung: int
    region: bool | None
    phase: bool | None
    words: str

    @property
    def refuted(self) -> bool:
        return self.region is False or self.phase is False

    @property
    def certain(self) -> bool:
        return self.region is True and self.phase is True


@dataclass(frozen=True, slots=True)
class Asked:
    """What a rule is chosen for: a treatment on the governing date, at a region of the body (None: the request names none).

    `known` gives facts and terms by name; `days` the dates of the case that an edition may go by itself, by name (`request_date`,
    `service_date`).
    """

    treatment: str
    on: date
    known: Mapping[str, Known] = field(default_factory=dict)
    region: str | None = None
    mode: Mode = Mode.ADVISORY
    days: Mapping[str, date] = field(default_factory=dict)


def candidates(guidelines: Guidelines, asked: Asked) -> tuple[Candidate, ...]:
    """Return the rules in force for a treatment, the governing one first, then in the order of standards of the day.

    The first standard goes first (LC 4610.5(c)(2); 8 CCR 9792.21.1); a lower one governs only where no higher one has a rule that could.
    A silent rule governs only where nothing else does. Between rules of one standard their guards decide; where a guard is not known, the
    rule of the higher priority governs and the other is kept as a shadow. No candidate with the role governing means NoGuideline, for
    which `why_none` gives the reason. An edition that goes by the date of the request or of the service goes by that one, where it is
    known. In binding mode a rule whose source or stance is known from memory alone is no candidate.
    """
    trace = _Trace(guidelines, guidelines.ladder(asked.on), asked)
    fits = _fits(trace)
    governing = _governing(fits)
    ordered = sorted(
        fits, key=lambda fit: (fit is not governing, fit.region is False, fit.rung, fit.refuted, -fit.rule.priority, fit.rule.id)
    )
    return tuple(_candidate(fit, governing, fits, trace) for fit in ordered)


@dataclass(frozen=True, slots=True)
class _Trace:
    """What a choice is made and its reasons are told from."""

    guidelines: Guidelines
    ladder: Ladder
    asked: Asked


def _fits(trace: _Trace) -> list[_Fit]:
    asked = trace.asked
    view = View(asked.known, asked.on)
    rules = (rule for rule in trace.guidelines.of(asked.treatment) if rule.holds(asked.on, asked.days))
    wanted = [rule for rule in rules if asked.mode is Mode.ADVISORY or rule.binding]
    return [_fit(rule, trace.ladder.rung(rule.tier), view, asked.region) for rule in wanted]


def _fit(rule: Rule, rung: int, view: View, region: str | None) -> _Fit:
    applies = rule.applies
    if applies is None:
        return _Fit(rule, rung, True, True, "")
    here = True if not applies.region else None if region is None else region in applies.region
    view, assumed = assuming(applies.assume, view)
    phase = True if applies.when is None else holds(applies.when, view)
    words = "; ".join((_words(applies, here, region, view), *(f"assumed: {note}" for note in assumed)))
    return _Fit(rule, rung, here, phase, words)


def _words(applies: Applies, here: bool | None, region: str | None, view: View) -> str:
    if here is False:
        return f"it covers {', '.join(applies.region)}, the request is for {str(region).replace('_', ' ')}"
    told = [f"{applies.because} ({applies.locator})"]
    if here is None:
        told.append(f"the request names no region, the rule covers {', '.join(applies.region)}")
    if applies.when is not None:
        told += _phase_words(applies.when, view)
    return "; ".join(told)


def _phase_words(when: Node, view: View) -> Iterator[str]:
    """What is known of the condition; a derived fact is told by what it follows from."""
    for subject in dict.fromkeys(own_subjects(when)):
        definition = subject.definition
        if definition is None or view.plain(subject.name).truth is not Truth.NOT_DOCUMENTED:
            continue
        yield f"{small(subject.label)}: {_told(definition, view)}"
    plain = [s for s in own_subjects(when) if s.definition is None or view.plain(s.name).truth is not Truth.NOT_DOCUMENTED]
    if plain:
        yield explain(when, view)


def _told(definition: Definition, view: View) -> str:
    node, note = definition.test, ""
    if holds(node, view) is None and definition.otherwise is not None and holds(definition.otherwise, view) is not None:
        node, note = definition.otherwise, definition.note
    notes = [note] if note else []
    for leaf in leaves(node):
        if isinstance(leaf, Compare):
            value = leaf.parameter.on(view.on)
            if value is not None and value.number is None and value.note:
                notes.append(value.note)
    return explain(node, view) + (f", assumed: {'; '.join(notes)}" if notes else "")


def _governing(fits: Sequence[_Fit]) -> _Fit | None:
    open_ = [fit for fit in fits if not fit.refuted and not _one_of_several(fit, fits)]
    speaking = [fit for fit in open_ if fit.rule.stance is not Stance.SILENT] or open_
    return min(speaking, key=lambda fit: (fit.rung, fit.region is None, not fit.certain, -fit.rule.priority, fit.rule.id), default=None)


def _one_of_several(fit: _Fit, fits: Sequence[_Fit]) -> bool:
    """Tell whether the request names no region and the same text has other rules for other regions: which is meant nobody can tell."""
    rivals = (other for other in fits if other is not fit and other.region is None and other.rule.source.id == fit.rule.source.id)
    return fit.region is None and any(other.rule.applies != fit.rule.applies for other in rivals)


def _candidate(fit: _Fit, governing: _Fit | None, fits: Sequence[_Fit], trace: _Trace) -> Candidate:
    chosen = fit is governing
    role = CandidateRole.GOVERNING if chosen else None if fit.region is False else CandidateRole.SHADOW
    why = _why_chosen(fit, fits, trace) if chosen else _why_not(fit, governing)
    return Candidate(fit.rule, fit.rule.tier, (fit.rule.in_force.first, fit.rule.in_force.last), chosen, role, sentence(why))


def _why_chosen(fit: _Fit, fits: Sequence[_Fit], trace: _Trace) -> str:
    told = [f"governs: {fit.rule.source.title}, in force {fit.rule.in_force}"]
    told += _by_own_date(fit.rule, trace)
    if fit.rung == 0:
        told.append(f"first in the order of standards ({trace.ladder.cite})")
    else:
        told += _steps_down(fit, fits, trace)
    if fit.rule.stance is Stance.SILENT:
        told.append("the guideline is silent, so the record itself must show the need")
    if fit.words:
        told.append(fit.words)
    if not fit.certain:
        told.append("whether all of this holds is not known, and nothing refutes it")
        others = ", ".join(other.rule.id for other in fits if other is not fit and other.rung == fit.rung and not other.refuted)
        if others:
            told.append(f"it goes before {others} until the record says otherwise")
    return "; ".join(told)


def _by_own_date(rule: Rule, trace: _Trace) -> Iterator[str]:
    """Which date of its own an edition goes by, where that date is known and is not the governing date."""
    for trigger in dict.fromkeys(rule.source.goes_by):
        day = trace.asked.days.get(trigger or "")
        if trigger and day and day != trace.asked.on:
            yield f"it goes by the {trigger.replace('_', ' ')} ({day})"


def _steps_down(fit: _Fit, fits: Sequence[_Fit], trace: _Trace) -> Iterator[str]:
    """Why no higher standard governs: the recorded reason of a step down."""
    for other in fits:
        if other.rung < fit.rung:
            yield f"{other.rule.id} does not govern: {other.words if other.refuted else 'it is silent on this treatment'}"
    unread = _without_rule(trace, fit.rule.treatment, fit.rung)
    if unread:
        yield f"of the higher standards the library holds no rule for this treatment in {', '.join(unread)}"


def _without_rule(trace: _Trace, treatment: str, below: int) -> list[str]:
    """The sources in force on the day for the region, of a rung above one, in which the library holds no rule for a treatment."""
    spoken = {rule.source.id for rule in trace.guidelines.of(treatment) if rule.holds(trace.asked.on, trace.asked.days)}
    sources = trace.guidelines.sources.values()
    return [
        each.title
        for each in sources
        if each.in_force.holds(trace.asked.on)
        and trace.ladder.rung(each.tier) < below
        and each.id not in spoken
        and (not each.region or trace.asked.region in each.region)
    ]


def _why_not(fit: _Fit, governing: _Fit | None) -> str:
    if fit.region is False:
        return f"does not speak of this: {fit.words}"
    if fit.phase is False:
        return f"shown beside, does not govern: {fit.words}"
    if governing is None:
        return f"shown beside: {fit.words}" if fit.words else "shown beside"
    if fit.rung > governing.rung:
        return f"shown beside: consulted only where no higher standard has a rule that governs, and {governing.rule.id} does"
    if fit.rule.stance is Stance.SILENT:
        return f"silent on this treatment: {governing.rule.id} decides"
    return f"not ruled out, but {governing.rule.id} goes first" + (f": {fit.words}" if fit.words else "")


def facts_of(guidelines: Guidelines, treatments: Iterable[str]) -> frozenset[str]:
    """Return the facts and terms that the rules for some treatments hang on, whenever in force: what a record has to be read for."""
    found: set[str] = set()
    for rule in (rule for treatment in treatments for rule in guidelines.of(treatment)):
        assumed = [each for criterion in rule.criteria for each in criterion.assume]
        guards = [rule.applies.when] if rule.applies and rule.applies.when else []
        assumed += rule.applies.assume if rule.applies else ()
        found.update(name for criterion in rule.criteria for name in criterion.facts)
        found.update(subject.name for guard in guards for subject in subjects(guard))
        found.update(subject.name for each in assumed for subject in (each.subject, *each.unless))
    return frozenset(found | {guidelines.since[name] for name in found if name in guidelines.since})


def why_none(guidelines: Guidelines, asked: Asked) -> str:
    """Return in a sentence or two why no rule governs; empty when one does."""
    treatment, on = asked.treatment, asked.on
    trace = _Trace(guidelines, guidelines.ladder(on), asked)
    fits = _fits(trace)
    if _governing(fits) is not None:
        return ""
    name = treatment.replace("_", " ")
    rules = guidelines.of(treatment)
    if not rules:
        return sentence(f"the library holds no rule for {name}")
    if fits:
        return " ".join(sentence(f"rule {fit.rule.id} does not govern: {fit.words}") for fit in fits)
    in_force = [rule for rule in rules if rule.holds(on, asked.days)]
    if in_force:
        told = ", ".join(rule.id for rule in in_force)
        return sentence(f"what the library holds for {name} on {on} is known from memory only, which binds nobody: {told}")
    told = ", ".join(f"{rule.id} {rule.in_force}" for rule in rules)
    unread = _without_rule(trace, treatment, 1)
    more = sentence(f"in force then was {', '.join(unread)}, in which the library holds no rule for it") if unread else ""
    return f"{sentence(f'the library holds no rule for {name} in force on {on} (it holds {told})')} {more}".strip()
