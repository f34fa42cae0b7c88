"""What records say of single facts, in the many ways they say it, and what only looks like it."""

from __future__ import annotations

from datetime import date

import pytest

from openimr.documents import Document, Page, Record
from openimr.evidence import Reader, state
from openimr.library import Truth, open_library, phrase_pattern
from openimr.sources import digest
from openimr.treatments import load as load_treatments

LIBRARY = open_library()
READER = Reader(LIBRARY, load_treatments(LIBRARY))


def read(text: str, fact: str, kind: str) -> bool | float | str | None:
    """Return what one record says of a fact wherever on the body: its value, None for silence."""
    document = Document("record", digest(text), (Page(1, text, False, None, None, ()),), {})
    findings = READER.find(document, Record("record", 1, 1, kind, None, None, ""), frozenset({fact}))
    known = state(fact, LIBRARY.facts[fact], findings, date(2020, 1, 1), READER.site(None, None)).known
    if known.truth is Truth.CONFLICTING:
        return "conflicting"
    if known.truth is Truth.NOT_DOCUMENTED:
        return None
    return known.value if known.value is not None else known.truth is Truth.TRUE


@pytest.mark.parametrize(
    ("fact", "sentence", "value"),
    [
        # injections
        ("prior_esi", "She has not yet had an epidural of any kind.", False),
        ("prior_esi", "Epidurals: none to date.", False),
        ("prior_esi", "He got three good weeks from the LESI of 3/14.", True),
        ("prior_esi", "The transforaminal ESI done by Dr. Okafor in 2015 wore off.", True),
        ("prior_esi", "Epidural steroid injection is requested at L4-5.", None),
        ("esi_past_year", "Three ESIs since last March.", 3),
        ("esi_past_year", "There has been no epidural in the past year.", 0),
        ("esi_past_year", "No more than two epidurals a year are advised.", None),
        ("esi_relief_pct", "After the epidural, 60% of his leg pain was gone.", 60),
        ("esi_relief_pct", "The facet blocks gave 60% relief.", None),
        ("prior_facet_injection", "Intra-articular facet injections at L5-S1 in 2014 gave her a month.", True),
        ("prior_facet_injection", "She has never had a facet injection.", False),
        ("prior_facet_injection", "Facet joint injections are requested.", None),
        ("prior_tpi", "TPI by Dr. Lindgren last fall calmed the knot.", True),
        ("prior_tpi", "Lumbar trigger point injections x 4.", None),
        # visits
        ("prior_therapy_visits", "Treatment has consisted of at least 7 physical therapy sessions and rest.", 7),
        ("prior_therapy_visits", "All eight authorized therapy visits have been used.", 8),
        ("prior_therapy_visits", "PT visit 5 of 12.", 5),
        ("prior_therapy_visits", "Attended: 14 Cx/NS: 2", 14),
        ("prior_therapy_visits", "Six additional physical therapy visits are requested.", None),
        ("prior_therapy_visits", "The plan is 12 sessions of physical therapy.", None),
        ("prior_therapy_visits", "She had 8 acupuncture sessions.", None),
        ("prior_acupuncture_visits", "All ten acupuncture visits were completed.", 10),
        ("prior_acupuncture_visits", "Acupuncture, 6 sessions, is requested.", None),
        ("prior_chiropractic_visits", "He finished 9 of 12 chiropractic visits.", 9),
        ("postop_therapy_visits", "11 post-op visits attended so far.", 11),
        ("postop_therapy", "No formal therapy since the arthroscopy.", False),
        ("prior_frp_days", "Five full days attended, none missed.", 5),
        # therapy
        ("physical_therapy_tried", "Nobody has ever sent him for physical therapy.", False),
        ("physical_therapy_tried", "Physical therapy was never authorized.", False),
        ("physical_therapy_tried", "PT 3 x 4 ended in May.", True),
        ("active_therapy", "He let his home exercises slide over the winter.", False),
        ("active_therapy", "She has kept up her home exercise program.", True),
        ("passive_modalities_only", "Ultrasound and heat were given; no therex.", True),
        ("passive_modalities_only", "Passive range of motion is full.", None),
        ("dependence_reduced", "Graduated from therapy to a self-managed gym program.", True),
        ("dependence_reduced", "The goal is discharge to a home program.", None),
        ("therapy_progress_assessed", "STG 2 of 3 met.", True),
        ("functional_improvement", "There is improved ability to lift the arm overhead.", True),
        ("functional_improvement", "Daily function has not improved.", False),
        ("functional_improvement", "She cannot sit more than twenty minutes.", None),
        ("activity_limited", "Walking and sitting are not restricted by the knee.", False),
        ("returned_to_work", "Back on the loading dock at light duty since the 4th.", True),
        ("returned_to_work", "She has not missed a shift.", True),
        ("returned_to_work", "He wants to be back at work by June.", None),
        ("returned_to_work", "She was kept off work.", False),
        ("restrictions_reduced", "The lifting limit was raised from 10 to 25 pounds.", True),
        ("conservative_failed", "He has not seemed to respond to therapy.", True),
        ("conservative_failed", "Conservative care has not failed.", False),
        ("exercise_failed", "A home exercise program has not yet been tried.", False),
        ("less_invasive_failed", "Two steroid injections wore off within days, without lasting benefit.", True),
        # units
        ("tens_failed", "The TENS unit did nothing for her.", True),
        ("tens_failed", "TENS gave excellent relief of the neck pain.", False),
        ("tens_trial", "She used a TENS at home daily for a month.", True),
        ("tens_trial", "TENS has never been tried.", False),
        ("h_wave_trial", "He borrowed an H-wave device and used it twice a day.", True),
        ("h_wave_trial", "H-wave has not been tried.", False),
        ("h_wave_trial", "An H-wave unit is requested for home use.", None),
        ("interferential_trial", "Sent home with an IF unit for three weeks.", True),
        ("stimulator_trial_successful", "The five-day trial gave 80% relief, with no lead migration.", True),
        ("psych_cleared", "He is an appropriate candidate for the stimulator.", None),
        # drugs
        ("nsaid_helps", "Naproxen 500 mg BID x 4 weeks: no relief.", False),
        ("nsaid_duplicated", "Overlapping fills of ibuprofen and meloxicam.", True),
        ("nsaid_duplicated", "Ibuprofen was changed to meloxicam.", None),
        ("antidepressant_failed", "Duloxetine 30 mg for six weeks, no effect.", True),
        ("antidepressant_failed", "Amitriptyline has never been tried.", False),
        ("anticonvulsant_failed", "Lyrica has not failed.", False),
        ("anticonvulsant_failed", "Gabapentin was d/c'd for sedation.", True),
        ("medication_side_effects", "Side effects: none.", False),
        ("medication_side_effects", "Nausea and constipation are denied.", False),
        ("medication_side_effects", "Percocet made her too drowsy.", True),
        ("drug_pain_relief", "Norco brings him no relief.", False),
        ("drug_relief_pct", "With Percocet 40% of the pain is gone.", 40),
        ("drug_function_better", "His activity level has not changed with the pills.", False),
        ("pain_medication_not_tolerated", "Percocet is being tapered.", True),
        ("long_acting_opioid", "I do not recommend a long-acting formulation.", False),
        ("opioid_agreement", "He has yet to sign the opioid agreement.", False),
        ("udt_past_year", "Last 12 months: 4 UDS.", 4),
        ("udt_past_year", "There was no drug screen in the last year.", 0),
        ("muscle_spasm", "Tizanidine 4 mg, take one as needed for muscle spasm.", None),
        ("opioid_used", "He is opioid naive.", False),
        ("pain_moderate_severe", "Rates the pain six out of ten.", True),
        ("pain_moderate_severe", "Percocet for severe pain.", None),
        # psychology and programs
        ("substance_abuse_history", "He has no drug or alcohol problem.", False),
        ("substance_abuse_history", "She has been sober since 2009.", True),
        ("substance_abuse_history", "Alcohol abuse: never.", False),
        ("motivated_to_improve", "He is eager to get back to work.", True),
        ("motivated_to_improve", "She would give up her disability payments.", True),
        ("negative_predictors_addressed", "Tobacco use and the lawsuit were each discussed with him.", True),
        # examination
        ("referred_pain", "Palpation over the band sends pain down into the hand.", True),
        ("referred_pain", "Pressing on it caused no radiation.", False),
        ("sensory_deficit", "Diminished LT over L5 on the right.", True),
        ("sensory_deficit", "Diminished LT shoulder abduction.", None),
        ("motor_deficit", "He cannot heel walk.", True),
        ("trigger_points_asserted", "Several TPs along the right trapezius.", True),
        ("decreased_rom", "Extraocular movements are intact.", None),
        ("leg_symptoms", "She does not go out in the evening.", None),
        ("leg_symptoms", "The pain does not go below the knee.", False),
        # imaging, nerve tests, operations
        ("prior_edx", "NCV 3/2/15: mild slowing at the wrist.", True),
        ("prior_edx", "She has yet to have an EMG.", False),
        ("prior_mri", "He did have an MRI, which showed a tear.", True),
        ("acute_full_tear", "A full-thickness defect was not seen.", False),
        ("spinal_instability", "L4 moves 4 mm on L5 between flexion and extension.", True),
        ("surgery_considered", "We spoke about a microdiscectomy.", True),
        ("surgery_considered", "The plan includes a right knee arthroscopy.", True),
        ("prior_surgery", "A virgin knee.", False),
        ("lumbar_radiculopathy_obvious", "The radicular findings are far from obvious.", False),
        # the person and the request
        ("low_back_pain", "Low back: 6/10", True),
        ("age_years", "The patient is a 41-year-old boy at heart.", 41),
        ("age_years", "He has a 12-year-old son.", None),
        ("variance_evidence", "A randomised trial contradicts the guideline.", True),
        ("depends_on_parent", "The sling is contingent on approval of the shoulder arthroscopy.", True),
        ("stimulation_goals", "The TENS unit is for home use. Goals: reduce pain and walk a mile.", True),
    ],
)
def test_a_fact_is_read_in_the_many_ways_it_is_said(fact: str, sentence: str, value: bool | float | None) -> None:
    assert read(sentence, fact, "progress_report") == value


@pytest.mark.parametrize(
    ("fact", "sentence", "kind", "value"),
    [
        ("edx_confirms_root", "Chronic right C6 radiculopathy with PSWs in the biceps.", "electrodiagnostic", True),
        ("edx_confirms_root", "Chronic right C6 radiculopathy with pain in the biceps.", "progress_report", None),
        ("psych_cleared", "He is an appropriate candidate for the stimulator.", "psychology_note", True),
        ("prior_surgery", "PAST SURGICAL HISTORY\nLeft BKA", "consultation", True),
    ],
)
def test_some_words_prove_a_fact_in_records_of_one_kind_only(fact: str, sentence: str, kind: str, value: bool | None) -> None:
    assert read(sentence, fact, kind) == value


def test_what_is_denied_of_a_number_counts_as_none_of_it() -> None:
    found = read("No urine drug screen was done within the past year.", "udt_past_year", "progress_report")
    assert found == 0
    assert not isinstance(found, bool)


def test_a_star_within_a_word_is_refused_for_it_would_never_match() -> None:
    with pytest.raises(ValueError, match="a star within 'visuali\\*ed'"):
        phrase_pattern("needle (visuali*ed|seen)")
