"""Reading the folder `guidelines` of the library into rules; nothing dangling, overlapping or unreachable gets through."""

from __future__ import annotations

import difflib
import itertools
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path
from typing import Any, Literal, NoReturn

from openimr.library import Known, Library, LibraryError, Mark, Place, any_phrase, parse, read_model
from openimr.sources import Citation
from openimr.treatments import Vocabulary

from . import _format as form
from ._rule import (
    AllOf,
    AnyOf,
    Applies,
    Assumption,
    AtLeast,
    Compare,
    Criterion,
    Definition,
    FactIs,
    ForAll,
    Guidelines,
    Ladder,
    NamedTest,
    Node,
    Not,
    OnMissing,
    Parameter,
    Period,
    Role,
    Rule,
    Source,
    Stance,
    Stated,
    Subject,
    Term,
    Value,
)
from ._truth import View, holds, leaves, own_subjects, subjects

FOLDER = "guidelines"
_LABEL_WORDS = 30
_PARTS = "parts"
_PAGES = re.compile(r"\bpp?\.\s*(\d+(?:\s*-\s*\d+)?(?:\s*,\s*\d+(?:\s*-\s*\d+)?)*)")
_MONTHS = ("days", "weeks", "months", "years")
_MOST_GUARD_FACTS = 8


@dataclass(frozen=True)
class _Written:
    """An entry of a file with the place it came from; `path` leads to it in the file."""

    entry: Any
    file: Path
    shown: str
    path: tuple[str | int, ...]

    def refuse(self, what: str, *path: str | int) -> NoReturn:
        """Refuse the file at the deepest of the keys that has a line of its own."""
        _, lines = parse(self.file.read_text(encoding="utf-8"), self.shown)
        keys: tuple[str | int, ...] = (*self.path, *path)
        while keys and keys not in lines:
            keys = keys[:-1]
        raise LibraryError(Place(self.shown, lines.get(keys, 1)), what)

    def within(self, *path: str | int) -> _Written:
        """The same entry, told by a place inside it."""
        return replace(self, path=(*self.path, *path))


@dataclass
class _Shelf:
    """Everything written in the folder, by kind and name, and what has been made of it so far."""

    library: Library
    vocabulary: Vocabulary | None = None
    sources: dict[str, _Written] = field(default_factory=dict)
    parameters: dict[str, _Written] = field(default_factory=dict)
    shared: dict[str, _Written] = field(default_factory=dict)
    rules: dict[str, _Written] = field(default_factory=dict)
    terms: dict[str, _Written] = field(default_factory=dict)
    ladders: list[_Written] = field(default_factory=list)
    made_sources: dict[str, Source] = field(default_factory=dict)
    made_parameters: dict[str, Parameter] = field(default_factory=dict)
    subjects: dict[str, Subject] = field(default_factory=dict)


def load(library: Library, vocabulary: Vocabulary | None = None) -> Guidelines:
    """Return the guidelines of an opened library; with a vocabulary their treatments and regions are held against it too.

    Raises LibraryError with file, line and mend for an unknown or duplicate key, a missing unit, source or date, a dangling fact,
    parameter, source, treatment, region or `extends`, overlapping dates, a criterion that can never apply or be met, or prose too long to
    be our own words.
    """
    shelf = _Shelf(library, vocabulary)
    for path in library.files(FOLDER):
        _read(shelf, path)
    shelf.made_sources = {name: _source(written) for name, written in shelf.sources.items()}
    shelf.made_parameters = {name: _parameter(shelf, name, written) for name, written in shelf.parameters.items()}
    for name in shelf.terms:
        _subject(shelf, name, shelf.terms[name])
    ladders = _ladders(shelf)
    for written in shelf.sources.values():
        _source_fits(shelf, written, ladders)
    rules = {name: _rule(shelf, name, written) for name, written in shelf.rules.items()}
    _no_overlap(shelf, rules)
    return Guidelines(
        rules=rules,
        sources=shelf.made_sources,
        parameters=shelf.made_parameters,
        terms={name: shelf.subjects[name] for name in shelf.terms},
        asks_for={name: written.entry.asks_for for name, written in shelf.terms.items() if written.entry.asks_for},
        several=frozenset(name for name, written in shelf.terms.items() if written.entry.several),
        says={name: pattern for name, written in shelf.terms.items() if (pattern := any_phrase(written.entry.says))},
        since={name: _fact_of(shelf, written) for name, written in shelf.terms.items() if written.entry.since},
        hierarchy=ladders,
    )


