"""What a record says, of whom, and when: read from sentences as physicians write them."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from openimr.documents import Document, Page, Record
from openimr.evidence import Finding, Reader, state
from openimr.library import Library, Truth, open_library
from openimr.sources import digest
from openimr.treatments import Vocabulary
from openimr.treatments import load as load_treatments

LIBRARY: Library = open_library()
VOCABULARY: Vocabulary = load_treatments(LIBRARY)
READER = Reader(LIBRARY, VOCABULARY)


def read(
    text: str, kind: str = "progress_report", on: str = "2014-10-29", title: str = "", name: str = "packet.pdf"
) -> tuple[Finding, ...]:
    document = Document(name, digest(text), (Page(1, text, False, None, None, ()),), {})
    return READER.find(document, Record(name, 1, 1, kind, date.fromisoformat(on), "Dana Whitlock, MD", title))


def known(
    findings: tuple[Finding, ...], fact: str, region: str | None = "lumbar", side: str | None = None, on: str = "2014-11-19"
) -> object:
    found = state(fact, LIBRARY.facts[fact], findings, date.fromisoformat(on), READER.site(region, side)).known
    return found.value if found.value is not None else found.truth


@pytest.mark.parametrize(
    ("sentence", "fact", "truth"),
    [
        ("Palpable taut bands in the lumbar paraspinals.", "taut_band_or_nodule", Truth.TRUE),
        ("There is a local twitch response in the left quadratus lumborum.", "twitch_response", Truth.TRUE),
        ("No twitch response could be elicited.", "twitch_response", Truth.FALSE),
        ("A twitch response was not elicited.", "twitch_response", Truth.FALSE),
        ("Lumbar spine: no taut band, no nodule.", "taut_band_or_nodule", Truth.FALSE),
        ("Trigger point injection is requested.", "trigger_points_asserted", Truth.NOT_DOCUMENTED),
        ("Two trigger points in the lumbar paraspinals.", "trigger_points_asserted", Truth.TRUE),
        ("Deep pressure over the band sends pain into the buttock.", "referred_pain", Truth.TRUE),
        ("There is tenderness but no spasm.", "tenderness", Truth.TRUE),
        ("There is tenderness but no spasm.", "muscle_spasm", Truth.FALSE),
        ("Strength is 5/5 in both legs.", "motor_deficit", Truth.FALSE),
        ("She denies numbness, tingling, or weakness.", "sensory_deficit", Truth.FALSE),
        ("Her mother had lumbar radiculopathy and was operated on for it.", "radiculopathy", Truth.NOT_DOCUMENTED),
        ("His brother has sciatica.", "radiculopathy", Truth.NOT_DOCUMENTED),
        ("Father living, retired, disabled with lumbar myofascial pain syndrome.", "myofascial_dx", Truth.NOT_DOCUMENTED),
        ("Neither therapy nor naproxen has brought the low back pain under control.", "conservative_failed", Truth.TRUE),
        ("Lumbar flexion 50%.", "decreased_rom", Truth.TRUE),
        ("Rule out lumbar radiculopathy.", "radiculopathy", Truth.NOT_DOCUMENTED),
        ("Possible lumbar radiculopathy.", "radiculopathy", Truth.NOT_DOCUMENTED),
        ("There is no electrodiagnostic evidence of lumbar radiculopathy.", "radiculopathy", Truth.FALSE),
        ("If there is no improvement we will try physical therapy for the low back.", "physical_therapy_tried", Truth.NOT_DOCUMENTED),
        ("She completed twelve visits of physical therapy for the low back.", "physical_therapy_tried", Truth.TRUE),
        ("The low back pain persists despite physical therapy and naproxen.", "conservative_failed", Truth.TRUE),
        ("The low back pain is well controlled on Nucynta.", "conservative_failed", Truth.FALSE),
        ("The low back pain is not well controlled by naproxen.", "conservative_failed", Truth.TRUE),
        ("There is no documentation of a twitch response.", "twitch_response", Truth.NOT_DOCUMENTED),
        ("The guideline asks for a twitch response on palpation.", "twitch_response", Truth.NOT_DOCUMENTED),
    ],
)
def test_a_sentence_is_read_as_a_physician_means_it(sentence: str, fact: str, truth: Truth) -> None:
    assert known(read("OBJECTIVE\n" + sentence), fact) is truth


@pytest.mark.parametrize(
    ("sentence", "months"),
    [
        ("Low back pain for more than thirteen years.", 156.0),
        ("Low back pain for 46 months.", 46.0),
        ("She has had low back pain for three and a half years.", 42.0),
        ("He presents with an 8-month history of low back pain.", 8.0),
    ],
)
def test_durations_are_read_in_months(sentence: str, months: float) -> None:
    assert known(read(sentence), "symptom_months") == pytest.approx(months, rel=0.01)


def test_an_age_or_a_follow_up_is_no_duration() -> None:
    assert known(read("A 52 year old woman with low back pain. Return in 6 weeks for the pain."), "symptom_months") is Truth.NOT_DOCUMENTED


def test_a_finding_of_the_knee_does_not_count_for_the_back() -> None:
    found = read("The left knee is tender. Physical therapy for the left knee failed.")
    assert known(found, "tenderness", "thoracic") is Truth.NOT_DOCUMENTED
    assert known(found, "tenderness", "knee") is Truth.TRUE


def test_the_left_side_is_not_the_right() -> None:
    found = read("OBJECTIVE\nTaut band in the right lumbar paraspinals.")
    assert known(found, "taut_band_or_nodule", "lumbar", "left") is Truth.NOT_DOCUMENTED


def test_the_last_examination_before_the_governing_date_counts() -> None:
    june = read("OBJECTIVE\nNo taut bands in the lumbar paraspinals.", on="2014-06-11")
    october = read("OBJECTIVE\nTaut bands in the lumbar paraspinals.", on="2014-10-29")
    december = read("OBJECTIVE\nNo taut bands in the lumbar paraspinals.", on="2014-12-10")
    assert known(june + october + december, "taut_band_or_nodule") is Truth.TRUE
    assert known(june + october + december, "taut_band_or_nodule", on="2014-07-01") is Truth.FALSE


def test_a_change_between_visits_is_no_conflict_but_two_equal_voices_on_one_day_are() -> None:
    first = read("ASSESSMENT\nLumbar radiculopathy.", on="2014-03-17")
    second = read("ASSESSMENT\nThere is no clinical evidence of lumbar radiculopathy.", kind="consultation", on="2014-03-17")
    earlier = read("ASSESSMENT\nLumbar radiculopathy.", on="2013-12-09")
    assert known(first + second, "radiculopathy", on="2014-04-02") is Truth.CONFLICTING
    assert known(earlier + second, "radiculopathy", on="2014-04-02") is Truth.FALSE


def test_what_only_the_utilization_review_letter_says_proves_nothing() -> None:
    text = "The patient had a trigger point injection in 2012 with 20 percent relief. Twitch responses were elicited in the low back."
    claimed = read(text, kind="ur_decision")
    assert known(claimed, "prior_tpi") is Truth.NOT_DOCUMENTED
    assert known(claimed, "twitch_response") is Truth.NOT_DOCUMENTED
    held = state("twitch_response", LIBRARY.facts["twitch_response"], claimed, date(2014, 11, 19), READER.site("lumbar", None))
    assert held.claims


def test_family_history_is_of_other_people() -> None:
    assert known(read("FAMILY HISTORY\nMyofascial pain of the low back, sciatica."), "radiculopathy") is Truth.NOT_DOCUMENTED


def test_a_plan_is_not_a_treatment_but_going_on_with_one_is() -> None:
    assert known(read("PLAN\nPhysical therapy for the lumbar spine, eight visits."), "physical_therapy_tried") is Truth.NOT_DOCUMENTED
    assert known(read("PLAN\nContinue naproxen."), "nsaid_tried") is Truth.TRUE


def test_ticked_and_empty_boxes_are_told_apart() -> None:
    assert known(read("[ ] Physical therapy for low back", kind="questionnaire"), "physical_therapy_tried") is Truth.NOT_DOCUMENTED
    assert known(read("[x] Physical therapy for low back", kind="questionnaire"), "physical_therapy_tried") is Truth.TRUE


def test_every_finding_quotes_the_page_exactly() -> None:
    text = "OBJECTIVE\nLumbar spine: tenderness, palpable\ntaut bands and spasm. Strength 5/5."
    for finding in read(text):
        assert finding.span.quote == text[finding.span.start : finding.span.end]
        assert finding.span.holds(text)
        assert finding.context.holds(text)


@settings(max_examples=60, deadline=None)
@given(st.text(alphabet=st.sampled_from(list("no taut band twitch.;:,\n\t-[]x5/PLAN ")), max_size=400))
def test_no_text_makes_the_reader_fail_or_misquote(text: str) -> None:
    for finding in read(text):
        assert finding.span.holds(text)
