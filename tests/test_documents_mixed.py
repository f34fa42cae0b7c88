"""A page that is partly text and partly an image of text: both are read, each word once, each in its place."""

from __future__ import annotations

import io
import shutil
import subprocess
from pathlib import Path

import pikepdf
import pytest
import typst
from PIL import Image, ImageDraw

from openimr.documents import Document, Page, WordBox, images, locate, read
from openimr.documents._kept import PageWords
from openimr.documents._mixed import scanned_page

needs_tesseract = pytest.mark.skipif(shutil.which("tesseract") is None, reason="Tesseract is not installed, so scans stay unread")

PAPER = "#set page(width: 612pt, height: 792pt, margin: 72pt)\n#set text(size: 12pt, hyphenate: false)\n"
HEADER = "Progress report of the clinic, dated 03/17/2014, for the worker named below."
FOOTER = "Typed footer below the image, signed by the physician."
PASTED = "Palpation shows a taut band at L4-L5 with a twitch response. Straight leg raise is negative on the left side. Ten visits done."


def strip(words: str = PASTED) -> Image.Image:
    """A few lines of a scan, 468 points wide, and nothing around them."""
    settings = "#set page(width: 468pt, height: auto, margin: 4pt)\n#set text(size: 12pt, hyphenate: false)\n"
    picture = typst.compile((settings + words).encode(), format="png", ppi=200, ignore_system_fonts=True)
    assert isinstance(picture, bytes)
    return Image.open(io.BytesIO(picture)).convert("L")


def page_with(folder: Path, body: str, image: Image.Image, width: str = "468pt") -> Path:
    """A page of text in which PICTURE is the image."""
    image.save(folder / "picture.png", dpi=(200, 200))
    source = folder / "page.typ"
    source.write_text(PAPER + body.replace("PICTURE", f'#image("picture.png", width: {width})'), encoding="utf-8")
    path = folder / "page.pdf"
    path.write_bytes(typst.compile(str(source), ignore_system_fonts=True))
    return path


def only_page(path: Path) -> tuple[Document, Page]:
    document = read(path, path.name)
    assert isinstance(document, Document), document
    (page,) = document.pages
    return document, page


def words(text: str) -> str:
    return " ".join(text.split())


def ink_in(path: Path, box: tuple[float, float, float, float]) -> bool:
    picture = images(path, [1], dpi=144)[1]
    shown = Image.open(io.BytesIO(picture.data)).convert("L")
    scale = shown.width / picture.width
    return min(shown.crop(tuple(round(corner * scale) for corner in box)).tobytes()) < 120  # type: ignore[arg-type] # four corners


@needs_tesseract
def test_a_typed_header_and_a_scanned_part_are_both_read_and_each_word_once(tmp_path: Path) -> None:
    path = page_with(tmp_path, f"{HEADER}\n\nPICTURE", strip())
    document, page = only_page(path)
    assert words(page.text) == f"{HEADER} {PASTED}"
    assert page.ocr
    assert page.unread is None
    assert page.confidence is not None
    assert page.confidence > 0.8
    assert page.layer is not None
    assert words(page.text[slice(*page.layer)]) == HEADER
    assert [page.text[word.start : word.end] for word in page.words] == PASTED.split()
    for quote in ("dated 03/17/2014", "taut band at L4-L5"):
        start = page.text.index(quote)
        ((left, top, right, bottom),) = locate(path, document, {1: [(start, start + len(quote))]})[1, start, start + len(quote)]
        assert ink_in(path, (left, top, right, bottom))
        assert (top > 92) == (quote in PASTED)
        assert 5 < bottom - top < 16
        assert 60 < right - left < 130


@pytest.mark.slow
@needs_tesseract
def test_a_span_over_both_parts_has_the_boxes_of_both_in_the_order_of_the_text(tmp_path: Path) -> None:
    path = page_with(tmp_path, f"{HEADER}\n\nPICTURE", strip())
    document, page = only_page(path)
    span = page.text.index("named below."), page.text.index("Palpation") + len("Palpation")
    upper, lower = locate(path, document, {1: [span]})[1, *span]
    assert upper[3] < lower[1]


@needs_tesseract
def test_a_scanned_part_above_the_text_stands_before_it(tmp_path: Path) -> None:
    path = page_with(tmp_path, f"PICTURE\n\n{FOOTER}", strip())
    document, page = only_page(path)
    assert words(page.text) == f"{PASTED} {FOOTER}"
    assert [page.text[word.start : word.end] for word in page.words] == PASTED.split()
    start = page.text.index("signed")
    ((_, top, _, bottom),) = locate(path, document, {1: [(start, start + 6)]})[1, start, start + 6]
    assert ink_in(path, (300, top, 330, bottom))
    span = page.text.index("side."), page.text.index("Typed") + 5
    upper, lower = locate(path, document, {1: [span]})[1, *span]
    assert upper[3] < lower[1]


@pytest.mark.slow
@needs_tesseract
def test_a_few_scanned_lines_in_a_page_full_of_text_are_read(tmp_path: Path) -> None:
    _, page = only_page(page_with(tmp_path, "#lorem(120)\n\nPICTURE\n\n#lorem(80)", strip()))
    assert words(page.text).endswith(PASTED)
    assert page.text.count("Lorem ipsum") == 2


