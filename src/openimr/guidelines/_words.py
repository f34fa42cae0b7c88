"""Conditions and numbers in words: what is documented, what is not, what a limit asks."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import date

from openimr.library import Truth

from ._rule import AllOf, AnyOf, AtLeast, Compare, FactIs, ForAll, Node, Not, Parameter, Stated, Subject, Value
from ._truth import View, amount, children, holds, parts, total

OP_WORDS = {"<": "less than", "<=": "at most", ">": "more than", ">=": "at least"}
_HEADS = {
    Truth.TRUE: "documented",
    Truth.FALSE: "documented as absent",
    Truth.NOT_DOCUMENTED: "not documented",
    Truth.CONFLICTING: "the record conflicts on",
}
_SMALL = ("none", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine")


def number(value: float) -> str:
    """Return a number as people write it: 4, not 4.0; 2.5 stays."""
    return str(int(value)) if value == int(value) else f"{value:g}"


def sentence(text: str) -> str:
    """Return the text with a capital and a full stop."""
    return text[:1].upper() + text[1:].rstrip(". ") + "."


def small(label: str) -> str:
    """Return a label as it stands inside a sentence; an abbreviation keeps its capitals."""
    return label if label[1:2].isupper() else label[:1].lower() + label[1:]


def limit(compares: Sequence[Compare], on: date) -> str | None:
    """Return what the numbers must keep to, such as "<= 4 injections (stated as 3-4)"; None without numbers."""
    return "; ".join(dict.fromkeys(_limit(each, on) for each in compares)) or None


def _limit(node: Compare, on: date) -> str:
    value = node.parameter.on(on)
    if value is None or value.used is None:
        return f"{node.parameter.name}: the text gives no number"
    return f"{node.op} {number(value.used)} {unit(node.parameter.unit, value.used)}{_stated_as(value)}"


def _stated_as(value: Value) -> str:
    if value.number is None:
        return " (the text gives no number)"
    return f" (stated as {value.stated_as})" if value.stated_as else ""


def unit(name: str, value: float) -> str:
    """Return the unit, singular for one."""
    return name[:-1] if value == 1 and name.endswith("s") else name


def needed(parameter: Parameter, op: str, on: date) -> str:
    """Return the demand in words: "more than 3 months needed", "at most 4 injections allowed, stated as 3-4"."""
    value = parameter.on(on)
    if value is None or value.used is None:
        return "the text gives no number"
    verb = "needed" if op in (">", ">=") else "allowed"
    stated_as = f", stated as {value.stated_as}" if value.stated_as else ""
    return f"{OP_WORDS[op]} {number(value.used)} {unit(parameter.unit, value.used)} {verb}{stated_as}"


def explain(node: Node, view: View) -> str:
    """Return in one clause what is known of each part of a condition."""
    return "; ".join(_clauses(node, view))


def _clauses(node: Node, view: View) -> Iterator[str]:
    match node:
        case AtLeast(k, nodes):
            yield from _headed(_score(k, nodes, view), nodes, view)
        case AnyOf(nodes) if len(nodes) > 1 and holds(node, view) is not True:
            yield from _headed(_score(1, nodes, view), nodes, view)
        case Compare():
            yield _comparison(node, view)
        case Stated(subject):
            stated = view.of(subject).truth is Truth.TRUE
            yield f"the request states {_with_value(subject, view)}" if stated else f"the request does not state {small(subject.label)}"
        case ForAll(inner, count):
            yield from _each_part(inner, count, view)
        case AllOf(nodes) | AnyOf(nodes):
            yield from _headed("", nodes, view)
        case FactIs() | Not():
            yield from _headed("", (node,), view)


def _score(k: int, nodes: Sequence[Node], view: View) -> str:
    met = sum(holds(each, view) is True for each in nodes)
    return f"{_count(met)} of {_count(len(nodes))} documented, {_count(k)} needed"


def _headed(head: str, nodes: Sequence[Node], view: View) -> Iterator[str]:
    """Yes-or-no facts grouped by what is known of them, those documented right behind the head; then the other conditions."""
    groups = _grouped([subject for node in nodes if (subject := _fact(node)) is not None], view)
    documented = groups.pop(Truth.TRUE, "")
    if head or documented:
        yield ": ".join(part for part in (head or _HEADS[Truth.TRUE], documented) if part)
    for truth, labels in groups.items():
        yield f"{_HEADS[truth]}: {labels}"
    for node in nodes:
        if _fact(node) is None:
            yield from _headed("", children(node), view) if isinstance(node, Not) else _clauses(node, view)


def _fact(node: Node) -> Subject | None:
    while isinstance(node, Not):
        node = node.node
    return node.subject if isinstance(node, FactIs) else None


def _grouped(facts: Iterable[Subject], view: View) -> dict[Truth, str]:
    by_truth: dict[Truth, list[str]] = {truth: [] for truth in _HEADS}
    for subject in facts:
        by_truth[view.of(subject).truth].append(small(subject.label))
    return {truth: ", ".join(dict.fromkeys(labels)) for truth, labels in by_truth.items() if labels}


def _count(value: int) -> str:
    return _SMALL[value] if value < len(_SMALL) else str(value)


def _with_value(subject: Subject, view: View) -> str:
    value = view.of(subject).value
    return small(subject.label) if value is None else f"{small(subject.label)} ({number(value)})"


def _comparison(node: Compare, view: View) -> str:
    demand = needed(node.parameter, node.op, view.on)
    value = total(node, view)
    if len(node.terms) == 1:
        subject = node.terms[0].subject
        return f"{small(subject.label)}: {_said(view.of(subject).truth, value, node.parameter.unit)} ({demand})"
    told = [f"{small(t.subject.label)}: {_said(view.of(t.subject).truth, amount(t, view), node.parameter.unit)}" for t in node.terms]
    together = "" if value is None else f"; together {number(value)}"
    return f"{', '.join(told)}{together} ({demand})"


def _said(truth: Truth, value: float | None, unit_name: str) -> str:
    if value is not None:
        return f"{number(value)} {unit(unit_name, value)}"
    return "the record conflicts" if truth is Truth.CONFLICTING else "not documented"


def _each_part(inner: Node, count: Subject, view: View) -> Iterator[str]:
    views = parts(count, view)
    if views is None:
        yield f"the request does not state {small(count.label)}"
        return
    for each in views:
        yield f"part {each.part}: {explain(inner, each)}"
