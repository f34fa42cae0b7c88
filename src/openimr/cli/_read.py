"""`imr read`: letters as data."""

from __future__ import annotations

import csv
import json
import sys
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any, Protocol

from rich import box
from rich.table import Table
from rich.text import Text

from openimr.determinations import Decision, to_json
from openimr.letters import Reading, open_reader
from openimr.library import LibraryError, open_library

from ._console import COULD_NOT, OUT, complain
from ._pile import Pile, counted

COLUMNS = (
    *("source", "layout", "case_number", "priority"),
    *("date_of_injury", "ur_denial_date", "application_received", "date_assigned", "decision_date"),
    *("licensure", "specialties", "subspecialties", "age", "sex", "outcome"),
    *("item", "text", "original", "authorized", "disputed", "category", "timing", "dates_of_service", "decision"),
    *("ur_basis", "ur_citations", "reviewer_basis", "reviewer_citations", "conclusion", "rationale"),
)
_OF_LETTER, _OF_REQUEST = COLUMNS[:9], ("text", "original", "authorized", "disputed", "category", "timing", "conclusion", "rationale")


class Sink(Protocol):
    """Where letters go as they are read."""

    def put(self, read: Reading) -> None:
        """Take one letter."""

    def close(self) -> None:
        """Write what is left."""


def run(paths: list[Path], *, as_json: bool, as_csv: bool, parquet: Path | None, spans: bool, text: bool) -> int:
    """Read every letter; what is none is named and the others are still read."""
    chosen = [name for name, wanted in (("--json", as_json), ("--csv", as_csv), ("--parquet", parquet), ("--text", text)) if wanted]
    if len(chosen) > 1:
        complain(f"{' and '.join(chosen)} exclude each other: choose one")
        return COULD_NOT
    if spans and not as_json:
        complain("--spans belongs to --json: add it")
        return COULD_NOT
    try:
        reader = open_reader(open_library())
    except LibraryError as error:
        complain(f"the library does not open: {error}")
        return COULD_NOT
    sink: Sink
    try:
        sink = _Json(spans) if as_json else _Csv() if as_csv else _Texts() if text else _Parquet(parquet) if parquet else _Table()
    except (OSError, ModuleNotFoundError) as error:
        complain(f"{parquet}: {error}")
        return COULD_NOT
    with ExitStack() as open_things:
        pile = Pile(paths, open_things)
        if text and len(pile.files) > 1:
            complain("--text prints the text of one letter: name one")
            return COULD_NOT
        for _, read in pile.letters(reader):
            sink.put(read)
    sink.close()
    return pile.status()


class _Json:
    """One JSON object a letter, one line each."""

    def __init__(self, spans: bool) -> None:
        self._spans = spans

    def put(self, read: Reading) -> None:
        data = to_json(read.determination)
        if self._spans:
            data["spans"] = {path: list(place) for path, place in sorted(read.spans.items())}
        sys.stdout.write(json.dumps(data, ensure_ascii=False) + "\n")

    def close(self) -> None:
        sys.stdout.flush()


class _Texts:
    """The text the places of --spans count in."""

    def put(self, read: Reading) -> None:
        sys.stdout.write(read.text if read.text.endswith("\n") else read.text + "\n")

    def close(self) -> None:
        sys.stdout.flush()


class _Csv:
    """One row a treatment request; a letter without any has one row."""

    def __init__(self) -> None:
        self._out = csv.writer(sys.stdout, lineterminator="\n")
        self._out.writerow(COLUMNS)

    def put(self, read: Reading) -> None:
        for row in rows(read):
            self._out.writerow([_cell(row[name]) for name in COLUMNS])

    def close(self) -> None:
        sys.stdout.flush()


class _Parquet:
    """The same rows as CSV, typed, in one Parquet file that is there only when it is whole."""

    def __init__(self, path: Path) -> None:
        try:
            import pyarrow
        except ModuleNotFoundError:
            raise ModuleNotFoundError("writing Parquet needs an extra: pip install 'openimr[parquet]', or use --csv") from None
        if path.is_dir():
            raise IsADirectoryError("it is a folder: name a file in it")
        if not path.parent.is_dir():
            raise FileNotFoundError(f"there is no folder {path.parent}: make it first")
        self._path, self._arrow = path, pyarrow
        self._rows: list[dict[str, Any]] = []
        self._writer: Any = None
        day, texts = pyarrow.date32(), pyarrow.list_(pyarrow.string())
        types = {name: pyarrow.string() for name in COLUMNS}
        types |= dict.fromkeys(("date_of_injury", "ur_denial_date", "application_received", "date_assigned", "decision_date"), day)
        types |= dict.fromkeys(("licensure", "specialties", "subspecialties", "ur_citations", "reviewer_citations"), texts)
        types |= {"age": pyarrow.int16(), "item": pyarrow.int16(), "dates_of_service": pyarrow.list_(day)}
        self._schema = pyarrow.schema(list(types.items()))
        self._partial = path.with_name(f".{path.name}.part")

    def put(self, read: Reading) -> None:
        self._rows += rows(read)
        if len(self._rows) >= 10_000:
            self._flush()

    def _flush(self) -> None:
        from pyarrow import parquet

        if self._writer is None:
            self._writer = parquet.ParquetWriter(self._partial, self._schema, compression="zstd")
        self._writer.write_table(self._arrow.Table.from_pylist(self._rows, schema=self._schema))
        self._rows = []

    def close(self) -> None:
        self._flush()
        self._writer.close()
        self._partial.replace(self._path)


