"""Rich text and FHIR data become documents, and what of them does not is named."""

from __future__ import annotations

import base64
import io
import json
import shutil
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import docx
import pytest
import typst
from PIL import Image

from openimr.documents import DEFAULT, Document, ReadingFailed, Sidecar, UnreadableDocument, images, locate, read, read_folder, records_in
from openimr.sources import digest

needs_tesseract = pytest.mark.skipif(shutil.which("tesseract") is None, reason="Tesseract is not installed, so scans stay unread")


def rtf(
    folder: Path, body: str | bytes, head: str = r"\rtf1\ansi\ansicpg1252{\fonttbl{\f0 Arial;}{\f1\fcharset204 Arial Cyr;}}"
) -> Document:
    path = folder / "note.rtf"
    path.write_bytes(b"{" + head.encode() + (body if isinstance(body, bytes) else body.encode("cp1252")) + b"}")
    document = read(path, "note.rtf")
    assert isinstance(document, Document), document
    return document


# --- rich text


@pytest.mark.parametrize(
    ("body", "text"),
    [
        (r"\f0\fs24 Seen for back pain at L4-L5.\par Plan: rest.\par", "Seen for back pain at L4-L5.\nPlan: rest."),
        (r"bo{\b ld}ly \i tilted\i0  word", "boldly tilted word"),
        (r"Se\'f1or \'96 L4\~L5\_S1 \emdash  \ldblquote yes\rdblquote", "Señor \u2013 L4 L5-S1 \u2014 \u201cyes\u201d"),
        (r"pain \u8805? 7 and \u10004\'3f done {\uc2\u945\'a1\'a1 x}", "pain ≥ 7 and ✔ done \u03b1 x"),
        (r"\u-10179?\u-8704?", "😀"),
        (r"{\f1 \'cf\'f0}", "Пр"),
        (r"a\{b\}\\c", "a{b}\\c"),
        (r"shown {\v not shown}{\deleted struck}\v0 again", "shown again"),
        (r"{\*\generator Word 11;}{\info{\author Somebody}{\title Secret}}{\stylesheet{\s0 Normal;}}text", "text"),
        (r"{\field{\*\fldinst HYPERLINK http://x}{\fldrslt the link}} after", "the link after"),
        (r"{\header Clinic of the North\par}Body", "Clinic of the North\n\nBody"),
        (r"\trowd Date\cell 03/17/2014\cell\row Side\cell left\cell\row", "Date  03/17/2014\nSide  left"),
        (r"{\shp{\*\shpinst{\sp{\sn x}{\sv y}}{\shptxt In a box\par}}{\shprslt In a box\par}}", "In a box"),
        (r"before{\pict\wmetafile8 010203}{\bin4 {{{{}after", "beforeafter"),
        (r"{\*\annotation not part of it}kept", "kept"),
    ],
)
def test_rich_text_is_read_as_its_program_shows_it(tmp_path: Path, body: str, text: str) -> None:
    assert rtf(tmp_path, body).pages[0].text == text


def test_a_page_break_in_rich_text_begins_a_page(tmp_path: Path) -> None:
    document = rtf(tmp_path, r"One\par\page Two\par {\*\x\page hidden}\page")
    assert [(page.number, page.text) for page in document.pages] == [(1, "One"), (2, "Two")]
    assert list(document.readers) == ["rtf"]


def test_a_page_of_rich_text_that_is_only_a_picture_is_unread_and_not_blank(tmp_path: Path) -> None:
    (page,) = rtf(tmp_path, r"{\pict\pngblip 89504e47}\par").pages
    assert "pictures" in (page.unread or "")
    assert not page.blank


def test_a_page_of_a_word_document_that_is_only_a_picture_is_unread_and_not_blank(tmp_path: Path) -> None:
    picture = io.BytesIO()
    Image.new("L", (200, 200), 90).save(picture, "PNG")
    document = docx.Document()
    document.add_picture(picture)
    document.save(str(tmp_path / "scan.docx"))
    found = read(tmp_path / "scan.docx", "scan.docx")
    assert isinstance(found, Document)
    assert "pictures" in (found.pages[0].unread or "")


