"""All checks of a letter, in one call."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import date
from pathlib import Path

from openimr.cases import load_case
from openimr.documents import Document, read_folder, records_in, unread_in
from openimr.library import Library

from .._reading._shape import Reading
from ._bases import diverging, not_in_force, other_region, skipped_tier, wrong_phase
from ._contents import missing, specialty, ur_letter_alone
from ._criteria import other_criteria
from ._decisions import contradicted, part_necessary, wrong_part
from ._defect import Defect, Named
from ._desk import Desk
from ._facts import facts
from ._items import loosely_asked, not_discussed, other_request, wrong_quantity, wrong_site
from ._limits import misread_limits
from ._parts import Beside, CaseRecords, Letter
from ._pasted import of_an_earlier_letter, of_another_item
from ._wording import misheard, mistyped, slips

PROGRAM = "ca-dwc-imr"


Check = Callable[[Letter, Beside, Desk], Iterator[Named]]
CHECKS: tuple[Check, ...] = (
    contradicted,
    part_necessary,
    wrong_part,
    not_discussed,
    other_request,
    loosely_asked,
    wrong_site,
    wrong_quantity,
    of_another_item,
    of_an_earlier_letter,
    slips,
    misheard,
    mistyped,
    missing,
    ur_letter_alone,
    specialty,
    not_in_force,
    skipped_tier,
    diverging,
    wrong_phase,
    other_region,
    other_criteria,
    misread_limits,
    facts,
)


class Linter:
    """Checks letters; the library is opened once."""

    def __init__(self, library: Library, program: str = PROGRAM) -> None:
        """Open the library. Raises LibraryError with file, line and mend when a file is missing or wrong."""
        self._desk = Desk(library, program)

    def lint(
        self, reading: Reading, *, earlier: Iterable[Reading] = (), case: CaseRecords | None = None, published: bool = False
    ) -> tuple[Defect, ...]:
        """Return the defects of a letter in order of place, those without a place first.

        `published` says that it was issued and de-identified: what such letters never carry is information then.
        """
        return self._lint(reading, Beside([Letter(each, self._desk) for each in earlier], case, published))

    def lint_each(self, readings: Sequence[Reading], *, published: bool = False) -> Iterator[tuple[Defect, ...]]:
        """Yield the defects of each letter in the order given, each held against those decided before it (undated ones come last).

        What bears the same case number, or says the same, is the same letter once more, and none that was decided before.
        """
        in_time = sorted(range(len(readings)), key=lambda index: _decided(readings[index]))
        letters = [Letter(reading, self._desk) for reading in readings]  # not those checked: what a check finds in one is not kept
        for index, reading in enumerate(readings):
            before = in_time[: in_time.index(index)]
            earlier = [letters[each] for each in before if not _once_more(readings[each], reading)]
            yield self._lint(reading, Beside(earlier, None, published))

    def _lint(self, reading: Reading, beside: Beside) -> tuple[Defect, ...]:
        letter = Letter(reading, self._desk)
        found = [self._weighed(named, letter) for check in CHECKS for named in check(letter, beside, self._desk)]
        return tuple(_once(sorted(found, key=lambda defect: (defect.span or (-1, -1), defect.code))))

    def _weighed(self, named: Named, letter: Letter) -> Defect:
        wording = self._desk.checks.checks[named.code]
        quote = " ".join(letter.text[slice(*named.span)].split()) if named.span else ""
        severity = named.severity or wording.severity
        return Defect(named.code, severity, named.message, wording.ground, named.item, named.span, quote, named.against, named.record)


def _once(found: list[Defect]) -> Iterator[Defect]:
    """The defects without those that a check of the same code has named at the same place."""
    for at, each in enumerate(found):
        if not any(_same(each, before) for before in found[:at]):
            yield each


def _same(one: Defect, other: Defect) -> bool:
    if one.code != other.code or one.item != other.item or one.span is None or other.span is None:
        return False
    return one.span[0] < other.span[1] and other.span[0] < one.span[1]


def open_linter(library: Library) -> Linter:
    """Return the checks of letters. Raises LibraryError with file, line and mend when a file of the library is wrong."""
    return Linter(library)


def open_case(folder: Path) -> CaseRecords:
    """Return the case file in a case folder, to hold a letter against.

    Raises CaseError when its case.yaml is wrong; of a record that cannot be read, or not all of it, `unread` has a line, and its silence
    proves nothing.
    """
    case = load_case(folder)
    read = read_folder(case.records) if case.records.is_dir() else ()
    documents = [each for each in read if isinstance(each, Document)]
    return CaseRecords(documents, [record for document in documents for record in records_in(document)], unread_in(read))


def _decided(reading: Reading) -> tuple[bool, date]:
    day = reading.determination.decision_date
    return day is None, day or date.min


def _once_more(one: Reading, other: Reading) -> bool:
    number = one.determination.case_number
    return one.text == other.text or (number is not None and number == other.determination.case_number)
