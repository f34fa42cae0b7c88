"""What a rationale tells otherwise than the summary or the record, denies though it is documented, or takes from nowhere."""

from __future__ import annotations

from pathlib import Path

import pytest

from openimr.letters import Defect, Linter, Reader, Reading, Severity, open_case, open_linter, open_reader
from openimr.library import open_library

HEAD = """Case Number: CM16-0099999
Date Assigned: 12/20/2016 Date of Injury: 03/02/2016
Decision Date: 01/12/2017 UR Denial Date: 11/30/2016
Priority: Standard Application
Received:
12/14/2016
HOW THE IMR FINAL DETERMINATION WAS MADE
MAXIMUS Federal Services sent the complete case file to an expert reviewer.
The Expert Reviewer has the following credentials:
State(s) of Licensure: California
Certification(s)/Specialty: Occupational Medicine
CLINICAL CASE SUMMARY
The expert reviewer developed the following clinical case summary based on a review of the case file, including all medical records:
"""
SUMMARY = "The injured worker is a 44 year old female who hurt her left knee on 3-2-16. "


@pytest.fixture(scope="module")
def reader() -> Reader:
    return open_reader(open_library())


@pytest.fixture(scope="module")
def linter() -> Linter:
    return open_linter(open_library())


class Desk:
    """Writes a letter of one item and has it checked."""

    def __init__(self, reader: Reader, linter: Linter, folder: Path) -> None:
        self.reader, self.linter, self.folder = reader, linter, folder
        self.text = ""

    def facts(
        self, summary: str, rationale: str, *, item: str = "MRI of the left knee", records: dict[str, str] | None = None
    ) -> list[Defect]:
        """The defects of the checks of facts, errors first."""
        self.text = (
            f"{HEAD}{SUMMARY}{summary}\nIMR ISSUES, DECISIONS AND RATIONALES\n"
            "The Final Determination was based on decisions for the disputed items/services set forth below:\n"
            f"{item}: Upheld\n"
            "Claims Administrator guideline: Decision based on MTUS Knee Complaints 2004, Section(s): Special Studies.\n"
            "MAXIMUS guideline: Decision based on MTUS Knee Complaints 2004, Section(s): Special Studies.\n"
            f"Decision rationale: {rationale} The request is not medically necessary.\n"
        )
        read = self.reader.read_text(self.text, "letter.txt")
        assert isinstance(read, Reading)
        found = self.linter.lint(read, case=self._case(item, records) if records is not None else None)
        return sorted((each for each in found if each.code.startswith("fact.")), key=lambda each: each.severity is not Severity.ERROR)

    def named(self, summary: str, rationale: str, **more: object) -> list[tuple[str, Severity]]:
        return [(each.code, each.severity) for each in self.facts(summary, rationale, **more)]  # type: ignore[arg-type]

    def _case(self, item: str, records: dict[str, str]):  # type: ignore[no-untyped-def]
        (self.folder / "records").mkdir(exist_ok=True)
        for name, text in records.items():
            (self.folder / "records" / name).write_text(text)
        (self.folder / "case.yaml").write_text(
            "program: ca-dwc-imr\ncase_number: CM16-0099999\ndates:\n  date_of_injury: 2016-03-02\n  ur_denial_date: 2016-11-30\n"
            f'requests:\n  - {{text: "{item}"}}\n'
        )
        return open_case(self.folder)


@pytest.fixture
def desk(reader: Reader, linter: Linter, tmp_path: Path) -> Desk:
    return Desk(reader, linter, tmp_path)


CONTRADICTED, DOCUMENTED, NOT_HELD = "fact.contradicted", "fact.documented", "fact.not_held"
ERROR, WARNING = Severity.ERROR, Severity.WARNING


@pytest.mark.parametrize(
    ("summary", "rationale"),
    [
        ("On 11-8-16 left knee flexion was 95 degrees.", "On 11-8-16 flexion of the left knee was 130 degrees."),
        ("On 11-8-16 pain was 8/10 in the left knee.", "At the visit of November 8, 2016 the pain was rated 3 out of 10."),
        ("On 11-8-16 the left McMurray test was positive.", "When examined on 11/8/2016 McMurray's test of the left knee was negative."),
        ("On 11-8-16 strength of the left knee was 3/5 in extension.", "The note of 11/8/16 gives left knee strength as 5/5 throughout."),
        ("On 11-8-16 sensation was diminished over the left foot.", "On November 8, 2016 sensation of the left foot was intact."),
        ("On 11-8-16 the BMI was 31.", "The note of 11-8-16 records a BMI of 41."),
        ("An x-ray of the left knee on 5-1-16 was normal.", "The x-ray of the left knee of 5-1-16 showed bone on bone arthritis."),
        ("A left knee MRI of 5-12-16 showed a meniscus tear.", "The left knee MRI of 5-21-16 showed a tear."),
        ("She limps.", "The patient is a 61-year-old with knee pain."),
        ("She limps.", "This 44 year old male has knee pain."),
        ("She limps.", "The injury of 3/2/2014 is long past."),
        ("She had 16 visits of physical therapy, without relief.", "The patient has never had physical therapy."),
    ],
)
def test_what_the_summary_tells_otherwise_is_an_error(desk: Desk, summary: str, rationale: str) -> None:
    assert (CONTRADICTED, ERROR) in desk.named(summary, rationale)


