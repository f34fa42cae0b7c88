"""What sort of file it is, by its name and by its bytes."""

from __future__ import annotations

import re
from pathlib import Path

_TYPES = {
    ".pdf": "pdf",
    ".txt": "text",
    ".md": "text",
    ".png": "picture",
    ".jpg": "picture",
    ".jpeg": "picture",
    ".tif": "picture",
    ".tiff": "picture",
    ".docx": "word",
    ".htm": "html",
    ".html": "html",
    ".rtf": "rtf",
    ".json": "fhir",
}
SUFFIXES = frozenset(_TYPES)
_MEDIA_TYPES = {
    "application/pdf": "pdf",
    "application/rtf": "rtf",
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document": "word",
    "application/xhtml+xml": "html",
    "image/jpeg": "picture",
    "image/png": "picture",
    "image/tiff": "picture",
    "text/html": "html",
    "text/markdown": "text",
    "text/plain": "text",
    "text/rtf": "rtf",
}
_CALLED = {
    "pdf": "a PDF",
    "text": "plain text",
    "picture": "an image",
    "word": "a Word document or other packed file",
    "html": "a web page",
    "rtf": "rich text",
    "fhir": "FHIR data",
}
_SIGNS = (
    (b"\x89PNG\r\n\x1a\n", "picture"),
    (b"\xff\xd8\xff", "picture"),
    (b"II*\x00", "picture"),
    (b"MM\x00*", "picture"),
    (b"II+\x00", "picture"),
    (b"MM\x00+", "picture"),
    (b"PK\x03\x04", "word"),
    (b"{\\rtf", "rtf"),
)
_UNSIGNED = frozenset({"text", "html", "fhir"})  # types without a sign of their own at the beginning
_PDF = b"%PDF-"
HEAD = 1024  # bytes within which a PDF must announce itself
TAIL = 4096  # bytes within which it must end
PADDING = b"\x00\r\n\t "
_ATTACHED = re.compile(r"(.+\.json)#(\d{1,9})(?: .*)?", re.I | re.S)


def type_of(path: Path) -> str | None:
    """Return what sort of file the name says it is: pdf, text, picture, word, html, rtf, fhir, or None for any other."""
    return _TYPES.get(path.suffix.lower())


def attached(path: Path) -> tuple[Path, int] | None:
    """Return the file and the number of a document that is an attachment in it, as `bundle.json#2 Consultation`; None for a file."""
    found = _ATTACHED.fullmatch(path.name)
    return (path.with_name(found.group(1)), int(found.group(2))) if found and not path.exists() else None


def type_of_media(media_type: str, head: bytes) -> str | None:
    """Return what sort of file an attachment is: by the media type it is said to have, else by its bytes; None for any that is not read."""
    said = media_type.partition(";")[0].strip().lower()
    if said and said != "application/octet-stream":
        return _MEDIA_TYPES.get(said)
    return _type_by_sign(head)


def mismatch(file_type: str, head: bytes, tail: bytes) -> str | None:
    """Say what is wrong when the bytes are not what the name says, or are not all there."""
    found = _type_by_sign(head)
    if file_type in _UNSIGNED:
        # a text may speak of %PDF- farther down
        binary = found if found and (found != "pdf" or head.startswith(_PDF)) else None
        return f"its name says {_CALLED[file_type]} but it is {_CALLED[binary]}: rename it" if binary else None
    if found is None:
        return f"its name says {_CALLED[file_type]} but its bytes are something else: check what it is"
    if found != file_type:
        return f"its name says {_CALLED[file_type]} but it is {_CALLED[found]}: rename it"
    if file_type == "pdf" and b"%%EOF" not in tail:
        # pdfium would open what is left of it and pass over what is lost
        return "the end of the PDF is missing, so pages may be too: get it again from its sender"
    return None


def _type_by_sign(head: bytes) -> str | None:
    return next((kind for sign, kind in _SIGNS if head.startswith(sign)), "pdf" if _PDF in head else None)
