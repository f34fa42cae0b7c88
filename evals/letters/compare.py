"""How exactly letters are read: `python evals/letters/compare.py citations [seen|aside] | letters [--text DIR] | extractors DIR ...`.

Compares with the blind labels beside this file (GUIDE.md) and the silver labels of the letters, which are not part of the project:
IMR_SHARED names the folder that holds `data/determinations` and `samples`. `--text DIR` reads the letters' text from DIR/*.txt, as another
extractor left it; `extractors` compares whole records, read from such folders, with those read from the PDFs.
"""

from __future__ import annotations

import csv
import hashlib
import json
import os
import re
import sys
from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any

from openimr.determinations import Determination, Request, to_json
from openimr.letters import Reading, open_reader
from openimr.library import open_grammar, open_library

HERE = Path(__file__).parent
SHARED = Path(os.environ.get("IMR_SHARED", HERE.parents[2] / "shared"))
LETTERS = SHARED / "data" / "determinations"
_SAMPLE_BASES = re.compile(r"(?:Claims Administrator|MAXIMUS) guideline:(.*?)(?=MAXIMUS guideline:|Decision rationale:)", re.S)
_DAYS = ("date_assigned", "date_of_injury", "decision_date", "ur_denial_date", "application_received")


def labels(name: str) -> list[dict[str, Any]]:
    """The labels of a file beside this one."""
    return [json.loads(line) for line in (HERE / name).read_text(encoding="utf-8").splitlines()]