def _read(shelf: _Shelf, path: Path) -> None:
    shown = shelf.library.shown(path)
    match path.name:
        case "sources.yaml":
            _put(shelf.sources, "sources", read_model(path, form.SourceFile, shown_as=shown).sources, path, shown)
        case "terms.yaml":
            _put(shelf.terms, "terms", read_model(path, form.TermFile, shown_as=shown).terms, path, shown)
        case "strength.yaml":
            pass  # how studies are weighed: read by itself
        case "hierarchy.yaml":
            for place, entry in enumerate(read_model(path, form.LadderFile, shown_as=shown).hierarchy):
                shelf.ladders.append(_Written(entry, path, shown, ("hierarchy", place)))
        case _:
            read = read_model(path, form.RuleFile, shown_as=shown)
            _put(shelf.parameters, "parameters", read.parameters, path, shown)
            _put(shelf.shared, "shared", read.shared, path, shown)
            _put(shelf.rules, "rules", read.rules, path, shown)


def _put(into: dict[str, _Written], kind: str, entries: Mapping[str, object], path: Path, shown: str) -> None:
    for name, entry in entries.items():
        written = _Written(entry, path, shown, (kind, name))
        if name in into:
            written.refuse(f"'{name}' is already written in {into[name].shown}: keep one of them")
        into[name] = written


def _close(name: str, known: Iterable[str], else_: str) -> str:
    close = difflib.get_close_matches(name, list(known), n=1)
    return f"(did you mean '{close[0]}'?)" if close else else_


# --- sources, parameters, the order of standards ------------------------------------------------------------------


def _period(entry: form.SpanOfTime) -> Period:
    return Period(entry.first, entry.last)


def _source(written: _Written) -> Source:
    entry: form.SourceEntry = written.entry
    return Source(
        id=str(written.path[-1]),
        authority=entry.authority,
        document=entry.document,
        edition=entry.edition,
        title=entry.title,
        cite=entry.cite,
        tier=entry.tier,
        in_force=_period(entry.in_force),
        rights=entry.rights,
        edition_required=entry.edition_required,
        url=entry.url,
        mark=entry.verified,
        region=entry.applies.region if entry.applies else (),
        goes_by=(entry.goes_by.first, entry.goes_by.last) if entry.goes_by else (None, None),
        invalidated=f"{entry.invalidated.what} ({entry.invalidated.by})" if entry.invalidated else None,
    )


def _cited(shelf: _Shelf, written: _Written, reference: form.Reference, *path: str) -> Source:
    source = shelf.made_sources.get(reference.ref)
    if source is None:
        hint = _close(reference.ref, shelf.made_sources, ": add it to a sources.yaml")
        written.refuse(f"source '{reference.ref}' is not in the library {hint}", *path, "ref")
    return source


def _citation(source: Source, locator: str) -> Citation:
    pages = _PAGES.search(locator)
    rest = (locator[: pages.start()] + locator[pages.end() :]) if pages else locator
    pieces = (piece.strip(" .") for piece in re.split(r"[,;]|\s\(", rest))
    sections = tuple(piece if "(" in piece else piece.rstrip(")") for piece in pieces if piece)
    return Citation(source.authority, source.document, source.edition, sections, re.sub(r"\s+", "", pages.group(1)) if pages else None)


def _parameter(shelf: _Shelf, name: str, written: _Written) -> Parameter:
    entry: form.ParameterEntry = written.entry
    values = []
    for since, value in sorted(entry.values.items()):
        path = ("values", str(since))
        source = _cited(shelf, written, value.source, *path, "source")
        _bounded(written, source, value.note, *path, "note")
        _bounded(written, source, value.stated_as, *path, "stated_as")
        values.append(
            Value(
                since=since,
                number=value.value,
                stated_as=value.stated_as,
                stand_in=value.stand_in,
                note=value.note,
                citation=_citation(source, value.source.locator),
                mark=Mark.MEMORY if value.date_verified is Mark.MEMORY else value.verified,
                seen_in=value.seen_in,
            )
        )
    return Parameter(name, entry.unit, entry.op, tuple(values))


def _bounded(written: _Written, source: Source, text: str | None, *path: str | int) -> None:
    """Own words are short: long prose beside a licensed text is refused, for it may be the text itself."""
    if source.rights == "proprietary" and text is not None and len(text.split()) > _LABEL_WORDS:
        written.refuse(f"more than {_LABEL_WORDS} words beside a proprietary source: say it shorter, in own words", *path)


