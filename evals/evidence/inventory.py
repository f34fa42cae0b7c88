"""Score the inventory of the example case files: records, and what is spoken of and not there.

    python evals/evidence/inventory.py [CASE ...] [--show]

Records are compared with `manifest.json` and the heads of the documents the packets were made from, and where a case has a
`gold.yaml` with its `inventory` and `gaps`. An author is equal when the last names are; a date that the packet
does not print cannot be read.
"""

from __future__ import annotations

import argparse
import json
import re
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from openimr.documents import Document, Gap, Record, Relation, gaps, read_folder, records_in, relations
from openimr.library import parse

ROOT = Path(__file__).resolve().parent.parent.parent
SOURCES = ROOT / "examples" / "sources"
FIELDS = ("pages", "kind", "date", "author", "duplicate_of")
CREDENTIALS = ("md", "do", "dc", "pt", "dpt", "pta", "phd", "dds", "rn", "ccm", "np", "esq")

REPORTS = frozenset({"progress_report", "consultation", "correspondence", "psychology_note", "therapy_note", "peer_to_peer_note", "other"})
SMALL = frozenset(
    {
        "the",
        "and",
        "was",
        "were",
        "had",
        "has",
        "have",
        "not",
        "from",
        "for",
        "his",
        "her",
        "you",
        "your",
        "our",
        "that",
        "with",
        "this",
        "are",
    }
)

Place = tuple[str, int, int]


@dataclass(frozen=True)
class Told:
    """A gap as the program tells it."""

    kind: str
    when: str | None
    named_in: frozenset[str]
    words: frozenset[str]
    what: str


@dataclass(frozen=True)
class Row:
    """One field of one record, or one gap: what was expected and what was found, both None where it is not there."""

    case: str
    what: str
    field: str
    expected: str | None
    found: str | None

    @property
    def equal(self) -> bool:
        """Whether both are the same."""
        return self.expected == self.found


def main() -> int:
    """Print the score; return 0."""
    arguments = argparse.ArgumentParser()
    arguments.add_argument("cases", nargs="*", help="cases to score (default: all)")
    arguments.add_argument("--show", action="store_true", help="list every difference")
    chosen = arguments.parse_args()
    folders = sorted(path.parent for path in SOURCES.glob("*/manifest.json"))
    unknown = sorted(set(chosen.cases) - {folder.name for folder in folders})
    if unknown:
        print(f"{unknown[0]}: no such case under examples/sources", file=sys.stderr)
        return 2
    rows = [row for folder in folders if not chosen.cases or folder.name in chosen.cases for row in compared(folder)]
    report(rows, chosen.show)
    return 0


def compared(folder: Path) -> Iterator[Row]:
    """Yield a row for every field of every record expected or found, and for every gap."""
    read = read_folder(ROOT / "examples" / folder.name / "records")
    documents = [each for each in read if isinstance(each, Document)]
    records = [record for document in documents for record in records_in(document)]
    related = relations(documents, records)
    gold = parse((folder / "gold.yaml").read_text(encoding="utf-8"), "gold.yaml")[0] if (folder / "gold.yaml").is_file() else {}
    labels = gold.get("inventory") or list(printed(folder))
    manifest = {each["document"]: each for each in json.loads((folder / "manifest.json").read_text())["documents"]}
    places = {each["document"]: place_of({**manifest.get(each["document"], {}), **each}) for each in labels}
    found = {(record.document, record.first_page, record.last_page): record for record in records}
    for label in labels:
        place = places[label["document"]]
        yield from of_record(folder.name, label, place, found.pop(place, None), places, related)
    for place in found:
        yield Row(folder.name, shown(place), "pages", None, shown(place))
    if "gaps" in gold:
        names = {place: name for name, place in places.items()}
        yield from of_gaps(folder.name, gold["gaps"] or [], [told(gap, names) for gap in gaps(documents, records)])


def of_record(
    case: str,
    label: Mapping[str, Any],
    place: Place,
    record: Record | None,
    places: Mapping[str, Place],
    related: Mapping[Record, Relation],
) -> Iterator[Row]:
    """Yield a row for every field of one record."""
    name = label["document"]
    yield Row(case, name, "pages", shown(place), shown(place) if record else None)
    if record is None:
        return
    yield Row(case, name, "kind", label["kind"], record.kind)
    yield Row(case, name, "date", str(label["date"]) if label.get("date") else None, record.date.isoformat() if record.date else None)
    yield Row(case, name, "author", last_name(label.get("author")), last_name(record.author))
    if "duplicate_of" in label:
        twin = related[record].duplicate_of if record in related else None
        wanted = shown(places[label["duplicate_of"]]) if label["duplicate_of"] in places else label["duplicate_of"]
        yield Row(case, name, "duplicate_of", wanted, shown(spot(twin.record)) if twin else None)


