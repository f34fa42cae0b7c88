"""Text, character boxes and page images of a PDF, by pdfium. Runs in the child process only: pdfium may crash on a hostile file."""

from __future__ import annotations

import ctypes
import math
import re
import struct
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import accumulate, pairwise
from operator import itemgetter
from typing import Any

import pypdfium2 as pdfium
import pypdfium2.raw as raw_pdfium
from PIL import Image, ImageChops, ImageDraw

from ._characters import clean, origins
from ._refused import Refused

_POINTS = 72
_FEW = 10  # readable characters; fewer are no text layer but a stamp or a page number
_IMAGE_COVER = 0.03  # of the page, by images: less is a logo or a signature
# How rows of dots of a page seen at one dot a point look where words stand: ink with many gaps, over the height of the letters.
_INK = 60  # levels of grey below that of the paper
_GAPS = 8  # in a row: rules, frames and signatures have fewer
_PICTURES = frozenset({raw_pdfium.FPDF_PAGEOBJ_IMAGE, raw_pdfium.FPDF_PAGEOBJ_FORM})
_MOST_DOTS = 4_000_000  # a page larger than a poster is seen smaller
_ROWS = 6  # a line of words in small print
_PLENTY = 400  # readable characters; where so many lie on an image, it is a scan that was made out before
_ROWS_LEFT_OUT = 24  # four lines of words; who made it out before may have missed a word here and there
_DEEP = 4  # forms within forms that are looked into
_OVERLAP = 2  # points; how much more of a line is seen than the boxes of its letters
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
    """A page's text; `unread` when the page does not open.

    `scan` when (more) text must be made out on the page's image: instead of this one, or beside it where `lines` has the boxes it fills.
    """

    number: int
    text: str
    scan: bool = False
    unread: str | None = None
    lines: tuple[Place, ...] = ()


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
            scan, lines = _to_make_out(page, characters, raw)
            yield PageText(number, text, scan, None, lines)
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


def _to_make_out(page: Any, characters: Any, raw: str) -> tuple[bool, tuple[Place, ...]]:
    """Whether there is text to be made out on the page's image, and the boxes of the lines of text that stand as they are."""
    readable = sum(map(str.isalnum, raw))
    visible = len("".join(raw.split()))
    if visible >= _FEW and readable < visible / 4:
        return True, ()  # glyphs without meaning: a font that does not say which characters it shows
    if readable < _FEW:
        drawn = any(shape.type != raw_pdfium.FPDF_PAGEOBJ_TEXT for shape in page.get_objects(max_depth=1))
        return drawn, _lines(page, characters) if drawn and readable else ()
    images = _images(page)
    width, height = page.get_size()
    if sum((right - left) * (bottom - top) for left, top, right, bottom in images) < _IMAGE_COVER * width * height:
        return False, ()
    lines = _lines(page, characters)
    rows = _rows_of_words(page, images, lines)
    before = readable >= _PLENTY and sum(_lies_on(line, images) for line in lines) > len(lines) / 2
    return (True, lines) if rows >= (_ROWS_LEFT_OUT if before else _ROWS) else (False, ())


def _images(page: Any) -> list[Place]:
    """Where images lie on the page, in points from the top left corner; a form that holds one counts whole."""
    # a page has thousands of objects and nearly all are text: asked of pdfium without a detour
    shape_at, kind_of, handle = raw_pdfium.FPDFPage_GetObject, raw_pdfium.FPDFPageObj_GetType, page.raw
    shapes = [shape_at(handle, index) for index in range(raw_pdfium.FPDFPage_CountObjects(handle))]
    found = []
    for shape in shapes:
        if kind_of(shape) not in _PICTURES or not _holds_image(shape, _DEEP):
            continue
        left, bottom, right, top = (ctypes.c_float() for _ in range(4))
        if raw_pdfium.FPDFPageObj_GetBounds(shape, left, bottom, right, top):
            found.append(_on_paper(page, (left.value, bottom.value, right.value, top.value)))
    return found


def _holds_image(shape: Any, deep: int) -> bool:
    kind = raw_pdfium.FPDFPageObj_GetType(shape)
    if kind != raw_pdfium.FPDF_PAGEOBJ_FORM or not deep:
        return bool(kind == raw_pdfium.FPDF_PAGEOBJ_IMAGE)
    inside = range(raw_pdfium.FPDFFormObj_CountObjects(shape))
    return any(_holds_image(raw_pdfium.FPDFFormObj_GetObject(shape, index), deep - 1) for index in inside)


def _lies_on(line: Place, images: Sequence[Place]) -> bool:
    across, down = (line[0] + line[2]) / 2, (line[1] + line[3]) / 2
    return any(left <= across <= right and top <= down <= bottom for left, top, right, bottom in images)


def _lines(page: Any, characters: Any) -> tuple[Place, ...]:
    """The boxes of the layer's lines, or parts of lines, in points from the top left corner."""
    return tuple(_on_paper(page, characters.get_rect(index)) for index in range(characters.count_rects()))


def _rows_of_words(page: Any, images: Sequence[Place], lines: Sequence[Place]) -> int:
    """How many rows of dots, one dot a point, look like words on the images beside the lines of the text layer."""
    width, height = page.get_size()
    scale = min(1.0, (_MOST_DOTS / max(1.0, width * height)) ** 0.5)
    whole = page.render(scale=scale, grayscale=True).to_pil().convert("L")
    paper = max(enumerate(whole.histogram()), key=itemgetter(1))[0]
    ink = whole.point([255 if level < paper - _INK else 0 for level in range(256)])
    seen = Image.new("L", ink.size)
    for box in images:
        left, top, right, bottom = (corner * scale for corner in box)
        spot = max(0, math.floor(left)), max(0, math.floor(top)), min(ink.width, math.ceil(right)), min(ink.height, math.ceil(bottom))
        if spot[0] < spot[2] and spot[1] < spot[3]:
            seen.paste(ink.crop(spot), spot[:2])
    brush = ImageDraw.Draw(seen)
    for box in lines:
        left, top, right, bottom = (corner * scale for corner in box)
        brush.rectangle((left - _OVERLAP, top - _OVERLAP, right + _OVERLAP, bottom + _OVERLAP), fill=0)
    # where ink begins or ends within a row: twice a gap
    edges = ImageChops.difference(seen, ImageChops.offset(seen, 1, 0))
    changes = struct.unpack(f"{edges.height}f", edges.convert("F").resize((1, edges.height), Image.Resampling.BOX).tobytes())
    return sum(change * edges.width / 255 >= 2 * _GAPS for change in changes)


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
