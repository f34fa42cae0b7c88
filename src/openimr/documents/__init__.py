"""Bytes in, pages of text with stable positions out; nothing here trusts a file."""

from ._folder import read_folder
from ._gaps import Gap, gaps
from ._kept import KeptPages, kept_here
from ._likeness import Likeness, Relation, relations
from ._places import boxes, images, locate
from ._read import read, read_each
from ._records import records_in
from ._search import Hit, QueryError, search
from ._types import type_of
from ._values import DEFAULT, Document, Limits, Page, PageImage, ReadingFailed, Record, Sidecar, UnreadableDocument, WordBox, unread_in

__all__ = [
    "DEFAULT",
    "Document",
    "Gap",
    "Hit",
    "KeptPages",
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
    "kept_here",
    "locate",
    "read",
    "read_each",
    "read_folder",
    "records_in",
    "relations",
    "search",
    "type_of",
    "unread_in",
]
