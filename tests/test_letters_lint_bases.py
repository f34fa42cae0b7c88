"""The standards a letter relies on: in force, of the right rung, for the stage of the injury, the part of the body and the treatment."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from openimr.letters import Defect, Linter, Reader, Reading, Severity, open_linter, open_reader
from openimr.library import open_library

Lint = Callable[..., tuple[Defect, ...]]

CHRONIC_2016 = "Decision based on MTUS Chronic Pain Medical Treatment 2016, Section(s): {}."
CHRONIC_2009 = "Decision based on MTUS Chronic Pain Medical Treatment 2009, Section(s): {}."
ODG = "Decision based on Non-MTUS Citation Official Disability Guidelines (ODG) {}."
ODG_ONLY = f"The Expert Reviewer did not base their decision on the MTUS. {ODG}"
LOW_BACK = "Decision based on MTUS Low Back Complaints 2004, Section(s): {}."
NOT_NECESSARY = "The request is not medically necessary."


@pytest.fixture(scope="module")
def reader() -> Reader:
    return open_reader(open_library())


@pytest.fixture(scope="module")
def linter() -> Linter:
    return open_linter(open_library())


@pytest.fixture
def lint(reader: Reader, linter: Linter) -> Lint:
    """The defects of a letter on one item."""

    def named(
        item: str,
        reviewer: str,
        rationale: str,
        *,
        claims: str | None = None,
        injured: str = "03/02/2015",
        denied: str = "11/28/2016",
        decided: str = "01/12/2017",
        summary: str = "The injured worker is a 44 year old cook with low back pain.",
    ) -> tuple[Defect, ...]:
        text = f"""Case Number: CM16-0000001
Date Assigned: 12/20/2016
Date of Injury: {injured}
Decision Date: {decided}
UR Denial Date: {denied}
Priority: Standard
Application Received: 12/12/2016

CLINICAL CASE SUMMARY
The expert reviewer developed the following clinical case summary based on a review of the case
file, including all medical records:

{summary}

IMR ISSUES, DECISIONS AND RATIONALES
The Final Determination was based on decisions for the disputed items/services set forth below:

{item}: Upheld

Claims Administrator guideline: {claims or reviewer}

MAXIMUS guideline: {reviewer}

