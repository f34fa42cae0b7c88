"""The draft determination: what the worksheet comes to, in the sentences of a letter; the reviewer decides and rewrites."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date

from openimr.cases import Case
from openimr.determinations import Basis, Conclusion, Decision, Determination, LetterWarning, Request
from openimr.guidelines import Side, Weighed
from openimr.sources import Grammar

from ._words import alternatives, day, listed, one_line, record_type
from ._worksheet import ComponentSheet, CriterionSheet, Evidence, RecordSheet, RequestSheet, RuleSheet, Worksheet

_WORDS = {
    Conclusion.NECESSARY: "medically necessary",
    Conclusion.NOT_NECESSARY: "not medically necessary",
    Conclusion.NOT_ESTABLISHED: "medical necessity not established by the records",
}
_LEADS = (
    ("Met", "The record meets these criteria:"),
    ("NotMet", "It does not meet:"),
    ("Conflicting", "On these, records of equal standing disagree:"),
    ("NotDocumented", "These are not documented:"),
    ("NotApplicable", "These do not apply:"),
)
_QUOTES = 2
_MOST_LINES = 200  # records named on a line of their own; more of them fill a hundred pages of letter that nobody reads
_FIRST_TIER = "mtus"


def draft(case: Case, sheet: Worksheet, summary: str, categories: Mapping[str, str], grammar: Grammar) -> Determination:
    """Return the determination as a draft: every decision None, the proposal beside it, nothing that a reviewer has not to confirm."""
    return Determination(
        source=None,
        program=case.program,
        layout=None,
        case_number=case.case_number,
        priority=case.priority.capitalize() if case.priority else None,
        date_of_injury=case.dates.get("date_of_injury"),
        ur_denial_date=case.dates.get("ur_denial_date"),
        application_received=case.dates.get("application_received"),
        date_assigned=case.dates.get("date_assigned"),
        decision_date=case.dates.get("decision_date"),
        reviewer=case.reviewer,
        age=case.patient.age,
        sex=case.patient.sex,
        documents_reviewed=tuple(_reviewed(sheet.records)),
        summary=summary,
        requests=tuple(_request(case, request, sheet, categories, grammar) for request in sheet.requests),
        warnings=tuple(LetterWarning("draft", warning) for warning in sheet.warnings),
    )


def _reviewed(records: Sequence[RecordSheet]) -> Iterator[str]:
    """Name every record; in a long file those of a kind, author and packet on one line, each with its day and pages."""
    if len(records) <= _MOST_LINES:
        yield from (_line(_what(record), _day(record), record.author or "", _pages(record), record.document) for record in records)
        return
    groups: dict[tuple[str, str, str], list[RecordSheet]] = {}
    for record in records:
        groups.setdefault((_what(record), record.author or "", record.document), []).append(record)
    for heading, group in groups.items():
        each = ((_day(record), _pages(record)) for record in sorted(group, key=lambda record: record.date or date.max))
        yield _line(*heading, "; ".join(", ".join(part for part in parts if part) for parts in each))


def _line(*parts: str) -> str:
    return " · ".join(part for part in parts if part)


def _what(record: RecordSheet) -> str:
    received = " (received, could not be read)" if record.verdict == "unreadable" else ""
    return _first(record_type(record.type)) + received


def _day(record: RecordSheet) -> str:
    return "" if record.verdict == "unreadable" else day(record.date)


def _pages(record: RecordSheet) -> str:
    if record.pages is None:
        return ""
    first, last = record.pages
    return f"p. {first}" if first == last else f"pp. {first}-{last}"


def _request(case: Case, request: RequestSheet, sheet: Worksheet, categories: Mapping[str, str], grammar: Grammar) -> Request:
    asked = case.requests[request.number - 1]
    basis = request.ur_basis
    lead = request.components[0].treatment if request.components else None
    return Request(
        number=request.number,
        text=request.text,
        original=asked.original,
        authorized=asked.authorized,
        disputed=request.text,
        category=categories.get(lead) if lead else None,
        timing=_timing(case),
        decision=None,
        proposed=request.proposed,
        ur_basis=Basis.read(basis, grammar) if basis else None,
        reviewer_basis=_basis(request),
        rationale=_rationale(request, sheet),
        conclusion=_WORDS.get(request.conclusion),
    )


def _timing(case: Case) -> str | None:
    """Whether the service came before the denial, as far as the case's dates tell."""
    served, denied = case.dates.get("service_date"), case.dates.get("ur_denial_date")
    if served is None or denied is None:
        return None
    return "retrospective" if served <= denied else "prospective"


def _basis(request: RequestSheet) -> Basis | None:
    citations = tuple(dict.fromkeys(part.governing.citation for part in request.components if part.governing))
    if not citations:
        return None
    return Basis(". ".join(str(citation) for citation in citations) + ".", citations=citations)


