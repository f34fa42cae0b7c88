"""A list of the documents reviewed, as letters of 2013 give it."""

from __future__ import annotations

import re

from ._shape import Found
from ._source import Place, Source

_ENTRY = re.compile(r"(?:[-•*]|\d{1,3}[.)])\s+(?=\S)")


def read_documents(source: Source, place: Place | None, found: Found) -> None:
    """Read the list at a place into `found`."""
    own = source.trimmed(*place) if place else None
    if own is not None:
        found.documents_reviewed, found.spans["documents_reviewed"] = _listed(source.plain[slice(*own)]) or None, own


def _listed(text: str) -> tuple[str, ...]:
    """Return the entries of a list: those behind bullets or numbers with their further lines, or where there are none, its lines."""
    lines = [" ".join(line.split()) for line in text.split("\n")]
    if not any(_ENTRY.match(line) for line in lines):
        return tuple(line for line in lines if line)
    entries: list[str] = []
    for line in lines:
        if entry := _ENTRY.match(line):
            entries.append(line[entry.end() :])
        elif line and entries:
            entries[-1] += f" {line}"
    return tuple(entries)
