"""Pages of the record as picture files, with the passages of the governing criteria boxed and named in the margin."""

from __future__ import annotations

import io
import re
import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from PIL import Image, ImageChops, ImageDraw, ImageFont

from openimr.documents import PageImage

_Font = ImageFont.FreeTypeFont | ImageFont.ImageFont
Boxes = tuple[tuple[float, float, float, float], ...]

_SHADES = 100  # of grey, and of grey under the marker: a scan takes half the room and looks the same
DPI = 144  # twice the screen's: small print of a fax stays legible
_FRAME = (163, 71, 0)  # the colours of the worksheet page
_FILL = (255, 234, 140)
_INK = (20, 20, 20)
_MARGIN = 460  # dots at the right of the page, for what the boxes are
_EDGE = 16
_SIZE = 19  # dots; the height of letters in the margin
_LINE = 25
_SMALL = 13
_TAG = 15  # dots; hardly more than the space between two lines
_STATES = {
    "Met": "met",
    "NotMet": "not met",
    "NotDocumented": "not documented",
    "Conflicting": "conflicting",
    "NotApplicable": "not applicable",
}
_USES = {"older": "older, replaced by a later finding", "elsewhere": "another body part or side", "claim": "a claim only", "later": "later"}
_PLAIN = str.maketrans({"≥": ">=", "≤": "<=", "–": "-", "—": "-", "’": "'", "‘": "'", "“": '"', "”": '"', "×": "x"})  # noqa: RUF001
_UNSAFE = re.compile(r"[^\w.#-]+")


@dataclass(slots=True)
class Marked:
    """What is boxed on one page: what is said of each passage, by its boxes (points from the page's top left corner)."""

    passages: dict[Boxes, list[str]] = field(default_factory=dict)


def marked_pages(sheet: Mapping[str, Any]) -> dict[tuple[str, int], Marked]:
    """Return the pages with boxed passages of governing criteria of a worksheet (its JSON object), those that count first.

    Each passage has a line for every criterion it stands behind, with the request's number and the criterion's state.
    """
    found: dict[tuple[str, int], Marked] = {}
    told = sorted(_told(sheet), key=lambda each: each[1]["use"] != "counted")
    for line, evidence in told:
        boxes = tuple((box[0], box[1], box[2], box[3]) for box in evidence["box"] or ())
        if boxes:
            lines = found.setdefault((evidence["document"], evidence["page"]), Marked()).passages.setdefault(boxes, [])
            if line not in lines:
                lines.append(line)
    return found


def _told(sheet: Mapping[str, Any]) -> Iterator[tuple[str, Mapping[str, Any]]]:
    for request in sheet["requests"]:
        for component in request["components"]:
            governing = next((rule for rule in component["rules"] if rule["role"] == "governing"), None)
            for criterion in governing["criteria"] if governing else ():
                state = _STATES[criterion["state"]]
                for each in criterion["evidence"]:
                    use = f" [{_USES[each['use']]}]" if each["use"] in _USES else ""
                    yield _in_letters(f"Request {request['number']}: {criterion['label']}: {state}{use}"), each


def _in_letters(text: str) -> str:
    """Return a line in the letters the font has, which are those of ASCII."""
    plain = unicodedata.normalize("NFKD", text.translate(_PLAIN))
    return "".join(letter if letter.isascii() else "?" for letter in plain if not unicodedata.combining(letter))


def file_names(pages: list[tuple[str, int]]) -> dict[tuple[str, int], str]:
    """Return the name of each page's picture, <document>-p<page>.png; marks a file name cannot have are lines, and no two are the same."""
    names: dict[tuple[str, int], str] = {}
    for document, page in pages:
        stem = f"{_UNSAFE.sub('_', document)}-p{page}"
        taken, name, number = set(names.values()), f"{stem}.png", 1
        while name in taken:
            number += 1
            name = f"{stem}-{number}.png"
        names[document, page] = name
    return names


