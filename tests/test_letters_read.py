"""Letters read: every layout, what extractors do to them, what is odd in them, and what is none.

The letters under tests/letters are invented. They and what must be read of each (`*.expected.json`) were written from the description of
the layouts alone, before the reader was run on any of them.
"""

from __future__ import annotations

import json
import re
import shutil
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from openimr.determinations import Decision, Determination, determination_schema, from_json, to_json
from openimr.documents import Document, UnreadableDocument, read_each
from openimr.letters import NotALetter, Reading, open_reader, open_wording, text_of, to_pdf
from openimr.library import open_library

LETTERS = Path(__file__).parent / "letters"
LIBRARY = open_library(())
READER, WORDING = open_reader(LIBRARY), open_wording(LIBRARY)
FAMILIES = {
    "F1": "maximus-2013",
    "F2": "maximus-2016",
    "Notice": "maximus-notice-2013",
    "2013-A": "maximus-2013-early",
    "2013-B": "professional-review-2013",
}
CASES = sorted(path.name.removesuffix(".expected.json") for path in LETTERS.glob("*.expected.json"))

SHORT = """Case Number: CM16-0000001
Date Assigned: 11/09/2016 Date of Injury: 10/13/2016
Decision Date: 12/09/2016 UR Denial Date: 11/03/2016
Priority: Standard Application
Received:
11/04/2016
HOW THE IMR FINAL DETERMINATION WAS MADE
MAXIMUS Federal Services sent the complete case file to an expert reviewer. The reviewer treats this
condition and knows the rules that govern determinations.
The Expert Reviewer has the following credentials:
State(s) of Licensure: Nevada
Certification(s)/Specialty: Family Practice
CLINICAL CASE SUMMARY
The expert reviewer developed the following clinical case summary based on a review of the
case file, including all medical records:
A 29-year-old man fell from a ladder.
IMR ISSUES, DECISIONS AND RATIONALES
The Final Determination was based on decisions for the disputed items/services set forth below:
{title}
Claims Administrator guideline: Decision based on MTUS Knee Complaints 2004.
MAXIMUS guideline: Decision based on MTUS Knee Complaints 2004, Section(s): Special Studies.
Decision rationale: {rationale}
"""


def letter(title: str = "MRI of the left knee: Upheld", rationale: str = "The request is not medically necessary.") -> str:
    return SHORT.format(title=title, rationale=rationale)


def read(text: str) -> Determination:
    found = READER.read_text(text)
    assert isinstance(found, Reading), found
    return found.determination


def codes(determination: Determination) -> list[str]:
    return [warning.code for warning in determination.warnings]


def from_file(path: Path) -> Reading:
    (found,) = READER.read_files([(path, path.name)])
    assert isinstance(found, Reading), found
    return found


# --- every layout


@pytest.mark.parametrize("name", CASES)
def test_a_letter_is_read_as_a_careful_reader_would(name: str) -> None:
    (path,) = (each for each in LETTERS.glob(f"{name}.*") if not each.name.endswith(".json"))
    expected: dict[str, Any] = json.loads((LETTERS / f"{name}.expected.json").read_text(encoding="utf-8"))
    found = from_file(path)
    got = to_json(found.determination)
    assert got["layout"] == FAMILIES[expected["layout_family"]]
    for key in ("case_number", "priority", "date_of_injury", "ur_denial_date", "application_received", "date_assigned", "decision_date"):
        assert got[key] == expected[key], key
    assert got["reviewer"] == expected["reviewer"]
    assert got["patient"] == {"age": expected["age"], "sex": expected["sex"]}
    assert got["documents_reviewed"] == expected["documents_reviewed"]
    summary = got["summary"] or ""
    assert summary.startswith(expected["summary_begins"] or "")
    assert summary.endswith(expected["summary_ends"] or "")
    assert [request["text"] for request in got["requests"]] == [request["text"] for request in expected["requests"]]
    for request, wanted in zip(got["requests"], expected["requests"], strict=True):
        for key in ("original", "authorized", "disputed", "timing", "dates_of_service", "decision"):
            assert request[key] == wanted[key], (request["number"], key)
        for side in ("ur_basis", "reviewer_basis"):
            assert (request[side]["text"] if request[side] else None) == wanted[side], (request["number"], side)
        assert request["conclusion"] == wanted["concludes"], (request["number"], request["rationale"])
        rationale = request["rationale"] or ""
        assert rationale.startswith(wanted["rationale_begins"] or ""), request["number"]
        assert rationale.endswith(wanted["rationale_ends"] or ""), request["number"]
    for place in found.spans.values():
        assert found.text[slice(*place)].strip()


