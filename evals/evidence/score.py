"""Score the reading of facts against labels made blind: on the example packets, on public notes and on single sentences.

    python evals/evidence/score.py packets|notes|states|sentences [--half seen|aside|fresh|last] [--show] [--keep]

Recall: labelled facts read with the right value. Precision: facts read whose value is labelled so. Beside the totals it prints what
appeared and vanished against the last kept run (`--keep` keeps this one). The half set aside is scored once a round.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import sys
from collections.abc import Iterator
from csv import DictReader
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from openimr.documents import Document, Page, Record, read_folder, records_in
from openimr.evidence import Finding, Reader, state
from openimr.library import Library, open_library, parse
from openimr.treatments import load as load_treatments

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent.parent
NOTES = Path(os.environ.get("IMR_SHARED", ROOT.parent / "shared")) / "data" / "notes" / "mtsamples.csv"
ASIDE = ("lumbar-tp1", "lumbar-tp1-documented", "lumbar-tpi-amrix", "lumbar-tpi-amrix-documented")
FRESH = ("cervical-tpi-repeat",)  # the second round: written after the first score of the half set aside
LAST = ("lumbar-tpi-acute", "cervical-relaxant")  # the third round
TOLERANCE = 0.15  # of a number, as for two tellings of one duration

Value = bool | float


@dataclass(frozen=True)
class Row:
    """One place (document, note or sentence) and fact with the labelled and the read value; None: nothing there.

    `text` is what was read, where it may be shown.
    """

    place: str
    fact: str
    labelled: Value | str | None
    read: Value | str | None
    text: str = ""

    @property
    def right(self) -> bool:
        """Whether both have a value and it is the same."""
        if isinstance(self.labelled, str) or isinstance(self.read, str):
            return self.labelled == self.read
        if self.labelled is None or self.read is None:
            return False
        if isinstance(self.labelled, bool) or isinstance(self.read, bool):
            return self.labelled is self.read
        return abs(self.labelled - self.read) <= max(TOLERANCE * abs(self.labelled), 0.05)


def main() -> int:
    """Print the score; return 0."""
    arguments = argparse.ArgumentParser()
    arguments.add_argument("what", choices=("packets", "notes", "states", "sentences"))
    arguments.add_argument("--half", choices=("seen", "aside", "fresh", "last"), default="seen")
    arguments.add_argument("--show", action="store_true", help="list every miss and every wrong reading")
    arguments.add_argument("--keep", action="store_true", help="keep this run to compare the next one with")
    chosen = arguments.parse_args()
    if chosen.what == "notes" and not NOTES.exists():
        print(f"skipped: the notes are not here ({NOTES.name})")
        return 0
    if chosen.what == "sentences" and chosen.half not in ("seen", "aside"):
        arguments.error("the sentences have the halves seen and aside only")
    rows = list({"packets": packets, "notes": notes, "states": states, "sentences": sentences}[chosen.what](chosen.half))
    if chosen.what == "sentences":
        by_kind(rows, open_library())
    report(rows, chosen.show)
    compare(rows, HERE / f"last-{chosen.what}-{chosen.half}.json", chosen.keep)
    return 0


def labelled_facts() -> frozenset[str]:
    """Return the facts any packet has a label for; the library has grown since, and the others were not looked for."""
    files = (ROOT / "examples" / "sources").glob("*/expected.yaml")
    return frozenset(each["fact"] for file in files for each in parse(file.read_text(), file.name)[0]["findings"])


def reader() -> tuple[Reader, Any, Any]:
    """Return the reader with its library and vocabulary."""
    library = open_library()
    vocabulary = load_treatments(library)
    return Reader(library, vocabulary), library, vocabulary


def packets(half: str) -> Iterator[Row]:
    """Yield a row for every document and fact that is labelled or read, in the cases of one half."""
    read, library, vocabulary = reader()
    facts = labelled_facts()
    for folder in sorted(path.parent for path in (ROOT / "examples" / "sources").glob("*/manifest.json")):
        if half != half_of(folder.name):
            continue
        expected, _ = parse((folder / "expected.yaml").read_text(), "expected.yaml")
        manifest = json.loads((folder / "manifest.json").read_text())["documents"]
        labelled = {(each["document"], each["fact"]): each["value"] for each in expected["findings"]}
        region = vocabulary.parse(expected["requests"][0]["text"]).terms.get("region")
        side = vocabulary.parse(expected["requests"][0]["text"]).terms.get("side")
        found: dict[str, list[Finding]] = {}
        for document in read_folder(ROOT / "examples" / folder.name / "records"):
            if not isinstance(document, Document):
                raise SystemExit(f"{folder.name}: {document.name} is not readable")
            for record in records_in(document):
                for finding in read.find(document, record, facts):
                    found.setdefault(source_of(manifest, finding), []).append(finding)
        for name, findings in found.items():
            for fact, definition in ((fact, library.facts[fact]) for fact in sorted(facts)):
                if name.split("-")[1] in ("ur_decision", "application", "fax_cover"):
                    continue
                value = value_of(state(fact, definition, findings, date(2100, 1, 1), read.site(region, one_side(side))))
                if value is not None or (name, fact) in labelled:
                    yield Row(f"{folder.name}/{name}", fact, labelled.get((name, fact)), value)
        for (name, fact), value in labelled.items():
            if name not in found:
                yield Row(f"{folder.name}/{name}", fact, value, None)


def states(half: str) -> Iterator[Row]:
    """Yield a row for every fact state that `expected.yaml` gives for a request on its governing date, silence included."""
    read, library, vocabulary = reader()
    for folder in sorted(path.parent for path in (ROOT / "examples" / "sources").glob("*/expected.yaml")):
        if half != half_of(folder.name):
            continue
        expected, _ = parse((folder / "expected.yaml").read_text(), "expected.yaml")
        documents = [each for each in read_folder(ROOT / "examples" / folder.name / "records") if isinstance(each, Document)]
        findings = [found for document in documents for record in records_in(document) for found in read.find(document, record)]
        for row in expected["facts"]:
            if row["fact"] not in library.facts:
                continue
            terms = vocabulary.parse(expected["requests"][row["request"] - 1]["text"]).terms
            site = read.site(terms.get("region"), one_side(terms.get("side")))
            value = value_of(state(row["fact"], library.facts[row["fact"]], findings, date.fromisoformat(expected["on"]), site))
            silent = "silent"
            wanted = silent if row["state"] == "not_documented" else row["state"]
            yield Row(f"{folder.name} request {row['request']}", row["fact"], wanted, silent if value is None else value)


def half_of(case: str) -> str:
    """Return the set an example case belongs to."""
    return "aside" if case in ASIDE else "fresh" if case in FRESH else "last" if case in LAST else "seen"


def one_side(side: object) -> str | None:
    """Return left or right, None for both or neither."""
    return str(side) if side in ("left", "right") else None


def source_of(manifest: Any, finding: Finding) -> str:
    """Return the source document a finding's page was made from."""
    for place in manifest:
        if place["file"] == finding.span.document and place["first_page"] <= finding.span.page <= place["last_page"]:
            return str(place["document"])
    raise SystemExit(f"manifest: no document at {finding.span.document} page {finding.span.page}")


