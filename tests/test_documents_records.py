"""A packet falls into its records, each with its kind, date and author."""

from __future__ import annotations

from datetime import date

import pytest

from openimr.documents import Document, Page, Record, Sidecar, records_in


def packet(*pages: str, sidecar: Sidecar | None = None) -> Document:
    return Document("packet.pdf", "0" * 64, tuple(Page(n, text) for n, text in enumerate(pages, start=1)), {}, sidecar)


def only(*pages: str) -> Record:
    (record,) = records_in(packet(*pages))
    return record


PATIENT = "Patient: Jane Doe    DOB: 02/11/1970    Date of injury: 10/13/2010\n"


@pytest.mark.parametrize(
    ("title", "kind"),
    [
        ("FAX TRANSMITTAL", "fax_cover"),
        ("Facsimile Cover Sheet", "fax_cover"),
        ("APPLICATION FOR INDEPENDENT MEDICAL REVIEW", "application"),
        ("DWC Form IMR", "application"),
        ("UTILIZATION REVIEW", "ur_decision"),
        ("NOTICE OF DENIAL/NON-CERTIFICATION", "ur_decision"),
        ("NOTICE OF UTILIZATION REVIEW DECISION - DENIAL", "ur_decision"),
        ("Utilization Review Determination", "ur_decision"),
        ("NOTICE OF NON-CERTIFICATION", "ur_decision"),
        ("NOTICE OF MODIFICATION OF TREATMENT REQUEST", "ur_decision"),
        ("REQUEST FOR AUTHORIZATION", "rfa"),
        ("REQUEST FOR AUTHORIZATION (DWC Form RFA)", "rfa"),
        ("DWC FORM RFA", "rfa"),
        ("PRIMARY TREATING PHYSICIAN'S PROGRESS REPORT (PR-2)", "progress_report"),
        ("Primary Treating Physician\N{RIGHT SINGLE QUOTATION MARK}s Progress Report (PR-2)", "progress_report"),
        ("Follow-up Visit Note", "progress_report"),
        ("DOCTOR'S FIRST REPORT OF OCCUPATIONAL INJURY OR ILLNESS", "progress_report"),
        ("INITIAL ORTHOPEDIC CONSULTATION", "consultation"),
        ("Pain Management Consultation", "consultation"),
        ("AGREED MEDICAL EVALUATION", "consultation"),
        ("OPERATIVE REPORT", "operative_report"),
        ("Procedure Note", "operative_report"),
        ("MRI OF THE LUMBAR SPINE", "imaging"),
        ("MRI LUMBAR SPINE WITHOUT CONTRAST", "imaging"),
        ("X-RAYS OF THE CERVICAL SPINE", "imaging"),
        ("DIAGNOSTIC IMAGING REPORT", "imaging"),
        ("ELECTROMYOGRAPHY / NERVE CONDUCTION STUDY", "electrodiagnostic"),
        ("EMG/NCS REPORT", "electrodiagnostic"),
        ("Electrodiagnostic Consultation", "electrodiagnostic"),
        ("PHYSICAL THERAPY DAILY NOTE", "therapy_note"),
        ("Physical Therapy Initial Evaluation", "therapy_note"),
        ("ACUPUNCTURE TREATMENT NOTE", "therapy_note"),
        ("PSYCHOLOGICAL EVALUATION", "psychology_note"),
        ("Cognitive Behavioral Therapy Session Note", "psychology_note"),
        ("PAIN QUESTIONNAIRE", "questionnaire"),
        ("Oswestry Disability Index", "questionnaire"),
        ("PEER-TO-PEER DISCUSSION NOTE", "peer_to_peer_note"),
        ("PHARMACY DISPENSING HISTORY", "pharmacy"),
        ("URINE DRUG SCREEN REPORT", "laboratory"),
        ("LABORATORY REPORT", "laboratory"),
        ("LETTER OF MEDICAL NECESSITY", "correspondence"),
        ("UTILIZATION REVIEW DECISION: NOT CERTIFIED", "ur_decision"),
        ("Progress report (PR-2)", "progress_report"),
        ("Operative report", "operative_report"),
    ],
)
def test_a_title_names_the_kind_of_record(title: str, kind: str) -> None:
    record = only(f"Valley Medical Group\n100 Main Street\n{title}\n{PATIENT}")
    assert (record.kind, record.title) == (kind, title)


