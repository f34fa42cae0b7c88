"""Score the reading and the assessment against reviewers' published reasons, labelled blind and twice.

    python evals/evidence/reasons.py [--half seen|aside] [--show] [--keep]

The record is the clinical summary of a published letter under ../shared/data (or IMR_SHARED) and nothing else; what the summary tells of
the utilization review is read as that, a claim. It prints how far the two labellers agree; (a) which facts the reviewer relied on, and
the summary states, are found in it; (b) whether the reason that decides is the reviewer's; (c) the proposal against the decision, beside
the constant "upheld"; (d) why they differ. The half set aside is scored once.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import random
import re
import sys
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from math import sqrt
from pathlib import Path
from typing import Any

from openimr.cases import Case, Patient
from openimr.determinations import Conclusion, Decision, Determination, Request
from openimr.documents import Document, Page, Record
from openimr.evidence import Finding, Gathered
from openimr.guidelines import Criterion, Mode, Role, asked_of
from openimr.letters import Reading, open_reader
from openimr.library import Known, Truth
from openimr.review import ComponentSheet, CriterionSheet, KnownOf, Reference, RequestSheet, open_reference
from openimr.review._assess import assess_requests  # no case folder lies behind a letter

HERE = Path(__file__).resolve().parent
LETTERS = Path(os.environ.get("IMR_SHARED", HERE.parents[2] / "shared")) / "data" / "determinations"
PROGRAM = "ca-dwc-imr"
DATES = ("date_of_injury", "ur_denial_date", "application_received", "date_assigned", "decision_date")
TOLERANCE = 0.15  # of a number, as for two tellings of one duration
DRAWS = 2000
SEED = 1
Z = 1.959964
NONE = "NoGuideline"
WHYS = ("met", "not_documented", "not_met", "against", "excess", "dependent", "not_first_line", "other", NONE)
PARENT = {"parent_supported": "depends_on_parent"}  # the engine's own fact, and the one of the vocabulary that labels could name

# a sentence of the summary that tells what the utilization review did or held, and one that goes on with it
_UR = re.compile(
    r"\b(?:utilization review|UR|claims administrator|rationale for (?:the )?denial|failed to approve|not (?:found )?medically necessary|"
    r"non-?\s?certif\w+|(?:prior|previous|original) (?:review|determination)|previously (?:been )?(?:denied|reviewed|modified))\b|"
    r"\b(?:denied|modified) (?:a|the)? ?request|\brequest\w*\b.{0,160}\b(?:was|were) (?:denied|modified|approved|authorized)\b",
    re.IGNORECASE | re.DOTALL,
)
_GOES_ON = re.compile(r"\s*(?:There (?:is|was|were) (?:no|not|in)|Additionally|Therefore|Furthermore|Moreover|In addition)\b")
_SENTENCE_END = re.compile(r"[.!?](?=\s+[A-Z(]|[A-Z]|\s*$)")

State = bool | float | str


@dataclass(frozen=True)
class Label:
    """What one labeller says of a request: the facts relied on, and the deciding reason."""

    relied: tuple[dict[str, Any], ...]
    why: str
    facts: frozenset[str]

    def named(self) -> dict[str, dict[str, Any]]:
        """Return the facts relied on that the vocabulary has a name for."""
        return {each["fact"]: each for each in self.relied if each["fact"] is not None}

    def stated(self) -> dict[str, State]:
        """Return the facts relied on that the summary states, with what it states."""
        return {name: each["summary"] for name, each in self.named().items() if each["summary"] is not None}


@dataclass(frozen=True)
class Judged:
    """One labelled request with what the engine makes of it."""

    name: str
    a: Label
    b: Label
    decision: Decision
    sheet: RequestSheet
    known: KnownOf
    reference: Reference

    @cached_property
    def component(self) -> ComponentSheet | None:
        """The component of the request that gives its conclusion."""
        return next((each for each in self.sheet.components if each.conclusion is self.sheet.conclusion), None)

    @cached_property
    def turning(self) -> list[tuple[CriterionSheet, Criterion]]:
        """The criteria the conclusion turns on: those that decide against, else all that are met."""
        rule = self.component.governing if self.component else None
        if rule is None:
            return []
        coded = {each.id: each for each in self.reference.guidelines.rules[rule.id].criteria}
        met = [each.id for each in rule.criteria if each.state == "Met"]
        wanted = set(rule.deciding or met)
        return [(each, coded[each.id]) for each in rule.criteria if each.id in wanted]

    @cached_property
    def facts(self) -> frozenset[str]:
        """The facts the engine's conclusion turns on; of criteria that decide against, those not as they are wanted."""
        out = set()
        for _, coded in self.turning:
            for name, wanted in asked_of(coded):
                if self.sheet.conclusion is Conclusion.NECESSARY or not self._as_wanted(name, wanted=wanted):
                    out.add(PARENT.get(name, name))
        return frozenset(out)

    def _as_wanted(self, name: str, *, wanted: bool) -> bool:
        found = self.known.known.get(name)
        return found is not None and found.value is None and found.truth is (Truth.TRUE if wanted else Truth.FALSE)

    @cached_property
    def why(self) -> str:
        """The class of the engine's deciding reason, in the words of the labels."""
        if self.sheet.conclusion is Conclusion.NO_GUIDELINE:
            return NONE
        if any(coded.role is Role.DEPENDENCY for _, coded in self.turning):
            return "dependent"
        if self.sheet.conclusion is Conclusion.NECESSARY:
            return "met"
        rule = self.component.governing if self.component else None
        if rule is not None and rule.stance == "against":
            return "against"
        if self.sheet.conclusion is Conclusion.NOT_ESTABLISHED:
            return "not_documented"
        classes = {self._of_criterion(coded) for _, coded in self.turning}
        return next(each for each in ("not_met", "excess", "not_documented") if each in classes)

    def _of_criterion(self, coded: Criterion) -> str:
        if coded.role is Role.LIMIT or coded.soft:
            return "excess"
        silent = all(self.known.known.get(name, Known(Truth.NOT_DOCUMENTED)).truth is Truth.NOT_DOCUMENTED for name, _ in asked_of(coded))
        return "not_documented" if coded.on_missing == "not_met" and silent else "not_met"

    def read(self, fact: str) -> State | None:
        """Return what was read of a fact in the summary at the site of the request: True, False, a number, "conflicting" or None."""
        state = self.known.states.get(fact)
        if state is None or state.known.truth is Truth.NOT_DOCUMENTED:
            return None
        if state.known.truth is Truth.CONFLICTING:
            return "conflicting"
        return state.known.value if state.known.value is not None else state.known.truth is Truth.TRUE

    @property
    def proposed(self) -> Decision | None:
        """The decision the engine proposes."""
        return self.sheet.proposed


