"""Strong Kleene truth of a condition: True, False, or None when what is known does not decide it."""

from __future__ import annotations

import itertools
import operator
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date

from openimr.library import Known, Truth

from ._rule import AllOf, AnyOf, AtLeast, Compare, FactIs, ForAll, Node, Not, Stated, Subject, Term, part_of

Kleene = bool | None
COMPARE: Mapping[str, Callable[[float, float], bool]] = {"<": operator.lt, "<=": operator.le, ">": operator.gt, ">=": operator.ge}
_SILENCE = Known(Truth.NOT_DOCUMENTED)
_OF_TRUTH: Mapping[Truth, Kleene] = {Truth.TRUE: True, Truth.FALSE: False}
_MOST_CONFLICTS = 8
_MOST_PARTS = 100


@dataclass(frozen=True, slots=True)
class View:
    """What is known on a day. `taken` holds what is assumed, or tried out, over it; `settled` decides conflicting facts one way."""

    known: Mapping[str, Known]
    on: date
    taken: Mapping[str, Known] = field(default_factory=dict)
    settled: Mapping[str, bool] = field(default_factory=dict)
    part: int | None = None

    def of(self, subject: Subject) -> Known:
        """Return the state of a fact: as known, else as it follows from other facts."""
        known = self.plain(subject.name)
        if subject.definition is None or known.truth is not Truth.NOT_DOCUMENTED:
            return known
        truth = holds(subject.definition.test, self)
        if truth is None and subject.definition.otherwise is not None:
            truth = holds(subject.definition.otherwise, self)
        if truth is False and subject.definition.one_way:
            return _SILENCE
        if truth is None and any(self.of(leaf).truth is Truth.CONFLICTING for leaf in subjects(subject.definition.test)):
            return Known(Truth.CONFLICTING)
        return Known.of(truth)

    def plain(self, name: str) -> Known:
        """Return what is known under a name, of the part at hand if that is known."""
        if self.part is not None:
            of_part = part_of(name, self.part)
            found = self.taken.get(of_part) or self.known.get(of_part)
            if found is not None:
                return found
        return self.taken.get(name) or self.known.get(name) or _SILENCE

    def taking(self, more: Mapping[str, Known]) -> View:
        """Return the view in which more is taken for known."""
        return View(self.known, self.on, {**self.taken, **more}, self.settled, self.part)


def holds(node: Node, view: View) -> Kleene:
    """Return whether the condition holds; None when what is known does not decide it (silence and conflict alike)."""
    match node:
        case FactIs(subject):
            known = view.of(subject)
            if known.truth is Truth.CONFLICTING:
                return view.settled.get(subject.name)
            return _OF_TRUTH.get(known.truth)
        case Not(inner):
            truth = holds(inner, view)
            return None if truth is None else not truth
        case AllOf(nodes):
            return _count(nodes, len(nodes), view)
        case AnyOf(nodes):
            return _count(nodes, 1, view)
        case AtLeast(k, nodes):
            return _count(nodes, k, view)
        case Compare():
            return _compare(node, view)
        case Stated(subject):
            return _OF_TRUTH.get(view.of(subject).truth)
        case ForAll(inner, count):
            views = parts(count, view)
            return None if views is None else _all(holds(inner, each) for each in views)


def _count(nodes: tuple[Node, ...], k: int, view: View) -> Kleene:
    met = open_ = 0
    for node in nodes:
        truth = holds(node, view)
        met += truth is True
        open_ += truth is None
    if met >= k:
        return True
    return None if met + open_ >= k else False


def _all(truths: Iterator[Kleene]) -> Kleene:
    result: Kleene = True
    for truth in truths:
        if truth is False:
            return False
        if truth is None:
            result = None
    return result


def _compare(node: Compare, view: View) -> Kleene:
    value = node.parameter.on(view.on)
    if value is None or value.used is None:
        return None
    number = total(node, view)
    if number is not None:
        return COMPARE[node.op](number, value.used)
    conflicting = next((term.subject.name for term in node.terms if view.of(term.subject).truth is Truth.CONFLICTING), None)
    return view.settled.get(conflicting) if conflicting else None


def amount(term: Term, view: View) -> float | None:
    """Return the number of one term of a sum, None when it is not known."""
    if term.zero_unless is not None and view.of(term.zero_unless).truth is Truth.FALSE:
        return 0.0
    known = view.of(term.subject)
    return known.value if known.truth is Truth.TRUE else None


def total(node: Compare, view: View) -> float | None:
    """Return the number a comparison is about, None when a part of it is not known."""
    result = 0.0
    for term in node.terms:
        number = amount(term, view)
        if number is None:
            return None
        result += number
    return result


def parts(count: Subject, view: View) -> tuple[View, ...] | None:
    """Return a view of each part of the request, None when the request does not say how many there are."""
    known = view.of(count)
    if known.truth is not Truth.TRUE or known.value is None or not 1 <= known.value <= _MOST_PARTS:
        return None
    return tuple(replace(view, part=number) for number in range(1, int(known.value) + 1))


def children(node: Node) -> tuple[Node, ...]:
    """Return the conditions directly inside a condition."""
    match node:
        case Not(inner) | ForAll(inner, _):
            return (inner,)
        case AllOf(nodes) | AnyOf(nodes) | AtLeast(_, nodes):
            return nodes
        case _:
            return ()


def leaves(node: Node) -> Iterator[FactIs | Compare | Stated]:
    """Return the conditions without conditions inside, in order of writing."""
    if isinstance(node, FactIs | Compare | Stated):
        yield node
    for child in children(node):
        yield from leaves(child)


def own_subjects(node: Node) -> Iterator[Subject]:
    """Return the facts a condition names itself, in order of writing."""
    if isinstance(node, ForAll):
        yield node.count
    match node:
        case FactIs(subject) | Stated(subject):
            yield subject
        case Compare(terms, _, _):
            for term in terms:
                yield term.subject
                if term.zero_unless is not None:
                    yield term.zero_unless
        case _:
            for child in children(node):
                yield from own_subjects(child)


def subjects(node: Node) -> Iterator[Subject]:
    """Return the facts a condition names and those they follow from."""
    for subject in own_subjects(node):
        yield subject
        if subject.definition is not None:
            yield from subjects(subject.definition.test)
            if subject.definition.otherwise is not None:
                yield from subjects(subject.definition.otherwise)


def conflicts(node: Node, view: View) -> tuple[str, ...]:
    """Return the names of the conflicting facts of a condition, each once."""
    return tuple(dict.fromkeys(_conflicts(node, view)))


def _conflicts(node: Node, view: View) -> Iterator[str]:
    if isinstance(node, ForAll):
        for each in parts(node.count, view) or ():
            yield from _conflicts(node.node, each)
    elif inner := children(node):
        for child in inner:
            yield from _conflicts(child, view)
    else:
        for subject in own_subjects(node):
            if view.of(subject).truth is Truth.CONFLICTING:
                yield subject.name


def conflict_decides(node: Node, view: View) -> bool:
    """Tell whether settling the conflicting facts, silence left as it is, could decide the condition."""
    names = conflicts(node, view)
    if len(names) > _MOST_CONFLICTS:
        return True
    ways = itertools.product((True, False), repeat=len(names))
    return bool(names) and any(holds(node, replace(view, settled=dict(zip(names, way, strict=True)))) is not None for way in ways)
