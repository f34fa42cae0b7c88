"""`imr check`: before a treatment is asked for, or denied: which criteria are still undocumented."""

from __future__ import annotations

import json
import sys
from dataclasses import replace
from datetime import date
from pathlib import Path

from rich.padding import Padding
from rich.text import Text

from openimr.cases import CaseError, load_case
from openimr.determinations import Request
from openimr.documents import ReadingFailed
from openimr.guidelines import Mode, asked_of
from openimr.programs import NoGoverningDate
from openimr.review import (
    CaseProblem,
    ComponentSheet,
    CriterionSheet,
    Reference,
    RequestSheet,
    RuleSheet,
    alternatives,
    ask,
    request_json,
    review,
)
from openimr.treatments import CodesMissing, look_up

from ._console import COULD_NOT, DONE, FOUND_WRONG, OUT, complain
from ._review import reference_or_complain, working

_MOST_SHOWN = 300  # characters of a request in its heading
_OPEN = (
    ("NotDocumented", "still to be documented"),
    ("Conflicting", "the record contradicts itself"),
    ("NotMet", "not met"),
    ("Met", "met"),
    ("NotApplicable", "does not apply"),
)


def run(text: str, case: Path | None, on: date | None, mode: str, as_json: bool) -> int:
    """Print what a request has documented and what not.

    Returns 0 when all is met (without a case: when rules speak of it), 1 when something is missing or no rule speaks of it, 2 when it
    cannot be done.
    """
    if mode not in list(Mode):
        complain(f"--mode {mode}: no such mode: choose one of {', '.join(Mode)}")
        return COULD_NOT
    if not text.strip():
        complain("--request is empty: write the treatment as it is asked for, with site and quantity")
        return COULD_NOT
    reference = reference_or_complain()
    if reference is None:
        return COULD_NOT
    day = on or date.today()
    try:
        sheet, day = _of_case(text, case, reference, on, Mode(mode)) if case else (ask(text, reference, day, Mode(mode)), day)
    except (CaseError, CaseProblem, NoGoverningDate) as error:
        complain(str(error))
        return COULD_NOT
    except ReadingFailed as error:
        complain(f"{case}: {error}")
        return COULD_NOT
    except OSError as error:
        complain(f"{error.filename or case}: {error.strerror or error}: make the folder readable")
        return COULD_NOT
    if as_json:
        found = {"on": day.isoformat(), "mode": mode, "case": str(case) if case else None, **request_json(sheet)}
        if case is None:  # nothing is judged before a record is read
            found |= {"conclusion": None, "proposed": None}
        sys.stdout.write(json.dumps(found, ensure_ascii=False) + "\n")
    else:
        _print(sheet, day, reference, with_case=case is not None)
    if not sheet.components or not all(component.governing for component in sheet.components):
        return FOUND_WRONG
    done = all(component.conclusion == "Necessary" for component in sheet.components)
    return DONE if done or case is None else FOUND_WRONG


def _of_case(text: str, folder: Path | None, reference: Reference, on: date | None, mode: Mode) -> tuple[RequestSheet, date]:
    case = load_case(folder or Path())
    with working(f"reading {folder}"):
        found = review(replace(case, requests=(Request(1, text, disputed=text),)), reference, on, mode).worksheet
    for warning in found.warnings:
        complain(f"{folder}: {warning}")
    return found.requests[0], found.on


def _print(sheet: RequestSheet, on: date, reference: Reference, *, with_case: bool) -> None:
    held = "held against the case file" if with_case else "before any record is read"
    OUT.print(Text(f"{_short(sheet.text)}  ({held}, under the law of {on})", style="bold"))
    codes = reference.vocabulary.parse(sheet.text).terms.get("diagnoses")
    for code in codes if isinstance(codes, tuple) else ():
        OUT.print(Text(f"diagnosis {_diagnosis(code)}"))
    for component in sheet.components:
        _component(component, reference)
    for note in sheet.notes:
        if with_case or "would come to" not in note:
            OUT.print(Text(f"note: {note}"))
    if on == date.today() and any(component.governing is None for component in sheet.components):
        OUT.print(Text("the law of another day: add --on with the date of the denial (YYYY-MM-DD)"))
    if sheet.would_change and with_case:
        OUT.print(Text(f"would be enough, if documented: {alternatives(sheet.would_change)}"))
    if with_case:
        OUT.print(Text(f"conclusion {sheet.conclusion} (a reviewer decides)", style="bold"))
    else:
        OUT.print(Text("nothing is judged: this is what a requester has to document", style="bold"))


def _short(text: str) -> str:
    return text if len(text) <= _MOST_SHOWN else f"{text[:_MOST_SHOWN]} ..."


def _diagnosis(code: str) -> str:
    try:
        found = look_up(code)
    except CodesMissing as error:
        return f"{code} ({error})"
    if found is None:
        return f"{code}: in neither ICD-10-CM nor ICD-9-CM; correct the code"
    return f"{code}: {found.name}" + (f" (ICD-9-CM; now {found.became})" if found.became else "")


def _component(component: ComponentSheet, reference: Reference) -> None:
    rule = component.governing
    OUT.print()
    if rule is None:
        OUT.print(Text(f"{component.name}: no rule governs"))
        return
    OUT.print(Text(f"{component.name}: {rule.citation} ({rule.id}, {rule.stance})"))
    for state, word in _OPEN:
        found = [criterion for criterion in rule.criteria if criterion.state == state]
        if found:
            OUT.print(Text(f"  {word}:"))
        for criterion in found:
            _criterion(criterion, rule, reference, tell=state in ("NotDocumented", "Conflicting", "NotMet"))
    for other in component.rules:
        if other is not rule:
            OUT.print(Text(f"  beside it: {other.citation} ({other.id})", style="dim"))


def _criterion(criterion: CriterionSheet, rule: RuleSheet, reference: Reference, *, tell: bool) -> None:
    OUT.print(Padding(Text(f"{criterion.label} ({criterion.id})"), (0, 0, 0, 4)))
    if not tell:
        return
    coded = next(each for each in reference.guidelines.rules[rule.id].criteria if each.id == criterion.id)
    for name, wanted in asked_of(coded):
        fact = reference.library.facts.get(name)
        if fact is not None:
            OUT.print(Padding(Text(f"- {fact.means}" if wanted else f"- that this is not so: {fact.means}"), (0, 0, 0, 6)))
    OUT.print(Padding(Text(criterion.why), (0, 0, 0, 6)))