class _Table:
    """A table for people: a line a letter, its items below."""

    def __init__(self) -> None:
        self._table = Table(box=box.SIMPLE_HEAD, pad_edge=False, expand=True)
        self._table.add_column("Case, decided", no_wrap=True)
        self._table.add_column("", no_wrap=True, justify="right")
        self._table.add_column("Request", ratio=3)
        self._table.add_column("Decision", no_wrap=True)
        self._table.add_column("Reviewer relied on", ratio=2)
        self._decisions: Counter[str] = Counter()
        self._letters = 0

    def put(self, read: Reading) -> None:
        determination = read.determination
        self._letters += 1
        name = determination.case_number or Path(determination.source or "").name
        head = f"{name}\n{determination.decision_date.isoformat()}" if determination.decision_date else name
        for index, request in enumerate(determination.requests):
            word, style = {Decision.UPHELD: ("upheld", ""), Decision.OVERTURNED: ("overturned", "bold green")}.get(
                request.decision or Decision.UPHELD, ("", "")
            )
            basis = request.reviewer_basis
            cited = "; ".join(str(citation) for citation in basis.citations) if basis else ""
            self._table.add_row(
                Text(head if index == 0 else ""),
                Text(str(request.number)),
                Text(request.disputed or request.text),
                Text(word if request.decision else "undecided", style=style if request.decision else "yellow"),
                Text(cited or ("nothing cited" if basis and basis.stated_none else "")),
            )
            self._decisions[word if request.decision else "undecided"] += 1
        if not determination.requests:
            self._table.add_row(Text(head), Text(""), Text("no disputed item found", style="yellow"), Text(""), Text(""))
        for warning in determination.warnings:
            complain(f"{determination.source}: {warning.message} [{warning.code}]")

    def close(self) -> None:
        if not self._letters:
            return
        OUT.print(self._table)
        counts = ", ".join(f"{count} {word}" for word, count in sorted(self._decisions.items()))
        items = self._decisions.total()
        OUT.print(f"{counted(self._letters, 'letter')}, {counted(items, 'item')}" + (f": {counts}" if counts else ""))


def rows(read: Reading) -> Iterator[dict[str, Any]]:
    """The letter as flat rows, one a treatment request."""
    determination = read.determination
    reviewer = determination.reviewer
    case = {
        **{name: getattr(determination, name) for name in _OF_LETTER},
        "licensure": list(reviewer.licensure) if reviewer else None,
        "specialties": list(reviewer.specialties) if reviewer else None,
        "subspecialties": list(reviewer.subspecialties) if reviewer else None,
        "age": determination.age,
        "sex": determination.sex,
        "outcome": str(determination.outcome) if determination.outcome else None,
    }
    for request in determination.requests:
        bases: dict[str, Any] = {}
        for side, basis in (("ur", request.ur_basis), ("reviewer", request.reviewer_basis)):
            bases[f"{side}_basis"] = basis.text if basis else None
            bases[f"{side}_citations"] = [str(citation) for citation in basis.citations] if basis else None
        plain = {name: getattr(request, name) for name in _OF_REQUEST}
        yield {
            **case,
            **plain,
            **bases,
            "item": request.number,
            "dates_of_service": list(request.dates_of_service),
            "decision": str(request.decision) if request.decision else None,
        }
    if not determination.requests:
        yield {name: case.get(name) for name in COLUMNS}


def _cell(value: Any) -> str:
    """A cell of CSV: lists joined by "; ", nothing for what is absent; what a spreadsheet would run as a formula is text."""
    if value is None:
        return ""
    cell = "; ".join(str(each) for each in value) if isinstance(value, list) else str(value)
    return f"'{cell}" if cell[:1] in ("=", "+", "-", "@", "\t") else cell
