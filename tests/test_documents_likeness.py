"""The same record twice is one record; a note written from the last one is its own."""

from __future__ import annotations

import random
import re
from dataclasses import replace
from datetime import date

import pytest

from openimr.documents import Document, Page, Record, Relation, records_in, relations

NOTE = """PRIMARY TREATING PHYSICIAN'S PROGRESS REPORT (PR-2)
Patient: Jane Doe    DOB: 02/11/1970    Date of injury: 10/13/2010
Date of visit: {day}
SUBJECTIVE: Ms. Doe comes back with low back pain that she rates {pain}/10 at rest and 8/10 after standing in the packing hall.
The pain stays across the belt line, does not go below the knee, and wakes her about twice a night. {news}
She takes naproxen 500 mg twice a day with meals and walks to the park and back on most evenings of the week.
OBJECTIVE: She walks without a limp. Flexion reaches 45 degrees, extension 10 degrees, both with a pull at the end of the range.
The muscles beside the spine are tender on the left from L3 to the sacrum. Strength is full in the legs and the reflexes are equal.
Straight leg raising is negative on both sides. The skin is without change.
ASSESSMENT: Lumbar strain with myofascial pain.
PLAN: Naproxen goes on unchanged. Twelve visits of therapy were asked for and six have been used. Return in {weeks} weeks.
Work status: modified duty, no lifting above {load} pounds and no bending more than ten times an hour.
Electronically signed by Ann Roe, MD on {day}
"""
FIRST = NOTE.format(day="03/17/2014", pain=6, news="She has not fallen.", weeks=6, load=15)
NEXT = NOTE.format(day="04/28/2014", pain=7, news="The knee has begun to ache as well.", weeks=4, load=10)
OTHER = """OPERATIVE REPORT
Patient: Jane Doe    DOB: 02/11/1970
Date of operation: 05/02/2011
Surgeon: Paul Poe, M.D.
Under general anesthesia the left knee was washed out through two portals and a torn flap of the medial meniscus was trimmed
back to a stable rim. The cartilage of the kneecap was smooth. No loose body was found. The portals were closed with single stitches.
"""


def scanned(text: str, seed: int, share: float = 0.06) -> str:
    """The text as a poor scan gives it: some words with a letter lost or taken for another, never a whole other word."""
    chance = random.Random(seed)

    def worn(found: re.Match[str]) -> str:
        word = found.group()
        if len(word) < 4 or chance.random() > share:
            return word
        at = chance.randrange(1, len(word))
        return word[:at] + chance.choice(("", "rn", "l", "c", "~")) + word[at + 1 :]

    return re.sub(r"[A-Za-z]+", worn, text)


def found(*files: str | tuple[str, ...]) -> tuple[list[Record], dict[Record, Relation]]:
    """Each file is one page or several; returns its records and how they are related."""
    documents = [
        Document(
            f"file-{n}.pdf",
            f"{n:064d}",
            tuple(Page(m, text) for m, text in enumerate((pages,) if isinstance(pages, str) else pages, 1)),
            {},
        )
        for n, pages in enumerate(files, 1)
    ]
    records = [record for document in documents for record in records_in(document)]
    return records, relations(documents, records)


def test_the_same_text_in_another_file_is_a_duplicate_of_the_first() -> None:
    records, related = found(FIRST, OTHER, FIRST)
    assert related == {records[2]: Relation(duplicate_of=related[records[2]].duplicate_of)}
    same = related[records[2]].duplicate_of
    assert same is not None
    assert (same.record, same.alike) == (records[0], 1.0)


def test_the_third_copy_is_a_duplicate_of_the_first_not_of_the_second() -> None:
    records, related = found(FIRST, scanned(FIRST, 1), scanned(FIRST, 2))
    assert [same.record for record in records[1:] if (same := related[record].duplicate_of)] == [records[0], records[0]]


def test_a_record_faxed_twice_is_one_though_banner_stamp_and_page_number_differ() -> None:
    first = f"FROM: VALLEY MED 555-201-3344   11/03/2014 09:12   P. 3/22\n{FIRST}VMG 000113\n"
    second = f"RECEIVED DEC 02 2014\nFROM: CLAIMS DESK 555-201-9911   12/02/2014 17:45   P. 11/60\n{FIRST}Page 11 of 60\n"
    records, related = found(first, second)
    same = related[records[1]].duplicate_of
    assert same is not None
    assert same.alike == 1.0


@pytest.mark.parametrize("seed", range(6))
def test_a_record_scanned_twice_is_one_though_both_scans_have_errors(seed: int) -> None:
    records, related = found(scanned(FIRST, seed), OTHER, scanned(FIRST, seed + 100))
    assert [record.first_page for record in records] == [1, 1, 1]
    same = related[records[2]].duplicate_of
    assert same is not None
    assert same.record == records[0]
    assert 0.8 < same.alike < 1


def test_a_record_sent_again_behind_a_new_cover_is_found_where_it_begins() -> None:
    cover = "FAX TRANSMITTAL\nTo: Review Desk\nFrom: Valley Medical Group\nDate: 06/02/2014\nRe: Jane Doe\nPages: 2\nAs asked, once more."
    records, related = found((FIRST, OTHER), (cover, FIRST))
    assert [(record.document, record.first_page) for record in related] == [("file-2.pdf", 2)]
    assert related[records[-1]].duplicate_of is not None


