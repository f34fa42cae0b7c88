"""Pictures of the pages of the record: boxes where the passages stand, and what they are in the margin."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

import pytest
import typst
from PIL import Image

from openimr.documents import Document, PageImage, images, locate, read
from openimr.review._marked import DPI, Marked, drawn, file_names, marked_pages

YELLOW = (255, 234, 140)
FRAME = (163, 71, 0)
TEXT = """
#set page(paper: "us-letter", margin: 72pt)
#set text(size: 12pt)
The patient was seen.\\
A palpable taut band was felt.\\
Nothing else.
"""


def evidence(document: str, page: int, box: tuple[float, ...] | None, use: str = "counted") -> dict[str, Any]:
    return {"document": document, "page": page, "box": [list(box)] if box else None, "use": use}


def sheet(*criteria: tuple[str, str, dict[str, Any]], role: str = "governing") -> dict[str, Any]:
    told = [{"label": label, "state": state, "evidence": [each]} for label, state, each in criteria]
    return {"requests": [{"number": 1, "components": [{"rules": [{"role": role, "criteria": told}]}]}]}


@pytest.fixture
def page(tmp_path: Path) -> tuple[PageImage, tuple[float, float, float, float]]:
    """A page and the box of "palpable taut band" on it."""
    path = tmp_path / "a.pdf"
    path.write_bytes(typst.compile(TEXT.encode()))
    document = read(path, "a.pdf")
    assert isinstance(document, Document)
    start = document.pages[0].text.index("palpable")
    (box,) = locate(path, document, {1: [(start, start + len("palpable taut band"))]})[1, start, start + len("palpable taut band")]
    return images(path, [1], dpi=DPI)[1], box


def picture(view: PageImage, marked: Marked) -> Image.Image:
    shown = Image.open(io.BytesIO(drawn(view, marked)))
    assert shown.format == "PNG"
    return shown.convert("RGB")


def near(colour: Any, wanted: tuple[int, int, int]) -> bool:
    return all(abs(part - want) <= 6 for part, want in zip(colour, wanted, strict=True))


def darkest(image: Image.Image) -> int:
    return min(image.convert("L").tobytes())


def test_the_colour_of_the_box_lies_where_the_quote_stands_and_nowhere_else(
    page: tuple[PageImage, tuple[float, float, float, float]],
) -> None:
    view, box = page
    shown = picture(view, Marked({(box,): ["Request 1: Trigger point shown on palpation: met"]}))
    scale = DPI / 72
    x0, y0, x1, y1 = (round(value * scale) for value in box)
    colours = shown.crop((x0, y0, x1, y1)).getcolors(100_000) or []
    assert near(max(colours)[1], YELLOW)
    assert darkest(shown.crop((x0, y0, x1, y1))) < 40  # the words are as dark as they were
    assert near(shown.getpixel(((x0 + x1) // 2, y0 - 1)), FRAME)
    assert near(shown.getpixel((x0 - 1, (y0 + y1) // 2)), FRAME)
    wide = shown.width - 460
    bare = picture(view, Marked())
    for place in ((10, 10), (x0, y1 + 60), (wide - 5, y0), (x1 + 12, (y0 + y1) // 2)):
        assert shown.getpixel(place) == bare.getpixel(place)
    assert not any(near(colour, YELLOW) for _, colour in bare.getcolors(100_000) or [])


def test_the_margin_says_what_each_number_is(page: tuple[PageImage, tuple[float, float, float, float]]) -> None:
    view, box = page
    one = picture(view, Marked({(box,): ["Request 1: Trigger point shown on palpation: met"]}))
    two = picture(view, Marked({(box,): ["Request 1: Trigger point shown on palpation: met", "Request 2: Another one: not met"]}))
    margin = (one.width - 460, 0, one.width, one.height)

    def rows(shown: Image.Image) -> set[int]:
        return {y for y in range(shown.height) if darkest(shown.crop((margin[0] + 40, y, shown.width, y + 1))) < 100}

    assert len(rows(one)) > 20  # two lines of letters
    assert rows(one) < rows(two)
    assert near(one.getpixel((margin[0] + 18, 28)), FRAME)  # the number's own colour


def test_a_margin_longer_than_the_page_is_kept_whole(page: tuple[PageImage, tuple[float, float, float, float]]) -> None:
    view, box = page
    lines = [f"Request 1: criterion {number} of a long list of them: not documented" for number in range(60)]
    shown = picture(view, Marked({(box,): lines}))
    assert shown.height > 60 * 2 * 25
    assert darkest(shown.crop((shown.width - 460, shown.height - 60, shown.width, shown.height))) < 100


def test_only_boxed_passages_of_governing_criteria_have_a_picture_those_that_count_first() -> None:
    found = marked_pages(
        sheet(
            ("Older", "Met", evidence("a.pdf", 2, (1, 2, 3, 4), "older")),
            ("Band", "NotMet", evidence("a.pdf", 1, (1, 2, 3, 4))),
            ("Twitch", "Met", evidence("a.pdf", 1, (1, 2, 3, 4))),
            ("Unboxed", "Met", evidence("a.txt", 1, None)),
        )
    )
    assert list(found) == [("a.pdf", 1), ("a.pdf", 2)]
    assert found["a.pdf", 1].passages == {((1, 2, 3, 4),): ["Request 1: Band: not met", "Request 1: Twitch: met"]}
    assert found["a.pdf", 2].passages == {((1, 2, 3, 4),): ["Request 1: Older: met [older, replaced by a later finding]"]}
    assert marked_pages(sheet(("Band", "Met", evidence("a.pdf", 1, (1, 2, 3, 4))), role="shadow")) == {}


def test_what_the_font_has_no_letter_for_is_written_in_letters_it_has() -> None:
    found = marked_pages(sheet(("Relief ≥ 50 % \u2013 señal “λ”", "Met", evidence("a.pdf", 1, (1, 2, 3, 4)))))
    assert found["a.pdf", 1].passages == {((1, 2, 3, 4),): ['Request 1: Relief >= 50 % - senal "?": met']}


def test_names_of_pictures_are_those_of_document_and_page_and_no_two_are_the_same() -> None:
    assert file_names([("packet.pdf", 3), ("old/scan 1.pdf", 12), ("old_scan_1.pdf", 12), ("..\\x.png", 1)]) == {
        ("packet.pdf", 3): "packet.pdf-p3.png",
        ("old/scan 1.pdf", 12): "old_scan_1.pdf-p12.png",
        ("old_scan_1.pdf", 12): "old_scan_1.pdf-p12-2.png",
        ("..\\x.png", 1): ".._x.png-p1.png",
    }
