"""A place in a document of the case file, exact enough to be checked again against the bytes."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

Box = tuple[float, float, float, float]


def digest(data: bytes | str) -> str:
    """Return the SHA-256 of bytes, or of a text's UTF-8 bytes, as 64 hexadecimal digits."""
    return hashlib.sha256(data.encode() if isinstance(data, str) else data).hexdigest()


@dataclass(frozen=True, slots=True)
class Span:
    """Characters `start` to `end` (0-based, end excluded) of the text of one page of one document.

    `document` is the file's path inside the records folder, `sha256` the digest of its bytes, `page` counts from 1,
    `text_sha256` is the digest of the page's text as read, `quote` is exactly that text between `start` and `end`.
    """

    document: str
    sha256: str
    page: int
    text_sha256: str
    start: int
    end: int
    quote: str

    def holds(self, text: str) -> bool:
        """Tell whether the page's text, read again, is the same and still has the quote at this place."""
        return digest(text) == self.text_sha256 and text[self.start : self.end] == self.quote
