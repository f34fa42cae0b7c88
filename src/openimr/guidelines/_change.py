"""The smallest sets of facts that would make a rule's conclusion Necessary."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from operator import attrgetter

from openimr.library import Known, Truth

from ._rule import AllOf, AnyOf, AtLeast, Compare, Criterion, FactIs, ForAll, Node, Not, State, Stated, Subject, part_of
from ._state import Standing, standing
from ._truth import View, amount, holds, parts
from ._words import number

_MOST_SETS = 24
_INVERSE = {"<": ">=", "<=": ">", ">": "<=", ">=": "<"}


@dataclass(frozen=True, slots=True, eq=False)
class Change:
    """One statement about a fact, or a sum of numbers, and states of its facts that make it true; equal where the statement is."""

    text: str
    sets: tuple[tuple[str, Truth, float | None], ...]
    rises: bool = False

    def __hash__(self) -> int:
        return hash(self.text)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Change) and self.text == other.text


Changes = frozenset[Change]
_text = attrgetter("text")
_NOTHING: tuple[Changes, ...] = (frozenset(),)


def ways_to_necessary(open_: Sequence[tuple[Criterion, Standing]], view: View, *, one_met: bool) -> tuple[tuple[str, ...], ...]:
    """Return minimal sets of statements, smallest first, each of which leaves all the criteria Met or NotApplicable.

    `one_met` asks for at least one Met: a rule of which nothing applies says nothing. Each set is tried out before it is returned; at
    most 24 are followed.
    """
    sets = _NOTHING
    for criterion, found in open_:
        if not _satisfied(found):
            sets = _both(sets, _ways(criterion, found, view))
    trial = _Trial(tuple(criterion for criterion, _ in open_), view)
    tried = dict.fromkeys(trial.without_idle(each) for each in sets if trial.passes(each) and (not one_met or trial.applies(each)))
    return tuple(tuple(sorted(change.text for change in each)) for each in sorted(tried, key=len))


class _Trial:
    """Tries out sets of changes; sets share most of their changes, so each criterion is held against the same ones only once."""

    def __init__(self, criteria: tuple[Criterion, ...], view: View) -> None:
        self.view = view
        self.criteria = criteria
        self.by_name: dict[str, list[Criterion]] = {}
        for criterion in criteria:
            for name in _names(criterion):
                self.by_name.setdefault(name, []).append(criterion)
        self.seen: dict[tuple[str, Changes], bool] = {}

    def passes(self, changes: Changes) -> bool:
        """Tell whether every criterion the changes touch is then Met or NotApplicable; the others stand as they stood."""
        return self._hold(self._touched(changes), changes)

    def applies(self, changes: Changes) -> bool:
        """Tell whether any criterion is then Met."""
        view = _with(self.view, changes)
        return any(standing(criterion, view).state is State.MET for criterion in self.criteria)

    def without_idle(self, changes: Changes) -> Changes:
        """Return the set without the changes it can do without: what one criterion asks for may take another out of force."""
        for change in sorted(changes, key=_text):
            rest = changes - {change}
            if self._hold(self._touched((change,)), rest):
                changes = rest
        return changes

    def _touched(self, changes: Iterable[Change]) -> dict[str, Criterion]:
        """The criteria whose state hangs on what the changes speak of."""
        names = {name.partition("#")[0] for change in changes for name, _, _ in change.sets}
        return {criterion.id: criterion for name in names for criterion in self.by_name.get(name, ())}

    def _hold(self, criteria: Mapping[str, Criterion], changes: Changes) -> bool:
        by_criterion: dict[str, set[Change]] = {name: set() for name in criteria}
        for change in changes:
            for name in self._touched((change,)):
                if name in by_criterion:
                    by_criterion[name].add(change)
        return all(self._holds(criterion, frozenset(by_criterion[name])) for name, criterion in criteria.items())

    def _holds(self, criterion: Criterion, changes: Changes) -> bool:
        key = (criterion.id, changes)
        if key not in self.seen:
            self.seen[key] = _satisfied(standing(criterion, _with(self.view, changes)))
        return self.seen[key]


def _names(criterion: Criterion) -> frozenset[str]:
    """What the state of a criterion hangs on: the facts it names, and those that keep an assumption from being made."""
    return frozenset((*criterion.facts, *(subject.name for each in criterion.assume for subject in each.unless)))


def _satisfied(found: Standing) -> bool:
    return found.state in (State.MET, State.NOT_APPLICABLE)


def _ways(criterion: Criterion, found: Standing, view: View) -> tuple[Changes, ...]:
    ways = list(_to(criterion.test, True, found.view))
    if criterion.when is not None and found.guard is None:
        # what the record does say of the guard is not up for change, only what it leaves open
        ways += [
            each for each in _to(criterion.when, False, view) if all(_open(name, view) for change in each for name, _, _ in change.sets)
        ]
    return _smallest(ways)


def _open(name: str, view: View) -> bool:
    return view.plain(name).truth in (Truth.NOT_DOCUMENTED, Truth.CONFLICTING)


def _with(view: View, changes: Changes) -> View:
    taken: dict[str, Known] = {}
    for change in sorted(changes, key=_text):
        for name, truth, value in change.sets:
            before = taken.get(name)
            numbers = [each for each in (before.value if before else None, value) if each is not None]
            # two limits on one number: the tighter one
            tighter = max if change.rises else min
            taken[name] = Known(truth, tighter(numbers) if numbers else None)
    return view.taking(taken)


def _to(node: Node, want: bool, view: View) -> tuple[Changes, ...]:
    """Return the minimal sets of changes that give the condition the wanted truth; none where no fact could."""
    if holds(node, view) is want:
        return _NOTHING
    match node:
        case FactIs(subject):
            return () if subject.fixed else _single(_yes_no(subject, want, view))
        case Not(inner):
            return _to(inner, not want, view)
        case AllOf(nodes):
            return _enough(nodes, len(nodes) if want else 1, want, view)
        case AnyOf(nodes):
            return _enough(nodes, 1 if want else len(nodes), want, view)
        case AtLeast(k, nodes):
            return _enough(nodes, k if want else len(nodes) - k + 1, want, view)
        case Compare():
            return _number(node, want, view)
        case Stated(subject):
            return _single(Change(f"{_name(subject, view)} stated", ((_name(subject, view), Truth.TRUE, None),))) if want else ()
        case ForAll(inner, count):
            return _every_part(inner, count, want, view)


def _single(change: Change) -> tuple[Changes, ...]:
    return (frozenset({change}),)


def _name(subject: Subject, view: View) -> str:
    return subject.name if view.part is None else part_of(subject.name, view.part)


def _yes_no(subject: Subject, want: bool, view: View) -> Change:
    name = _name(subject, view)
    return Change(f"{name} = {'true' if want else 'false'}", ((name, Truth.TRUE if want else Truth.FALSE, None),))


def _enough(nodes: tuple[Node, ...], k: int, want: bool, view: View) -> tuple[Changes, ...]:
    ways = [_to(node, want, view) for node in nodes]
    sets: list[Changes] = []
    for chosen in itertools.combinations(ways, k):
        joined = _NOTHING
        for each in chosen:
            joined = _both(joined, each)
        sets += joined
    return _smallest(sets)


def _every_part(inner: Node, count: Subject, want: bool, view: View) -> tuple[Changes, ...]:
    views = parts(count, view)
    if views is None:
        return ()
    ways = [_to(inner, want, each) for each in views]
    if not want:
        return _smallest(way for each in ways for way in each)
    joined = _NOTHING
    for each in ways:
        joined = _both(joined, each)
    return joined


def _number(node: Compare, want: bool, view: View) -> tuple[Changes, ...]:
    sets: list[Changes] = []
    for term in node.terms:
        if term.zero_unless is not None and view.of(term.zero_unless).truth is Truth.NOT_DOCUMENTED:
            none = _yes_no(term.zero_unless, False, view)
            absent = view.taking({name: Known(truth) for name, truth, _ in none.sets})
            sets += [each | {none} for each in _to(node, want, absent)]
    change = _bound(node, want, view)
    if change is not None:
        sets.append(frozenset({change}))
    return _smallest(sets)


def _bound(node: Compare, want: bool, view: View) -> Change | None:
    """The statement on what is not known of a sum; where all is known, on its last term, which is what is asked for."""
    value = node.parameter.on(view.on)
    if value is None or value.used is None:
        return None
    op = node.op if want else _INVERSE[node.op]
    amounts = [amount(term, view) for term in node.terms]
    free = [index for index, each in enumerate(amounts) if each is None] or [len(amounts) - 1]
    bound = value.used - sum(each for index, each in enumerate(amounts) if each is not None and index not in free)
    if bound < 0 and op in ("<", "<="):
        return None  # no count of visits or days is below zero
    witness = bound + {"<": -1, "<=": 0, ">": 1, ">=": 0}[op]
    names = [_name(node.terms[index].subject, view) for index in free]
    sets = [(name, Truth.TRUE, witness if place == 0 else 0.0) for place, name in enumerate(names)]
    return Change(f"{' + '.join(names)} {op} {number(bound)}", tuple(sets), rises=op in (">", ">="))


def _both(one: Iterable[Changes], other: Iterable[Changes]) -> tuple[Changes, ...]:
    return _smallest(a | b for a, b in itertools.product(one, other) if _agree(a, b))


def _agree(one: Changes, other: Changes) -> bool:
    said = {name: truth for change in one for name, truth, _ in change.sets}
    return all(said.get(name, truth) is truth for change in other for name, truth, _ in change.sets)


def _smallest(sets: Iterable[Changes]) -> tuple[Changes, ...]:
    """Sets of which no other is a part, the smallest first."""
    found = set(sets)
    if len(found) < 2:
        return tuple(found)
    kept: list[Changes] = []
    for each in sorted(found, key=lambda s: (len(s), sorted(change.text for change in s))):
        if not any(other <= each for other in kept):
            kept.append(each)
            if len(kept) == _MOST_SETS:
                break
    return tuple(kept)