def _ladders(shelf: _Shelf) -> tuple[Ladder, ...]:
    made = []
    for written in shelf.ladders:
        entry: form.LadderEntry = written.entry
        made.append(Ladder(_period(entry.in_force), tuple(tuple(rung) for rung in entry.rungs), entry.cite, entry.verified))
    made.sort(key=lambda ladder: ladder.in_force.first)
    for one, other in itertools.pairwise(made):
        if one.in_force.meets(other.in_force):
            shelf.ladders[0].refuse(f"two orders of standards hold on {other.in_force.first}: end the first before the second begins")
    if not made:
        place = Place(FOLDER, 1)
        raise LibraryError(place, "no order of standards: add a hierarchy.yaml")
    return tuple(made)


def _source_fits(shelf: _Shelf, written: _Written, ladders: tuple[Ladder, ...]) -> None:
    entry: form.SourceEntry = written.entry
    tiers = {tier for ladder in ladders for rung in ladder.rungs for tier in rung}
    if entry.tier not in tiers:
        written.refuse(
            f"tier '{entry.tier}' stands in no order of standards {_close(entry.tier, tiers, ': add it to hierarchy.yaml')}", "tier"
        )
    if entry.applies is not None and entry.applies.when is not None:
        _node(shelf, entry.applies.when, written, "applies", "when")


# --- facts and terms ----------------------------------------------------------------------------------------------


def _subject(shelf: _Shelf, name: str, written: _Written, *path: str | int) -> Subject:
    """The fact or term of that name; refused when neither the facts nor the terms of the library have it."""
    if name in shelf.subjects:
        return shelf.subjects[name]
    fact = shelf.library.facts.get(name)
    term = shelf.terms.get(name)
    if fact is not None and term is not None and term.entry.origin != "record":
        term.refuse(f"'{name}' is a fact already: remove the term, or write 'from: record' if it is how the fact follows from others")
    if fact is None and term is not None and term.entry.origin == "record":
        term.refuse(f"'{name}' is 'from: record' and no fact of the library {_close(name, shelf.library.facts, ': declare it there')}")
    if fact is not None and (term is None or fact.unit is not None):
        shelf.subjects[name] = Subject(name, fact.label, fact.unit)
        return shelf.subjects[name]
    if term is None:
        known = (*shelf.library.facts, *shelf.terms)
        written.refuse(
            f"fact '{name}' is neither in the facts of the library nor in terms.yaml {_close(name, known, ': declare it there')}", *path
        )
    entry: form.TermEntry = term.entry
    shelf.subjects[name] = Subject(name, entry.label, entry.unit, fixed=entry.origin == "request" and entry.unit is None)
    if entry.test is not None:
        otherwise = None if entry.otherwise is None else _node(shelf, entry.otherwise.test, term, "otherwise", "test")
        note = entry.otherwise.note if entry.otherwise else ""
        made = Definition(_node(shelf, entry.test, term, "test"), otherwise, note, one_way=entry.origin == "record")
        if any(subject.name == name for node in (made.test, otherwise) if node for subject in subjects(node)):
            term.refuse(f"'{name}' follows from itself: take it out of its own test", "test")
        shelf.subjects[name] = Subject(name, entry.label, entry.unit, made)
    return shelf.subjects[name]


def _fact_of(shelf: _Shelf, written: _Written) -> str:
    """The fact a term counts from; refused when the library has none of that name."""
    name: str = written.entry.since
    if name not in shelf.library.facts:
        written.refuse(f"fact '{name}' is not in the library {_close(name, shelf.library.facts, ': declare it there')}", "since")
    return name


# --- conditions ---------------------------------------------------------------------------------------------------


