"""What the records speak of and the file does not hold, each once, and nothing that was only asked for."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from openimr.documents import Document, Gap, Page, UnreadableDocument, gaps, records_in
from openimr.documents._kinds import known_kinds
from openimr.library import LibraryError

PATIENT = "Patient: Jane Doe    DOB: 02/11/1970    Date of injury: 10/13/2010\n"
REPORT = (
    "PRIMARY TREATING PHYSICIAN'S PROGRESS REPORT (PR-2)\n"
    + PATIENT
    + "Date of visit: 03/17/2014\n{}\nElectronically signed by Ann Roe, MD"
)
DECISION = "NOTICE OF UTILIZATION REVIEW DETERMINATION: NON-CERTIFICATION\nInjured worker: Jane Doe\nDetermination date: 04/02/2014\n{}\n"
LUMBAR = "MRI OF THE LUMBAR SPINE\n" + PATIENT + "Exam date: 06/14/2012\nTechnique: axial and sagittal images.\nImpression: no change."
NERVES = "EMG/NCS REPORT\n" + PATIENT + "Date of study: 02/03/2013\nConclusion: a normal study of both legs."


def found(*pages: str, unreadable: tuple[UnreadableDocument, ...] = ()) -> list[Gap]:
    """The gaps of a case file whose every page is a record of its own file."""
    documents = [Document(f"{n}.pdf", f"{n:064d}", (Page(1, text),), {}) for n, text in enumerate(pages, 1)]
    return list(gaps(documents, [record for document in documents for record in records_in(document)], unreadable))


def told(*pages: str) -> list[tuple[str, str | None]]:
    return [(gap.kind, gap.when) for gap in found(*pages)]


@pytest.mark.parametrize(
    ("sentence", "kind", "when"),
    [
        ("MRI of the lumbar spine dated 6/14/2012 showed a bulge.", "imaging", "2012-06-14"),
        ("EMG/NCV of 2/3/13 showed no radiculopathy.", "electrodiagnostic", "2013-02-03"),
        ("The electrodiagnostic study of February 2013 was normal.", "electrodiagnostic", "2013-02"),
        ("Cervical MRI 9/2013 with mild change.", "imaging", "2013-09"),
        ("I have read the operative report of 04/12/2011 by Stuart Weems, MD.", "operative_report", "2011-04-12"),
        ("Please see my report of January 27, 2014 for the history.", "progress_report", "2014-01-27"),
        ("X-rays of the left knee taken on 05/06/2013 were clean.", "imaging", "2013-05-06"),
        ("Physical therapy notes from Coastline, 02/05/2014 through 02/26/2014, were looked at.", "therapy_note", "2014-02-05"),
        ("His QME report of Dr. Pardo dated March 3, 2012 was sent to me.", "consultation", "2012-03-03"),
        ("The UDS of 01/27/2014 was as expected.", "laboratory", "2014-01-27"),
    ],
)
def test_a_record_spoken_of_as_existing_is_missed(sentence: str, kind: str, when: str) -> None:
    assert told(REPORT.format(sentence)) == [(kind, when)]


@pytest.mark.parametrize(
    "sentence",
    [
        "I request an MRI of the lumbar spine, 04/01/2014 at the latest.",
        "An MRI is scheduled for 03/28/2014.",
        "Await EMG/NCS of 03/10/2014.",
        "Authorization for an MRI dated 02/01/2014 was asked for.",
        "The MRI of 02/01/2014 was denied.",
        "MRI planned 05/05/2014.",
        "Guidelines: the chapter on MRI, 02/01/2014 edition.",
        "ODG Low Back Chapter, MRI, updated 02/03/2014.",
        "She was seen on 01/27/2014 and is no better.",
        "Examination of 01/27/2014 found spasm.",
        "The epidural injection of 02/03/2013 did not help.",
        "MRI reviewed. DOI 10/13/2010.",
        "MRI showed a bulge. Surgery 05/05/2012.",
        "MRI was done after the fall of 10/13/2010.",
        "MRI, date of birth 02/11/1970.",
        "He brought an MRI. 12/11/2012 was the last day of therapy.",
        "ultrasound 02/03/2014 to the low back, 8 minutes",
    ],
)
def test_what_is_asked_for_planned_or_of_another_date_is_no_gap(sentence: str) -> None:
    assert told(REPORT.format(sentence), LUMBAR) == []


def test_a_record_that_is_there_answers_also_a_few_days_off_and_by_its_month() -> None:
    for sentence in ("MRI of 6/14/2012.", "Lumbar MRI of June 16, 2012.", "MRI June 2012: a bulge.", "MRI lumbar spine, 06/2012."):
        assert told(REPORT.format(sentence), LUMBAR) == []
    assert told(REPORT.format("MRI of 7/14/2012."), LUMBAR) == [("imaging", "2012-07-14")]
    assert told(REPORT.format("MRI July 2012: a bulge."), LUMBAR) == [("imaging", "2012-07")]


def test_a_record_of_another_kind_does_not_answer() -> None:
    assert told(REPORT.format("MRI of 2/3/2013 showed a bulge."), NERVES) == [("imaging", "2013-02-03")]


def test_any_note_of_a_time_answers_for_the_time() -> None:
    note = "PHYSICAL THERAPY DAILY NOTE\n" + PATIENT + "Date of service: 02/12/2014\nWarm up, stretching, moist heat, no change."
    sentence = "Physical therapy notes, 02/05/2014 through 02/26/2014"
    assert told(DECISION.format("Records reviewed\n" + sentence), note) == []


def test_a_list_of_records_names_each_of_its_days_and_people() -> None:
    records = (
        "Records reviewed\n"
        "- Progress reports, Ann Roe, MD, 12/09/2013, 01/27/2014 and 03/17/2014\n"
        "- Orthopaedic consultation, Felix Drum, MD, 02/11/2014\n"
        "- MRI of the lumbar spine, 06/14/2012\n"
        "- 02/03/2013 EMG/NCS\n"
    )
    missing = found(DECISION.format(records), REPORT.format("No change."), LUMBAR)
    assert [(gap.kind, gap.when, gap.who) for gap in missing] == [
        ("electrodiagnostic", "2013-02-03", None),
        ("progress_report", "2013-12-09", "Ann Roe, MD"),
        ("progress_report", "2014-01-27", "Ann Roe, MD"),
        ("consultation", "2014-02-11", "Felix Drum, MD"),
    ]


def test_outside_a_list_a_consultation_is_a_visit() -> None:
    assert told(REPORT.format("She had a consultation on 02/11/2014 downtown.")) == []


def test_a_report_of_the_day_by_somebody_else_does_not_answer_for_a_consultation() -> None:
    listed = DECISION.format("Records reviewed:\n- Consultation, Felix Drum, MD, 03/17/2014\n")
    assert told(listed, REPORT.format("No change.")) == [("consultation", "2014-03-17")]


def test_a_gap_is_told_once_with_every_place_that_names_it() -> None:
    pages = (
        DECISION.format("Records reviewed:\n- MRI lumbar spine, 06/14/2012"),
        REPORT.format("The lumbar MRI of June 2012 showed a bulge."),
    )
    (gap,) = found(*pages)
    assert (gap.kind, gap.when, gap.perhaps_unread) == ("imaging", "2012-06-14", False)
    assert [(record.kind, span.document, span.quote) for record, span in gap.named_in] == [
        ("ur_decision", "1.pdf", "MRI lumbar spine, 06/14/2012"),
        ("progress_report", "2.pdf", "MRI of June 2012"),
    ]
    assert all(span.holds(pages[int(span.document[0]) - 1]) for _, span in gap.named_in)
    assert gap.why == "no imaging report of 2012-06-14 is in the file"


def test_what_may_be_among_the_unread_is_said_to() -> None:
    sentence = REPORT.format("MRI of 6/14/2012 showed a bulge.")
    (gap,) = found(sentence, unreadable=(UnreadableDocument("broken.pdf", None, "the end is missing"),))
    assert gap.perhaps_unread
    assert "could not be read" in gap.why
    (gap,) = found(sentence, "MRI OF THE LUMBAR SPINE\nPatient: Jane Doe\nTechnique: axial images.\nImpression: no change.")
    assert gap.perhaps_unread
    assert "without a date" in gap.why


def test_a_record_does_not_miss_itself() -> None:
    assert told("MRI OF THE LUMBAR SPINE 06/14/2012\nPatient: Jane Doe\nExam date: 06/20/2012\nImpression: no change.") == []


def test_an_earlier_study_a_study_was_compared_with_is_missed() -> None:
    assert told(LUMBAR + "\nComparison: 03/02/2011.") == [("imaging", "2011-03-02")]
    assert told(REPORT.format("Comparison: 03/02/2011.")) == []
    assert [gap.what for gap in found(LUMBAR + "\nComparison: 03/02/2011.")] == ["Imaging report"]
    assert [gap.what for gap in found(LUMBAR + "\nComparison: Radiographs of 03/02/2011.")] == ["Radiographs"]


def test_a_fax_banner_names_no_record() -> None:
    assert told("MRI CENTER REPORT 555-201-3344   11/03/2012 09:12   P. 3/22\n" + REPORT.format("No change.")) == []


def test_gaps_come_by_day() -> None:
    assert [when for _, when in told(REPORT.format("MRI of 6/14/2012. EMG/NCS of 2/3/11. X-rays of May 2011."))] == [
        "2011-02-03",
        "2011-05",
        "2012-06-14",
    ]


def undated(*pages: str) -> list[tuple[str, str]]:
    return [(gap.kind, gap.what) for gap in found(*pages) if gap.when is None]


@pytest.mark.parametrize(
    ("sentence", "kind", "what"),
    [
        ("MRI of the right knee showed a torn meniscus.", "imaging", "MRI report (knee)"),
        ("X-rays at the urgent care were read as normal.", "imaging", "Radiographs"),
        ("The CT scan of the head was unremarkable.", "imaging", "CT report (head)"),
        ("A fatty liver was seen on ultrasound.", "imaging", "Ultrasound report"),
        ("EMG/NCS was read as negative.", "electrodiagnostic", "Electrodiagnostic study"),
        ("I had the operative note from Dr. Weems.", "operative_report", "Operative report"),
        ("UDS appropriate for hydrocodone.", "laboratory", "Urine drug screen"),
        ("UDS today, result to follow.", "laboratory", "Urine drug screen"),
        ("CBC, creatinine: done in June, normal, need not be repeated.", "laboratory", "Blood count or panel"),
        ("His last A1c 6.9.", "laboratory", "Hemoglobin A1c"),
        ("CURES report reviewed and consistent.", "pharmacy", "Controlled substance (CURES) report"),
        ("See opioid agreement, signed.", "other", "Pain agreement"),
        ("Pain contract is on file.", "other", "Pain agreement"),
        ("Police came and took a report.", "other", "Police report"),
        ("I have read the job description of the sorting desk.", "other", "Job description"),
        ("It is noted from the claims history that she fell before.", "other", "Claim notes"),
        ("The chart arrived with the subpoenaed records.", "other", "Subpoenaed records"),
        ("I had the urgent care sheet and nothing else.", "progress_report", "Urgent or emergency care record"),
        ("Fourteen points reviewed on the intake form, negative.", "questionnaire", "Intake form"),
        ("Invoice enclosed.", "other", "Enclosure"),
        ("Disc copies of the films are not included.", "imaging", "Films or discs"),
        ("We had no reports from the first surgeon.", "progress_report", "Records of another physician"),
        ("You have been sent a separate letter about advances.", "correspondence", "Letter"),
    ],
)
def test_a_paper_spoken_of_without_a_day_is_missed(sentence: str, kind: str, what: str) -> None:
    assert undated(REPORT.format(sentence)) == [(kind, what)]


@pytest.mark.parametrize(
    "sentence",
    [
        "She had an MRI-safe pump placed.",
        "An MRI must be corroborated.",
        "No MRI has been reviewed.",
        "If the MRI shows a tear we will operate.",
        "I ordered an MRI, which showed up late on the schedule.",
        "Radiculopathy must be shown on MRI.",
        "X-rays today show no fracture.",
        "X-ray of the wrist, three views, read here: normal.",
        "Intraoperative radiographs revealed good position.",
        "Urine drug screen in office, point of care, negative.",
        "[ ] UDS collected   [x] Pain contract not needed",
        "The patient is in agreement with the plan.",
        "Ultrasound was used for ten minutes.",
        "The form is enclosed.",
        "Epidural injection was given and helped.",
        "Physical therapy was reviewed with him.",
        "The surgery record shows nothing.\nOperative report of 03/17/2014 reviewed.",
        "Please have the shop put the claim number on its invoice.",
    ],
)
def test_what_is_not_shown_to_exist_or_is_the_record_s_own_is_no_gap(sentence: str) -> None:
    own = "OPERATIVE REPORT\n" + PATIENT + "Date of surgery: 03/17/2014\nProcedure: discectomy."
    assert undated(REPORT.format(sentence), own) == []


def test_a_record_of_the_sort_answers_what_has_no_day_unless_it_is_of_a_later_one() -> None:
    earlier = REPORT.format("MRI showed a bulge.")
    assert undated(earlier, LUMBAR) == []
    assert undated(earlier, LUMBAR.replace("2012", "2014").replace("06/14", "03/30")) == [("imaging", "MRI report")]
    assert undated(earlier, NERVES) == [("imaging", "MRI report")]


def test_a_record_of_another_sort_or_part_of_the_body_does_not_answer() -> None:
    assert undated(REPORT.format("MRI of the left shoulder showed a tear."), LUMBAR) == [("imaging", "MRI report (shoulder)")]
    assert undated(REPORT.format("X-rays of the lumbar spine were normal."), LUMBAR) == [("imaging", "Radiographs (low back)")]
    assert undated(REPORT.format("MRI of the low back showed a bulge."), LUMBAR) == []
    assert undated(REPORT.format("Previous imaging showed a bulge."), LUMBAR) == []


def test_a_page_with_the_name_of_a_paper_at_its_head_answers_for_it() -> None:
    contract = "COASTLINE PAIN CLINIC\nCONTROLLED SUBSTANCE AGREEMENT\nPatient: Jane Doe\nI take what is prescribed by one physician only."
    assert undated(REPORT.format("Pain agreement on file."), contract) == []
    assert undated(REPORT.format("Police report reviewed."), contract) == [("other", "Police report")]


def test_a_letter_given_at_a_visit_is_of_its_day() -> None:
    (gap,) = found(
        REPORT.format("I gave him a note for a stool."), "LETTER\nTo: Acme\nDate: 01/02/2013\nDear sir, no stool.\nSincerely, Ann Roe, MD"
    )
    assert (gap.kind, gap.when, gap.why) == ("correspondence", "2014-03-17", "no letter or note given of 2014-03-17 is in the file")


def test_a_paper_without_a_day_is_told_once_with_all_places_and_its_words() -> None:
    pages = (REPORT.format("Pain agreement on file."), REPORT.format("Pain agreement renewed.").replace("03/17", "02/17"))
    (gap,) = found(*pages)
    assert (gap.when, [span.quote for _, span in gap.named_in]) == (None, ["Pain agreement on file", "Pain agreement renewed"])
    assert all(span.holds(pages[int(span.document[0]) - 1]) for _, span in gap.named_in)
    assert gap.why == "no pain agreement, spoken of without a date, is in the file"


def test_what_has_no_day_is_the_record_of_which_another_tells_the_day() -> None:
    (gap,) = found(REPORT.format("MRI of 6/14/2012 showed a bulge."), DECISION.format("The MRI is unremarkable."))
    assert (gap.when, [span.quote for _, span in gap.named_in]) == ("2012-06-14", ["MRI of 6/14/2012", "MRI is unremarkable"])


def test_a_year_alone_is_answered_by_any_record_of_the_kind_of_that_year() -> None:
    assert told(REPORT.format("The lumbar MRI of 2012 showed a bulge."), LUMBAR) == []
    assert told(REPORT.format("The lumbar MRI of 2011 showed a bulge."), LUMBAR) == [("imaging", "2011")]
    assert told(REPORT.format("Permanent restrictions per report of 2013.")) == [("progress_report", "2013")]
    assert told(REPORT.format("The surgery record and the 2013 physical came too.")) == []
    undated_note = "PHYSICAL THERAPY DAILY NOTE\nPatient: Jane Doe\nWarm up, stretching, moist heat, no change."
    assert told(REPORT.format("Physical therapy notes of 2012 were seen."), undated_note) == []


def test_a_day_without_its_year_is_the_last_one_before_the_record() -> None:
    assert told(REPORT.format("You asked in your letter of February 3 whether he needs a stool.")) == [("correspondence", "2014-02-03")]
    assert told(REPORT.format("Thank you for your letter of November 20.")) == [("correspondence", "2013-11-20")]
    assert told(REPORT.format("Your letter of March 30 at 5.")) == [("correspondence", "2013-03-30")]
    assert told(REPORT.format("Your letter of February 30.")) == []


def test_a_letter_a_few_days_off_another_record_is_not_that_record() -> None:
    note = "PHYSICAL THERAPY DAILY NOTE\n" + PATIENT + "Date of service: 02/05/2014\nWarm up."
    assert told(REPORT.format("My letter of February 3, 2014 says so."), note) == [("correspondence", "2014-02-03")]
    assert told(REPORT.format("My letter of February 5, 2014 says so."), note) == []


def test_a_wrong_paper_in_the_library_is_refused_with_its_mend(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for paper, message in (
        ("{label: Slip, kind: slip, names: [slip]}", "'slip' is not a kind of record"),
        ("{label: Slip, kind: other, names: [(work)? (slip)?]}", "'Slip': '(work)? (slip)?' has no word that must stand there"),
        ("{label: Slip, kind: other, names: [slip], behead: true}", "unknown key 'behead' (did you mean 'by_head'?)"),
    ):
        folder = tmp_path / "documents"
        folder.mkdir(exist_ok=True)
        (folder / "papers.yaml").write_text(f"papers:\n  - {paper}\n", encoding="utf-8")
        monkeypatch.setenv("IMR_LIBRARY", str(tmp_path))
        known_kinds.cache_clear()
        with pytest.raises(LibraryError, match=re.escape(message)):
            found(REPORT.format("No change."))
    known_kinds.cache_clear()