def main() -> int:
    """Print the score; return 0."""
    arguments = argparse.ArgumentParser()
    arguments.add_argument("--half", choices=("seen", "aside"), default="seen")
    arguments.add_argument("--show", action="store_true", help="list every fact missed and every disagreement")
    arguments.add_argument("--keep", action="store_true", help="keep this run to compare the next one with")
    chosen = arguments.parse_args()
    if not LETTERS.is_dir():
        print(f"skipped: the published letters are not here ({LETTERS.name}): name the shared data with IMR_SHARED")
        return 0
    rows = list(judged(chosen.half))
    print(f"{len(rows)} requests of {len({row.name.split('#')[0] for row in rows})} letters, half {chosen.half}")
    labellers(rows)
    found = facts_found(rows, show=chosen.show)
    reasons = deciding(rows)
    proposals(rows)
    explained = explanations(rows, show=chosen.show)
    compare({"facts": found, "reasons": reasons, "explanations": explained}, HERE / f"last-reasons-{chosen.half}.json", keep=chosen.keep)
    return 0


def labels(letter: str) -> dict[tuple[str, int], dict[str, Any]]:
    """Return the lines of one labeller by case number and item."""
    lines = (HERE / f"reasons-{letter}.jsonl").read_text(encoding="utf-8").splitlines()
    return {(line["case"], line["item"]): line for line in map(json.loads, lines)}


def judged(half: str) -> Iterator[Judged]:
    """Yield every labelled request of a half with the engine's assessment of it."""
    first, second = labels("a"), labels("b")
    wanted = {key for key, line in first.items() if line["half"] == half}
    reference = open_reference()
    for letter in letters({f"{case}.pdf" for case, _ in wanted}, reference):
        items = {request.number: request for request in letter.requests}
        sheets, known = assessed(letter, reference)
        for place, number in enumerate(items):
            key = (str(letter.case_number), number)
            if key not in wanted:
                continue
            lines = first[key], second[key]
            digest = hashlib.sha256((letter.summary or "").encode()).hexdigest()
            decision = items[number].decision
            if any(line["sha256"] != digest for line in lines) or decision is None:
                raise SystemExit(f"{key[0]} item {number}: the summary is not the one that was labelled, or the letter does not decide")
            yield Judged(f"{key[0]}#{number}", label(lines[0]), label(lines[1]), decision, sheets[place], known[place], reference)


