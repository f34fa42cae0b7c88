"""A rule as a physician would read it: what it demands, in words, with the history of its numbers."""

from __future__ import annotations

from collections.abc import Iterator

from ._rule import AllOf, AnyOf, AtLeast, Compare, Criterion, FactIs, ForAll, Node, Not, OnMissing, Parameter, Rule, Stance, Stated, Term
from ._truth import children, subjects
from ._words import OP_WORDS, number, sentence, small, unit

_STANCES = {
    Stance.FOR: "recommends it",
    Stance.CONDITIONAL: "recommends it on conditions",
    Stance.AGAINST: "recommends against it, until scientific evidence rebuts the guideline",
    Stance.SILENT: "is silent on it, so the record itself must show the need",
}
_SILENCE = {
    OnMissing.MET: "Silence of the record meets it.",
    OnMissing.NOT_MET: "Silence of the record does not meet it: the rule asks for it in so many words.",
}


def told_stance(rule: Rule) -> str:
    """Return what the guideline says of the treatment, as a clause."""
    return _STANCES[rule.stance]


def told_applies(rule: Rule) -> str | None:
    """Return where the rule governs and why, as a sentence; None where it always does."""
    applies = rule.applies
    if applies is None:
        return None
    where = [f"region {', '.join(applies.region).replace('_', ' ')}"] if applies.region else []
    if applies.when is not None:
        where.append(condition(applies.when))
    notes = [f"where the record is silent: {each.note}" for each in applies.assume]
    return sentence("; ".join([f"governs for {' and '.join(where)}", f"{applies.because} ({applies.locator})", *notes]))


def told(criterion: Criterion) -> tuple[str, ...]:
    """Return what a criterion demands as sentences: its guard, its test or readings, and what silence means for it."""
    return tuple(sentence(text) for text in _told(criterion))


def _told(criterion: Criterion) -> Iterator[str]:
    if criterion.when is not None:
        yield f"applies where {condition(criterion.when)}"
    for each in criterion.assume:
        unless = f", unless {' or '.join(small(subject.label) for subject in each.unless)}" if each.unless else ""
        yield f"where the record is silent on {small(each.subject.label)}: {each.note}{unless}"
    for reading in criterion.readings:
        named = f"read as {reading.name.replace('_', ' ')}{' (used)' if reading.test is criterion.test else ''}: " if reading.name else ""
        yield f"{named}{condition(reading.test)}"
    if criterion.on_missing in _SILENCE:
        yield _SILENCE[criterion.on_missing]
    if criterion.soft:
        yield "an excess is reported, with a call for exceptional factors"


def condition(node: Node) -> str:
    """Return a condition in words, such as "either neuropathic pain or fibromyalgia; and relief: at least 30 percent"."""
    match node:
        case FactIs(subject):
            return small(subject.label)
        case Not(FactIs(subject)):
            return f"no {small(subject.label)}" if not subject.label.lower().startswith(("no ", "not ", "the ", "a ")) else _not(node.node)
        case Not(inner):
            return _not(inner)
        case AllOf(nodes):
            return " and ".join(_inner(each) for each in nodes)
        case AnyOf(nodes):
            return " or ".join(_inner(each) for each in nodes)
        case AtLeast(k, nodes):
            return f"at least {k} of: {', '.join(_inner(each) for each in nodes)}"
        case Compare(terms, parameter, op):
            return f"{' plus '.join(_term(term) for term in terms)}: {OP_WORDS[op]} {parameter_name(parameter)}"
        case Stated(subject):
            return f"the request states {small(subject.label)}"
        case ForAll(inner, _):
            return f"of every ingredient: {_inner(inner)}"


def asked_of(criterion: Criterion) -> tuple[tuple[str, bool], ...]:
    """Return the facts a criterion's test names, each with whether its presence (True) or its absence (False) is asked for."""
    return tuple(dict.fromkeys(_asked_of(criterion.test, wanted=True)))


def _asked_of(node: Node, *, wanted: bool) -> Iterator[tuple[str, bool]]:
    if isinstance(node, Not):
        yield from _asked_of(node.node, wanted=not wanted)
    elif inner := children(node):
        for child in inner:
            yield from _asked_of(child, wanted=wanted)
    else:
        for subject in subjects(node):
            yield subject.name, wanted


def _not(node: Node) -> str:
    return f"not ({condition(node)})"


def _inner(node: Node) -> str:
    text = condition(node)
    several = isinstance(node, AllOf | AnyOf) and len(node.nodes) > 1
    return f"({text})" if several else text


def _term(term: Term) -> str:
    none = f" (none without {small(term.zero_unless.label)})" if term.zero_unless else ""
    return f"{small(term.subject.label)}{none}"


def parameter_name(parameter: Parameter) -> str:
    """Return the number compared with, in its latest value, such as "50 percent" or "9-10 over 8 weeks"."""
    value = parameter.values[-1]
    if value.used is None:
        return "a number the text does not give"
    return f"{number(value.used)} {unit(parameter.unit, value.used)}"


def history(criterion: Criterion) -> tuple[str, ...]:
    """Return a line for each value of each number a criterion compares with: since when, how much, as stated, where, how well known."""
    lines = []
    for each in criterion.compares:
        for value in each.parameter.values:
            much = "no number in the text" if value.number is None else f"{number(value.number)} {unit(each.parameter.unit, value.number)}"
            stand_in = f", {number(value.stand_in)} stands in ({value.note})" if value.stand_in is not None else ""
            stated = f", stated as {value.stated_as}" if value.stated_as else ""
            lines.append(f"{value.since}: {much}{stated}{stand_in}; {value.citation}; {value.mark}{_seen(value.seen_in)}")
    return tuple(dict.fromkeys(lines))


def _seen(places: tuple[str, ...]) -> str:
    return f" ({', '.join(places)})" if places else ""
