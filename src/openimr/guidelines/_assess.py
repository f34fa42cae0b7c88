"""Holding a rule against what is known: the state of every criterion, the conclusion, what decides it and what would change it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from openimr.determinations import Conclusion
from openimr.library import Known, Mark
from openimr.sources import Citation

from ._change import ways_to_necessary
from ._rule import Criterion, Mode, OnMissing, Role, Rule, Stance, State
from ._state import Standing, reading_state, standing
from ._truth import COMPARE, View, conflicts, own_subjects, total
from ._words import explain, limit, number, sentence, small, unit

_ORDER_OF_MARKS = (Mark.REGULATION, Mark.DECISION, Mark.SAMPLE, Mark.MEMORY)
_NOTHING_RULED: Mapping[str, State] = {}


@dataclass(frozen=True, slots=True)
class Reading:
    """One named reading of a criterion and the state it comes to; the default one gives the criterion's state."""

    name: str
    state: State
    default: bool


@dataclass(frozen=True, slots=True)
class CriterionAssessment:
    """One criterion held against what is known.

    `value` is the number compared and `limit` what it must keep to, in the parameter's unit. `assumed` says what was taken for granted,
    None when nothing was. `facts` names every fact used. `mark` is the weakest of the criterion's and its parameters' marks.
    """

    id: str
    label: str
    state: State
    readings: tuple[Reading, ...]
    value: float | None
    limit: str | None
    assumed: str | None
    why: str
    facts: tuple[str, ...]
    mark: Mark
    citation: Citation

    @property
    def readings_differ(self) -> bool:
        """Whether the readings of the criterion come to different states."""
        return len({reading.state for reading in self.readings}) > 1


@dataclass(frozen=True, slots=True)
class RuleAssessment:
    """One rule held against what is known on a day.

    `deciding`: ids of the criteria NotMet, else of those not documented, conflicting or (binding) not ruled on; none when Necessary.
    `would_change`: minimal sets of statements, each of which would make the conclusion Necessary.
    """

    rule: Rule
    on: date
    mode: Mode
    criteria: tuple[CriterionAssessment, ...]
    conclusion: Conclusion
    deciding: tuple[str, ...]
    would_change: tuple[tuple[str, ...], ...]
    notes: tuple[str, ...]


def assess(
    rule: Rule, known: Mapping[str, Known], on: date, mode: Mode = Mode.ADVISORY, ruled: Mapping[str, State] = _NOTHING_RULED
) -> RuleAssessment:
    """Return how a rule stands on what is known on a day.

    `known` gives facts, request terms and what follows from the case by name; an absent name is silence. `ruled` gives the states a
    reviewer has ruled for criteria, which then count as they are; in binding mode a criterion known from memory alone holds the rule at
    NotEstablished until it is ruled on.
    """
    view = View(known, on)
    found = {criterion.id: standing(criterion, view) for criterion in rule.criteria}
    states = {name: ruled.get(name, each.state) for name, each in found.items()}
    marks = {criterion.id: weakest_mark(criterion, on) for criterion in rule.criteria}
    held = tuple(
        name
        for name, mark in marks.items()
        if mode is Mode.BINDING and not mark.binding and name not in ruled and states[name] is not State.NOT_APPLICABLE
    )
    conclusion, deciding = _conclude(states, held, rule.stance)
    criteria = tuple(_criterion(each, found[each.id], view, marks[each.id], ruled.get(each.id)) for each in rule.criteria)
    return RuleAssessment(
        rule=rule,
        on=on,
        mode=mode,
        criteria=criteria,
        conclusion=conclusion,
        deciding=deciding,
        would_change=_would_change(rule, found, view, conclusion, held, ruled),
        notes=tuple(_notes(rule, criteria, found, states, held, view)),
    )


def _conclude(states: Mapping[str, State], held: Sequence[str], stance: Stance) -> tuple[Conclusion, tuple[str, ...]]:
    applicable = {name: state for name, state in states.items() if state is not State.NOT_APPLICABLE}
    if not applicable and stance is not Stance.FOR:
        return Conclusion.NO_GUIDELINE, ()
    failed = tuple(name for name, state in applicable.items() if state is State.NOT_MET and name not in held)
    if failed:
        return Conclusion.NOT_NECESSARY, failed
    open_ = tuple(name for name, state in applicable.items() if state is not State.MET or name in held)
    return (Conclusion.NOT_ESTABLISHED if open_ else Conclusion.NECESSARY), open_


def _would_change(
    rule: Rule, found: Mapping[str, Standing], view: View, conclusion: Conclusion, held: Sequence[str], ruled: Mapping[str, State]
) -> tuple[tuple[str, ...], ...]:
    if conclusion in (Conclusion.NECESSARY, Conclusion.NO_GUIDELINE) or State.NOT_MET in ruled.values():
        return ()
    rulings = tuple(f"{name} ruled Met by the reviewer" for name in held)
    one_met = rule.stance is not Stance.FOR and not rulings and State.MET not in ruled.values()
    open_ = [(each, found[each.id]) for each in rule.criteria if each.id not in held and each.id not in ruled]
    return tuple((*facts, *rulings) for facts in ways_to_necessary(open_, view, one_met=one_met))