@pytest.mark.parametrize(
    "line",
    [
        "The request for authorization was received last week.",
        "MRI of the lumbar spine, 4/9/2013: a broad disc bulge at the lowest level",
        "Per the progress report of March 3 the pain is unchanged",
        "Requested: physical therapy twice weekly",
        "Physical therapy",
        "- MRI of the lumbar spine",
    ],
)
def test_a_sentence_that_speaks_of_a_record_is_no_title(line: str) -> None:
    assert only(f"Jane Doe\n{line}\nMore text follows here.").kind == "other"


def test_a_packet_is_split_where_titles_stand_and_numbered_pages_stay_together() -> None:
    records = records_in(
        packet(
            "FAX TRANSMITTAL\nTo: Review Desk\nFrom: Valley Medical Group\nDate: 04/09/2014\nPages: 5",
            f"PRIMARY TREATING PHYSICIAN'S PROGRESS REPORT (PR-2)\n{PATIENT}Date of exam: 03/17/2014\nPage 1 of 2",
            "Treatment plan as discussed.\nElectronically signed by Ann Roe, MD on 03/18/2014\nPage 2 of 2",
            f"OPERATIVE REPORT\n{PATIENT}Date of operation: March 22, 2011\nSurgeon: Paul Poe, M.D.",
            "The wound was closed in layers.",
        )
    )
    assert [(r.kind, r.first_page, r.last_page) for r in records] == [
        ("fax_cover", 1, 1),
        ("progress_report", 2, 3),
        ("operative_report", 4, 5),
    ]
    assert [r.date for r in records] == [date(2014, 4, 9), date(2014, 3, 17), date(2011, 3, 22)]
    assert [r.author for r in records][1:] == ["Ann Roe, MD", "Paul Poe, M.D."]


def test_a_fax_banner_neither_titles_nor_numbers_nor_dates_a_page() -> None:
    banner = "FROM: VALLEY MED 555-201-3344   11/03/2014 09:12   P. {}/22"
    first = f"{banner.format(3)}\nPRIMARY TREATING PHYSICIAN'S PROGRESS REPORT (PR-2)\n{PATIENT}Date of visit: 10/20/2014"
    second = f"{banner.format(4)}\nWork status: modified duty."
    third = f"{banner.format(5)}\nREQUEST FOR AUTHORIZATION\nEmployee name: Jane Doe\nDate of request: 10/21/2014"
    records = records_in(packet(first, second, third))
    assert [(r.kind, r.first_page, r.last_page, r.date) for r in records] == [
        ("progress_report", 1, 2, date(2014, 10, 20)),
        ("rfa", 3, 3, date(2014, 10, 21)),
    ]


def test_page_numbers_stamped_through_the_whole_packet_do_not_glue_its_records_together() -> None:
    records = records_in(
        packet(
            f"REQUEST FOR AUTHORIZATION\n{PATIENT}Page 1 of 3",
            f"PROGRESS REPORT\n{PATIENT}Page 2 of 3",
            f"MRI OF THE LUMBAR SPINE\n{PATIENT}Page 3 of 3",
        )
    )
    assert [r.kind for r in records] == ["rfa", "progress_report", "imaging"]


def test_a_heading_inside_a_report_does_not_begin_a_record() -> None:
    record = only(
        f"PROGRESS REPORT\n{PATIENT}Date of service: 03/17/2014", "MRI OF THE LUMBAR SPINE\nshowed a small bulge.\nPLAN\nContinue."
    )
    assert (record.first_page, record.last_page) == (1, 2)


def test_a_running_header_with_the_same_date_carries_on_and_with_another_date_begins_the_next_visit() -> None:
    page = "PHYSICAL THERAPY DAILY NOTE\nPatient: Jane Doe\nDate of service: {}\n{}"
    records = records_in(
        packet(page.format("06/11/2013", "Visit 3"), page.format("06/11/2013", "Exercises"), page.format("06/18/2013", "Visit 4"))
    )
    assert [(r.first_page, r.last_page, r.date) for r in records] == [(1, 2, date(2013, 6, 11)), (3, 3, date(2013, 6, 18))]


