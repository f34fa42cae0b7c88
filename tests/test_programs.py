"""Programs: which date and standard govern a case, which dates cannot be, and what a program's file must hold."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest

import openimr.programs
from openimr.library import LibraryError, Mark, open_library
from openimr.programs import NoGoverningDate, Program, Severity, load


@pytest.fixture(scope="module")
def california() -> Program:
    return load(open_library())["ca-dwc-imr"]


DENIED = date(2014, 3, 25)
ORDERED = {
    "date_of_injury": date(2011, 4, 5),
    "rfa_date": date(2014, 3, 18),
    "ur_denial_date": DENIED,
    "application_received": date(2014, 3, 31),
    "date_assigned": date(2014, 6, 27),
    "decision_date": date(2014, 8, 12),
}


def test_the_utilization_review_denial_governs(california: Program) -> None:
    governing = california.governing(ORDERED)
    assert governing.date == DENIED
    assert governing.chosen_because == "utilization review denial date"


def test_what_other_dates_would_choose_is_told(california: Program) -> None:
    assert california.governing(ORDERED).alternatives == (
        ("date of the request for authorization", date(2014, 3, 18)),
        ("date of the final determination", date(2014, 8, 12)),
    )


def test_without_a_denial_date_the_decision_date_governs(california: Program) -> None:
    governing = california.governing({"ur_denial_date": None, "decision_date": date(2014, 8, 12)})
    assert governing.date == date(2014, 8, 12)
    assert governing.chosen_because == "date of the final determination"


def test_without_either_the_missing_dates_are_named(california: Program) -> None:
    with pytest.raises(NoGoverningDate, match=r"give dates\.ur_denial_date or dates\.decision_date, or a date with --on"):
        california.governing({"date_of_injury": date(2011, 4, 5)})


def test_a_date_given_for_the_review_goes_before_all_others(california: Program) -> None:
    governing = california.governing(ORDERED, on=date(2018, 1, 2))
    assert governing.date == date(2018, 1, 2)
    assert "given for this review" in governing.chosen_because
    assert governing.standard.id == "as_set_forth_in_mtus"
    assert ("utilization review denial date", DENIED) in governing.alternatives


@pytest.mark.parametrize(
    ("decided", "standard"),
    [
        (date(2014, 8, 12), "ladder"),
        (date(2016, 12, 31), "ladder"),
        (date(2017, 1, 1), "as_set_forth_in_mtus"),
        (date(2025, 5, 5), "as_set_forth_in_mtus"),
    ],
)
def test_the_necessity_standard_is_that_of_the_day_of_decision(california: Program, decided: date, standard: str) -> None:
    governing = california.governing({"ur_denial_date": date(2014, 3, 25), "decision_date": decided})
    assert governing.standard.id == standard
    assert governing.standard_because == "date of the final determination"


def test_an_undecided_case_takes_the_standard_of_the_governing_date(california: Program) -> None:
    governing = california.governing({"ur_denial_date": date(2016, 12, 30)})
    assert governing.standard.id == "ladder"
    assert governing.standard_because == "utilization review denial date"


def test_a_date_before_the_program_began_is_refused_with_its_name(california: Program) -> None:
    with pytest.raises(NoGoverningDate, match=r"2012-11-02 \(utilization review denial date\) lies before California"):
        california.governing({"ur_denial_date": date(2012, 11, 2)})


def test_the_day_the_standard_changed_is_marked_as_memory(california: Program) -> None:
    old, new = california.standards
    assert (old.mark, new.mark) == (Mark.REGULATION, Mark.REGULATION)
    assert (old.dates_mark, new.dates_mark) == (Mark.MEMORY, Mark.MEMORY)
    assert len(old.rungs) == 6


def test_an_edition_that_goes_by_the_request_gets_the_date_of_the_request(california: Program) -> None:
    assert california.own_dates(ORDERED) == {"request_date": date(2014, 3, 18)}


def test_the_receipt_of_the_request_stands_in_for_its_date(california: Program) -> None:
    assert california.own_dates({"rfa_received": date(2014, 3, 20)}) == {"request_date": date(2014, 3, 20)}


def test_dates_in_order_are_fine(california: Program) -> None:
    assert california.check_dates(ORDERED) == ()
    assert california.check_dates({}) == ()


def test_a_date_before_the_one_it_follows_is_a_warning(california: Program) -> None:
    (problem,) = california.check_dates({**ORDERED, "application_received": date(2014, 3, 20)})
    assert problem.severity is Severity.WARNING
    assert problem.key == "application_received"
    assert str(problem) == (
        "application_received: the receipt of the application (2014-03-20) lies before the utilization review denial date (2014-03-25): "
        "check both dates"
    )


def test_the_order_holds_over_dates_that_are_missing(california: Program) -> None:
    (problem,) = california.check_dates({"date_of_injury": date(2015, 1, 1), "decision_date": date(2014, 8, 12)})
    assert problem.key == "decision_date"


def test_the_same_day_is_in_order(california: Program) -> None:
    assert california.check_dates({**ORDERED, "application_received": DENIED}) == ()


@pytest.mark.parametrize("year", [214, 1914, 2114])
def test_a_year_that_cannot_be_is_a_fault(california: Program, year: int) -> None:
    problems = california.check_dates({**ORDERED, "decision_date": date(year, 8, 12)})
    assert [(problem.key, problem.severity) for problem in problems] == [("decision_date", Severity.FAULT)]
    assert problems[0].mend == "correct the year"


def test_a_denial_before_the_program_began_is_a_warning_with_its_law(california: Program) -> None:
    (problem,) = california.check_dates({"ur_denial_date": date(2012, 5, 1)})
    assert problem.severity is Severity.WARNING
    assert "Labor Code 4610.5(a)" in problem.what


def test_the_contents_of_a_determination_are_listed_with_their_law(california: Program) -> None:
    contents = {content.id: content for content in california.required_contents}
    assert {"documents_reviewed", "medical_condition", "disputed_treatment", "evidence", "clinical_reasons"} <= set(contents)
    assert all(content.citation and content.mark for content in contents.values())
    assert contents["documents_reviewed"].citation == "8 CCR 9792.10.6(d)"


@pytest.fixture
def own(tmp_path: Path) -> Callable[[str, str], Path]:
    shipped = next(path for path in open_library().files("programs") if path.name == "program.yaml")

    def changed(old: str, new: str) -> Path:
        text = shipped.read_text(encoding="utf-8").replace("id: ca-dwc-imr", "id: own")
        assert old in text
        folder = tmp_path / "programs" / "own"
        folder.mkdir(parents=True)
        (folder / "program.yaml").write_text(text.replace(old, new), encoding="utf-8")
        return tmp_path

    return changed


def test_an_organisation_may_add_a_program(own: Callable[[str, str], Path]) -> None:
    programs = load(open_library((own("name: California", "name: Other"),)))
    assert sorted(programs) == ["ca-dwc-imr", "own"]


@pytest.mark.parametrize(
    ("old", "new", "what"),
    [
        ("id: own", "id: ca-dwc-imr", "program 'ca-dwc-imr' is declared twice"),
        (
            "order: [ur_denial_date, decision_date]",
            "order: [ur_denial, decision_date]",
            "'ur_denial' is not among the dates of the program",
        ),
        ("until: 2016-12-31", "until: 2017-02-01", "versions 'ladder' and 'as_set_forth_in_mtus' of the necessity standard overlap"),
        ("from: 2013-01-01\n    citation", "from: 1/1/2013\n    citation", "'1/1/2013' is not a date: write it as YYYY-MM-DD"),
        ("  triggers:", "  trigers:", "unknown key 'trigers' (did you mean 'triggers'?)"),
        ("mark: regulation\n\n#", "mark: hearsay\n\n#", "mark: Input should be"),
    ],
)
def test_a_wrong_program_stops_the_library_with_file_and_line(own: Callable[[str, str], Path], old: str, new: str, what: str) -> None:
    with pytest.raises(LibraryError) as caught:
        load(open_library((own(old, new),)))
    assert what in str(caught.value)
    assert "program.yaml:" in str(caught.value)


def test_the_face_of_the_room_is_what_it_declares() -> None:
    assert sorted(openimr.programs.__all__) == sorted(name for name in vars(openimr.programs) if not name.startswith("_"))
