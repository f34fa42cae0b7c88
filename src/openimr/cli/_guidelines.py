"""`imr guidelines`: the library of rules, listed, shown as a physician would read it, checked."""

from __future__ import annotations

import difflib
import json
import sys
from collections import Counter
from collections.abc import Iterable
from dataclasses import replace
from datetime import date

from rich import box
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from openimr.guidelines import (
    CheckReport,
    Criterion,
    Guidelines,
    Rule,
    check,
    history,
    load,
    schema,
    told,
    told_applies,
    told_stance,
    weakest_mark,
)
from openimr.library import Library, LibraryError, Mark, open_library
from openimr.treatments import Vocabulary
from openimr.treatments import load as load_treatments

from ._console import COULD_NOT, DONE, FOUND_WRONG, OUT, complain

_MARKS = (Mark.REGULATION, Mark.DECISION, Mark.SAMPLE, Mark.MEMORY)
_Opened = tuple[Library, Guidelines, Vocabulary]


def _open() -> _Opened | None:
    try:
        library = open_library()
        vocabulary = load_treatments(library)
        return library, load(library, vocabulary), vocabulary
    except LibraryError as error:
        complain(f"the library does not open: {error}")
        return None


def print_schema() -> int:
    """Print the JSON Schema of a rule file."""
    sys.stdout.write(json.dumps(schema(), indent=2, sort_keys=True) + "\n")
    return DONE


def list_rules(wanted: str | None, on: date | None, as_json: bool) -> int:
    """List the rules, of one treatment or in force on a day where asked; 2 when there is none of that name."""
    opened = _open()
    if opened is None:
        return COULD_NOT
    _, guidelines, vocabulary = opened
    rules = _chosen(guidelines, vocabulary, wanted) if wanted else tuple(guidelines.rules.values())
    if rules is None:
        return COULD_NOT
    rules = tuple(rule for rule in rules if on is None or rule.in_force.holds(on))
    if as_json:
        sys.stdout.write(json.dumps([_summary(rule, vocabulary) for rule in rules], ensure_ascii=False, indent=1) + "\n")
        return DONE
    if not rules:
        complain(f"no rule{f' for {wanted}' if wanted else ''} is in force{f' on {on}' if on else ''}: leave out --on to see all there are")
        return DONE
    by_treatment: dict[str, list[Rule]] = {}
    for rule in sorted(rules, key=lambda rule: (rule.in_force.first, rule.id)):
        by_treatment.setdefault(vocabulary.name(rule.treatment), []).append(rule)
    for name in sorted(by_treatment):
        OUT.print(Text(name, style="bold"))
        for rule in by_treatment[name]:
            OUT.print(Text(f"  {rule.id}", no_wrap=True))
            OUT.print(Text(f"      {rule.in_force}; {rule.stance}; known from {rule.mark}; criteria: {_counted(rule)}"))
    OUT.print(Text(f"{_many(len(rules), 'rule')} for {_many(len(by_treatment), 'treatment')}; imr guidelines show RULE prints one"))
    return DONE


def _counted(rule: Rule) -> str:
    """How many criteria a rule has, by how well they are known."""
    marks = Counter(weakest_mark(each, rule.in_force.first) for each in rule.criteria)
    return ", ".join(f"{marks[mark]} {mark}" for mark in _MARKS if marks[mark]) or "none"


def _many(number: int, what: str) -> str:
    return f"{number} {what}" if number == 1 else f"{number} {what}s"


def show(wanted: str, as_json: bool) -> int:
    """Print one rule, or all of a treatment; 2 when there is none of that name."""
    opened = _open()
    if opened is None:
        return COULD_NOT
    _, guidelines, vocabulary = opened
    rules = _chosen(guidelines, vocabulary, wanted)
    if rules is None:
        return COULD_NOT
    if as_json:
        sys.stdout.write(json.dumps([_whole(rule, vocabulary) for rule in rules], ensure_ascii=False, indent=1) + "\n")
        return DONE
    for rule in rules:
        _print_rule(rule, vocabulary)
    return DONE


def run_check(wanted: str | None, as_json: bool) -> int:
    """Open the library and run every test of its rules, or of one treatment; 1 when one fails, 2 when the library does not open."""
    opened = _open()
    if opened is None:
        return COULD_NOT
    library, guidelines, vocabulary = opened
    try:
        report = check(guidelines, library)
    except LibraryError as error:
        complain(f"the tests of the library do not open: {error}")
        return COULD_NOT
    if wanted is not None:
        chosen = _chosen(guidelines, vocabulary, wanted)
        if chosen is None:
            return COULD_NOT
        report, guidelines = _only(report, guidelines, {rule.id for rule in chosen})
    marks = Counter(weakest_mark(each, rule.in_force.first) for rule in guidelines.rules.values() for each in rule.criteria)
    if as_json:
        sys.stdout.write(json.dumps(_report(report, guidelines, marks), ensure_ascii=False, indent=1) + "\n")
    else:
        _print_report(report, guidelines, vocabulary, marks)
    for fault in report.faults:
        complain(str(fault))
    return DONE if report.sound else FOUND_WRONG


