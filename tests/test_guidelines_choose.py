"""Which rule governs on a day, and why."""

from __future__ import annotations

from datetime import date

from openimr.guidelines import Asked, Candidate, CandidateRole, Mode, candidates, load, why_none
from openimr.library import Known, open_library, parse

LIBRARY = open_library(())
GUIDELINES = load(LIBRARY)
TPI = "trigger_point_injection"


def chosen(
    treatment: str, on: date, region: str | None = None, mode: Mode = Mode.ADVISORY, **facts: bool | float | str | None
) -> tuple[str | None, dict[str, Candidate]]:
    found = candidates(GUIDELINES, Asked(treatment, on, {name: Known.of(value) for name, value in facts.items()}, region, mode))
    governing = [each.rule.id for each in found if each.role is CandidateRole.GOVERNING]
    assert governing == [each.rule.id for each in found if each.chosen]
    assert len(governing) < 2
    return (governing[0] if governing else None), {each.rule.id: each for each in found}


def test_chronic_low_back_pain_is_for_the_chronic_pain_chapter_and_the_low_back_chapter_is_a_shadow() -> None:
    governing, found = chosen(TPI, date(2014, 3, 25), "lumbar", symptom_months=59)
    assert governing == "tpi.mtus-2009"
    assert found["tpi.acoem-2004"].role is CandidateRole.SHADOW
    assert "9792.23.5(c)" in found["tpi.acoem-2004"].why
    assert found["tpi.odg"].role is CandidateRole.SHADOW
    assert "no higher standard" in found["tpi.odg"].why


def test_acute_low_back_pain_is_for_the_low_back_chapter() -> None:
    governing, found = chosen(TPI, date(2014, 3, 25), "lumbar", symptom_months=1)
    assert governing == "tpi.acoem-2004"
    assert found["tpi.mtus-2009"].role is CandidateRole.SHADOW


def test_the_low_back_chapter_does_not_speak_of_the_neck() -> None:
    governing, found = chosen(TPI, date(2014, 3, 25), "cervical", symptom_months=12)
    assert governing == "tpi.mtus-2009"
    assert found["tpi.acoem-2004"].role is None


def test_an_acute_neck_is_outside_the_mtus_chapters_so_odg_governs_and_the_step_down_has_its_reason() -> None:
    governing, found = chosen(TPI, date(2014, 3, 25), "cervical", symptom_months=1)
    assert governing == "tpi.odg"
    assert "tpi.mtus-2009 does not govern" in found["tpi.odg"].why


def test_what_is_given_of_the_chronicity_goes_before_what_could_be_counted() -> None:
    assert chosen(TPI, date(2014, 3, 25), "lumbar", symptom_months=59, chronic_pain=False)[0] == "tpi.acoem-2004"


def test_the_number_of_2009_is_a_stand_in_and_shown_as_an_assumption() -> None:
    _, found = chosen(TPI, date(2014, 3, 25), "lumbar", symptom_months=3)
    assert found["tpi.mtus-2009"].chosen
    assert "assumed: the 2009 text says beyond the expected healing time" in found["tpi.mtus-2009"].why
    _, later = chosen(TPI, date(2015, 7, 17), "lumbar", symptom_months=3)
    assert later["tpi.mtus-2009"].chosen
    assert "assumed" not in later["tpi.mtus-2009"].why


def test_without_a_duration_the_time_since_the_injury_stands_for_it_and_is_shown() -> None:
    governing, found = chosen(TPI, date(2014, 3, 25), "lumbar", months_since_injury=60)
    assert governing == "tpi.mtus-2009"
    assert "counted from the injury" in found["tpi.mtus-2009"].why
    assert chosen(TPI, date(2014, 3, 25), "lumbar", months_since_injury=1)[0] == "tpi.acoem-2004"


def test_where_nothing_is_known_of_the_duration_neither_chapter_is_dropped() -> None:
    governing, found = chosen(TPI, date(2014, 3, 25), "lumbar")
    assert governing == "tpi.mtus-2009"
    assert found["tpi.acoem-2004"].role is CandidateRole.SHADOW
    assert found["tpi.acoem-2004"].why.startswith("Not ruled out")
    assert "it goes before tpi.acoem-2004 until the record says otherwise" in found["tpi.mtus-2009"].why


def test_editions_follow_each_other_by_date() -> None:
    for day, rule in ((date(2016, 7, 28), "muscle_relaxant.mtus-2009"), (date(2016, 7, 29), "muscle_relaxant.mtus-2016")):
        governing, found = chosen("cyclobenzaprine", day, "lumbar", symptom_months=12)
        assert governing == rule
        assert list(found) == [rule]


def test_cognitive_therapy_is_for_the_mtus_with_odg_beside_it() -> None:
    governing, found = chosen("cognitive_behavioral_therapy", date(2013, 10, 23), None, chronic_pain=True)
    assert governing == "cbt.mtus-2009"
    assert found["cbt.odg"].role is CandidateRole.SHADOW


def test_a_silent_rule_governs_where_nothing_else_speaks() -> None:
    governing, found = chosen("ultrasound_guidance", date(2014, 12, 3), "lumbar")
    assert governing == "guidance.ultrasound"
    assert "the library holds no rule for this treatment in" in found["guidance.ultrasound"].why


def test_after_november_2017_nothing_is_guessed() -> None:
    assert candidates(GUIDELINES, Asked(TPI, date(2018, 4, 2), {}, "lumbar")) == ()
    why = why_none(GUIDELINES, Asked(TPI, date(2018, 4, 2), {}, "lumbar"))
    assert "no rule for trigger point injection in force on 2018-04-02" in why
    assert "MTUS, ACOEM Low Back Disorders (24 February 2016)" in why
    assert "Shoulder" not in why


def test_no_guideline_has_its_reason_and_a_governing_rule_needs_none() -> None:
    assert why_none(GUIDELINES, Asked("massage_chair", date(2014, 1, 2), {}, None)) == "The library holds no rule for massage chair."
    acute = {"symptom_months": Known.of(1)}
    assert chosen("cyclobenzaprine", date(2014, 1, 2), "lumbar", symptom_months=1)[0] is None
    assert "muscle_relaxant.mtus-2009 does not govern" in why_none(GUIDELINES, Asked("cyclobenzaprine", date(2014, 1, 2), acute, "lumbar"))
    assert why_none(GUIDELINES, Asked(TPI, date(2014, 1, 2), {}, "lumbar")) == ""


def test_candidates_come_with_tier_and_dates_and_the_governing_one_first() -> None:
    found = candidates(GUIDELINES, Asked(TPI, date(2014, 3, 25), {"symptom_months": Known.of(1)}, "lumbar"))
    assert [each.rule.id for each in found] == ["tpi.acoem-2004", "tpi.mtus-2009", "tpi.odg"]
    assert [each.tier for each in found] == ["mtus", "mtus", "odg"]
    assert found[1].in_force == (date(2009, 7, 18), date(2016, 7, 28))


def test_rules_speak_of_treatments_and_regions_the_library_knows() -> None:
    known: set[str] = set()
    for path in LIBRARY.files("treatments"):
        data, _ = parse(path.read_text(encoding="utf-8"), path.name)
        known.update(*(data.get(kind, ()) for kind in ("treatments", "drugs", "classes", "regions")))
    assert {rule.treatment for rule in GUIDELINES.rules.values()} <= known
    assert {region for rule in GUIDELINES.rules.values() if rule.applies for region in rule.applies.region} <= known