def weakest_mark(criterion: Criterion, on: date) -> Mark:
    """Return the weakest mark among the criterion and the values its default reading uses on the day."""
    values = [each.parameter.on(on) for each in criterion.compares]
    return max([criterion.mark, *(value.mark for value in values if value is not None)], key=_ORDER_OF_MARKS.index)


def _criterion(criterion: Criterion, found: Standing, view: View, mark: Mark, ruled: State | None) -> CriterionAssessment:
    return CriterionAssessment(
        id=criterion.id,
        label=criterion.label,
        state=ruled or found.state,
        readings=_readings(criterion, found),
        value=total(criterion.compares[0], found.view) if len(criterion.compares) == 1 else None,
        limit=limit(criterion.compares, view.on),
        assumed=_assumed(criterion, found) if ruled is None else None,
        why=_why(criterion, found, view) if ruled is None else f"Ruled {ruled} by the reviewer.",
        facts=criterion.facts,
        mark=mark,
        citation=criterion.citation,
    )


def _readings(criterion: Criterion, found: Standing) -> tuple[Reading, ...]:
    if len(criterion.readings) < 2:
        return ()
    if found.state is State.NOT_APPLICABLE:
        return tuple(Reading(each.name, found.state, place == criterion.default) for place, each in enumerate(criterion.readings))
    return tuple(
        Reading(each.name, reading_state(each.test, criterion.on_missing, found.view)[0], place == criterion.default)
        for place, each in enumerate(criterion.readings)
    )


def _assumed(criterion: Criterion, found: Standing) -> str | None:
    told = list(found.assumed)
    if found.state is not State.NOT_APPLICABLE:
        if found.by_silence and criterion.on_missing is OnMissing.MET:
            told.append(f"met by absence: {_labels(criterion)} not mentioned")
        told += [
            value.note for each in criterion.compares if (value := each.parameter.on(found.view.on)) and value.number is None and value.note
        ]
    return "; ".join(told) or None


def _labels(criterion: Criterion) -> str:
    return ", ".join(dict.fromkeys(small(subject.label) for subject in own_subjects(criterion.test)))


def _why(criterion: Criterion, found: Standing, view: View) -> str:
    if found.state is State.NOT_APPLICABLE and criterion.when is not None:
        reason = "; ".join(found.assumed) or explain(criterion.when, found.view)
        return sentence(f"does not apply: {reason}")
    if found.by_silence and criterion.on_missing is OnMissing.MET:
        return sentence(f"met by absence: the record does not mention {_labels(criterion)}")
    told = explain(criterion.test, found.view)
    if found.by_silence:
        told += "; the rule asks for it in so many words, so silence does not meet it"
    told += _excess(criterion, found)
    if criterion.when is not None and found.guard is None:
        told += f"; in force because nothing takes it out of force ({explain(criterion.when, view)})"
    return sentence(told)


def _excess(criterion: Criterion, found: Standing) -> str:
    """By how much a soft limit is exceeded or missed; empty when it is kept or not soft."""
    if not criterion.soft or found.state is not State.NOT_MET:
        return ""
    parts = []
    for each in criterion.compares:
        value, allowed = total(each, found.view), each.parameter.on(found.view.on)
        if value is not None and allowed is not None and allowed.used is not None and not COMPARE[each.op](value, allowed.used):
            by = abs(value - allowed.used)
            parts.append(f"{number(by)} {unit(each.parameter.unit, by)} {'over' if value > allowed.used else 'short of'} the limit")
    return f"; {', '.join(parts)}: exceptional factors would have to be shown" if parts else ""


def _notes(
    rule: Rule,
    criteria: Sequence[CriterionAssessment],
    found: Mapping[str, Standing],
    states: Mapping[str, State],
    held: Sequence[str],
    view: View,
) -> Iterator[str]:
    if rule.stance is Stance.AGAINST:
        yield "The guideline recommends against this treatment; the presumption stands until scientific evidence rebuts it."
    if rule.stance is Stance.SILENT:
        yield "The guideline is silent on this treatment, so the record itself must show the need."
    for each, criterion in zip(criteria, rule.criteria, strict=True):
        if each.readings_differ:
            told = ", ".join(f"{reading.name}: {reading.state}{' (used)' if reading.default else ''}" for reading in each.readings)
            yield f"The readings of {each.id} disagree: {told}."
        if excess := _excess(criterion, found[each.id]):
            yield f"{each.id}: {excess.removeprefix('; ')}."
        if states[each.id] in (State.CONFLICTING, State.NOT_DOCUMENTED) and (named := conflicts(criterion.test, found[each.id].view)):
            yield f"{each.id}: the record conflicts on {', '.join(named)}."
        if criterion.role is Role.LIMIT and each.limit and "gives no number" in each.limit:
            yield f"{each.id}: the text in force on {view.on} gives no number."
    for name in held:
        yield f"{name} is known from memory only: the reviewer has to rule on it before the letter can be issued."
    if rule.source.edition_required:
        yield f"{rule.source.title}: name the edition relied on; the library does not know which text was in force on {view.on}."
    if rule.source.invalidated:
        yield f"{rule.source.title}: {rule.source.invalidated}."
    for label, mark in rule.not_computed:
        yield f"Not tested here, check by hand: {label} (known from {mark})."
