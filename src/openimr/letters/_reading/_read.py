"""Reading a letter: the layout is found by its own marks, read, and checked; a text in no known layout is said to be so."""

from __future__ import annotations

import json
import re
from collections import deque
from collections.abc import Iterable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from openimr.determinations import LetterWarning, determination_schema, from_json
from openimr.documents import Document, UnreadableDocument, read_each
from openimr.library import Library, open_grammar
from openimr.sources import Grammar

from .._writing._wording import Wording, open_wording
from . import _early, _maximus, _notice, _professional
from ._openimr import own_layout
from ._shape import Layout, NotALetter, Reading, checked, finished
from ._source import PAGE_BREAK, Source

PROGRAM = "ca-dwc-imr"
# what the decisions of other programmes say of themselves
_OTHERS = (
    (
        "a California health plan IMR (DMHC)",
        re.compile(r"Nature\s+of\s+Statutory\s+Criteria|(?:Upheld|Overturned)\s+Decision\s+of\s+Health\s+Plan", re.I),
    ),
    ("a New York external appeal", re.compile(r"\bappeal\s+decision:|\bcoverage\s+type:|external\s+appeal", re.I)),
    ("a Texas decision about an independent review organization", re.compile(r"\bDECISION\s+AND\s+ORDER\b")),
    ("a utilization review decision", re.compile(r"\butilization\s+review\s+(?:decision|determination)\b", re.I)),
)
_HEAD = 20_000  # characters looked at for what a text is that is no letter
_LONGEST = 2_000_000  # characters of a letter; real ones have up to 60,000


class Reader:
    """Reads letters: every layout known here, and those this program writes with the wording of the library."""

    def __init__(self, grammar: Grammar, wording: Wording) -> None:
        # the descriptions of 2013 first, for they share headings with the later form
        self._grammar = grammar
        self._layouts: tuple[Layout, ...] = (own_layout(wording), _notice.LAYOUT, _early.LAYOUT, _maximus.LAYOUT, _professional.LAYOUT)

    def read_text(self, text: str, source: str | None = None) -> Reading | NotALetter:
        """Return the determination a letter's text states, with the place of every field, or why there is none.

        Pages are parted by a form feed at the beginning of a line. What the letter does not say is None; what is odd is a warning. JSON of
        the contract is read too.
        """
        if len(text) > _LONGEST:
            return NotALetter(source, f"it has {len(text)} characters, more than a letter has: split it")
        if text.lstrip()[:1] == "{":
            return _from_json(text, source)
        letter = Source(text)
        layout = next((layout for layout in self._layouts if layout.fits(letter)), None)
        if layout is None:
            return self._unknown(letter, source)
        found = layout.read(letter, self._grammar)
        if layout.described:
            found.warn("layout.described", f"layout {layout.name} is known from descriptions only: check what was read against the letter")
        checked(found)
        return Reading(finished(found, source, PROGRAM), text, found.spans)

    def read_files(self, files: Iterable[tuple[Path, str]]) -> Iterator[Reading | NotALetter | UnreadableDocument]:
        """Yield for each (path, name) what was read of it, in the order given: a letter, a text that is none, or an unreadable file."""
        jsons: deque[tuple[Path, str] | None] = deque()

        def documents() -> Iterator[tuple[Path, str]]:
            for path, name in files:
                is_json = path.suffix.lower() == ".json"
                jsons.append((path, name) if is_json else None)
                if not is_json:
                    yield path, name

        for document in read_each(documents(), paragraphs=True):
            while (waiting := jsons.popleft()) is not None:
                yield self._json_file(*waiting)
            yield self._read(document)
        yield from (self._json_file(*waiting) for waiting in jsons if waiting is not None)

    def _json_file(self, path: Path, name: str) -> Reading | NotALetter | UnreadableDocument:
        try:
            if path.stat().st_size > _LONGEST:
                return NotALetter(name, "the file is longer than a determination: check what it is")
            data = path.read_bytes()
            return _from_json(data.decode("utf-16" if data.startswith((b"\xff\xfe", b"\xfe\xff")) else "utf-8-sig"), name)
        except UnicodeDecodeError:
            return UnreadableDocument(name, None, "the file is not text in UTF-8 or UTF-16: save it as UTF-8")
        except OSError as error:
            return UnreadableDocument(name, None, f"the file cannot be opened ({error.strerror}): check that it exists and may be read")

    def _read(self, document: Document | UnreadableDocument) -> Reading | NotALetter | UnreadableDocument:
        if isinstance(document, UnreadableDocument):
            return document
        unread = next((page for page in document.pages if page.unread), None)
        read = self.read_text(text_of(document), document.name)
        if unread is None:
            return read
        if isinstance(read, NotALetter):
            return UnreadableDocument(document.name, document.sha256, f"page {unread.number}: {unread.unread}")
        warning = LetterWarning("pages.unread", f"page {unread.number} could not be read: {unread.unread}")
        return replace(read, determination=replace(read.determination, warnings=(*read.determination.warnings, warning)))

    def _unknown(self, letter: Source, source: str | None) -> NotALetter:
        flat = " ".join(letter.plain[:_HEAD].split())
        if not flat:
            return NotALetter(source, "it holds no text: a scan without a text layer, or an empty page")
        marks = dict.fromkeys(mark for layout in self._layouts for mark in layout.marks if mark.lower() in flat.lower())
        for what, pattern in _OTHERS:
            if not marks and pattern.search(letter.plain[:_HEAD]):
                return NotALetter(source, f"it looks like {what}, not a California workers' compensation Final Determination")
        if marks:
            return NotALetter(source, f"its layout is unknown; recognised in it: {', '.join(marks)}", tuple(marks))
        return NotALetter(source, "it is no Final Determination: none of the headings of a known layout is in it")


def open_reader(library: Library) -> Reader:
    """Return a reader of letters. Raises LibraryError with file, line and mend when a file of the library is wrong."""
    return Reader(open_grammar(library), open_wording(library, PROGRAM))


def text_of(document: Document) -> str:
    """Return the text of a document with its pages parted as `read_text` expects."""
    return f"\n{PAGE_BREAK}".join(page.text for page in document.pages)


def _from_json(text: str, source: str | None) -> Reading | NotALetter:
    try:
        data: Any = json.loads(text)
    except RecursionError:
        return NotALetter(source, "it is JSON, but not a determination of the contract: it is nested too deep")
    except ValueError as error:
        lines = [line for line in text.splitlines() if line.strip()]
        if len(lines) > 1 and all(line.lstrip().startswith("{") and line.rstrip().endswith("}") for line in lines):
            return NotALetter(source, f"it holds {len(lines)} letters, one a line: take one of them (head -n 1)")
        where = f"line {error.lineno}, column {error.colno}: {error.msg}" if isinstance(error, json.JSONDecodeError) else str(error)
        return NotALetter(source, f"it begins like JSON but is not a determination of the contract ({where})")
    if not isinstance(data, dict) or not isinstance(data.get("requests"), list):
        return NotALetter(source, "it is JSON, but not a determination of the contract: it has no list of requests")
    if strange := sorted(set(data) - set(determination_schema()["properties"])):
        what = "a worksheet" if "records" in strange else "something else"
        return NotALetter(source, f"it is JSON, but not a determination of the contract: {', '.join(strange)} make it {what}")
    try:
        determination = from_json(data)
    except ValidationError as error:
        first = error.errors()[0]
        where = "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in first["loc"]).lstrip(".")
        return NotALetter(source, f"it is JSON, but not a determination of the contract: {where}: {first['msg']}")
    return Reading(determination, text, {})
