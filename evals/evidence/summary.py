"""Score the clinical case summaries and timelines of the example cases against gold made blind (`examples/sources/<case>/gold.yaml`).

    python evals/evidence/summary.py [--gold DIR] [--show] [CASE ...]

A quote of the gold is covered if a passage of the summary in the same document holds at least 0.6 of its words; a passage of the summary
that covers no quote is counted as idle. An event of the gold is found if the timeline has one whose date agrees as far as its precision
goes, or lies within 3 days, of the same words or the same document. `--gold DIR` takes DIR/<case>.yaml, not the files beside the sources.
"""

from __future__ import annotations

import argparse
import json
import re
import sys
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from openimr.cases import load_case
from openimr.library import parse
from openimr.review import Event, Reference, SummarySentence, open_reference, review

ROOT = Path(__file__).resolve().parent.parent.parent
SOURCES = ROOT / "examples" / "sources"
SHARE = 0.6
NEAR = timedelta(days=3)
PARTS = ("mechanism", "complaints", "examination", "diagnoses", "treatment", "diagnostics", "request", "ur_reason")
WORD = re.compile(r"[a-z0-9]+")

Place = tuple[str, int]  # packet file and page


@dataclass(frozen=True)
class Passage:
    """A passage of a summary: its part, the document of the case file it stands in, and its words."""

    part: str
    document: str
    text: str


@dataclass
class Score:
    """What one case comes to: quotes by part, covered and in all; idle passages; events found."""

    case: str
    words: int = 0
    covered: Counter[str] = field(default_factory=Counter)
    wanted: Counter[str] = field(default_factory=Counter)
    passages: int = 0
    missed: list[str] = field(default_factory=list)
    idle: list[str] = field(default_factory=list)
    events: int = 0
    found: int = 0
    not_found: list[str] = field(default_factory=list)


def main() -> int:
    """Print the score of each case with gold and the total; return 0, or 1 when no case has gold."""
    asked = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    asked.add_argument("cases", nargs="*")
    asked.add_argument("--gold", type=Path)
    asked.add_argument("--show", action="store_true", help="print what was missed and what covers nothing")
    given = asked.parse_args()
    files = {name: _gold_file(name, given.gold) for name in given.cases or sorted(path.name for path in SOURCES.iterdir() if path.is_dir())}
    there = {name: file for name, file in files.items() if file.is_file()}
    if not there:
        sys.stdout.write("no gold.yaml beside the sources: nothing to score\n")
        return 1
    reference = open_reference()
    scores = [_score(name, file, reference) for name, file in there.items()]
    _print(scores, show=given.show)
    return 0


def _gold_file(name: str, folder: Path | None) -> Path:
    return folder / f"{name}.yaml" if folder else SOURCES / name / "gold.yaml"


def _score(name: str, file: Path, reference: Reference) -> Score:
    gold, _ = parse(file.read_text(encoding="utf-8"), str(file))
    done = review(load_case(ROOT / "examples" / name), reference)
    documents = _documents(name)
    passages = list(_passages(done.worksheet.summary, documents))
    score = Score(name, words=len((done.determination.summary or "").split()), passages=len(passages))
    quotes = list(_quotes(gold["summary"]))
    for part, document, quote in quotes:
        score.wanted[part] += 1
        if any(_covers(passage, document, quote) for passage in passages):
            score.covered[part] += 1
        else:
            score.missed.append(f"{part}: {document}: {quote}")
    for passage in passages:
        if not any(_covers(passage, document, quote) for _, document, quote in quotes):
            score.idle.append(f"{passage.part}: {passage.document}: {passage.text}")
    for event in gold["timeline"]:
        score.events += 1
        if any(_same_event(event, own, documents) for own in done.worksheet.timeline):
            score.found += 1
        else:
            score.not_found.append(f"{event['date']}: {event['event']}")
    return score


def _documents(name: str) -> Mapping[Place, str]:
    """The document of the sources that lies on each page of the packets."""
    manifest = json.loads((SOURCES / name / "manifest.json").read_text(encoding="utf-8"))
    rows = manifest["documents"]
    return {(row["file"], page): row["document"] for row in rows for page in range(row["first_page"], row["last_page"] + 1)}


def _passages(summary: Sequence[SummarySentence], documents: Mapping[Place, str]) -> Iterator[Passage]:
    for sentence in summary:
        for each in sentence.evidence:
            if each.span is not None:
                yield Passage(sentence.part, documents.get((each.span.document, each.span.page), ""), each.quote)


def _quotes(summary: Mapping[str, Any]) -> Iterator[tuple[str, str, str]]:
    for part in PARTS:
        given = summary.get(part)
        for each in given if isinstance(given, list) else [given] if given else []:
            yield part, each["document"], each["quote"]


def _words(text: str) -> frozenset[str]:
    return frozenset(WORD.findall(text.lower()))


def _covers(passage: Passage, document: str, quote: str) -> bool:
    wanted = _words(quote)
    return passage.document == document and len(wanted & _words(passage.text)) >= SHARE * len(wanted)


def _same_event(gold: Mapping[str, Any], own: Event, documents: Mapping[Place, str]) -> bool:
    on = date.fromisoformat(str(gold["date"]))
    if not (abs(own.date - on) <= NEAR or _agrees(own, on)):
        return False
    named = _words(str(gold["event"])) & _words(f"{own.event} {own.kind}")
    in_document = any(documents.get((each.span.document, each.span.page)) == gold["document"] for each in own.evidence if each.span)
    return bool(named) or in_document


def _agrees(own: Event, on: date) -> bool:
    return own.precision != "day" and own.date.year == on.year and (own.precision == "year" or own.date.month == on.month)


def _print(scores: Sequence[Score], *, show: bool) -> None:
    out = sys.stdout
    out.write(f"{'case':34}{'words':>6}{'quotes':>10}{'idle':>10}{'events':>10}\n")
    for score in scores:
        events = f"{score.found}/{score.events}"
        quotes = f"{score.covered.total()}/{score.wanted.total()}"
        idle = f"{len(score.idle)}/{score.passages}"
        out.write(f"{score.case:34}{score.words:6}{quotes:>10}{idle:>10}{events:>10}\n")
        if show:
            out.writelines(f"    missed   {each}\n" for each in score.missed)
            out.writelines(f"    idle     {each}\n" for each in score.idle)
            out.writelines(f"    no event {each}\n" for each in score.not_found)
    out.write("\n")
    covered, wanted = sum((s.covered for s in scores), Counter[str]()), sum((s.wanted for s in scores), Counter[str]())
    for part in PARTS:
        if wanted[part]:
            out.write(f"{part:14}{covered[part]:4}/{wanted[part]:<4} {covered[part] / wanted[part]:.2f}\n")
    passages, unused = sum(s.passages for s in scores), sum(len(s.idle) for s in scores)
    found, known = sum(s.found for s in scores), sum(s.events for s in scores)
    out.write(f"{'all quotes':14}{covered.total():4}/{wanted.total():<4} {covered.total() / max(wanted.total(), 1):.2f}\n")
    out.write(f"{'idle passages':14}{unused:4}/{passages:<4} {unused / max(passages, 1):.2f}\n")
    out.write(f"{'events':14}{found:4}/{known:<4} {found / max(known, 1):.2f}\n")


if __name__ == "__main__":
    raise SystemExit(main())