def test_there_are_letters_of_every_layout() -> None:
    families = {json.loads((LETTERS / f"{name}.expected.json").read_text(encoding="utf-8"))["layout_family"] for name in CASES}
    assert families == set(FAMILIES)


def test_a_layout_known_from_descriptions_says_so() -> None:
    for name in CASES:
        expected = json.loads((LETTERS / f"{name}.expected.json").read_text(encoding="utf-8"))
        (path,) = (each for each in LETTERS.glob(f"{name}.*") if not each.name.endswith(".json"))
        described = expected["layout_family"] in ("Notice", "2013-A", "2013-B")
        assert ("layout.described" in codes(from_file(path).determination)) is described


# --- places


def test_every_field_has_its_place_in_the_text() -> None:
    found = READER.read_text(letter())
    assert isinstance(found, Reading)
    said = {path: found.text[start:end] for path, (start, end) in found.spans.items()}
    assert said["case_number"] == "CM16-0000001"
    assert said["application_received"] == "11/04/2016"
    assert said["patient.age"] == "29"
    assert said["patient.sex"] == "man"
    assert said["reviewer.specialties"] == "Family Practice"
    assert said["requests[0].text"] == "MRI of the left knee"
    assert said["requests[0].decision"] == "Upheld"
    assert said["requests[0].reviewer_basis.text"].endswith("Section(s): Special Studies.")
    assert said["requests[0].rationale"] == "The request is not medically necessary."


def test_a_heading_with_nothing_under_it_has_no_place() -> None:
    """Found by mutation: the last line of a notice was the heading of the documents."""
    found = READER.read_text(
        "Notice of Independent Medical Review Determination\nCase Summary:\nA man fell.\nDocuments Reviewed for Determination:"
    )
    assert isinstance(found, Reading)
    assert found.determination.documents_reviewed is None
    assert "documents_reviewed" not in found.spans


# --- titles


def test_the_decision_is_what_follows_the_last_colon() -> None:
    (request,) = read(letter("Associated service: cold unit: 7 days: Overturned", "It is medically necessary.")).requests
    assert request.text == "Associated service: cold unit: 7 days"
    assert request.decision is Decision.OVERTURNED


def test_another_word_than_upheld_or_overturned_is_no_decision() -> None:
    determination = read(letter("MRI of the left knee: Modified"))
    assert determination.requests[0].decision is None
    assert determination.outcome is None
    assert "decision.missing" in codes(determination)


@pytest.mark.parametrize("ending", [" is", ""])
def test_what_remains_of_a_request_is_told_apart_from_what_was_granted(ending: str) -> None:
    title = (
        "Therapy, 12 visits was the original request. Therapy, 4 visits was authorized by the Claims Administrator.\n"
        f"The remaining IMR eligible portion of the original request, Therapy, 8 visits{ending}: Upheld"
    )
    (request,) = read(letter(title)).requests
    assert (request.original, request.authorized, request.disputed) == ("Therapy, 12 visits", "Therapy, 4 visits", "Therapy, 8 visits")


def test_where_the_whole_request_stays_eligible_it_is_what_is_disputed() -> None:
    title = (
        "A wheelchair was the original request. The Claims Administrator authorized a walker, leaving the original request\n"
        "IMR eligible. The original request, a wheelchair is: Overturned"
    )
    (request,) = read(letter(title)).requests
    assert (request.original, request.authorized, request.disputed) == ("A wheelchair", "a walker", "a wheelchair")


def test_days_of_service_and_timing_come_from_the_title() -> None:
    (request,) = read(letter("Retrospective drug screen (DOS: 11/01/16 and 11/15/2016): Upheld")).requests
    assert request.timing == "retrospective"
    assert [day.isoformat() for day in request.dates_of_service] == ["2016-11-01", "2016-11-15"]


# --- what a rationale concludes