def notes(half: str) -> Iterator[Row]:
    """Yield a row for every note of one half and fact that is labelled or read (the ten labelled facts only)."""
    read, library, _ = reader()
    with NOTES.open(encoding="utf-8", newline="") as file:
        texts = [row["transcription"] for row in DictReader(file)]
    lines = [json.loads(line) for line in (HERE / "notes.jsonl").read_text().splitlines()]
    facts = sorted({line["fact"] for line in lines if "fact" in line} | {"radiculopathy", "physical_therapy_tried"})
    labelled = {(line["row"], line["fact"]): line["value"] for line in lines if "fact" in line}
    for line in lines:
        if line.get("half") != half:
            continue
        row, text = line["row"], texts[line["row"]]
        if hashlib.sha256(text.encode()).hexdigest() != line["sha256"]:
            raise SystemExit(f"note {row} is not the one that was labelled")
        document = Document("note", line["sha256"], (Page(1, text, False, None, None, ()),), {})
        record = Record("note", 1, 1, "consultation", None, None, "")
        findings = read.find(document, record)
        for fact in facts:
            value = value_of(state(fact, library.facts[fact], findings, date(2100, 1, 1), read.site(None, None)))
            if value is not None or (row, fact) in labelled:
                yield Row(f"note {row}", fact, labelled.get((row, fact)), value)


