"""Laws of the three-valued logic: knowledge never turns what is decided; at-least is what counting says; changes change."""

from __future__ import annotations

import itertools
import operator
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from random import Random

from hypothesis import given, settings
from hypothesis import strategies as st

from openimr.determinations import Conclusion
from openimr.guidelines import Rule, RuleAssessment, Stance, State, assess, load
from openimr.guidelines._rule import AllOf, AnyOf, AtLeast, Compare, FactIs, Node, Not, OnMissing, Subject
from openimr.guidelines._truth import View, children, holds, leaves, subjects
from openimr.library import Known, Truth, open_library

GUIDELINES = load(open_library(()))
RULES = list(GUIDELINES.rules.values())
DAY = date(2014, 12, 3)
NAMES = "abcde"
TRUTHS = st.sampled_from(list(Truth))
LEAVES = st.sampled_from(NAMES).map(lambda name: FactIs(Subject(name, name)))


def nodes() -> st.SearchStrategy[Node]:
    def more(inner: st.SearchStrategy[Node]) -> st.SearchStrategy[Node]:
        several = st.lists(inner, min_size=1, max_size=4).map(tuple)
        counted = several.flatmap(lambda some: st.integers(1, len(some)).map(lambda k: AtLeast(k, some)))
        return inner.map(Not) | several.map(AllOf) | several.map(AnyOf) | counted

    return st.recursive(LEAVES, more, max_leaves=10)


def view(truths: dict[str, Truth]) -> View:
    return View({name: Known(truth) for name, truth in truths.items()}, DAY)


def completions(truths: dict[str, Truth]) -> list[dict[str, Truth]]:
    open_ = [name for name, truth in truths.items() if truth in (Truth.NOT_DOCUMENTED, Truth.CONFLICTING)]
    return [{**truths, **dict(zip(open_, way, strict=True))} for way in itertools.product((Truth.TRUE, Truth.FALSE), repeat=len(open_))]


@given(nodes(), st.fixed_dictionaries(dict.fromkeys(NAMES, TRUTHS)))
def test_what_is_decided_stays_decided_whatever_else_becomes_known(node: Node, truths: dict[str, Truth]) -> None:
    before = holds(node, view(truths))
    if before is not None:
        assert all(holds(node, view(each)) is before for each in completions(truths))


@given(nodes(), st.fixed_dictionaries({name: st.booleans() for name in NAMES}))
def test_with_everything_known_nothing_is_open(node: Node, truths: dict[str, bool]) -> None:
    assert holds(node, view({name: Truth.TRUE if truth else Truth.FALSE for name, truth in truths.items()})) is not None


@given(nodes(), nodes(), st.fixed_dictionaries(dict.fromkeys(NAMES, TRUTHS)))
def test_the_laws_of_de_morgan_and_double_negation(one: Node, other: Node, truths: dict[str, Truth]) -> None:
    seen = view(truths)
    assert holds(Not(AllOf((one, other))), seen) is holds(AnyOf((Not(one), Not(other))), seen)
    assert holds(Not(Not(one)), seen) is holds(one, seen)
    assert holds(AtLeast(1, (one, other)), seen) is holds(AnyOf((one, other)), seen)
    assert holds(AtLeast(2, (one, other)), seen) is holds(AllOf((one, other)), seen)


@given(st.integers(1, 5), st.fixed_dictionaries(dict.fromkeys(NAMES, TRUTHS)))
def test_at_least_is_what_counting_all_ways_to_settle_the_open_facts_says(k: int, truths: dict[str, Truth]) -> None:
    node = AtLeast(k, tuple(FactIs(Subject(name, name)) for name in NAMES))
    outcomes = {sum(truth is Truth.TRUE for truth in each.values()) >= k for each in completions(truths)}
    assert holds(node, view(truths)) is (outcomes.pop() if len(outcomes) == 1 else None)


@st.composite
def known_of_a_rule(draw: st.DrawFn) -> tuple[int, dict[str, Known]]:
    index = draw(st.integers(0, len(RULES) - 1))
    known: dict[str, Known] = {}
    for name in sorted({name for criterion in RULES[index].criteria for name in criterion.facts}):
        fact = open_library_units[name]
        values = [None, "conflicting", True, False] if fact is None else [None, "conflicting", 0, 2, 4, 6, 22, 50, 60]
        known[name] = Known.of(draw(st.sampled_from(values)))
    return index, known


