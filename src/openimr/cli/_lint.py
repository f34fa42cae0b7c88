"""`imr lint`: what is wrong with letters, and where."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from pathlib import Path

from rich import box
from rich.table import Table
from rich.text import Text

from openimr.cases import CaseError
from openimr.documents import ReadingFailed
from openimr.letters import (
    CaseRecords,
    Defect,
    Linted,
    Linter,
    Reader,
    Reading,
    Severity,
    UnwritableText,
    contents_html,
    defects_html,
    defects_json,
    line_column,
    open_case,
    open_linter,
    open_reader,
    open_wording,
    tally,
    to_text,
)
from openimr.library import Library, LibraryError, open_library
from openimr.sources import Span

from ._console import COULD_NOT, FOUND_WRONG, OUT, complain, replace_file
from ._pile import Pile, counted, progress
from ._review import working

_STYLES = {Severity.ERROR: "red", Severity.WARNING: "yellow", Severity.INFORMATION: "cyan"}
_LONG = 300  # characters of a quote shown whole in the table; all of it stands in --json and --html
_CONTENTS = "index"


def run(paths: list[Path], *, case: Path | None, published: bool, as_json: bool, html: Path | None, severity: str) -> int:
    """Check every letter; what is none is named and the others are still checked."""
    if severity not in list(Severity):
        complain(f"--severity {severity}: no such weight: choose one of {', '.join(Severity)}")
        return COULD_NOT
    try:
        library = open_library()
        reader, linter = open_reader(library), open_linter(library)
    except LibraryError as error:
        complain(f"the library does not open: {error}")
        return COULD_NOT
    with ExitStack() as open_things:
        pile = Pile(paths, open_things)
        if case and len(pile.files) > 1:
            complain("--case holds one letter against its case file: name one letter")
            return COULD_NOT
        records = _records(case) if case else None
        if case and records is None:
            return COULD_NOT
        letters = [_laid_out(name, read, reader, library) for name, read in pile.letters(reader)]
        linted = _lint([each for each in letters if each], linter, records, published, several=len(pile.files) > 1)
        status = max(pile.status(), FOUND_WRONG if None in letters or (records and records.unread) else 0)
        if not linted:
            return COULD_NOT
        errors = any(defect.severity is Severity.ERROR for each in linted for defect in each.defects)
        shown = [Linted(each.page, each.reading, _weighing(each.defects, Severity(severity))) for each in linted]
        _print(shown, as_json, lesser=sum(len(each.defects) for each in linted) - sum(len(each.defects) for each in shown))
        if html and not _write_pages(html, shown, pile):
            return COULD_NOT
    return FOUND_WRONG if errors else status


def _records(folder: Path) -> CaseRecords | None:
    """The case file, with a complaint for what of it cannot be read; None, with the reason, when none of it can."""
    try:
        with working(f"reading {folder}"):
            case = open_case(folder)
    except (CaseError, ReadingFailed) as error:
        complain(str(error))
        return None
    except OSError as error:
        complain(f"{error.filename or folder}: {error.strerror or error}: make the folder readable")
        return None
    for line in case.unread:
        complain(f"{folder}: {line}; what it says is unread, not silent")
    if not case.documents:
        complain(f"{folder / 'records'}: no record that can be read: put the records of the case there")
        return None
    return case


def _laid_out(source: str, read: Reading, reader: Reader, library: Library) -> Reading | None:
    """The letter; of a determination given as data the letter it makes, None (with the reason) if it makes none."""
    for warning in read.determination.warnings:
        complain(f"{source}: {warning.message} [{warning.code}]")
    if read.text.lstrip()[:1] != "{":
        return read
    try:
        text = to_text(read.determination, open_wording(library, read.determination.program), draft=True)
    except LibraryError:
        complain(f"{source}: program: the library has no wording for letters of '{read.determination.program}': correct it or add them")
        return None
    except UnwritableText as error:
        complain(f"{source}: {error}")
        return None
    made = reader.read_text(text, source)
    if isinstance(made, Reading):
        return made
    complain(f"{source}: the letter it makes does not read back: {made.reason}")
    return None


def _lint(letters: Sequence[Reading], linter: Linter, case: CaseRecords | None, published: bool, *, several: bool) -> list[Linted]:
    names = _page_names(letters)
    if case or not several:
        return [Linted(name, each, linter.lint(each, case=case, published=published)) for name, each in zip(names, letters, strict=True)]
    with progress(len(letters)) as step:
        found = []
        for name, each, defects in zip(names, letters, linter.lint_each(letters, published=published), strict=True):
            found.append(Linted(name, each, defects))
            step()
    return found


def _page_names(letters: Sequence[Reading]) -> list[str]:
    """The file name of each letter's page, none of them twice, also where case does not count."""
    taken, names = {_CONTENTS}, []
    for letter in letters:
        stem = Path(letter.determination.source or "letter").stem
        name = next(name for name in _numbered(stem) if name.lower() not in taken)
        taken.add(name.lower())
        names.append(f"{name}.html")
    return names