@pytest.mark.parametrize(
    ("summary", "rationale"),
    [
        ("Left knee flexion was 95 degrees.", "Here flexion of the left knee is 130 degrees."),
        ("Pain is 8/10.", "In this case the pain is only 2/10."),
        ("She had 6 visits of physical therapy.", "The patient has completed 24 visits of physical therapy."),
        ("A cortisone injection gave 70 percent relief.", "Her cortisone injection brought her 20 percent relief."),
        ("The left McMurray test was positive.", "The left McMurray test is negative in this case."),
    ],
)
def test_what_bears_no_date_is_to_be_looked_at(desk: Desk, summary: str, rationale: str) -> None:
    assert desk.named(summary, rationale) == [(CONTRADICTED, WARNING)]


@pytest.mark.parametrize(
    ("summary", "rationale"),
    [
        # the other leg, another joint, another motion, made by the examiner
        ("On 11-8-16 right knee flexion was 95 degrees.", "On 11-8-16 flexion of the left knee was 130 degrees."),
        ("On 11-8-16 left shoulder flexion was 95 degrees.", "On 11-8-16 flexion of the left knee was 130 degrees."),
        ("On 11-8-16 left knee flexion was 95 degrees.", "On 11-8-16 extension of the left knee was 10 degrees."),
        ("On 11-8-16 active knee flexion was 95 degrees, passive 130 degrees.", "On 11-8-16 passive flexion of the knee was 130 degrees."),
        # another day, or another time
        ("On 8-1-16 left knee flexion was 95 degrees.", "On 11-8-16 flexion of the left knee was 130 degrees."),
        ("On 11-8-16 pain was 8/10.", "The pain was 3/10 at first."),
        # a guideline's numbers
        ("On 11-8-16 pain was 8/10.", "The guideline asks for pain of more than 5/10, and relief of at least 50 percent."),
        ("A cortisone injection gave 70 percent relief.", "A repeat injection is recommended after 50 percent relief."),
        ("She is 44.", "The guideline advises films for patients who are 60-year-old or more."),
        # the same, otherwise said; one weak muscle among strong ones
        ("On 11-8-16 pain was 4-5/10.", "On 11-8-16 pain was 5/10."),
        ("On 11-8-16 quadriceps strength was 4/5, hamstring strength 5/5.", "On 11-8-16 hamstring strength was 5/5."),
        ("She had ten visits of physical therapy, then six more visits of physical therapy.", "She had 16 visits of physical therapy."),
        ("The x-ray of the left knee was normal.", "The x-ray of the left knee was unremarkable."),
        # what the claims administrator said
        ("On 11-8-16 pain was 8/10.", "Utilization review spoke of pain of 3/10 on 11-8-16."),
        ("She limps.", "The injury of March 2, 2016 is ten months old."),
    ],
)
def test_what_agrees_or_cannot_be_compared_is_no_defect(desk: Desk, summary: str, rationale: str) -> None:
    assert CONTRADICTED not in [code for code, _ in desk.named(summary, rationale)]


@pytest.mark.parametrize(
    ("summary", "rationale"),
    [
        ("Duloxetine for two months brought no relief.", "There is no documentation of a failed trial of an antidepressant."),
        ("Gabapentin did not help.", "The records do not document that a first-line drug for neuropathic pain has failed."),
        ("She has tried naproxen and ibuprofen, without relief.", "The file does not show that an NSAID was ever tried."),
        ("She completed 12 visits of physical therapy for the left knee.", "There is no evidence that she has had physical therapy."),
        ("A left knee MRI of 5-12-16 showed a meniscus tear.", "No MRI of the left knee is on record: there is no mention of an MRI."),
        ("Spasm of the left calf was found.", "There is no documentation of muscle spasm."),
        ("The CURES report was checked on 11-8-16.", "There is no documentation that CURES was checked."),
    ],
)
def test_what_is_documented_after_all_is_an_error(desk: Desk, summary: str, rationale: str) -> None:
    assert (DOCUMENTED, ERROR) in desk.named(summary, rationale, item="Lidocaine patch 5% #30")


