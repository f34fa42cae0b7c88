"""All checks of a letter, in one call."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

from openimr.cases import load_case
from openimr.documents import Document, read_folder, records_in
from openimr.library import Library

from .._reading._shape import Reading
from ._defect import Defect, Named
from ._desk import Desk
from ._facts import facts
from ._parts import Beside, CaseRecords, Letter

PROGRAM = "ca-dwc-imr"


Check = Callable[[Letter, Beside, Desk], Iterator[Named]]
CHECKS: tuple[Check, ...] = (facts,)


class Linter:
    """Checks letters; the library is opened once."""

    def __init__(self, library: Library, program: str = PROGRAM) -> None:
        """Open the library. Raises LibraryError with file, line and mend when a file is missing or wrong."""
        self._desk = Desk(library, program)

    def lint(self, reading: Reading, *, earlier: Iterable[Reading] = (), case: CaseRecords | None = None) -> tuple[Defect, ...]:
        """Return the defects of a letter in order of place, those without a place first."""
        letter = Letter(reading, self._desk)
        beside = Beside([Letter(each, self._desk) for each in earlier], case)
        found = [self._weighed(named, letter) for check in CHECKS for named in check(letter, beside, self._desk)]
        return tuple(sorted(found, key=lambda defect: (defect.span or (-1, -1), defect.code)))

    def _weighed(self, named: Named, letter: Letter) -> Defect:
        wording = self._desk.checks.checks[named.code]
        quote = " ".join(letter.text[slice(*named.span)].split()) if named.span else ""
        severity = named.severity or wording.severity
        return Defect(named.code, severity, named.message, wording.ground, named.item, named.span, quote, named.against, named.record)


def open_linter(library: Library) -> Linter:
    """Return the checks of letters. Raises LibraryError with file, line and mend when a file of the library is wrong."""
    return Linter(library)


def open_case(folder: Path) -> CaseRecords:
    """Return the case file in a case folder, to hold a letter against.

    Raises CaseError when its case.yaml is wrong; a record that cannot be read is among `unread`, and its silence proves nothing.
    """
    case = load_case(folder)
    read = read_folder(case.records) if case.records.is_dir() else ()
    documents = [each for each in read if isinstance(each, Document)]
    unread = tuple(each.name for each in read if not isinstance(each, Document))
    return CaseRecords(documents, [record for document in documents for record in records_in(document)], unread)
