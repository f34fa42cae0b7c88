"""The clinical case summary and the timeline: passages of the record, in order, each with its place, and nothing else."""

from __future__ import annotations

import copy
import re
import shutil
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from openimr.cases import Case, load_case
from openimr.documents import Document, Page, Record
from openimr.evidence import Passage, PassageReader
from openimr.library import LibraryError
from openimr.review import Event, Reference, Review, open_reference, review, verify, worksheet_html, worksheet_json, worksheet_schema
from openimr.review._chart import Chart
from openimr.review._summary import summarize
from openimr.review._timeline import timeline

CASE = """program: ca-dwc-imr
case_number: TEST-1
dates: {{date_of_injury: {injury}, ur_denial_date: {denied}, rfa_date: {asked}}}
patient: {{age: {age}, sex: {sex}}}
parties: {{requesting_physician: "Orla Finch, MD"}}
ur_decision: {{date: {denied}, reasons: "{reasons}"}}
requests:
  - {{text: "{request}"}}
"""

KNEE = {
    "1-visit.txt": (
        "progress_report",
        "2015-05-04",
        "Orla Finch, MD",
        """PROGRESS REPORT

Subjective complaints
Left knee pain is 7/10 with locking when she squats. The right shoulder aches now and then.
Her mother had a knee replacement and did badly.

Treatment to date
Twelve visits of physical therapy gave no lasting relief. A cortisone injection of the left knee on 02/10/2015 helped for three weeks.
Naproxen helps a little.

Objective findings
Left knee: McMurray is positive at the medial joint line.
There is a mild effusion of the left knee.
Right shoulder: full motion.

Diagnoses
1. Medial meniscus tear, left knee
2. Right shoulder strain

Plan
I request authorization for left knee arthroscopy with partial meniscectomy because locking persists despite therapy and an injection.
Return in 4 weeks.
""",
    ),
    "2-first.txt": (
        "consultation",
        "2014-11-20",
        "Ada Quill, MD",
        """ORTHOPAEDIC CONSULTATION

History of injury
On October 2, 2014 the patient slipped on a wet ramp while carrying a crate and twisted the left knee.

Physical examination
Left knee tender over the medial joint line.
""",
    ),
    "3-mri.txt": (
        "imaging",
        "2015-01-12",
        "Bo Lind, MD",
        """MRI OF THE LEFT KNEE

Findings
The medial meniscus shows a horizontal tear of the posterior horn.

Impression
1. Tear of the posterior horn of the medial meniscus of the left knee.
2. Anterior cruciate ligament intact.
""",
    ),
    "4-ur.txt": (
        "ur_decision",
        "2015-05-20",
        "Cy Marsh, MD",
        """UTILIZATION REVIEW DECISION

Clinical summary
The claimant has a knee injury and takes oxycodone.

Guideline
The guideline allows arthroscopy when a tear is shown.

Rationale
The report submitted does not describe a trial of a home exercise program.
The request is therefore not certified.
""",
    ),
}


@pytest.fixture(scope="session")
def reference() -> Reference:
    return open_reference()


@pytest.fixture(scope="session")
def reader(reference: Reference) -> PassageReader:
    return reference.passages


def make(folder: Path, records: dict[str, tuple[str, str, str, str]], **given: str) -> Path:
    """A case folder of text records, each with what it is, of which day and by whom."""
    (folder / "records").mkdir(parents=True)
    values = {
        "injury": "2014-10-02",
        "denied": "2015-05-20",
        "asked": "2015-05-06",
        "age": "44",
        "sex": "female",
        "reasons": "no trial of exercise is described",
        "request": "Left knee arthroscopy with partial medial meniscectomy",
    }
    (folder / "case.yaml").write_text(CASE.format(**{**values, **given}), encoding="utf-8")
    for name, (kind, day, author, text) in records.items():
        (folder / "records" / name).write_text(text, encoding="utf-8")
        sidecar = f'type: {kind}\ndate: {day}\nauthor: "{author}"\n'
        (folder / "records" / f"{name}.yaml").write_text(sidecar, encoding="utf-8")
    return folder


@pytest.fixture(scope="session")
def knee(tmp_path_factory: pytest.TempPathFactory, reference: Reference) -> Review:
    return review(load_case(make(tmp_path_factory.mktemp("knee") / "case", KNEE)), reference)