Decision rationale: {rationale}
"""
        read = reader.read_text(text, "letter.txt")
        assert isinstance(read, Reading)
        assert len(read.determination.requests) == 1
        return linter.lint(read)

    return named


def of(defects: tuple[Defect, ...], code: str) -> list[tuple[Severity, str]]:
    return [(each.severity, each.quote) for each in defects if each.code == code]


# -- editions ------------------------------------------------------------------------------------------------------------------------------


def test_the_chronic_pain_text_of_2009_is_not_in_force_for_a_request_of_november_2016(lint: Lint) -> None:
    found = lint("Aquatic therapy, 8 visits", CHRONIC_2009.format("Aquatic therapy"), NOT_NECESSARY)
    assert of(found, "basis.not_in_force") == [(Severity.ERROR, "Chronic Pain Medical Treatment 2009")]


def test_the_opioid_text_of_2016_is_not_yet_in_force_for_a_request_of_march_2016(lint: Lint) -> None:
    found = lint(
        "Norco 10/325mg #60",
        "Decision based on MTUS Opioid Treatment 2016.",
        NOT_NECESSARY,
        denied="03/28/2016",
        decided="05/30/2016",
    )
    assert of(found, "basis.not_in_force") == [(Severity.ERROR, "Opioid Treatment 2016")]


def test_the_chapter_of_2004_is_out_of_force_in_2019(lint: Lint) -> None:
    found = lint("MRI of the lumbar spine", LOW_BACK.format("Special Studies"), NOT_NECESSARY, denied="03/28/2019", decided="05/30/2019")
    assert of(found, "basis.not_in_force") == [(Severity.ERROR, "Low Back Complaints 2004")]


def test_an_edition_that_only_the_rationale_names_counts(lint: Lint) -> None:
    found = lint(
        "Soma 350mg #60",
        "Decision based on MTUS Chronic Pain Treatment Guidelines Carisoprodol.",
        f"The May 2009 edition of the MTUS Chronic Pain Medical Treatment Guidelines advises against carisoprodol. {NOT_NECESSARY}",
    )
    assert [severity for severity, quote in of(found, "basis.not_in_force") if quote.startswith("2009 edition of the MTUS")] == [
        Severity.ERROR
    ]


@pytest.mark.parametrize(
    ("cited", "denied", "decided"),
    [
        (CHRONIC_2016.format("Physical medicine treatment"), "11/28/2016", "01/12/2017"),
        (CHRONIC_2009.format("Physical Medicine"), "03/28/2016", "05/30/2016"),
        ("Decision based on MTUS Chronic Pain Treatment Guidelines Physical Medicine Page(s): 98-99.", "03/28/2016", "05/30/2016"),
        ("Decision based on MTUS Chronic Pain Treatment Guidelines Physical Medicine.", "11/28/2016", "01/12/2017"),
        (LOW_BACK.format("Physical Methods"), "11/28/2016", "01/12/2017"),
    ],
)
def test_an_edition_in_force_is_not_named(lint: Lint, cited: str, denied: str, decided: str) -> None:
    found = lint("Physical therapy, 8 visits, lumbar spine", cited, NOT_NECESSARY, denied=denied, decided=decided)
    assert of(found, "basis.not_in_force") == []


def test_pages_of_the_old_text_are_a_warning_where_no_edition_is_named(lint: Lint) -> None:
    found = lint("Physical therapy, 8 visits", "Decision based on MTUS Chronic Pain Treatment Guidelines Page(s): 98-99.", NOT_NECESSARY)
    assert [severity for severity, _ in of(found, "basis.not_in_force")] == [Severity.WARNING]


def test_days_about_the_change_make_a_warning_for_the_request_may_have_been_made_before(lint: Lint) -> None:
    found = lint(
        "Aquatic therapy, 8 visits", CHRONIC_2009.format("Aquatic therapy"), NOT_NECESSARY, denied="08/05/2016", decided="10/12/2016"
    )
    assert [severity for severity, _ in of(found, "basis.not_in_force")] == [Severity.WARNING]


def test_the_request_for_authorization_settles_which_edition_it_is(lint: Lint) -> None:
    found = lint(
        "Aquatic therapy, 8 visits",
        CHRONIC_2009.format("Aquatic therapy"),
        NOT_NECESSARY,
        denied="08/05/2016",
        decided="10/12/2016",
        summary="The injured worker is a cook. The Request for Authorization of July 20, 2016 asks for aquatic therapy.",
    )
    assert of(found, "basis.not_in_force") == []


def test_an_old_edition_the_claims_administrator_used_is_information(lint: Lint) -> None:
    found = lint(
        "Aquatic therapy, 8 visits", CHRONIC_2016.format("Aquatic therapy"), NOT_NECESSARY, claims=CHRONIC_2009.format("Aquatic therapy")
    )
    assert [severity for severity, _ in of(found, "basis.not_in_force")] == [Severity.INFORMATION]


def test_a_rationale_that_says_an_edition_was_replaced_does_not_rely_on_it(lint: Lint) -> None:
    rationale = f"The chronic pain guideline of May 2009 has been replaced, so that its successor is used. {NOT_NECESSARY}"
    found = lint("Aquatic therapy, 8 visits", CHRONIC_2016.format("Aquatic therapy"), rationale)
    assert of(found, "basis.not_in_force") == []


# -- the order of standards ----------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("item", "section"),
    [
        ("TENS unit purchase", "Low Back, TENS (transcutaneous electrical nerve stimulation)"),
        ("Urine drug screen", "Pain, Urine drug testing"),
    ],
)
def test_odg_alone_passes_over_a_rule_of_the_mtus(lint: Lint, item: str, section: str) -> None:
    found = lint(item, ODG_ONLY.format(section), f"The ODG does not advise it in such cases. {NOT_NECESSARY}")
    assert [severity for severity, _ in of(found, "basis.tier_skipped")] == [Severity.WARNING]


def test_the_section_the_claims_administrator_cites_shows_that_the_mtus_speaks(lint: Lint) -> None:
    found = lint(
        "Massage therapy, 6 visits",
        ODG_ONLY.format("Low Back, Massage"),
        f"The ODG does not advise it in such cases. {NOT_NECESSARY}",
        claims=CHRONIC_2016.format("Massage therapy"),
    )
    assert [severity for severity, _ in of(found, "basis.tier_skipped")] == [Severity.WARNING]
    assert of(found, "basis.diverge") == []


@pytest.mark.parametrize(
    "reason",
    [
        "The MTUS is silent on the purchase of such a device.",
        "The MTUS does not address it for the condition at hand, therefore the ODG was consulted.",
        "There is no recommendation on this in the MTUS.",
        "The chronic pain guideline speaks of a trial. As it gives no criteria for purchase, the ODG was used.",
    ],
)
def test_a_reason_for_stepping_down_is_heard(lint: Lint, reason: str) -> None:
    found = lint("TENS unit purchase", ODG_ONLY.format("Low Back, TENS"), f"{reason} The ODG advises a trial first. {NOT_NECESSARY}")
    assert of(found, "basis.tier_skipped") == []
    assert of(found, "basis.diverge") == []


def test_the_mtus_beside_odg_passes_over_nothing(lint: Lint) -> None:
    both = CHRONIC_2016.format("TENS, chronic pain (transcutaneous electrical nerve stimulation)")
    found = lint(
        "TENS unit purchase",
        f"{both} Decision based on Non-MTUS Citation Official Disability Guidelines (ODG) Low Back, TENS.",
        NOT_NECESSARY,
    )
    assert of(found, "basis.tier_skipped") == []


# -- two sides -----------------------------------------------------------------------------------------------------------------------------


def test_sides_that_go_by_different_publishers_diverge(lint: Lint) -> None:
    claims = f"The Claims Administrator did not base their decision on the MTUS. {ODG}".format("Low Back, Aquatic therapy")
    found = lint(
        "Aquatic therapy, 8 visits", CHRONIC_2016.format("Aquatic therapy"), f"Nothing calls for a pool. {NOT_NECESSARY}", claims=claims
    )
    assert [severity for severity, _ in of(found, "basis.diverge")] == [Severity.WARNING]


def test_sections_of_one_text_do_not_diverge(lint: Lint) -> None:
    found = lint(
        "Flexeril 10mg #60",
        CHRONIC_2016.format("Cyclobenzaprine (Flexeril)"),
        NOT_NECESSARY,
        claims=CHRONIC_2016.format("Muscle relaxants (for pain)"),
    )
    assert of(found, "basis.diverge") == []


@pytest.mark.parametrize(
    "word", ["UR relied on the ODG, but the MTUS goes first.", "The claims administrator used another guideline than the MTUS."]
)
def test_a_rationale_that_speaks_of_the_other_basis_does_not_diverge(lint: Lint, word: str) -> None:
    claims = "Decision based on Non-MTUS Citation Official Disability Guidelines (ODG) Low Back, Aquatic therapy."
    found = lint("Aquatic therapy, 8 visits", CHRONIC_2016.format("Aquatic therapy"), f"{word} {NOT_NECESSARY}", claims=claims)
    assert of(found, "basis.diverge") == []


def test_two_chapters_of_the_mtus_are_information(lint: Lint) -> None:
    claims = "Decision based on MTUS Shoulder Complaints 2004, Section(s): Special Studies."
    found = lint(
        "MRI of the neck",
        "Decision based on MTUS Neck and Upper Back Complaints 2004, Section(s): Special Studies.",
        NOT_NECESSARY,
        claims=claims,
    )
    assert [severity for severity, _ in of(found, "basis.diverge")] == [Severity.INFORMATION]


# -- recent and old injuries ---------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("rationale", "injured", "severity"),
    [
        ("The guideline allows 9-10 visits over 8 weeks.", "10/31/2016", Severity.WARNING),
        ("The guideline recommends active therapy in chronic pain.", "10/31/2016", Severity.WARNING),
        ("The guideline recommends active therapy, and a goal is not given.", "10/31/2016", Severity.INFORMATION),
        ("The Chronic Pain Medical Treatment Guidelines recommend active therapy.", "10/31/2016", Severity.INFORMATION),
        ("The guideline recommends active therapy, and a goal is not given.", "11/20/2016", Severity.WARNING),
    ],
)
def test_the_chronic_text_on_an_injury_weeks_old_weighs_by_what_is_taken_from_it(
    lint: Lint, rationale: str, injured: str, severity: Severity
) -> None:
    cited = CHRONIC_2016.format("Physical medicine treatment")
    found = lint("Physical therapy, 12 visits, lumbar spine", cited, f"{rationale} {NOT_NECESSARY}", injured=injured)
    assert [each for each, _ in of(found, "basis.acute_chronic")] == [severity]


def test_the_section_on_chronic_opioids_on_an_injury_of_four_weeks(lint: Lint) -> None:
    cited = "Decision based on MTUS Opioid Treatment 2016, Section(s): 3.3.9 Opioids for Chronic Pain and Chronic Opioid Treatment."
    assert len(of(lint("Norco 10/325mg #60", cited, NOT_NECESSARY, injured="10/31/2016"), "basis.acute_chronic")) == 1


def test_the_low_back_chapter_for_trigger_points_five_years_after_the_injury(lint: Lint) -> None:
    found = lint(
        "Trigger point injection, lumbar spine",
        "Decision based on MTUS ACOEM Chapter 12 Low Back Complaints Page(s): 300.",
        NOT_NECESSARY,
        injured="03/02/2009",
        denied="03/28/2014",
        decided="08/12/2014",
    )
    assert len(of(found, "basis.acute_chronic")) == 1


@pytest.mark.parametrize(
    ("item", "cited", "injured"),
    [
        ("Physical therapy, 12 visits, lumbar spine", CHRONIC_2016.format("Physical medicine treatment"), "06/30/2016"),
        ("MRI of the lumbar spine", LOW_BACK.format("Special Studies"), "03/02/2011"),
        ("Physical therapy, 12 visits, lumbar spine", LOW_BACK.format("Physical Methods"), "10/31/2016"),
    ],
)
def test_the_right_stage_or_a_gap_that_is_not_plain_is_not_named(lint: Lint, item: str, cited: str, injured: str) -> None:
    assert of(lint(item, cited, NOT_NECESSARY, injured=injured), "basis.acute_chronic") == []


def test_a_rationale_that_gives_its_reason_for_the_chronic_text_is_heard(lint: Lint) -> None:
    rationale = (
        f"The MTUS speaks of stomach protection only in this section, so it is used although the complaint is recent. {NOT_NECESSARY}"
    )
    found = lint("Omeprazole 20mg #60", CHRONIC_2016.format("NSAIDs, GI symptoms & cardiovascular risk"), rationale, injured="10/31/2016")
    assert of(found, "basis.acute_chronic") == []


# -- another part of the body --------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("item", ["MRI of the left knee", "MRI of the cervical spine", "Right shoulder arthroscopy"])
def test_a_chapter_on_another_part_of_the_body(lint: Lint, item: str) -> None:
    found = lint(item, LOW_BACK.format("Special Studies"), NOT_NECESSARY)
    assert [severity for severity, _ in of(found, "basis.other_region")] == [Severity.ERROR]


@pytest.mark.parametrize("item", ["MRI of the lumbar spine", "EMG of the bilateral hands", "MRI", "MRI of the hip"])
def test_the_chapter_of_the_part_or_no_certain_part_is_not_named(lint: Lint, item: str) -> None:
    assert of(lint(item, LOW_BACK.format("Special Studies"), NOT_NECESSARY), "basis.other_region") == []


# -- criteria of another treatment ---------------------------------------------------------------------------------------------------------

EPIDURAL = "Radiculopathy must be found on examination and agree with an MRI. No more than two nerve root levels should be treated at once."
FACET = "Facet mediated pain should be shown by examination. No more than two joint levels of medial branch blocks are recommended."
SMALL_RISK = (
    "A person above 65, or with an ulcer or bleeding, should be protected. "
    "Gastrointestinal events are to be weighed by risk and age, as recommended."
)


@pytest.mark.parametrize(
    ("item", "criteria"),
    [
        ("Sacroiliac joint injection, right", EPIDURAL),
        ("Trigger point injections, lumbar spine", EPIDURAL),
        ("Epidural steroid injection, L4-5", FACET),
        ("Norco 10/325mg #60", SMALL_RISK),
    ],
)
def test_the_criteria_of_another_treatment_are_an_error(lint: Lint, item: str, criteria: str) -> None:
    found = lint(item, ODG_ONLY.format("Pain"), f"{criteria} The injured worker has back pain. {NOT_NECESSARY}")
    assert [severity for severity, _ in of(found, "basis.other_treatment")] == [Severity.ERROR]


def test_one_sentence_on_another_class_of_drug_is_a_warning(lint: Lint) -> None:
    rationale = f"Benzodiazepines are not recommended for long use because of dependence. The worker has used it. {NOT_NECESSARY}"
    found = lint("Norco 10/325mg #60", CHRONIC_2016.format("Opioids"), rationale)
    assert [severity for severity, _ in of(found, "basis.other_treatment")] == [Severity.WARNING]


@pytest.mark.parametrize(
    ("item", "rationale"),
    [
        ("Epidural steroid injection, L4-5", EPIDURAL),
        ("Facet joint injection, L4-5", FACET),
        (
            "Facet joint injection, L4-5",
            f"Facet injections are limited to patients without radiculopathy on examination or MRI. {EPIDURAL}",
        ),
        (
            "Trigger point injections, lumbar spine",
            "Trigger point injections should be given where a twitch is palpable and radiculopathy is not present by imaging.",
        ),
        (
            "Sacroiliac joint injection, right",
            "The injured worker had no radiculopathy on MRI. The patient has two nerve root levels involved.",
        ),
        ("Omeprazole 20mg #60", f"NSAIDs should be used at the lowest dose for the shortest time. {SMALL_RISK}"),
        ("Physical therapy, 8 visits", EPIDURAL),
    ],
)
def test_own_criteria_the_case_itself_and_other_groups_are_not_named(lint: Lint, item: str, rationale: str) -> None:
    assert of(lint(item, ODG_ONLY.format("Pain"), f"{rationale} {NOT_NECESSARY}"), "basis.other_treatment") == []


# -- texts the MTUS took over later, and criteria of neighbours ------------------------------------------------------------------------


@pytest.mark.parametrize(
    "cited",
    [
        "Decision based on MTUS Knee Disorders (ACOEM, October 28, 2015).",
        "Decision based on MTUS ACOEM Shoulder Disorders Guidelines 2016, Section(s): Rotator Cuff.",
        "Decision based on MTUS Hand, Wrist, and Forearm Disorders 2016, Section(s): Ganglion.",
        "Decision based on MTUS Hip and Groin Disorders.",
        "Decision based on MTUS Drug Formulary.",
    ],
)
def test_a_text_not_yet_taken_over_by_the_mtus_is_not_in_force_however_it_is_written(lint: Lint, cited: str) -> None:
    assert len(of(lint("MRI of the right knee", cited, NOT_NECESSARY), "basis.not_in_force")) == 1


def test_a_text_is_in_force_once_it_is_taken_over(lint: Lint) -> None:
    cited = "Decision based on MTUS Knee Disorders (ACOEM, October 28, 2015)."
    found = lint("MRI of the right knee", cited, NOT_NECESSARY, denied="03/28/2018", decided="05/12/2018")
    assert of(found, "basis.not_in_force") == []


@pytest.mark.parametrize(("year", "names"), [("2011", True), ("2015", False)])
def test_an_odg_years_back_is_to_be_looked_at(lint: Lint, year: str, names: bool) -> None:
    cited = f"Decision based on Non-MTUS Citation Official Disability Guidelines (ODG) {year} Low Back."
    assert [each for each, _ in of(lint("MRI of the lumbar spine", cited, NOT_NECESSARY), "basis.not_in_force")] == [
        Severity.WARNING
    ] * names


NEIGHBOURS = [
    (
        "Gabapentin 300mg #90",
        "Before it is carried on there should be a signed agreement, and CURES must be looked up for the patient. "
        "The chart should hold a urine drug screen without aberrant results. None of this is on file.",
    ),
    (
        "Functional capacity evaluation",
        "The guideline admits workers to a functional restoration program when there is motivation to change and when negative predictors "
        "are addressed. His motivation is not told.",
    ),
    (
        "Ibuprofen 800mg #90",
        "The guideline supports a proton pump inhibitor for patients with a gastrointestinal risk: age over 65, a history of ulcer, or "
        "several NSAIDs. The worker takes one NSAID, is 44 and never had an ulcer.",
    ),
    (
        "Lumbar fusion L4-5",
        "The guideline recommends a discectomy for radiculopathy that imaging confirms at the same root. The leg is free of signs.",
    ),
    (
        "Acupuncture, 6 visits",
        "Manual therapy is recommended as a trial of six visits over two weeks and with gains up to 18 visits. No gains are shown.",
    ),
    (
        "Cervical medial branch block at C4-5 and C5-6",
        "Under the guidelines radiculopathy must be shown in the patient by examination and borne out by imaging. His reflexes are equal.",
    ),
    (
        "Right total knee replacement",
        "The guideline recommends meniscectomy where a tear of the meniscus comes with locking or giving way. There is no locking.",
    ),
    (
        "Zolpidem 10mg #30",
        "Muscle relaxants are recommended as a second line choice for short relief of acute exacerbations. No spasm is told.",
    ),
]


@pytest.mark.parametrize(("item", "rationale"), NEIGHBOURS)
def test_criteria_of_a_neighbour_are_named(lint: Lint, item: str, rationale: str) -> None:
    cited = CHRONIC_2016.format("General")
    assert len(of(lint(item, cited, f"{rationale} {NOT_NECESSARY}"), "basis.other_treatment")) == 1


@pytest.mark.parametrize(
    ("item", "rationale"),
    [
        (
            "Ibuprofen 800mg #90",
            "The guideline recommends NSAIDs at the lowest dose, with a proton pump inhibitor at a gastrointestinal risk such as age over "
            "65 or an ulcer. Pain is not better.",
        ),
        (
            "Gabapentin 300mg #90",
            "The guideline recommends anticonvulsants for neuropathic pain. He also takes Norco, for which a signed agreement must be on "
            "file and CURES be looked up for the patient.",
        ),
        (
            "Lumbar fusion L4-5",
            "The guideline recommends fusion for instability; a discectomy alone serves radiculopathy. Films show no motion.",
        ),
        (
            "Functional capacity evaluation",
            "A functional capacity evaluation is advised before admission to a work hardening program. None is planned.",
        ),
    ],
)
def test_a_neighbour_told_beside_the_treatment_itself_is_not_named(lint: Lint, item: str, rationale: str) -> None:
    cited = CHRONIC_2016.format("General")
    assert of(lint(item, cited, f"{rationale} {NOT_NECESSARY}"), "basis.other_treatment") == []


LONG = "The worker has had pain for two years after a fall at work. The examination shows a limp and some loss of motion. " * 2


@pytest.mark.parametrize(
    ("item", "rationale"),
    [
        (
            "Shower chair, purchase",
            "The guideline supports a wheelchair for those who cannot walk indoors. A wheelchair is not needed here.",
        ),
        ("Polysomnogram", "Electrocardiograms are advised before an operation of more than low risk. The heart is well."),
    ],
)
def test_a_rationale_on_another_treatment_is_named(lint: Lint, item: str, rationale: str) -> None:
    found = lint(item, ODG, f"{rationale} {LONG} {NOT_NECESSARY}")
    assert len(of(found, "item.not_discussed")) == 1


def test_a_rationale_that_begins_with_another_treatment_and_comes_to_its_own_is_not_named(lint: Lint) -> None:
    rationale = f"A wheelchair is for those who cannot walk. A shower chair is a convenience. {LONG} {NOT_NECESSARY}"
    assert of(lint("Shower chair, purchase", ODG, rationale), "item.not_discussed") == []
