"""A wrong guideline file stops the library with file, line and mend; a rule without sound tests is a fault."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from pathlib import Path

import pytest

from openimr.guidelines import Asked, Guidelines, Mode, State, Value, assess, candidates, check, load, part_of, why_none
from openimr.library import Combine, Fact, Kind, Known, Library, LibraryError, Mark, open_library
from openimr.treatments import load as load_treatments


def fact(label: str, unit: str | None = None) -> Fact:
    if unit:
        return Fact(label=label, means=label, kind=Kind.MEASURE, combine=Combine.LATEST, unit=unit, measured=(f"<n> {unit}",))
    return Fact(label=label, means=label, kind=Kind.SIGN, combine=Combine.LATEST, said=(label,))


FACTS: Mapping[str, Fact] = {
    "limp": fact("Limp"),
    "pain": fact("Pain"),
    "fever": fact("Fever"),
    "earlier": fact("Earlier walks"),
    "weeks": fact("How long", "weeks"),
    "visits": fact("Earlier visits", "visits"),
}
FILES = {
    "terms.yaml": """\
terms:
  quantity: {label: A quantity, unit: units, from: request}
  asked: {label: Visits asked for, unit: visits, from: request}
  parts: {label: How many parts it has, unit: parts, from: request}
  long: {label: Long-lasting, from: case, test: {cmp: {value: weeks, param: walk.min_weeks}}}
""",
    "hierarchy.yaml": """\
hierarchy:
  - in_force: {from: 2013-01-01, to: null}
    rungs: [[mtus], [odg]]
    cite: Labor Code 4610.5(c)(2)
    verified: regulation
""",
    "pub/sources.yaml": """\
sources:
  BOOK:
    authority: MTUS
    document: Walking Guidelines
    edition: "2009"
    title: Walking Guidelines (2009)
    cite: 8 CCR 1
    tier: mtus
    in_force: {from: 2009-07-18, to: 2016-07-27}
    rights: proprietary
    verified: regulation
""",
    "pub/walking.yaml": """\
parameters:
  walk.min_weeks:
    unit: weeks
    op: ">="
    values:
      2009-07-18: {value: 6, stated_as: about six, source: {ref: BOOK, locator: p. 3}, verified: sample}
      2012-01-01: {value: 4, source: {ref: BOOK, locator: p. 4}, verified: decision}
  walk.max_visits:
    unit: visits
    op: "<="
    values:
      2009-07-18: {value: 10, source: {ref: BOOK, locator: p. 5}, verified: sample}
rules:
  walk.book:
    treatment: walking
    source: {ref: BOOK, locator: p. 3}
    stance: conditional
    verified: sample
    criteria:
      c1_sign:
        label: A limp with pain
        role: inclusion
        test: {at_least: {k: 2, of: [{fact: limp}, {fact: pain}]}}
        verified: sample
      c2_long:
        label: It has lasted
        role: inclusion
        test: {cmp: {value: weeks, param: walk.min_weeks}}
        verified: sample
      c3_no_fever:
        label: No fever
        role: exclusion
        test: {not: {fact: fever}}
        on_missing: met
        verified: sample
      c4_total:
        label: Visits in all
        role: limit
        when: {fact: earlier}
        test: {cmp: {sum: [visits, asked], param: walk.max_visits}}
        verified: sample
""",
    "pub/walking.test.yaml": """\
