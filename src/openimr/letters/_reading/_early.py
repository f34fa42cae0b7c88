"""The first Final Determinations with headings, of 2013: documents reviewed among them. Known from their headings only."""

from __future__ import annotations

import re

from openimr.sources import Grammar

from ._documents import read_documents
from ._header import read_dated
from ._maximus import read_final
from ._numbered import read_numbered
from ._shape import Found, Layout
from ._source import Source

_HEADING = re.compile(r"(?m:^[ \t\f]*)IMR\s+DECISION\(S\)\s+AND\s+RATIONALE\(S\)")
_DOCUMENTS = re.compile(r"(?m:^[ \t\f]*)DOCUMENTS\s+REVIEWED\s*:?[ \t]*\n")
_NEXT = re.compile(r"(?m:^[ \t\f]*)(?:CLINICAL\s+CASE\s+SUMMARY|IMR\s+DECISION\(S\))")


def _fits(source: Source) -> bool:
    return "DECISION(S)" in source.plain and _HEADING.search(source.plain) is not None


def _read(source: Source, grammar: Grammar) -> Found:
    found = read_final(source, grammar)
    found.layout = "maximus-2013-early"
    if "decision_date" not in found.dates:
        read_dated(source, found)
    issues = _HEADING.search(source.plain)
    if not found.requests and issues:
        read_numbered(source, issues.end(), grammar, found)
    documents = _DOCUMENTS.search(source.plain)
    following = _NEXT.search(source.plain, documents.end()) if documents else None
    if documents and following:
        read_documents(source, (documents.end(), following.start()), found)
    return found


LAYOUT = Layout(
    "maximus-2013-early",
    described=True,
    marks=("IMR DECISION(S) AND RATIONALE(S)", "DOCUMENTS REVIEWED"),
    fits=_fits,
    read=_read,
)