def told(done: Review, part: str) -> list[str]:
    """The passages of a part, on one line each."""
    return [" ".join(each.quote.split()) for s in done.worksheet.summary if s.part == part for each in s.evidence if each.span]


def text_of(done: Review) -> str:
    return done.determination.summary or ""


def visit(day: str, text: str) -> tuple[str, str, str, str]:
    return ("progress_report", day, "Orla Finch, MD", text)


def test_the_summary_tells_the_case_in_the_order_of_a_determination(knee: Review) -> None:
    parts = list(dict.fromkeys(sentence.part for sentence in knee.worksheet.summary))
    order = ["person", "mechanism", "complaints", "examination", "diagnoses", "treatment", "diagnostics", "request", "ur_reason"]
    assert [part for part in parts if part in order] == order
    assert text_of(knee).startswith("The patient is a 44-year-old female with an industrial injury of October 2, 2014.")


def test_each_part_holds_the_passages_a_reviewer_looks_for(knee: Review) -> None:
    assert told(knee, "mechanism") == [
        "On October 2, 2014 the patient slipped on a wet ramp while carrying a crate and twisted the left knee."
    ]
    assert told(knee, "complaints")[0] == "Left knee pain is 7/10 with locking when she squats."
    assert told(knee, "diagnoses") == ["Medial meniscus tear, left knee"]
    assert "Left knee: McMurray is positive at the medial joint line." in told(knee, "examination")
    assert told(knee, "diagnostics")[0] == "Tear of the posterior horn of the medial meniscus of the left knee."
    assert told(knee, "ur_reason") == ["The report submitted does not describe a trial of a home exercise program."]


def test_treatment_comes_with_its_response(knee: Review) -> None:
    said = {" ".join(each.quote.split()): each.says for s in knee.worksheet.summary if s.part == "treatment" for each in s.evidence}
    assert said["Twelve visits of physical therapy gave no lasting relief."].startswith("treatment: did not help")
    assert said["A cortisone injection of the left knee on 02/10/2015 helped for three weeks."] == "treatment: helped"


def test_the_request_is_told_with_the_reason_given_for_it(knee: Review) -> None:
    assert told(knee, "request") == [
        "I request authorization for left knee arthroscopy with partial meniscectomy because locking persists despite "
        "therapy and an injection."
    ]


def test_what_is_elsewhere_or_anothers_is_left_out(knee: Review) -> None:
    summary = text_of(knee)
    assert "shoulder" not in summary
    assert "mother" not in summary


def test_what_utilization_review_says_of_the_patient_is_no_treatment(knee: Review) -> None:
    assert "oxycodone" not in text_of(knee)


def test_what_stands_in_quotation_marks_is_a_passage_with_its_place(knee: Review) -> None:
    for sentence in knee.worksheet.summary:
        quotes = re.findall("“([^”]*)”", sentence.text)
        assert quotes == [" ".join(each.quote.split()) for each in sentence.evidence if each.span]
        for each in sentence.evidence:
            if each.span:
                text = next(d for d in knee.documents if d.name == each.span.document).pages[each.span.page - 1].text
                assert each.span.holds(text)
                assert text[each.span.start : each.span.end] == each.quote


def test_a_passage_carries_date_author_and_kind_of_its_record(knee: Review) -> None:
    (each,) = [e for s in knee.worksheet.summary if s.part == "diagnoses" for e in s.evidence]
    assert (each.date, each.author, each.kind, each.use) == (date(2015, 5, 4), "Orla Finch, MD", "progress_report", "counted")
    reasons = [e for s in knee.worksheet.summary if s.part == "ur_reason" for e in s.evidence if e.span]
    assert {each.use for each in reasons} == {"claim"}


def test_what_only_the_case_data_say_is_marked_so(knee: Review) -> None:
    who = knee.worksheet.summary[0]
    assert {each.origin for each in who.evidence} == {"case"}
    assert {each.says for each in who.evidence} == {"age", "sex", "date of injury"}