tests:
  walk.book:
    cases:
      - name: A long limp with pain needs walking
        on: 2014-01-02
        known: {limp: true, pain: true, weeks: 5, earlier: false}
        expect: Necessary
        deciding: []
      - name: A limp of unknown length is not established
        on: 2014-01-02
        known: {limp: true, pain: true, earlier: false}
        expect: NotEstablished
        deciding: [c2_long]
    mutations:
      - name: Five weeks were too short in 2011
        base: A long limp with pain needs walking
        on: 2011-01-02
        set: {}
        expect: NotNecessary
        deciding: [c2_long]
      - name: Fever rules it out
        base: A long limp with pain needs walking
        set: {fever: true}
        expect: NotNecessary
        deciding: [c3_no_fever]
      - name: Without pain there is nothing to walk off
        base: A long limp with pain needs walking
        set: {pain: false}
        expect: NotNecessary
        deciding: [c1_sign]
      - name: Nine walks before leave room for one
        base: A long limp with pain needs walking
        set: {earlier: true, visits: 9, asked: 1}
        expect: Necessary
        deciding: []
        states: {c4_total: Met}
      - name: Ten walks before leave no room for one
        base: A long limp with pain needs walking
        set: {earlier: true, visits: 10, asked: 1}
        expect: NotNecessary
        deciding: [c4_total]
