"""Files made to do harm, or broken in transit: what can be read of them is read, the rest is named, and every other record is read too."""

from __future__ import annotations

import base64
import io
import json
import os
import random
import resource
import struct
import sys
import time
import zlib
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import docx
import pikepdf
import pytest
import typst

from openimr.documents import DEFAULT, Document, Limits, UnreadableDocument, read, read_each, read_folder
from openimr.documents._read import Reader

QUICK = replace(DEFAULT, seconds=20, page_seconds=10, memory_bytes=1024**3)
WORDS = "Palpation shows a taut band at L4-L5 with a twitch response on the left side."


def pdf(body: str = WORDS) -> bytes:
    return typst.compile(f"#set page(width: 612pt, height: 792pt, margin: 72pt)\n{body}".encode(), ignore_system_fonts=True)


def altered(change: Callable[[pikepdf.Pdf], None], body: str = WORDS) -> bytes:
    with pikepdf.open(io.BytesIO(pdf(body))) as paper:
        change(paper)
        out = io.BytesIO()
        paper.save(out, compress_streams=False)
    return out.getvalue()


def plain(*objects: bytes) -> bytes:
    """A PDF of these objects, numbered from 1, the first its catalogue; written by hand, since no library writes what is wrong."""
    out, at = b"%PDF-1.7\n", []
    for number, said in enumerate(objects, start=1):
        at.append(len(out))
        out += b"%d 0 obj\n%s\nendobj\n" % (number, said)
    table = b"".join(b"%010d 00000 n \n" % place for place in at)
    return out + b"xref\n0 %d\n0000000000 65535 f \n%strailer\n<</Size %d/Root 1 0 R>>\nstartxref\n%d\n%%%%EOF\n" % (
        len(objects) + 1,
        table,
        len(objects) + 1,
        len(out),
    )


def stream(data: bytes, said: bytes = b"") -> bytes:
    return b"<<%s/Length %d>>\nstream\n%s\nendstream" % (said, len(data), data)


def one_page(content: bytes, resources: bytes = b"", box: bytes = b"0 0 612 792", *more: bytes) -> bytes:
    return plain(
        b"<</Type/Catalog/Pages 2 0 R>>",
        b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
        b"<</Type/Page/Parent 2 0 R/MediaBox[%s]/Contents 4 0 R/Resources<</Font<</F 5 0 R>>%s>>>>" % (box, resources),
        content,
        b"<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>",
        *more,
    )


SAY = b"BT /F 12 Tf 72 700 Td (Readable words on the page) Tj ET\n"


def tell(folder: Path, data: bytes, name: str = "record.pdf", limits: Limits = QUICK) -> Document | UnreadableDocument:
    path = folder / name
    path.write_bytes(data)
    return read(path, name, limits=limits)


# --- what is never done


def test_scripts_and_launched_programs_are_passed_over_and_the_words_are_read(tmp_path: Path) -> None:
    mark = tmp_path / "harm"

    def arm(paper: pikepdf.Pdf) -> None:
        script = pikepdf.Dictionary(
            S=pikepdf.Name.JavaScript, JS=pikepdf.String("this.exportDataObject({cName: 'x', nLaunch: 2}); app.alert(1)")
        )
        launch = pikepdf.Dictionary(
            S=pikepdf.Name.Launch, F=pikepdf.String(f"touch {mark}"), Win=pikepdf.Dictionary(F=pikepdf.String("cmd.exe"))
        )
        paper.Root.OpenAction = paper.make_indirect(script)
        paper.Root.AA = pikepdf.Dictionary(WC=launch)
        paper.pages[0].AA = pikepdf.Dictionary(O=launch, C=script)
        paper.Root.Names = pikepdf.Dictionary(JavaScript=pikepdf.Dictionary(Names=pikepdf.Array([pikepdf.String("run"), script])))

    document = tell(tmp_path, altered(arm))
    assert isinstance(document, Document)
    assert " ".join(document.pages[0].text.split()) == WORDS
    assert not mark.exists()


def test_files_embedded_in_a_pdf_stay_closed_and_its_pages_are_read(tmp_path: Path) -> None:
    def embed(paper: pikepdf.Pdf) -> None:
        paper.attachments["evil.exe"] = b"MZ" + b"\0" * 100

    document = tell(tmp_path, altered(embed, f"{WORDS} #pagebreak() Second page"))
    assert isinstance(document, Document)
    assert [" ".join(page.text.split()) for page in document.pages] == [WORDS, "Second page"]


# --- bombs


def test_a_stream_that_unpacks_to_too_much_is_refused_in_time_and_memory(tmp_path: Path) -> None:
    packed = zlib.compress(b"0 0 m " * 10_000_000, 1)
    started = time.monotonic()
    document = tell(
        tmp_path, one_page(stream(packed, b"/Filter/FlateDecode")), limits=replace(QUICK, memory_bytes=128 * 1024**2, file_bytes=1024**2)
    )
    assert time.monotonic() - started < 60
    assert isinstance(document, UnreadableDocument) or document.pages[0].unread or document.pages[0].blank
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss < 2 * 1024**2  # kilobytes: none of it came back here


