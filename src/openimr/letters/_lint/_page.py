"""A letter as a page on which its defects are marked where they stand: self-contained, without scripts."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from importlib import resources
from itertools import pairwise
from pathlib import Path

from jinja2 import Environment, StrictUndefined, Template

from .._reading._shape import Reading
from ._defect import Defect, Place, Severity, line_column, tally

_UNSHOWN = re.compile(r"[\x00-\x08\x0b\x0e-\x1f\x7f-\x9f\ud800-\udfff]")
_PAGE = "\f"
_WEIGHTS = tuple(Severity)


@dataclass(frozen=True, slots=True)
class Linted:
    """A letter in the table of contents of a folder of pages: the page it is on, where it came from, its defects."""

    page: str
    reading: Reading
    defects: Sequence[Defect]

    @property
    def tally(self) -> str:
        """How many defects there are of each weight."""
        return tally(self.defects)


@dataclass(frozen=True, slots=True)
class _Entry:
    """A defect as the list shows it; `against` has the places it disagrees with, those that stand in the text."""

    number: int
    defect: Defect
    place: Place | None
    against: tuple[Place, ...]
    where: str


@dataclass(frozen=True, slots=True)
class _Reference:
    """A link in the text, where a marked passage begins, to the defect in the list."""

    id: str
    entry: _Entry
    against: bool


@dataclass(frozen=True, slots=True)
class _Piece:
    """Text marked alike: `page` tells that a page begins before it, `references` what begins with it, `kind` how it is marked."""

    text: str
    page: int | None
    references: tuple[_Reference, ...]
    kind: str
    names: str


def defects_html(reading: Reading, defects: Sequence[Defect]) -> str:
    """Return the letter's text as an HTML page, its defects marked and listed; it loads nothing from elsewhere and runs nothing.

    The page shows every defect it is given, also those of no place, and a place outside the text as none.
    """
    entries = [_entry(number, defect, reading.text) for number, defect in enumerate(defects, start=1)]
    determination = reading.determination
    return _template("lint.html.j2").render(
        name=_shown(f"Case {determination.case_number}" if determination.case_number else Path(determination.source or "Letter").name),
        source=_shown(determination.source or ""),
        tally=tally(defects),
        unplaced=[entry for entry in entries if entry.place is None],
        placed=[entry for entry in entries if entry.place is not None],
        entries=entries,
        pieces=list(_pieces(reading.text, entries)),
        line_of=lambda place: line_column(reading.text, place).partition(":")[0],
        shown=_shown,
    )


def contents_html(letters: Sequence[Linted]) -> str:
    """Return a page that leads to those of several letters, with the number of defects of each."""
    every = [defect for letter in letters for defect in letter.defects]
    weights = [(severity, [sum(each.severity is severity for each in letter.defects) for letter in letters]) for severity in _WEIGHTS]
    return _template("lint-contents.html.j2").render(letters=letters, weights=weights, tally=tally(every), shown=_shown)


def _shown(text: str) -> str:
    """The text without characters a page cannot show."""
    return _UNSHOWN.sub("\N{REPLACEMENT CHARACTER}", text)


def _entry(number: int, defect: Defect, text: str) -> _Entry:
    place = defect.span if defect.span and _stands(defect.span, text) else None
    against = tuple(dict.fromkeys(each for each in defect.against if _stands(each, text)))
    return _Entry(number, defect, place, against, line_column(text, place) if place else "")


def _stands(place: Place, text: str) -> bool:
    return 0 <= place[0] < place[1] <= len(text)


def _pieces(text: str, entries: Sequence[_Entry]) -> Iterator[_Piece]:
    """The text cut wherever a marked passage or a page begins or ends."""
    places = [(entry, entry.place, f"place-{entry.number}", False) for entry in entries if entry.place]
    places += [
        (entry, place, f"against-{entry.number}-{count}", True) for entry in entries for count, place in enumerate(entry.against, start=1)
    ]
    pages = [found.start() for found in re.finditer(_PAGE, text)]
    cuts = sorted({0, len(text), *pages, *(end for _, place, _, _ in places for end in place)})
    page = 1
    for start, end in pairwise(cuts):
        begins = text[start] == _PAGE
        page += begins
        over = [(entry, place, against) for entry, place, _, against in places if place[0] <= start and end <= place[1]]
        marks = [(place[1] - place[0], _WEIGHTS.index(entry.defect.severity)) for entry, place, against in over if not against]
        # of marks one within the other the shorter is seen, or it would be lost in the longer
        kind = str(_WEIGHTS[min(marks)[1]]) if marks else "against" if over else ""
        names = dict.fromkeys(f"{'a' if against else 'd'}{entry.number}" for entry, _, against in over)
        references = tuple(_Reference(name, entry, against) for entry, place, name, against in places if place[0] == start)
        yield _Piece(_shown(text[start + begins : end]), page if begins else None, references, kind, " ".join(names))


@cache
def _template(name: str) -> Template:
    environment = Environment(autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True)
    return environment.from_string(resources.files(__package__).joinpath(name).read_text(encoding="utf-8"))
