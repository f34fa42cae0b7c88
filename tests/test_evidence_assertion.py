"""How a sentence turns what it names: the mechanisms, each with sentences of its kind and with ones that only look alike."""

from __future__ import annotations

import pytest

from openimr.evidence import Assertions
from openimr.library import open_library
from openimr.treatments import load as load_treatments

LIBRARY = open_library()
ASSERTIONS = Assertions(LIBRARY, load_treatments(LIBRARY))


def holds(marked: str) -> set[str]:
    """Return what holds of the part of a sentence that stands in brackets ("<...>")."""
    start, end = marked.index("<"), marked.index(">") - 1
    said = ASSERTIONS.said(marked.replace("<", "").replace(">", ""), start, end).contract()
    return {name for name, is_so in said.items() if is_so}


@pytest.mark.parametrize(
    "sentence",
    [
        "<Shock wave therapy> x 5 in 2018, little benefit.",
        "3/14/2019: <cervical traction>, ten sessions.",
        "Mar 2017 - <knee arthroscopy>, Dr. Bell.",
        "<Diclofenac gel> - tried, of no use.",
        "Since DOI: PT (16), <massage> (4), one ESI.",
        "She wore a <wrist splint> for a month and gave it up.",
        "The clinic gave him <a shot of Toradol> and sent him home.",
        "<Occupational therapy> ran from May to August, then she was let go from it.",
        "After the second block she had <60% relief> for a month.",
        "The ablation of 2/2020 held for <eight months>.",
        "Epidural 6/1/2019 by Dr. Hall, <70% better> for six weeks.",
        "[ ] Surgery  [x] <Chiropractic>  [x] Acupuncture",
        "His <plantar fasciitis> has since resolved.",
        "Left <clavicle fracture>, healed without sequelae.",
        "Lists <Savella> among the drugs stopped: it was of no help.",
        "He was a roofer in 2009 when he had <a lumbar fusion>.",
    ],
)
def test_what_was_had_and_is_over_is_history(sentence: str) -> None:
    assert holds(sentence) == {"historical"}


@pytest.mark.parametrize(
    "sentence",
    [
        "<Neurontin> 300 mg tid, no side effects.",
        "<Butrans> 20 mcg weekly, 200 hours of use so far without trouble.",
        "Current: <tizanidine> 4 mg, no refills due.",
        "The labrum was probed and a <SLAP repair> completed with two anchors.",
        "He is s/p fusion and has <residual stiffness>.",
        "<Shoulder pain> unchanged from last month.",
        "Visit <7> of 12, tolerated well.",
        "Circled <6> for the neck and 2 for the legs.",
        "A woman in her fifties with <neck pain>.",
        "<Low back pain> when he lifted a crate.",
        "Prior films of 2020 show <a labral tear>.",
        "She was evaluated for <knee pain>.",
    ],
)
def test_what_goes_on_or_is_being_done_is_not_history(sentence: str) -> None:
    assert holds(sentence) == set()


@pytest.mark.parametrize(
    "sentence",
    [
        "<Acupuncture 2 x 4>, cervical spine.",
        "<Hand therapy> twice a week for six weeks.",
        "H-wave <home unit>, rental, one month.",
        "<Flector patch> #30, no refills.",
        "<Chiropractic> to be combined with home exercise.",
        "Exercise, <to be done alongside therapy>.",
        "We request authorization for arthroscopy with <chondroplasty>.",
        "Asking the carrier to approve <six visits of massage>.",
        "Referral to Dr. Ruiz for <a sleep study>.",
        "<Viscosupplementation>, if needed, can follow.",
        "<The pump trial> was denied by UR, will appeal.",
        "Recommend a trial of <nortriptyline>.",
        "Should the cough persist, stop it; a <chest film> would then be in order.",
        "Take it with food and stop should <hives> develop.",
        "Return precautions were given for <calf pain>.",
        "The risks, including <nonunion>, were gone over.",
        "Left untreated he may lose <grip>.",
        "Let us know about <any bleeding>.",
        "Hopefully <weaning> can begin in the fall.",
        "Should the pain come back he may need another course of <therapy>.",
    ],
)
def test_what_is_asked_for_or_may_come_is_possible_whatever_tense_stands_beside_it(sentence: str) -> None:
    assert holds(sentence) == {"hypothetical"}