open_library_units = {name: fact.unit for name, fact in open_library(()).facts.items()} | {
    name: term.unit for name, term in GUIDELINES.terms.items()
}


# what follows from other facts is not learnt by itself: told otherwise it would contradict them
DERIVED = {name for name, term in GUIDELINES.terms.items() if term.definition is not None}


# what a fallback stands in for: learning it takes the fallback back
STOOD_IN_FOR = {
    subject.name
    for term in GUIDELINES.terms.values()
    if term.definition is not None and term.definition.otherwise is not None
    for subject in subjects(term.definition.test)
}


def counted_by(rule: Rule) -> dict[str, list[str]]:
    """The facts without which a number of a sum is zero, with those numbers."""
    found: dict[str, list[str]] = {}
    for criterion in rule.criteria:
        for reading in criterion.readings:
            for leaf in leaves(reading.test):
                for term in leaf.terms if isinstance(leaf, Compare) else ():
                    if term.zero_unless is not None:
                        found.setdefault(term.zero_unless.name, []).append(term.subject.name)
    return found


def held(index: int, known: dict[str, Known]) -> RuleAssessment:
    return assess(RULES[index], known, max(DAY, RULES[index].in_force.first))


@settings(max_examples=150, deadline=None)
@given(known_of_a_rule(), st.data())
def test_a_criterion_never_turns_from_met_to_not_met_by_learning_more(case: tuple[int, dict[str, Known]], data: st.DataObject) -> None:
    index, known = case
    silent = (Truth.NOT_DOCUMENTED, Truth.CONFLICTING)
    open_ = sorted(name for name, each in known.items() if each.truth in silent and name not in DERIVED | STOOD_IN_FOR)
    if not open_:
        return
    name = data.draw(st.sampled_from(open_))
    if any(known[count].truth is Truth.TRUE for count in counted_by(RULES[index]).get(name, ())):
        return  # a record that counts earlier visits and then denies any is no learning but a contradiction
    learnt = Known.of(data.draw(st.booleans()) if open_library_units[name] is None else data.draw(st.sampled_from([0, 3, 5, 70])))
    before, after = held(index, known), held(index, {**known, name: learnt})
    for criterion, one, other in zip(RULES[index].criteria, before.criteria, after.criteria, strict=True):
        if criterion.on_missing is OnMissing.UNKNOWN and one.assumed is None and other.state is not State.NOT_APPLICABLE:
            assert (one.state, other.state) not in ((State.MET, State.NOT_MET), (State.NOT_MET, State.MET))


COMPARE = {"<=": operator.le, ">=": operator.ge, "<": operator.lt, ">": operator.gt}


def applied(known: dict[str, Known], statements: tuple[str, ...]) -> dict[str, Known]:
    changed = dict(known)
    for statement in statements:
        left, _, right = statement.rpartition(" ")
        if right == "stated":
            changed[left] = Known(Truth.TRUE)
        elif left.endswith(" ="):
            changed[left.removesuffix(" =")] = Known.of(right == "true")
        else:
            names, _, op = left.rpartition(" ")
            bound = float(right)
            value = bound + {">": 1, "<": -1}.get(op, 0)
            first, *rest = names.split(" + ")
            changed |= {first: Known.of(value)} | {name: Known.of(0) for name in rest}
            assert COMPARE[op](value, bound)
    return changed


@settings(max_examples=150, deadline=None)
@given(known_of_a_rule())
def test_each_set_that_would_change_the_conclusion_does_and_no_part_of_it_would(case: tuple[int, dict[str, Known]]) -> None:
    index, known = case
    for statements in held(index, known).would_change:
        assert held(index, applied(known, statements)).conclusion is Conclusion.NECESSARY
        for left_out in range(len(statements)):
            part = (*statements[:left_out], *statements[left_out + 1 :])
            assert held(index, applied(known, part)).conclusion is not Conclusion.NECESSARY