def _node(shelf: _Shelf, entry: form.Node, at: _Written, *path: str | int) -> Node:
    made: Node | None = None
    if entry.fact is not None:
        subject = _subject(shelf, entry.fact, at, *path, "fact")
        if subject.unit is not None:
            at.refuse(f"'{entry.fact}' is a number of {subject.unit}, not yes or no: compare it with a parameter", *path, "fact")
        made = FactIs(subject)
    elif entry.negated is not None:
        made = Not(_node(shelf, entry.negated, at, *path, "not"))
    elif entry.all_of is not None:
        made = AllOf(_nodes(shelf, entry.all_of, at, *path, "all_of"))
    elif entry.any_of is not None:
        made = AnyOf(_nodes(shelf, entry.any_of, at, *path, "any_of"))
    elif entry.at_least is not None:
        made = AtLeast(entry.at_least.k, _nodes(shelf, entry.at_least.of, at, *path, "at_least", "of"))
    elif entry.stated is not None:
        subject = _subject(shelf, entry.stated, at, *path, "stated")
        if entry.stated not in shelf.terms or shelf.terms[entry.stated].entry.origin != "request":
            at.refuse(f"'{entry.stated}' is not a term of the request: only such a term can be stated", *path, "stated")
        made = Stated(subject)
    elif entry.for_all is not None:
        made = ForAll(_node(shelf, entry.for_all, at, *path, "for_all"), _subject(shelf, _PARTS, at, *path, "for_all"))
    else:
        made = _comparison(shelf, entry, at, *path)
    return made


def _nodes(shelf: _Shelf, entries: list[form.Node], at: _Written, *path: str | int) -> tuple[Node, ...]:
    return tuple(_node(shelf, entry, at, *path, place) for place, entry in enumerate(entries))


def _comparison(shelf: _Shelf, node: form.Node, at: _Written, *path: str | int) -> Compare:
    key: Literal["cmp", "within", "elapsed"] = "cmp" if node.cmp else "within" if node.within else "elapsed"
    entry: form.Comparison | None = getattr(node, key)
    if entry is None:
        at.refuse("an empty condition: write one", *path)
    path = (*path, key)
    parameter = shelf.made_parameters.get(entry.param)
    if parameter is None:
        hint = _close(entry.param, shelf.made_parameters, ": declare it under parameters")
        at.refuse(f"parameter '{entry.param}' is not in the library {hint}", *path, "param")
    op = {"cmp": parameter.op, "within": "<=", "elapsed": ">="}[key]
    if op is None:
        at.refuse(f"parameter '{entry.param}' has no 'op': say there how a number compares with it", *path, "param")
    if key != "cmp" and (parameter.unit not in _MONTHS or parameter.op not in (None, op)):
        at.refuse(f"'{key}' needs a parameter in {', '.join(_MONTHS)} whose op, if any, is {op}", *path, "param")
    terms = []
    for place, each in enumerate([entry.value] if entry.value is not None else entry.sum or []):
        name, unless = (each, None) if isinstance(each, str) else (each.value, each.zero_unless)
        subject = _subject(shelf, name, at, *path, *(("value",) if entry.value is not None else ("sum", place)))
        if subject.unit != parameter.unit:
            has = f"in {subject.unit}" if subject.unit else "yes or no"
            at.refuse(f"'{name}' is {has}, parameter '{parameter.name}' in {parameter.unit}: compare like with like", *path)
        terms.append(Term(subject, None if unless is None else _subject(shelf, unless, at, *path, "sum", place, "zero_unless")))
    return Compare(tuple(terms), parameter, op)


# --- rules --------------------------------------------------------------------------------------------------------


def _rule(shelf: _Shelf, name: str, written: _Written) -> Rule:
    entry: form.RuleEntry = written.entry
    _named_in_vocabulary(shelf, written)
    source = _cited(shelf, written, entry.source, "source")
    in_force = _period(entry.in_force) if entry.in_force else source.in_force
    if entry.in_force and not _inside(in_force, source.in_force):
        written.refuse(f"the rule is in force {in_force}, its source only {source.in_force}: narrow the rule", "in_force")
    for key, remarks in (("not_computed", entry.not_computed), ("if_upheld", entry.if_upheld)):
        for place, extra in enumerate(remarks):
            _bounded(written, source, extra.label, key, place)
    criteria = tuple(
        _criterion(shelf, key, at, source, entry.source.locator, in_force) for key, at in _with_inherited(shelf, name, written).items()
    )
    _stance_has_its_criterion(entry.stance, criteria, written)
    return Rule(
        id=name,
        treatment=entry.treatment,
        source=source,
        citation=_citation(source, entry.source.locator),
        stance=entry.stance,
        in_force=in_force,
        applies=_applies(shelf, entry, written),
        priority=entry.priority,
        criteria=criteria,
        mark=entry.verified,
        not_computed=tuple((each.label, each.verified) for each in entry.not_computed),
        if_upheld=tuple((each.label, each.verified) for each in entry.if_upheld),
        seen_in=entry.seen_in,
    )


