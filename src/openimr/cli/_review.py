"""`imr review`: from case folders to worksheets and draft determinations."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from openimr import letters
from openimr.cases import CaseError, load_case
from openimr.determinations import to_json as determination_json
from openimr.documents import ReadingFailed
from openimr.guidelines import Mode
from openimr.library import LibraryError
from openimr.programs import NoGoverningDate
from openimr.review import CaseProblem, Reference, Review, open_reference, page_pictures, review, worksheet_html, worksheet_json

from ._console import COULD_NOT, DONE, ERR, FOUND_WRONG, OUT, complain
from ._table import show

PAGES = "pages"  # the folder of the pictures
_MOST_HELD_AGAINST = 1_500_000  # characters of records, some 700 pages, that a draft is held against in a few seconds


@dataclass(frozen=True)
class Desk:
    """What a case is reviewed and its draft letter checked with, opened once."""

    reference: Reference
    reader: letters.Reader
    linter: letters.Linter


@dataclass(frozen=True, slots=True)
class Written:
    """Where the results of one case lie, and what is wrong with the letter among them (None: it was not checked)."""

    folder: Path
    with_letter: bool = True
    defects: tuple[letters.Defect, ...] | None = None
    pictures: int | None = None

    @property
    def letter(self) -> str:
        """The draft letter, or that there is none."""
        return str(self.folder / "letter.pdf") if self.with_letter else "not written: see above"

    @property
    def page(self) -> Path:
        """The worksheet as a page."""
        return self.folder / "worksheet.html"

    @property
    def checked(self) -> str:
        """How many defects the letter has, and the page they are marked on."""
        if self.defects is None:
            return "not checked: see above"
        told = letters.tally(self.defects)
        return f"{told}: {self.folder / 'lint.html'}" if self.defects else told


def run(cases: list[Path], on: date | None, out: Path | None, mode: str, *, as_json: bool, pictures: bool = False) -> int:
    """Review each case; a case that cannot be reviewed is named and the others go on."""
    if mode not in list(Mode):
        complain(f"--mode {mode}: no such mode: choose one of {', '.join(Mode)}")
        return COULD_NOT
    names = [folder.resolve().name for folder in cases]
    twice = sorted({name for name in names if names.count(name) > 1})
    if out is not None and twice and len({folder.resolve() for folder in cases}) > 1:
        complain(f"{out}: two cases are named {twice[0]}, and one would overwrite the other: rename a folder, or review them one by one")
        return COULD_NOT
    desk = desk_or_complain()
    if desk is None:
        return COULD_NOT
    status, done = DONE, 0
    for folder in cases:
        target = folder / "out" if out is None else out if len(cases) == 1 else out / folder.resolve().name
        result = one(folder, desk, on, target, Mode(mode), pictures=pictures)
        if result is None:
            status = FOUND_WRONG
            continue
        done += 1
        found, written = result
        status = status if written.with_letter else FOUND_WRONG
        for warning in found.worksheet.warnings:
            complain(f"{folder}: {warning}")
            status = FOUND_WRONG if "unread" in warning or "cannot be read" in warning else status
        if as_json:
            sys.stdout.write(json.dumps(worksheet_json(found.worksheet), ensure_ascii=False) + "\n")
        else:
            show(found.worksheet, folder.resolve().name, OUT)
            drawn = "" if written.pictures is None else f"pictures   {written.pictures} in {written.folder / PAGES}\n"
            OUT.print(f"letter     {written.letter}\ndefects    {written.checked}\nworksheet  {written.page}\n{drawn}", soft_wrap=True)
    return status if done else COULD_NOT


def reference_or_complain() -> Reference | None:
    """Return the opened library, or say why it does not open."""
    try:
        return open_reference()
    except LibraryError as error:
        complain(f"the library does not open: {error}")
        return None


def desk_or_complain() -> Desk | None:
    """Return what reviewing takes, opened, or say why the library does not open."""
    try:
        reference = open_reference()
        return Desk(reference, letters.open_reader(reference.library), letters.open_linter(reference.library))
    except LibraryError as error:
        complain(f"the library does not open: {error}")
        return None


def one(
    folder: Path, desk: Desk, on: date | None, out: Path, mode: Mode = Mode.ADVISORY, *, pictures: bool = False
) -> tuple[Review, Written] | None:
    """Review one case and write its results; complain and return None when it cannot be done."""
    try:
        with working(f"reviewing {folder}"):
            found = review(load_case(folder), desk.reference, on, mode)
            return found, write(found, desk, out, pictures=pictures)
    except (CaseError, CaseProblem, NoGoverningDate) as error:
        complain(str(error))
    except LibraryError as error:
        complain(f"the library does not open: {error}")
    except ReadingFailed as error:
        complain(f"{folder}: {error}")
    except OSError as error:
        complain(f"{error.filename or folder}: {error.strerror or error}: make the folder readable and writable")
    return None


def write(found: Review, desk: Desk, out: Path, *, pictures: bool = False) -> Written:
    """Write worksheet, determination and letter of one review into `out`, what is wrong with the letter, and if wanted boxed pages."""
    out.mkdir(parents=True, exist_ok=True)
    (out / "worksheet.json").write_text(_pretty(worksheet_json(found.worksheet)), encoding="utf-8")
    (out / "worksheet.html").write_text(worksheet_html(found), encoding="utf-8")
    (out / "determination.json").write_text(_pretty(determination_json(found.determination)), encoding="utf-8")
    drawn = _draw(found, out / PAGES, wanted=pictures)
    wording = letters.open_wording(desk.reference.library, found.determination.program)
    try:
        text = letters.to_markdown(found.determination, wording, draft=True)
        (out / "letter.md").write_text(text, encoding="utf-8")
        (out / "letter.pdf").write_bytes(letters.to_pdf(found.determination, wording, draft=True))
    except letters.UnwritableText as refusal:
        complain(f"{out / 'determination.json'}: no letter was written. {refusal}, then: imr letter {out / 'determination.json'}")
        _forget(out, "letter.md", "letter.pdf", "lint.json", "lint.html")
        return Written(out, with_letter=False, pictures=drawn)
    return Written(out, defects=_lint(text, found, desk, out), pictures=drawn)


def _forget(out: Path, *names: str) -> None:
    """Remove what an earlier review left: it would pass for this one's."""
    for name in names:
        (out / name).unlink(missing_ok=True)


