"""Files of every kind become pages of text, or say why they do not."""

from __future__ import annotations

import io
import json
import shutil
import sys
import zipfile
from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from itertools import pairwise
from pathlib import Path

import docx
import pikepdf
import pytest
import typst
from docx.enum.text import WD_BREAK
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from openimr import documents
from openimr.documents import (
    DEFAULT,
    Document,
    ReadingFailed,
    Sidecar,
    UnreadableDocument,
    boxes,
    images,
    locate,
    read,
    read_each,
    read_folder,
)
from openimr.documents._characters import clean, origins
from openimr.documents._read import Reader
from openimr.sources import digest

needs_tesseract = pytest.mark.skipif(shutil.which("tesseract") is None, reason="Tesseract is not installed, so scans stay unread")

LETTER = "#set page(width: 612pt, height: 792pt, margin: 72pt)\n#set text(size: 12pt, hyphenate: false)\n"
SENTENCES = "Palpation shows a taut band at L4-L5 with a twitch response. Straight leg raise is negative on the left."


def pdf(body: str, settings: str = LETTER) -> bytes:
    return typst.compile((settings + body).encode(), ignore_system_fonts=True)


def put(folder: Path, name: str, data: bytes | str) -> Path:
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data.encode() if isinstance(data, str) else data)
    return path


def opened(path: Path, name: str | None = None) -> Document:
    document = read(path, name or path.name)
    assert isinstance(document, Document), document
    return document


def refused(path: Path, **limits: int) -> UnreadableDocument:
    document = read(path, path.name, limits=replace(DEFAULT, **limits))
    assert isinstance(document, UnreadableDocument)
    return document


def scan_of(data: bytes, page: int = 1, dpi: int = 200) -> Image.Image:
    pages = typst.compile(data, format="png", ppi=dpi, ignore_system_fonts=True)
    one = pages[page - 1] if isinstance(pages, list) else pages
    return Image.open(io.BytesIO(one)).convert("L")


def scanned(body: str = SENTENCES) -> Image.Image:
    return scan_of((LETTER + body).encode())


def image_pdf(*pages: Image.Image, stamp: str = "") -> bytes:
    out = io.BytesIO()
    pages[0].save(out, "PDF", save_all=True, append_images=pages[1:], resolution=200)
    if not stamp:
        return out.getvalue()
    with pikepdf.open(io.BytesIO(out.getvalue())) as paper, pikepdf.open(io.BytesIO(pdf(f"#place(top, dy: -60pt)[{stamp}]"))) as over:
        paper.pages[0].add_overlay(over.pages[0], None)
        stamped = io.BytesIO()
        paper.save(stamped)
    return stamped.getvalue()


def place_of(document: Document, words: str, page: int = 1) -> tuple[int, int, int]:
    start = document.pages[page - 1].text.index(words)
    return page, start, start + len(words)


def darkest(image: Image.Image) -> int:
    return min(image.tobytes())


# --- PDF with a text layer


def test_a_pdf_gives_its_pages_in_order_with_plain_line_ends(tmp_path: Path) -> None:
    document = opened(put(tmp_path, "a.pdf", pdf("First line \\\nsecond line #pagebreak() Third")))
    assert [page.text for page in document.pages] == ["First line\nsecond line", "Third"]
    assert [(page.number, page.ocr, page.unread) for page in document.pages] == [(1, False, None), (2, False, None)]


def test_a_document_names_its_bytes_and_its_reader(tmp_path: Path) -> None:
    data = pdf("Text")
    document = opened(put(tmp_path, "a.pdf", data), "visits/a.pdf")
    assert (document.name, document.sha256, list(document.readers)) == ("visits/a.pdf", digest(data), ["pdfium"])


def test_reading_twice_gives_the_same(tmp_path: Path) -> None:
    path = put(tmp_path, "a.pdf", pdf(f"#lorem(900) {SENTENCES}"))
    assert read(path, "a") == read(path, "a")