@pytest.mark.parametrize(
    ("summary", "rationale"),
    [
        # narrower than the bare fact
        ("She completed 12 visits of physical therapy.", "There is no documentation of functional improvement from physical therapy."),
        ("She completed 12 visits of physical therapy.", "There is no rationale for more physical therapy."),
        ("She completed 12 visits of physical therapy.", "There is no documentation of a recent course of physical therapy."),
        # only one of two, had but not failed, planned, or denied by the party
        ("Duloxetine brought no relief.", "There is no documentation of the failure of antidepressants and anticonvulsants."),
        ("She takes naproxen with good relief.", "There is no documentation that an NSAID has failed."),
        ("Gabapentin was requested.", "There is no documentation that an anticonvulsant was tried."),
        ("She takes Norco.", "There is no documentation that non-opioid analgesics have been tried."),
        ("She takes Norco.", "There is no documentation that an opioid risk assessment was completed."),
        ("Utilization review held that gabapentin had failed.", "There is no documentation that an anticonvulsant has failed."),
        ("She completed 12 visits of physical therapy.", "A trial of traction during physical therapy was not described."),
        ("She takes Norco.", "There is no documentation of constipation from opioids."),
        # not of the case
        ("Spasm of the left calf was found.", "There is no evidence of spasm in the right calf."),
        ("She limps.", "There is no documentation of an antidepressant trial."),
    ],
)
def test_a_denial_that_the_summary_does_not_answer_is_no_error(desk: Desk, summary: str, rationale: str) -> None:
    assert ERROR not in [severity for _, severity in desk.named(summary, rationale)]


@pytest.mark.parametrize(
    "rationale",
    [
        "The MRI of 9/12/16 showed full thickness cartilage loss.",
        "An EMG dated October 4, 2016 found a peroneal neuropathy.",
        "The bone scan showed increased uptake at the tibia.",
        "In a progress note of October 4, 2016 the patient had no effusion.",
    ],
)
def test_a_study_or_visit_the_summary_does_not_know_is_to_be_looked_at(desk: Desk, rationale: str) -> None:
    assert desk.named("On 11-8-16 there was an effusion. Radiographs of 5-1-16 were normal.", rationale) == [(NOT_HELD, WARNING)]


@pytest.mark.parametrize(
    "rationale",
    [
        "The radiographs of 5/1/16 were unremarkable.",
        "On November 8, 2016 the knee was swollen.",
        "The MTUS of July 28, 2016 applies.",
        "An MRI would be reasonable if the x-ray showed a loose body.",
        "A bone scan is not indicated.",
        "The request for authorization was dated 11/20/2016.",
    ],
)
def test_what_the_summary_knows_or_nobody_relies_on_is_held(desk: Desk, rationale: str) -> None:
    assert desk.named("On 11-8-16 there was an effusion. Radiographs of 5-1-16 were normal.", rationale) == []


NOTE = """Valley Knee Clinic
PR-2 PROGRESS REPORT
Date of service: 11/08/2016

SUBJECTIVE
Left knee pain 7/10. Gabapentin for eight weeks did not help and was stopped.

OBJECTIVE
Left knee: tender joint line.
AROM: flexion 95 deg, extension 0 deg.
MRI left knee 09/12/2016 showed cartilage loss.
R knee: flexion 130 deg.

PLAN
Lidocaine patch.
Signed: A. Doctor, MD
"""


def test_a_record_contradicts_where_the_summary_is_silent(desk: Desk) -> None:
    found = desk.facts(
        "She limps.", "When seen on 11/8/2016 she bent the left knee freely, flexion 130 degrees.", records={"note.txt": NOTE}
    )
    assert [(each.code, each.severity) for each in found] == [(CONTRADICTED, ERROR)]
    assert "flexion 95 deg" in found[0].record[0].quote
    assert found[0].record[0].holds(NOTE)
    assert found[0].span is not None
    assert desk.text[slice(*found[0].span)] == "130 degrees"


def test_a_record_documents_what_the_rationale_denies(desk: Desk) -> None:
    found = desk.facts("She limps.", "There is no documentation that an anticonvulsant has failed.", records={"note.txt": NOTE})
    assert [(each.code, each.severity) for each in found] == [(DOCUMENTED, ERROR)]
    assert "Gabapentin" in found[0].record[0].quote