def told(gap: Gap, names: Mapping[Place, str]) -> Told:
    """Return what a gap says: the documents it is named in, and the words that name it."""
    named_in = frozenset(names.get(spot(record), shown(spot(record))) for record, _ in gap.named_in)
    return Told(gap.kind, gap.when, named_in, words(" ".join([gap.what, *(span.quote for _, span in gap.named_in)])), gap.what)


def of_gaps(case: str, labels: Sequence[Mapping[str, Any]], found: Sequence[Told]) -> Iterator[Row]:
    """Yield a row for every gap labelled or found; those of which both sides tell the day are paired first."""
    left = list(found)
    for label in sorted(labels, key=lambda label: label["date"] is None):
        wanted = f"{label['kind']} {label['date']}"
        same = next((each for sure in (True, False) for each in left if same_gap(label, each, sure=sure)), None)
        if same:
            left.remove(same)
        yield Row(case, str(label["what"]), "gap", wanted, wanted if same else None)
    for each in left:
        yield Row(case, each.what, "gap", None, f"{each.kind} {each.when}")


def same_gap(label: Mapping[str, Any], found: Told, *, sure: bool) -> bool:
    """Whether a label and a gap are one: by kind and day (one told by the month is the same as one of a day in it).

    Not `sure`: where one of the two tells no day, by kind, a document that names both and a word in common; a report may go by
    the name of another.
    """
    day, kinds = label["date"], {label["kind"], found.kind}
    if day is not None and found.when is not None:
        return len(kinds) == 1 and (found.when.startswith(str(day)) or str(day).startswith(found.when))
    alike = len(kinds) == 1 or kinds <= REPORTS
    together = bool(found.named_in & set(label["named_in"])) and bool(found.words & words(f"{label['what']} {label['quote']}"))
    return not sure and alike and together


def words(text: str) -> frozenset[str]:
    """Return the words of a text that tell something, in small letters."""
    return frozenset(word for word in re.findall(r"[a-z0-9]{3,}", text.lower()) if word not in SMALL)


def printed(folder: Path) -> Iterator[dict[str, Any]]:
    """Yield what the heads of the source documents say of the records of a case without gold."""
    for each in json.loads((folder / "manifest.json").read_text())["documents"]:
        head = (folder / f"{each['document']}.md").read_text(encoding="utf-8").split("---\n")[1]
        said = parse(head, each["document"])[0]
        yield {"document": each["document"], "kind": said["kind"], "date": said["date"], "author": said["author"]}


def place_of(each: Mapping[str, Any]) -> Place:
    """Return file, first and last page."""
    return str(each["file"]), int(each["first_page"]), int(each["last_page"])


def spot(record: Record) -> Place:
    """Return file, first and last page of a record that was read."""
    return record.document, record.first_page, record.last_page


def shown(place: Place) -> str:
    """Return a place as text."""
    return f"{place[0]} {place[1]}-{place[2]}"


def last_name(author: str | None) -> str | None:
    """Return the last name in small letters: of "J. Roe, M.D." and of "Jane Roe (patient)" it is roe."""
    words = (author or "").split(",")[0].split("(")[0].replace(".", "").lower().split()
    names = [word for word in words if word not in CREDENTIALS]
    return names[-1] if names else None


def report(rows: Sequence[Row], show: bool) -> None:
    """Print how many fields are equal, by field, and the gaps found, missed and made up."""
    for field in FIELDS:
        group = [row for row in rows if row.field == field]
        if group:
            print(f"{field:14} {sum(row.equal for row in group):4} of {len(group):4} equal")
    found = [row for row in rows if row.field == "gap"]
    if found:
        right = sum(row.equal for row in found)
        missed, made_up = sum(row.found is None for row in found), sum(row.expected is None for row in found)
        print(f"{'gaps':14} {right:4} found, {missed} missed, {made_up} not among the labels")
    if show:
        for row in rows:
            if not row.equal:
                print(f"{row.case}  {row.what}  {row.field}: expected {row.expected}, found {row.found}")


if __name__ == "__main__":
    sys.exit(main())
