"""The tests that stand beside the rules: cases and mutations as data, and what they show."""

from __future__ import annotations

import difflib
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from openimr.determinations import Conclusion
from openimr.library import Known, Library, LibraryError, Place, Truth, parse, read_model

from . import _format as form
from ._assess import RuleAssessment, assess
from ._load import FOLDER, can_hold
from ._rule import AllOf, Guidelines, Mode, Not, Rule, State

_LEAST_MUTATIONS = 2


@dataclass(frozen=True, slots=True)
class Fault:
    """A test that does not come out as written, or a rule without the tests it needs; `place` is where to look."""

    place: Place
    rule: str
    test: str
    what: str

    def __str__(self) -> str:
        """Print as "file:line: rule: test: what"."""
        return f"{self.place}: {': '.join(part for part in (self.rule, self.test, self.what) if part)}"


@dataclass(frozen=True, slots=True)
class RuleCheck:
    """How many cases and mutations of a rule were run."""

    rule: str
    cases: int
    mutations: int


@dataclass(frozen=True, slots=True)
class CheckReport:
    """What the tests of the guidelines show.

    `modes` counts the tests by their conclusion in advisory and in binding mode; None in binding mode: the rule is no candidate there.
    """

    rules: tuple[RuleCheck, ...]
    faults: tuple[Fault, ...]
    modes: Mapping[tuple[Conclusion, Conclusion | None], int]

    @property
    def sound(self) -> bool:
        """Whether every rule has its tests and all come out as written."""
        return not self.faults


@dataclass(frozen=True)
class _Tests:
    """The tests of one rule and where they stand."""

    rule: str
    entry: form.RuleTests
    file: Path
    shown: str

    @cached_property
    def _lines(self) -> Mapping[tuple[str | int, ...], int]:
        return parse(self.file.read_text(encoding="utf-8"), self.shown)[1]

    def place(self, *path: str | int) -> Place:
        lines = self._lines
        keys: tuple[str | int, ...] = ("tests", self.rule, *path)
        while keys and keys not in lines:
            keys = keys[:-1]
        return Place(self.shown, lines.get(keys, 1))


def check(guidelines: Guidelines, library: Library) -> CheckReport:
    """Run the tests of all rules; return what was run and every fault.

    A rule needs one case that ends Necessary, one that does not, and two mutations. Raises LibraryError, with file and line, for a test
    file that is not written as one, names an unknown rule, or tests a rule that another file tests already.
    """
    tests = _read(guidelines, library)
    faults = [fault for name in guidelines.rules for fault in _run(guidelines, library, name, tests.get(name))]
    counts = tuple(
        RuleCheck(name, len(tests[name].entry.cases), len(tests[name].entry.mutations)) if name in tests else RuleCheck(name, 0, 0)
        for name in guidelines.rules
    )
    return CheckReport(counts, tuple(faults), _modes(guidelines, tests))


def _modes(guidelines: Guidelines, tests: Mapping[str, _Tests]) -> dict[tuple[Conclusion, Conclusion | None], int]:
    """Hold every test against its rule in both modes."""
    found: Counter[tuple[Conclusion, Conclusion | None]] = Counter()
    for name, each in tests.items():
        rule = guidelines.rules[name]
        for case in _all_cases(each.entry):
            known = _known(case)
            if known is None:
                continue
            binding = assess(rule, known, case.on, Mode.BINDING).conclusion if rule.binding else None
            found[assess(rule, known, case.on).conclusion, binding] += 1
    return dict(found)


def read_tests(path: Path, shown_as: str) -> dict[str, form.RuleTests]:
    """Return the tests a file holds by rule; LibraryError with file and line when it is not written as one."""
    return dict(read_model(path, form.CheckFile, shown_as=shown_as).tests)


def differences(rule: Rule, entry: form.RuleTests) -> Iterator[tuple[str, tuple[str, ...]]]:
    """Yield the name of every case and mutation with what comes out otherwise than written."""
    for case in _all_cases(entry):
        yield case.name, tuple(_differences(rule, case))


def _all_cases(entry: form.RuleTests) -> Iterator[form.CaseEntry]:
    cases = {case.name: case for case in entry.cases}
    yield from entry.cases
    for mutation in entry.mutations:
        if mutation.base in cases:
            yield case_of(cases[mutation.base], mutation)


def _read(guidelines: Guidelines, library: Library) -> dict[str, _Tests]:
    found: dict[str, _Tests] = {}
    for path in library.tests(FOLDER):
        shown = library.shown(path)
        for name, entry in read_tests(path, shown).items():
            tests = _Tests(name, entry, path, shown)
            if name not in guidelines.rules:
                raise LibraryError(tests.place(), f"tests of '{name}', which is no rule of the library: correct the name")
            if name in found:
                raise LibraryError(tests.place(), f"'{name}' is already tested in {found[name].shown}: keep its tests together")
            found[name] = tests
    return found