def _named_in_vocabulary(shelf: _Shelf, written: _Written) -> None:
    """Refuse a rule for a treatment or region no request could name."""
    words = shelf.vocabulary.words if shelf.vocabulary else None
    if words is None:
        return
    treatment = written.entry.treatment
    known = (*words.treatments, *words.drugs, *words.classes)
    if treatment not in known:
        written.refuse(f"treatment '{treatment}' is not in treatments/*.yaml {_close(treatment, known, ': add it there')}", "treatment")
    for region in written.entry.applies.region if written.entry.applies else ():
        if region not in words.regions:
            hint = _close(region, words.regions, f": use one of {', '.join(words.regions)}")
            written.refuse(f"region '{region}' is not in treatments/regions.yaml {hint}", "applies", "region")


def _inside(inner: Period, outer: Period) -> bool:
    return outer.holds(inner.first) and (outer.last is None or (inner.last is not None and inner.last <= outer.last))


def _with_inherited(shelf: _Shelf, name: str, written: _Written) -> dict[str, _Written]:
    """The criteria of a rule and of those it extends, the farthest first; one written again takes the place of the inherited."""
    chain = [written]
    seen = {name}
    while (parent := chain[0].entry.extends) is not None:
        if parent not in shelf.rules:
            chain[0].refuse(f"'extends: {parent}' names no rule {_close(parent, shelf.rules, ': correct it')}", "extends")
        if parent in seen:
            chain[0].refuse(f"'extends: {parent}' leads back to the rule itself: take it out", "extends")
        if shelf.rules[parent].entry.treatment != written.entry.treatment:
            chain[0].refuse(f"'extends: {parent}' is a rule for another treatment", "extends")
        seen.add(parent)
        chain.insert(0, shelf.rules[parent])
    criteria: dict[str, _Written] = {}
    for rule in chain:
        for key, entry in rule.entry.criteria.items():
            criteria[key] = replace(rule, entry=entry, path=(*rule.path, "criteria", key))
        for key in rule.entry.includes:
            if key not in shelf.shared:
                rule.refuse(f"'includes: {key}' names no shared criterion {_close(key, shelf.shared, ': correct it')}", "includes")
            criteria[key] = shelf.shared[key]
    return criteria


def _stance_has_its_criterion(stance: Stance, criteria: tuple[Criterion, ...], written: _Written) -> None:
    if stance is Stance.CONDITIONAL and not criteria:
        written.refuse("a conditional rule needs at least one criterion", "criteria")
    if stance is Stance.AGAINST and not any(each.on_missing is OnMissing.NOT_MET for each in criteria):
        written.refuse("a rule against needs the criterion that would rebut it, with 'on_missing: not_met'", "criteria")
    if stance is Stance.SILENT and not any(each.role is Role.DOCUMENTATION for each in criteria):
        written.refuse("a silent rule needs a criterion of role documentation", "criteria")


def _applies(shelf: _Shelf, rule: form.RuleEntry, written: _Written) -> Applies | None:
    entry, at = rule.applies, written
    path: tuple[str, ...] = ("applies",)
    if entry is None:
        at = shelf.sources[rule.source.ref]
        entry = at.entry.applies
    if entry is None:
        return None
    when = None if entry.when is None else _node(shelf, entry.when, at, *path, "when")
    source = shelf.made_sources[rule.source.ref]
    _bounded(at, source, entry.because, *path, "because")
    nodes = [when] if when else []
    assume = _assumptions(shelf, entry.assume, nodes, has_guard=when is not None, at=at.within(*path, "assume"), source=source)
    return Applies(entry.region, when, assume, entry.because, entry.locator, entry.verified)