def test_two_signed_notes_without_dates_are_two_records() -> None:
    note = "PHYSICAL THERAPY DAILY NOTE\nPatient: Jane Doe\nStretching.\nSigned by: Tim Toe, PT"
    assert len(records_in(packet(note, note))) == 2


def test_a_page_after_a_fax_cover_is_not_part_of_it() -> None:
    records = records_in(packet("FAX COVER SHEET\nTo: A\nFrom: B", "A page of something\nwithout a title of its own"))
    assert [r.kind for r in records] == ["fax_cover", "other"]


def test_an_untitled_letter_is_correspondence_dated_by_its_letterhead() -> None:
    record = only(
        "Roe & Poe, Attorneys\nJanuary 14, 2014\nTo: Claims Desk\nRe: Jane Doe, injury of 10/13/2010\n"
        "Dear Ms. Smith:\nWe object.\nSincerely,\nRay Roe, Esq."
    )
    assert (record.kind, record.date, record.author) == ("correspondence", date(2014, 1, 14), "Ray Roe, Esq.")


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("Date of injury: 10/13/2010  Date of service: 3/17/2014  DOB: 2/11/1970", date(2014, 3, 17)),
        ("DOI: 10/13/2010\nDOS: 2014-03-17\nPrinted: 05/05/2014", date(2014, 3, 17)),
        ("Print date: 05/05/2014\nDate of Exam: March 17, 2014", date(2014, 3, 17)),
        ("Date of visit\n03/17/14", date(2014, 3, 17)),
        ("Date of Birth   Date of Injury   Date of Exam\n02/11/1970   10/13/2010   03/17/2014", date(2014, 3, 17)),
        ("Next visit date: 04/20/2014\nVisit date: 17 March 2014", date(2014, 3, 17)),
        ("Injury date: 10/13/2010\nDate: 3-17-2014", date(2014, 3, 17)),
        ("Date: 3/19/2014\nDate of evaluation: 17-Mar-2014", date(2014, 3, 17)),
        ("Seen after a fall.\nElectronically signed by Ann Roe, MD on 03/17/2014", date(2014, 3, 17)),
        ("Date of service: 02/30/2014", None),
        ("DOB: 02/11/1970 DOI: 10/13/2010", None),
    ],
)
def test_the_date_of_service_goes_before_dates_of_injury_birth_and_printing(text: str, day: date | None) -> None:
    assert only(f"PROGRESS REPORT\nPatient: Jane Doe\n{text}").date == day


def test_labels_in_a_table_without_marks_are_read() -> None:
    page = "{}\nPatient Jane Doe\nDate of service {}\nReferring physician Bob Bee, MD\nPhysician Ann Roe, MD\nText."
    records = records_in(packet(page.format("PROGRESS REPORT", "03/17/2014"), page.format("OPERATIVE REPORT", "04/20/2014")))
    assert [(r.kind, r.date, r.author) for r in records] == [
        ("progress_report", date(2014, 3, 17), "Ann Roe, MD"),
        ("operative_report", date(2014, 4, 20), "Ann Roe, MD"),
    ]


def test_a_denial_written_as_a_plain_letter_is_known_by_what_it_says() -> None:
    record = only(
        "Best Care Management\nApril 2, 2014\nRe: Jane Doe\nDear Dr. Roe:\nYour request was reviewed by a physician reviewer under our "
        "utilization review\nprogram. The injection is not certified.\nSincerely,\nLou Low, MD"
    )
    assert (record.kind, record.date) == ("ur_decision", date(2014, 4, 2))


def test_a_denial_that_tells_of_therapy_is_not_taken_for_a_therapy_note() -> None:
    record = only(
        "Best Care Management\nRe: Jane Doe\nThe request was reviewed by a physician reviewer in utilization review and is denied.\n"
        "She tolerated treatment with manual therapy, therapeutic exercises, moist heat and a home exercise program."
    )
    assert record.kind == "ur_decision"