def table(name: str) -> list[dict[str, str]]:
    """The silver labels of one file of the letters."""
    with (LETTERS / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def bases() -> dict[str, str]:
    """Every distinct basis of the letters and samples, by the start of its digest."""
    texts = [row[side] for row in table("requests.csv") for side in ("claims_administrator_guideline", "maximus_guideline")]
    for path in sorted((SHARED / "samples").glob("*.txt")):
        texts += _SAMPLE_BASES.findall(path.read_text(encoding="utf-8").replace("**", ""))
    flat = {" ".join(text.split()) for text in texts}
    return {hashlib.sha256(text.encode()).hexdigest()[:16]: text for text in flat}


def plain(value: Any) -> Any:
    """A value as it is compared: without case, blanks, punctuation at the ends; & is and."""
    if isinstance(value, str):
        return re.sub(r"\s+|-(?=$)", "", value.lower().replace("&", "and")).strip(".,;:-/ ")
    if isinstance(value, list | tuple):
        return [plain(each) for each in value]
    if isinstance(value, dict):
        return {key: plain(each) for key, each in value.items()}
    return value


def printed(text: str | None) -> str | None:
    """A text as its letters stand on paper: line ends and the hyphens at them are the extractor's."""
    return None if text is None else re.sub(r"[\s-]+", "", text)


def citations(half: str) -> Iterator[str]:
    """Compare the grammar with the labels of one half."""
    grammar, texts = open_grammar(open_library(())), bases()
    wanted = [label for label in labels("citations.jsonl") if label["half"] == half]
    wrong = 0
    for label in wanted:
        found = grammar.parse(texts[label["id"]])
        got = {
            "stated_none": found.stated_none,
            "outside_mtus": found.outside_mtus,
            "citations": [
                {"authority": c.authority, "document": c.document, "edition": c.edition, "sections": list(c.sections), "pages": c.pages}
                for c in found.citations
            ],
        }
        expected = {key: label[key] for key in got}
        if plain(got) != plain(expected):
            wrong += 1
            yield f"- {texts[label['id']]}"
            yield f"    label  {json.dumps(expected, ensure_ascii=False)}"
            yield f"    read   {json.dumps(got, ensure_ascii=False)}"
    yield f"{half}: {len(wanted) - wrong} of {len(wanted)} exact ({(len(wanted) - wrong) / len(wanted):.3f})"


def read_letters(folder: Path, ending: str) -> dict[str, Determination]:
    """Every letter of a folder by its name."""
    reader = open_reader(open_library(()))
    found = {}
    for read in reader.read_files((path, path.stem) for path in sorted(folder.glob(f"*{ending}"))):
        if isinstance(read, Reading):
            found[str(read.determination.source)] = read.determination
    return found


class Score:
    """Counts fields and keeps the differences."""

    def __init__(self) -> None:
        self.fields: Counter[str] = Counter()
        self.wrong: list[tuple[str, str, Any, Any]] = []

    def check(self, kind: str, where: str, read: Any, label: Any) -> None:
        """Compare one field."""
        self.fields[kind] += 1
        if read != label:
            self.wrong.append((kind, where, read, label))

    def lines(self) -> Iterator[str]:
        """The differences, the fields by kind, the sum."""
        for kind, where, read, label in self.wrong:
            yield f"- {kind} {where}\n    label  {label!r}\n    read   {read!r}"
        missed = Counter(kind for kind, *_ in self.wrong)
        for kind, count in sorted(self.fields.items()):
            yield f"{kind:22} {count - missed[kind]:5} of {count}"
        total = self.fields.total()
        yield f"{'all fields':22} {total - len(self.wrong):5} of {total} ({1 - len(self.wrong) / total:.4f})"


def letters(found: dict[str, Determination]) -> Iterator[str]:
    """Compare what was read with the labels, field by field."""
    score = Score()
    rows = defaultdict(list)
    for row in table("requests.csv"):
        rows[row["case"]].append(row)
    parts = {label["id"]: label for label in labels("requests.jsonl")}
    patients = {label["id"]: label for label in labels("patients.jsonl")}
    for case in table("cases.csv"):
        name = case["case"]
        read = found.get(name)
        score.check("letter read", name, read is not None, True)
        if read is None:
            continue
        score.check("case number", name, read.case_number, name)
        for day in _DAYS:
            score.check(day, name, getattr(read, day), datetime.strptime(case[day], "%m/%d/%Y").date())
        score.check("priority", name, read.priority, case["priority"])
        reviewer = read.reviewer
        score.check("licensure", name, printed(",".join(reviewer.licensure)) if reviewer else None, printed(case["licensure"]))
        score.check("specialties", name, printed(", ".join(reviewer.specialties)) if reviewer else None, printed(case["specialty"]))
        score.check("age", name, read.age, patients[name]["age"])
        score.check("sex", name, read.sex, patients[name]["sex"])
        score.check("request count", name, len(read.requests), int(case["n_items"]))
        for request, row in zip(read.requests, rows[name], strict=False):
            _request(score, f"{name}#{request.number}", request, row, parts[f"{name}#{request.number}"])
    yield from score.lines()


def _request(score: Score, where: str, request: Request, row: dict[str, str], part: dict[str, Any]) -> None:
    score.check("request text", where, printed(request.text), printed(row["title"]))
    score.check("decision", where, str(request.decision), row["decision"].lower())
    for kind, basis, side in (
        ("UR basis", request.ur_basis, "claims_administrator_guideline"),
        ("reviewer's basis", request.reviewer_basis, "maximus_guideline"),
    ):
        score.check(kind, where, printed(basis.text) if basis else "", printed(row[side]))
    words = int(row["rationale_words"])
    # the labels count words of another extraction: a word torn at a line end is two there
    score.check("rationale length", where, abs(len((request.rationale or "").split()) - words) <= 0.03 * words + 2, True)
    for name in ("original", "authorized", "disputed"):
        whole = row["title"] if name == "disputed" else None
        score.check(name, where, printed(getattr(request, name)), printed(row["title"][slice(*part[name])] if name in part else whole))
    score.check("timing", where, request.timing, part["timing"])
    score.check("dates of service", where, [day.isoformat() for day in request.dates_of_service], part["dates_of_service"])
    necessary = "medically necessary" if row["decision"] == "Overturned" else "not medically necessary"
    score.check("polarity", where, request.conclusion, necessary)


def extractors(folders: list[Path]) -> Iterator[str]:
    """Compare whole records read from other extractors' text with those read from the PDFs."""
    own = {name: _bare(determination) for name, determination in read_letters(LETTERS, ".pdf").items()}
    for folder in folders:
        other = {name: _bare(determination) for name, determination in read_letters(folder, ".txt").items()}
        differing: dict[str, list[str]] = defaultdict(list)
        same = 0
        for name, record in own.items():
            paths = sorted(_differences(record, other.get(name)))
            same += not paths
            for path, on_paper in paths:
                differing["other hyphens or blanks" if on_paper else "other text"].append(f"{name} {path}")
        yield f"{folder.name}: {same} of {len(own)} records equal to the letter; " + (
            "; ".join(f"{len(where)} fields with {kind} (such as {', '.join(where[:3])})" for kind, where in sorted(differing.items()))
            or "no differences"
        )


def _bare(determination: Determination) -> dict[str, Any]:
    return to_json(replace(determination, source=None, warnings=()))


def _differences(one: Any, other: Any, path: str = "") -> Iterator[tuple[str, bool]]:
    if isinstance(one, dict) and isinstance(other, dict):
        for key in one:
            yield from _differences(one[key], other.get(key), f"{path}.{key}" if path else key)
    elif isinstance(one, list) and isinstance(other, list) and len(one) == len(other):
        for index, (left, right) in enumerate(zip(one, other, strict=True)):
            yield from _differences(left, right, f"{path}[{index}]")
    elif one != other:
        yield path, isinstance(one, str) and isinstance(other, str) and printed(one) == printed(other)


def main() -> None:
    """Print what differs, then the counts."""
    what, *rest = sys.argv[1:] or ["letters"]
    if what == "citations":
        for half in rest or ["seen", "aside"]:
            print("\n".join(citations(half)))
    elif what == "letters":
        folder = Path(rest[1]) if rest[:1] == ["--text"] else None
        print("\n".join(letters(read_letters(folder, ".txt") if folder else read_letters(LETTERS, ".pdf"))))
    elif what == "extractors":
        print("\n".join(extractors([Path(each) for each in rest])))


if __name__ == "__main__":
    main()