@pytest.mark.parametrize(
    "sentence",
    [
        "<Pool therapy> was approved in June and, for lack of a car, never attended.",
        "<The MRI> was promised by the clinic and never took place.",
        "<Bowel complaints>? None.",
        "<Grip strength loss>, in short, nil.",
        "<Joint line tenderness> - neither medial nor lateral.",
        "ROS: <chills> -, cough +.",
        "+ nausea, - <vomiting>.",
        "<Clonus> 0/4.",
        "[x] aching  [ ] <burning>  [x] dull",
        "Therapy [x] 10   <Injections> [ ]   Chiro [x] 4",
        "<Numbness>: [ ] yes [x] no",
        "There isn't a trace of <laxity>.",
        "Nothing to suggest <a plexopathy>.",
        "Nor could I bring out <any clicking>.",
        "<EMG> not yet done.",
        "At no point did she report <leg weakness>.",
        "<Fusion> is not supported by the films.",
        "<Home exercise> has gone undone.",
    ],
)
def test_what_is_denied_in_idiom_on_a_form_or_behind_a_shared_subject_is_denied(sentence: str) -> None:
    assert holds(sentence) == {"negated"}


@pytest.mark.parametrize(
    "sentence",
    [
        "Without surgery it is <pain> that keeps her home.",
        "Without the sling <the arm hangs>.",
        "Up the stairs without a rail, Ms. Poe <cannot carry a bag>.",
        "He cannot walk without <a limp>.",
        "Strength full without atrophy, <flexion 60/90>.",
        "Finds no bar to the program and <supports it>.",
        "<Naproxen> 0.5 g daily, none missed.",
        "Since June he has <come down to two a day> and has not refilled the Soma.",
        "If the leg is not better we look again; <the hip> hurts too.",
        "No effusion, other than <a trace medially>.",
    ],
)
def test_a_denial_ends_where_another_statement_begins(sentence: str) -> None:
    assert holds(sentence) == set()


def test_what_somebody_is_off_is_denied_and_past() -> None:
    assert holds("Off <ibuprofen> since the ulcer.") == {"negated", "historical"}
    assert holds("Pt quit <tramadol> in May.") == {"negated", "historical"}
    assert holds("Pain keeps him off <work>.") != {"negated", "historical"}


@pytest.mark.parametrize(
    "sentence",
    [
        "<Scaphoid fracture>?",
        "Is this <gout>? Too soon to say.",
        "? <meniscal tear>, get films.",
        "A <disc fragment> can't be excluded.",
        "Whether she is truly <weak> I could not make out.",
        "Not clear if <the screw> is loose.",
        "The differential: <stenosis>, neuropathy.",
        "<Infection> is a consideration.",
    ],
)
def test_what_is_asked_or_left_open_is_uncertain_and_not_denied(sentence: str) -> None:
    assert holds(sentence) == {"uncertain"}


@pytest.mark.parametrize(
    "sentence",
    [
        "A colleague on the same line has <tendinitis>.",
        "<Cancer> in a maternal aunt.",
        "Her grandson's <asthma> keeps her up.",
        "Husband, who came along but takes no part, has <gout>.",
        "The man in the next bay got <a TENS unit> through his lawyer.",
    ],
)
def test_what_others_have_is_theirs(sentence: str) -> None:
    assert "other_person" in holds(sentence)


@pytest.mark.parametrize(
    "sentence",
    [
        "UR denied the request stating there was no evidence of <radiculopathy>.",
        "Nowhere in the reports supplied is <a twitch> described.",
        "No therapy notes were submitted to show <functional gain>.",
        "The chapter relied on does not regard <housekeeping> as treatment.",
        "A 2014 trial in 90 subjects found <ozone> ineffective.",
        "It is unclear what the guideline says of <yoga>.",
    ],
)
def test_what_papers_say_is_said_of_nobody(sentence: str) -> None:
    assert holds(sentence) == set()


def test_that_a_report_is_not_at_hand_says_nothing_against_the_study() -> None:
    assert holds("A <nerve test> was done two years back, but no report has reached me.") == {"historical"}


def test_the_point_of_a_title_ends_no_clause() -> None:
    assert holds("<Facet injections> at two levels by Dr. Osei 2016, of little help.") == {"historical"}