def test_an_untitled_visit_note_is_a_progress_report_though_it_mentions_a_denial() -> None:
    record = only(
        "Valley Medical Group\nPatient: Jane Doe\nSUBJECTIVE\nThe injection was denied by utilization review.\nOBJECTIVE\nTender.\n"
        "ASSESSMENT\nStrain.\nPLAN\nAppeal.\nWORK STATUS\nFull duty."
    )
    assert record.kind == "progress_report"


def test_a_decision_is_dated_by_the_decision_not_by_the_request_it_answers() -> None:
    text = (
        "UTILIZATION REVIEW DETERMINATION\nRe: Jane Doe\nDate: 04/03/2014\n"
        "Date request received: 03/20/2014\nDate of decision: 04/02/2014\nReviewed by: Lou Low, MD"
    )
    record = only(text)
    assert (record.kind, record.date, record.author) == ("ur_decision", date(2014, 4, 2), "Lou Low, MD")


@pytest.mark.parametrize(
    ("text", "author"),
    [
        ("Referring physician: Bob Bee, MD\nPhysician: Ann Roe, MD", "Ann Roe, MD"),
        ("Electronically signed by: Ann Roe, M.D. 03/17/2014 14:05", "Ann Roe, M.D."),
        ("Signed: Ann B. Roe, DO, MPH", "Ann B. Roe, DO"),
        ("The patient was seen.\n______________________\nAnn de la Roe, PA-C", "Ann de la Roe, PA-C"),
        ("Signature: ____________", None),
        ("signed under penalty of perjury", None),
    ],
)
def test_the_author_is_who_signed(text: str, author: str | None) -> None:
    assert only(f"PROGRESS REPORT\nPatient: Jane Doe\n{text}").author == author


def test_the_title_of_a_study_says_what_was_examined() -> None:
    record = only(
        f"DIAGNOSTIC IMAGING REPORT\n{PATIENT}Exam: MRI of the lumbar spine without contrast\n"
        "Date of exam: 04/09/2013\nRadiologist: Sam Sun, MD"
    )
    assert record.title == "DIAGNOSTIC IMAGING REPORT: MRI of the lumbar spine without contrast"
    assert (record.date, record.author) == (date(2013, 4, 9), "Sam Sun, MD")


def test_a_sidecar_goes_before_the_text_and_makes_the_file_one_record() -> None:
    said = Sidecar("consultation", date(2015, 1, 2), None)
    (record,) = records_in(packet(f"PROGRESS REPORT\n{PATIENT}Physician: Ann Roe, MD", f"OPERATIVE REPORT\n{PATIENT}", sidecar=said))
    assert record == Record("packet.pdf", 1, 2, "consultation", date(2015, 1, 2), "Ann Roe, MD", "PROGRESS REPORT")


def test_pages_that_could_not_be_read_are_a_record_of_their_own() -> None:
    unread = Page(2, "", unread="no Tesseract")
    document = Document("x.pdf", "0" * 64, (Page(1, f"PROGRESS REPORT\n{PATIENT}"), unread, Page(3, f"OPERATIVE REPORT\n{PATIENT}")), {})
    assert [(r.first_page, r.last_page, r.kind) for r in records_in(document)] == [
        (1, 1, "progress_report"),
        (2, 2, "other"),
        (3, 3, "operative_report"),
    ]


def test_all_pages_belong_to_exactly_one_record() -> None:
    document = packet("", f"PROGRESS REPORT\n{PATIENT}", "", "x", f"FAX\n{PATIENT}", "")
    pages = [page for record in records_in(document) for page in range(record.first_page, record.last_page + 1)]
    assert pages == [1, 2, 3, 4, 5, 6]


def test_a_document_without_pages_holds_no_records() -> None:
    assert records_in(packet()) == ()


def test_a_page_after_the_last_of_its_number_begins_a_record_even_without_a_title() -> None:
    records = records_in(
        packet(
            f"PHYSICAL THERAPY DISCHARGE SUMMARY\n{PATIENT}Date of service: 01/20/2014\nPage 1 of 2",
            "The goals were met in part.\nAnn Roe, PT\nPage 2 of 2",
            "COASTLINE REHAB\nVisit 11    3/6/2012\nNo real change this week.",
        )
    )
    assert [(record.first_page, record.last_page) for record in records] == [(1, 2), (3, 3)]