def test_the_latest_visit_goes_before_an_earlier_one(tmp_path: Path, reference: Reference) -> None:
    earlier = "PROGRESS REPORT\n\nSubjective complaints\nLeft knee pain is 3/10 and the knee swells.\n\nDiagnoses\nKnee sprain, left knee\n"
    later = "PROGRESS REPORT\n\nSubjective complaints\nLeft knee pain is 9/10 all day.\n\nDiagnoses\nSynovitis, left knee\n"
    after = "PROGRESS REPORT\n\nSubjective complaints\nLeft knee pain is gone, 0/10.\n\nDiagnoses\nHealed left knee\n"
    records = {"a.txt": visit("2015-01-05", earlier), "b.txt": visit("2015-05-04", later), "c.txt": visit("2015-09-01", after)}
    done = review(load_case(make(tmp_path / "case", records)), reference)
    assert told(done, "complaints") == ["Left knee pain is 9/10 all day."]
    assert told(done, "diagnoses") == ["Synovitis, left knee"]


def test_how_long_and_how_strong_the_pain_is_goes_before_the_rest_of_the_complaints(tmp_path: Path, reference: Reference) -> None:
    text = (
        "PROGRESS REPORT\n\nSubjective complaints\nLeft knee stiffness is worse in the morning.\n"
        "She has had left knee pain for three years. The left knee pain is 7/10. Left knee aching keeps her awake.\n"
        "Left knee soreness is the same with heat.\n"
    )
    done = review(load_case(make(tmp_path / "case", {"a.txt": visit("2015-05-04", text)})), reference)
    assert {"She has had left knee pain for three years.", "The left knee pain is 7/10."} <= set(told(done, "complaints"))


def test_a_note_copied_from_visit_to_visit_is_quoted_once(tmp_path: Path, reference: Reference) -> None:
    text = "PROGRESS REPORT\n\nTreatment to date\nThe patient completed 12 visits of physical therapy of the left knee without benefit.\n"
    records = {f"{number}.txt": visit(f"2015-0{number}-05", text) for number in range(1, 5)}
    done = review(load_case(make(tmp_path / "case", records)), reference)
    assert text_of(done).count("12 visits of physical therapy") == 1


def test_a_summary_can_be_read_in_a_minute_or_two(tmp_path: Path, reference: Reference) -> None:
    complaint = " ".join(f"The left knee pain is {n}/10 on the {n}th day of the week when she climbs stairs at work." for n in range(1, 9))
    history = " ".join(f"A course of physical therapy number {n} of the left knee gave no relief at all to her." for n in range(1, 30))
    text = f"PROGRESS REPORT\n\nSubjective complaints\n{complaint}\n\nTreatment to date\n{history}\n"
    done = review(load_case(make(tmp_path / "case", {"a.txt": visit("2015-05-04", text)})), reference)
    assert len(text_of(done).split()) <= 350


@pytest.mark.parametrize(
    ("request_text", "visit_text", "expected"),
    [
        (
            "MRI of the right shoulder",
            "Subjective complaints\nThe right shoulder hurts 6/10 when he reaches overhead.\n\n"
            "Objective findings\nRight shoulder: Neer and Hawkins signs are positive.\n\n"
            "Diagnoses\nRotator cuff tear suspected, right shoulder\n\n"
            "Plan\nMRI of the right shoulder is requested to rule out a full thickness tear.\n",
            {
                "complaints": "The right shoulder hurts 6/10 when he reaches overhead.",
                "examination": "Right shoulder: Neer and Hawkins signs are positive.",
                "diagnoses": "Rotator cuff tear suspected, right shoulder",
                "request": "MRI of the right shoulder is requested to rule out a full thickness tear.",
            },
        ),
        (
            "Norco 10/325mg #120",
            "Subjective complaints\nLow back pain is 8/10 without medication.\n\n"
            "Medications\nNorco 10/325 brings the low back pain from 8/10 to 4/10 and he can walk a mile.\n\n"
            "Diagnoses\nLumbar degenerative disc disease\n\nPlan\nRefill Norco 10/325 mg #120 for control of the pain.\n",
            {
                "complaints": "Low back pain is 8/10 without medication.",
                "treatment": "Norco 10/325 brings the low back pain from 8/10 to 4/10 and he can walk a mile.",
                "diagnoses": "Lumbar degenerative disc disease",
                "request": "Refill Norco 10/325 mg #120 for control of the pain.",
            },
        ),
        (
            "EMG/NCS of the bilateral upper extremities",
            "Subjective complaints\nNumbness and tingling of both hands wake her at night.\n\n"
            "Objective findings\nTinel and Phalen signs are positive at both wrists.\n\nDiagnoses\nCarpal tunnel syndrome, bilateral\n\n"
            "Plan\nEMG/NCS of both upper extremities is requested to confirm carpal tunnel syndrome.\n",
            {
                "complaints": "Numbness and tingling of both hands wake her at night.",
                "examination": "Tinel and Phalen signs are positive at both wrists.",
                "diagnoses": "Carpal tunnel syndrome, bilateral",
                "request": "EMG/NCS of both upper extremities is requested to confirm carpal tunnel syndrome.",
            },
        ),
    ],
)
def test_other_parts_of_the_body_and_other_treatments_are_told_as_well(
    request_text: str, visit_text: str, expected: dict[str, str], tmp_path: Path, reference: Reference
) -> None:
    records = {"a.txt": visit("2015-05-04", "PROGRESS REPORT\n\n" + visit_text)}
    done = review(load_case(make(tmp_path / "case", records, request=request_text)), reference)
    for part, passage in expected.items():
        assert passage in told(done, part), part