""",
}


def library(folder: Path, change: tuple[str, str, str] | None = None, extra: Mapping[str, str] | None = None) -> Library:
    """A library of the files above, one of them with a text replaced, and more files."""
    files = {**FILES, **(extra or {})}
    if change is not None:
        name, old, new = change
        assert old in files[name]
        files[name] = files[name].replace(old, new, 1)
    for name, text in files.items():
        path = folder / "guidelines" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return Library((folder,), "test", FACTS)


def opened(folder: Path, change: tuple[str, str, str] | None = None, extra: Mapping[str, str] | None = None) -> Guidelines:
    return load(library(folder, change, extra))


def refusal(folder: Path, change: tuple[str, str, str] | None, extra: Mapping[str, str] | None = None) -> str:
    with pytest.raises(LibraryError) as refused:
        opened(folder, change, extra)
    return str(refused.value)


def test_the_small_library_opens_and_its_tests_hold(tmp_path: Path) -> None:
    built = library(tmp_path)
    guidelines = load(built)
    assert check(guidelines, built).faults == ()


def test_a_parameter_has_the_value_of_the_day(tmp_path: Path) -> None:
    parameter = opened(tmp_path).parameters["walk.min_weeks"]

    def on(day: date) -> Value | None:
        return parameter.on(day)

    assert on(date(2009, 7, 17)) is None
    assert [value.number for value in (on(date(2009, 7, 18)), on(date(2011, 12, 31)), on(date(2012, 1, 1))) if value] == [6, 6, 4]


RULES = "pub/walking.yaml"


WRONG: list[tuple[str, str, str, int, str]] = [
    (
        RULES,
        "    stance: conditional",
        "    stance: conditional\n    extend: walk.all",
        18,
        "unknown key 'extend' (did you mean 'extends'?)",
    ),
    (RULES, "        role: inclusion\n", "        role: inclusion\n        role: limit\n", 23, "duplicate key 'role'"),
    (RULES, "    unit: weeks\n", "", 2, "key 'unit' is missing"),
    (RULES, ", source: {ref: BOOK, locator: p. 4}", "", 7, "key 'source' is missing"),
    (RULES, "      2012-01-01: {", "      recently: {", 7, "valid date"),
    (RULES, ", locator: p. 3}\n    stance", "}\n    stance", 16, "key 'locator' is missing"),
    (RULES, "verified: decision", "verified: hearsay", 7, "verified"),
    (
        RULES,
        "{ref: BOOK, locator: p. 3}\n",
        "{ref: BOOC, locator: p. 3}\n",
        16,
        "source 'BOOC' is not in the library (did you mean 'BOOK'?)",
    ),
    (
        RULES,
        "{fact: fever}",
        "{fact: fevr}",
        33,
        "fact 'fevr' is neither in the facts of the library nor in terms.yaml (did you mean 'fever'?)",
    ),
    (
        RULES,
        "param: walk.min_weeks",
        "param: walk.min_week",
        28,
        "parameter 'walk.min_week' is not in the library (did you mean 'walk.min_weeks'?)",
    ),
    (RULES, "k: 2", "k: 3", 23, "at least 3 of 2 can never be met"),
    (RULES, "k: 2", "k: 0", 23, "greater than or equal to 1"),
    (RULES, "[{fact: limp}, {fact: pain}]", "[]", 23, "at least 1 item"),
    (RULES, "{fact: limp}", "{fact: limp, stated: quantity}", 23, "exactly one of fact, not, all_of"),
    (RULES, "{fact: earlier}", "{all_of: [{fact: earlier}, {not: {fact: earlier}}]}", 39, "contradicts itself"),
    (
        RULES,
        "        test: {not: {fact: fever}}",
        "        when: {fact: fever}\n        test: {not: {fact: fever}}",
        34,
        "contradicts itself",
    ),
    (RULES, "        role: exclusion", "        role: inclusion", 30, "'on_missing: met' is for exclusions only"),
    (RULES, "{fact: limp}", "{fact: weeks}", 23, "'weeks' is a number of weeks, not yes or no"),
    (RULES, "value: weeks", "value: limp", 28, "'limp' is yes or no, parameter 'walk.min_weeks' in weeks"),
    (RULES, "value: weeks", "value: visits", 28, "'visits' is in visits, parameter 'walk.min_weeks' in weeks"),
    (RULES, '    op: "<="\n', "", 39, "has no 'op'"),
    (RULES, "{fact: limp}", "{stated: pain}", 23, "'pain' is not a term of the request"),
    (RULES, "    stance: conditional", "    stance: against", 19, "needs the criterion that would rebut it"),
    (RULES, "    stance: conditional", "    stance: silent", 19, "needs a criterion of role documentation"),
    (RULES, "    stance: conditional", "    stance: conditional\n    extends: walk.boo", 18, "names no rule (did you mean 'walk.book'?)"),
    (RULES, "    stance: conditional", "    stance: conditional\n    extends: walk.book", 18, "leads back to the rule itself"),
    (
        RULES,
        "    stance: conditional",
        "    in_force: {from: 2009-07-18, to: 2017-01-01}\n    stance: conditional",
        17,
        "its source only 2009-07-18 to 2016-07-27",
    ),
    (RULES, "label: A limp with pain", "label: " + "word " * 31, 21, "more than 30 words"),
    (RULES, "stated_as: about six", "stated_as: " + "word " * 31, 6, "more than 30 words beside a proprietary source"),
    (RULES, "value: 4,", "value: 4, stand_in: 3,", 7, "'stand_in' is for a value of null"),
    (
        RULES,
        "        when: {fact: earlier}\n",
        "        when: {fact: earlier}\n        assume: {fact: limp, value: false, note: none}\n",
        40,
        "stands neither in the guard",
    ),
    (
        RULES,
        "{fact: limp}",
        "{elapsed: {value: visits, param: walk.max_visits}}",
        23,
        "'elapsed' needs a parameter in days, weeks, months, years",
    ),
    (RULES, "      2009-07-18: {value: 10", "      2010-01-01: {value: 10", 40, "has no value on 2009-07-18"),
    (
        RULES,
        "test: {not: {fact: fever}}",
        "readings: {a: {fact: limp}, b: {fact: pain}}",
        30,
        "'default_reading' must be one of the readings",
    ),
    (RULES, "        test: {not: {fact: fever}}\n", "", 30, "write either 'test' or 'readings'"),
    ("pub/sources.yaml", "to: 2016-07-27", "to: 2006-07-27", 9, "'to' lies before 'from'"),
    ("pub/sources.yaml", "tier: mtus", "tier: mtsu", 8, "tier 'mtsu' stands in no order of standards (did you mean 'mtus'?)"),
    (
        "pub/sources.yaml",
        "    verified: regulation",
        "    applies: {because: so, locator: p. 1, verified: sample}\n    verified: regulation",
        11,
        "needs a region or a condition",
    ),
    ("terms.yaml", "  asked:", "  limp: {label: Limp, from: case}\n  asked:", 3, "'limp' is a fact already"),
    ("terms.yaml", "{cmp: {value: weeks, param: walk.min_weeks}}", "{fact: long}", 5, "follows from itself"),
    ("terms.yaml", "from: request", "from: nowhere", 2, "request"),
    (
        "terms.yaml",
        "  asked:",
        "  pane: {label: Pain, from: record, test: {fact: limp}}\n  asked:",
        3,
        "no fact of the library (did you mean 'pain'?)",
    ),
    ("terms.yaml", "  asked:", "  pain: {label: Pain, from: record}\n  asked:", 3, "needs the test by which it follows"),
    (
        "terms.yaml",
        "  asked:",
        "  since: {label: Since, unit: months, from: case, since: walked}\n  asked:",
        3,
        "fact 'walked' is not in the library",
    ),
    (
        "terms.yaml",
        "  asked:",
        "  since: {label: Since, unit: weeks, from: case, since: limp}\n  asked:",
        3,
        "'since' is for a term of the case in months",
    ),
    ("terms.yaml", "from: request}", "from: request, asks_for: [walk]}", 2, "'asks_for' is for a yes-or-no term"),
    ("pub/sources.yaml", "    rights:", "    goes_by: {}\n    rights:", 10, "'goes_by' needs 'from' or 'to'"),
    (RULES, "    stance: conditional", "    stance: conditional\n    includes: [rest]", 18, "names no shared criterion"),
    (
        RULES,
        "    stance: conditional",
        "    stance: conditional\n    if_upheld: [{label: " + "word " * 31 + ", verified: memory}]",
        18,
        "more than 30 words",
    ),
    (RULES, "        label: It has lasted", "        lable: It has lasted", 26, "unknown key 'lable' (did you mean 'label'?)"),
]


@pytest.mark.parametrize(("file", "old", "new", "line", "message"), WRONG)
def test_a_wrong_file_stops_the_library_with_file_line_and_mend(
    tmp_path: Path, file: str, old: str, new: str, line: int, message: str
) -> None:
    said = refusal(tmp_path, (file, old, new))
    assert message in said
    assert f"guidelines/{file}:{line}: " in said


def second(rule: str, applies: str = "", source: str = "BOOK") -> dict[str, str]:
    return {
        "pub/more.yaml": f"""\