@pytest.mark.parametrize(
    ("text", "day"),
    [
        (f"PHYSICAL THERAPY DISCHARGE SUMMARY\n{PATIENT}Dates of service 3/5/13 to 4/4/13", date(2013, 4, 4)),
        (f"PHYSICAL THERAPY DISCHARGE SUMMARY\n{PATIENT}First visit 4/10/13   Last visit 6/5/13", date(2013, 6, 5)),
        (f"PHYSICAL THERAPY DAILY NOTE\n{PATIENT}Date: 6/12/13\nLast visit 6/5/13", date(2013, 6, 12)),
        ("PAIN QUESTIONNAIRE\nName   Date of birth   Claim   Today\nJane Doe   02/11/1970   X-1   1/14/15", date(2015, 1, 14)),
        ("PHYSICAL THERAPY - INITIAL EVALUATION\nPt   DOI   Claim   Visit\nDoe, Jane   10/13/10   X-1   1 of 8", None),
        ("UTILIZATION REVIEW DECISION\nJanuary 28, 2015\nRE: Jane Doe. RFA dated\n01/16/2015, received 01/20/2015.", date(2015, 1, 28)),
        (
            "REQUEST FOR AUTHORIZATION\nEmployee name: Jane Doe\nsee PR-2 of 01/14/2015\nSignature: Ann Roe, MD   Date: 01/16/2015",
            date(2015, 1, 16),
        ),
        (
            "FAX TRANSMITTAL\nTo Intake\nFrom Ann Roe\nDate 12/20/2013\nRecords called for by the notice dated 12/19/2013.",
            date(2013, 12, 20),
        ),
    ],
)
def test_the_day_of_a_record_is_neither_that_of_another_column_nor_of_what_it_speaks_of(text: str, day: date | None) -> None:
    assert only(text).date == day


@pytest.mark.parametrize(
    ("text", "author"),
    [
        ("FAX TRANSMITTAL\nTo Intake\nFrom Pauline Roe, Claims Technician\nDate 12/20/2013", "Pauline Roe"),
        ("APPLICATION FOR INDEPENDENT MEDICAL REVIEW\nName Jane Doe\nSignature on file: J. Doe\nDate: 04/09/2014", "J. Doe"),
        (f"PROGRESS REPORT (PR-2)\n{PATIENT}Hands: seen by Dr. Amato. Night splints meanwhile.\nJulian Pratt, MD.", "Julian Pratt, MD"),
    ],
)
def test_the_author_is_who_sent_or_signed_not_who_else_saw_the_patient(text: str, author: str) -> None:
    assert only(text).author == author


def test_a_letter_that_thanks_for_a_referral_and_tells_of_an_examination_is_a_consultation() -> None:
    text = "Peter Poe, MD\nApril 9, 2014\nRE: Jane Doe    DOI 10/13/2010\nDear Ann,\nThank you for letting me see this office manager.\n"
    assert only(text + "On examination the grip is weak. Impression: carpal tunnel syndrome.").kind == "consultation"
    assert (
        only("April 9, 2014\nRE: Jane Doe    DOI 10/13/2010\nDear Ann,\nThank you for the file. It is with the adjuster.").kind
        == "correspondence"
    )


LETTER = "Acme Dental Group\nNovember 12, 2014\nRe: Jane Doe, claim 12-34\nDear Mr. Smith:\n"


