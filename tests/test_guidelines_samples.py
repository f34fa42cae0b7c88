"""The five sample letters and their mutations, component by component, as their facts were coded for the worked example.

The coding was done with the outcomes known: these are replays, not a measurement of accuracy.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date

import pytest

from openimr.determinations import Conclusion, Decision
from openimr.guidelines import RuleAssessment, State, assess, load
from openimr.library import Known, open_library

GUIDELINES = load(open_library(()))
Facts = dict[str, bool | float | str | None]
NECESSARY, NOT_NECESSARY, NOT_ESTABLISHED = Conclusion.NECESSARY, Conclusion.NOT_NECESSARY, Conclusion.NOT_ESTABLISHED


@dataclass(frozen=True)
class Part:
    rule: str
    facts: Facts
    expect: Conclusion


@dataclass(frozen=True)
class Sample:
    on: date
    parts: tuple[Part, ...]
    printed: Decision = Decision.UPHELD
    deciding: tuple[str, ...] = ()
    shadow: tuple[Part, ...] = field(default=())


SAMPLES = {
    "sample000": Sample(
        date(2014, 12, 3),
        (
            Part(
                "tpi.mtus-2009",
                {
                    "myofascial_dx": True,
                    "taut_band_or_nodule": True,
                    "referred_pain": True,
                    "twitch_response": None,
                    "symptom_months": 179,
                    "conservative_failed": True,
                    "radiculopathy": None,
                    "injections_per_session": 1,
                    "prior_tpi": None,
                    "other_injectate": None,
                },
                NECESSARY,
            ),
            Part("guidance.ultrasound", {"guidance_rationale": None}, NOT_ESTABLISHED),
        ),
        deciding=("guidance.ultrasound/g1_rationale",),
    ),
    "sample001a": Sample(
        date(2013, 10, 23),
        (
            Part(
                "tpi.odg",
                {
                    "trigger_points_asserted": True,
                    "taut_band_or_nodule": True,
                    "twitch_response": True,
                    "referred_pain": None,
                    "symptom_months": None,
                    "conservative_failed": None,
                    "radiculopathy": None,
                    "injections_per_session": None,
                    "prior_tpi": None,
                    "active_therapy": None,
                },
                NOT_ESTABLISHED,
            ),
            Part("guidance.ultrasound", {"guidance_rationale": None}, NOT_ESTABLISHED),
        ),
        deciding=("tpi.odg/c10_ongoing_conservative", "tpi.odg/c4_conservative_failed"),
    ),
    "sample001b": Sample(
        date(2013, 10, 23),
        (
            Part(
                "cbt.mtus-2009",
                {"prior_cbt": True, "functional_improvement": None, "prior_cbt_visits": None, "requested_visits": 6, "additional": True},
                NOT_ESTABLISHED,
            ),
        ),
        deciding=("cbt.mtus-2009/b1_response",),
    ),
    "sample002": Sample(
        date(2014, 8, 12),
        (Part("tpi.acoem-2004", {"variance_evidence": None}, NOT_NECESSARY),),
        deciding=("tpi.acoem-2004/a1_variance",),
        shadow=(
            Part(
                "tpi.mtus-2009",
                {
                    "trigger_points_asserted": True,
                    "taut_band_or_nodule": None,
                    "twitch_response": None,
                    "referred_pain": None,
                    "symptom_months": 59,
                    "conservative_failed": True,
                    "radiculopathy": "conflicting",
                    "injections_per_session": None,
                    "prior_tpi": None,
                },
                NOT_ESTABLISHED,
            ),
        ),
    ),
    "sample003a": Sample(
        date(2015, 7, 17),
        (
            Part(
                "tpi.odg",
                {
                    "myofascial_dx": False,
                    "trigger_points_asserted": "conflicting",
                    "taut_band_or_nodule": None,
                    "twitch_response": "conflicting",
                    "referred_pain": None,
                    "symptom_months": 46,
                    "conservative_failed": False,
                    "radiculopathy": "conflicting",
                    "injections_per_session": None,
                    "prior_tpi": None,
                    "active_therapy": None,
                },
                NOT_NECESSARY,
            ),
        ),
        # the rule finds another ground than the reviewer, whose own (c2) is open: see the test below
        deciding=(),
    ),
    "sample003b": Sample(
        date(2015, 7, 17),
        (
            Part(
                "muscle_relaxant.mtus-2009",
                {"acute_exacerbation": None, "quantity": None, "course_days": None, "depends_on_parent": True, "parent_supported": False},
                NOT_NECESSARY,
            ),
        ),
        deciding=("muscle_relaxant.mtus-2009/m2_quantity_stated", "muscle_relaxant.mtus-2009/m4_parent"),
    ),
    "sample004": Sample(
        date(2014, 4, 29),
        (
            Part(
                "tpi.odg",
                {
                    "myofascial_dx": None,
                    "trigger_points_asserted": None,
                    "taut_band_or_nodule": None,
                    "twitch_response": None,
                    "referred_pain": True,
                    "symptom_months": None,
                    "conservative_failed": None,
                    "radiculopathy": None,
                    "injections_per_session": None,
                    "prior_tpi": None,
                    "active_therapy": None,
                },
                NOT_ESTABLISHED,
            ),
        ),
        deciding=("tpi.odg/c1_myofascial_pain", "tpi.odg/c2_trigger_point_exam"),
    ),
}


def held(part: Part, on: date, more: Facts | None = None) -> RuleAssessment:
    return assess(GUIDELINES.rules[part.rule], {name: Known.of(value) for name, value in {**part.facts, **(more or {})}.items()}, on)


def proposed(found: list[RuleAssessment]) -> Decision:
    """A compound request stands or falls as a whole."""
    return Decision.OVERTURNED if all(each.conclusion is NECESSARY for each in found) else Decision.UPHELD


@pytest.mark.parametrize("name", SAMPLES)
def test_the_sample_comes_out_as_printed_with_the_criteria_its_reviewer_relied_on(name: str) -> None:
    sample = SAMPLES[name]
    found = [held(part, sample.on) for part in sample.parts]
    assert [each.conclusion for each in found] == [part.expect for part in sample.parts]
    assert proposed(found) is sample.printed
    computed = {f"{each.rule.id}/{criterion}" for each in found for criterion in each.deciding}
    assert set(sample.deciding) <= computed
    for part in sample.shadow:
        assert held(part, sample.on).conclusion is part.expect


def test_sample000_read_strictly_would_not_establish_even_the_injection() -> None:
    sample = SAMPLES["sample000"]
    states = [each for each in held(sample.parts[0], sample.on).criteria if each.id == "c2_trigger_point_exam"]
    assert {reading.name: reading.state for reading in states[0].readings}["strict"] is State.NOT_DOCUMENTED


def test_sample000_fails_by_its_guidance_alone() -> None:
    sample = SAMPLES["sample000"]
    assert [each.deciding for each in (held(part, sample.on) for part in sample.parts)] == [(), ("g1_rationale",)]


def test_sample003a_fails_on_another_ground_than_the_reviewers_which_stays_open() -> None:
    sample = SAMPLES["sample003a"]
    found = held(sample.parts[0], sample.on)
    states = {each.id: each.state for each in found.criteria}
    assert found.deciding == ("c4_conservative_failed",)
    assert states["c2_trigger_point_exam"] is State.NOT_DOCUMENTED
    assert states["c5_no_radiculopathy"] is State.CONFLICTING


REPEAT: Facts = {"prior_tpi": True, "prior_relief_weeks": 6, "functional_improvement": True, "months_since_last": 2}
MUTATIONS: dict[str, tuple[str, list[int], dict[int, Facts], Decision]] = {
    "guidance_reason_given": ("sample000", [0, 1], {1: {"guidance_rationale": True}}, Decision.OVERTURNED),
    "no_guidance_limb": ("sample000", [0], {}, Decision.OVERTURNED),
    "radiculopathy_documented": ("sample000", [0], {0: {"radiculopathy": True}}, Decision.UPHELD),
    "five_injections": ("sample000", [0], {0: {"injections_per_session": 5}}, Decision.UPHELD),
    "repeat_relief_exactly_50": ("sample000", [0], {0: {**REPEAT, "prior_relief_pct": 50}}, Decision.UPHELD),
    "repeat_relief_60": ("sample000", [0], {0: {**REPEAT, "prior_relief_pct": 60}}, Decision.OVERTURNED),
    "flexeril_quantity_leaked": (
        "sample003b",
        [0],
        {0: {"quantity": 90, "course_days": 90, "depends_on_parent": False, "acute_exacerbation": True}},
        Decision.UPHELD,
    ),
    "fourteen_days_stand_alone": (
        "sample003b",
        [0],
        {0: {"quantity": 14, "course_days": 14, "depends_on_parent": False, "acute_exacerbation": True}},
        Decision.OVERTURNED,
    ),
}


@pytest.mark.parametrize("name", MUTATIONS)
def test_the_mutation_turns_or_keeps_the_decision(name: str) -> None:
    base, keep, changes, expected = MUTATIONS[name]
    sample = SAMPLES[base]
    assert proposed([held(sample.parts[index], sample.on, changes.get(index)) for index in keep]) is expected


def test_a_leaked_quantity_fails_for_a_different_reason_than_printed() -> None:
    _, _, changes, _ = MUTATIONS["flexeril_quantity_leaked"]
    sample = SAMPLES["sample003b"]
    assert held(sample.parts[0], sample.on, changes[0]).deciding == ("m3_short_course",)