def _rationale(request: RequestSheet, sheet: Worksheet) -> str:
    parts = [_component(component, sheet) for component in request.components]
    if not request.components or request.conclusion is Conclusion.NO_GUIDELINE:
        parts.extend(request.notes)
        parts.append("The library holds no guideline for this treatment on this date, so nothing is proposed; the reviewer decides.")
        return "\n\n".join(parts)
    if len(request.components) > 1 and request.proposed is Decision.UPHELD:
        alone = [part.name for part in request.components if part.conclusion is Conclusion.NECESSARY]
        failing = [part.name for part in request.components if part.conclusion is not Conclusion.NECESSARY]
        if alone:
            parts.append(
                f"The request is one disputed item. {_first(listed(alone))} alone would be supported; "
                f"{_lower(listed(failing))} is not, and the item as requested fails with it."
            )
    if request.evidence is not None:
        parts.append(_evidence(request.evidence))
    parts.extend(_why_not_theirs(request))
    parts.append(_therefore(request))
    if request.proposed is Decision.UPHELD:
        told = [each for part in request.components if part.governing for each in part.governing.if_upheld]
        parts.extend(f"{_first(each)}." for each in dict.fromkeys(told))
    if request.would_change:
        parts.append(f"What would have changed this, if documented: {alternatives(request.would_change)}.")
    return "\n\n".join(parts)


def _why_not_theirs(request: RequestSheet) -> Iterator[str]:
    """Why the claims administrator's standard is not followed, where it went past a first one that speaks of the treatment."""
    governing = [part.governing for part in request.components if part.governing]
    theirs = [str(each) for each in request.cited_by_ur if each.authority != _FIRST_TIER.upper()]
    if theirs and len(theirs) == len(request.cited_by_ur) and any(rule.tier == _FIRST_TIER for rule in governing):
        yield (
            f"The claims administrator relied on {listed(theirs)}. The MTUS speaks of this treatment and goes first in the order of "
            f"standards (LC 4610.5(c)(2)), so the decision rests on it."
        )


def _evidence(weighed: Weighed) -> str:
    """The studies that were put forward, what each is taken for, and which is the best available evidence."""
    lead = f"Studies were put forward; they are weighed by the {weighed.method.title} ({weighed.method.cite})."
    lines = []
    for study in weighed.studies:
        level = f"level {study.level}" if study.level else f"score {study.score:g}" if study.score is not None else "no level given"
        for_ = "for the request" if study.side is Side.REQUEST else "for the guideline's recommendation"
        judged = {True: "found applicable", False: "found not applicable", None: "applicability not judged"}[study.applicable]
        why = f" ({study.why})" if study.why else ""
        bias = f"; bias: {', '.join(study.bias)}" if study.bias else ""
        lines.append(f"- {study.citation}: {level}, {for_}, {judged}{why}{bias}; recorded by the {study.recorded_by.replace('_', ' ')}.")
    return "\n".join([lead, *lines, *weighed.notes])


def _therefore(request: RequestSheet) -> str:
    if request.conclusion is Conclusion.NOT_ESTABLISHED:
        return f"Therefore, the records do not establish the medical necessity of the request for {request.text}."
    return f"Therefore, the request for {request.text} is {_WORDS[request.conclusion]}."


def _component(component: ComponentSheet, sheet: Worksheet) -> str:
    rule = component.governing
    if rule is None:
        return f"{_first(component.name)}: no guideline in the library governs it on {day(sheet.on)}."
    groups: dict[str, list[CriterionSheet]] = {}
    for criterion in rule.criteria:
        groups.setdefault(criterion.state, []).append(criterion)
    blocks = [_lead(component, rule, sheet)]
    for state, lead in _LEADS:
        if state in groups:
            blocks.append("\n".join([lead, *(f"- {_first(each.label)}{_behind(each)}" for each in groups[state])]))
    others = [other for other in component.rules if other.role != "governing" and other.conclusion != rule.conclusion]
    blocks.extend(
        f"{other.citation} would come to another result ({_WORDS.get(other.conclusion, 'no result')}) but does not govern here."
        for other in others
    )
    return "\n\n".join(blocks)


def _lead(component: ComponentSheet, rule: RuleSheet, sheet: Worksheet) -> str:
    if rule.stance == "silent":
        return (
            f"No guideline of the library speaks of {_lower(component.name)} on {day(sheet.on)}; "
            f"it is judged by what the record itself shows, under {rule.citation}."
        )
    lead = f"{_first(component.name)} is judged under {rule.citation}, the guideline in force on {day(sheet.on)}."
    if rule.tier != _FIRST_TIER:
        lead += f" {_step_down(rule, sheet)}"
    if rule.stance == "against":
        return f"{lead} It does not recommend this treatment; the presumption stands unless it is rebutted."
    return lead


def _step_down(rule: RuleSheet, sheet: Worksheet) -> str:
    """Why a lower standard is followed: the recorded reason of the step down."""
    chosen = (each.why for request in sheet.requests for each in request.candidates if each.chosen and each.rule == rule.id)
    _, _, reason = next(chosen, "").partition("; ")
    return f"A lower standard is followed: {_lower(reason)}" if reason else ""


def _behind(criterion: CriterionSheet) -> str:
    quotes = _unique(each for each in criterion.evidence if each.use == "counted" and each.span)[:_QUOTES]
    said = [f"“{one_line(each.quote)}” ({record_type(each.kind or 'record')} of {day(each.date)})" for each in quotes]
    if criterion.state == "NotDocumented":
        return f": the record says {'; '.join(said)}, which does not settle it." if said else "."
    if criterion.state != "NotApplicable" and said:
        return f": {'; '.join(said)}."
    return f": {_lower(criterion.why.rstrip('.').removeprefix('Does not apply: '))}."


def _unique(found: Iterable[Evidence]) -> list[Evidence]:
    out: dict[str, Evidence] = {}
    for each in found:
        out.setdefault(one_line(each.quote), each)
    return list(out.values())


def _first(text: str) -> str:
    return text[:1].upper() + text[1:]


def _lower(text: str) -> str:
    return text[:1].lower() + text[1:] if text[1:2].islower() else text