def test_two_notes_with_label_and_number_in_a_line_behind_a_signed_letter_are_three_records() -> None:
    consultation = (
        "Miriam Feld, MD\nMay 20, 2013\nRE: Jane Doe\nDear Owen,\nThank you for sending Ms. Doe back. Her back hurts.\n{}\nMiriam Feld, MD"
    )
    head = "REHAB ASSOCIATES\n{}\nDOE, JANE DOI 9-30-08 CLAIM SM-08-22 VISIT 12/12\nS: The back is the same."
    pages = (consultation.format("With best regards,"), head.format("DISCHARGE NOTE"), head.format("TREATMENT NOTE"))
    assert [(record.kind, record.first_page) for record in records_in(packet(*pages))] == [
        ("correspondence", 1),
        ("therapy_note", 2),
        ("therapy_note", 3),
    ]
    unnumbered = (pages[0], pages[1].replace("DOI 9-30-08 CLAIM SM-08-22", "").replace("DOE, JANE", ""))
    assert len(records_in(packet(*unnumbered))) == 2  # the signed letter had come to its end
    unsigned = (consultation.format("It was").replace("\nMiriam Feld, MD\nMay", "\nMay"), pages[1])
    assert [record.first_page for record in records_in(packet(*unsigned))] == [1, 2]


def test_a_letter_no_clinician_signs_is_correspondence_though_it_speaks_as_a_report_does() -> None:
    body = "Work status: modified duty.\nChief complaint: the stool.\nPlan: keep the limit of 15 pounds. Return to clinic in 4 weeks.\n"
    record = only(LETTER + body + "Yours sincerely,\nFlorence Adebayo-Lunt\nOffice manager")
    assert (record.kind, record.author) == ("correspondence", "Florence Adebayo-Lunt")
    assert only(LETTER + body + "Yours sincerely,\nFlorence Lunt, MD").kind == "progress_report"


@pytest.mark.parametrize(
    "closing", ["Yours truly,\nCarla Jessup", "With kind regards,\nCarla Jessup", "Please call.\nCarla Jessup, Office Manager"]
)
def test_a_letter_is_by_who_closes_it(closing: str) -> None:
    assert only(f"{LETTER}The job is open.\n{closing}").author == "Carla Jessup"


@pytest.mark.parametrize(
    ("head", "author"),
    [
        ("LARS AMUNDSEN, PSYD - PROGRESS NOTE", "LARS AMUNDSEN, PSYD"),
        ("M. TRENT PHD - SESSION NOTE", "M. TRENT PHD"),
        ("HARBOR OCC. CLINIC PT - DAILY NOTE", None),
    ],
)
def test_a_note_without_a_signature_is_by_the_name_in_its_heading_unless_a_practice_s(head: str, author: str | None) -> None:
    assert only(f"{head}\nPatient: Jane Doe. Date: 02/26/2013.\nMood lighter.\nLA").author == author
    assert only(f"{head}\nPatient: Jane Doe. Date: 02/26/2013.\nMood lighter.\nAnn Roe, PT").author == "Ann Roe, PT"


def test_the_line_a_name_is_signed_on_is_no_part_of_it() -> None:
    form = f"APPLICATION FOR INDEPENDENT MEDICAL REVIEW\n{PATIENT}Signature: S. Abara_ Date: 5-22-15"
    assert only(form).author == "S. Abara"


def test_a_day_is_of_the_label_that_ends_the_line_above_and_not_of_a_credential_before_the_label() -> None:
    head = "PHYSICAL THERAPY INITIAL EVALUATION\nPatient: Jane Doe Claim: 12 DOI:\n08/16/2010\nWarm up."
    assert only(head).date is None
    form = "REQUEST FOR AUTHORIZATION\n(attached: PR-2 of 02/18/2015)\nEmployee name: Jane Doe\nSignature: Ann Roe, MD Date: 02/20/2015"
    assert only(form).date == date(2015, 2, 20)
    assert only("Rehab Center\nINITIAL EVALUATION (short form) 6/20/12\nPt: Jane Doe\nSx 3/2011.").date == date(2012, 6, 20)
    assert only("PHYSICAL THERAPY DAILY NOTE 6/20/12 DOI 3/1/2011\nPatient: Jane Doe\nWarm up.").date == date(2012, 6, 20)
    assert only("PHYSICAL THERAPY DAILY NOTE DOI 3/1/2011 6/20/12\nPatient: Jane Doe\nWarm up.").date == date(2012, 6, 20)
    assert only("PHYSICAL THERAPY DAILY NOTE\nPatient: Jane Doe\nInitial evaluation 6/20/12, discharged.").date is None
    assert only("PHYSICAL THERAPY DAILY NOTE\nPatient: Jane Doe\nInjury 08/16/2010\nWarm up.").date is None
