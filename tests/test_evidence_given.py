"""What was given to the patient: each sentence on a treatment read for dose, count, time, state and response, and merged into one list."""

from __future__ import annotations

import shutil
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from openimr.documents import Document, Page, Record
from openimr.evidence import Course, Given, GivenReader, courses
from openimr.library import LibraryError
from openimr.review import Reference, open_reference


@pytest.fixture(scope="module")
def reference() -> Reference:
    return open_reference()


def read(reference: Reference, text: str, kind: str = "progress_report", day: date = date(2015, 5, 4)) -> tuple[Given, ...]:
    document = Document("a.txt", "0" * 64, (Page(1, text),), {})
    record = Record("a.txt", 1, 1, kind, day, "Orla Finch, MD", "")
    return reference.given.read(reference.passages.read(document, record))


def told(reference: Reference, sentence: str, part: str = "History") -> dict[str, Given]:
    return {each.treatment: each for each in read(reference, f"{part}\n{sentence}\n")}


def one(reference: Reference, sentence: str, part: str = "History") -> Given:
    (only,) = told(reference, sentence, part).values()
    return only


@pytest.mark.parametrize(
    ("sentence", "treatment", "state", "response"),
    [
        ("Twelve visits of physical therapy gave no lasting relief.", "physical_therapy", "tried and failed", "did not help"),
        ("She had acupuncture in 2013, which was very helpful.", "acupuncture", "past", "helped"),
        ("Chiropractic care in 2012 brought temporary relief only.", "chiropractic", "past", "helped in part or for a time"),
        ("He has been taking naproxen and it helps.", "naproxen", "current", "helped"),
        ("Tramadol was discontinued in March.", "tramadol", "stopped", None),
        ("She does her home exercises every morning.", "home_exercise", "current", None),
        ("He declined an epidural steroid injection.", "epidural_steroid_injection", "refused", None),
        ("She has never had acupuncture.", "acupuncture", "never had", None),
        ("He underwent right carpal tunnel release on 4/2/2012.", "carpal_tunnel_release", "past", None),
    ],
)
def test_what_became_of_a_treatment_is_read_with_what_it_did(
    sentence: str, treatment: str, state: str, response: str | None, reference: Reference
) -> None:
    given = told(reference, sentence)[treatment]
    assert (given.state, given.effect.response) == (state, response)


@pytest.mark.parametrize(
    "sentence",
    [
        "His mother takes hydrocodone for her hip.",
        "If therapy fails an epidural steroid injection may be offered.",
        "The guideline requires failure of physical therapy.",
        "Lumbar postlaminectomy syndrome.",
    ],
)
def test_what_is_anothers_hypothetical_a_rule_or_a_name_was_not_given(sentence: str, reference: Reference) -> None:
    assert told(reference, sentence) == {}


def test_a_plan_is_no_treatment_given_and_what_it_continues_is(reference: Reference) -> None:
    given = told(reference, "Request lumbar epidural steroid injection. Continue tramadol 50 mg tid.", "Plan")
    assert given["epidural_steroid_injection"].state == "planned"
    assert given["tramadol"].state == "current"


def test_visits_injections_relief_and_its_length_are_counted(reference: Reference) -> None:
    assert one(reference, "He completed 18 visits of physical therapy last spring without benefit.").count == 18
    given = one(reference, "Two trigger point injections on 3/4/2014 gave 60% relief for 2 months.")
    assert (given.count, given.effect.percent, given.effect.weeks) == (2, 60, 8.7)
    assert (given.on, given.precision) == (date(2014, 3, 4), "day")


def test_the_level_of_a_vertebra_and_a_date_are_no_counts(reference: Reference) -> None:
    assert one(reference, "He underwent L4-L5 laminectomy 11/08/2011.").count is None
    assert one(reference, "Epidural steroid injections 07/2010 and 02/2011 were of no benefit.").count is None


def test_each_row_of_a_list_of_drugs_keeps_its_own_dose_and_remark(reference: Reference) -> None:
    rows = "Norco 10/325 #90\nGabapentin 300 mg TID - sedation, stopped\nIbuprofen 800 mg 1 tab tid with food continues, little effect"
    given = told(reference, rows, "Medications")
    norco, gabapentin, ibuprofen = given["hydrocodone_acetaminophen"], given["gabapentin"], given["ibuprofen"]
    assert (norco.state, str(norco.dose)) == ("current", "10/325 mg, #90")
    assert (gabapentin.state, gabapentin.effect.effects, str(gabapentin.dose)) == ("tried and failed", ("drowsiness",), "300 mg, 3 a day")
    assert (ibuprofen.state, ibuprofen.effect.response) == ("current", "did not help")
    assert ibuprofen.span.quote == "Ibuprofen 800 mg 1 tab tid with food continues, little effect"


