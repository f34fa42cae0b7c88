"""Studies on both sides: the highest applicable level is the best available evidence; ties, bias and silence are told, not decided."""

from __future__ import annotations

from datetime import date

import pytest

from openimr.guidelines import Method, Side, Study, Weighed, load_methods, method_on, weigh
from openimr.library import Mark, open_library

METHODS = load_methods(open_library(()))
NEW, OLD = date(2016, 10, 3), date(2014, 5, 6)


def method(on: date) -> Method:
    found = method_on(METHODS, on)
    assert found is not None
    return found


def study(side: Side, level: str | None = "1b", **more: object) -> Study:
    told = {"citation": f"{side} {level}", "question": "treatment_benefit", "applicable": True, **more}
    return Study(side=side, level=level, **told)  # type: ignore[arg-type]


def weighed(*studies: Study, on: date = NEW) -> Weighed:
    return weigh(studies, method(on))


def test_the_method_changes_in_april_2015() -> None:
    assert method(date(2015, 4, 19)).cite == "8 CCR 9792.25, text until 2015"
    assert method(date(2015, 4, 20)).cite == "8 CCR 9792.25.1"
    assert method(date(2015, 4, 20)).mark is Mark.MEMORY  # the day is known from memory alone


def test_the_highest_applicable_level_wins() -> None:
    found = weighed(study(Side.REQUEST, "1b"), study(Side.GUIDELINE, "2"))
    assert found.at_variance
    assert found.side is Side.REQUEST
    assert [each.citation for each in found.best] == ["request 1b"]
    assert "Best available evidence, level 1b (8 CCR 9792.25.1): request 1b. It speaks for the request." in found.notes


@pytest.mark.parametrize(("stronger", "weaker"), [("1a", "1b"), ("1b", "1c"), ("1c", "2"), ("2", "3"), ("3", "4"), ("4", "5")])
def test_the_levels_stand_in_the_order_of_the_regulation(stronger: str, weaker: str) -> None:
    assert weighed(study(Side.REQUEST, weaker), study(Side.GUIDELINE, stronger)).side is Side.GUIDELINE


def test_a_tie_is_explained_and_nothing_is_chosen() -> None:
    found = weighed(study(Side.REQUEST, "1b"), study(Side.GUIDELINE, "1b"))
    assert (found.best, found.side) == ((), None)
    assert any("a tie, for which 8 CCR 9792.25.1 gives no rule" in note for note in found.notes)


def test_studies_on_one_side_only_are_not_at_variance_with_anything() -> None:
    found = weighed(study(Side.REQUEST, "1a"))
    assert (found.at_variance, found.side) == (False, None)
    assert any("none that counts speaks for the guideline's recommendation" in note for note in found.notes)


def test_a_study_that_does_not_apply_neither_supports_nor_denies() -> None:
    found = weighed(study(Side.REQUEST, "1a", applicable=False, why="adolescent athletes"), study(Side.GUIDELINE, "3"))
    assert found.side is None
    assert any("not applicable, so it neither supports nor denies: adolescent athletes" in note for note in found.notes)


def test_what_a_party_puts_forward_waits_for_the_reviewer() -> None:
    found = weighed(study(Side.REQUEST, "1a", applicable=None, recorded_by="requesting_physician"), study(Side.GUIDELINE, "5"))
    assert found.side is None
    assert any("recorded by the requesting physician): its applicability is not judged yet" in note for note in found.notes)


def test_a_level_for_low_bias_is_refused_a_study_with_bias() -> None:
    found = weighed(study(Side.REQUEST, "1b", bias=("early stopping",)), study(Side.GUIDELINE, "5"))
    assert found.side is None
    assert any("level 1b is for low bias, and bias is recorded (early stopping)" in note for note in found.notes)
    assert weighed(study(Side.REQUEST, "1c", bias=("early stopping",)), study(Side.GUIDELINE, "5")).side is Side.REQUEST


def test_a_level_or_question_the_method_does_not_know_is_named() -> None:
    found = weighed(study(Side.REQUEST, "6"), study(Side.REQUEST, "1b", question="cost"))
    assert any("level '6' is not one of 1a, 1b, 1c, 2, 3, 4, 5" in note for note in found.notes)
    assert any("question 'cost' is not one of" in note for note in found.notes)


def test_cells_that_were_not_seen_are_shown_as_such() -> None:
    found = weighed(study(Side.REQUEST, "4"), study(Side.GUIDELINE, "5"))
    assert found.unverified == ("level 4, treatment benefit", "level 5, treatment benefit")
    assert weighed(study(Side.REQUEST, "1a"), study(Side.GUIDELINE, "2")).unverified == ()


def test_before_2015_studies_are_rated_by_their_scores() -> None:
    def scored(side: Side, *scores: float) -> list[Study]:
        return [study(side, None, citation=f"{side} {score}", score=score) for score in scores]

    found = weighed(*scored(Side.REQUEST, 8, 9.5), *scored(Side.GUIDELINE, 10), on=OLD)
    assert (found.side, found.best[0].level) == (Side.REQUEST, "A")
    assert weighed(*scored(Side.REQUEST, 4), *scored(Side.GUIDELINE, 5, 7.5), on=OLD).side is Side.GUIDELINE
    assert weighed(*scored(Side.REQUEST, 3.5), *scored(Side.GUIDELINE, 4), on=OLD).best[0].level == "C"
    assert any("a score from 0 to 11 is needed" in note for note in weighed(study(Side.REQUEST, "1a"), on=OLD).notes)