def drawn(view: PageImage, marked: Marked) -> bytes:
    """Return a page as PNG with its passages boxed and numbered, and in the margin what each number is."""
    page = Image.open(io.BytesIO(view.data), formats=("PNG", "WEBP")).convert("RGB")
    across, down = page.width / view.width, page.height / view.height
    font, small = ImageFont.load_default(_SIZE), ImageFont.load_default(_SMALL)
    ordered = sorted(marked.passages.items(), key=lambda each: (each[0][0][1], each[0][0][0]))
    page = _tint(page, [box for boxes, _ in ordered for box in boxes], across, down)
    margin = _margin([(str(number), lines) for number, (_, lines) in enumerate(ordered, start=1)], font, small)
    sheet = Image.new("RGB", (page.width + _MARGIN, max(page.height, margin.height)), "white")
    sheet.paste(page, (0, 0))
    sheet.paste(margin, (page.width, 0))
    draw = ImageDraw.Draw(sheet)
    for number, (boxes, _) in enumerate(ordered, start=1):
        for x0, y0, x1, y1 in boxes:
            draw.rectangle((x0 * across - 2, y0 * down - 2, x1 * across + 2, y1 * down + 2), outline=_FRAME, width=3)
        _tag(draw, str(number), boxes[0][0] * across - 3, boxes[0][1] * down - _TAG + 2, small)
    data = io.BytesIO()
    sheet.quantize(palette=_palette(), dither=Image.Dither.NONE).save(data, "PNG")
    return data.getvalue()


def _tint(page: Image.Image, boxes: list[tuple[float, float, float, float]], across: float, down: float) -> Image.Image:
    """Lay the boxes' colour over the page as a marker does: what is printed stays as dark as it is."""
    marker = Image.new("RGB", page.size, "white")
    draw = ImageDraw.Draw(marker)
    for x0, y0, x1, y1 in boxes:
        draw.rectangle((x0 * across, y0 * down, x1 * across, y1 * down), fill=_FILL)
    return ImageChops.multiply(page, marker)


@cache
def _palette() -> Image.Image:
    """The colours a picture has: greys, greys under the marker, and the frame with the letters on it."""
    greys = [round(step * 255 / (_SHADES - 1)) for step in range(_SHADES)]
    colours = [(grey, grey, grey) for grey in greys]
    colours += [(grey * _FILL[0] // 255, grey * _FILL[1] // 255, grey * _FILL[2] // 255) for grey in greys]
    colours += [_blend(step / 15) for step in range(16)]
    image = Image.new("P", (1, 1))
    image.putpalette([part for colour in colours for part in colour])
    return image


def _blend(white: float) -> tuple[int, int, int]:
    red, green, blue = (round(part + (255 - part) * white) for part in _FRAME)
    return red, green, blue


def _tag(draw: ImageDraw.ImageDraw, number: str, left: float, top: float, font: _Font) -> None:
    """Write a box's number; on the page it sits on the box's upper left corner, between the lines."""
    right = left + draw.textlength(number, font=font) + 8
    draw.rectangle((left, top, right, top + _TAG), fill=_FRAME)
    draw.text(((left + right) / 2, top + _TAG / 2), number, fill="white", font=font, anchor="mm")


def _margin(entries: list[tuple[str, list[str]]], font: _Font, small: _Font) -> Image.Image:
    """Return the margin: each number with the criteria its passage stands behind."""
    measure = ImageDraw.Draw(Image.new("RGB", (1, 1)))
    indent = _EDGE + 38
    wrapped = [
        (number, [part for line in lines for part in _wrapped(line, _MARGIN - indent - _EDGE, measure, font)]) for number, lines in entries
    ]
    height = 2 * _EDGE + sum(len(lines) * _LINE + _EDGE for _, lines in wrapped)
    margin = Image.new("RGB", (_MARGIN, height), "white")
    draw = ImageDraw.Draw(margin)
    top = _EDGE
    for number, lines in wrapped:
        _tag(draw, number, _EDGE, top + 4, small)
        for line in lines:
            draw.text((indent, top), line, fill=_INK, font=font)
            top += _LINE
        top += _EDGE
    return margin


def _wrapped(text: str, width: float, draw: ImageDraw.ImageDraw, font: _Font) -> list[str]:
    lines: list[str] = []
    for word in text.split():
        if lines and draw.textlength(f"{lines[-1]} {word}", font=font) <= width:
            lines[-1] += f" {word}"
        else:
            lines.append(word)
    return lines