def test_words_broken_at_a_line_end_are_whole_and_hyphens_that_belong_stay(tmp_path: Path) -> None:
    narrow = (
        '#set page(width: 200pt, height: auto, margin: 20pt)\n#set text(size: 11pt, hyphenate: true, lang: "en")\n#set par(justify: true)\n'
    )
    text = (
        "The examination demonstrates considerable tenderness throughout the lumbar paraspinal musculature with circumscribed palpable "
        "bands. Follow-up at L4-L5 and again L4-L5 and well-circumscribed trigger points, the L5-S1 level and the C5-C6 level reviewed."
    )
    data = pdf(text, narrow)
    read_back = opened(put(tmp_path, "a.pdf", data)).pages[0].text
    assert " ".join(read_back.split()).replace("well- circumscribed", "well-circumscribed") == text
    assert "\ufffe" not in read_back


def form_with(value: str) -> bytes:
    """A page of text with a form field filled in at (72, 600), in points from the bottom left corner."""
    with pikepdf.open(io.BytesIO(pdf("Request for treatment"))) as form:
        font = form.make_indirect(pikepdf.Dictionary(Type=pikepdf.Name.Font, Subtype=pikepdf.Name.Type1, BaseFont=pikepdf.Name.Helvetica))
        look = form.make_stream(f"/Tx BMC q BT /F 10 Tf 2 4 Td ({value}) Tj ET Q EMC".encode())
        look.Type, look.Subtype, look.BBox = pikepdf.Name.XObject, pikepdf.Name.Form, pikepdf.Array([0, 0, 200, 15])
        look.Resources = pikepdf.Dictionary(Font=pikepdf.Dictionary(F=font))
        field = form.make_indirect(
            pikepdf.Dictionary(
                Type=pikepdf.Name.Annot,
                Subtype=pikepdf.Name.Widget,
                FT=pikepdf.Name.Tx,
                T=pikepdf.String("treatment"),
                V=pikepdf.String(value),
                Rect=pikepdf.Array([72, 600, 272, 615]),
                AP=pikepdf.Dictionary(N=look),
                F=4,
            )
        )
        form.pages[0].Annots = pikepdf.Array([field])
        form.Root.AcroForm = pikepdf.Dictionary(Fields=pikepdf.Array([field]))
        out = io.BytesIO()
        form.save(out)
    return out.getvalue()


def test_a_filled_in_form_field_is_read_and_found(tmp_path: Path) -> None:
    path = put(tmp_path, "rfa.pdf", form_with("Injection at L4-L5"))
    document = opened(path)
    assert "Request for treatment" in document.pages[0].text
    key = place_of(document, "Injection at L4-L5")
    ((left, top, right, bottom),) = boxes(path, {1: [key[1:]]})[key]
    assert 72 <= left < right <= 272
    assert 792 - 615 - 2 <= top < bottom <= 792 - 600 + 2


# --- characters


@pytest.mark.parametrize(
    ("raw", "text"),
    [
        ("one\r\ntwo\rthree\n", "one\ntwo\nthree\n"),
        ("blanks  \r\nend", "blanks\nend"),
        ("of ten\ufffederness", "of tenderness"),
        ("The patient will treat\ufffement of a treatment", "The patient will treatment of a treatment"),
        ("a follow\ufffeup visit", "a follow-up visit"),
        ("of non\ufffetender muscle", "of non-tender muscle"),
        ("between L4\ufffeL5 and", "between L4-L5 and"),
        ("between L4-\r\nL5 and", "between L4-L5 and"),
        ("a work-\nup and a work-up", "a work-up and a work-up"),
        ("Plan-\n1. Rest", "Plan-\n1. Rest"),
        ("Exam-\nnormal gait", "Exam-\nnormal gait"),
        ("L4\u00adL5", "L4-L5"),
        ("L4\u2011L5 \ufb01nding\u00a0here\u200b", "L4-L5 finding here"),
        ("\uf0b7 tick \uf0fe", "• tick ☑"),
        ("a\x00\x07b\u202ec", "abc"),
    ],
)
def test_text_is_cleaned_without_losing_what_was_written(raw: str, text: str) -> None:
    assert clean(raw) == text