def sentences(half: str) -> Iterator[Row]:
    """Yield a row for every sentence of a half that is labelled with a value of its fact or in which one is read, wherever on the body."""
    read, library, _ = reader()
    for said in map(json.loads, (HERE / "sentences.jsonl").read_text(encoding="utf-8").splitlines()):
        if said["half"] != half:
            continue
        text = f"{said['section']}\n{said['text']}" if said["section"] else said["text"]
        document = Document("sentence", hashlib.sha256(text.encode()).hexdigest(), (Page(1, text, False, None, None, ()),), {})
        findings = read.find(document, Record("sentence", 1, 1, said["kind"], None, None, ""))
        fact = said["fact"]
        value = value_of(state(fact, library.facts[fact], findings, date(2100, 1, 1), read.site(None, None)))
        if value is not None or said["value"] is not None:
            yield Row(said["id"], fact, said["value"], value, text)


def by_kind(rows: list[Row], library: Library) -> None:
    """Print recall and precision by the kind of fact."""
    for kind in sorted({str(library.facts[row.fact].kind) for row in rows}):
        line(f"({kind})", [row for row in rows if library.facts[row.fact].kind == kind])


def value_of(found: Any) -> Value | str | None:
    """Return True, False, the number, "conflicting", or None when the fact is not documented."""
    truth = str(found.known.truth)
    if truth == "not_documented":
        return None
    if truth == "conflicting":
        return truth
    return found.known.value if found.known.value is not None else truth == "true"


def report(rows: list[Row], show: bool) -> None:
    """Print recall and precision, in total and by fact."""
    for name, group in [
        ("all facts", rows),
        *((fact, [row for row in rows if row.fact == fact]) for fact in sorted({r.fact for r in rows})),
    ]:
        line(name, group)
    if show:
        for row in rows:
            if not row.right:
                print(f"{'missed' if row.read is None else 'wrong'}: {row.place}  {row.fact}  labelled {row.labelled}  read {row.read}")
                if row.text:
                    print("    " + row.text.replace("\n", " | "))


def line(name: str, group: list[Row]) -> None:
    """Print how a group of rows was read."""
    labelled = sum(row.labelled is not None for row in group)
    read = sum(row.read is not None for row in group)
    right = sum(row.right for row in group)
    conflicting = sum(row.read == "conflicting" for row in group)
    recall = right / labelled if labelled else float("nan")
    precision = right / read if read else float("nan")
    counts = f"labelled {labelled:4}  read {read:4}  right {right:4}  conflicting {conflicting:3}"
    print(f"{name:28} {counts}  recall {recall:.3f}  precision {precision:.3f}")


def compare(rows: list[Row], kept: Path, keep: bool) -> None:
    """Print what is right now and was not in the kept run, and the other way round."""
    right = sorted(f"{row.place} {row.fact}" for row in rows if row.right)
    wrong = sorted(f"{row.place} {row.fact}" for row in rows if row.read is not None and not row.right)
    if kept.exists():
        before = json.loads(kept.read_text())
        for head, now, then in (("right", right, before["right"]), ("wrong reading", wrong, before["wrong"])):
            for each in sorted(set(now) - set(then)):
                print(f"gained {head}: {each}")
            for each in sorted(set(then) - set(now)):
                print(f"lost {head}: {each}")
    if keep:
        kept.write_text(json.dumps({"right": right, "wrong": wrong}, indent=1) + "\n")


if __name__ == "__main__":
    sys.exit(main())