def label(line: dict[str, Any]) -> Label:
    """Return a line as a label."""
    return Label(tuple(line["relied"]), line["deciding"]["why"], frozenset(line["deciding"]["facts"]))


def letters(names: set[str], reference: Reference) -> Iterator[Determination]:
    """Yield the letters of some files in the order of their names."""
    files = [(path, path.name) for path in sorted(LETTERS.glob("*.pdf")) if path.name in names]
    for read in open_reader(reference.library).read_files(files):
        if not isinstance(read, Reading):
            raise SystemExit("a labelled letter cannot be read")
        yield read.determination


def assessed(letter: Determination, reference: Reference) -> tuple[tuple[RequestSheet, ...], tuple[KnownOf, ...]]:
    """Return the sheets of all requests of a letter, its summary being the whole record."""
    program = reference.programs[PROGRAM]
    case = Case(
        folder=Path(),
        program=PROGRAM,
        requests=tuple(
            Request(place, each.disputed or each.text, disputed=each.disputed or each.text)
            for place, each in enumerate(letter.requests, start=1)
        ),
        case_number=letter.case_number,
        dates={name: day for name in DATES if (day := getattr(letter, name)) is not None},
        patient=Patient(letter.age, letter.sex),
    )
    bench = reference.bench(Mode.ADVISORY, program.governing(case.dates).date, program.own_dates(case.dates))
    return assess_requests(case, Gathered(read_summary(letter.summary or "", reference)), bench)


def read_summary(text: str, reference: Reference) -> tuple[Finding, ...]:
    """Return the findings of a summary: an undated account of the record; its sentences on the utilization review are claims."""
    told, claimed = parted(text)
    pages = tuple(Page(number, each, False, None, None, ()) for number, each in enumerate((told, claimed), start=1))
    document = Document("summary", hashlib.sha256(text.encode()).hexdigest(), pages, {})
    kinds = ("other", "ur_decision")
    records = [Record("summary", number, number, kind, None, None, "") for number, kind in enumerate(kinds, start=1)]
    return tuple(finding for record in records for finding in reference.reader.find(document, record))


def parted(text: str) -> tuple[str, str]:
    """Return the summary without what it tells of the utilization review, and that alone; blanks keep every place."""
    account, claims = list(text), list(text)
    start, before = 0, False
    for end in [*(match.end() for match in _SENTENCE_END.finditer(text)), len(text)]:
        sentence = text[start:end]
        before = _UR.search(sentence) is not None or (before and _GOES_ON.match(sentence) is not None)
        taken = account if before else claims
        taken[start:end] = [" "] * (end - start)
        start = end
    return "".join(account), "".join(claims)


def labellers(rows: Sequence[Judged]) -> None:
    """Print how far the two labellers agree."""
    both = first = second = same = stated = 0
    for row in rows:
        a, b = row.a.named(), row.b.named()
        shared = a.keys() & b.keys()
        both, first, second = both + len(shared), first + len(a), second + len(b)
        same += sum(a[name]["state"] == b[name]["state"] for name in shared)
        stated += sum(a[name]["summary"] == b[name]["summary"] for name in shared)
    why = sum(row.a.why == row.b.why for row in rows)
    overlap = [row for row in rows if row.a.facts or row.b.facts]
    print("\nthe two labellers")
    print(f"  facts named: A {first}, B {second}, both {both} (F1 {2 * both / (first + second):.3f})")
    print(f"  of those both name, the same state {share(same, both)}, the same in the summary {share(stated, both)}")
    print(f"  the same deciding reason {share(why, len(rows))}; a shared deciding fact {share(_meeting(overlap), len(overlap))}")


def _meeting(rows: Sequence[Judged]) -> int:
    return sum(bool(row.a.facts & row.b.facts) for row in rows)


