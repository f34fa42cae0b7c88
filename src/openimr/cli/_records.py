"""`imr records`: what a case file holds, what it lacks, and where words stand in it."""

from __future__ import annotations

import json
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from rich import box
from rich.table import Table
from rich.text import Text

from openimr.cases import Case, CaseError, load_case
from openimr.documents import (
    Document,
    Hit,
    QueryError,
    ReadingFailed,
    Record,
    UnreadableDocument,
    read_folder,
    records_in,
    search,
    unread_in,
)
from openimr.library import LibraryError, open_library
from openimr.programs import Program
from openimr.programs import load as load_programs
from openimr.review import Inventory, RecordSheet, Tie, inventory, inventory_json

from ._console import COULD_NOT, DONE, FOUND_WRONG, OUT, complain
from ._review import working
from ._table import lacking

Read = Sequence[Document | UnreadableDocument]

_RANKS = {1: "side by side", 2: "in a sentence", 3: "in two sentences"}


def index(folder: Path, as_json: bool) -> int:
    """Print the inventory of a case file with what it lacks; complain of what could not be read."""
    try:
        with working(f"reading {folder}"):
            case = load_case(folder)
            program = _program(case)
            read = _read(folder)
            records = [record for document in read if isinstance(document, Document) for record in records_in(document)]
            held = inventory(read, records, program, case.dates, None) if program else None
    except (CaseError, LibraryError, ReadingFailed) as error:
        complain(str(error) if isinstance(error, CaseError | ReadingFailed) else f"the library does not open: {error}")
        return COULD_NOT
    except OSError as error:
        complain(f"{error.filename or folder}: {error.strerror or error}: make the folder readable")
        return COULD_NOT
    if held is None:
        complain(f"{case.place('program')}: program '{case.program}' is not in the library: correct it")
        return COULD_NOT
    if not read:
        complain(f"{folder / 'records'}: no records: put the records of the case there")
        return COULD_NOT
    unread = _complain_of_unread(folder, read)
    name = case.case_number or folder.resolve().name
    if as_json:
        sys.stdout.write(json.dumps({"case": name, "readers": _readers(read), **inventory_json(held)}, ensure_ascii=False) + "\n")
    else:
        _show(name, held)
    if unread and all(isinstance(each, UnreadableDocument) for each in read):
        return COULD_NOT
    return FOUND_WRONG if unread or held.missing or held.gaps else DONE


def find(folder: Path, query: str, as_json: bool) -> int:
    """Print where the words of a query stand in a case file; complain of what could not be read."""
    try:
        with working(f"searching {folder}"):
            read = _read(folder)
            documents = [each for each in read if isinstance(each, Document)]
            records = [record for document in documents for record in records_in(document)]
            hits = search(documents, records, query)
    except LibraryError as error:
        complain(f"the library does not open: {error}")
        return COULD_NOT
    except (QueryError, ReadingFailed) as error:
        complain(str(error))
        return COULD_NOT
    except OSError as error:
        complain(f"{error.filename or folder}: {error.strerror or error}: make the folder readable")
        return COULD_NOT
    if not documents:
        _complain_of_unread(folder, read)
        complain(f"{folder / 'records'}: no record that can be read: put the records of the case there")
        return COULD_NOT
    unread = _complain_of_unread(folder, read)
    pages = sum(len(document.pages) for document in documents)
    numbers = {record: number for number, record in enumerate(records, start=1)}
    if as_json:
        data = {"query": query, "pages": pages, "unread": unread, "hits": [_hit(hit, numbers[hit.record]) for hit in hits]}
        sys.stdout.write(json.dumps(data, ensure_ascii=False) + "\n")
    else:
        _list(hits, query, pages)
    return FOUND_WRONG if unread else DONE


def _program(case: Case) -> Program | None:
    return dict(load_programs(open_library())).get(case.program)


def _read(folder: Path) -> Read:
    records = folder / "records"
    if not records.is_dir():
        raise ReadingFailed(f"{records}: no such folder: name the case folder, and put the records of the case in its folder 'records'")
    return read_folder(records)


def _readers(read: Read) -> dict[str, str]:
    return {name: version for each in read if isinstance(each, Document) for name, version in each.readers.items()}


def _complain_of_unread(folder: Path, read: Read) -> list[str]:
    """Say what of the case file could not be read, a line a file, and return the lines: what stands there is unread, not absent."""
    lines = list(unread_in(read))
    for line in lines:
        complain(f"{folder}: {line}")
    return lines


