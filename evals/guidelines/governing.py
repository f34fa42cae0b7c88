"""Which guideline governs, by the library and by the reviewer: `python evals/guidelines/governing.py [--show] [--keep]`.

For every treatment request of the letters under ../shared/data (or IMR_SHARED): the rule the library holds to govern on the governing
date, knowing only the request's own words and the dates of the letter, against the guidelines the reviewer cites. Each disagreement has
a class.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from openimr.determinations import Determination, Request
from openimr.guidelines import Asked, Candidate, Guidelines, candidates, load
from openimr.letters import Reading, open_reader
from openimr.library import Known, Library, open_grammar, open_library
from openimr.programs import load as load_programs
from openimr.sources import Citation, Grammar
from openimr.treatments import RequestTerms, Vocabulary
from openimr.treatments import load as load_treatments

HERE = Path(__file__).parent
SHARED = Path(os.environ.get("IMR_SHARED", HERE.parents[2] / "shared"))
CHRONIC = ("Chronic Pain Medical Treatment", "Opioid Treatment")
GENERAL = ("General Approaches", "Cornerstones of Disability Prevention and Management")
# the part of the body an MTUS chapter is about
CHAPTERS = {
    "Neck and Upper Back Complaints": (
        "cervical",
        "cervicothoracic",
        "thoracic",
        "trapezius",
        "upper_trapezius",
        "upper_extremity",
        "spine",
        "head",
    ),
    "Shoulder Complaints": ("shoulder", "scapular", "upper_extremity", "arm"),
    "Elbow Complaints": ("elbow", "upper_extremity", "arm"),
    "Forearm, Wrist, and Hand Complaints": ("hand_wrist", "upper_extremity", "arm"),
    "Low Back Complaints": ("lumbar", "thoracolumbar", "thoracic", "back", "spine", "lower_extremity", "sacroiliac", "hip", "buttock"),
    "Knee Complaints": ("knee", "leg", "lower_extremity"),
    "Ankle and Foot Complaints": ("ankle_foot", "lower_extremity"),
}
CLASSES = {
    "agree": "the reviewer cites the text that governs",
    "edition": "another edition of the same text",
    "chronic chapter on an acute claim": "injury under three months old: the chronic pain chapter does not govern, the reviewer uses it",
    "complaint chapter on a chronic claim": "the chronic pain chapter governs, the reviewer uses the chapter of the part of the body",
    "other chapter": "another chapter of the schedule",
    "outside the schedule": "a rule of the schedule governs, the reviewer holds it silent and cites ODG, ACOEM or a study",
    "schedule after all": "the library finds no rule of the schedule and steps down, the reviewer cites one",
    "reviewer's slip": "the reviewer cites a chapter about another part of the body",
    "no rule for the site": "the library has rules for the treatment, none for this part of the body",
    "no rule": "the library has no rule for the treatment: the reference gives no facts",
    "acute, nothing governs": "the rules there are govern chronic pain only, and the reviewer cites something else",
    "no rule in force": "the rules there are were not in force on that day",
    "nothing cited": "the reviewer cites no guideline of the kind; most are services that stand or fall with an operation",
}


@dataclass(frozen=True)
class Bench:
    """What a request is judged with."""

    library: Library
    guidelines: Guidelines
    vocabulary: Vocabulary
    grammar: Grammar


def letters(library: Library) -> Iterator[Determination]:
    """Yield the letters of the shared data."""
    folder = SHARED / "data" / "determinations"
    if not folder.is_dir():
        sys.exit(f"{folder}: no such folder: name the shared data with IMR_SHARED")
    for read in open_reader(library).read_files((path, path.name) for path in sorted(folder.glob("*.pdf"))):
        if isinstance(read, Reading):
            yield read.determination


def found_for(letter: Determination, terms: RequestTerms, bench: Bench) -> tuple[Candidate, ...]:
    """Return the candidates for the first treatment of a request."""
    program = load_programs(bench.library)["ca-dwc-imr"]
    named = {"date_of_injury": letter.date_of_injury, "ur_denial_date": letter.ur_denial_date, "decision_date": letter.decision_date}
    dates = {name: day for name, day in named.items() if day}
    on = program.governing(dates).date
    known = {}
    if letter.date_of_injury:
        known["months_since_injury"] = Known.of(round((on - letter.date_of_injury).days / 30.4375, 1))
    if terms.terms.get("phase") == "postoperative" or terms.terms.get("associated"):
        known["says_postoperative"] = Known.of(True)
    region = terms.terms.get("region")
    place = region if isinstance(region, str) else None
    for kind in kinds_of(terms, bench):
        if found := candidates(bench.guidelines, Asked(kind, on, known, place)):
            return found
    return ()


def kinds_of(terms: RequestTerms, bench: Bench) -> tuple[str, ...]:
    """Return the first treatment of a request and what it is a kind of."""
    if not terms.components:
        return ()
    region = terms.terms.get("region")
    kinds = bench.vocabulary.kinds(terms.components[0].treatment, region if isinstance(region, str) else None)
    return (*kinds, "associated_surgical_service") if terms.terms.get("associated") else kinds


def class_of(request: Request, terms: RequestTerms, found: tuple[Candidate, ...], bench: Bench) -> tuple[str, str | None]:
    """Return the class of a request, and the rule the library holds to govern."""
    cited = request.reviewer_basis.citations if request.reviewer_basis else ()
    schedule = [each for each in cited if each.authority == "MTUS" and each.document not in GENERAL]
    if schedule and all(_elsewhere(each, terms) for each in schedule):
        return "reviewer's slip", next((each.rule.id for each in found if each.chosen), None)
    chosen = next((each for each in found if each.chosen), None)
    if chosen is None:
        return _none_governs(cited, terms, found, bench), None
    rule = chosen.rule
    ours = bench.grammar.parse(str(rule.citation)).citations
    own = ours[0] if ours else rule.citation
    same = [each for each in cited if each.authority == own.authority and _document(each) == _document(own)]
    if any(not each.edition or not own.edition or each.edition == own.edition for each in same):
        return "agree", rule.id
    if same:
        return "edition", rule.id
    if not cited:
        return "nothing cited", rule.id
    if not schedule:
        return ("outside the schedule" if own.authority == "MTUS" else "nothing cited"), rule.id
    if own.authority != "MTUS":
        return "schedule after all", rule.id
    if own.document in CHRONIC and any(each.document in CHAPTERS for each in schedule):
        return "complaint chapter on a chronic claim", rule.id
    if own.document in CHAPTERS and any(each.document in CHRONIC for each in schedule):
        return "chronic chapter on an acute claim", rule.id
    return "other chapter", rule.id


def _document(citation: Citation) -> str:
    """The document; of ODG, whose chapters are one text, the whole."""
    return "ODG" if citation.authority == "ODG" else citation.document.lower()


def _elsewhere(citation: Citation, terms: RequestTerms) -> bool:
    regions = CHAPTERS.get(citation.document)
    asked = {site.region for site in terms.sites}
    return bool(regions and asked and not asked & set(regions))


def _none_governs(cited: tuple[Citation, ...], terms: RequestTerms, found: tuple[Candidate, ...], bench: Bench) -> str:
    if not any(bench.guidelines.of(kind) for kind in kinds_of(terms, bench)):
        return "no rule"
    if not found:
        return "no rule in force"
    if all(each.role is None for each in found):
        return "no rule for the site"
    if any(each.authority == "MTUS" and each.document in CHRONIC for each in cited):
        return "chronic chapter on an acute claim"
    return "acute, nothing governs"


def main() -> int:
    """Print how often both agree and why not; the exit status is that of the run."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--show", action="store_true", help="print every disagreement")
    parser.add_argument("--keep", action="store_true", help="write the class of every request, to compare the next run with")
    options = parser.parse_args()
    library = open_library(())
    vocabulary = load_treatments(library)
    bench = Bench(library, load(library, vocabulary), vocabulary, open_grammar(library))
    classes: dict[str, list[str | None]] = {}
    for letter in letters(library):
        for request in letter.requests:
            terms = vocabulary.parse(request.disputed or request.text)
            kind, rule = class_of(request, terms, found_for(letter, terms, bench), bench)
            classes[f"{letter.case_number}#{request.number}"] = [kind, rule]
            if options.show and kind != "agree":
                cited = "; ".join(str(each) for each in (request.reviewer_basis.citations if request.reviewer_basis else ()))
                print(
                    f"{letter.case_number}#{request.number} {kind}: {rule or 'none'}; reviewer: {cited or 'none'}\n    {request.disputed}"
                )
    counts = Counter(kind for kind, _ in classes.values())
    governed = sum(rule is not None for _, rule in classes.values())
    agreed = f"{counts['agree']} ({counts['agree'] / governed:.3f})"
    print(f"{len(classes)} requests; a rule governs in {governed}, and of these the reviewer cites its text in {agreed}")
    for kind, told in CLASSES.items():
        if counts[kind]:
            print(f"{counts[kind]:4} {kind}: {told}")
    _compare(classes, keep=options.keep)
    return 0


def _compare(classes: dict[str, list[str | None]], *, keep: bool) -> None:
    file = HERE / "last-governing.json"
    before = json.loads(file.read_text(encoding="utf-8")) if file.exists() else {}
    changed = [name for name, each in classes.items() if name in before and before[name] != each]
    if before:
        print("changed: " + ("; ".join(f"{name} {before[name][0]} -> {classes[name][0]}" for name in changed) or "none"))
    if keep:
        file.write_text(json.dumps(classes, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    sys.exit(main())
