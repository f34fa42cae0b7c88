"""Words and their places on the image of a page, by Tesseract. Runs in the child process only."""

from __future__ import annotations

import csv
import hashlib
import os
import re
import subprocess
from bisect import bisect_left
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from itertools import pairwise
from pathlib import Path
from typing import Protocol

from PIL import Image

from . import _characters
from ._characters import clean, origins

DPI = 300  # what Tesseract's models were trained for
_DOUBTFUL = 0.6  # mean confidence below which the page may lie on its side
_FEW_WORDS = 5
_ILLEGIBLE = 0.35  # handwriting and photographs: what comes out is mostly not what is written
_INK = 0.002  # share of pixels that are not paper above which a page is not empty
_SPECK = 0.00002  # share of pixels that are not paper below which not even a digit stands on the page
_PAPER = 48  # levels of grey within which it is still paper, and what a scanner's lamp makes of it: faint pencil is darker
_ROTATE = re.compile(r"^Rotate: (\d+)", re.M)
_TURNS = {90: Image.Transpose.ROTATE_270, 180: Image.Transpose.ROTATE_180, 270: Image.Transpose.ROTATE_90}

Place = tuple[float, float, float, float]


class Scanned(Protocol):
    """A page as a grey image of about 300 dots per inch, and its size in points."""

    @property
    def image(self) -> Image.Image:
        """The page, grey."""

    @property
    def width(self) -> float:
        """Points across."""

    @property
    def height(self) -> float:
        """Points down."""


class OcrFailed(Exception):
    """Tesseract gave no answer for a page; the message says why."""


@dataclass(frozen=True, slots=True)
class Words:
    """The text of a page, its words as (start, end, box in points, confidence), and the mean confidence (None without words)."""

    text: str
    places: tuple[tuple[int, int, Place, float], ...]
    confidence: float | None
    unread: str | None


@dataclass(frozen=True, slots=True)
class _Word:
    text: str
    paragraph: tuple[int, int]
    line: int
    confidence: float
    box: Place


def sight_of(page: Scanned) -> str:
    """Return a digest of all that decides what is made out on a page, but for Tesseract's version: pixels, sizes, and this code."""
    said = f"{page.image.width}x{page.image.height} {page.width}x{page.height} {DPI} {_code()} "
    return hashlib.sha256(said.encode() + page.image.tobytes()).hexdigest()


@cache
def _code() -> str:
    # the modules themselves rather than a number somebody has to remember to raise
    return hashlib.sha256(b"".join(Path(file).read_bytes() for file in (__file__, _characters.__file__))).hexdigest()


def words_on(page: Scanned, seconds: int) -> Words:
    """Return what can be made out on a page; a page that lies on its side is turned first. Raises OcrFailed."""
    image = page.image
    if _ink(image) <= _SPECK:
        return Words("", (), None, None)  # Tesseract would see words in the grain of the paper, and take its time
    words = _recognise(image, seconds)
    if len(words) < _FEW_WORDS or _mean(words) < _DOUBTFUL:
        words = _upright(image, words, seconds)
    raw, starts = _text(words)
    scale_x, scale_y = page.width / image.width, page.height / image.height
    at = origins(raw)
    places = tuple(
        (
            bisect_left(at, start),
            bisect_left(at, start + len(word.text)),
            _scaled(word.box, scale_x, scale_y),
            round(word.confidence, 4),
        )
        for start, word in zip(starts, words, strict=True)
    )
    confidence = round(_mean(words), 4) if words else None
    return Words(clean(raw), places, confidence, _doubt(image, confidence))


def _scaled(box: Place, across: float, down: float) -> Place:
    left, top, right, bottom = box
    return round(left * across, 2), round(top * down, 2), round(right * across, 2), round(bottom * down, 2)


def _doubt(image: Image.Image, confidence: float | None) -> str | None:
    if confidence is None:
        return "no words could be made out on this scanned page: look at the page" if _ink(image) > _INK else None
    if confidence < _ILLEGIBLE:
        return f"the scan is hardly legible (confidence {confidence:.2f}): look at the page"
    return None