@given(st.text(alphabet=st.sampled_from("ab1A .-\r\n\t\ufffe\u00ad\ufb03\uf0b7\u200b\x00\U0001d465"), max_size=60))
def test_each_character_of_clean_text_knows_where_it_comes_from(raw: str) -> None:
    text, places = clean(raw), origins(raw)
    assert len(places) == len(text)
    assert places == sorted(places)
    assert all(raw[place] == character for character, place in zip(text, places, strict=True) if character in "ab1A.\U0001d465")
    assert not set(text) & set("\r\t\ufffe\u00ad\u200b\x00")


# --- files that cannot be read


def test_a_pdf_that_opens_without_a_password_is_read_and_one_that_asks_is_not(tmp_path: Path) -> None:
    source = pikepdf.open(io.BytesIO(pdf("Locked text")))
    source.save(tmp_path / "owner.pdf", encryption=pikepdf.Encryption(user="", owner="secret"))
    source.save(tmp_path / "user.pdf", encryption=pikepdf.Encryption(user="secret", owner="secret"))
    assert opened(tmp_path / "owner.pdf").pages[0].text == "Locked text"
    reason = refused(tmp_path / "user.pdf").reason
    assert "password" in reason
    assert "ask its sender" in reason


def broken_files() -> list[tuple[str, bytes, str]]:
    whole = pdf(f"{SENTENCES} #lorem(300)")
    no_pages = io.BytesIO()
    empty = pikepdf.new()
    empty.save(no_pages)
    return [
        ("cut.pdf", whole[: len(whole) // 2], "end of the PDF is missing"),
        ("garbage.pdf", b"\x13\x37" * 5000, "something else"),
        ("garbled.pdf", b"%PDF-1.7\n" + b"\x13\x37" * 5000 + b"\n%%EOF", "does not open"),
        ("empty.pdf", b"", "empty"),
        ("no-pages.pdf", no_pages.getvalue(), "no pages"),
        ("picture.pdf", b"\x89PNG\r\n\x1a\n" + b"0" * 100, "it is an image"),
        ("letter.txt", whole, "it is a PDF"),
        ("scan.png", whole, "it is a PDF"),
        ("scan.jpg", b"\xff\xd8\xff" + b"1" * 1000, "damaged"),
        ("binary.txt", bytes(range(256)), "not text"),
        ("sheet.xlsx", b"PK\x03\x04", "'.xlsx' are not read"),
        ("note.docx", b"PK\x03\x04" + b"1" * 1000, "damaged"),
    ]


@pytest.mark.parametrize(("name", "data", "reason"), broken_files(), ids=[name for name, *_ in broken_files()])
def test_a_broken_file_is_named_with_the_reason_and_a_mend(tmp_path: Path, name: str, data: bytes, reason: str) -> None:
    document = refused(put(tmp_path, name, data))
    assert document.name == name
    assert reason in document.reason
    assert any(mend in document.reason for mend in ("get it again", "rename", "check what it is", "save it"))


def test_a_missing_file_and_a_folder_are_refused(tmp_path: Path) -> None:
    assert "cannot be opened" in refused(tmp_path / "gone.pdf").reason
    (tmp_path / "folder.pdf").mkdir()
    assert "not an ordinary file" in refused(tmp_path / "folder.pdf").reason


def test_a_file_beyond_the_limit_is_refused_before_it_is_read(tmp_path: Path) -> None:
    document = refused(put(tmp_path, "a.pdf", pdf("Text")), file_bytes=100)
    assert document.sha256 is None
    assert "split it" in document.reason


def test_more_pages_than_allowed_are_refused(tmp_path: Path) -> None:
    assert "3 pages, more than 2" in refused(put(tmp_path, "a.pdf", pdf("A #pagebreak() B #pagebreak() C")), pages=2).reason
    assert "3 pages, more than 2" in refused(put(tmp_path, "a.txt", "A\fB\fC"), pages=2).reason


def child(code: str) -> Sequence[str]:
    return sys.executable, "-c", code


@pytest.mark.parametrize(
    ("code", "reason"),
    [
        ("import os; os.abort()", "crashed (SIGABRT)"),
        ("import os, signal; os.kill(os.getpid(), signal.SIGKILL)", "was stopped"),
        ("import ctypes; ctypes.string_at(0)", "crashed (SIGSEGV)"),
        ("import sys; sys.exit(3)", "ended early (code 3)"),
        ("print('this is not an answer')", "ended early"),
        ('print(\'{"page": 1, "text": "half of\')', "ended early"),
        ("import time; time.sleep(60)", "took longer than 2 s"),
    ],
)
def test_a_reader_that_dies_leaves_a_reason_and_not_a_traceback(tmp_path: Path, code: str, reason: str) -> None:
    path = put(tmp_path, "a.pdf", pdf("Text"))
    document = Reader(replace(DEFAULT, seconds=2), child(code)).read(path, "a.pdf")
    assert isinstance(document, UnreadableDocument)
    assert reason in document.reason
    assert document.sha256 == digest(path.read_bytes())


def test_a_reader_that_wants_too_much_memory_is_stopped(tmp_path: Path) -> None:
    path = put(tmp_path, "a.pdf", pdf("Text"))
    greedy = (
        "import sys\nfrom openimr.documents import _worker\n_worker._DUTIES['text'] = lambda *_: iter([bytearray(10**9)])\n_worker.main()"
    )
    document = Reader(replace(DEFAULT, memory_bytes=300 * 1024**2, file_bytes=1024**2), child(greedy)).read(path, "a.pdf")
    assert isinstance(document, UnreadableDocument)
    assert "memory" in document.reason


def test_what_a_native_library_prints_does_not_get_between_the_answers(tmp_path: Path) -> None:
    path = put(tmp_path, "a.pdf", pdf("Text"))
    noisy = (
        "import os\nfrom openimr.documents import _worker\nquiet = _worker._DUTIES['text']\n"
        "def loud(*request):\n    os.write(1, b'a native library prints')\n    print('so does Python', flush=True)\n"
        "    yield from quiet(*request)\n"
        "_worker._DUTIES['text'] = loud\n_worker.main()"
    )
    assert Reader(DEFAULT, child(noisy)).read(path, "a.pdf") == read(path, "a.pdf")


def test_a_file_that_changes_while_it_is_read_is_refused(tmp_path: Path) -> None:
    path = put(tmp_path, "a.pdf", pdf("Text"))
    late = f"open({str(path)!r}, 'ab').write(b'%%EOF')\nfrom openimr.documents import _worker\n_worker.main()"
    document = Reader(DEFAULT, child(late)).read(path, "a.pdf")
    assert isinstance(document, UnreadableDocument)
    assert "changed while it was read" in document.reason


# --- text and Word


def test_a_form_feed_begins_a_page_of_text(tmp_path: Path) -> None:
    document = opened(put(tmp_path, "a.txt", "\ufeffOne\r\nline\fTwo\f"))
    assert [page.text for page in document.pages] == ["One\nline", "Two"]


def test_text_in_other_encodings_is_read(tmp_path: Path) -> None:
    for name, data in (("a.md", "Señor — L4"), ("b.txt", "Señor — L4".encode("cp1252")), ("c.txt", "Señor — L4".encode("utf-16"))):
        assert opened(put(tmp_path, name, data)).pages[0].text == "Señor — L4"


def word_file(path: Path) -> Path:
    document = docx.Document()
    document.add_paragraph("Seen for back pain at L4-L5.")
    table = document.add_table(rows=1, cols=2)
    table.cell(0, 0).text, table.cell(0, 1).text = "Date of service", "03/17/2014"
    document.add_paragraph().add_run().add_break(WD_BREAK.PAGE)
    document.add_paragraph("Second page")
    document.save(str(path))
    return path


def test_a_word_document_is_read_with_tables_and_page_breaks(tmp_path: Path) -> None:
    document = opened(word_file(tmp_path / "a.docx"))
    assert [page.text.split("\n") for page in document.pages] == [
        ["Seen for back pain at L4-L5.", "Date of service  03/17/2014"],
        ["Second page"],
    ]
    assert "python-docx" in document.readers


def test_without_the_extra_a_word_document_says_what_to_install(tmp_path: Path) -> None:
    bare = "import sys\nsys.modules['docx'] = None\nfrom openimr.documents import _worker\n_worker.main()"
    document = Reader(DEFAULT, child(bare)).read(word_file(tmp_path / "a.docx"), "a.docx")
    assert isinstance(document, UnreadableDocument)
    assert "openimr[docx]" in document.reason


def altered(path: Path, change: str) -> Path:
    """The Word file with its main part changed."""
    with zipfile.ZipFile(path) as parts:
        contents = {name: parts.read(name) for name in parts.namelist()}
    body = contents["word/document.xml"]
    if change == "entities":
        head, mark, rest = body.partition(b"?>")
        contents["word/document.xml"] = head + mark + b'<!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]>' + rest
    else:
        contents["word/media/bomb.bin"] = b"\0" * 50_000_000
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as parts:
        for name, data in contents.items():
            parts.writestr(name, data)
    return path


def test_a_word_document_with_entities_or_a_bomb_is_refused(tmp_path: Path) -> None:
    assert "entities" in refused(altered(word_file(tmp_path / "a.docx"), "entities")).reason
    assert "unpacks to more" in refused(altered(word_file(tmp_path / "b.docx"), "bomb"), unpacked_bytes=1_000_000).reason


# --- scans


@needs_tesseract
def test_a_scanned_page_is_made_out_with_the_places_of_its_words(tmp_path: Path) -> None:
    path = put(tmp_path, "scan.pdf", image_pdf(scanned()))
    document = opened(path)
    (page,) = document.pages
    assert page.ocr
    assert page.confidence is not None
    assert page.confidence > 0.8
    assert " ".join(page.text.split()) == SENTENCES
    assert all(page.text[word.start : word.end].strip() for word in page.words)
    assert "tesseract" in document.readers
    key = place_of(document, "taut band at L4-L5")
    ((left, top, right, bottom),) = locate(path, document, {1: [key[1:]]})[key]
    assert 72 < left < right < 540
    assert 70 < top < bottom < 100


@needs_tesseract
def test_a_fax_banner_over_a_scan_does_not_pass_for_its_text(tmp_path: Path) -> None:
    document = opened(put(tmp_path, "fax.pdf", image_pdf(scanned(), stamp="FROM: CLINIC 11/03/2014 09:12 P. 1/2")))
    assert document.pages[0].ocr
    assert "twitch response" in " ".join(document.pages[0].text.split())


@pytest.mark.slow
@needs_tesseract
def test_a_page_scanned_on_its_side_is_turned_to_be_read_and_its_boxes_turned_back(tmp_path: Path) -> None:
    body = SENTENCES * 6
    sideways = scanned(body).transpose(Image.Transpose.ROTATE_90)
    path = tmp_path / "scan.png"
    sideways.save(path, dpi=(200, 200))
    document = opened(path)
    assert "taut band at L4-L5" in " ".join(document.pages[0].text.split())
    key = place_of(document, "Palpation")
    ((left, top, right, bottom),) = locate(path, document, {1: [key[1:]]})[key]
    assert 70 < left < right < 90
    assert 480 < top < bottom < 542


@pytest.mark.slow
@needs_tesseract
def test_a_page_faxed_upside_down_is_turned_to_be_read_and_its_boxes_turned_back(tmp_path: Path) -> None:
    path = put(tmp_path, "fax.pdf", image_pdf(scanned(SENTENCES * 3).transpose(Image.Transpose.ROTATE_180)))
    document = opened(path)
    assert " ".join(document.pages[0].text.split()).startswith("Palpation shows a taut band at L4-L5")
    key = place_of(document, "Palpation")
    ((left, top, right, bottom),) = locate(path, document, {1: [key[1:]]})[key]
    assert 480 < left < right < 542
    assert 700 < top < bottom < 725


@needs_tesseract
def test_each_page_of_a_fax_in_tiff_is_a_page(tmp_path: Path) -> None:
    first, second = scanned("First page of the fax"), scanned("Second page of the fax")
    first.save(tmp_path / "fax.tif", save_all=True, append_images=[second], dpi=(200, 200))
    assert [" ".join(page.text.split()) for page in opened(tmp_path / "fax.tif").pages] == [
        "First page of the fax",
        "Second page of the fax",
    ]


def test_without_tesseract_a_scanned_page_is_marked_unread_and_the_others_are_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with pikepdf.open(io.BytesIO(pdf(SENTENCES))) as both, pikepdf.open(io.BytesIO(image_pdf(scanned()))) as scan:
        both.pages.extend(scan.pages)
        both.save(tmp_path / "both.pdf")
    monkeypatch.setenv("PATH", "")
    document = opened(tmp_path / "both.pdf")
    assert "twitch response" in document.pages[0].text
    assert document.pages[0].unread is None
    assert "Tesseract is not installed" in (document.pages[1].unread or "")
    assert "tesseract" not in document.readers


def test_an_empty_page_is_read_and_empty(tmp_path: Path) -> None:
    page = opened(put(tmp_path, "a.pdf", pdf("A #pagebreak() #pagebreak() B"))).pages[1]
    assert (page.text, page.unread) == ("", None)


@needs_tesseract
def test_a_scanned_page_that_kills_its_reader_is_marked_and_the_others_are_read(tmp_path: Path) -> None:
    path = put(tmp_path, "scan.pdf", image_pdf(*[scanned(f"Page number {n} of the scan") for n in ("one", "two", "three")]))
    deadly = (
        "import os\nfrom openimr.documents import _pdf, _worker\nwhole = _pdf.Pdf.scan\n"
        "def scan(self, number, *rest):\n    return os.abort() if number == 2 else whole(self, number, *rest)\n"
        "_pdf.Pdf.scan = scan\n_worker.main()"
    )
    document = Reader(DEFAULT, child(deadly)).read(path, "scan.pdf")
    assert isinstance(document, Document)
    assert ["Page number" in page.text for page in document.pages] == [True, False, True]
    assert "crashed" in (document.pages[1].unread or "")


# --- places and pictures


def test_boxes_cover_the_quoted_words_and_nothing_else(tmp_path: Path) -> None:
    path = put(tmp_path, "a.pdf", pdf(SENTENCES))
    document = opened(path)
    key = place_of(document, "L4-L5")
    ((left, top, right, bottom),) = locate(path, document, {1: [key[1:]]})[key]
    picture = images(path, [1], dpi=144)[1]
    shown = Image.open(io.BytesIO(picture.data)).convert("L")
    scale = shown.width / picture.width
    inside = shown.crop((round(left * scale), round(top * scale), round(right * scale), round(bottom * scale)))
    assert darkest(inside) < 80  # there is ink in the box
    for gap in (left - 2.5, right + 1.0):  # and blank paper right before and after the words
        beside = shown.crop((round(gap * scale), round(top * scale), round((gap + 1) * scale), round(bottom * scale)))
        assert darkest(beside) > 128


def test_a_quote_over_two_lines_has_a_box_on_each(tmp_path: Path) -> None:
    path = put(tmp_path, "a.pdf", pdf(SENTENCES))
    document = opened(path)
    key = (1, 0, len(document.pages[0].text))
    found = boxes(path, {1: [key[1:]]})[key]
    assert len(found) == document.pages[0].text.count("\n") + 1
    assert all(upper[3] <= lower[3] for upper, lower in pairwise(found))


def test_boxes_count_as_the_text_does_where_characters_were_changed(tmp_path: Path) -> None:
    path = put(tmp_path, "a.pdf", pdf("Wide $x y z$ letters \\\n office ﬁnding \\\n then TARGET"))
    document = opened(path)
    whole, target = place_of(document, "then TARGET"), place_of(document, "TARGET")
    found = boxes(path, {1: [whole[1:], target[1:]]})
    assert found[whole][0][0] == pytest.approx(72, abs=1)
    assert found[target][0][0] > found[whole][0][0] + 15
    assert found[target][0][2] == found[whole][0][2]


def test_boxes_of_a_turned_page_lie_where_the_page_shows_the_words(tmp_path: Path) -> None:
    with pikepdf.open(io.BytesIO(pdf(SENTENCES))) as paper:
        paper.pages[0].Rotate = 90
        paper.save(tmp_path / "a.pdf")
    path = tmp_path / "a.pdf"
    document = opened(path)
    key = place_of(document, "Palpation")
    ((left, top, right, bottom),) = boxes(path, {1: [key[1:]]})[key]
    picture = images(path, [1])[1]
    assert (picture.width, picture.height) == (792, 612)
    assert 700 < left < right < 725
    assert 70 < top < bottom < 130


def test_page_images_are_small_and_know_their_size(tmp_path: Path) -> None:
    found = images(put(tmp_path, "a.pdf", pdf(f"#lorem(400) #pagebreak() {SENTENCES}")), [1, 2])
    assert sorted(found) == [1, 2]
    assert all((image.width, image.height) == (612, 792) for image in found.values())
    assert all(Image.open(io.BytesIO(image.data)).size == (816, 1056) for image in found.values())
    assert all(image.media_type in ("image/png", "image/webp") and len(image.data) < 100_000 for image in found.values())


def test_files_without_page_images_have_no_boxes_and_no_pictures(tmp_path: Path) -> None:
    path = put(tmp_path, "a.txt", SENTENCES)
    assert locate(path, opened(path), {1: [(0, 5)]}) == {(1, 0, 5): ()}
    assert images(path, [1]) == {}


def test_a_record_changed_since_it_was_read_gives_no_boxes(tmp_path: Path) -> None:
    path = put(tmp_path, "a.pdf", pdf(SENTENCES))
    document = opened(path)
    put(tmp_path, "a.pdf", pdf(SENTENCES + " More."))
    with pytest.raises(ReadingFailed, match="changed"):
        locate(path, document, {1: [(0, 5)]})


# --- folders


def test_a_folder_is_read_in_order_of_names_with_its_subfolders_and_without_hidden_files(tmp_path: Path) -> None:
    for name in ("b.txt", "a/z.txt", "a.txt", ".hidden.txt", ".git/x.txt"):
        put(tmp_path, name, name)
    put(tmp_path, "c.pdf", b"%PDF-")
    found = read_folder(tmp_path)
    assert [document.name for document in found] == ["a.txt", "a/z.txt", "b.txt", "c.pdf"]
    assert isinstance(found[-1], UnreadableDocument)


def test_a_folder_that_does_not_exist_holds_nothing(tmp_path: Path) -> None:
    assert read_folder(tmp_path / "records") == ()


def test_a_sidecar_says_what_a_record_is(tmp_path: Path) -> None:
    put(tmp_path, "a.txt", "Seen today.")
    put(tmp_path, "a.yaml", "type: consultation\ndate: 2014-03-17\nauthor: Ann Roe, MD\n")
    put(tmp_path, "b.txt", "Seen again.")
    put(tmp_path, "b.txt.yaml", "date: 2014-04-01\n")
    first, second = read_folder(tmp_path)
    assert isinstance(first, Document)
    assert isinstance(second, Document)
    assert first.sidecar == Sidecar("consultation", date(2014, 3, 17), "Ann Roe, MD")
    (record,) = documents.records_in(first)
    assert (record.kind, record.date, record.author) == ("consultation", date(2014, 3, 17), "Ann Roe, MD")
    assert documents.records_in(second)[0].date == date(2014, 4, 1)


@pytest.mark.parametrize(
    ("said", "message"),
    [
        ("typ: rfa\n", "a.yaml:1: unknown key 'typ' (did you mean 'type'?)"),
        ("type: novel\n", "a.yaml:1: type: is not a kind of record"),
        ("author: X\ndate: 3/17/2014\n", "a.yaml:2: date: is not a day: write it as 2014-03-17"),
    ],
)
def test_a_wrong_sidecar_is_named_with_line_and_mend_and_the_record_is_still_read(tmp_path: Path, said: str, message: str) -> None:
    put(tmp_path, "a.txt", "Seen today.")
    put(tmp_path, "a.yaml", said)
    record, sidecar = read_folder(tmp_path)
    assert isinstance(record, Document)
    assert isinstance(sidecar, UnreadableDocument)
    assert message in sidecar.reason


def test_a_sidecar_without_its_record_and_a_link_out_of_the_folder_are_named(tmp_path: Path) -> None:
    outside = put(tmp_path, "outside/secret.txt", "secret")
    folder = tmp_path / "records"
    put(folder, "lost.yaml", "type: rfa\n")
    (folder / "link.txt").symlink_to(outside)
    (folder / "tree").symlink_to(outside.parent)
    found = read_folder(folder)
    assert [document.name for document in found] == ["link.txt", "lost.yaml", "tree"]
    assert all(isinstance(document, UnreadableDocument) for document in found)


def test_the_face_of_the_room_is_what_it_declares() -> None:
    assert sorted(name for name in documents.__all__) == documents.__all__
    assert json.dumps(documents.__doc__).startswith('"Bytes in, pages of text with stable positions out; nothing here trusts a file.')


# --- many files, paragraphs, web pages


def test_many_files_come_back_in_order_each_for_itself(tmp_path: Path) -> None:
    files = [put(tmp_path, f"{n}.pdf", pdf(f"Letter number {n}")) for n in range(5)]
    files.insert(2, put(tmp_path, "broken.pdf", b"%PDF-1.7 nothing %%EOF"))
    found = list(read_each((path, path.name) for path in files))
    assert [document.name for document in found] == [path.name for path in files]
    assert isinstance(found[2], UnreadableDocument)
    for document in (found[0], found[5]):
        assert isinstance(document, Document)
        assert document == read(tmp_path / document.name, document.name)


def test_a_child_that_dies_of_one_file_leaves_the_next_one_a_new_child(tmp_path: Path) -> None:
    files = [put(tmp_path, f"{n}.pdf", pdf(f"Letter number {n}")) for n in range(4)]
    deadly = (
        "import os\nfrom openimr.documents import _worker\nwhole = _worker._DUTIES['text']\n"
        "def text(data, request):\n    return os.abort() if request['path'].endswith('1.pdf') else whole(data, request)\n"
        "_worker._DUTIES['text'] = text\n_worker.main()"
    )
    reader = Reader(DEFAULT, child(deadly), files=100)
    found = [reader.read(path, path.name) for path in files]
    reader.close()
    assert [isinstance(document, Document) for document in found] == [True, False, True, True]


def test_a_child_reads_many_files_in_turn(tmp_path: Path) -> None:
    files = [put(tmp_path, f"{n}.pdf", pdf("Letter")) for n in range(3)]
    telling = (
        "import os\nfrom openimr.documents import _worker\n"
        "_worker._DUTIES['text'] = lambda *_: iter([{'page': 1, 'text': str(os.getpid()), 'scan': False, 'unread': None}])\n_worker.main()"
    )
    processes = set()
    reader = Reader(DEFAULT, child(telling), files=100)
    for path in files:
        processes.add(opened_by(reader, path).pages[0].text)
    reader.close()
    assert len(processes) == 1


def opened_by(reader: Reader, path: Path) -> Document:
    document = reader.read(path, path.name)
    assert isinstance(document, Document)
    return document


def test_paragraphs_are_parted_by_an_empty_line_where_asked_for(tmp_path: Path) -> None:
    long = "The first paragraph is long enough to run over the end of its line and to need another one, and then a third. " * 2
    path = put(tmp_path, "a.pdf", pdf(f"{long}\n\nThe second one is short."))
    (document,) = read_each([(path, "a.pdf")], paragraphs=True)
    assert isinstance(document, Document)
    first, second = document.pages[0].text.split("\n\n")
    assert first.count("\n") >= 2
    assert second.strip() == "The second one is short."
    assert "\n\n" not in opened(path).pages[0].text


def test_a_web_page_is_read_as_a_browser_shows_it(tmp_path: Path) -> None:
    page = (
        "<!doctype html><html><head><title>Not shown</title><style>p{}</style></head><body><h1>Heading</h1>"
        "<p>One <b>bold</b>\n word &amp; another.</p><ul><li>first</li><li>second</li></ul><script>alert(1)</script>"
        "<table><tr><th>A</th><td>B</td></tr><tr><td>C</td><td>D</td></tr></table>line<br>end<p hidden>secret</p></body></html>"
    )
    text = opened(put(tmp_path, "a.html", page.encode())).pages[0].text
    assert text == "Heading\n\nOne bold word & another.\n\n- first\n- second\n\nA  B\nC  D\n\nline\nend"


def test_a_web_page_that_is_none_is_refused(tmp_path: Path) -> None:
    document = read(put(tmp_path, "a.html", pdf("Text")), "a.html")
    assert isinstance(document, UnreadableDocument)
    assert "it is a PDF: rename it" in document.reason
