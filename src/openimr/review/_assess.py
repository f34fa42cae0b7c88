"""One treatment request held against its guidelines: the only place where evidence meets a rule."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

from openimr.cases import Case
from openimr.determinations import Conclusion
from openimr.evidence import FactState, Finding, Gathered, Reader, Site
from openimr.guidelines import (
    Asked,
    Candidate,
    CriterionAssessment,
    Guidelines,
    Method,
    Mode,
    RuleAssessment,
    Side,
    Study,
    Weighed,
    assess,
    candidates,
    method_on,
    weigh,
    why_none,
)
from openimr.library import Known, Library, Truth
from openimr.sources import Grammar
from openimr.treatments import Component, RequestTerms, Vocabulary

from ._known import KnownOf, known_of, known_of_part
from ._words import told
from ._worksheet import CandidateSheet, ComponentSheet, CriterionSheet, Evidence, RequestSheet, RuleSheet

_OPIOID = "opioid"
_TESTS = "Diagnostic Testing"
ASSOCIATED = "associated_surgical_service"  # what is announced as such, where no rule speaks of the thing itself
_USES = ("counted", "older", "elsewhere", "later", "claim")
_MOST_WAYS = 6
_MOST_COUNTED, _MOST_OTHERS = 20, 12  # passages of one fact that a criterion shows
_BASIS_PART = re.compile(r";\s*|\.\s+(?=[A-Z])")


@dataclass(frozen=True, slots=True)
class Bench:
    """What a request is judged with.

    Library, guidelines, vocabulary, grammar of citations, reader, mode, the governing date, and the dates editions may go by themselves.
    """

    library: Library
    guidelines: Guidelines
    vocabulary: Vocabulary
    grammar: Grammar
    reader: Reader
    mode: Mode
    on: date
    days: Mapping[str, date]
    methods: tuple[Method, ...] = ()


def assess_requests(case: Case, findings: Gathered, bench: Bench) -> tuple[tuple[RequestSheet, ...], tuple[KnownOf, ...]]:
    """Return the sheet of each treatment request in order, and what was known for each.

    Requests that may depend on another one are judged after it: a first round judges each by itself, a second knows the first's results.
    """
    alone = [_request(case, number, findings, bench, Known(Truth.NOT_DOCUMENTED)) for number in range(1, len(case.requests) + 1)]
    if len(alone) == 1:
        return (alone[0][0],), (alone[0][1],)
    final = []
    for index in range(len(alone)):
        others = [sheet for place, (sheet, _) in enumerate(alone) if place != index]
        final.append(_request(case, index + 1, findings, bench, _supported(others)))
    return tuple(sheet for sheet, _ in final), tuple(known for _, known in final)


def _supported(others: Iterable[RequestSheet]) -> Known:
    """Whether the other disputed items stand: false if one fails, true if each is necessary, else not known (no guideline never denies)."""
    conclusions = {other.conclusion for other in others}
    if conclusions & {Conclusion.NOT_NECESSARY, Conclusion.NOT_ESTABLISHED}:
        return Known(Truth.FALSE)
    return Known(Truth.NOT_DOCUMENTED if Conclusion.NO_GUIDELINE in conclusions else Truth.TRUE)


def _request(case: Case, number: int, findings: Gathered, bench: Bench, supported: Known) -> tuple[RequestSheet, KnownOf]:
    text = case.requests[number - 1].text
    terms = bench.vocabulary.parse(text)
    evidence = _weighed(case, number, bench)

    def known_for(own: RequestTerms) -> KnownOf:
        found = known_of(case, own, findings, bench.on, (bench.library, bench.guidelines), _site(own, bench), supported)
        return _with_review(found, case, number, evidence, bench)

    known = known_for(terms)
    basis = ur_basis(case.ur_decision.basis if case.ur_decision else None, terms, bench)
    asked = _asked(terms, bench)
    parts = [
        _component(part, text, own, known if (own.terms, own.text) == (terms.terms, terms.text) else known_for(own), bench)
        for part, own in asked
    ]
    sheets = tuple(sheet for sheet, _, _ in parts)
    conclusion = _whole([sheet.conclusion for sheet in sheets])
    notes = [note for _, _, found in parts for note in found]
    if not sheets:
        notes.append("NoGuideline: the request names no treatment the library knows; nothing is proposed and the reviewer decides.")
    if evidence is not None:
        notes.extend(evidence.notes)
    notes.extend(_of_several_parts(asked, bench))
    if terms.unused:
        notes.append(f"words of the request that were not understood: {', '.join(terms.unused)}")
    return (
        RequestSheet(
            number=number,
            text=text,
            unused_words=terms.unused,
            ur_basis=basis,
            cited_by_ur=bench.grammar.parse(basis).citations if basis else (),
            candidates=tuple(candidate for _, found, _ in parts for candidate in found),
            components=sheets,
            conclusion=conclusion,
            would_change=_in_words(_ways(sheets), bench) if conclusion in (Conclusion.NOT_ESTABLISHED, Conclusion.NOT_NECESSARY) else (),
            notes=tuple(notes),
            evidence=evidence,
        ),
        known,
    )


def _asked(terms: RequestTerms, bench: Bench) -> list[tuple[Component, RequestTerms]]:
    """The components with their own terms; a test of several parts of the body is one component for each."""
    out: list[tuple[Component, RequestTerms]] = []
    for part in terms.components:
        own, said = dict(part.terms) or dict(terms.terms), part.said or terms.text
        regions = own.get("regions")
        if isinstance(regions, tuple) and len(regions) > 1 and bench.vocabulary.category(part.treatment) == _TESTS:
            out += [(part, replace(terms, text=said, terms={**own, "region": region, "regions": (region,)})) for region in regions]
        else:
            out.append((part, replace(terms, text=said, terms=own)))
    return out


def _of_several_parts(asked: Sequence[tuple[Component, RequestTerms]], bench: Bench) -> Iterator[str]:
    """A note for each component that names several parts of the body and is judged for the first."""
    for part, own in asked:
        regions = own.terms.get("regions")
        if isinstance(regions, tuple) and len(regions) > 1:
            named = [bench.vocabulary.region_name(region) for region in regions]
            yield (
                f"{bench.vocabulary.name(part.treatment)}: the request names {', '.join(named)}; "
                f"it is held against the record of the {named[0]}. Check the others, or ask for one item each."
            )


def _with_review(known: KnownOf, case: Case, number: int, evidence: Weighed | None, bench: Bench) -> KnownOf:
    """Add what follows from all requests of the case, and from the studies put forward."""
    dose = _daily_dose(case, number, bench)
    if dose is not None:
        known = known.with_review("daily_morphine_equivalent", Known.of(dose), "request")
    components = [part for each in case.requests for part in bench.vocabulary.parse(each.text).components]
    for name in bench.guidelines.several:
        wanted = set(bench.guidelines.asks_for[name])
        count = sum(bool(wanted.intersection(bench.vocabulary.kinds(part.treatment))) for part in components)
        known = known.with_review(name, Known.of(count > 1), "request")
    if evidence is None or not any(study.side is Side.REQUEST for study in evidence.studies):
        return known
    if evidence.side is not None and (bench.mode is Mode.ADVISORY or evidence.binding):
        names = "; ".join(study.citation for study in evidence.best)
        return known.with_review("variance_evidence", Known.of(evidence.side is Side.REQUEST), f"best available evidence: {names}")
    # a tie, a study nobody has judged, or a method known from memory in binding mode: open until the reviewer says
    return known.with_review("variance_evidence", Known(Truth.CONFLICTING), "studies were put forward, and which is followed is open")


def _daily_dose(case: Case, number: int, bench: Bench) -> float | None:
    """The oral morphine a day of all opioids asked for in the case; None for a request of another drug, or where one dose is open."""
    vocabulary = bench.vocabulary
    doses: list[float | None] = []
    own = False
    for place, each in enumerate(case.requests, 1):
        terms = vocabulary.parse(each.text)
        for part in terms.components:
            if _OPIOID in vocabulary.kinds(part.treatment):
                own = own or place == number
                doses.append(vocabulary.daily_morphine_equivalent(replace(terms, components=(part,), terms=part.terms)))
    known = [dose for dose in doses if dose is not None]
    return round(sum(known), 2) if own and len(known) == len(doses) else None


def _weighed(case: Case, number: int, bench: Bench) -> Weighed | None:
    """The studies recorded for a request, weighed by the method of the day; None when there are none, or no method was in force."""
    method = method_on(bench.methods, bench.on)
    studies = tuple(
        Study(
            citation=each.citation,
            question=each.question,
            side=Side(each.supports),
            level=each.level,
            score=each.score,
            applicable=each.applicable,
            why=each.why,
            bias=each.bias,
            recorded_by=each.recorded_by,
        )
        for each in case.studies
        if each.request in (None, number)
    )
    return weigh(studies, method) if studies and method else None


def ur_basis(basis: str | None, terms: RequestTerms, bench: Bench) -> str | None:
    """Return the part of the denial's basis that names the request's treatment, the whole where none does; None when none is given."""
    if not basis or not basis.strip():
        return None
    parts = [part.strip() for part in _BASIS_PART.split(basis) if part.strip()]
    vocabulary = bench.vocabulary
    asked = {kind for component in terms.components for kind in vocabulary.kinds(component.treatment)}
    head = parts[0].partition(",")[0]
    own = [
        part if bench.grammar.parse(part).citations else f"{head}, {part}"
        for part in parts
        if asked & {kind for component in vocabulary.parse(part).components for kind in vocabulary.kinds(component.treatment)}
    ]
    return "; ".join(own) if own else basis


def _site(terms: RequestTerms, bench: Bench) -> Site:
    region, side = terms.terms.get("region"), terms.terms.get("side")
    return bench.reader.site(region if isinstance(region, str) else None, side if side in ("left", "right") else None)


def _whole(conclusions: Sequence[Conclusion]) -> Conclusion:
    """The whole fails if a component fails; a component without a guideline leaves a sound rest without a proposal."""
    for each in (Conclusion.NOT_NECESSARY, Conclusion.NOT_ESTABLISHED, Conclusion.NO_GUIDELINE):
        if each in conclusions:
            return each
    return Conclusion.NECESSARY if conclusions else Conclusion.NO_GUIDELINE


def _ways(sheets: Sequence[ComponentSheet]) -> tuple[tuple[str, ...], ...]:
    """The smallest sets of facts that would make every component Necessary; empty when one of them cannot become so."""
    ways: list[tuple[str, ...]] = [()]
    for sheet in sheets:
        if sheet.conclusion is Conclusion.NECESSARY:
            continue
        rule = sheet.governing
        if rule is None or not rule.would_change:
            return ()
        ways = [tuple(dict.fromkeys((*way, *more))) for way in ways for more in rule.would_change]
    return tuple(sorted(ways, key=lambda way: (len(way), way))[:_MOST_WAYS])


def _in_words(ways: Iterable[tuple[str, ...]], bench: Bench) -> tuple[tuple[str, ...], ...]:
    labels = {name: (fact.label, fact.unit) for name, fact in bench.library.facts.items()}
    labels |= {name: (term.label, term.unit) for name, term in bench.guidelines.terms.items()}
    return tuple(tuple(told(statement, labels) for statement in way) for way in ways)


def _component(
    part: Component, text: str, terms: RequestTerms, known: KnownOf, bench: Bench
) -> tuple[ComponentSheet, list[CandidateSheet], list[str]]:
    region = terms.terms.get("region")
    place = region if isinstance(region, str) else None
    kinds = bench.vocabulary.kinds(part.treatment, place)
    if terms.terms.get("associated"):
        kinds = (*kinds, ASSOCIATED)
    known = known_of_part(known, part, terms, bench.guidelines, bench.vocabulary)
    # a rule for the drug itself goes before one for its class
    asked = Asked(part.treatment, bench.on, known.known, place, bench.mode, bench.days)
    tried = (candidates(bench.guidelines, replace(asked, treatment=kind)) for kind in kinds)
    found = next((each for each in tried if each), ())
    rules = [_rule(candidate, text, known, bench) for candidate in found if candidate.role is not None]
    rules.sort(key=lambda rule: rule.role != "governing")
    governing = next((rule for rule in rules if rule.role == "governing"), None)
    name = bench.vocabulary.name(part.treatment)
    if bench.vocabulary.category(part.treatment) == _TESTS and place:
        name = f"{name} ({bench.vocabulary.region_name(place)})"
    notes: list[str] = []
    if governing is None:
        spoken = next((kind for kind in kinds if bench.guidelines.of(kind)), part.treatment)
        notes.append(f"NoGuideline: {why_none(bench.guidelines, replace(asked, treatment=spoken))}")
    else:
        notes.extend(
            f"{name}: {rule.citation} ({rule.id}) would come to {rule.conclusion}, "
            f"the governing {governing.citation} to {governing.conclusion}"
            for rule in rules
            if rule.tier == governing.tier and rule is not governing and rule.conclusion is not governing.conclusion
        )
        notes.extend(f"{name}: {note}" for note in governing.notes)
        if governing.conclusion is Conclusion.NECESSARY and not any(_in_record(criterion) for criterion in governing.criteria):
            notes.append(
                f"{name}: every criterion is met by the request's own words or by silence; no passage of the record speaks for it."
            )
    sheet = ComponentSheet(
        treatment=part.treatment,
        name=name,
        qualifiers=_qualifiers(terms),
        rules=tuple(rules),
        conclusion=governing.conclusion if governing else Conclusion.NO_GUIDELINE,
    )
    return sheet, [_candidate(each) for each in found], notes


def _in_record(criterion: CriterionSheet) -> bool:
    return any(each.origin == "record" and each.use == "counted" for each in criterion.evidence)


def _qualifiers(terms: RequestTerms) -> dict[str, object]:
    """The terms of the request, a single region once and lists as words."""
    plain = {key: value for key, value in terms.terms.items() if key != "regions" or not isinstance(value, tuple) or len(value) > 1}
    return {key: ", ".join(map(str, value)) if isinstance(value, tuple) else value for key, value in plain.items()}


def _candidate(candidate: Candidate) -> CandidateSheet:
    return CandidateSheet(candidate.rule.id, str(candidate.tier), candidate.in_force, candidate.chosen, candidate.why)


def _rule(candidate: Candidate, text: str, known: KnownOf, bench: Bench) -> RuleSheet:
    found: RuleAssessment = assess(candidate.rule, known.known, candidate.rule.day(bench.on), bench.mode)
    rule = candidate.rule
    return RuleSheet(
        id=rule.id,
        role=str(candidate.role),
        citation=rule.citation,
        stance=str(rule.stance),
        tier=str(candidate.tier),
        verified=str(rule.mark),
        criteria=tuple(_criterion(each, text, known) for each in found.criteria),
        conclusion=found.conclusion,
        deciding=found.deciding,
        would_change=found.would_change,
        notes=found.notes,
        if_upheld=tuple(label for label, _ in rule.if_upheld),
    )


def _criterion(each: CriterionAssessment, text: str, known: KnownOf) -> CriterionSheet:
    return CriterionSheet(
        id=each.id,
        label=each.label,
        state=str(each.state),
        readings=tuple((reading.name, str(reading.state), reading.default) for reading in each.readings),
        value=each.value,
        limit=each.limit,
        assumed=each.assumed,
        why=each.why,
        mark=str(each.mark),
        citation=str(each.citation),
        evidence=tuple(_evidence(each.facts, text, known)),
        further=_further(each.facts, known),
    )


def _evidence(facts: Sequence[str], text: str, known: KnownOf) -> list[Evidence]:
    out: list[Evidence] = []
    for fact in facts:
        state = known.states.get(fact)
        if state is not None:
            out.extend(_passages(state, known.labels[fact]))
        elif fact in known.derived:
            value = known.known[fact]
            said = f"{fact} = {value.value:g}" if value.value is not None else f"{fact} = {value.truth}"
            origin = "request" if known.derived[fact] == "request" else "case"
            out.append(Evidence(origin, "counted", said, text if origin == "request" else known.derived[fact]))
    return sorted(out, key=lambda each: _USES.index(each.use))


def _passages(state: FactState, label: str) -> list[Evidence]:
    return [_passage(finding, use, label) for use, findings in _by_use(state).items() for finding in _newest(findings, use)]


def _by_use(state: FactState) -> Mapping[str, tuple[Finding, ...]]:
    return {
        "counted": state.counted,
        "older": state.older,
        "elsewhere": state.elsewhere,
        "later": state.later,
        "claim": state.claims,
    }


def _newest(findings: tuple[Finding, ...], use: str) -> tuple[Finding, ...]:
    """The newest of the findings of one fact, in the order of the file: a reviewer reads some, not hundreds."""
    most = _MOST_COUNTED if use == "counted" else _MOST_OTHERS
    if len(findings) <= most:
        return findings
    kept = set(sorted(range(len(findings)), key=lambda place: (findings[place].date or date.min, -place), reverse=True)[:most])
    return tuple(finding for place, finding in enumerate(findings) if place in kept)


def _further(facts: Sequence[str], known: KnownOf) -> dict[str, int]:
    """How many passages are left out, by their use."""
    out: dict[str, int] = {}
    for fact in facts:
        if fact in known.states:
            for use, findings in _by_use(known.states[fact]).items():
                left = len(findings) - len(_newest(findings, use)) + (known.left_out.get(fact, 0) if use == "older" else 0)
                if left:
                    out[use] = out.get(use, 0) + left
    return out


def _passage(finding: Finding, use: str, label: str) -> Evidence:
    value = ("yes" if finding.value else "no") if isinstance(finding.value, bool) else f"{finding.value:g}"
    return Evidence(
        origin="record",
        use=use,
        says=f"{label}: {value}",
        quote=finding.context.quote,
        span=finding.context,
        assertion=str(finding.assertion),
        date=finding.date,
        author=finding.author,
        standing=finding.standing.name.lower(),
        kind=finding.kind,
    )