rules:
  {rule}:
    treatment: walking
    source: {{ref: {source}, locator: p. 9}}
    stance: for
    verified: sample
{applies}"""
    }


def test_two_rules_of_one_text_in_force_together_are_refused(tmp_path: Path) -> None:
    said = refusal(tmp_path, None, second("walk.again"))
    assert "'walk.again' (2009-07-18 to 2016-07-27)" in said
    assert "'walk.book'" in said
    assert "part their dates or regions" in said
    assert "walking.yaml:14: " in said


def test_two_rules_of_one_text_for_different_regions_stand_together(tmp_path: Path) -> None:
    def applies(region: str) -> str:
        return f"    applies: {{region: [{region}], because: it says so, locator: p. 9, verified: sample}}\n"

    change = (RULES, "    stance: conditional\n", "    stance: conditional\n" + applies("knee"))
    assert set(opened(tmp_path, change, second("walk.hip", applies("hip"))).rules) == {"walk.book", "walk.hip"}


def test_a_rule_written_twice_is_refused(tmp_path: Path) -> None:
    assert "'walk.book' is already written in" in refusal(tmp_path, None, second("walk.book"))


def test_two_orders_of_standards_on_one_day_are_refused(tmp_path: Path) -> None:
    more = FILES["hierarchy.yaml"] + FILES["hierarchy.yaml"].partition("\n")[2]
    assert "two orders of standards hold on 2013-01-01" in refusal(tmp_path, ("hierarchy.yaml", FILES["hierarchy.yaml"], more))


def test_an_extended_rule_has_the_criteria_of_the_other_under_its_own_source_and_may_restate_one(tmp_path: Path) -> None:
    extra = {
        "odg/sources.yaml": FILES["pub/sources.yaml"].replace("BOOK", "OTHER").replace("MTUS", "ODG").replace("tier: mtus", "tier: odg"),
        "odg/walking.yaml": """\