@pytest.mark.slow
@needs_tesseract
def test_on_a_turned_page_both_kinds_of_words_lie_where_the_page_shows_them(tmp_path: Path) -> None:
    path = page_with(tmp_path, f"{HEADER}\n\nPICTURE", strip(PASTED * 3))
    with pikepdf.open(path, allow_overwriting_input=True) as paper:
        paper.pages[0].Rotate = 180
        paper.save(path)
    document, page = only_page(path)
    assert words(page.text).count("Palpation") == 3
    for quote, upper in (("dated 03/17/2014", 700), ("Palpation", 600)):
        start = page.text.index(quote)
        ((left, top, right, bottom),) = locate(path, document, {1: [(start, start + len(quote))]})[1, start, start + len(quote)]
        assert top > upper
        assert ink_in(path, (left, top, right, bottom))


@pytest.mark.slow
@needs_tesseract
def test_a_stamp_over_a_scan_keeps_its_own_words(tmp_path: Path) -> None:
    scan = Image.new("L", (1700, 2200), 255)
    scan.paste(strip(PASTED * 4), (200, 400))
    path = page_with(
        tmp_path, "#place(top + left, dx: -72pt, dy: -72pt)[PICTURE]\nRECEIVED MAR 18 2014 #text(size: 2pt)[IMR-00012345]", scan, "612pt"
    )
    _, page = only_page(path)
    assert page.layer == (0, len("RECEIVED MAR 18 2014 IMR-00012345"))
    assert page.text.startswith("RECEIVED MAR 18 2014 IMR-00012345")
    assert words(page.text).count("RECEIVED") == 1
    assert words(page.text).count("twitch response") == 4


@pytest.mark.slow
@needs_tesseract
def test_a_scan_that_was_made_out_before_is_not_made_out_again(tmp_path: Path) -> None:
    scan = Image.new("L", (1700, 2200), 255)
    scan.paste(strip(PASTED * 6), (200, 300))
    ImageDraw.Draw(scan).rectangle((150, 200, 1550, 1000), outline=0, width=3)  # the frame of a form
    scan.save(tmp_path / "scan.png", dpi=(200, 200))
    subprocess.run(["tesseract", str(tmp_path / "scan.png"), str(tmp_path / "scan"), "pdf"], check=True, capture_output=True)
    document, page = only_page(tmp_path / "scan.pdf")
    assert words(page.text).count("twitch response") == 6
    assert not page.ocr
    assert "tesseract" not in document.readers


@pytest.mark.parametrize("kind", ["logo", "photograph", "rules"])
def test_a_picture_without_words_leaves_a_page_as_it_is(tmp_path: Path, kind: str) -> None:
    picture = Image.new("L", (900, 500), 255)
    brush = ImageDraw.Draw(picture)
    if kind == "logo":
        brush.ellipse((300, 50, 600, 350), fill=0)
    elif kind == "photograph":
        picture = Image.radial_gradient("L").resize((900, 500))
    else:
        for at in range(50, 500, 50):
            brush.line((0, at, 900, at), fill=0, width=3)
            brush.line((at, 0, at, 500), fill=0, width=3) if at % 150 == 0 else None
    document, page = only_page(page_with(tmp_path, f"{HEADER}\n\nPICTURE", picture, "300pt"))
    assert (words(page.text), page.ocr, page.unread, page.words) == (HEADER, False, None, ())
    assert "tesseract" not in document.readers


def test_without_tesseract_the_text_stays_and_the_image_is_told_as_unread(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = page_with(tmp_path, f"{HEADER}\n\nPICTURE", strip())
    monkeypatch.setenv("PATH", "")
    _, page = only_page(path)
    assert words(page.text) == HEADER
    assert not page.ocr
    assert "Tesseract is not installed" in (page.unread or "")


def made_out(*said: tuple[str, float, float], confidence: float = 0.9) -> PageWords:
    """Words as (text, left, top), each 40 points wide and 10 high, a line each."""
    text, found = "", []
    for word, left, top in said:
        text += "\n" if text else ""
        found.append((len(text), len(text) + len(word), left, top, left + 40, top + 10, confidence))
        text += word
    return PageWords(text, tuple(found), confidence, None)


def test_words_under_the_lines_of_the_layer_are_the_layers_own() -> None:
    page = scanned_page(3, made_out(("seen", 100, 100), ("new", 100, 130), ("words", 100, 150)), "seen", [(100, 99, 140, 111)])
    assert page == Page(
        3, "seen\n\nnew\nwords", True, 0.9, None, (WordBox(6, 9, (100, 130, 140, 140)), WordBox(10, 15, (100, 150, 140, 160))), (0, 4)
    )


def test_where_all_words_are_the_layers_own_the_page_is_text() -> None:
    assert scanned_page(1, made_out(("seen", 100, 100)), "seen", [(90, 98, 150, 112)]) == Page(1, "seen")


def test_an_image_on_which_nothing_can_be_made_out_is_told_and_the_text_stays() -> None:
    found = PageWords("", (), None, "no words could be made out on this scanned page: look at the page")
    assert scanned_page(1, found, "typed", [(0, 0, 9, 9)]) == Page(1, "typed", unread=found.unread)


def test_words_made_out_with_doubt_beside_text_are_told_as_hardly_legible() -> None:
    page = scanned_page(1, made_out(("scr@wl", 100, 300), confidence=0.2), "typed", [(0, 0, 9, 9)])
    assert page.text == "typed\n\nscr@wl"
    assert "hardly legible (confidence 0.20)" in (page.unread or "")