def test_without_a_decision_in_the_file_the_reason_comes_from_the_case_data(tmp_path: Path, reference: Reference) -> None:
    done = review(load_case(make(tmp_path / "case", {"1.txt": KNEE["1-visit.txt"]})), reference)
    assert "Its reason as the case data give it: “no trial of exercise is described”" in text_of(done)


def test_a_study_that_matters_and_is_not_there_is_said_not_to_be(tmp_path: Path, reference: Reference) -> None:
    records = {name: given for name, given in KNEE.items() if name != "3-mri.txt"}
    done = review(load_case(make(tmp_path / "case", records)), reference)
    assert [s.text for s in done.worksheet.summary if s.part == "silent"] == ["No imaging report is in the file."]


def test_a_study_that_is_only_spoken_of_is_said_to_be(tmp_path: Path, reference: Reference) -> None:
    spoken = "PROGRESS REPORT\n\nStudies\nAn MRI of the left knee of 01/12/2015 showed a tear of the medial meniscus.\n"
    done = review(load_case(make(tmp_path / "case", {"a.txt": visit("2015-05-04", spoken)})), reference)
    assert "No imaging report is in the file; MRI is spoken of in other records." in text_of(done)
    assert told(done, "diagnostics") == ["An MRI of the left knee of 01/12/2015 showed a tear of the medial meniscus."]


def test_no_study_is_missed_where_no_rule_asks_for_it(knee: Review) -> None:
    assert not [s for s in knee.worksheet.summary if s.part == "silent"]


def test_pages_that_could_not_be_read_are_told_in_one_sentence(tmp_path: Path, reference: Reference) -> None:
    folder = make(tmp_path / "case", KNEE)
    (folder / "records" / "scan.pdf").write_bytes(b"%PDF-1.4 broken")
    done = review(load_case(folder), reference)
    (sentence,) = [s for s in done.worksheet.summary if s.part == "unread"]
    assert sentence.text == "scan.pdf could not be read whole; what stands there is unread, not silent."


def test_a_worksheet_with_summary_and_timeline_fits_the_schema(knee: Review) -> None:
    sheet = worksheet_json(knee.worksheet)
    jsonschema.validate(sheet, worksheet_schema())
    assert sheet["summary"]
    assert sheet["timeline"][0] == {
        "date": "2014-10-02",
        "precision": "day",
        "event": "Industrial injury",
        "kind": "injury",
        "evidence": sheet["timeline"][0]["evidence"],
    }


def test_the_remark_of_the_form_is_told_with_the_request(tmp_path: Path, reference: Reference) -> None:
    form = "REQUEST FOR AUTHORIZATION\n\nRemarks\nTherapy and naproxen have been tried and neither has helped the left knee.\n"
    records = {**KNEE, "5-rfa.txt": ("rfa", "2015-05-06", "Orla Finch, MD", form)}
    done = review(load_case(make(tmp_path / "case", records)), reference)
    assert told(done, "request")[-1] == "Therapy and naproxen have been tried and neither has helped the left knee."


def test_a_physicians_letter_on_an_examination_is_a_visit_and_another_letter_is_none(tmp_path: Path, reference: Reference) -> None:
    body = "Dear Dr. Finch:\n\nThe left knee is tender over the medial joint line. There is an effusion of the left knee.\n"
    body += "Flexion of the left knee is limited to 100 degrees. Strength of the left leg is 5/5. Gait is antalgic on the left.\n"
    plain = "Dear Dr. Finch:\n\nThank you for sending the file. I have no further opinion to offer.\n"
    records = {
        "a.txt": visit("2015-05-04", KNEE["1-visit.txt"][3]),
        "b.txt": ("correspondence", "2015-03-02", "Ada Quill, MD", body),
        "c.txt": ("correspondence", "2015-03-20", "Uwe Lark, MD", plain),
    }
    done = review(load_case(make(tmp_path / "case", records)), reference)
    assert [each.date for each in events(done, "visit")] == [date(2015, 3, 2), date(2015, 5, 4)]


