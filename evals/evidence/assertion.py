"""Score how a sentence turns what it names: denied, doubted, past, possible, another person's. Beside two public programs if wanted.

    python evals/evidence/assertion.py negex|sentences [--half seen|aside|fresh|everyday] [--others PYTHON] [--show STATUS] [--keep]

`negex`: the public annotated sentences (negation and history). `sentences`: our own, written blind (sentences.jsonl); "in full" means that
negation, doubt, history, possibility and person are all right, where a plan is a possibility as in `imr evidence assert`. `--others`
names the interpreter of an environment with the programs of others.txt; they read the same sentences in the same run.
"""

from __future__ import annotations

import argparse
import json
import re
import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from openimr.evidence import Assertion, Assertions
from openimr.library import open_library
from openimr.treatments import load as load_treatments

HERE = Path(__file__).resolve().parent
NEGEX = HERE.parent.parent.parent / "shared" / "data" / "negex" / "context-annotations.dev.tsv"
STATUSES = ("negated", "uncertain", "historical", "hypothetical", "other_person")


@dataclass(frozen=True)
class Sentence:
    """A sentence with the place of what it names, and the statuses labelled; `scored` are those the set is labelled for."""

    id: str
    text: str
    start: int
    end: int
    labelled: frozenset[str]
    scored: tuple[str, ...]


def main() -> int:
    """Print the score; return 0."""
    arguments = argparse.ArgumentParser()
    arguments.add_argument("what", choices=("negex", "sentences"))
    arguments.add_argument("--half", choices=("seen", "aside", "fresh", "everyday"), default="seen")
    arguments.add_argument("--others", type=Path, help="interpreter of an environment with the programs of others.txt")
    arguments.add_argument("--show", choices=STATUSES, help="list what is wrong of one status")
    arguments.add_argument("--keep", action="store_true", help="keep this run to compare the next one with")
    chosen = arguments.parse_args()
    if chosen.what == "negex" and not NEGEX.exists():
        print(f"skipped: the annotated sentences are not here ({NEGEX.name})")
        return 0
    every = list(negex()) if chosen.what == "negex" else list(own(chosen.half))
    library = open_library()
    assertions = Assertions(library, load_treatments(library))
    for each in every:  # a first pass compiles what occurs; the public programs come compiled
        assertions.said(each.text, each.start, each.end)
    started = time.perf_counter()
    answers = [told(assertions.said(each.text, each.start, each.end)) for each in every]
    seconds = time.perf_counter() - started
    report("openimr", every, answers, seconds)
    if chosen.others:
        others(chosen.others, every, seconds)
    if chosen.show:
        show(every, answers, chosen.show)
    name = "negex" if chosen.what == "negex" else f"sentences-{chosen.half}"
    compare(every, answers, HERE / f"last-assertion-{name}.json", chosen.keep)
    return 0


def told(said: Assertion) -> frozenset[str]:
    """Return what holds of the five statuses of the contract."""
    return frozenset(name for name, holds in said.contract().items() if holds)


def negex() -> list[Sentence]:
    """Return the public sentences in which the concept can be found (six of them do not hold it)."""
    out = []
    for line in NEGEX.read_text(encoding="utf-8", errors="replace").splitlines():
        number, _, concept, text, negation, time_, _ = line.split("\t")
        words = re.escape(concept.strip()).replace(r"\ ", r"\s+")
        found = re.search(words.upper().replace(r"\S+", r"\s+"), text) or re.search(words, text, re.IGNORECASE)
        if found is not None:
            said = {"negated": negation == "Negated", "historical": time_ == "Historical"}
            labelled = frozenset(name for name, holds in said.items() if holds)
            out.append(Sentence(number, text, found.start(), found.end(), labelled, ("negated", "historical")))
    return out


def own(half: str) -> list[Sentence]:
    """Return our own sentences of one half; a plan counts as possible."""
    rows = [json.loads(line) for line in (HERE / "sentences.jsonl").read_text().splitlines()]
    return [
        Sentence(
            row["id"],
            row["text"],
            row["start"],
            row["end"],
            frozenset(name for name in STATUSES if row[name] or (name == "hypothetical" and row["planned"])),
            STATUSES,
        )
        for row in rows
        if row["half"] == half
    ]


def report(name: str, every: Sequence[Sentence], answers: Sequence[frozenset[str]], seconds: float) -> None:
    """Print precision, recall and F1 of each status, how many sentences are right in full, and the speed."""
    print(f"{name}: {len(every)} sentences, {len(every) / seconds:.0f} a second")
    for status in every[0].scored:
        right = sum(status in each.labelled and status in said for each, said in zip(every, answers, strict=True))
        labelled = sum(status in each.labelled for each in every)
        read = sum(status in said for said in answers)
        if labelled or read:
            precision, recall = right / read if read else 0.0, right / labelled if labelled else 0.0
            both = 2 * right / (labelled + read)
            print(f"  {status:13} labelled {labelled:4}  precision {precision:.3f}  recall {recall:.3f}  F1 {both:.3f}")
    full = sum(each.labelled == said & set(each.scored) for each, said in zip(every, answers, strict=True))
    print(f"  in full {full} of {len(every)} ({full / len(every):.3f})")


def others(python: Path, every: Sequence[Sentence], seconds: float) -> None:
    """Have the public programs read the same sentences, and print their score and how much faster ours was."""
    asked = "".join(json.dumps({"text": each.text, "start": each.start, "end": each.end}) + "\n" for each in every)
    done = subprocess.run([python, HERE / "others.py"], input=asked, capture_output=True, text=True, check=True)
    for line in done.stdout.splitlines():
        found = json.loads(line)
        report(f"{found['name']} {found['version']}", every, [frozenset(said) for said in found["answers"]], found["seconds"])
        print(f"  openimr is {found['seconds'] / seconds:.1f} x as fast")


def show(every: Sequence[Sentence], answers: Sequence[frozenset[str]], status: str) -> None:
    """List the sentences in which one status is wrong."""
    for each, said in zip(every, answers, strict=True):
        if (status in each.labelled) != (status in said):
            marked = f"{each.text[max(0, each.start - 140) : each.start]}[[{each.text[each.start : each.end]}]]{each.text[each.end :][:90]}"
            print(f"{'missed' if status in each.labelled else 'wrong '} {each.id}: {' '.join(marked.split())}")


def compare(every: Sequence[Sentence], answers: Sequence[frozenset[str]], kept: Path, keep: bool) -> None:
    """Print which sentences are right in full now and were not in the kept run, and the other way round."""
    right = [each.id for each, said in zip(every, answers, strict=True) if each.labelled == said & set(each.scored)]
    if kept.exists():
        before = set(json.loads(kept.read_text()))
        gained, lost = sorted(set(right) - before), sorted(before - set(right))
        print(f"gained: {', '.join(gained) or 'none'}; lost: {', '.join(lost) or 'none'}")
    if keep:
        kept.write_text(json.dumps(right) + "\n")


if __name__ == "__main__":
    sys.exit(main())
