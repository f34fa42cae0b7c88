"""From bytes to text."""

from __future__ import annotations

from ._characters import clean
from ._refused import Refused

_ALLOWED_CONTROLS = frozenset("\t\n\r\f\v\x1a\x85")


def decoded(data: bytes) -> tuple[str, str] | None:
    """Return the text and its encoding: UTF-16 where it says so, else UTF-8, else Windows-1252; None when it is no text."""
    encodings = ["utf-16"] if data.startswith((b"\xff\xfe", b"\xfe\xff")) else ["utf-8-sig", "cp1252"]
    for encoding in encodings:
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError:
            continue
        if any(ord(c) < 32 and c not in _ALLOWED_CONTROLS for c in set(text)):
            return None
        return text, {"utf-8-sig": "utf-8", "cp1252": "windows-1252"}.get(encoding, encoding)
    return None


def text_pages(data: bytes, most_bytes: int, most_pages: int, *, hyphenated: bool = True) -> tuple[tuple[str, ...], str]:
    """Return the pages of plain text, parted by form feeds, and its encoding. Raises Refused."""
    if len(data) > most_bytes:
        raise Refused(f"the text is longer than {most_bytes} bytes: split it")
    found = decoded(data)
    if found is None:
        raise Refused("the file is not text in UTF-8, UTF-16 or Windows-1252: save it as UTF-8")
    text, encoding = found
    parts = text.split("\f")
    if len(parts) > 1 and not parts[-1].strip():
        parts.pop()
    if len(parts) > most_pages:
        raise Refused(f"the text has {len(parts)} pages, more than {most_pages}: split it")
    return tuple(clean(part, hyphenated=hyphenated) for part in parts), encoding