def _ink(image: Image.Image) -> float:
    """The share of the page that is darker than its paper, or lighter than its ground."""
    greys = image.histogram()
    paper = max(range(len(greys)), key=greys.__getitem__)
    return 1 - sum(greys[max(0, paper - _PAPER) : paper + _PAPER + 1]) / (image.width * image.height)


def _mean(words: list[_Word]) -> float:
    return sum(word.confidence for word in words) / len(words) if words else 0.0


def _text(words: list[_Word]) -> tuple[str, list[int]]:
    """Return the words as lines and paragraphs, and where each word starts."""
    if not words:
        return "", []
    parts, starts = [words[0].text], [0]
    for before, word in pairwise(words):
        gap = "\n\n" if word.paragraph != before.paragraph else "\n" if word.line != before.line else " "
        starts.append(starts[-1] + len(before.text) + len(gap))
        parts += [gap, word.text]
    return "".join(parts), starts


def _upright(image: Image.Image, words: list[_Word], seconds: int) -> list[_Word]:
    """Return the words of the page turned upright when that reads better, their boxes on the page as it lies."""
    best = words
    # Tesseract takes a page that stands on its head for one that lies on its side
    for turn in dict.fromkeys((_told_turn(image, seconds), 180 if words else 0)):
        if turn not in _TURNS or (len(best) >= _FEW_WORDS and _mean(best) >= _DOUBTFUL):
            continue
        turned = _recognise(image.transpose(_TURNS[turn]), seconds)
        if sum(word.confidence for word in turned) > sum(word.confidence for word in best):
            best = [_Word(w.text, w.paragraph, w.line, w.confidence, _turned_back(w.box, turn, image.width, image.height)) for w in turned]
    return best


def _told_turn(image: Image.Image, seconds: int) -> int:
    """How far the page must be turned clockwise in Tesseract's opinion, in degrees."""
    try:
        found = _ROTATE.search(_tesseract(image, ["--psm", "0"], seconds))
    except OcrFailed:
        return 0  # too few characters to tell which way is up
    return int(found.group(1)) if found else 0


def _turned_back(box: Place, turn: int, width: int, height: int) -> Place:
    left, top, right, bottom = box
    if turn == 90:
        return top, height - right, bottom, height - left
    if turn == 180:
        return width - right, height - bottom, width - left, height - top
    return width - bottom, left, width - top, right


def _recognise(image: Image.Image, seconds: int) -> list[_Word]:
    return list(_words(_tesseract(image, ["--psm", "3", "tsv"], seconds)))


def _words(table: str) -> Iterator[_Word]:
    for row in csv.DictReader(table.splitlines(), delimiter="\t", quoting=csv.QUOTE_NONE):
        text = (row["text"] or "").strip()
        if row["level"] != "5" or not text:
            continue
        left, top = float(row["left"]), float(row["top"])
        yield _Word(
            text=text,
            paragraph=(int(row["block_num"]), int(row["par_num"])),
            line=int(row["line_num"]),
            confidence=max(0.0, float(row["conf"])) / 100,
            box=(left, top, left + float(row["width"]), top + float(row["height"])),
        )


def _tesseract(image: Image.Image, options: list[str], seconds: int) -> str:
    # one thread a page: Tesseract's own threads cost four times the time (pages run side by side instead)
    settings = {**os.environ, "OMP_THREAD_LIMIT": "1"}
    data = b"P5\n%d %d\n255\n" % image.size + image.tobytes()
    try:
        done = subprocess.run(
            ["tesseract", "stdin", "stdout", "-l", "eng", "--dpi", str(DPI), *options],  # noqa: S607 - found on PATH, as Debian installs it
            input=data,
            capture_output=True,
            timeout=seconds,
            env=settings,
            check=False,
        )
    except FileNotFoundError:
        raise OcrFailed("Tesseract is not installed: install it (Debian: tesseract-ocr) and read again") from None
    except subprocess.TimeoutExpired:
        raise OcrFailed(f"Tesseract took longer than {seconds} s: look at the page") from None
    if done.returncode:
        said = done.stderr.decode("utf-8", "replace").strip().splitlines()
        raise OcrFailed(f"Tesseract failed (code {done.returncode}{': ' + clean(said[-1])[:120] if said else ''}): look at the page")
    return done.stdout.decode("utf-8", "replace")