def test_an_allergy_is_no_drug_given(reference: Reference) -> None:
    assert told(reference, "Penicillin (rash).", "Medications") == {}


def test_clauses_with_answers_of_their_own_are_kept_apart(reference: Reference) -> None:
    given = told(reference, "Physical therapy helped, but naproxen did not relieve the pain and was stopped.")
    assert given["physical_therapy"].effect.response == "helped"
    assert (given["naproxen"].state, given["naproxen"].effect.response) == ("tried and failed", "did not help")


def test_treatments_of_one_list_share_its_answer(reference: Reference) -> None:
    given = told(reference, "Ibuprofen, acupuncture and physical therapy did not control his pain.")
    assert {each.effect.response for each in given.values()} == {"did not help"}
    assert set(given) == {"ibuprofen", "acupuncture", "physical_therapy"}


def test_an_answer_before_its_list_is_for_all_of_it(reference: Reference) -> None:
    given = told(reference, "Pain persists in spite of naproxen, physical therapy and acupuncture.")
    assert {slug: each.effect.response for slug, each in given.items()} == dict.fromkeys(given, "did not help")
    assert set(given) == {"naproxen", "physical_therapy", "acupuncture"}


def test_what_would_be_given_some_day_was_not(reference: Reference) -> None:
    assert told(reference, "After the operation she would get ibuprofen for the first nights.").get("ibuprofen") is None


def test_a_sentence_that_goes_on_answers_for_the_one_before(reference: Reference) -> None:
    given = read(reference, "History\nShe had chiropractic care and acupuncture in 2013. Neither one helped.\n")
    assert {each.treatment: str(each.state) for each in given} == {"chiropractic": "tried and failed", "acupuncture": "tried and failed"}


def test_a_drug_left_without_change_has_not_failed(reference: Reference) -> None:
    given = told(reference, "Continue omeprazole without change.", "Plan")
    assert (given["omeprazole"].state, given["omeprazole"].effect.response) == ("current", None)


def merged(reference: Reference) -> dict[str, Course]:
    old = read(reference, "History\nSix visits of physical therapy helped. Medrol was never tried.\n", day=date(2014, 1, 6))
    new = read(reference, "History\nPhysical therapy, 10 visits, did not help.\nMedications\nNorco 10/325 #90\n", day=date(2015, 1, 6))
    claim = read(reference, "Clinical summary\nThe claimant had acupuncture and twenty visits of physical therapy.\n", "ur_decision")
    return {each.treatment: each for each in courses([*old, *new, *claim])}


def test_the_passages_of_a_treatment_come_to_one_entry_with_the_newest_first(reference: Reference) -> None:
    therapy = merged(reference)["physical_therapy"]
    assert (therapy.state, therapy.response, therapy.differing, therapy.failed, therapy.count) == (
        "tried and failed",
        "did not help",
        True,
        True,
        10,
    )
    assert [each.date for each in therapy.given] == [date(2015, 1, 6), date(2014, 1, 6)]
    assert str(merged(reference)["hydrocodone_acetaminophen"].dose) == "10/325 mg, #90"


def test_what_utilization_review_says_is_a_claim_and_kept_apart(reference: Reference) -> None:
    found = merged(reference)
    assert len(found["physical_therapy"].claims) == 1
    assert (found["acupuncture"].given, len(found["acupuncture"].claims)) == ((), 1)


def test_every_passage_is_where_it_says(reference: Reference) -> None:
    text = "History\nShe had acupuncture in 2013; it helped for 3 weeks.\nMedications\nNorco 10/325 #90\nIbuprofen 800 mg tid\n"
    assert all(each.span.holds(text) for each in read(reference, text))


def test_a_treatment_the_vocabulary_does_not_know_stops_the_library(tmp_path: Path, reference: Reference) -> None:
    root = tmp_path / "library"
    shutil.copytree(reference.library.roots[0], root, ignore=shutil.ignore_patterns("__pycache__"))
    file = root / "evidence" / "given.yaml"
    file.write_text(file.read_text(encoding="utf-8").replace("treatment: acupuncture}", "treatment: magic}"), encoding="utf-8")
    with pytest.raises(LibraryError, match="no such treatment or class of drugs: magic"):
        GivenReader(replace(reference.library, roots=(root,)), reference.vocabulary, reference.passages)
