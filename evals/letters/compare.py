"""How exactly letters are read: `python evals/letters/compare.py citations|letters|requests|patients`.

Compares with the blind labels beside this file (GUIDE.md) and the silver labels of the letters, which are not part of the project:
IMR_SHARED names the folder that holds `data/determinations` and `samples`.
"""

from __future__ import annotations

import csv
import hashlib
import json
import os
import re
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from openimr.library import open_grammar, open_library

HERE = Path(__file__).parent
SHARED = Path(os.environ.get("IMR_SHARED", HERE.parents[2] / "shared"))
LETTERS = SHARED / "data" / "determinations"
_SAMPLE_BASES = re.compile(r"(?:Claims Administrator|MAXIMUS) guideline:(.*?)(?=MAXIMUS guideline:|Decision rationale:)", re.S)


def labels(name: str) -> list[dict[str, Any]]:
    """The labels of a file beside this one."""
    return [json.loads(line) for line in (HERE / name).read_text(encoding="utf-8").splitlines()]


def requests() -> list[dict[str, str]]:
    """The silver labels: one row a treatment request."""
    with (LETTERS / "requests.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def bases() -> dict[str, str]:
    """Every distinct basis of the letters and samples, by the start of its digest."""
    texts = [row[side] for row in requests() for side in ("claims_administrator_guideline", "maximus_guideline")]
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


def main() -> None:
    """Print what differs, then the counts."""
    what = sys.argv[1] if len(sys.argv) > 1 else "citations"
    if what == "citations":
        for half in sys.argv[2:] or ["seen"]:
            print("\n".join(citations(half)))


if __name__ == "__main__":
    main()
