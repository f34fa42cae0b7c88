"""From bytes to text."""

from __future__ import annotations

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