def _show(name: str, held: Inventory) -> None:
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False, expand=True, title=Text(name), title_justify="left", title_style="bold")
    table.add_column("No.", no_wrap=True, justify="right")
    table.add_column("Record", ratio=3)
    table.add_column("Date", no_wrap=True)
    table.add_column("Author", ratio=2)
    table.add_column("Where", ratio=2, overflow="fold")
    table.add_column("What is known of it", ratio=3)
    for record in held.records:
        known = _known(record)
        style = "red" if record.verdict == "unreadable" else "dim" if record.verdict in ("duplicate", "superseded") else ""
        cells = (str(record.number), record.type.replace("_", " "), _day(record), record.author or "", _where(record), known)
        table.add_row(*(Text(cell) for cell in cells), style=style)
    OUT.print(table)
    counts = [(sum(record.verdict == verdict for record in held.records), verdict) for verdict in ("duplicate", "superseded", "unreadable")]
    told = "".join(f", {count} {verdict}" for count, verdict in counts if count)
    OUT.print(Text(f"{len(held.records)} record{'' if len(held.records) == 1 else 's'}{told}"))
    lines = lacking(held)
    for line in lines:
        OUT.print(Text(line, style="yellow"), soft_wrap=True)
    if not lines:
        OUT.print(Text("nothing is known to be missing"))


def _day(record: RecordSheet) -> str:
    return record.date.isoformat() if record.date else "undated"


def _where(record: RecordSheet) -> str:
    if record.pages is None:
        return record.document
    first, last = record.pages
    return f"{record.document} p. {first}" if first == last else f"{record.document} pp. {first}-{last}"


def _known(record: RecordSheet) -> str:
    parts = [record.verdict] if record.verdict == "unreadable" else []
    for tie, words in (
        (record.duplicate_of, "duplicate of"),
        (record.superseded_by, "superseded by"),
        (record.copies, "mostly the same text as"),
    ):
        parts += [_tied(tie, words)] if tie else []
    parts += [f"page {flag.page}: {flag.why}" for flag in record.flags if flag.what != "unread"]
    return "; ".join([*parts, *record.unread])


def _tied(tie: Tie, words: str) -> str:
    return f"{words} no. {tie.number} ({int(tie.alike * 100)} % the same)"


def _hit(hit: Hit, number: int) -> dict[str, Any]:
    record, span = hit.record, hit.span
    return {
        "rank": hit.rank,
        "record": number,
        "type": record.kind,
        "date": record.date.isoformat() if record.date else None,
        "author": record.author,
        "document": span.document,
        "sha256": span.sha256,
        "page": span.page,
        "text_sha256": span.text_sha256,
        "span": [span.start, span.end],
        "quote": span.quote,
        "marks": [list(mark) for mark in hit.marks],
    }


def _list(hits: Sequence[Hit], query: str, pages: int) -> None:
    searched = f"{pages} page{'' if pages == 1 else 's'}"
    if not hits:
        OUT.print(Text(f"{query}: not found on {searched}"))
        return
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False, expand=True)
    table.add_column("Page", ratio=2, overflow="fold")
    table.add_column("Record", ratio=2)
    table.add_column("Passage", ratio=5)
    rank = 0
    for hit in hits:
        if hit.rank != rank:
            rank = hit.rank
            table.add_row(Text(_RANKS[rank], style="bold"), Text(""), Text(""))
        table.add_row(Text(f"{hit.span.document} p. {hit.span.page}"), Text(_called(hit.record)), _marked(hit))
    OUT.print(table)
    OUT.print(Text(f"{len(hits)} passage{'' if len(hits) == 1 else 's'} on {searched}"))


def _called(record: Record) -> str:
    return f"{record.kind.replace('_', ' ')}, {record.date.isoformat() if record.date else 'undated'}"


def _marked(hit: Hit) -> Text:
    """The passage on one line, with what was found in brackets, so that it is seen without colours too."""
    quote, out, at = hit.span.quote, Text(), 0
    for start, end in hit.marks:
        out.append(_blank(quote[at:start]))
        out.append(f"[{_blank(quote[start:end])}]", style="bold")
        at = end
    out.append(_blank(quote[at:]))
    return out


def _blank(text: str) -> str:
    return " ".join(text.split(" ")).replace("\n", " ")
