"""Reading a letter: the layout is found by its own marks, read, and checked; a text in no known layout is said to be so."""

from __future__ import annotations

from openimr.documents import Document
from openimr.sources import Grammar

from . import _maximus
from ._shape import Layout, NotALetter, Reading, checked, finished
from ._source import PAGE_BREAK, Source

_PROGRAM = "ca-dwc-imr"
_LAYOUTS: tuple[Layout, ...] = (_maximus.LAYOUT,)


def read_text(text: str, grammar: Grammar, *, source: str | None = None) -> Reading | NotALetter:
    """Return the determination a letter's text states, with the place of every field, or why there is none.

    Pages are parted by a form feed at the start of a line. What the letter does not say is None; what is odd is a warning.
    """
    letter = Source(text)
    for layout in _LAYOUTS:
        if layout.fits(letter):
            found = layout.read(letter, grammar)
            checked(found)
            return Reading(finished(found, source, _PROGRAM), text, found.spans)
    return NotALetter(source, "unknown")


def text_of(document: Document) -> str:
    """Return the text of a document with its pages parted as `read_text` expects."""
    return f"\n{PAGE_BREAK}".join(page.text for page in document.pages)
