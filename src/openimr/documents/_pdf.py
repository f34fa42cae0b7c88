"""Text, character boxes and page images of a PDF, by pdfium. Runs in the child process only: pdfium may crash on a hostile file."""

from __future__ import annotations

import ctypes
import math
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import accumulate, pairwise
from typing import Any

import pypdfium2 as pdfium
import pypdfium2.raw as raw_pdfium
from PIL import Image

from ._characters import clean, origins
from ._refused import Refused

_POINTS = 72
_FEW = 10  # readable characters; fewer are no text layer but a stamp or a page number
_PLENTY = 400  # readable characters; with so many the page's text is its text layer, whatever lies behind it
_IMAGE_COVER = 0.6  # of the page, by images: a scan
_TEXT_COVER = 0.02  # of the page, by text: less than this beside a scan is a fax banner or a stamp
# annotations that carry words of their own: filled-in form fields, text typed over the page, stamps
_FILLED = frozenset({raw_pdfium.FPDF_ANNOT_WIDGET, raw_pdfium.FPDF_ANNOT_FREETEXT, raw_pdfium.FPDF_ANNOT_STAMP})
_FINE = 100  # device units a point when pdfium turns page coordinates; it rounds to whole ones
_LEANING = 0.7  # sine of the angle beyond which a line runs up or down the page rather than across
_SAME_HEIGHT = 6.0  # points; lines whose heights differ by less stand side by side, or are indices of one another
_SHARE = 0.03  # of all lines; a distance met more rarely is that of a footnote or an index
_WIDER = 1.2  # times the usual distance of two lines: a paragraph ends between them
_LINE_BREAK = re.compile("\r\n|\ufffe")  # pdfium's line ends; the second stands for a hyphen and the line end after it
_SAME_LINE = 0.5  # of the lower height: how much of it two characters of a line share

Place = tuple[float, float, float, float]


@dataclass(frozen=True, slots=True)
class PageText:
    """A page's text; `scan` when it must be made out on the page's image instead; `unread` when the page does not open."""

    number: int
    text: str
    scan: bool = False
    unread: str | None = None


@dataclass(frozen=True, slots=True)
class PageScan:
    """The grey image of a page and its size in points."""

    image: Image.Image
    width: float
    height: float