def facts_found(rows: Sequence[Judged], *, show: bool) -> list[str]:
    """Print (a), the share of relied-on facts that the summary states which are found with the right state; return those found."""
    print("\n(a) facts relied on that the summary states, found in it with the right state")
    sets: list[tuple[str, Callable[[Judged], dict[str, State]]]] = [
        ("A", lambda row: row.a.stated()),
        ("B", lambda row: row.b.stated()),
        ("both", agreed_facts),
    ]
    for title, of in sets:
        pairs = [(row, fact, said) for row in rows for fact, said in of(row).items()]
        right = sum(same(said, row.read(fact)) for row, fact, said in pairs)
        wrong = sum(row.read(fact) is not None and not same(said, row.read(fact)) for row, fact, said in pairs)
        print(f"  {title:5} {share(right, len(pairs))}; read otherwise {wrong}, not read {len(pairs) - right - wrong}")
    silent = [(row, fact) for row in rows for fact, each in row.a.named().items() if each["summary"] is None and agree_silent(row, fact)]
    read = sum(row.read(fact) is not None for row, fact in silent)
    print(f"  where both say that the summary is silent, something is read {share(read, len(silent))}")
    every = [(row, fact, said) for row in rows for fact, said in {**row.b.stated(), **row.a.stated()}.items()]
    if show:
        for row, fact, said in every:
            if not same(said, row.read(fact)):
                print(f"    {row.name} {fact}: the summary states {said}, read {row.read(fact)}")
        for row, fact in silent:
            if row.read(fact) is not None:
                print(f"    {row.name} {fact}: the summary is silent, read {row.read(fact)}")
    return sorted({f"{row.name} {fact}" for row, fact, said in every if same(said, row.read(fact))})


def agreed_facts(row: Judged) -> dict[str, State]:
    """Return the facts of which both labellers say that the summary states the same."""
    other = row.b.stated()
    return {name: said for name, said in row.a.stated().items() if name in other and other[name] == said}


def agree_silent(row: Judged, fact: str) -> bool:
    """Whether the second labeller too holds the summary silent on a fact."""
    other = row.b.named().get(fact)
    return other is not None and other["summary"] is None


def same(said: State, read: State | None) -> bool:
    """Whether what was read is what the summary states; numbers within 15 %."""
    if read is None or isinstance(read, str) or isinstance(said, str):
        return False
    if isinstance(said, bool) or isinstance(read, bool):
        return said is read
    return abs(said - read) <= max(TOLERANCE * abs(said), 0.05)


def deciding(rows: Sequence[Judged]) -> list[str]:
    """Print (b), how far the engine's deciding reason is the labelled one; return the requests where its class is either labeller's."""
    print("\n(b) the deciding reason")
    agreed = [row for row in rows if row.a.why == row.b.why]
    print("        the same class where a rule governs; a deciding fact shared where the label names one")
    for title, pairs in (
        ("A", [(row, row.a) for row in rows]),
        ("B", [(row, row.b) for row in rows]),
        ("both", [(row, row.a) for row in agreed]),
    ):
        _agreement(title, [(row, own) for row, own in pairs if row.why != NONE])
    table = Counter((row.a.why, row.why) for row in agreed)
    shown = [why for why in WHYS if any(why in pair for pair in table)]
    print("  both labellers (rows) against the engine (columns)")
    print(" " * 19 + "".join(f"{why[:14]:>15}" for why in shown))
    for said in shown:
        if any((said, why) in table for why in shown):
            print(f"    {said:15}" + "".join(f"{table[said, why] or '.':>15}" for why in shown))
    return sorted(row.name for row in rows if row.why in (row.a.why, row.b.why))


def _agreement(title: str, ruled: Sequence[tuple[Judged, Label]]) -> None:
    right = sum(own.why == row.why for row, own in ruled)
    named = [(row, own) for row, own in ruled if own.facts]
    shared = sum(bool(own.facts & row.facts) for row, own in named)
    print(f"  {title:5} {share(right, len(ruled))}; {share(shared, len(named))}")


def proposals(rows: Sequence[Judged]) -> None:
    """Print (c), the proposal against the reviewer's decision, and what always proposing "upheld" would reach."""
    over = Decision.OVERTURNED
    ruled = [row for row in rows if row.proposed is not None]
    print(f"\n(c) the proposal against the decision ({len(rows) - len(ruled)} of {len(rows)} are NoGuideline: nothing is proposed)")
    print("                      overturned  upheld  NoGuideline")
    for decision in (over, Decision.UPHELD):
        counts = Counter(row.proposed for row in rows if row.decision is decision)
        print(f"  decided {decision:12}{counts[over]:10}{counts[Decision.UPHELD]:8}{counts[None]:13}")
    pairs = [(row.decision is over, row.proposed is over) for row in ruled]
    constant = [(decided, False) for decided, _ in pairs]
    for title, group in (("the engine", pairs), ("always upheld", constant)):
        hits = sum(decided and proposed for decided, proposed in group)
        told, decided = sum(proposed for _, proposed in group), sum(decided for decided, _ in group)
        low, high = resampled(group)
        print(f"  {title:14} balanced accuracy {balanced(group):.3f} ({low:.3f}-{high:.3f})")
        print(f"  {'':14} overturned: precision {share(hits, told)}, recall {share(hits, decided)}")
    outcome = sum(decided is proposed for decided, proposed in pairs)
    print(f"  the same decision {share(outcome, len(pairs))}; always upheld {share(sum(not decided for decided, _ in pairs), len(pairs))}")


