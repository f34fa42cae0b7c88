"""What the records speak of and the file does not hold, each once, and nothing that was only asked for."""

from __future__ import annotations

import pytest

from openimr.documents import Document, Gap, Page, UnreadableDocument, gaps, records_in

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


def told(*pages: str) -> list[tuple[str, str]]:
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
    assert told(REPORT.format(sentence)) == []


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