def test_the_same_sort_of_treatment_is_told_from_the_latest_visit_once(tmp_path: Path, reference: Reference) -> None:
    older = "PROGRESS REPORT\n\nHistory\nShe does home exercises for the left knee every day of the week.\n"
    newer = "PROGRESS REPORT\n\nHistory\nShe still does her home exercises for the left knee on most days.\n"
    done = review(load_case(make(tmp_path / "case", {"a.txt": visit("2015-01-04", older), "b.txt": visit("2015-05-04", newer)})), reference)
    assert told(done, "treatment") == ["She still does her home exercises for the left knee on most days."]


def test_a_sign_not_tested_is_not_told(tmp_path: Path, reference: Reference) -> None:
    text = "PROGRESS REPORT\n\nObjective findings\nLeft knee: McMurray is positive. Lachman of the left knee was not tested today.\n"
    done = review(load_case(make(tmp_path / "case", {"a.txt": visit("2015-05-04", text)})), reference)
    assert told(done, "examination") == ["Left knee: McMurray is positive."]


def test_the_injury_of_the_timeline_has_the_passage_that_tells_of_it(knee: Review) -> None:
    (injury,) = events(knee, "injury")
    assert next(each.quote for each in injury.evidence if each.span).startswith("On October 2, 2014 the patient slipped")


def test_the_worksheet_lists_the_treatments_with_passages_that_can_be_read_again(knee: Review) -> None:
    listed = {each.treatment: each for each in knee.worksheet.treatments}
    therapy, injection, naproxen = listed["physical_therapy"], listed["joint_injection"], listed["naproxen"]
    assert (therapy.state, therapy.response, therapy.failed, therapy.count) == ("tried and failed", "did not help", True, 12)
    assert (injection.state, injection.response, injection.evidence[0].says) == ("past", "helped", "past, helped, for 3 weeks")
    assert naproxen.response == "helped in part or for a time"
    assert listed["knee_surgery"].state == "planned"
    assert "oxycodone" in listed and listed["oxycodone"].evidence[0].use == "claim"
    page = worksheet_html(knee)
    assert "Treatments the records tell of" in page
    assert "A cortisone injection of the left knee on 02/10/2015 helped for three weeks." in page
    sheet = worksheet_json(knee.worksheet)
    moved = copy.deepcopy(sheet)
    next(each for each in moved["treatments"] if each["treatment"] == "naproxen")["evidence"][0]["span"][0] += 1
    assert [each.document for each in verify(moved, knee.case.folder)[1]] == ["1-visit.txt"]


def _altered(sheet: dict[str, Any], part: str) -> dict[str, Any]:
    return next(s for s in sheet["summary"] if s["part"] == part)


def test_verify_reads_the_passages_of_summary_and_timeline_again(knee: Review) -> None:
    sheet = worksheet_json(knee.worksheet)
    total, failed = verify(sheet, knee.case.folder)
    assert failed == ()
    bare = copy.deepcopy(sheet)
    bare["summary"], bare["timeline"] = [], []
    assert verify(bare, knee.case.folder)[0] < total
    moved = copy.deepcopy(sheet)
    dated = next(event for event in moved["timeline"] if event["kind"] == "injection")
    dated["evidence"][0]["span"][0] += 1
    assert [each.document for each in verify(moved, knee.case.folder)[1]] == ["1-visit.txt"]


def test_verify_finds_a_quote_in_the_summary_that_no_passage_bears_out(knee: Review) -> None:
    sheet = copy.deepcopy(worksheet_json(knee.worksheet))
    sentence = _altered(sheet, "diagnoses")
    sentence["text"] = sentence["text"].replace("left knee", "right knee")
    (failed,) = verify(sheet, knee.case.folder)[1]
    assert failed.quote == "Medial meniscus tear, right knee"
    assert "quotes what none of its passages says" in failed.why