@pytest.mark.parametrize(
    ("rationale", "concludes"),
    [
        ("Medical necessity of the study is not established. Therefore the request is not medically necessary.", "not medically necessary"),
        ("The guideline is met. As such, the request for six visits was medically necessary.", "medically necessary"),
        (
            "The injection alone is medically necessary. However, the request as a whole is not medically necessary.",
            "not medically necessary",
        ),
        (
            "The request is not medically necessary. Opioids should not be stopped abruptly; see the section on tapering.",
            "not medically necessary",
        ),
        ("Medical necessity for the brace has not been demonstrated.", "not medically necessary"),
        ("The requested surgery is medically reasonable and appropriate.", "medically necessary"),
        ("This cannot be deemed medically necessary.", "not medically necessary"),
        ("The record was read.", None),
    ],
)
def test_the_conclusion_is_told_from_the_words_alone(rationale: str, concludes: str | None) -> None:
    """The printed decision says the contrary each time, so that it cannot have helped."""
    decision = "Overturned" if concludes == "not medically necessary" else "Upheld"
    (request,) = read(letter(f"MRI of the left knee: {decision}", rationale)).requests
    assert request.conclusion == concludes


# --- the patient


@pytest.mark.parametrize(
    ("said", "age", "sex"),
    [
        ("The 31 yr. old male patient hurt his back.", 31, "male"),
        ("This is a 45 y/o F with pain.", 45, "female"),
        ("A forty-two year old woman was struck.", 42, "female"),
        ("The applicant, age 58, is a gentleman with a 10-year-old injury.", 58, "male"),
        ("The worker has a 12-year-old claim. She reports that her knee hurts.", None, "female"),
        ("He said that she drove.", None, None),
        ("The patient is 36-years-old.", 36, None),
    ],
)
def test_age_and_sex_in_all_their_wordings(said: str, age: int | None, sex: str | None) -> None:
    determination = read(letter().replace("A 29-year-old man fell from a ladder.", said))
    assert (determination.age, determination.sex) == (age, sex)


# --- the header


@pytest.mark.parametrize(
    "header",
    [
        # column by column
        "Case Number:\nDate Assigned:\nDecision Date:\nPriority:\n\nCM16-0000001\n11/09/2016\n12/09/2016\nStandard\n\n"
        "Date of Injury:\nUR Denial Date:\nApplication\nReceived:\n\n10/13/2016\n11/03/2016\n11/04/2016\n",
        # values before their labels
        "Case Number:\nDate Assigned:\nDecision Date:\nPriority:\n\nCM16-0000001\n11/09/2016\n12/09/2016\nStandard\n\n"
        "10/13/2016\nDate of Injury:\nUR Denial Date: 11/03/2016\n11/04/2016\nApplication\nReceived:\n",
        "Case Number:CM16-0000001 Date Assigned:11/09/2016 Date of Injury:10/13/2016 Decision Date:12/09/2016 UR Denial Date:11/03/2016 "
        "Priority:Standard Application Received:11/04/2016\n",
    ],
)
def test_the_header_is_read_in_whatever_order_its_cells_come(header: str) -> None:
    text = letter()
    determination = read(header + text[text.index("HOW THE IMR") :])
    plain = read(text)
    for name in ("case_number", "priority", "date_of_injury", "ur_denial_date", "application_received", "date_assigned", "decision_date"):
        assert getattr(determination, name) == getattr(plain, name), name


def test_dates_out_of_order_are_a_warning_and_stay_as_printed() -> None:
    determination = read(letter().replace("Decision Date: 12/09/2016", "Decision Date: 12/09/2015"))
    assert "dates.order" in codes(determination)
    assert determination.decision_date is not None
    assert determination.decision_date.year == 2015


def test_a_day_there_is_not_is_a_warning_and_no_date() -> None:
    determination = read(letter().replace("Decision Date: 12/09/2016", "Decision Date: 13/45/2016"))
    assert "date.impossible" in codes(determination)
    assert determination.decision_date is None


def test_a_letter_without_a_header_has_no_header_fields() -> None:
    text = letter()
    determination = read(text[text.index("HOW THE IMR") :])
    assert (determination.case_number, determination.priority, determination.date_of_injury) == (None, None, None)
    assert len(determination.requests) == 1