def test_a_denial_letter_documents_nothing(desk: Desk) -> None:
    denial = (
        "NOTICE OF UTILIZATION REVIEW DECISION\nDate: 11/30/2016\nRequest: lidocaine patch\nDecision: NON-CERTIFIED\n"
        "Reason: gabapentin did not help and was stopped.\n"
    )
    assert desk.facts("She limps.", "There is no documentation that an anticonvulsant has failed.", records={"ur.txt": denial}) == []


def test_what_a_record_holds_is_held_though_the_summary_is_silent(desk: Desk) -> None:
    rationale = "The MRI of the left knee of 9/12/16 showed cartilage loss."
    assert desk.named("On 8-1-16 she limped.", rationale) == [(NOT_HELD, WARNING)]
    assert desk.facts("On 8-1-16 she limped.", rationale, records={"note.txt": NOTE}) == []


def test_a_contradiction_shows_both_places(desk: Desk) -> None:
    found = desk.facts("On 11-8-16 pain was 8/10.", "On 11-8-16 pain was 3/10.")
    assert found[0].span is not None
    assert desk.text[slice(*found[0].span)] == "3/10"
    assert [desk.text[slice(*place)] for place in found[0].against] == ["8/10"]
    assert found[0].item == 1


# each telling of the case otherwise than the summary: a count of visits that took place, a drug taken on, care that is denied
PLAIN = (
    "On 11-8-16 left knee pain was 6/10. The knee flexes to 110 degrees, there is tenderness at the medial joint line and strength is 5/5. "
    "She works with restrictions. "
)
LONG = (
    " The physician wishes to go on with the plan. She lives at home with two children and walks without a cane. The injury was treated "
    "by her family doctor and then by an orthopedist in the city."
)


@pytest.mark.parametrize(
    ("summary", "rationale"),
    [
        (
            "She attended eight visits of physical therapy.",
            "By now the applicant has had twenty visits of therapy, well over the guideline.",
        ),
        ("Treatment: 24 sessions of acupuncture.", "He has completed just six acupuncture treatments."),
        ("To date she has had PT x 12.", "She has had only 4 sessions of therapy so far."),
        ("Two epidural steroid injections were given in 2015.", "The patient has already received four epidural steroid injections."),
        ("She completed six of the 12 visits authorized.", "All twelve visits were completed by the patient."),
        (
            "She has had 6 therapy sessions. Six more sessions of physical therapy were requested.",
            "She has completed 12 sessions of therapy.",
        ),
    ],
)
def test_a_count_of_visits_told_otherwise_is_a_warning(desk: Desk, summary: str, rationale: str) -> None:
    assert (CONTRADICTED, Severity.WARNING) in desk.named(PLAIN + summary, rationale)


@pytest.mark.parametrize(
    ("summary", "rationale"),
    [
        ("Norco was stopped in August 2016 and she was changed to Tylenol.", "She continues on Norco and so has to be watched."),
        ("Naproxen was replaced by Celebrex in June 2016.", "The patient currently takes naproxen twice daily and has stomach upset."),
        ("She has never taken opioids.", "The claimant is using opioids daily."),
        ("Motrin was stopped over reflux in May.", "Her ongoing NSAID use puts the stomach at risk."),
        ("The patient is not diabetic." + LONG, "The patient's diabetes makes healing slow."),
        ("Current medications: Norco 10 mg and Flexeril.", "She has stopped Norco and so no testing is needed."),
    ],
)
def test_a_drug_told_as_taken_on_that_was_stopped_or_the_reverse_is_a_warning(desk: Desk, summary: str, rationale: str) -> None:
    assert (CONTRADICTED, Severity.WARNING) in desk.named(PLAIN + summary, rationale)


@pytest.mark.parametrize(
    ("summary", "rationale"),
    [
        ("Norco was stopped in August 2016 and she was changed to Tylenol.", "She continues on Tylenol."),
        ("Naproxen was replaced by Celebrex in June 2016.", "The patient currently takes Celebrex."),
        ("Gabapentin was stopped in May and started again in July; she takes gabapentin 300 mg.", "She is taking gabapentin."),
        ("Norco was stopped in August 2016.", "If she is still taking Norco it should be weaned. She is not taking Norco."),
        ("She had eight visits of physical therapy.", "The 24 visits of physical therapy requested exceed the limit."),
        ("She had eight visits of physical therapy and ten visits of acupuncture.", "She has had ten visits of acupuncture."),
    ],
)
def test_drugs_and_visits_told_alike_are_no_defect(desk: Desk, summary: str, rationale: str) -> None:
    assert CONTRADICTED not in [code for code, _ in desk.named(PLAIN + summary, rationale)]


