"""A rule held against what is known: states, silence, contradiction, limits, guards, what would change it."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path

import jsonschema
import pytest

import openimr.guidelines as room
from openimr.determinations import Conclusion
from openimr.guidelines import CriterionAssessment, Mode, RuleAssessment, State, assess, check, load, schema
from openimr.library import Known, Mark, open_library, parse

LIBRARY = open_library(())
GUIDELINES = load(LIBRARY)
DAY = date(2014, 12, 3)
DOCUMENTED = {
    "myofascial_dx": True,
    "taut_band_or_nodule": True,
    "referred_pain": True,
    "symptom_months": 179,
    "conservative_failed": True,
    "injections_per_session": 1,
}


def held(rule: str, facts: dict[str, bool | float | str | None], mode: Mode = Mode.ADVISORY, on: date = DAY) -> RuleAssessment:
    return assess(GUIDELINES.rules[rule], {name: Known.of(value) for name, value in facts.items()}, on, mode)


def criterion(found: RuleAssessment, name: str) -> CriterionAssessment:
    return next(each for each in found.criteria if each.id == name)


def test_every_rule_of_the_library_has_its_tests_and_all_come_out_as_written() -> None:
    report = check(GUIDELINES, LIBRARY)
    assert [str(fault) for fault in report.faults] == []
    assert report.sound
    assert {each.rule for each in report.rules} == set(GUIDELINES.rules)
    assert all(each.cases >= 2 and each.mutations >= 2 for each in report.rules)


def test_the_face_is_what_it_declares() -> None:
    visible = {name for name in vars(room) if not name.startswith("_") and name != "annotations"}
    assert visible == set(room.__all__)


def test_silence_is_not_a_no() -> None:
    found = held("tpi.mtus-2009", {})
    assert found.conclusion is Conclusion.NOT_ESTABLISHED
    assert criterion(found, "c4_conservative_failed").state is State.NOT_DOCUMENTED
    denied = held("tpi.mtus-2009", {"conservative_failed": False})
    assert criterion(denied, "c4_conservative_failed").state is State.NOT_MET


def test_two_of_three_signs_are_told_in_a_sentence() -> None:
    why = criterion(held("tpi.mtus-2009", {**DOCUMENTED}), "c2_trigger_point_exam").why.lower()
    assert why.startswith("two of three documented, two needed: taut band")
    assert "not documented: local twitch response" in why


def test_readings_that_disagree_are_both_reported() -> None:
    found = held("tpi.mtus-2009", {**DOCUMENTED})
    signs = criterion(found, "c2_trigger_point_exam")
    assert {(each.name, each.state, each.default) for each in signs.readings} == {
        ("strict", State.NOT_DOCUMENTED, False),
        ("as_applied", State.MET, True),
    }
    assert signs.readings_differ
    assert any("c2_trigger_point_exam disagree" in note for note in found.notes)


def test_an_exclusion_nobody_mentions_is_met_by_absence_and_says_so() -> None:
    absent = criterion(held("tpi.mtus-2009", {**DOCUMENTED}), "c5_no_radiculopathy")
    assert absent.state is State.MET
    assert absent.assumed is not None
    assert absent.assumed.startswith("met by absence")
    ruled_out = criterion(held("tpi.mtus-2009", {**DOCUMENTED, "radiculopathy": False}), "c5_no_radiculopathy")
    assert ruled_out.state is State.MET
    assert ruled_out.assumed is None


def test_a_contradiction_is_no_absence_and_is_named_when_it_decides() -> None:
    found = held("tpi.mtus-2009", {**DOCUMENTED, "radiculopathy": "conflicting"})
    assert criterion(found, "c5_no_radiculopathy").state is State.CONFLICTING
    assert found.conclusion is Conclusion.NOT_ESTABLISHED
    assert found.deciding == ("c5_no_radiculopathy",)
    assert any("the record conflicts on radiculopathy" in note for note in found.notes)


def test_a_contradiction_that_cannot_decide_leaves_the_criterion_not_documented() -> None:
    # one sign in conflict and two in silence: however it is settled, two of three stay open
    signs = criterion(held("tpi.mtus-2009", {"twitch_response": "conflicting"}), "c2_trigger_point_exam")
    assert signs.state is State.NOT_DOCUMENTED
    assert "conflicts on: local twitch response" in signs.why
    # with one sign documented and one denied it does decide
    settled = held("tpi.mtus-2009", {"twitch_response": "conflicting", "referred_pain": True, "taut_band_or_nodule": False})
    assert criterion(settled, "c2_trigger_point_exam").state is State.CONFLICTING


def test_a_limit_exceeded_reports_the_excess_and_asks_for_exceptional_factors() -> None:
    limit = criterion(held("tpi.mtus-2009", {**DOCUMENTED, "injections_per_session": 5}), "c6_per_session")
    assert (limit.state, limit.value, limit.limit) == (State.NOT_MET, 5.0, "<= 4 injections (stated as 3-4)")
    assert "1 injection over the limit" in limit.why
    assert "exceptional factors" in limit.why


def test_a_guard_that_does_not_hold_takes_the_criterion_out() -> None:
    found = held("tpi.mtus-2009", {**DOCUMENTED, "prior_tpi": False})
    assert criterion(found, "c7_repeat_response").state is State.NOT_APPLICABLE
    assert criterion(found, "c7_repeat_response").assumed is None


def test_a_first_injection_is_assumed_from_silence_and_shown_as_an_assumption() -> None:
    first = criterion(held("tpi.mtus-2009", {**DOCUMENTED}), "c8_interval")
    assert first.state is State.NOT_APPLICABLE
    assert first.assumed == "no earlier injection is mentioned, so this is taken for the first"


def test_a_contradiction_about_earlier_injections_is_not_assumed_away() -> None:
    found = held("tpi.mtus-2009", {**DOCUMENTED, "prior_tpi": "conflicting"})
    assert criterion(found, "c8_interval").state is State.NOT_DOCUMENTED
    assert "nothing takes it out of force" in criterion(found, "c8_interval").why


def test_visits_are_added_up() -> None:
    total = criterion(held("cbt.mtus-2009", {"prior_cbt": True, "prior_cbt_visits": 6, "requested_visits": 6}), "b2_total")
    assert (total.state, total.value) == (State.NOT_MET, 12.0)
    assert "together 12" in total.why
    first = criterion(held("cbt.mtus-2009", {"prior_cbt": False, "requested_visits": 6}), "b2_total")
    assert (first.state, first.value) == (State.MET, 6.0)


def test_a_number_in_conflict_is_a_conflict_of_the_limit() -> None:
    found = held(
        "cbt.mtus-2009", {"prior_cbt": True, "functional_improvement": True, "prior_cbt_visits": "conflicting", "requested_visits": 6}
    )
    assert criterion(found, "b2_total").state is State.CONFLICTING


def test_a_rule_against_stands_until_it_is_rebutted() -> None:
    found = held("tpi.acoem-2004", {})
    assert found.conclusion is Conclusion.NOT_NECESSARY
    assert any("recommends against" in note for note in found.notes)


def test_a_silent_guideline_says_that_it_is_silent() -> None:
    found = held("guidance.ultrasound", {})
    assert found.conclusion is Conclusion.NOT_ESTABLISHED
    assert any("silent" in note for note in found.notes)


def test_what_would_change_it_is_every_smallest_set_and_nothing_when_necessary() -> None:
    assert held("tpi.mtus-2009", {**DOCUMENTED}).would_change == ()
    one_sign = held("tpi.mtus-2009", {**DOCUMENTED, "taut_band_or_nodule": None})
    assert set(one_sign.would_change) == {("taut_band_or_nodule = true",), ("twitch_response = true",)}
    visits = held("cbt.mtus-2009", {"prior_cbt": True, "requested_visits": 6, "functional_improvement": True})
    assert visits.would_change == (("prior_cbt_visits <= 4",),)
    too_many = held("cbt.mtus-2009", {"prior_cbt": True, "prior_cbt_visits": 8, "requested_visits": 6, "functional_improvement": True})
    assert too_many.would_change == (("requested_visits <= 2",),)


def test_facts_and_citation_lead_from_a_criterion_to_record_and_page() -> None:
    found = criterion(held("tpi.mtus-2009", {}), "c7_repeat_response")
    assert set(found.facts) == {"prior_tpi", "prior_relief_pct", "prior_relief_weeks", "functional_improvement"}
    assert str(found.citation) == "MTUS Chronic Pain Medical Treatment Guidelines 2009, Trigger point injections, p. 122"
    of_odg = criterion(held("tpi.odg", {}), "c7_repeat_response")
    assert of_odg.citation.authority == "ODG"


def test_a_criterion_is_known_no_better_than_its_number() -> None:
    assert criterion(held("muscle_relaxant.mtus-2009", {}), "m3_short_course").mark is Mark.MEMORY
    assert criterion(held("muscle_relaxant.mtus-2016", {}, on=date(2017, 1, 9)), "m3_short_course").mark is Mark.DECISION


def test_in_binding_mode_memory_holds_a_rule_until_the_reviewer_rules_on_it() -> None:
    advisory = held("tpi.mtus-2009", {**DOCUMENTED})
    binding = held("tpi.mtus-2009", {**DOCUMENTED}, Mode.BINDING)
    assert (advisory.conclusion, binding.conclusion) == (Conclusion.NECESSARY, Conclusion.NOT_ESTABLISHED)
    assert binding.deciding == ("c9_injectate",)
    assert binding.would_change == (("c9_injectate ruled Met by the reviewer",),)
    assert criterion(binding, "c9_injectate").state is State.MET  # shown, never dropped
    rule = GUIDELINES.rules["tpi.mtus-2009"]
    known = {name: Known.of(value) for name, value in DOCUMENTED.items()}
    ruled = assess(rule, known, DAY, Mode.BINDING, ruled={"c9_injectate": State.MET})
    assert ruled.conclusion is Conclusion.NECESSARY


def test_in_binding_mode_memory_alone_never_denies() -> None:
    facts: dict[str, bool | float | str | None] = {
        "prior_cbt": True,
        "functional_improvement": True,
        "prior_cbt_visits": 9,
        "requested_visits": 6,
    }
    assert held("cbt.mtus-2009", facts).conclusion is Conclusion.NOT_NECESSARY
    assert held("cbt.mtus-2009", facts, Mode.BINDING).conclusion is Conclusion.NOT_ESTABLISHED


def test_what_the_library_cannot_test_is_said() -> None:
    found = held("muscle_relaxant.mtus-2016", {}, on=date(2017, 1, 9))
    assert any("not to be added to other agents" in note for note in found.notes)


NO_RULES = ("sources.yaml", "terms.yaml", "hierarchy.yaml", "strength.yaml")
RULE_FILES = [path for path in LIBRARY.files("guidelines") if path.name not in NO_RULES]


@pytest.mark.parametrize("path", RULE_FILES, ids=lambda path: f"{path.parent.name}-{path.stem}")
def test_the_published_schema_takes_every_rule_file_of_the_library(path: Path) -> None:
    data, _ = parse(path.read_text(encoding="utf-8"), path.name)
    jsonschema.Draft202012Validator(schema()).validate(data)


def test_the_published_schema_is_the_one_the_loader_uses() -> None:
    published = Path(__file__).resolve().parent.parent / "docs" / "guideline.schema.json"
    assert json.loads(published.read_text(encoding="utf-8")) == schema()


def test_the_published_schema_takes_a_rule_and_refuses_two_keys_in_one_condition() -> None:
    checker = jsonschema.Draft202012Validator(schema())
    rule = {
        "treatment": "walking",
        "source": {"ref": "X", "locator": "p. 1"},
        "stance": "conditional",
        "verified": "sample",
        "criteria": {"a": {"label": "A", "role": "inclusion", "test": {"fact": "limp"}, "verified": "sample"}},
    }
    assert checker.is_valid({"rules": {"r": rule}})
    rule["criteria"]["a"]["test"] = {"fact": "limp", "stated": "quantity"}  # type: ignore[index]
    assert not checker.is_valid({"rules": {"r": rule}})