def test_the_page_shows_each_quote_of_the_summary_as_a_passage(knee: Review) -> None:
    page = worksheet_html(knee)
    assert "Clinical case summary" in page
    assert "“Medial meniscus tear, left knee”" in page
    assert "Timeline of the case" in page


def events(done: Review, kind: str) -> list[Event]:
    return [each for each in done.worksheet.timeline if each.kind == kind]


def test_the_timeline_holds_what_records_are_and_what_they_tell_of(knee: Review) -> None:
    said = [(each.date.isoformat(), each.kind) for each in knee.worksheet.timeline]
    assert said == sorted(said, key=lambda each: each[0])
    assert ("2014-10-02", "injury") in said
    assert ("2015-01-12", "study") in said
    assert ("2015-02-10", "injection") in said
    assert ("2015-05-04", "visit") in said
    assert ("2015-05-20", "ur_decision") in said


def test_an_event_two_records_tell_of_stands_there_once_with_both(tmp_path: Path, reference: Reference) -> None:
    operation = ("operative_report", "2011-04-12", "Ada Quill, MD", "OPERATIVE REPORT\n\nProcedure:\nLeft knee medial meniscectomy\n")
    says = "PROGRESS REPORT\n\nHistory\nHe underwent left knee meniscectomy on 4/12/2011. "
    says += "MRI dated 6/14/2012 showed a new tear of the left knee.\n"
    records = {"a.txt": operation, "b.txt": visit("2015-05-04", says)}
    done = review(load_case(make(tmp_path / "case", records)), reference)
    (only,) = events(done, "operation")
    assert (only.date, only.precision, only.event) == (date(2011, 4, 12), "day", "Left knee medial meniscectomy")
    assert {each.kind for each in only.evidence} == {"operative_report", "progress_report"}
    (study,) = events(done, "study")
    assert (study.date, study.event) == (date(2012, 6, 14), "MRI")


def test_each_operation_of_a_list_has_its_own_date_and_words(tmp_path: Path, reference: Reference) -> None:
    text = (
        "PROGRESS REPORT\n\nPast surgical history\n"
        "Two operations on the left knee: arthroscopy 09/14/2010; partial meniscectomy in November 2011. An injection was given in 2012.\n"
    )
    done = review(load_case(make(tmp_path / "case", {"a.txt": visit("2015-05-04", text)})), reference)
    assert [(e.date.isoformat(), e.precision, e.event) for e in events(done, "operation")] == [
        ("2010-09-14", "day", "Arthroscopy"),
        ("2011-11-01", "month", "Partial meniscectomy"),
    ]
    assert [(e.date.year, e.precision) for e in events(done, "injection")] == [(2012, "year")]


@pytest.mark.parametrize(
    "sentence",
    [
        "Left knee arthroscopy is scheduled for 03/09/2015.",
        "His brother underwent left knee arthroscopy on 03/09/2013.",
        "He did not undergo arthroscopy on 03/09/2013.",
        "If he had had arthroscopy on 03/09/2013 he would be better.",
    ],
)
def test_what_was_planned_denied_or_anothers_is_no_event(sentence: str, tmp_path: Path, reference: Reference) -> None:
    records = {"a.txt": visit("2015-05-04", f"PROGRESS REPORT\n\nHistory\nLeft knee pain is 7/10. {sentence}\n")}
    done = review(load_case(make(tmp_path / "case", records)), reference)
    assert events(done, "operation") == []


def test_what_lies_after_the_governing_date_is_told_as_such(tmp_path: Path, reference: Reference) -> None:
    later = visit("2015-09-01", "PROGRESS REPORT\n\nSubjective complaints\nLeft knee pain is gone.\n")
    done = review(load_case(make(tmp_path / "case", {**KNEE, "9.txt": later})), reference)
    (event,) = [each for each in events(done, "visit") if each.date == date(2015, 9, 1)]
    assert event.event.endswith("(after the governing date)")


def test_therapy_notes_in_a_row_are_one_course(tmp_path: Path, reference: Reference) -> None:
    note = "DAILY NOTE\n\nS: Left knee 5/10.\n"
    records = {f"{n}.txt": ("therapy_note", f"2015-0{n}-03", "Pia Wells, PT", note) for n in (1, 2, 3)}
    done = review(load_case(make(tmp_path / "case", {**records, "v.txt": KNEE["1-visit.txt"]})), reference)
    course, end = events(done, "therapy")
    assert (course.date, course.event) == (date(2015, 1, 3), "Course of therapy to March 3, 2015, 3 notes in the file")
    assert (end.date, end.event) == (date(2015, 3, 3), "Last therapy note of the course, DAILY NOTE")


