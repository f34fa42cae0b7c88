"""Score the checks of letters on those written with one planted defect each, and on clean ones.

    python evals/lint/planted.py [--half seen|aside|practice] [--show] [--others]

Named: a planted letter for which a check of its class names the right item, or a place that overlaps the planted one, as error or
warning. A false alarm is any error in a clean letter; `--others` lists those in planted ones as well.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections import Counter
from pathlib import Path
from typing import Any

from openimr.letters import Defect, Reading, Severity, open_case, open_linter, open_reader
from openimr.library import open_library

HERE = Path(__file__).resolve().parent
# the checks that may name a class; some defects can be seen from two sides
CODES = {
    "decision-against-conclusion": {"decision.contradicted"},
    "part-necessary": {"decision.part_necessary"},
    "item-not-discussed": {"item.not_discussed", "rationale.pasted", "basis.other_treatment"},
    "wrong-site": {"item.site"},
    "wrong-part-judged": {"decision.wrong_part"},
    "wrong-quantity": {"item.quantity"},
    "limit-misread": {"limit.misread"},
    "pasted-rationale": {"rationale.pasted", "rationale.shared", "item.not_discussed"},
    "tier-skipped": {"basis.tier_skipped", "basis.diverge"},
    "not-in-force": {"basis.not_in_force"},
    "acute-chronic": {"basis.acute_chronic"},
    "criteria-of-another": {"basis.other_treatment"},
    "bases-diverge": {"basis.diverge"},
    "contradicts-summary": {"fact.contradicted"},
    "not-in-summary": {"fact.not_held"},
    "documented-after-all": {"fact.documented"},
    "dictation": {"wording.slip"},
    "contents-missing": {"contents.missing"},
    "ur-letter-alone": {"record.ur_letter_alone"},
    "specialty-far": {"reviewer.specialty"},
}


def main() -> int:
    """Print the score; return 0."""
    arguments = argparse.ArgumentParser()
    arguments.add_argument("--half", choices=("seen", "aside", "practice"), default="seen")
    arguments.add_argument("--show", action="store_true", help="list what was missed and every false alarm")
    arguments.add_argument("--others", action="store_true", help="list errors of other classes in planted letters")
    chosen = arguments.parse_args()
    labels = [json.loads(line) for line in (HERE / f"labels-{chosen.half}.jsonl").read_text().splitlines()]
    library = open_library()
    reader, linter = open_reader(library), open_linter(library)
    named: Counter[str] = Counter()
    planted: Counter[str] = Counter()
    alarms: Counter[str] = Counter()
    clean = others = 0
    for label in labels:
        path = HERE / "letters" / chosen.half / label["file"]
        read = reader.read_text(path.read_text(), label["file"])
        if not isinstance(read, Reading):
            print(f"{label['file']}: {read.reason}", file=sys.stderr)
            continue
        case = path.with_suffix(".case")
        defects = linter.lint(read, case=open_case(case) if case.is_dir() else None)
        errors = [each for each in defects if each.severity is Severity.ERROR]
        if label["class"] is None:
            clean += 1
            alarms.update(each.code for each in errors)
            show(chosen.show, f"FALSE {label['file']}", errors)
            continue
        planted[label["class"]] += 1
        right = [each for each in defects if hits(each, label, read)]
        named[label["class"]] += bool(right)
        if not right and chosen.show:
            print(f"MISSED {label['file']} {label['class']} item {label['item']}: {label['why']}")
            show(True, "   named instead", [each for each in defects if each.severity is not Severity.INFORMATION])
        rest = [each for each in errors if each not in right]
        others += len(rest)
        show(chosen.others, f"OTHER {label['file']}", rest)
    for name in CODES:
        if planted[name]:
            print(f"{name:28} {named[name]} of {planted[name]}")
    print(f"named {named.total()} of {planted.total()} = {named.total() / planted.total():.3f}")
    if clean:
        print(f"false alarms (errors): {alarms.total()} in {clean} clean letters = {alarms.total() / clean:.2f} a letter; {dict(alarms)}")
    print(f"errors beside the planted defect: {others} in {planted.total()} letters")
    return 0


def hits(defect: Defect, label: dict[str, Any], read: Reading) -> bool:
    """Whether a defect names the planted one: by its class, at its place."""
    if defect.code not in CODES[label["class"]] or defect.severity is Severity.INFORMATION:
        return False
    if defect.span is None:
        return label["item"] in (None, defect.item)
    return (label["item"] is not None and defect.item == label["item"]) or any(
        overlaps(defect.span, quote, read.text) for quote in label["places"]
    )


def overlaps(span: tuple[int, int], quote: str, text: str) -> bool:
    """Whether a place of the letter and a quote from it share a character."""
    start = text.find(quote)
    return start >= 0 and span[0] < start + len(quote) and start < span[1]


def show(wanted: bool, head: str, defects: list[Defect]) -> None:
    """Print defects, one a line."""
    for each in defects if wanted else ():
        print(f"{head}: {each.code} item {each.item}: {each.message} [{each.quote[:110]}]")


if __name__ == "__main__":
    sys.exit(main())