@pytest.mark.parametrize("seed", [None, 3])
def test_a_note_cloned_for_the_next_visit_copies_and_is_no_duplicate(seed: int | None) -> None:
    texts = (NEXT, FIRST) if seed is None else (scanned(NEXT, seed, 0.03), scanned(FIRST, seed + 1, 0.03))
    records, related = found(*texts)
    assert [record.date for record in records] == [date(2014, 4, 28), date(2014, 3, 17)]
    assert list(related) == [records[0]]
    relation = related[records[0]]
    assert (relation.duplicate_of, relation.superseded_by) == (None, None)
    assert relation.copies is not None
    assert relation.copies.record == records[1]
    assert 0.6 <= relation.copies.alike < 1


@pytest.mark.parametrize(
    ("was", "now"),
    [
        ("rates 6/10", "rates 9/10"),
        ("on the left", "on the right"),
        ("does not go below", "does go below"),
        ("is negative", "is positive"),
        ("is without", "is not without"),
    ],
)
def test_one_word_or_number_that_is_another_makes_it_another_record(was: str, now: str) -> None:
    records, related = found(FIRST, FIRST.replace(was, now))
    assert related[records[1]].duplicate_of is None
    assert related[records[1]].copies is not None


def test_a_sentence_more_makes_it_another_record_even_between_bad_scans() -> None:
    longer = FIRST.replace(
        "ASSESSMENT:", "Pressing a taut band on the left makes it twitch and sends pain to the hip as well.\nASSESSMENT:"
    )
    records, related = found(scanned(FIRST, 1), scanned(longer, 2))
    assert related[records[1]].duplicate_of is None


def test_unrelated_records_and_blank_pages_are_not_related() -> None:
    assert found(FIRST, OTHER, "", "", "Page 1", "Page 1")[1] == {}


def test_an_amended_report_replaces_the_one_it_repeats() -> None:
    amended = FIRST.replace("REPORT (PR-2)", "REPORT (PR-2)\nAMENDED REPORT").replace(
        "without change.", "without change. A twitch was felt at L4."
    )
    records, related = found(amended, FIRST)
    relation = related[records[1]]
    assert relation.duplicate_of is None
    assert relation.superseded_by is not None
    assert relation.superseded_by.record == records[0]
    assert related.get(records[0], Relation()).superseded_by is None


def test_an_amended_report_of_another_physician_or_another_visit_replaces_nothing() -> None:
    amended = FIRST.replace("REPORT (PR-2)", "REPORT (PR-2)\nAMENDED REPORT")
    for other in (amended.replace("Ann Roe", "Carl Coe"), amended.replace("03/17/2014", "04/28/2014")):
        records, related = found(FIRST, other)
        assert related.get(records[0], Relation()).superseded_by is None


RFA = """REQUEST FOR AUTHORIZATION (DWC Form RFA)
{ticks} Resubmission - change in material facts
Employee name: Jane Doe    Date of injury: 10/13/2010    Claim number: X-1
Requesting physician: Ann Roe, MD    Valley Medical Group    Specialty: pain management
Diagnosis: lumbar strain, myofascial pain    ICD-9: 847.2
Service requested: {asked}
Frequency and duration as stated in the report attached to this form.
Requesting physician signature: Ann Roe, MD    Date of request: {day}
"""


def test_a_request_sent_again_with_a_new_date_replaces_the_first() -> None:
    first = RFA.format(ticks="[x] New request [ ]", asked="trigger point injections x 3, lumbar", day="03/20/2014")
    again = RFA.format(ticks="[ ] New request [x]", asked="trigger point injections x 3, lumbar", day="04/11/2014")
    records, related = found(first, again)
    assert [record.kind for record in records] == ["rfa", "rfa"]
    relation = related[records[0]]
    assert relation.superseded_by is not None
    assert relation.superseded_by.record == records[1]
    assert records[1] not in related


@pytest.mark.parametrize("asked", ["trigger point injections x 4, lumbar", "physical therapy x 3, lumbar"])
def test_a_request_for_something_else_on_the_same_form_replaces_nothing(asked: str) -> None:
    first = RFA.format(ticks="[x] New request [ ]", asked="trigger point injections x 3, lumbar", day="03/20/2014")
    assert found(first, RFA.format(ticks="[x] New request [ ]", asked=asked, day="04/11/2014"))[1] == {}


def test_the_same_request_faxed_twice_is_a_duplicate() -> None:
    first = RFA.format(ticks="[x] New request [ ]", asked="trigger point injections x 3, lumbar", day="03/20/2014")
    records, related = found(first, scanned(first, 5))
    assert related[records[1]].duplicate_of is not None


def test_among_a_hundred_cloned_notes_the_one_sent_twice_is_found() -> None:
    days = [date(2012 + n // 12, 1 + n % 12, 1 + n % 28) for n in range(100)]
    notes = [
        NOTE.format(day=f"{day:%m/%d/%Y}", pain=n % 10, news=f"It was day {n} of the diary.", weeks=n % 7, load=5 + n % 30)
        for n, day in enumerate(days)
    ]
    records, related = found((*notes, notes[3], scanned(notes[50], 7)))
    twice = [
        (record.first_page, same.record.first_page) for record in records if record in related and (same := related[record].duplicate_of)
    ]
    assert twice == [(101, 4), (102, 51)]


def test_a_record_without_a_date_may_still_be_a_duplicate() -> None:
    records, _ = found(FIRST, FIRST)
    documents = [
        Document("a", "1" * 64, (Page(1, FIRST),), {}),
        Document("b", "2" * 64, (Page(1, FIRST.replace("tender", "tencler")),), {}),
    ]
    one, other = replace(records[0], document="a"), replace(records[1], document="b", date=None)
    assert relations(documents, [one, other])[other].duplicate_of is not None