def _run(guidelines: Guidelines, library: Library, name: str, tests: _Tests | None) -> Iterator[Fault]:
    rule = guidelines.rules[name]
    if tests is None:
        yield Fault(Place(FOLDER, 1), name, "", "has no tests: write them in a .test.yaml beside it")
        return
    cases = {case.name: case for case in tests.entry.cases}
    ends = {case.expect for case in tests.entry.cases}
    if Conclusion.NECESSARY not in ends or ends == {Conclusion.NECESSARY}:
        yield Fault(tests.place("cases"), name, "", "needs a case that ends Necessary and one that does not")
    if len(tests.entry.mutations) < _LEAST_MUTATIONS:
        yield Fault(tests.place("mutations"), name, "", f"needs at least {_LEAST_MUTATIONS} mutations")
    for index, case in enumerate(tests.entry.cases):
        for what in (*_unknown_names(guidelines, library, case.known), *_differences(rule, case)):
            yield Fault(tests.place("cases", index), name, case.name, what)
    for index, mutation in enumerate(tests.entry.mutations):
        place = tests.place("mutations", index)
        base = cases.get(mutation.base)
        if base is None:
            yield Fault(place, name, mutation.name, f"no case is named '{mutation.base}'")
            continue
        changed = case_of(base, mutation)
        for what in (*_unknown_names(guidelines, library, mutation.change), *_differences(rule, changed)):
            yield Fault(place, name, mutation.name, what)
    yield from _unturned(rule, tests)


def _unturned(rule: Rule, tests: _Tests) -> Iterator[Fault]:
    """The criteria no test shows both met and not: nobody would notice if they were wrong."""
    seen: dict[str, set[State]] = {criterion.id: set() for criterion in rule.criteria}
    for case in _all_cases(tests.entry):
        known = _known(case)
        if known is not None:
            for each in assess(rule, known, case.on).criteria:
                seen[each.id].add(each.state)
    for criterion in rule.criteria:
        name, states = criterion.id, seen[criterion.id]
        # one whose guard is its test is met wherever it applies
        can_fail = criterion.when is None or can_hold(AllOf((criterion.when, Not(criterion.test))))
        if State.MET not in states or (can_fail and states <= {State.MET, State.NOT_APPLICABLE}):
            yield Fault(tests.place(), tests.rule, "", f"no case or mutation turns {name} between met and not: write one")


def case_of(base: form.CaseEntry, mutation: form.MutationEntry) -> form.CaseEntry:
    """Return the case a mutation makes of its base."""
    return form.CaseEntry(
        name=mutation.name,
        on=mutation.on or base.on,
        known={**base.known, **mutation.change},
        expect=mutation.expect,
        deciding=mutation.deciding,
        states=mutation.states,
    )


def _unknown_names(guidelines: Guidelines, library: Library, known: Mapping[str, form.Plain]) -> Iterator[str]:
    for name, value in known.items():
        plain = name.partition("#")[0]
        if plain not in library.facts and plain not in guidelines.terms:
            close = difflib.get_close_matches(plain, (*library.facts, *guidelines.terms), n=1)
            yield f"'{name}' is neither a fact nor a term of the library" + (f" (did you mean '{close[0]}'?)" if close else "")
            continue
        unit = library.facts[plain].unit if plain in library.facts else guidelines.terms[plain].unit
        if unit is None and isinstance(value, float) and not isinstance(value, bool):
            yield f"'{name}' is yes or no: write true or false, not {value:g}"
        if unit is not None and isinstance(value, bool):
            yield f"'{name}' is a number of {unit}: write one, not {str(value).lower()}"
        if _is_no_value(value):
            yield f"'{name}: {value}': write true, false, a number, null or conflicting"


def _known(case: form.CaseEntry) -> dict[str, Known] | None:
    """What a case gives as known, None when a value is none a fact can have (which is told by itself)."""
    if any(_is_no_value(value) for value in case.known.values()):
        return None
    return {name: Known.of(value) for name, value in case.known.items()}


def _is_no_value(value: form.Plain) -> bool:
    return isinstance(value, str) and value != Truth.CONFLICTING


def _differences(rule: Rule, case: form.CaseEntry) -> Iterator[str]:
    known = _known(case)
    if known is None:
        return
    if not rule.in_force.holds(case.on):
        yield f"the rule is not in force on {case.on} ({rule.in_force}): give a day on which it is"
        return
    for name in set(case.deciding) - {criterion.id for criterion in rule.criteria}:
        yield f"'{name}' under deciding is no criterion of the rule"
    found = assess(rule, known, case.on)
    if found.conclusion != case.expect:
        yield f"ends {found.conclusion}, expected {case.expect}"
    if set(found.deciding) != set(case.deciding):
        yield f"decided by {_listed(found.deciding)}, expected {_listed(case.deciding)}"
    yield from _state_differences(found, case)
    if case.would_change is not None and {frozenset(each) for each in found.would_change} != {
        frozenset(each) for each in case.would_change
    }:
        yield f"would change by {[list(each) for each in found.would_change]}, expected {case.would_change}"


def _state_differences(found: RuleAssessment, case: form.CaseEntry) -> Iterator[str]:
    by_id = {each.id: each for each in found.criteria}
    for name in {*case.states, *case.readings, *case.assumed} - by_id.keys():
        yield f"'{name}' is no criterion of the rule"
    states: dict[str, State] = {name: each.state for name, each in by_id.items()}
    for name, state in case.states.items():
        if name in states and states[name] is not state:
            yield f"{name} is {states[name]}, expected {state}"
    for name, wanted in case.readings.items():
        read = {reading.name: reading.state for reading in by_id[name].readings} if name in by_id else {}
        for reading, state in wanted.items():
            if read.get(reading) is not state:
                yield f"{name} read as '{reading}' is {read.get(reading)}, expected {state}"
    for name in case.assumed:
        if name in by_id and by_id[name].assumed is None:
            yield f"{name} rests on no assumption, expected one"


def _listed(names: tuple[str, ...]) -> str:
    return ", ".join(names) or "nothing"