class Pdf:
    """An opened PDF. Raises Refused when it does not open, asks for a password or has more pages than allowed."""

    def __init__(self, data: Any, most_pages: int) -> None:
        try:
            self._pdf = pdfium.PdfDocument(data)
        except pdfium.PdfiumError as error:
            if getattr(error, "err_code", None) == raw_pdfium.FPDF_ERR_PASSWORD:
                raise Refused("the PDF asks for a password: ask its sender for a copy without one") from None
            raise Refused("the PDF is damaged or has no pages and does not open: get it again from its sender") from None
        if len(self._pdf) > most_pages:
            raise Refused(f"the PDF has {len(self._pdf)} pages, more than {most_pages}: split it")
        if len(self._pdf) <= 1 and raw_pdfium.FPDFDoc_GetAttachmentCount(self._pdf):
            raise Refused("the PDF is only a cover for attached files: save the attachments as files of their own")
        self._pdf.init_forms()

    def __len__(self) -> int:
        return len(self._pdf)

    def text_pages(self, part: int, parts: int, *, paragraphs: bool = False) -> Iterator[PageText]:
        """Yield the text of each page in order: of part `part` (from 0) when the pages are dealt out in `parts` parts.

        With `paragraphs` an empty line stands where the page leaves more room between two lines than it mostly does, and no word is taken
        for one that was broken at a line's end.
        """
        steps: Counter[float] = Counter()
        for number in range(len(self) * part // parts + 1, len(self) * (part + 1) // parts + 1):
            try:
                page = self._page(number)
            except pdfium.PdfiumError:
                yield PageText(number, "", unread="the page is damaged and does not open: get the file again from its sender")
                continue
            characters = page.get_textpage()
            raw = _raw(characters)
            text = clean(_parted(characters, raw, steps), hyphenated=False) if paragraphs else clean(raw)
            yield PageText(number, text, scan=_is_scan(page, characters, raw))
            characters.close()
            page.close()

    def boxes(self, number: int, spans: Sequence[tuple[int, int]]) -> list[list[Place]]:
        """Return for each span of the page's text its boxes, one a line, in points from the top left corner."""
        page = self._page(number)
        characters = page.get_textpage()
        text = _raw(characters)
        at, units = origins(text), _units(text)
        return [self._span_boxes(page, characters, [units[i] for i in at[start:end]]) for start, end in spans]

    def scan(self, number: int, dpi: float, most_pixels: int) -> PageScan:
        """Return the page as a grey image of `dpi` dots per inch, or fewer where that would be more than `most_pixels`."""
        page = self._page(number)
        width, height = page.get_size()
        scale = min(dpi / _POINTS, (most_pixels / max(1.0, width * height)) ** 0.5)
        image = page.render(scale=scale, grayscale=True).to_pil().convert("L")
        page.close()
        return PageScan(image, width, height)

    def _page(self, number: int) -> Any:
        """Open a page; what is filled into a form or typed over the page becomes part of it."""
        page = self._pdf[number - 1]
        if not any(_subtype(page, index) in _FILLED for index in range(raw_pdfium.FPDFPage_GetAnnotCount(page))):
            return page
        raw_pdfium.FPDFPage_Flatten(page, raw_pdfium.FLAT_NORMALDISPLAY)
        page.close()
        return self._pdf[number - 1]

    def _span_boxes(self, page: Any, characters: Any, places: list[int]) -> list[Place]:
        merged: list[Place] = []
        for place in places:
            index = raw_pdfium.FPDFText_GetCharIndexFromTextIndex(characters, place)
            if index < 0 or raw_pdfium.FPDFText_IsGenerated(characters, index) == 1:
                continue
            box = characters.get_charbox(index, loose=True)
            if box[2] <= box[0] or box[3] <= box[1]:
                continue
            upright = abs(math.sin(raw_pdfium.FPDFText_GetCharAngle(characters, index))) < _LEANING
            if merged and _same_line(merged[-1], box, upright):
                merged[-1] = _around(merged[-1], box)
            else:
                merged.append(box)
        return [_on_paper(page, box) for box in merged]


def _raw(characters: Any) -> str:
    # half of a pair that stands alone is kept, so that places can be counted back; `clean` drops it
    text: str = characters.get_text_range(errors="surrogatepass")
    return text


def _parted(characters: Any, raw: str, usual: Counter[float]) -> str:
    """Return the text with an empty line before each line that stands further from the one above than lines mostly do.

    `usual` counts how far lines stand apart, over the pages so far: a page of short paragraphs alone would not tell.
    """
    starts = [found.end() for found in _LINE_BREAK.finditer(raw)]
    units = _units(raw)
    # text and characters nearly always count alike; where the last ones do, all do
    alike = bool(raw) and raw_pdfium.FPDFText_GetCharIndexFromTextIndex(characters, units[-1]) == units[-1]
    x, y = ctypes.c_double(), ctypes.c_double()
    origin, handle = raw_pdfium.FPDFText_GetCharOrigin, characters.raw
    heights: list[float | None] = []
    for at in (0, *starts):
        index = -1 if at >= len(raw) else units[at] if alike else raw_pdfium.FPDFText_GetCharIndexFromTextIndex(characters, units[at])
        heights.append(y.value if index >= 0 and origin(handle, index, x, y) else None)
    steps = [abs(above - below) if above is not None and below is not None else 0.0 for above, below in pairwise(heights)]
    usual.update(round(2 * step) / 2 for step in steps if step > _SAME_HEIGHT)
    # the smallest distance that is no exception: rows of a table and short paragraphs may be the most
    often = [step for step, count in usual.items() if count >= max(2, usual.total() * _SHARE)]
    if not often:
        return raw
    most = min(often) * _WIDER
    out, done = [], 0
    for at, step in zip(starts, steps, strict=True):
        if step <= most:
            continue
        # what pdfium took for a word broken at the line's end is the end of a paragraph
        hyphen = raw[at - 1] == "\ufffe"
        out += [raw[done : at - 1], "-\r\n\r\n"] if hyphen else [raw[done:at], "\r\n"]
        done = at
    return "".join([*out, raw[done:]])


def _units(text: str) -> Sequence[int]:
    """Return for each character its place in UTF-16, which is how pdfium counts."""
    if text.isascii() or max(text) <= "\uffff":
        return range(len(text))
    return list(accumulate((1 + (character > "\uffff") for character in text), initial=0))


def _subtype(page: Any, index: int) -> int:
    annotation = raw_pdfium.FPDFPage_GetAnnot(page, index)
    subtype: int = raw_pdfium.FPDFAnnot_GetSubtype(annotation)
    raw_pdfium.FPDFPage_CloseAnnot(annotation)
    return subtype


def _is_scan(page: Any, characters: Any, raw: str) -> bool:
    """Whether what is to be read on the page is an image of text rather than text."""
    readable = sum(map(str.isalnum, raw))
    visible = len("".join(raw.split()))
    if visible >= _FEW and readable < visible / 4:
        return True  # glyphs without meaning: a font that does not say which characters it shows
    if readable >= _PLENTY:
        return False
    width, height = page.get_size()
    shapes = list(page.get_objects(max_depth=1))
    if readable < _FEW:
        return any(shape.type != raw_pdfium.FPDF_PAGEOBJ_TEXT for shape in shapes)
    return _images_cover(shapes, width * height) >= _IMAGE_COVER and _text_covers(characters, width * height) < _TEXT_COVER


def _images_cover(shapes: list[Any], area: float) -> float:
    """The share of the page under images; a form that holds one counts whole, and strips of one scan add up."""
    total = 0.0
    for shape in shapes:
        if shape.type in (raw_pdfium.FPDF_PAGEOBJ_IMAGE, raw_pdfium.FPDF_PAGEOBJ_FORM):
            left, bottom, right, top = shape.get_bounds()
            total += max(0.0, right - left) * max(0.0, top - bottom)
    return total / area if area else 0.0


def _text_covers(characters: Any, area: float) -> float:
    total = 0.0
    for index in range(characters.count_chars()):
        left, bottom, right, top = characters.get_charbox(index, loose=True)
        total += max(0.0, right - left) * max(0.0, top - bottom)
    return total / area if area else 0.0


def _on_paper(page: Any, box: Place) -> Place:
    """Turn a box of page coordinates (left, bottom, right, top, as written) into points from the shown page's top left corner."""
    width, height = page.get_size()
    first = _corner(page, width, height, box[0], box[1])
    second = _corner(page, width, height, box[2], box[3])
    return min(first[0], second[0]), min(first[1], second[1]), max(first[0], second[0]), max(first[1], second[1])


def _corner(page: Any, width: float, height: float, x: float, y: float) -> tuple[float, float]:
    across, down = ctypes.c_int(), ctypes.c_int()
    size = round(width * _FINE), round(height * _FINE)
    raw_pdfium.FPDF_PageToDevice(page, 0, 0, *size, 0, x, y, across, down)
    return across.value / _FINE, down.value / _FINE


def _same_line(last: Place, box: Place, upright: bool) -> bool:
    """Whether a character carries on the line of those before it, in page coordinates."""
    low, high = (1, 3) if upright else (0, 2)
    shared = min(last[high], box[high]) - max(last[low], box[low])
    onward = box[0] >= last[0] if upright else True
    return onward and shared >= _SAME_LINE * min(last[high] - last[low], box[high] - box[low])


def _around(first: Place, second: Place) -> Place:
    return min(first[0], second[0]), min(first[1], second[1]), max(first[2], second[2]), max(first[3], second[3])