@pytest.mark.parametrize(
    ("name", "data", "reason"),
    [
        ("a.rtf", b"plain text", "its bytes are something else"),
        ("a.txt", rb"{\rtf1 text}", "it is rich text: rename it"),
        ("a.rtf", rb"{\rtf1 text {\b bold", "the end of the file is missing"),
        ("a.rtf", rb"{\rtf1 " + b"{" * 100_000 + b"}" * 100_001, "too deep"),
    ],
)
def test_rich_text_that_is_none_or_not_whole_is_refused(tmp_path: Path, name: str, data: bytes, reason: str) -> None:
    (tmp_path / name).write_bytes(data)
    document = read(tmp_path / name, name)
    assert isinstance(document, UnreadableDocument)
    assert reason in document.reason


# --- FHIR


QUOTE = "a taut band at L4-L5 with a twitch response"


def pdf(words: str) -> bytes:
    return typst.compile(f"#set page(width: 612pt, height: 792pt, margin: 72pt)\n{words}".encode(), ignore_system_fonts=True)


def scan(words: str) -> bytes:
    out = io.BytesIO()
    page = typst.compile(
        f"#set page(width: 612pt, height: 200pt, margin: 40pt)\n{words}".encode(), format="png", ppi=150, ignore_system_fonts=True
    )
    assert isinstance(page, bytes)
    Image.open(io.BytesIO(page)).convert("L").save(out, "TIFF", dpi=(150, 150))
    return out.getvalue()


def attachment(data: bytes | None, media_type: str | None, **more: Any) -> dict[str, Any]:
    said = {"contentType": media_type, "data": base64.b64encode(data).decode() if data is not None else None, **more}
    return {key: value for key, value in said.items() if value is not None}


def reference(*attachments: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {"resourceType": "DocumentReference", "status": "current", "content": [{"attachment": each} for each in attachments], **more}


def bundle(*resources: dict[str, Any]) -> dict[str, Any]:
    return {
        "resourceType": "Bundle",
        "type": "collection",
        "entry": [{"fullUrl": f"urn:uuid:{n}", "resource": r} for n, r in enumerate(resources)],
    }


def put(folder: Path, data: object, name: str = "bundle.json") -> Path:
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(data, indent=1), encoding="utf-8")
    return path


@needs_tesseract
def test_each_attachment_of_a_bundle_is_a_document_of_its_own(tmp_path: Path) -> None:
    visit = pdf(f"Palpation shows {QUOTE}.")
    put(
        tmp_path,
        bundle(
            {"resourceType": "Patient", "id": "p"},
            reference(attachment(visit, "application/pdf", title="Visit of March/17"), description="ignored"),
            reference(attachment(b"Plain note", "text/plain; charset=utf-8"), description="Note by phone"),
            reference(attachment(b"<p>One</p><p>Two</p>", "text/html")),
            reference(attachment(rb"{\rtf1 Rich \b note}", "application/rtf")),
            reference(attachment(scan("Words of the scanned fax"), "image/tiff", title="Fax")),
        ),
    )
    found = read_folder(tmp_path)
    assert [each.name for each in found] == [
        "bundle.json#1 Visit of March 17",
        "bundle.json#2 Note by phone",
        "bundle.json#3",
        "bundle.json#4",
        "bundle.json#5 Fax",
    ]
    texts = [" ".join(page.text.split()) for each in found if isinstance(each, Document) for page in each.pages]
    assert texts == [f"Palpation shows {QUOTE}.", "Plain note", "One Two", "Rich note", "Words of the scanned fax"]
    assert [each.sha256 for each in found[:2]] == [digest(visit), digest(b"Plain note")]
    assert isinstance(found[4], Document)
    assert found[4].pages[0].ocr


def test_words_of_an_attachment_have_their_boxes_and_its_pages_their_pictures(tmp_path: Path) -> None:
    put(
        tmp_path,
        bundle(reference(attachment(b"Plain note", "text/plain")), reference(attachment(pdf(QUOTE), "application/pdf", title="Visit"))),
    )
    note, visit = read_folder(tmp_path)
    assert isinstance(visit, Document)
    assert isinstance(note, Document)
    path = tmp_path / visit.name
    ((left, top, right, bottom),) = locate(path, visit, {1: [(0, len(QUOTE))]})[1, 0, len(QUOTE)]
    assert 70 < left < right < 400
    assert 60 < top < bottom < 90
    assert images(path, [1])[1].width == 612
    assert locate(tmp_path / note.name, note, {1: [(0, 5)]}) == {(1, 0, 5): ()}
    assert images(tmp_path / note.name, [1]) == {}
    assert read(path, visit.name) == visit