rules:
  walk.other:
    treatment: walking
    source: {ref: OTHER, locator: p. 7}
    stance: conditional
    verified: sample
    extends: walk.book
    criteria:
      c3_no_fever: {label: No fever, role: exclusion, test: {not: {fact: fever}}, on_missing: met, verified: memory}
      c5_rest: {label: Rest, role: documentation, test: {stated: quantity}, on_missing: not_met, verified: sample}
""",
    }
    rule = opened(tmp_path, None, extra).rules["walk.other"]
    assert [each.id for each in rule.criteria] == ["c1_sign", "c2_long", "c3_no_fever", "c4_total", "c5_rest"]
    assert {each.citation.authority for each in rule.criteria} == {"ODG"}
    assert rule.criteria[0].citation.pages == "7"
    assert rule.criteria[2].mark is Mark.MEMORY


def test_a_shared_criterion_is_written_once_and_brings_its_own_source(tmp_path: Path) -> None:
    extra = {
        "pub/shared.yaml": """\
shared:
  rest:
    label: Rest was tried
    role: inclusion
    source: {ref: BOOK, locator: p. 99}
    test: {fact: earlier}
    verified: regulation
"""
    }
    rule = opened(tmp_path, (RULES, "    stance: conditional", "    stance: conditional\n    includes: [rest]"), extra).rules["walk.book"]
    assert [each.id for each in rule.criteria][-1] == "rest"
    assert rule.criteria[-1].citation.pages == "99"


def test_a_fact_the_record_does_not_state_follows_from_others(tmp_path: Path) -> None:
    terms = ("terms.yaml", "  asked:", "  limp: {label: Limp, from: record, test: {fact: fever}}\n  asked:")
    rule = opened(tmp_path, terms).rules["walk.book"]

    def state(**facts: bool) -> State:
        return assess(rule, {name: Known.of(value) for name, value in facts.items()}, date(2014, 1, 2)).criteria[0].state

    assert state(pain=True, fever=True) is State.MET
    assert state(pain=True, fever=True, limp=False) is State.NOT_MET
    assert state(pain=True) is State.NOT_DOCUMENTED
    assert state(pain=True, fever=False) is State.NOT_DOCUMENTED


def test_an_edition_that_goes_by_the_request_or_the_service_is_held_against_that_date(tmp_path: Path) -> None:
    change = ("pub/sources.yaml", "    rights:", "    goes_by: {to: request_date}\n    rights:")
    guidelines = opened(tmp_path, change)
    denied, asked = date(2016, 8, 5), date(2016, 7, 20)
    assert candidates(guidelines, Asked("walking", denied)) == ()
    (found,) = candidates(guidelines, Asked("walking", denied, days={"request_date": asked}))
    assert found.chosen
    assert "it goes by the request date (2016-07-20)" in found.why
    assert found.rule.day(denied) == date(2016, 7, 27)
    assert candidates(guidelines, Asked("walking", denied, days={"service_date": asked})) == ()


def test_what_a_letter_has_to_say_and_what_a_court_set_aside_come_with_the_rule(tmp_path: Path) -> None:
    change = (RULES, "    stance: conditional", "    stance: conditional\n    if_upheld: [{label: no abrupt stop, verified: decision}]")
    rule = opened(tmp_path / "a", change).rules["walk.book"]
    assert rule.if_upheld == (("no abrupt stop", Mark.DECISION),)
    change = (
        "pub/sources.yaml",
        "    rights:",
        "    invalidated: {what: the part on homes is void, by: A v. B (2015), verified: decision}\n    rights:",
    )
    rule = opened(tmp_path / "b", change).rules["walk.book"]
    assert "Walking Guidelines (2009): the part on homes is void (A v. B (2015))." in assess(rule, {}, date(2014, 1, 2)).notes


def test_a_value_of_null_leaves_the_comparison_open_and_a_stand_in_is_an_assumption(tmp_path: Path) -> None:
    bare = (RULES, "value: 4,", "value: null,")
    rule = opened(tmp_path / "bare", bare).rules["walk.book"]
    known = {name: Known.of(value) for name, value in {"limp": True, "pain": True, "weeks": 5, "earlier": False}.items()}
    found = {each.id: each for each in assess(rule, known, date(2014, 1, 2)).criteria}["c2_long"]
    assert found.state is State.NOT_DOCUMENTED
    assert "the text gives no number" in found.why
    stood_in = (RULES, "value: 4,", "value: null, stand_in: 4, note: the text gives none and four stands in,")
    rule = opened(tmp_path / "stood", stood_in).rules["walk.book"]
    found = {each.id: each for each in assess(rule, known, date(2014, 1, 2)).criteria}["c2_long"]
    assert (found.state, found.assumed) == (State.MET, "the text gives none and four stands in")


def test_a_rule_known_from_memory_is_no_candidate_in_binding_mode(tmp_path: Path) -> None:
    guidelines = opened(tmp_path, (RULES, "    stance: conditional\n    verified: sample", "    stance: conditional\n    verified: memory"))
    day = date(2014, 1, 2)
    assert [each.chosen for each in candidates(guidelines, Asked("walking", day))] == [True]
    assert candidates(guidelines, Asked("walking", day, mode=Mode.BINDING)) == ()
    assert "known from memory only" in why_none(guidelines, Asked("walking", day, mode=Mode.BINDING))


def test_one_part_that_fails_sinks_the_whole(tmp_path: Path) -> None:
    change = (RULES, "test: {at_least: {k: 2, of: [{fact: limp}, {fact: pain}]}}", "test: {for_all: {fact: limp}}")
    rule = opened(tmp_path, change).rules["walk.book"]

    def state(facts: Mapping[str, bool | float]) -> State:
        known = {name: Known.of(value) for name, value in facts.items()}
        return assess(rule, known, date(2014, 1, 2)).criteria[0].state

    assert state({part_of("limp", 1): True, part_of("limp", 2): True}) is State.NOT_DOCUMENTED
    assert state({"parts": 2, part_of("limp", 1): True, part_of("limp", 2): True}) is State.MET
    assert state({"parts": 2, part_of("limp", 1): True}) is State.NOT_DOCUMENTED
    assert state({"parts": 2, part_of("limp", 2): False}) is State.NOT_MET
    found = assess(rule, {"parts": Known.of(2), part_of("limp", 1): Known.of(True)}, date(2014, 1, 2))
    assert all("limp#2 = true" in each for each in found.would_change)


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("expect: Necessary", "expect: NotNecessary", "ends Necessary, expected NotNecessary"),
        ("deciding: [c2_long]", "deciding: [c1_sign]", "decided by c2_long, expected c1_sign"),
        ("set: {fever: true}", "set: {feverish: true}", "'feverish' is neither a fact nor a term"),
        ("set: {fever: true}", "set: {fever: perhaps}", "write true, false, a number, null or conflicting"),
        ("base: A long limp with pain needs walking", "base: A short limp", "no case is named 'A short limp'"),
        ("        deciding: []\n", "        deciding: []\n        states: {c3_no_fever: NotMet}\n", "c3_no_fever is Met, expected NotMet"),
        ("        deciding: []\n", "        deciding: []\n        states: {c9: Met}\n", "'c9' is no criterion of the rule"),
        ("        deciding: []\n", "        deciding: []\n        assumed: [c1_sign]\n", "c1_sign rests on no assumption"),
        (
            "        deciding: []\n",
            "        deciding: []\n        readings: {c1_sign: {strict: Met}}\n",
            "c1_sign read as 'strict' is None",
        ),
        ("        deciding: [c2_long]\n", "        deciding: [c2_long]\n        would_change: [[pain = true]]\n", "would change by"),
        ("{limp: true, pain: true, weeks: 5", "{limp: true, weeks: 5", "ends NotEstablished, expected Necessary"),
        ("{limp: true, pain: true, weeks: 5", "{limp: 6, pain: true, weeks: 5", "'limp' is yes or no: write true or false, not 6"),
        ("{limp: true, pain: true, weeks: 5", "{limp: true, pain: true, weeks: true", "'weeks' is a number of weeks: write one, not true"),
        ("{limp: true, pain: true, weeks: 5", "{limp: true, pian: true, weeks: 5", "(did you mean 'pain'?)"),
        ("        on: 2011-01-02", "        on: 2008-01-02", "the rule is not in force on 2008-01-02"),
        ("deciding: [c4_total]", "deciding: [c4_totals]", "'c4_totals' under deciding is no criterion of the rule"),
        ("        set: {fever: true}", "        set: {fever: null}", "no case or mutation turns c3_no_fever between met and not"),
    ],
)
def test_a_test_that_does_not_come_out_as_written_is_a_fault(tmp_path: Path, old: str, new: str, message: str) -> None:
    built = library(tmp_path, ("pub/walking.test.yaml", old, new))
    report = check(load(built), built)
    assert not report.sound
    assert any(message in str(fault) and "walking.test.yaml:" in str(fault) for fault in report.faults), report.faults


def test_a_rule_needs_tests_both_ends_and_two_mutations(tmp_path: Path) -> None:
    extra = second("walk.later", source="LATER") | {
        "pub2/sources.yaml": FILES["pub/sources.yaml"].replace("BOOK", "LATER").replace("Walking", "Later Walking"),
    }
    built = library(tmp_path / "a", None, extra)
    assert any("walk.later: has no tests" in str(fault) for fault in check(load(built), built).faults)
    text = FILES["pub/walking.test.yaml"]
    built = library(tmp_path / "b", ("pub/walking.test.yaml", text, text[: text.index("      - name: A limp of unknown")]))
    said = " ".join(str(fault) for fault in check(load(built), built).faults)
    assert "needs a case that ends Necessary and one that does not" in said
    assert "needs at least 2 mutations" in said


def test_a_treatment_or_region_no_request_could_name_is_refused(tmp_path: Path) -> None:
    vocabulary = load_treatments(open_library(()))
    with pytest.raises(LibraryError, match=r"walking\.yaml:15: treatment 'walking' is not in treatments/\*\.yaml"):
        load(library(tmp_path / "a"), vocabulary)
    applies = "    treatment: tens\n    applies: {region: [kneee], because: so, locator: p. 1, verified: sample}"
    with pytest.raises(LibraryError, match=r"region 'kneee' is not in treatments/regions\.yaml \(did you mean 'knee'\?\)"):
        load(library(tmp_path / "b", (RULES, "    treatment: walking", applies)), vocabulary)
    assert "tens" in {rule.treatment for rule in load(library(tmp_path / "c", (RULES, "walking", "tens")), vocabulary).rules.values()}


def test_words_of_a_request_make_a_term_true(tmp_path: Path) -> None:
    terms = ("terms.yaml", "  asked:", '  custom: {label: Made to measure, from: request, says: ["custom (made)?"]}\n  asked:')
    says = opened(tmp_path, terms).says["custom"]
    assert says.search("Custom made brace")
    assert not says.search("brace")


def test_tests_of_an_unknown_rule_stop_the_library(tmp_path: Path) -> None:
    built = library(tmp_path, ("pub/walking.test.yaml", "  walk.book:", "  walk.bok:"))
    with pytest.raises(LibraryError, match=r"walking\.test\.yaml:2: tests of 'walk.bok'"):
        check(load(built), built)