def _only(report: CheckReport, guidelines: Guidelines, rules: set[str]) -> tuple[CheckReport, Guidelines]:
    """The report on some of the rules; faults that belong to no rule stay."""
    kept = {name: rule for name, rule in guidelines.rules.items() if name in rules}
    faults = tuple(fault for fault in report.faults if fault.rule in rules or fault.rule not in guidelines.rules)
    checks = tuple(each for each in report.rules if each.rule in rules)
    return replace(report, rules=checks, faults=faults, modes={}), replace(guidelines, rules=kept)


# --- which rules --------------------------------------------------------------------------------------------------


def _chosen(guidelines: Guidelines, vocabulary: Vocabulary, wanted: str) -> tuple[Rule, ...] | None:
    """The rule of that id, else those for the treatments the words name, and for what these are kinds of."""
    named = next((rule for name, rule in guidelines.rules.items() if name.lower() == wanted.lower()), None)
    if named is not None:
        return (named,)
    slugs = [wanted.replace(" ", "_").lower()] if guidelines.of(wanted.replace(" ", "_").lower()) else []
    slugs = slugs or [kind for part in vocabulary.parse(wanted).components for kind in vocabulary.kinds(part.treatment)]
    found = tuple(dict.fromkeys(rule for slug in slugs for rule in guidelines.of(slug)))
    if found:
        return tuple(sorted(found, key=lambda rule: (rule.in_force.first, rule.id)))
    names = (*guidelines.rules, *{rule.treatment for rule in guidelines.rules.values()})
    close = difflib.get_close_matches(wanted, names, n=3)
    hint = f"did you mean {' or '.join(close)}?" if close else "imr guidelines list prints all there are"
    complain(f"{wanted}: no rule of that name and none for a treatment it names: {hint}")
    return None


# --- one rule -----------------------------------------------------------------------------------------------------


def _print_rule(rule: Rule, vocabulary: Vocabulary) -> None:
    OUT.rule(Text(f"{vocabulary.name(rule.treatment)}  {rule.id}"), align="left")
    source = rule.source
    lines = [
        f"{source.title} {told_stance(rule)}.",
        f"{rule.citation}; {source.cite}; in force {rule.in_force}{_own_date(rule)}; stance known from {_known(rule.mark, rule.seen_in)}.",
    ]
    if not rule.binding:
        lines.append("Known from memory only: no candidate in binding mode.")
    lines += [line for line in (told_applies(rule), f"Set aside: {source.invalidated}." if source.invalidated else None) if line]
    for line in lines:
        OUT.print(Text(line))
    for criterion in rule.criteria:
        OUT.print()
        OUT.print(Text(f"{criterion.id}  {criterion.label}", style="bold"))
        known = _known(weakest_mark(criterion, rule.in_force.first), criterion.seen_in)
        cited = "" if criterion.citation == rule.citation else f"; {criterion.citation}"
        _indented([f"{criterion.role}, known from {known}{cited}", *told(criterion), *(f"since {line}" for line in history(criterion))])
    if rule.not_computed:
        OUT.print()
        OUT.print(Text("Not tested, for the reviewer to check:"))
        _indented([f"{label} ({mark})" for label, mark in rule.not_computed])
    if rule.if_upheld:
        OUT.print()
        OUT.print(Text("A letter that upholds has to say:"))
        _indented([f"{label} ({mark})" for label, mark in rule.if_upheld])
    OUT.print()


def _indented(lines: Iterable[str]) -> None:
    for line in lines:
        OUT.print(Padding(Text(line), (0, 0, 0, 4)))


def _own_date(rule: Rule) -> str:
    first, last = rule.source.goes_by
    told_ = [f"{end} by the {name.replace('_', ' ')}" for end, name in (("begins", first), ("ends", last)) if name]
    return f" ({', '.join(told_)})" if told_ else ""


def _known(mark: Mark, seen_in: tuple[str, ...]) -> str:
    return f"{mark} ({', '.join(seen_in)})" if seen_in else str(mark)


def _summary(rule: Rule, vocabulary: Vocabulary) -> dict[str, object]:
    return {
        "id": rule.id,
        "treatment": rule.treatment,
        "name": vocabulary.name(rule.treatment),
        "source": rule.source.id,
        "citation": str(rule.citation),
        "tier": rule.tier,
        "stance": str(rule.stance),
        "in_force": [rule.in_force.first.isoformat(), rule.in_force.last.isoformat() if rule.in_force.last else None],
        "verified": str(rule.mark),
        "binding": rule.binding,
        "criteria": [each.id for each in rule.criteria],
    }