def test_an_image_of_huge_size_does_not_take_the_page_with_it(tmp_path: Path) -> None:
    packed = zlib.compress(b"\xff" * 60_000_000, 9)
    image = stream(
        packed, b"/Type/XObject/Subtype/Image/Width 60000/Height 60000/ColorSpace/DeviceGray/BitsPerComponent 8/Filter/FlateDecode"
    )
    content = SAY + b"q 612 0 0 600 0 0 cm /X Do Q"
    document = tell(tmp_path, one_page(stream(content), b"/XObject<</X 6 0 R>>", b"0 0 612 792", image))
    assert isinstance(document, UnreadableDocument) or "Readable words" in document.pages[0].text


@pytest.mark.parametrize("box", [b"0 0 14400000 14400000", b"0 0 0 0", b"0 0 -5 1e30", b"5 5 5 5"])
def test_a_page_of_impossible_size_is_read_or_named(tmp_path: Path, box: bytes) -> None:
    image = stream(b"\x00" * 100, b"/Type/XObject/Subtype/Image/Width 10/Height 10/ColorSpace/DeviceGray/BitsPerComponent 8")
    document = tell(tmp_path, one_page(stream(SAY + b"q 9e9 0 0 9e9 0 0 cm /X Do Q"), b"/XObject<</X 6 0 R>>", box, image))
    if isinstance(document, Document):
        assert len(document.pages) == 1
        assert "Readable" in document.pages[0].text or document.pages[0].unread
    else:
        assert document.reason


def test_an_image_file_of_huge_dimensions_is_named_and_takes_no_memory(tmp_path: Path) -> None:
    def chunk(kind: bytes, said: bytes) -> bytes:
        return struct.pack(">I", len(said)) + kind + said + struct.pack(">I", zlib.crc32(kind + said))

    head = chunk(b"IHDR", struct.pack(">IIBBBBB", 60_000, 60_000, 8, 0, 0, 0, 0))
    data = b"\x89PNG\r\n\x1a\n" + head + chunk(b"IDAT", zlib.compress(b"\0" * 1000)) + chunk(b"IEND", b"")
    (tmp_path / "huge.png").write_bytes(data)
    document = read(tmp_path / "huge.png", "huge.png", limits=QUICK)
    assert isinstance(document, Document)
    assert "too many" in (document.pages[0].unread or "") or "not installed" in (document.pages[0].unread or "")


def test_objects_nested_deeply_and_pages_in_a_ring_do_no_harm(tmp_path: Path) -> None:
    deep = one_page(stream(SAY), b"/X" + b"[" * 100_000 + b"]" * 100_000)
    ring = plain(
        b"<</Type/Catalog/Pages 2 0 R>>", b"<</Type/Pages/Kids[3 0 R 2 0 R]/Count 9>>", b"<</Type/Pages/Parent 2 0 R/Kids[2 0 R]/Count 9>>"
    )
    itself = one_page(
        stream(SAY + b"/X Do"),
        b"/XObject<</X 6 0 R>>",
        b"0 0 612 792",
        stream(b"/X Do", b"/Type/XObject/Subtype/Form/BBox[0 0 9 9]/Resources<</XObject<</X 6 0 R>>>>"),
    )
    for name, data in (("deep.pdf", deep), ("ring.pdf", ring), ("itself.pdf", itself)):
        document = tell(tmp_path, data, name)
        assert isinstance(document, UnreadableDocument) or all(page.text or page.unread for page in document.pages), name


def test_a_pdf_that_says_it_has_more_pages_than_there_are_is_not_believed(tmp_path: Path) -> None:
    data = one_page(stream(SAY)).replace(b"/Count 1", b"/Count 9999999")
    document = tell(tmp_path, data)
    assert isinstance(document, UnreadableDocument) or len(document.pages) < 20_000
    thousands = plain(
        b"<</Type/Catalog/Pages 2 0 R>>",
        b"<</Type/Pages/Kids[" + b"3 0 R " * 30_000 + b"]/Count 30000>>",
        b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 612 792]>>",
    )
    refused = tell(tmp_path, thousands)
    assert isinstance(refused, UnreadableDocument)
    assert "30000 pages, more than 20000: split it" in refused.reason


def test_a_pdf_without_a_page_is_refused(tmp_path: Path) -> None:
    document = tell(tmp_path, plain(b"<</Type/Catalog/Pages 2 0 R>>", b"<</Type/Pages/Kids[]/Count 0>>"))
    assert isinstance(document, UnreadableDocument)
    assert "no pages" in document.reason


# --- a crash


