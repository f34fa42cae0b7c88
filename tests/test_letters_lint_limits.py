"""A number compared with the limit it is held against."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from openimr.letters import Defect, Linter, Reader, Reading, Severity, open_linter, open_reader
from openimr.library import open_library

Misread = Callable[[str], list[Defect]]

LETTER = """CLINICAL CASE SUMMARY
The expert reviewer developed the following clinical case summary based on a review of the case
file, including all medical records:

The injured worker is a 40 year old gardener with low back pain.

IMR ISSUES, DECISIONS AND RATIONALES
The Final Determination was based on decisions for the disputed items/services set forth below:

Physical therapy, 12 visits, lumbar spine: Upheld

Claims Administrator guideline: Decision based on MTUS Chronic Pain Treatment Guidelines Physical Medicine Page(s): 98-99.

MAXIMUS guideline: Decision based on MTUS Chronic Pain Treatment Guidelines Physical Medicine Page(s): 98-99.

Decision rationale: {} The request is not medically necessary.
"""


@pytest.fixture(scope="module")
def reader() -> Reader:
    return open_reader(open_library())


@pytest.fixture(scope="module")
def linter() -> Linter:
    return open_linter(open_library())


@pytest.fixture
def misread(reader: Reader, linter: Linter) -> Misread:
    """The comparisons of a rationale that are named wrong."""

    def named(rationale: str) -> list[Defect]:
        read = reader.read_text(LETTER.format(rationale), "letter.txt")
        assert isinstance(read, Reading)
        return [each for each in linter.lint(read) if each.code == "limit.misread"]

    return named


@pytest.mark.parametrize(
    "rationale",
    [
        "Eighteen visits is within the 10 recommended.",
        "Four levels does not exceed two.",
        "The 24 visits asked for do not exceed the 12 allowed.",
        "Twelve visits exceed the 18 visits that the guideline allows.",
        "The diary shows 75 percent relief, which does not reach the 70 percent that the guideline sets.",
        "Five tablets are 50 mg of hydrocodone a day, which is above the 120 mg limit.",
        "The patient takes 150mg a day, which is below the 100mg limit.",
        "Symptoms of five months are shorter than the three months the guideline asks for.",
        "Relief lasted 8 weeks, which falls short of the six weeks required.",
        "Three months of care satisfies the six months demanded.",
        "Ten weeks of therapy is less than the two months demanded.",
    ],
)
def test_two_numbers_that_refute_what_is_said_of_them_are_an_error(misread: Misread, rationale: str) -> None:
    (defect,) = misread(rationale)
    assert defect.severity is Severity.ERROR
    assert defect.quote and defect.quote in rationale


@pytest.mark.parametrize(
    "rationale",
    [
        "The 12 visits are within the 18 allowed.",
        "Relief of 75 percent exceeds the 70 percent required.",
        "Relief of 40 percent does not reach the 50 percent threshold.",
        "The BMI is 28, below the 35 required.",
        "Twelve visits in all would exceed the 10 of the MTUS by two but remain below the 13-20 which apply to her depression.",
        "The 16 visits stay within the range of 13-20.",
        "Ten weeks of therapy is less than the three months demanded.",
        "Five weeks of therapy is less than the 4-6 weeks recommended.",
        "The patient takes 50mg a day, which is below the 100mg limit.",
        "The request exceeds the 10 visits recommended by 2 visits.",
    ],
)
def test_a_right_comparison_is_not_named(misread: Misread, rationale: str) -> None:
    assert misread(rationale) == []


@pytest.mark.parametrize(
    "rationale",
    [
        "No more than 4 injections in one session should be given within 2 months.",
        "Treatment beyond 2 weeks calls for more than 50 percent gain.",
        "Therapy should not exceed 10 visits over 8 weeks.",
        "As stated on page 122, pain must be over 3 months old.",
        "The patient had 6 visits over 3 weeks. Pain fell from 7 to 3, more than half.",
        "If 12 visits exceed 18 the plan should be looked at again.",
    ],
)
def test_the_recital_of_a_guideline_compares_nothing(misread: Misread, rationale: str) -> None:
    assert misread(rationale) == []


RELIEF = "The guideline wants relief of at least 70 percent and, for a repeat, 50 percent for 12 weeks."


def test_a_verdict_without_numbers_is_held_against_those_before_it(misread: Misread) -> None:
    said = "This response does not reach the threshold that the guideline sets."
    (defect,) = misread(f"{RELIEF} The diary of the block gives a relief of 75 percent for six hours. {said}")
    assert defect.quote == said
    assert len(defect.against) == 2


@pytest.mark.parametrize(
    "rationale",
    [
        f"{RELIEF} The diary of the block gives a relief of 60 percent for six hours. This response does not reach the threshold.",
        f"{RELIEF} The diary of the block gives 75 percent in the back and 40 percent in the leg. This does not reach the threshold.",
        "The patient had 75 percent relief. This does not reach the threshold.",
        f"{RELIEF} The diary gives 75 percent relief. The second block does not reach the threshold.",
    ],
)
def test_a_verdict_that_is_right_or_whose_number_is_not_certain_is_not_named(misread: Misread, rationale: str) -> None:
    assert misread(rationale) == []


@pytest.mark.parametrize(
    ("said", "wrong"),
    [("This is beyond the 18 visits allowed.", True), ("This does not exceed the 18 visits allowed.", False)],
)
def test_a_verdict_with_its_limit_points_back_to_the_number(misread: Misread, said: str, wrong: bool) -> None:
    assert bool(misread(f"The injured worker has had 12 visits. {said}")) is wrong


def test_an_opioid_dose_under_the_maximum_does_not_exceed_it(misread: Misread) -> None:
    rule = "Opioids are limited to a maximum of 120 mg morphine equivalents."
    assert misread(f"{rule} The patient takes 90 mg a day. This exceeds the maximum allowed.")
    assert not misread(f"{rule} The patient takes 150 mg a day. This exceeds the maximum allowed.")


FLOOR = "At least 50 percent relief for six weeks is demanded for a repeat."


@pytest.mark.parametrize(
    ("rationale", "wrong"),
    [
        (f"{FLOOR} The first injection gave 60 percent relief for ten weeks. This is short of what the guideline asks.", True),
        (f"{FLOOR} The first injection gave 60 percent relief for three weeks. This is short of what the guideline asks.", False),
        ("The MTUS supports 12 visits over 12 weeks. With 20 visits the request stays within that number.", True),
        ("The MTUS supports 12 visits over 12 weeks. With 10 visits the request stays within that number.", False),
        (
            "Therapy of 9-10 visits over 8 weeks is allowed. The patient has had 6 visits. This already exceeds the recommended number.",
            True,
        ),
        ("Therapy of 9-10 visits over 8 weeks is allowed. The patient has had 22 visits. This exceeds the limit.", False),
        ("A trial of 6 visits is allowed, and up to 18 in all. The patient has had 12 visits. This exceeds the limit.", False),
    ],
)
def test_every_number_a_verdict_may_speak_of_must_refute_it(misread: Misread, rationale: str, wrong: bool) -> None:
    assert bool(misread(rationale)) is wrong


@pytest.mark.parametrize(
    ("rationale", "names"),
    [
        ("The fall of pain from 8 to 3 does not come up to the fifty percent needed.", True),
        ("The pain dropped from 9/10 to 3/10, a reduction of less than 50 percent.", True),
        ("Pain of 8 fell to 3, which is less than half.", True),
        ("Pain went to 6 from 8, which is more than 50 percent.", True),
        ("Pain fell from 8 to 6, which is less than 50 percent.", False),
        ("Flexion fell from 90 to 30 degrees, which is less than 50 percent.", False),
        ("He went from 8 to 3 tablets of it for pain, less than 50 percent of the norm.", False),
    ],
)
def test_the_percentage_follows_from_the_scores(misread: Misread, rationale: str, names: bool) -> None:
    assert bool(misread(rationale)) is names


@pytest.mark.parametrize(
    ("rationale", "names"),
    [
        ("ODG recommends 10 visits over 8 weeks. The request is within the number recommended.", True),
        ("The guideline allows up to 18 visits. The request exceeds guideline recommendations.", True),
        ("The guideline allows up to 18 visits. With the earlier visits the request exceeds guideline recommendations.", False),
        ("The guideline allows up to 10 visits. The request exceeds guideline recommendations.", False),
    ],
)
def test_the_request_is_known_by_the_visits_of_its_heading(misread: Misread, rationale: str, names: bool) -> None:
    assert [each.severity for each in misread(rationale)] == [Severity.WARNING] * names


def test_what_was_had_and_what_is_asked_for_may_together_pass_a_limit(misread: Misread) -> None:
    assert (
        misread("The guideline allows up to 18 visits. With the 12 visits completed the request exceeds guideline recommendations.") == []
    )