def balanced(pairs: Sequence[tuple[bool, bool]]) -> float:
    """Return the mean of the shares right among the overturned and among the upheld; a half where one of them is missing."""
    shares = []
    for wanted in (True, False):
        of = [proposed for decided, proposed in pairs if decided is wanted]
        if of:
            shares.append(sum(proposed is wanted for proposed in of) / len(of))
    return sum(shares) / 2 if len(shares) == 2 else 0.5


def resampled(pairs: Sequence[tuple[bool, bool]]) -> tuple[float, float]:
    """Return the 95 % interval of the balanced accuracy over requests drawn again, with a fixed seed."""
    if not pairs:
        return 0.0, 1.0
    draw = random.Random(SEED)
    found = sorted(balanced(draw.choices(pairs, k=len(pairs))) for _ in range(DRAWS))
    return found[int(0.025 * DRAWS)], found[int(0.975 * DRAWS) - 1]


def share(part: int, whole: int) -> str:
    """Return a share in words with Wilson's 95 % interval, such as "12 of 20 = 0.600 (0.387-0.781)"."""
    if not whole:
        return "0 of 0"
    p, n = part / whole, whole
    middle = (p + Z * Z / (2 * n)) / (1 + Z * Z / n)
    half = Z * sqrt(p * (1 - p) / n + Z * Z / (4 * n * n)) / (1 + Z * Z / n)
    return f"{part} of {whole} = {p:.3f} ({max(middle - half, 0):.3f}-{min(middle + half, 1):.3f})"


def explanations(rows: Sequence[Judged], *, show: bool) -> list[str]:
    """Print (d), why proposal and decision differ; return each with its class."""
    print("\n(d) where proposal and decision differ")
    told = [(row, explained(row)) for row in rows if row.proposed is not row.decision]
    for why, count in sorted(Counter(why for _, why in told).items(), key=lambda pair: (-pair[1], pair[0])):
        print(f"  {count:3} {why}")
    if show:
        for row, why in told:
            turning = ", ".join(each.id for each, _ in row.turning) or "; ".join(row.sheet.notes)
            print(f"    {row.name} {row.decision}, proposed {row.proposed or NONE}: {why}\n        turns on {turning}")
    return sorted(f"{row.name} {why}" for row, why in told)


def explained(row: Judged) -> str:
    """Return the class of explanation of a disagreement, from the labels and from what the rule turns on."""
    if row.proposed is None:
        return _without_rule(row)
    relied = {**row.b.named(), **row.a.named()}
    stated = {**row.b.stated(), **row.a.stated()}
    if row.why == "dependent":
        return "it depends on another item, whose proposal differs"
    if row.proposed is Decision.UPHELD:
        mine = [fact for fact in row.facts if fact in relied and relied[fact]["state"] != "not_documented"]
        if any(fact in stated and not same(stated[fact], row.read(fact)) for fact in row.facts):
            return "upheld for a fact that the summary states and that is not read in it"
        if any(fact not in stated for fact in mine):
            return "upheld for a fact that the rationale states and the summary does not"
        if mine:
            return "upheld on the reviewer's facts: the rule asks more of them"
        return "upheld: the rule asks for what the reviewer did not rest on"
    missing = row.a.facts | row.b.facts
    asked = {PARENT.get(name, name) for _, coded in row.turning for name, _ in asked_of(coded)}
    if missing & asked:
        return "overturned on a fact that the reviewer found missing or contrary"
    return "overturned: the rule does not ask for what the reviewer missed"


def _without_rule(row: Judged) -> str:
    if not row.sheet.components:
        return "no rule: the request names no treatment that the library knows"
    if not row.sheet.candidates:
        return "no rule: the library has none for the treatment"
    return "no rule: those for the treatment are for another part of the body, or not for an acute claim"


def compare(now: dict[str, list[str]], kept: Path, *, keep: bool) -> None:
    """Print what came and went against the kept run."""
    if kept.exists():
        before = json.loads(kept.read_text(encoding="utf-8"))
        for head, found in now.items():
            gained, lost = sorted(set(found) - set(before[head])), sorted(set(before[head]) - set(found))
            print(f"{head}: gained {', '.join(gained) or 'none'}; lost {', '.join(lost) or 'none'}")
    if keep:
        kept.write_text(json.dumps(now, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    sys.exit(main())