# --- extractors and forms


def changed(text: str, how: str) -> str:
    if how == "one line":
        return " ".join(text.split())
    if how == "double-spaced":
        return text.replace("\n", "\n\n")
    if how == "windows":
        return text.replace("\n", "\r\n")
    if how == "bold":
        return re.sub(r"^([A-Z][A-Za-z ]+:)", r"**\1**", text, flags=re.M).replace("HOW THE IMR", "### HOW THE IMR")
    return text


@pytest.mark.parametrize("how", ["as it is", "double-spaced", "windows", "bold", "one line"])
def test_the_same_letter_in_other_shapes_gives_the_same_record(tmp_path: Path, how: str) -> None:
    path = tmp_path / "a.txt"
    path.write_text(changed(letter(), how), encoding="utf-8", newline="")
    assert to_json(from_file(path).determination) | {"source": None} == to_json(read(letter()))


@pytest.mark.slow
@pytest.mark.skipif(shutil.which("tesseract") is None, reason="Tesseract is not installed, so scans stay unread")
def test_a_scanned_letter_is_read_through_ocr(tmp_path: Path) -> None:
    import pypdfium2

    name = next(name for name in CASES if name.startswith("01"))
    (source,) = (each for each in LETTERS.glob(f"{name}.*") if not each.name.endswith(".json"))
    printed = tmp_path / "printed.pdf"
    whole = from_file(source).determination
    printed.write_bytes(to_pdf(whole, WORDING, draft=whole.outcome is None))
    images = [page.render(scale=200 / 72, grayscale=True).to_pil().convert("L") for page in pypdfium2.PdfDocument(printed)]
    scanned = tmp_path / "scanned.pdf"
    images[0].save(scanned, "PDF", resolution=200, save_all=True, append_images=images[1:])
    found = from_file(scanned).determination
    assert found.case_number == whole.case_number
    assert found.decision_date == whole.decision_date
    assert [request.decision for request in found.requests] == [request.decision for request in whole.requests]


def test_a_hyphen_at_a_lines_end_is_a_hyphen(tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    path.write_text(
        letter(rationale="He took anti-\ninflammatories for the L4-\nL5 level. It is not medically necessary."), encoding="utf-8"
    )
    rationale = from_file(path).determination.requests[0].rationale
    assert rationale == "He took anti-inflammatories for the L4-L5 level. It is not medically necessary."


# --- what is no letter


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "holds no text"),
        ("A recipe for soup.", "none of the headings"),
        ("CLINICAL CASE SUMMARY\nA man fell.\n", "layout is unknown; recognised in it: CLINICAL CASE SUMMARY"),
        ("Nature of Statutory Criteria/Case Summary: A patient. Final Result: Upheld Decision of Health Plan", "health plan IMR"),
        ("DECISION AND ORDER\nThe evidence is not contrary to the decision of the IRO.", "a Texas decision"),
        ('{"requests": 7}', "not a determination of the contract"),
        ("{" * 5000, "not a determination of the contract"),
        ("[" * 100_000, "none of the headings"),
    ],
)
def test_what_is_no_letter_is_said_to_be_none_with_what_was_recognised(text: str, reason: str) -> None:
    found = READER.read_text(text, "a.txt")
    assert isinstance(found, NotALetter)
    assert reason in found.reason


