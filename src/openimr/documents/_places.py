"""Where words stand on a page, and what the page looks like."""

from __future__ import annotations

import base64
from collections.abc import Mapping, Sequence
from pathlib import Path

from openimr.sources import Box

from ._child import Source, ask
from ._read import digest_of
from ._types import attached, type_of
from ._values import DEFAULT, Document, Limits, Page, PageImage, ReadingFailed

Key = tuple[int, int, int]
Spans = Mapping[int, Sequence[tuple[int, int]]]

_SAME_LINE = 0.5  # of the lower height: how much of it two words of a line share


def boxes(path: Path, spans: Spans, *, limits: Limits = DEFAULT, sha256: str | None = None) -> dict[Key, tuple[Box, ...]]:
    """Return for each (page, start, end) of a PDF's text layer its boxes, one a line.

    A box is (left, top, right, bottom) in points of 1/72 inch from the page's top left corner. The offsets are those of the text
    `read` gives. Raises ReadingFailed when the file cannot be read or is not the one of `sha256`.
    """
    if not any(spans.values()):
        return {}
    asked = ask(
        "boxes",
        _source(path, "pdf", sha256),
        limits,
        seconds=limits.seconds,
        spans=[(page, [list(span) for span in wanted]) for page, wanted in spans.items()],
    )
    if asked.failure is not None:
        raise ReadingFailed(f"{path.name}: {asked.failure}")
    return {
        (answer["page"], start, end): tuple(_box(corners) for corners in found)
        for answer in asked.answers
        for (start, end), found in zip(spans[answer["page"]], answer["boxes"], strict=True)
    }


def locate(path: Path, document: Document, spans: Spans, *, limits: Limits = DEFAULT) -> dict[Key, tuple[Box, ...]]:
    """Return the boxes of each (page, start, end) of a document, from its text layer or from the words made out on a scan.

    Text and Word files have no places: their spans get no boxes. Raises ReadingFailed when the file is no longer the one that was read.
    """
    pages = {page.number: page for page in document.pages}
    known = {number: wanted for number, wanted in spans.items() if number in pages}
    # of each span, the part that stands in the text layer, counted as the layer counts
    parts = {(number, *span): _in_layer(pages[number], *span) for number, wanted in known.items() for span in wanted}
    layer = {number: sorted({part for span in wanted if (part := parts[number, *span])}) for number, wanted in known.items()}
    found = boxes(path, layer, limits=limits, sha256=document.sha256) if type_of(path) == "pdf" or attached(path) else {}
    out: dict[Key, tuple[Box, ...]] = {(number, *span): () for number, wanted in spans.items() for span in wanted}
    for key, part in parts.items():
        of_layer = found.get((key[0], *part), ()) if part else ()
        words = _word_boxes(pages[key[0]], *key[1:])
        out[key] = (*of_layer, *words) if _layer_first(pages[key[0]]) else (*words, *of_layer)
    return out


def images(
    path: Path, pages: Sequence[int], *, dpi: float = 96, limits: Limits = DEFAULT, sha256: str | None = None
) -> dict[int, PageImage]:
    """Return a grey picture of each page, as PNG or WebP, whichever is smaller; empty for text and Word files, which have no page images.

    Raises ReadingFailed when the file cannot be read or is not the one of `sha256`.
    """
    file_type = type_of(path)
    if (file_type not in ("pdf", "picture") and not attached(path)) or not pages:
        return {}
    source = _source(path, file_type, sha256)
    asked = ask("images", source, limits, seconds=limits.seconds, pages=sorted(set(pages)), dpi=dpi)
    if asked.failure is not None:
        raise ReadingFailed(f"{path.name}: {asked.failure}")
    return {
        answer["page"]: PageImage(answer["type"], base64.b64decode(answer["data"]), answer["width"], answer["height"])
        for answer in asked.answers
    }


def _source(path: Path, file_type: str | None, sha256: str | None) -> Source:
    inside = attached(path)
    return Source(inside[0], sha256 or "", None, inside[1]) if inside else Source(path, sha256 or digest_of(path), file_type)


def _in_layer(page: Page, start: int, end: int) -> tuple[int, int] | None:
    """The part of a span of the page's text that its text layer holds, with offsets in the layer."""
    if not page.ocr:
        return start, end
    first, last = page.layer or (0, 0)
    start, end = max(start, first), min(end, last)
    return (start - first, end - first) if start < end else None


def _layer_first(page: Page) -> bool:
    return page.layer is not None and page.layer[0] == 0


def _box(corners: Sequence[float]) -> Box:
    left, top, right, bottom = (round(float(value), 2) for value in corners)
    return left, top, right, bottom


def _word_boxes(page: Page, start: int, end: int) -> tuple[Box, ...]:
    """The boxes of the words a span touches, joined where they stand on one line."""
    merged: list[Box] = []
    for word in page.words:
        if word.end <= start or word.start >= end:
            continue
        last = merged[-1] if merged else None
        shared = min(last[3], word.box[3]) - max(last[1], word.box[1]) if last else 0.0
        if last and shared >= _SAME_LINE * min(last[3] - last[1], word.box[3] - word.box[1]) and word.box[0] >= last[0]:
            merged[-1] = (last[0], min(last[1], word.box[1]), max(last[2], word.box[2]), max(last[3], word.box[3]))
        else:
            merged.append(word.box)
    return tuple(merged)