def _criterion(shelf: _Shelf, key: str, at: _Written, source: Source, locator: str, in_force: Period) -> Criterion:
    entry: form.CriterionEntry = at.entry
    if isinstance(entry, form.SharedEntry):
        source, locator = _cited(shelf, at, entry.source, "source"), entry.source.locator
    if len(entry.label.split()) > _LABEL_WORDS:
        at.refuse(f"the label has more than {_LABEL_WORDS} words: say it shorter, in own words", "label")
    readings = (
        (NamedTest("", _node(shelf, entry.test, at, "test")),)
        if entry.test is not None
        else tuple(NamedTest(name, _node(shelf, node, at, "readings", name)) for name, node in (entry.readings or {}).items())
    )
    when = None if entry.when is None else _node(shelf, entry.when, at, "when")
    for reading in readings:
        _reachable(reading.test, when, at)
        _numbers_in_force(reading.test, in_force, at)
    nodes = [*([when] if when else []), *(reading.test for reading in readings)]
    default = next((place for place, each in enumerate(readings) if each.name == entry.default_reading), 0)
    return Criterion(
        id=key,
        label=entry.label,
        role=entry.role,
        readings=readings,
        default=default,
        when=when,
        on_missing=entry.on_missing,
        assume=_assumptions(shelf, entry.assume, nodes, has_guard=when is not None, at=at.within("assume"), source=source),
        soft=entry.role is Role.LIMIT if entry.soft is None else entry.soft,
        mark=entry.verified,
        # a criterion taken over from another rule stands where this rule's source has its list
        citation=_citation(source, entry.locator or locator),
        facts=tuple(dict.fromkeys(subject.name for node in nodes for subject in subjects(node))),
        compares=tuple(leaf for leaf in leaves(readings[default].test) if isinstance(leaf, Compare)),
        seen_in=entry.seen_in,
    )


def _assumptions(
    shelf: _Shelf, entries: tuple[form.Assume, ...], nodes: list[Node], *, has_guard: bool, at: _Written, source: Source
) -> tuple[Assumption, ...]:
    """What is assumed of the facts of a guard, the first of the nodes, and of those a number of a sum is zero without."""
    absent = {
        term.zero_unless.name
        for node in nodes
        for leaf in leaves(node)
        if isinstance(leaf, Compare)
        for term in leaf.terms
        if term.zero_unless
    }
    guard = {subject.name for subject in own_subjects(nodes[0])} if has_guard else set()
    made = []
    for place, entry in enumerate(entries):
        _bounded(at, source, entry.note, place, "note")
        if entry.fact not in guard | absent:
            at.refuse(f"'assume' speaks of '{entry.fact}', which stands neither in the guard nor under 'zero_unless'", place, "fact")
        unless = tuple(_subject(shelf, name, at, place, "unless") for name in entry.unless)
        made.append(Assumption(_subject(shelf, entry.fact, at, place, "fact"), entry.value, unless, entry.note))
    return tuple(made)


def _reachable(test: Node, when: Node | None, at: _Written) -> None:
    """Refuse a guard that no facts fulfil, and a test that none of those that fulfil the guard can meet."""
    node = test if when is None else AllOf((when, test))
    for part, key in ((when, "when"), (node, "test")):
        if part is not None and not can_hold(part):
            at.refuse("no facts can ever fulfil this: it contradicts itself", key)


def can_hold(node: Node) -> bool:
    """Tell whether any facts fulfil a condition.

    Tries all truths of the yes-or-no facts; numbers and parts are left undecided, so they never make it contradict itself.
    """
    names = list(dict.fromkeys(leaf.subject.name for leaf in leaves(node) if isinstance(leaf, FactIs)))
    if len(names) > _MOST_GUARD_FACTS:
        return True
    ways = itertools.product((True, False), repeat=len(names))
    return any(
        holds(node, View({name: Known.of(truth) for name, truth in zip(names, way, strict=True)}, date.min)) is not False for way in ways
    )


def _numbers_in_force(test: Node, in_force: Period, at: _Written) -> None:
    for leaf in leaves(test):
        if isinstance(leaf, Compare) and leaf.parameter.on(in_force.first) is None:
            at.refuse(
                f"parameter '{leaf.parameter.name}' has no value on {in_force.first}, when the rule comes into force: add one", "test"
            )


def _no_overlap(shelf: _Shelf, rules: Mapping[str, Rule]) -> None:
    for one, other in itertools.combinations(rules.values(), 2):
        same = one.treatment == other.treatment and _text_of(one) == _text_of(other)
        if same and one.in_force.meets(other.in_force) and _share_region(one, other):
            what = f"'{one.id}' ({one.in_force}) and '{other.id}' ({other.in_force}) are in force together for {one.treatment}"
            shelf.rules[other.id].refuse(f"{what} by {one.source.document}: part their dates or regions")


def _text_of(rule: Rule) -> tuple[str, str]:
    return rule.source.authority, rule.source.document


def _share_region(one: Rule, other: Rule) -> bool:
    first, second = (each.applies.region if each.applies else () for each in (one, other))
    return not first or not second or bool(set(first) & set(second))