def _whole(rule: Rule, vocabulary: Vocabulary) -> dict[str, object]:
    return {
        **_summary(rule, vocabulary),
        "title": rule.source.title,
        "cite": rule.source.cite,
        "goes_by": list(rule.source.goes_by),
        "applies": told_applies(rule),
        "invalidated": rule.source.invalidated,
        "criteria": [_criterion(each, rule) for each in rule.criteria],
        "not_computed": [label for label, _ in rule.not_computed],
        "if_upheld": [label for label, _ in rule.if_upheld],
    }


def _criterion(criterion: Criterion, rule: Rule) -> dict[str, object]:
    return {
        "id": criterion.id,
        "label": criterion.label,
        "role": str(criterion.role),
        "verified": str(weakest_mark(criterion, rule.in_force.first)),
        "seen_in": list(criterion.seen_in),
        "citation": str(criterion.citation),
        "says": list(told(criterion)),
        "facts": list(criterion.facts),
        "values": list(history(criterion)),
    }


# --- the check ----------------------------------------------------------------------------------------------------


def _print_report(report: CheckReport, guidelines: Guidelines, vocabulary: Vocabulary, marks: Counter[Mark]) -> None:
    total = marks.total()
    shares = ", ".join(f"{mark} {marks[mark]} ({marks[mark] / max(total, 1):.0%})" for mark in _MARKS)
    OUT.print(Text(f"Criteria by how well they are known: {shares}; {total} in all."))
    binding = sum(rule.binding for rule in guidelines.rules.values())
    if report.modes:
        OUT.print(
            Text(
                f"In binding mode {binding} of {len(guidelines.rules)} rules are candidates; of {sum(report.modes.values())} tests "
                f"{_kept(report)} end alike in both modes, {_held(report)} are held at NotEstablished by a criterion known from memory, "
                f"{_gone(report)} have no candidate."
            )
        )
    counts = {each.rule: each for each in report.rules}
    faults = Counter(fault.rule for fault in report.faults)
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    table.add_column("Topic and edition", overflow="fold", no_wrap=True)
    for name in ("Criteria", "Cases", "Mutations", "Faults"):
        table.add_column(name, justify="right")
    by_topic: dict[str, list[Rule]] = {}
    for rule in sorted(guidelines.rules.values(), key=lambda rule: (rule.in_force.first, rule.id)):
        by_topic.setdefault(vocabulary.name(rule.treatment), []).append(rule)
    for topic in sorted(by_topic):
        table.add_row(Text(topic, style="bold"))
        for rule in by_topic[topic]:
            row = counts[rule.id]
            table.add_row(f"  {rule.id}", *map(str, (len(rule.criteria), row.cases, row.mutations, faults[rule.id] or "")))
    OUT.print(table)
    cases, mutations = sum(each.cases for each in report.rules), sum(each.mutations for each in report.rules)
    end = "all come out as written" if report.sound else f"{_many(len(report.faults), 'fault')}, named on standard error"
    OUT.print(
        Text(
            f"{_many(len(report.rules), 'rule')} for {_many(len(by_topic), 'treatment')}, "
            f"{_many(cases, 'case')} and {_many(mutations, 'mutation')}: {end}"
        )
    )


def _kept(report: CheckReport) -> int:
    return sum(count for (advisory, binding), count in report.modes.items() if advisory == binding)


def _held(report: CheckReport) -> int:
    return sum(count for (advisory, binding), count in report.modes.items() if binding is not None and advisory != binding)


def _gone(report: CheckReport) -> int:
    return sum(count for (_, binding), count in report.modes.items() if binding is None)


def _report(report: CheckReport, guidelines: Guidelines, marks: Counter[Mark]) -> dict[str, object]:
    return {
        "criteria_by_mark": {str(mark): marks[mark] for mark in _MARKS},
        "binding": {
            "candidates": sum(rule.binding for rule in guidelines.rules.values()),
            "tests_alike": _kept(report),
            "tests_held": _held(report),
            "tests_without_candidate": _gone(report),
        },
        "rules": [
            {
                "rule": each.rule,
                "treatment": guidelines.rules[each.rule].treatment,
                "source": guidelines.rules[each.rule].source.id,
                "criteria": len(guidelines.rules[each.rule].criteria),
                "cases": each.cases,
                "mutations": each.mutations,
            }
            for each in report.rules
        ],
        "faults": [{"place": str(fault.place), "rule": fault.rule, "test": fault.test, "what": fault.what} for fault in report.faults],
        "sound": report.sound,
    }