def passages(reader: PassageReader, text: str, kind: str = "progress_report") -> tuple[Passage, ...]:
    document = Document("a.txt", "0" * 64, (Page(1, text),), {})
    return reader.read(document, Record("a.txt", 1, 1, kind, date(2015, 5, 4), None, ""))


def test_a_passage_knows_the_part_of_the_report_it_stands_in(reader: PassageReader) -> None:
    text = "SUBJECTIVE: The knee hurts every day.\n\nStudies\nThe MRI of March showed a tear.\n\nImpression:\nMeniscus tear\n\n"
    text += "TREATMENT PLAN:\nRefill naproxen today.\n"
    assert [(p.part, p.whole) for p in passages(reader, text)] == [
        ("complaints", True),
        ("studies", True),
        ("conclusion", False),
        ("plan", False),
    ]


def test_a_passage_takes_the_body_part_of_its_heading_until_it_names_one(reader: PassageReader) -> None:
    text = "Objective findings\nLeft knee: There is an effusion today. The joint line is tender. The right elbow moves freely.\n"
    first, second, third = passages(reader, text)
    assert first.regions == second.regions == (("knee", "left"),)
    assert (first.named, second.named) == (True, False)
    assert third.regions == (("elbow", "right"),)


def test_lines_that_name_the_file_are_no_passages(reader: PassageReader) -> None:
    text = "Patient: Jane Roe   DOB: 01/02/1970\nClaim #: 12-345\n"
    text += "HISTORY\nThe knee hurts every day.\nOrla Finch, MD, Orthopaedic Surgery\n05/04/2015\n"
    assert [p.span.quote for p in passages(reader, text)] == ["The knee hurts every day."]


def test_a_treatment_that_is_planned_or_denied_is_not_told_as_given(reader: PassageReader) -> None:
    text = "History\nHe had acupuncture last year. He has never had chiropractic care. We recommend physical therapy now.\n"
    assert [sorted(p.names("treatment")) for p in passages(reader, text)] == [["acupuncture"], [], []]


def test_words_of_failure_are_not_turned_round_by_their_own_denial(reader: PassageReader) -> None:
    (passage,) = passages(reader, "History\nPhysical therapy did not help his knee.\n")
    assert passage.says("no_help")


@pytest.mark.parametrize(
    ("line", "wrong", "message"),
    [
        ("own_denial: [no_help, denied]", "own_denial: [no_help, refused]", "own_denial: no such cue: refused"),
        ("facts: [prior_cbt, ", "facts: [prior_magic, ", "silent: no such fact: prior_magic"),
    ],
)
def test_a_wrong_file_of_cues_stops_the_library(line: str, wrong: str, message: str, tmp_path: Path, reference: Reference) -> None:
    root = tmp_path / "library"
    shutil.copytree(reference.library.roots[0], root, ignore=shutil.ignore_patterns("__pycache__"))
    file = root / "evidence" / "passages.yaml"
    text = file.read_text(encoding="utf-8")
    assert line in text
    file.write_text(text.replace(line, wrong), encoding="utf-8")
    with pytest.raises(LibraryError, match=re.escape(message)):
        PassageReader(replace(reference.library, roots=(root,)), reference.vocabulary)


def test_a_long_file_is_not_read_through_for_what_later_notes_repeat(reference: Reference) -> None:
    text = "PROGRESS REPORT\n\nHistory\nHe underwent left knee meniscectomy on 4/12/2011.\n"
    pages = tuple(Page(number, text) for number in range(1, 401))
    document = Document("packet.txt", "0" * 64, pages, {})
    records = [
        Record("packet.txt", n, n, "progress_report", date(2012 + n // 200, 1 + n % 12, 1 + n % 28), None, "") for n in range(1, 401)
    ]
    chart = Chart(
        Case(Path(), "ca-dwc-imr", ()), date(2015, 1, 1), records, {"packet.txt": document}, (), (), reference.passages, reference.given
    )
    summarize(chart, [], [])
    found = timeline(chart)
    assert [event.kind for event in found if event.kind == "operation"] == ["operation"]
    assert [course.treatment for course in chart.courses] == ["knee_surgery"]
    assert len(chart._read) < 40