@settings(max_examples=150, deadline=None)
@given(known_of_a_rule())
def test_the_conclusion_follows_from_the_states(case: tuple[int, dict[str, Known]]) -> None:
    found = held(*case)
    states = {each.id: each.state for each in found.criteria if each.state is not State.NOT_APPLICABLE}
    failed = {name for name, state in states.items() if state is State.NOT_MET}
    open_ = {name for name, state in states.items() if state in (State.NOT_DOCUMENTED, State.CONFLICTING)}
    if not states:
        silent = found.rule.stance is not Stance.FOR
        assert found.conclusion is (Conclusion.NO_GUIDELINE if silent else Conclusion.NECESSARY)
    elif failed:
        assert (found.conclusion, set(found.deciding)) == (Conclusion.NOT_NECESSARY, failed)
    elif open_:
        assert (found.conclusion, set(found.deciding)) == (Conclusion.NOT_ESTABLISHED, open_)
    else:
        assert (found.conclusion, found.deciding, found.would_change) == (Conclusion.NECESSARY, (), ())


def positively(node: Node) -> Iterator[str]:
    """The yes-or-no facts a condition names outside any `not`."""
    if isinstance(node, FactIs):
        yield node.subject.name
    elif not isinstance(node, Not):
        for child in children(node):
            yield from positively(child)


def only_positive(rule: Rule) -> list[str]:
    """The facts a rule uses only positively and outside guards, assumptions and what follows from other facts."""
    every = [name for criterion in rule.criteria for reading in criterion.readings for name in own_names(reading.test)]
    good = {name for criterion in rule.criteria for name in positively(criterion.test)}
    for criterion in rule.criteria:
        for reading in criterion.readings:
            good -= set(own_names(reading.test)) - set(positively(reading.test))
        for node in [criterion.when] if criterion.when else []:
            good -= set(own_names(node))
        for each in criterion.assume:
            good -= {each.subject.name, *(subject.name for subject in each.unless)}
    return sorted(name for name in good if name not in DERIVED and every.count(name))


def own_names(node: Node) -> list[str]:
    return [subject.name for subject in subjects(node)]


WORSE_TO_BETTER = [Conclusion.NOT_NECESSARY, Conclusion.NOT_ESTABLISHED, Conclusion.NECESSARY]


@settings(max_examples=300, deadline=None)
@given(known_of_a_rule(), st.data())
def test_documenting_a_required_fact_never_worsens_a_conclusion(case: tuple[int, dict[str, Known]], data: st.DataObject) -> None:
    index, known = case
    required = [name for name in only_positive(RULES[index]) if known[name].truth is not Truth.TRUE]
    if not required:
        return
    before = held(index, known).conclusion
    after = held(index, {**known, data.draw(st.sampled_from(required)): Known(Truth.TRUE)}).conclusion
    assert Conclusion.NO_GUIDELINE in (before, after) or WORSE_TO_BETTER.index(after) >= WORSE_TO_BETTER.index(before)


def test_most_rules_have_a_fact_to_document() -> None:
    assert sum(bool(only_positive(rule)) for rule in RULES) > len(RULES) / 2


@given(st.lists(LEAVES, min_size=1, max_size=5), st.fixed_dictionaries(dict.fromkeys(NAMES, TRUTHS)), st.randoms(use_true_random=False))
def test_the_order_of_conditions_does_not_matter(leaves_: list[FactIs], truths: dict[str, Truth], random: Random) -> None:
    mixed = list(leaves_)
    random.shuffle(mixed)
    for make in (AllOf, AnyOf, lambda nodes: AtLeast(min(2, len(nodes)), nodes)):
        assert holds(make(tuple(leaves_)), view(truths)) is holds(make(tuple(mixed)), view(truths))


@settings(max_examples=100, deadline=None)
@given(known_of_a_rule(), st.randoms(use_true_random=False))
def test_the_order_of_what_is_known_does_not_matter_and_the_same_gives_the_same(case: tuple[int, dict[str, Known]], random: Random) -> None:
    index, known = case
    names = list(known)
    random.shuffle(names)
    first, second = held(index, known), held(index, {name: known[name] for name in names})
    assert repr(first).encode() == repr(second).encode()
    rule = RULES[index]
    turned = assess(replace(rule, criteria=tuple(reversed(rule.criteria))), known, first.on)
    assert turned.conclusion is first.conclusion
    assert set(turned.deciding) == set(first.deciding)
    assert {each.id: each.state for each in turned.criteria} == {each.id: each.state for each in first.criteria}