def test_one_bad_file_among_others_leaves_the_others_read(tmp_path: Path) -> None:
    good = to_pdf(read(letter()), WORDING, draft=False)
    contents = {
        "1-good.pdf": good,
        "2-cut.pdf": good[: len(good) // 2],
        "3-empty.pdf": b"",
        "4-noise.pdf": bytes(range(256)) * 40,
        "5-picture.txt": b"\x89PNG\r\n\x1a\n" + bytes(50),
        "6-noise.txt": bytes(range(256)),
        "7-good.txt": letter().encode(),
        "8-other.html": b"<p>A page about something else.</p>",
    }
    for name, data in contents.items():
        (tmp_path / name).write_bytes(data)
    found = list(READER.read_files((tmp_path / name, name) for name in contents))
    assert [type(each).__name__ for each in found] == [
        *("Reading", "UnreadableDocument", "UnreadableDocument", "UnreadableDocument", "UnreadableDocument", "UnreadableDocument"),
        *("Reading", "NotALetter"),
    ]
    for each in found:
        if isinstance(each, UnreadableDocument | NotALetter):
            assert len(each.reason) > 20


def test_a_file_of_500_megabytes_is_refused_unread(tmp_path: Path) -> None:
    for name in ("big.pdf", "big.txt"):
        with (tmp_path / name).open("wb") as file:
            file.write(b"%PDF-1.7\n" if name.endswith("pdf") else b"HOW THE IMR\n")
            file.truncate(520 * 1024**2)
    for each in READER.read_files((tmp_path / name, name) for name in ("big.pdf", "big.txt")):
        assert isinstance(each, UnreadableDocument)


LONG = 300_000
ADVERSARIAL = {
    "labels": "Claims Administrator guideline:\n" * 8000,
    "rationales": SHORT + "Decision rationale: x\n" * 10_000,
    "titles": letter() + ": Upheld\nClaims Administrator guideline: a\nDecision rationale: b\n" * 4000,
    "blanks": letter(" " * LONG + "MRI: Upheld"),
    "line ends": letter("\n" * LONG + "MRI: Upheld"),
    "one word": letter("x" * LONG + ": Upheld"),
    "original": letter("was the original request. " * 8000 + ": Upheld"),
    "authorized": letter("A was the original request. " + "B was authorized by the Claims Administrator. " * 4000 + "is: Upheld"),
    "certified": letter().replace("sent the complete", "is Board Certified in " * 10_000 + "sent the complete"),
    "numbered": "Notice of Independent Medical Review Determination\n"
    + "1) MAXIMUS Federal Services, Inc. has determined the request for " * 4000,
    "necessary": letter(rationale="not medically necessary " * 12_000),
    "sentences": letter(rationale="The request is medically. " * 10_000),
    "years": letter().replace("A 29-year-old man", "9" * 50_000 + " 1 " * 50_000 + "years"),
    "dates": letter().replace("Case Number:", "Case Number: " + "10/10/2016 " * 20_000),
    "bases": letter().replace("Knee Complaints 2004.", "Knee Complaints 2004, and " * 8000),
    "bookmarks": letter() + "MRI of the left knee: Upheld\n" * 10_000,
    "stars": "**" * LONG + letter(),
    "tags": "<b>Case" + "<" * LONG + letter(),
    "form feeds": letter().replace("\n", "\n\f" * 2000, 20),
}


@pytest.mark.parametrize("name", ADVERSARIAL)
def test_no_text_makes_the_reader_hang(name: str) -> None:
    """The suite's own limit stops it if one does; each takes a fraction of a second."""
    found = READER.read_text(ADVERSARIAL[name])
    assert isinstance(found, Reading | NotALetter)


@settings(max_examples=150, deadline=None)
@given(
    st.lists(st.sampled_from([*SHORT.split("\n"), "X: Upheld", "\f", "Decision rationale:", "MRI: Overturned", "**", "1."]), max_size=60),
    st.data(),
)
def test_any_order_of_a_letters_lines_is_read_or_refused(lines: list[str], data: st.DataObject) -> None:
    text = data.draw(st.sampled_from(["\n", "\n\n", " ", "\r\n"])).join(lines)
    found = READER.read_text(text)
    if isinstance(found, Reading):
        assert from_json(to_json(found.determination)) == found.determination
        for start, end in found.spans.values():
            assert 0 <= start < end <= len(text)


# --- the contract


def test_what_is_read_fits_the_published_schema() -> None:
    import jsonschema

    schema = determination_schema()
    published = Path(__file__).resolve().parent.parent / "docs" / "determination.schema.json"
    assert json.loads(published.read_text(encoding="utf-8")) == schema
    check = jsonschema.Draft202012Validator(schema)
    for path in sorted(LETTERS.iterdir()):
        if not path.name.endswith(".json"):
            found = from_file(path)
            check.validate(to_json(found.determination) | {"spans": {name: list(place) for name, place in found.spans.items()}})


def test_the_text_of_a_document_parts_its_pages(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("one\ftwo", encoding="utf-8")
    (document,) = read_each([(tmp_path / "a.txt", "a.txt")])
    assert isinstance(document, Document)
    assert text_of(document) == "one\n\ftwo"
