"""How well requests are understood: `python evals/requests/measure.py seen|aside [--show] [--keep]`.

Reads the disputed part of every item of the letters under ../shared/data (or IMR_SHARED), parses it, and holds it against
`labels.jsonl` (see GUIDE.md). Prints the share of right fields, and with --show every miss; --keep writes which were missed, so that the
next run names what came and went.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from openimr.letters import Reading, open_reader
from openimr.library import open_library
from openimr.treatments import Component, RequestTerms, Vocabulary, load

HERE = Path(__file__).parent
SHARED = Path(os.environ.get("IMR_SHARED", HERE.parents[2] / "shared"))
FIELDS = ("treatment", "name", "category", "sub_category", "quantity", "frequency", "duration", "site", "side")
_COUNTED = ("requested_visits", "injections_per_session", "quantity")
_WIDER = {"upper trapezius": "trapezius", "back of the head": "head", "forehead and temples": "head"}


def texts() -> dict[str, str]:
    """Return the disputed part of every item of the letters, by case number and item."""
    folder = SHARED / "data" / "determinations"
    if not folder.is_dir():
        sys.exit(f"{folder}: no such folder: name the shared data with IMR_SHARED")
    reader = open_reader(open_library(()))
    found: dict[str, str] = {}
    for read in reader.read_files((path, path.name) for path in sorted(folder.glob("*.pdf"))):
        if isinstance(read, Reading):
            for request in read.determination.requests:
                found[f"{read.determination.case_number}#{request.number}"] = request.disputed or request.text
    return found


def labels(half: str | None) -> Iterator[dict[str, Any]]:
    """Yield the labels of a half, or all."""
    for line in (HERE / "labels.jsonl").read_text(encoding="utf-8").splitlines():
        label = json.loads(line)
        if half in (None, label["half"]):
            yield label


def names() -> dict[str, tuple[str, ...]]:
    """Return which treatments of the vocabulary a labelled name stands for, as somebody blind to the grammar mapped them."""
    file = HERE / "names.json"
    return {name: tuple(slugs) for name, slugs in json.loads(file.read_text(encoding="utf-8")).items()} if file.exists() else {}


def compared(label: Mapping[str, Any], terms: RequestTerms, vocabulary: Vocabulary, known: Mapping[str, tuple[str, ...]]) -> dict[str, Any]:
    """Return what was read in the form of the label; of each field the label's own value where they agree."""
    found = [_at(treatment["at"], terms) for treatment in label["treatments"]]
    pairs = list(zip(label["treatments"], found, strict=True))
    return {
        "treatment": all(found),
        "name": all(
            part is not None
            and (said["is"] not in known or set(known[said["is"]]) & {*vocabulary.kinds(part.treatment), *part.ingredients})
            for said, part in pairs
        ),
        "category": all(part is not None and vocabulary.category(part.treatment) == said["category"] for said, part in pairs),
        "sub_category": all(part is not None and vocabulary.sub_category(part.treatment) == said["sub_category"] for said, part in pairs),
        "quantity": next((terms.terms[key] for key in _COUNTED if key in terms.terms), None),
        "frequency": _frequency(terms.terms.get("frequency")),
        "duration": _duration(terms.terms.get("duration")),
        "site": [_WIDER.get(name, name) for name in dict.fromkeys(vocabulary.region_name(site.region) for site in terms.sites)],
        "side": _side(terms),
    }


def _side(terms: RequestTerms) -> object:
    """The side of the request: that of its first region, else the one that is said of another."""
    said = {site.side for site in terms.sites if site.side}
    return terms.terms.get("side") or (said.pop() if len(said) == 1 else "bilateral" if said else None)


def _at(place: list[int], terms: RequestTerms) -> Component | None:
    start, end = place
    return next((part for part in terms.components if any(a < end and start < b for a, b in ((part.start, part.end), *part.also))), None)


def _frequency(said: object) -> dict[str, object] | None:
    match = re.fullmatch(r"([\d.]+) a (\w+)", str(said or ""))
    return {"times": float(match[1]), "per": match[2]} if match else None


def _duration(said: object) -> dict[str, object] | None:
    match = re.fullmatch(r"([\d.]+) (\w+)", str(said or ""))
    return {"number": float(match[1]), "unit": match[2]} if match else None


def right(field: str, label: Mapping[str, Any], found: Mapping[str, Any]) -> bool:
    """Tell whether a field was read as labelled."""
    return bool(found[field]) if field in FIELDS[:4] else found[field] == label[field]


def main() -> int:
    """Score one half; the exit status is that of the run, not of the score."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("half", choices=("seen", "aside"))
    parser.add_argument("--show", action="store_true", help="print every miss")
    parser.add_argument("--keep", action="store_true", help="write the misses, to compare the next run with")
    options = parser.parse_args()
    vocabulary, known, said = load(open_library(())), names(), texts()
    misses: set[str] = set()
    hits = dict.fromkeys(FIELDS, 0)
    total = unused = 0
    for label in labels(options.half):
        terms = vocabulary.parse(said[label["id"]])
        found = compared(label, terms, vocabulary, known)
        total += 1
        unused += bool(terms.unused)
        for field in FIELDS:
            if right(field, label, found):
                hits[field] += 1
            else:
                misses.add(f"{label['id']} {field}")
                if options.show:
                    expected = label["treatments"] if field in FIELDS[:4] else label[field]
                    got = [part.treatment for part in terms.components] if field in FIELDS[:4] else found[field]
                    print(f"{label['id']} {field}: labelled {expected}, read {got}\n    {said[label['id']]}")
        if options.show and terms.unused:
            print(f"{label['id']} unused {terms.unused}\n    {said[label['id']]}")
    for field in FIELDS:
        print(f"{field:14}{hits[field]:4} of {total} ({hits[field] / total:.3f})")
    five = sum(hits[field] for field in FIELDS[4:])
    print(f"the five terms{five:4} of {total * 5} ({five / total / 5:.3f}); {unused} requests have words nothing was made of")
    _compare(options.half, misses, keep=options.keep)
    return 0


def _compare(half: str, misses: set[str], *, keep: bool) -> None:
    file = HERE / f"last-{half}.json"
    before = set(json.loads(file.read_text(encoding="utf-8"))) if file.exists() else set()
    if file.exists():
        print(f"gained: {', '.join(sorted(before - misses)) or 'none'}\nlost: {', '.join(sorted(misses - before)) or 'none'}")
    if keep:
        file.write_text(json.dumps(sorted(misses), indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    sys.exit(main())