def test_a_record_that_really_kills_its_reader_leaves_all_the_others_alive(tmp_path: Path) -> None:
    """The child dies by a signal, in native code, in the middle of a file; a folder and a long list go on."""
    for name in ("a.pdf", "b.pdf", "c.pdf", "d.pdf"):
        (tmp_path / name).write_bytes(pdf(f"Record {name} with words of its own."))
    deadly = (
        "import ctypes\nfrom openimr.documents import _pdf, _worker\nwhole = _worker._text\n"
        "def text(data, request):\n    ctypes.string_at(8) if request['path'].endswith('b.pdf') else None\n"
        "    yield from whole(data, request)\n"
        "_worker._DUTIES['text'] = text\n_worker.main()"
    )
    reader = Reader(QUICK, (sys.executable, "-c", deadly))
    found = [reader.read(tmp_path / name, name) for name in ("a.pdf", "b.pdf", "c.pdf", "d.pdf")]
    assert [isinstance(each, Document) for each in found] == [True, False, True, True]
    assert isinstance(found[1], UnreadableDocument)
    assert "crashed (SIGSEGV)" in found[1].reason
    assert "get it again from its sender" in found[1].reason


def test_a_folder_with_every_kind_of_bad_file_is_read_to_its_end(tmp_path: Path) -> None:
    whole = pdf()
    bad = {
        "cut.pdf": whole[:900],
        "empty.pdf": b"",
        "html.pdf": b"<html><body>not a PDF</body></html>",
        "pdf.docx": whole,
        "noise.tif": b"II*\x00" + os.urandom(500),
        "noise.rtf": b"{\\rtf1" + b"\\'zz{\\u99999999999 " * 20,
        "noise.json": b'{"resourceType": "Bundle", "entry": {"a": 1}}',
        "zeros.txt": b"\0" * 100,
    }
    for name, data in {**bad, "good.pdf": whole, "good.txt": b"Words"}.items():
        (tmp_path / name).write_bytes(data)
    found = {each.name: each for each in read_folder(tmp_path, limits=QUICK)}
    assert sorted(found) == sorted([*bad, "good.pdf", "good.txt"])
    assert {name for name, each in found.items() if isinstance(each, Document) and not any(page.unread for page in each.pages)} == {
        "good.pdf",
        "good.txt",
    }


# --- chance


def mutated(data: bytes, chance: random.Random) -> bytes:
    out = bytearray(data)
    for _ in range(chance.choice((1, 4, 30))):
        at = chance.randrange(len(out))
        kind = chance.randrange(5)
        if kind == 0:
            out[at] = chance.randrange(256)
        elif kind == 1:
            del out[at : at + chance.randrange(1, 40)]
        elif kind == 2:
            out[at:at] = chance.randbytes(chance.randrange(1, 40))
        elif kind == 3:
            out[at:at] = out[at : at + chance.randrange(1, 200)]
        else:
            out[at : at + 1] = chance.choice((b"-1 ", b"99999999999 ", b"1 0 R ", b"<<", b"]", b"/Kids", b"endobj "))
    return bytes(out)


@pytest.mark.slow
@pytest.mark.parametrize("kind", ["pdf", "rtf", "json", "docx"])
def test_no_chance_change_of_a_file_makes_reading_it_fail(tmp_path: Path, kind: str) -> None:
    chance = random.Random(f"2014 {kind}")
    if kind == "pdf":
        whole = one_page(
            stream(SAY + b"q 100 0 0 100 0 0 cm /X Do Q"),
            b"/XObject<</X 6 0 R>>",
            b"0 0 612 792",
            stream(b"\x80" * 100, b"/Type/XObject/Subtype/Image/Width 10/Height 10/ColorSpace/DeviceGray/BitsPerComponent 8"),
        )
    elif kind == "rtf":
        whole = rb"{\rtf1\ansi{\fonttbl{\f0\fcharset134 A;}}{\f0 \'b0\'a1 \u8805?}{\*\x y}\trowd a\cell\row {\field{\fldrslt z}}\page w}"
    elif kind == "json":
        said = {"contentType": "text/plain", "data": base64.b64encode(b"Words").decode(), "title": "T"}
        reference = {
            "resourceType": "DocumentReference",
            "content": [{"attachment": said}],
            "type": {"text": "Consultation"},
            "author": [{"display": "A"}],
        }
        whole = json.dumps({"resourceType": "Bundle", "entry": [{"fullUrl": "urn:a", "resource": reference}]}).encode()
    else:
        out = io.BytesIO()
        note = docx.Document()
        note.add_paragraph(WORDS)
        note.save(out)
        whole = out.getvalue()
    name = f"x.{kind}" + ("#1" if kind == "json" else "")
    files = []
    for number in range(60):
        folder = tmp_path / str(number)
        folder.mkdir()
        (folder / f"x.{kind}").write_bytes(mutated(whole, chance))
        files.append((folder / name, str(number)))
    found = list(read_each(files, limits=replace(QUICK, seconds=10)))
    assert [each.name for each in found] == [str(number) for number in range(60)]
    assert all(each.pages if isinstance(each, Document) else each.reason for each in found)