def _numbered(stem: str) -> Iterator[str]:
    yield stem
    number = 2
    while True:
        yield f"{stem}-{number}"
        number += 1


def _weighing(defects: Sequence[Defect], least: Severity) -> tuple[Defect, ...]:
    weights = list(Severity)
    return tuple(defect for defect in defects if weights.index(defect.severity) <= weights.index(least))


def _print(letters: Sequence[Linted], as_json: bool, lesser: int) -> None:
    if as_json:
        for letter in letters:
            sys.stdout.write(json.dumps(defects_json(letter.reading, letter.defects), ensure_ascii=False) + "\n")
        sys.stdout.flush()
        return
    for letter in sorted(letters, key=lambda letter: bool(letter.defects)):  # the clean ones first: of many letters few are not
        _show(letter)
    every = tally([defect for letter in letters for defect in letter.defects])
    clean = sum(not letter.defects for letter in letters)
    more = f"; nothing found in {clean} of them" if clean and clean < len(letters) else ""
    hidden = f" ({lesser} of less weight not shown)" if lesser else ""
    OUT.print(f"{counted(len(letters), 'letter')}: {every}{more}{hidden}", soft_wrap=True)


def _show(letter: Linted) -> None:
    determination = letter.reading.determination
    name = "  ".join(each for each in (determination.source, determination.case_number) if each)
    if not letter.defects:
        OUT.print(Text(f"{name}: nothing found"), soft_wrap=True)
        return
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False, expand=True, title=Text(name), title_justify="left", title_style="bold")
    table.add_column("Weight", no_wrap=True)
    table.add_column("Item", no_wrap=True, justify="right")
    table.add_column("Place", no_wrap=True, justify="right")
    table.add_column("Defect", ratio=1, overflow="fold")
    for defect in letter.defects:
        place = line_column(letter.reading.text, defect.span) if defect.span else "-"
        weight = Text(str(defect.severity), style=_STYLES[defect.severity])
        table.add_row(weight, Text(str(defect.item or "")), Text(place), _told(defect, letter.reading.text))
    OUT.print(table)


def _told(defect: Defect, text: str) -> Text:
    lines = Text(defect.message, style="bold")
    lines.append(f"\n{defect.code}: {defect.ground}", style="not bold dim")
    if defect.quote:
        lines.append(f"\n{_quoted(defect.quote)}", style="not bold")
    for place in defect.against:
        lines.append(f"\nagainst {line_column(text, place)} {_quoted(text[slice(*place)])}", style="not bold")
    for span in defect.record:
        lines.append(f"\nagainst {_where(span)} {_quoted(span.quote)}", style="not bold")
    return lines


def _where(span: Span) -> str:
    return f"{span.document} p. {span.page}"


def _quoted(text: str) -> str:
    words = " ".join(text.split())
    return f"“{words}”" if len(words) <= _LONG else f"“{words[: _LONG - 60]} ... {words[-60:]}”"


def _write_pages(out: Path, letters: Sequence[Linted], pile: Pile) -> bool:
    """Write the page of one letter, or those of several with their table of contents into a folder; complain where that fails."""
    several = len(pile.files) > 1
    folder = several or out.is_dir()
    if folder and out.exists() and not out.is_dir():
        complain(f"{out}: it is a file: several letters go into a folder; name one with --html")
        return False
    pages = {out / each.page if folder else out: defects_html(each.reading, each.defects) for each in letters}
    if several:
        pages[out / f"{_CONTENTS}.html"] = contents_html(letters)
    sources = {path.resolve() for path in pile.files}
    for target in pages:
        if target.resolve() in sources:
            complain(f"{target}: it would overwrite a letter: name another place with --html")
            return False
    target = out
    try:
        if folder:
            out.mkdir(parents=True, exist_ok=True)
        for target, page in pages.items():
            replace_file(target, page.encode("utf-8", "replace"))
    except OSError as error:
        complain(f"{target}: {error.strerror}: name a place you may write to with --html")
        return False
    return True
