"""The draft determination: what the worksheet comes to, in the sentences of a letter; the reviewer decides and rewrites."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from openimr.cases import Case
from openimr.determinations import Basis, Conclusion, Decision, Determination, LetterWarning, Request
from openimr.sources import parse_basis

from ._words import day, listed, one_line, record_type
from ._worksheet import ComponentSheet, CriterionSheet, Evidence, RecordSheet, RequestSheet, RuleSheet, Worksheet

_WORDS = {
    Conclusion.NECESSARY: "medically necessary",
    Conclusion.NOT_NECESSARY: "not medically necessary",
    Conclusion.NOT_ESTABLISHED: "not medically necessary",
}
_LEADS = (
    ("Met", "The record meets these criteria:"),
    ("NotMet", "It does not meet:"),
    ("Conflicting", "On these, records of equal standing disagree:"),
    ("NotDocumented", "These are not documented:"),
    ("NotApplicable", "These do not apply:"),
)
_QUOTES = 2


def draft(case: Case, sheet: Worksheet, summary: str, categories: Mapping[str, str]) -> Determination:
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
        documents_reviewed=tuple(_named(record) for record in sheet.records if record.pages),
        summary=summary,
        requests=tuple(_request(case, request, sheet, categories) for request in sheet.requests),
        warnings=tuple(LetterWarning("draft", warning) for warning in sheet.warnings),
    )


def _named(record: RecordSheet) -> str:
    pages = ""
    if record.pages:
        first, last = record.pages
        pages = f"p. {first}" if first == last else f"pp. {first}-{last}"
    # five parts, so that the letter can set them as a table
    return " · ".join([_first(record_type(record.type)), day(record.date), record.author or "", pages, record.document])


def _request(case: Case, request: RequestSheet, sheet: Worksheet, categories: Mapping[str, str]) -> Request:
    asked = case.requests[request.number - 1]
    basis = case.ur_decision.basis if case.ur_decision else None
    lead = request.components[0].treatment if request.components else None
    return Request(
        number=request.number,
        text=request.text,
        original=asked.original,
        authorized=asked.authorized,
        disputed=request.text,
        category=categories.get(lead) if lead else None,
        timing="prospective",
        decision=None,
        proposed=request.proposed,
        ur_basis=Basis(basis, citations=parse_basis(basis)) if basis else None,
        reviewer_basis=_basis(request),
        rationale=_rationale(request, sheet),
        conclusion=_WORDS.get(request.conclusion),
    )


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
    parts.append(f"Therefore, the request for {request.text} is {_WORDS[request.conclusion]}.")
    if request.conclusion is Conclusion.NOT_ESTABLISHED and request.would_change:
        parts.append(
            "What would have changed this, if documented: " + "; or else ".join(listed(each) for each in request.would_change) + "."
        )
    return "\n\n".join(parts)


def _component(component: ComponentSheet, sheet: Worksheet) -> str:
    rule = component.governing
    if rule is None:
        return f"{_first(component.name)}: no guideline in the library governs it on {day(sheet.on)}."
    groups: dict[str, list[CriterionSheet]] = {}
    for criterion in rule.criteria:
        groups.setdefault(criterion.state, []).append(criterion)
    lines = [
        f"{_first(component.name)} is judged under {rule.citation}, the guideline in force on {day(sheet.on)}. {_stance(rule)}".strip()
    ]
    for state, lead in _LEADS:
        if state in groups:
            lines.append(lead)
            lines.extend(f"- {_first(each.label)}{_behind(each)}" for each in groups[state])
    others = [other for other in component.rules if other.role != "governing" and other.conclusion != rule.conclusion]
    lines.extend(
        f"{other.citation} would come to another result ({_WORDS.get(other.conclusion, 'no result')}) but does not govern here."
        for other in others
    )
    return "\n".join(lines)


def _stance(rule: RuleSheet) -> str:
    if rule.stance == "against":
        return "It does not recommend this treatment; the presumption stands unless it is rebutted."
    if rule.stance == "silent":
        return "The guideline is silent on it, so the record itself must show why it is needed."
    return ""


def _behind(criterion: CriterionSheet) -> str:
    quotes = _unique(each for each in criterion.evidence if each.use == "counted" and each.span)[:_QUOTES]
    if criterion.state != "NotApplicable" and quotes:
        said = [f"“{one_line(each.quote)}” ({record_type(each.kind or 'record')} of {day(each.date)})" for each in quotes]
        return f": {'; '.join(said)}."
    why = criterion.why.rstrip(".")
    for lead in ("Does not apply: ", "Not documented: "):  # the heading says so already
        why = why.removeprefix(lead)
    return f": {_lower(why)}."


def _unique(found: Iterable[Evidence]) -> list[Evidence]:
    out: dict[str, Evidence] = {}
    for each in found:
        out.setdefault(one_line(each.quote), each)
    return list(out.values())


def _first(text: str) -> str:
    return text[:1].upper() + text[1:]


def _lower(text: str) -> str:
    return text[:1].lower() + text[1:] if text[1:2].islower() else text