def _lint(text: str, found: Review, desk: Desk, out: Path) -> tuple[letters.Defect, ...] | None:
    """Check the draft letter against the case file it was made from, and write its defects beside it if it has any.

    Against a large file it is not held, which would take longer than the review: `imr lint --case` does that.
    """
    read = desk.reader.read_text(text, "letter.md")
    if not isinstance(read, letters.Reading):
        complain(f"{out / 'letter.md'}: it does not read back, so it is not checked: {read.reason}")
        _forget(out, "lint.json", "lint.html")
        return None
    characters = sum(len(page.text) for document in found.documents for page in document.pages)
    records = letters.CaseRecords(found.documents, found.records, found.unread) if characters <= _MOST_HELD_AGAINST else None
    if records is None:
        complain(f"{found.case.folder}: a large case file: the letter was checked by itself; for the records: imr lint --case")
    defects = desk.linter.lint(read, case=records)
    if defects:
        (out / "lint.json").write_text(_pretty(letters.defects_json(read, defects)), encoding="utf-8")
        (out / "lint.html").write_text(letters.defects_html(read, defects), encoding="utf-8")
    else:
        _forget(out, "lint.json", "lint.html")
    return defects


def _draw(found: Review, folder: Path, *, wanted: bool) -> int | None:
    """Write the pictures, if they are wanted, and return how many there are; those of an earlier review would pass for this one's."""
    for old in folder.glob("*-p*.png"):
        old.unlink()
    if not wanted:
        return None
    pictures, left_out = page_pictures(found)
    folder.mkdir(exist_ok=True)
    for name, data in pictures.items():
        (folder / name).write_bytes(data)
    if left_out:
        complain(f"{folder}: {left_out} more pages have boxed passages and no picture: the worksheet names them")
    return len(pictures)


def _pretty(data: object) -> str:
    return json.dumps(data, indent=1, ensure_ascii=False) + "\n"


@contextmanager
def working(what: str) -> Iterator[None]:
    """Show on standard error, where it is a terminal, that something longer is going on."""
    if ERR.is_terminal:
        with ERR.status(what):
            yield
    else:
        yield
