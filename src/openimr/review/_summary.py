"""The clinical case summary: who, which injury, what was found, what was tried, what was asked and why it was denied."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from openimr.cases import Case
from openimr.documents import Record
from openimr.evidence import FactState, Finding
from openimr.library import Fact, Kind, Truth

from ._words import day, ended, listed, quoted, record_type

_MOST = 6
_EXAMINED = ("progress_report", "consultation")
_TESTS = ("imaging", "electrodiagnostic", "operative_report")


def summary(case: Case, records: Sequence[Record], states: Mapping[str, FactState], facts: Mapping[str, Fact]) -> str:
    """Return the summary in paragraphs; what is said of the patient is quoted from the record with its date."""
    signs = [
        finding
        for name, state in states.items()
        if facts[name].kind is Kind.SIGN
        for finding in state.counted
        if finding.kind in _EXAMINED and finding.section in ("objective", "body")
    ]
    diagnoses = [
        finding
        for name, state in states.items()
        if facts[name].kind is Kind.DIAGNOSIS
        for finding in state.counted
        if finding.value is True and finding.kind in _EXAMINED
    ]
    parts = [
        _who(case),
        _course(states),
        _said("On examination", signs),
        _said("Diagnoses", diagnoses),
        _treated(states, facts),
        _tested(records, case),
        _asked(case),
    ]
    return "\n\n".join(part for part in parts if part)


def _who(case: Case) -> str:
    age, sex = case.patient.age, case.patient.sex
    person = " ".join(part for part in (f"{age}-year-old" if age is not None else "", sex or "") if part) or "injured worker"
    article = "an" if person[:1].lower() in "aeiou8" or person.startswith(("11-", "18-")) else "a"
    injury = case.dates.get("date_of_injury")
    return f"The patient is {article} {person}" + (f" with an industrial injury of {day(injury)}." if injury else ".")


def _course(states: Mapping[str, FactState]) -> str:
    state = states.get("symptom_months")
    if state is None or not state.counted:
        return ""
    finding = state.counted[0]
    return ended(f"Course, {_at(finding)}: {quoted(finding.context)}")


def _said(head: str, findings: list[Finding]) -> str:
    """One sentence a record, newest first, each passage once."""
    if not findings:
        return ""
    newest = sorted(findings, key=lambda f: (f.date is not None, f.date), reverse=True)
    seen: set[str] = set()
    groups: dict[str, list[str]] = {}
    for finding in newest:
        text = quoted(finding.context)
        if text not in seen and len(seen) < _MOST:
            seen.add(text)
            groups.setdefault(_at(finding), []).append(text)
    return " ".join(ended(f"{head}, {where}: {'; '.join(texts)}") for where, texts in groups.items())


def _at(finding: Finding) -> str:
    return f"{record_type(finding.kind)} of {day(finding.date)}"


def _treated(states: Mapping[str, FactState], facts: Mapping[str, Fact]) -> str:
    given = [
        _small(facts[name].label)
        for name, state in states.items()
        if facts[name].kind is Kind.TREATMENT and state.known.truth is Truth.TRUE and name != "active_therapy"
    ]
    text = f"Treatment to date as documented: {listed(given)}." if given else "No earlier treatment of the requested region is documented."
    response = states.get("conservative_failed")
    if response is not None and response.counted:
        finding = response.counted[0]
        text += ended(f" Response, {_at(finding)}: {quoted(finding.context)}")
    return text


def _tested(records: Sequence[Record], case: Case) -> str:
    found = [f"{record_type(record.kind)} of {day(record.date)}" for record in records if record.kind in _TESTS]
    return f"Studies and operations in the file: {listed(found)}." if found else ""


def _asked(case: Case) -> str:
    asked = listed([request.text for request in case.requests])
    text = f"The request was for {asked}."
    decision = case.ur_decision
    denied = case.dates.get("ur_denial_date")
    if decision is not None and decision.reasons:
        text += f" The utilization review decision of {day(denied)} gave as its reason: {decision.reasons.strip().rstrip('.')}."
    elif denied:
        text += f" Utilization review denied it on {day(denied)}."
    return text


def _small(label: str) -> str:
    return label[:1].lower() + label[1:] if label[1:2].islower() else label
