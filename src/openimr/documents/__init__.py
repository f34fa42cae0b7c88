"""Bytes in, pages of text with stable positions out; nothing here trusts a file."""

from ._folder import read_folder
from ._gaps import Gap, gaps
from ._likeness import Likeness, Relation, relations
from ._places import boxes, images, locate
from ._read import read, read_each, type_of
from ._records import records_in
from ._search import Hit, QueryError, search
from ._values import DEFAULT, Document, Limits, Page, PageImage, ReadingFailed, Record, Sidecar, UnreadableDocument, WordBox

__all__ = [
    "DEFAULT",
    "Document",
    "Gap",
    "Hit",
    "Likeness",
    "Limits",
    "Page",
    "PageImage",
    "QueryError",
    "ReadingFailed",
    "Record",
    "Relation",
    "Sidecar",
    "UnreadableDocument",
    "WordBox",
    "boxes",
    "gaps",
    "images",
    "locate",
    "read",
    "read_each",
    "read_folder",
    "records_in",
    "relations",
    "search",
    "type_of",
]
