"""What is read of a file: documents, pages, words and their places, or the reason why there is nothing."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from openimr.sources import Box


@dataclass(frozen=True, slots=True)
class Limits:
    """What reading one file may cost. Records come from strangers: each limit turns a bomb into an UnreadableDocument.

    `file_bytes` is the largest file, `unpacked_bytes` the largest content of a packed one (docx); `pages` the most pages; `pixels` the most
    pixels of one page image; `memory_bytes` the address space of a child process beyond the file itself; `seconds` the time (wall clock
    and CPU, each) for all text of a file; `page_seconds` the time for one page of a scan; `answer_bytes` the most a child may hand back.
    """

    file_bytes: int = 512 * 1024**2
    unpacked_bytes: int = 256 * 1024**2
    pages: int = 20_000
    pixels: int = 25_000_000
    memory_bytes: int = 2 * 1024**3
    seconds: int = 300
    page_seconds: int = 120
    answer_bytes: int = 1024**3


DEFAULT = Limits()


@dataclass(frozen=True, slots=True)
class WordBox:
    """A word made out on a scan: characters `start` to `end` of the page's text, and its box.

    A box is (left, top, right, bottom) in points of 1/72 inch from the page's top left corner.
    """

    start: int
    end: int
    box: Box


@dataclass(frozen=True, slots=True)
class Page:
    """One page and its text; the same bytes and readers give the same text.

    `ocr` tells that the text was made out on an image; then `confidence` is the mean over its words (0 to 1, None without words) and
    `words` has their places. `unread` is the reason why something on the page could not be read; its text, if any, is not the whole of it.
    `layer` tells from where to where the text layer stands on a page of both; all the rest was made out then. `language` is the one the
    page is written in ("English"), None where there are too few sentences to tell, or where it was not asked.
    """

    number: int
    text: str
    ocr: bool = False
    confidence: float | None = None
    unread: str | None = None
    words: tuple[WordBox, ...] = ()
    layer: tuple[int, int] | None = None
    language: str | None = None

    @property
    def blank(self) -> bool:
        """Whether nothing stands on the page: no text, and no ink from which text could not be made out."""
        return self.unread is None and not self.text.strip()


@dataclass(frozen=True, slots=True)
class Sidecar:
    """What the person who filed a record says of it; it goes before what its text says."""

    type: str | None = None
    date: date | None = None
    author: str | None = None


@dataclass(frozen=True, slots=True)
class Document:
    """A file that could be read: its name inside the records folder, the digest of its bytes, its pages and who read them.

    `readers` gives name and version of each program whose change may change the text.
    """

    name: str
    sha256: str
    pages: tuple[Page, ...]
    readers: Mapping[str, str]
    sidecar: Sidecar | None = None


@dataclass(frozen=True, slots=True)
class UnreadableDocument:
    """A file that could not be read; `reason` says what is wrong and what to do. The digest is None when its bytes were not read."""

    name: str
    sha256: str | None
    reason: str


def unread_in(read: Iterable[Document | UnreadableDocument]) -> tuple[str, ...]:
    """Return a line for each file that could not be read, and for each with pages that could not: which, and why (no text of it)."""
    lines = []
    for each in read:
        if isinstance(each, UnreadableDocument):
            lines.append(f"{each.name} cannot be read: {each.reason}")
        elif pages := [page for page in each.pages if page.unread]:
            lines.append(f"{each.name}: pages unread ({', '.join(str(page.number) for page in pages)}): {pages[0].unread}")
    return tuple(lines)


@dataclass(frozen=True, slots=True)
class PageImage:
    """A page to look at: an image file's bytes, its media type, and the page's size in points of 1/72 inch."""

    media_type: str
    data: bytes
    width: float
    height: float


@dataclass(frozen=True, slots=True)
class Record:
    """A record of the case file: pages `first_page` to `last_page` of a document, with what it says of itself."""

    document: str
    first_page: int
    last_page: int
    kind: str
    date: date | None
    author: str | None
    title: str


class ReadingFailed(Exception):
    """A file that could be read before cannot be read now, or is no longer the same; the message says why and what to do."""