def test_an_attachment_changed_since_it_was_read_gives_no_boxes(tmp_path: Path) -> None:
    put(tmp_path, reference(attachment(pdf(QUOTE), "application/pdf")))
    (visit,) = read_folder(tmp_path)
    assert isinstance(visit, Document)
    put(tmp_path, reference(attachment(pdf(QUOTE + " more"), "application/pdf")))
    with pytest.raises(ReadingFailed, match="changed"):
        locate(tmp_path / visit.name, visit, {1: [(0, 5)]})


def test_a_binary_is_read_once_through_the_reference_that_points_to_it(tmp_path: Path) -> None:
    binary = {"resourceType": "Binary", "id": "b", "contentType": "text/plain", "data": base64.b64encode(b"In the binary").decode()}
    alone = {"resourceType": "Binary", "id": "c", "contentType": "text/plain", "data": base64.b64encode(b"Alone").decode()}
    put(
        tmp_path, bundle(reference({"url": "Binary/b", "title": "Held"}), binary, alone, reference({"url": "urn:uuid:1", "title": "Again"}))
    )
    found = read_folder(tmp_path)
    assert [(each.name, each.pages[0].text) for each in found if isinstance(each, Document)] == [
        ("bundle.json#1 Held", "In the binary"),
        ("bundle.json#2 Again", "In the binary"),
        ("bundle.json#3", "Alone"),
    ]


def test_a_report_gives_its_presented_form_and_a_resource_may_stand_alone(tmp_path: Path) -> None:
    put(
        tmp_path,
        {"resourceType": "DiagnosticReport", "presentedForm": [attachment(b"MRI of the lumbar spine", "text/plain")]},
        "report.json",
    )
    put(tmp_path, {"resourceType": "Binary", **attachment(b"Bytes alone", None)}, "binary.json")
    binary, report = read_folder(tmp_path)
    assert isinstance(report, Document)
    assert report.pages[0].text == "MRI of the lumbar spine"
    assert isinstance(binary, UnreadableDocument)
    assert "type 'unknown'" in binary.reason


def test_what_the_sender_says_of_a_document_is_taken_where_it_names_a_kind_of_record(tmp_path: Path) -> None:
    put(
        tmp_path,
        bundle(
            {"resourceType": "Practitioner", "id": "x", "name": [{"given": ["Ann"], "family": "Roe"}]},
            reference(
                attachment(b"Seen today.", "text/plain"),
                type={"coding": [{"system": "http://loinc.org", "code": "34117-2", "display": "Consultation"}]},
                context={"period": {"start": "2014-03-17T10:00:00Z"}},
                date="2015-01-01T00:00:00Z",
                author=[{"reference": "Practitioner/x"}],
            ),
            reference(attachment(b"All records.", "text/plain"), type={"text": "Medical records"}, author=[{"display": "Copy service"}]),
        ),
    )
    visit, everything = read_folder(tmp_path)
    assert isinstance(visit, Document)
    assert visit.sidecar == Sidecar("consultation", date(2014, 3, 17), "Ann Roe")
    assert records_in(visit)[0].kind == "consultation"
    assert isinstance(everything, Document)
    assert everything.sidecar is None


def test_a_sidecar_beside_the_file_goes_before_what_the_sender_says(tmp_path: Path) -> None:
    put(tmp_path, reference(attachment(b"Seen today.", "text/plain"), type={"text": "Consultation"}))
    (tmp_path / "bundle.yaml").write_text("type: rfa\n", encoding="utf-8")
    (document,) = read_folder(tmp_path)
    assert isinstance(document, Document)
    assert document.sidecar == Sidecar("rfa")


