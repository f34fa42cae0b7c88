"""What is wrong with a letter is named with its place; what only looks wrong is not."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from openimr.letters import Defect, Reading, Severity, open_linter, open_reader
from openimr.library import open_library

LIBRARY = open_library()
READER = open_reader(LIBRARY)
LINTER = open_linter(LIBRARY)
SAMPLES = Path(os.environ.get("IMR_SHARED", Path(__file__).resolve().parents[2] / "shared")) / "samples"
LINE = "MTUS Chronic Pain Medical Treatment 2016, Section(s): {}."
SUMMARY = (
    "The injured worker is a 44 year old male who hurt the low back on 3-02-2016 while lifting a crate. He has had six visits of physical "
    "therapy and naproxen. The exam of 11-04-2016 showed tenderness over the lumbar spine."
)


def item(title: str, rationale: str, section: str = "Physical medicine treatment", ur: str | None = None) -> str:
    cited = "Decision based on " + LINE.format(section)
    return f"{title}\n\nClaims Administrator guideline: {ur or cited}\n\nMAXIMUS guideline: {cited}\n\nDecision rationale: {rationale}\n"


def letter(
    *items: str, summary: str = SUMMARY, specialty: str = "Physical Medicine & Rehabilitation", number: str = "CM16-0000001"
) -> Reading:
    text = f"""Case Number: {number}
Date Assigned: 12/20/2016 Date of Injury: 03/02/2016
Decision Date: 01/18/2017 UR Denial Date: 11/22/2016
Priority: Standard Application Received: 12/08/2016
HOW THE IMR FINAL DETERMINATION WAS MADE
The complete case file was sent to an expert reviewer.

The Expert Reviewer has the following credentials:
State(s) of Licensure: California
Certification(s)/Specialty: {specialty}

CLINICAL CASE SUMMARY
The expert reviewer developed the following clinical case summary based on a review of the case file, including all medical records:

{summary}

IMR ISSUES, DECISIONS AND RATIONALES
The Final Determination was based on decisions for the disputed items/services set forth below:

""" + "\n".join(items)
    read = READER.read_text(text, "letter.txt")
    assert isinstance(read, Reading), read
    return read


def named(reading: Reading, *earlier: Reading) -> list[Defect]:
    idle = ("contents.documents", "fact.", "basis.", "limit.")
    return [each for each in LINTER.lint(reading, earlier=earlier) if not each.code.startswith(idle)]


def codes(reading: Reading, *earlier: Reading) -> list[str]:
    return [each.code for each in named(reading, *earlier)]


THERAPY = (
    "The guideline allows eight to ten visits for this condition with fading of frequency. The worker had six visits of "
    "physical therapy and "
    "still lacks strength. {} "
)
GOOD = item(
    "Physical therapy 2 times a week for 2 weeks, lumbar spine: Overturned",
    THERAPY.format("The four visits of physical therapy asked for stay inside it.") + "The request is medically necessary.",
)


def test_a_sound_letter_is_clean() -> None:
    assert named(letter(GOOD)) == []


@pytest.mark.parametrize(
    ("decision", "conclusion", "wrong"),
    [
        ("Upheld", "The request for physical therapy is medically necessary.", True),
        ("Overturned", "The request for physical therapy is not medically necessary.", True),
        ("Upheld", "Therefore, the requested therapy is not medically necessary or appropriate.", False),
        ("Overturned", "With a spine that lacks its last degrees, the four visits of therapy are medically necessary.", False),
        ("Overturned", "MRI without contrast being pending, physical therapy is medically necessary.", False),
    ],
)
def test_the_decision_is_held_against_the_conclusion(decision: str, conclusion: str, wrong: bool) -> None:
    rationale = THERAPY.format("") + conclusion
    found = named(letter(item(f"Physical therapy 4 visits, lumbar spine: {decision}", rationale)))
    assert [each.code for each in found] == ["decision.contradicted"] * wrong
    if wrong:
        assert found[0].severity is Severity.ERROR
        assert found[0].quote == conclusion
        assert found[0].item == 1


@pytest.mark.parametrize(
    ("title", "said", "wrong"),
    [
        ("MRI of the bilateral knees", "For the right knee, which locks and swells, the study is warranted.", True),
        ("Trigger point injection with ultrasound guidance", "The necessity of the trigger point injection has been established.", True),
        ("Pre-operative labs: CBC, EKG and chest x-ray", "At 63 with an old infarct, an EKG is appropriate.", True),
        ("Pre-operative labs: CBC, EKG and chest x-ray", "An EKG is appropriate when the patient is over 60.", False),
        ("Pre-operative labs: CBC, EKG and chest x-ray", "An EKG is not warranted in a man of 30 with no heart disease.", False),
        (
            "Trigger point injection with ultrasound guidance",
            "The guideline states that a trigger point injection is indicated here.",
            False,
        ),
    ],
)
def test_a_whole_item_denied_though_a_part_is_necessary(title: str, said: str, wrong: bool) -> None:
    rationale = f"The guideline was consulted for all that is asked. {said} For the rest no reason is told in the notes of the physician. "
    rationale += f"As the request was made for all of it, {title} is not medically necessary."
    assert ("decision.part_necessary" in codes(letter(item(f"{title}: Upheld", rationale)))) is wrong


@pytest.mark.parametrize(
    ("said", "wrong"),
    [
        ("At the right L4-5 level to be injected the film shows no more than a bulge.", True),
        ("At the right L5-S1 level to be injected the film shows an extrusion.", False),
        ("The film shows a bulge at L4-5 and an extrusion at L5-S1, the level to be injected.", False),
    ],
)
def test_the_level_judged_is_the_one_asked_for(said: str, wrong: bool) -> None:
    rationale = (
        f"An epidural injection asks for signs of a root that agree with a study. {said} The epidural injection is not medically necessary."
    )
    found = codes(letter(item("Right L5-S1 epidural steroid injection: Upheld", rationale)))
    assert found == ["item.site"] * wrong


@pytest.mark.parametrize(
    ("said", "wrong"),
    [
        ("The request for an MRI of the right knee is not medically necessary.", True),
        ("The request for an MRI of the left knee is not medically necessary.", False),
        ("The right knee was normal. The request for an MRI of the left knee is not medically necessary.", False),
        ("The elbow moves freely. The elbow is stable, and nothing points to a lesion of it. The MRI is not medically necessary.", True),
    ],
)
def test_the_side_and_part_of_the_body_are_those_asked_for(said: str, wrong: bool) -> None:
    rationale = f"Imaging is kept for those in whom care of some weeks has failed. {said}"
    found = codes(letter(item("MRI of the left knee: Upheld", rationale, "Special Studies")))
    assert found == ["item.site"] * wrong


@pytest.mark.parametrize(
    ("said", "wrong"),
    [
        ("The request is for tramadol 50 mg #90, three times a day.", True),
        ("A supply of ninety tablets amounts to daily use.", True),
        ("The request is for tramadol 150 mg #60.", False),
        ("She previously took tramadol 50 mg #90.", False),
        ("The guideline allows a supply of 30 tablets.", False),
    ],
)
def test_the_amount_judged_is_the_one_asked_for(said: str, wrong: bool) -> None:
    rationale = f"Opioids go on where pain and function are better for it. {said} Without such proof tramadol is not medically necessary."
    found = named(letter(item("Tramadol ER 150 mg #60: Upheld", rationale, "Opioids")))
    assert [each.code for each in found] == ["item.quantity"] * wrong


def test_a_rationale_on_another_treatment_is_named() -> None:
    cold = (
        "Circulating cooling machines have a place in the days after an operation, when swelling is to be kept down and "
        "the need for narcotics "
        "may be less. Here no operation took place, and simple packs would do the same work at hardly any cost. No "
        "swelling is told of in the "
        "notes. The requested device is not medically necessary."
    )
    found = named(letter(item("Interferential stimulator, one month rental: Upheld", cold, "Interferential")))
    assert [each.code for each in found] == ["item.not_discussed"]


BRACE = (
    "Supports for the low back have no proven value once the first weeks have gone by. The worker hurt his back many "
    "months ago. No fracture and "
    "no slip of a vertebra is on the films, and no lumbar support would change that. Accordingly, {} is not medically necessary."
)


def test_the_argument_of_one_item_under_another_is_named() -> None:
    found = named(
        letter(
            item("Lumbar support: Upheld", BRACE.format("the lumbar support"), "Initial Care"),
            item("Voltaren gel 1%, 100 grams: Upheld", BRACE.format("Voltaren gel"), "Topical analgesics"),
        )
    )
    assert {(each.code, each.item) for each in found} >= {("rationale.pasted", 2)}
    assert all(each.item == 2 for each in found)


def test_a_service_that_falls_with_its_operation_may_say_so_in_the_same_words() -> None:
    falls = "As the requested arthroscopic surgery is not medically necessary, none of the services that go with it is medically necessary."
    services = [item(f"Associated surgical service: {name}: Upheld", falls) for name in ("Cold therapy unit", "Assistant surgeon")]
    assert codes(letter(*services)) == []


def test_the_facts_of_an_earlier_case_are_named_and_what_guidelines_say_is_not() -> None:
    facts = (
        "He was seen on 10-03-2016 with pain of 7/10 in the low back that keeps him from bending to tie his shoes at "
        "all. On 10-17-2016 the "
        "therapist wrote that after 5 visits of physical therapy flexion had come from 30 to 55 degrees and the straight "
        "leg raise from 40 to 70. "
        "On 11-04-2016 he lifted 15 pounds for 10 minutes and asked to go back to half days by 12-01-2016. "
    )
    therapy = item(
        "Physical therapy 4 visits, lumbar spine: Overturned", facts + "The request for physical therapy is medically necessary."
    )
    before = letter(therapy, number="CM16-0000002")
    assert "rationale.pasted" in codes(letter(therapy), before)
    assert codes(letter(GOOD), letter(GOOD, number="CM16-0000002")) == []


@pytest.mark.parametrize(
    ("words", "meant"),
    [
        ("The paint store was 4-5/10.", "pain score"),
        ("Conversation treatment was given for six weeks.", "conservative"),
        ("There is a tear of the rotary cuff.", "rotator cuff"),
        ("Tenderness over the lumber spine is noted.", "lumbar"),
        ("A discreet trigger point was felt.", "discrete"),
        ("A faucet injection was given.", "facet injection"),
        ("The injection litigated the pain for a week.", "mitigated"),
    ],
)
def test_a_misheard_word_is_named_with_what_was_meant(words: str, meant: str) -> None:
    found = [each for each in named(letter(GOOD, summary=f"{SUMMARY} {words}")) if each.code == "wording.slip"]
    assert [meant in each.message for each in found] == [True]
    assert found[0].severity is Severity.WARNING


def test_sound_words_that_look_like_others_are_left_alone() -> None:
    said = (
        "Pain scale and pain scores were told. The case was litigated by an attorney. Disk bulges, spine fusion, facet joints, plain film."
    )
    assert named(letter(GOOD, summary=f"{SUMMARY} {said}")) == []


def test_what_a_determination_must_contain_is_asked_for() -> None:
    bare = letter(GOOD.replace("MAXIMUS guideline", "Other guideline"), summary="", specialty="")
    missing = [each.message for each in named(bare) if each.code == "contents.missing"]
    assert any("specialty" in each for each in missing)
    assert any("summary" in each for each in missing)


def test_a_decision_on_the_denial_letter_alone_is_named() -> None:
    told = (
        "According to the utilization review decision the worker is a 44 year old male with back pain. No medical records were submitted."
    )
    assert codes(letter(GOOD, summary=told)) == ["record.ur_letter_alone"]
    assert codes(letter(GOOD, summary=f"{SUMMARY} According to the utilization review decision no request form was sent.")) == []


@pytest.mark.parametrize(
    ("specialty", "far"),
    [
        ("Psychiatry, Geriatric Psychiatry", True),
        ("Neurology", False),
        ("Dentistry", True),
        ("Psychiatry, Pain Management", False),
        ("Urology", True),
    ],
)
def test_a_specialty_far_from_all_items_is_named(specialty: str, far: bool) -> None:
    surgery = (
        "Surgery of the shoulder follows months of care that has failed, an injection among it. None was given. "
        "The arthroscopy is not medically necessary."
    )
    found = codes(letter(item("Right shoulder arthroscopy: Upheld", surgery, "Surgical Considerations"), specialty=specialty))
    assert found == ["reviewer.specialty"] * far


def test_every_place_is_one_of_the_letter() -> None:
    reading = letter(
        item("MRI of the left knee: Upheld", "The request for an MRI of the right knee is medically necessary.", "Special Studies")
    )
    found = LINTER.lint(reading)
    assert {"decision.contradicted", "item.site"} <= {each.code for each in found}
    for each in found:
        if each.span:
            assert " ".join(reading.text[slice(*each.span)].split()) == each.quote
        assert each.ground


@pytest.mark.skipif(not SAMPLES.is_dir(), reason="the five sample letters are not there (IMR_SHARED)")
@pytest.mark.parametrize(
    ("sample", "known"),
    [
        ("000", {"decision.part_necessary"}),
        ("001", {"basis.diverge"}),
        ("002", {"wording.slip", "basis.diverge", "basis.acute_chronic"}),
        ("003", {"wording.slip", "rationale.pasted", "item.quantity", "item.unspecified"}),
        ("004", {"contents.patient", "basis.tier_skipped", "wording.slip"}),
    ],
)
def test_the_known_defects_of_the_samples_are_named(sample: str, known: set[str]) -> None:
    read = READER.read_text((SAMPLES / f"{sample}.txt").read_text(encoding="utf-8"), sample)
    assert isinstance(read, Reading)
    assert known <= {each.code for each in LINTER.lint(read)}
