"""Text of a Word document. Runs in the child process only, and needs python-docx (the extra openimr[docx])."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterator
from typing import Any

from ._characters import clean
from ._refused import Refused

_W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_FALLBACK = "{http://schemas.openxmlformats.org/markup-compatibility/2006}Fallback"
# what was moved elsewhere or deleted is no longer part of the text; a fallback says again what stands beside it
_LEFT_OUT = frozenset({f"{_W}moveFrom", f"{_W}del", _FALLBACK})
_PAGE_BREAK = "\f"
_PICTURES = ("{http://schemas.openxmlformats.org/drawingml/2006/main}blip", "{urn:schemas-microsoft-com:vml}imagedata")
_MOST_PARTS = 5_000
_DAMAGED = "the Word document is damaged and does not open: get it again from its sender"


def word_pages(data: Any, most_bytes: int, *, paragraphs: bool = False) -> tuple[tuple[str, ...], dict[str, str], bool]:
    """Return the text of each page (as Word last broke them), who read it, and whether the document shows pictures. Raises Refused.

    With `paragraphs` an empty line stands after each paragraph, and a dash before each entry of a list.
    """
    try:
        import docx
        from docx.opc.exceptions import OpcError
    except ModuleNotFoundError:
        raise Refused("reading Word documents needs an extra: pip install 'openimr[docx]', or save the record as PDF") from None
    packed = io.BytesIO(data)
    _check(packed, most_bytes)
    try:
        document = docx.Document(packed)
        text = "".join(_paragraphs(document.element.body) if paragraphs else _texts(document.element.body))
    except (OpcError, KeyError, ValueError, zipfile.BadZipFile, SyntaxError):
        raise Refused(_DAMAGED) from None
    # each line is a whole paragraph: none was broken to fit the page
    pages = tuple("\n".join(clean(line) for line in page.split("\n")).strip("\n") for page in text.split(_PAGE_BREAK))
    pictures = any(next(document.element.body.iter(tag), None) is not None for tag in _PICTURES)
    return pages, {"python-docx": docx.__version__}, pictures


def _check(packed: io.BytesIO, most_bytes: int) -> None:
    """Refuse what would unpack to too much, and any part that declares entities: Word never does."""
    try:
        with zipfile.ZipFile(packed) as parts:
            listed = parts.infolist()
            if len(listed) > _MOST_PARTS or sum(part.file_size for part in listed) > most_bytes:
                raise Refused("the Word document unpacks to more than is allowed: save it again without pictures, or as PDF")
            if "word/document.xml" not in parts.namelist():
                raise Refused("the file is packed like a Word document but holds none: check what it is")
            for part in listed:
                if part.filename.endswith((".xml", ".rels")) and _declares(parts, part):
                    raise Refused("the Word document declares XML entities, which Word never writes: do not open it")
    except (zipfile.BadZipFile, OSError, EOFError, NotImplementedError, RuntimeError):
        raise Refused(_DAMAGED) from None


def _declares(parts: zipfile.ZipFile, part: zipfile.ZipInfo) -> bool:
    data = parts.read(part)
    return any(mark.encode(code) in data for mark in ("<!DOCTYPE", "<!ENTITY") for code in ("utf-8", "utf-16-le", "utf-16-be"))


def _texts(element: Any) -> Iterator[str]:
    """Yield the text below `element` in order: a line a paragraph, the cells of a table row on one line where they are short."""
    for child in element:
        if child.tag in _LEFT_OUT:
            continue
        if child.tag == f"{_W}tr":
            yield _row(child)
        elif child.tag == f"{_W}p":
            yield from _texts(child)
            yield "\n"
        elif child.tag == f"{_W}t":
            yield child.text or ""
        elif child.tag in (f"{_W}tab", f"{_W}ptab"):
            yield "\t" if element.tag == f"{_W}r" else ""
        elif child.tag == f"{_W}br":
            yield _PAGE_BREAK if child.get(f"{_W}type") == "page" else "\n"
        elif child.tag == f"{_W}lastRenderedPageBreak":
            yield _PAGE_BREAK
        elif child.tag == f"{_W}cr":
            yield "\n"
        elif child.tag == f"{_W}noBreakHyphen":
            yield "-"
        else:
            yield from _texts(child)


def _paragraphs(body: Any) -> Iterator[str]:
    """Yield the text of the body with an empty line after each paragraph and a dash before each entry of a list."""
    for child in body:
        text = "".join(_texts([child]))
        if child.tag != f"{_W}p":
            yield text + "\n"
        elif text.strip():
            style = child.find(f"{_W}pPr/{_W}pStyle")
            listed = child.find(f"{_W}pPr/{_W}numPr") is not None or (style is not None and str(style.get(f"{_W}val")).startswith("List"))
            yield f"- {text}\n" if listed else f"{text}\n"


def _row(row: Any) -> str:
    cells = ["".join(_texts(cell)).rstrip("\n") for cell in row.iterchildren(f"{_W}tc", f"{_W}sdt")]
    return ("\n" if any("\n" in cell for cell in cells) else "  ").join(cells) + "\n"