@pytest.mark.parametrize(
    ("said", "reason"),
    [
        ({"url": "https://records.example/doc/1?token=secret"}, "the attachment is only a link: get the document"),
        ({"contentType": "application/pdf", "data": "!!!!"}, "base64"),
        ({"contentType": "application/pdf", "data": "Zg"}, "base64"),
        ({"contentType": "application/pdf"}, "empty"),
        (attachment(b"<ClinicalDocument/>", "application/xml"), "type 'application/xml' are not read: ask its sender for a PDF"),
        (attachment(b"just text", "application/pdf"), "bytes are something else"),
        (attachment(pdf("Text")[:600], "application/pdf"), "end of the PDF is missing"),
        (attachment(pdf("Text"), "text/plain"), "it is a PDF"),
        (attachment(b"%PDF-1.7 nothing %%EOF", "application/pdf"), "does not open"),
    ],
)
def test_an_attachment_that_cannot_be_read_is_named_and_the_others_are_read(tmp_path: Path, said: dict[str, Any], reason: str) -> None:
    put(tmp_path, bundle(reference({**said, "title": "Lost"}), reference(attachment(b"Still read", "text/plain"))))
    lost, kept = read_folder(tmp_path)
    assert isinstance(lost, UnreadableDocument)
    assert lost.name == "bundle.json#1 Lost"
    assert reason in lost.reason
    assert "secret" not in lost.reason
    assert isinstance(kept, Document)


def test_what_a_bundle_holds_beside_documents_is_named(tmp_path: Path) -> None:
    put(
        tmp_path,
        bundle(
            reference(attachment(b"Note", "text/plain")),
            {"resourceType": "Condition"},
            {"resourceType": "Condition"},
            {"resourceType": "Bundle"},
        ),
    )
    named, note = read_folder(tmp_path)
    assert isinstance(note, Document)
    assert isinstance(named, UnreadableDocument)
    assert (named.name, "Bundle 1, Condition 2" in named.reason) == ("bundle.json", True)


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ('{"a": 1}', "JSON but no FHIR"),
        ("[1, 2]", "JSON but no FHIR"),
        ('{\n"resourceType": "Bundle",\n oops}', "not JSON (line 3)"),
        ("[" * 200_000, "too deep"),
        ('{"resourceType": "Bundle", "x": ' + '{"a":' * 100_000 + "1" + "}" * 100_001, "too deep"),
        ('{"resourceType": "Bundle", "x": ' + "9" * 10_000 + "}", "not JSON that can be read"),
        ('{"resourceType": "Bundle"}', "holds no documents"),
        ('{"resourceType": "Bundle", "entry": [1, {"resource": []}, {"resource": {"resourceType": 5, "content": 3}}]}', "unknown 1"),
    ],
)
def test_json_that_holds_no_document_is_named_with_the_reason(tmp_path: Path, text: str, reason: str) -> None:
    (tmp_path / "a.json").write_text(text, encoding="utf-8")
    (document,) = read_folder(tmp_path)
    assert isinstance(document, UnreadableDocument)
    assert document.name == "a.json"
    assert reason in document.reason


def test_fhir_data_longer_than_allowed_is_refused(tmp_path: Path) -> None:
    put(tmp_path, reference(attachment(b"x" * 10_000, "text/plain")))
    (document,) = read_folder(tmp_path, limits=replace(DEFAULT, unpacked_bytes=5_000))
    assert isinstance(document, UnreadableDocument)
    assert "split it" in document.reason


def test_one_path_is_one_document_so_a_bundle_says_how_to_name_one(tmp_path: Path) -> None:
    path = put(tmp_path, reference(attachment(b"Seen today.", "text/plain", title="Visit")))
    whole = read(path, "bundle.json")
    assert isinstance(whole, UnreadableDocument)
    assert "bundle.json#1" in whole.reason
    document = read(tmp_path / "bundle.json#1", "visit")
    assert isinstance(document, Document)
    assert (document.name, document.pages[0].text) == ("visit", "Seen today.")
    missing = read(tmp_path / "bundle.json#2", "visit")
    assert isinstance(missing, UnreadableDocument)
    assert "no attachment 2" in missing.reason


def test_attachments_stand_in_the_order_of_their_numbers(tmp_path: Path) -> None:
    put(tmp_path, bundle(*(reference(attachment(b"Note", "text/plain")) for _ in range(11))))
    assert [each.name for each in read_folder(tmp_path)] == [f"bundle.json#{n}" for n in range(1, 12)]