@pytest.mark.parametrize(
    ("summary", "rationale"),
    [
        ("Lyrica was tried in 2015 and given up.", "There is no indication that a first-line medication for nerve pain has been used."),
        (
            "She took nortriptyline in 2013 without effect.",
            "Nothing in the file shows that an oral agent for neuropathic pain was attempted.",
        ),
        (
            "She completed 18 sessions of physical therapy.",
            "There is no documentation that she has tried and failed physical therapy or NSAIDs.",
        ),
        ("She had ten visits of physical therapy without relief.", "There is no record of conservative care before surgery was proposed."),
        ("She had ten visits of physical therapy without relief.", "No nonoperative treatment has been documented."),
        ("She had ten visits of physical therapy without relief.", "No therapy has been given."),
        ("X-rays of the left knee on 10/2/16 showed narrowing.", "No radiographs of the knee have been obtained."),
        ("X-rays of the left knee on 10/2/16 showed narrowing.", "There has been no imaging of the knee."),
        ("The MRI of the left knee on 10/2/16 showed a tear.", "An MRI has not been obtained."),
        ("She limps.", "The file holds no physical examination findings."),
        ("Strength of the quadriceps was 4/5 and sensation was diminished over the left shin.", "No neurologic deficit is documented."),
    ],
)
def test_what_is_denied_in_whatever_words_is_documented_after_all(desk: Desk, summary: str, rationale: str) -> None:
    codes = [code for code, _ in desk.named(PLAIN + summary, rationale, item="Lidocaine patch for the left knee")]
    assert {"fact.documented", CONTRADICTED} & set(codes)


@pytest.mark.parametrize(
    ("summary", "rationale"),
    [
        ("She had ten visits of physical therapy with good relief.", "There is no documentation that conservative care has failed."),
        (
            "She had one visit of physical therapy.",
            "She had one visit of physical therapy only. There is no indication that conservative care failed.",
        ),
        ("She had one visit of physical therapy.", "The knee is no better, and therapy is being given up."),
        ("She limps.", "There are no other physical examination findings documented."),
        ("She limps.", "There is no clear evidence of instability on the physical examination provided."),
        ("X-rays of the left hip on 10/2/16 showed narrowing.", "There has been no imaging of the knee."),
    ],
)
def test_a_denial_that_the_summary_does_not_answer_is_no_defect(desk: Desk, summary: str, rationale: str) -> None:
    assert "fact.documented" not in [code for code, _ in desk.named(PLAIN + summary, rationale)]


def granted(desk: Desk, summary: str, rationale: str) -> list[tuple[str, Severity]]:
    desk.facts(PLAIN + summary + LONG, rationale)
    text = desk.text.replace(": Upheld", ": Overturned").replace("is not medically", "is medically")
    read = desk.reader.read_text(text, "letter.txt")
    assert isinstance(read, Reading)
    return [(each.code, each.severity) for each in desk.linter.lint(read) if each.code.startswith("fact.")]


@pytest.mark.parametrize(
    ("summary", "rationale"),
    [
        ("", "The knee now locks in flexion and gives way on stairs."),
        ("", "Since the last visit there is atrophy of the thigh of 2 cm."),
        ("", "The ankle jerk is absent on the left."),
        ("", "Loss of bladder control was noted at the last visit."),
        ("An MRI of the left knee was asked for and is pending.", "The MRI showed a complex tear of the medial meniscus."),
        ("", "The BMI is 44."),
    ],
)
def test_a_sign_that_decides_and_is_told_nowhere_else_is_not_held(desk: Desk, summary: str, rationale: str) -> None:
    assert ("fact.not_held", Severity.WARNING) in granted(desk, summary, rationale)


@pytest.mark.parametrize(
    ("summary", "rationale"),
    [
        ("The knee locks on stairs.", "The knee now locks in flexion."),
        ("", "There is no locking and no instability."),
        ("", "The study may show a tear. Rule out a fracture."),
        ("", "The guideline supports it where there is atrophy or an absent reflex."),
        ("Reflexes were unequal at the ankles.", "The ankle reflex is absent on the left."),
    ],
)
def test_a_sign_the_summary_speaks_of_or_that_is_only_supposed_is_no_defect(desk: Desk, summary: str, rationale: str) -> None:
    assert not granted(desk, summary, rationale)


def test_what_decides_against_and_is_told_nowhere_else_is_not_held(desk: Desk) -> None:
    assert ("fact.not_held", Severity.WARNING) in desk.named(PLAIN + LONG, "She is a smoker of a pack a day and a poor candidate.")
    assert not desk.named(PLAIN + "She smokes." + LONG, "She is a smoker of a pack a day and a poor candidate.")
