"""A case file's case.yaml: what is read from it, and what is said when it is wrong."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import jsonschema
import pytest
from hypothesis import given
from hypothesis import strategies as st

import openimr.cases
from openimr.cases import CaseError, case_schema, load_case
from openimr.determinations import Reviewer
from openimr.library import parse

WHOLE = """\
program: ca-dwc-imr
case_number: CM14-0000001
priority: standard
track: general
dates:
  date_of_injury: 2011-04-05
  rfa_date: 2014-03-18
  ur_denial_date: 2014-03-25
  application_received: 2014-03-31
  decision_date: null
ur_service: mail
patient: {age: 44, sex: female}
parties:
  employer: Valley Packing
  treating_physicians: [Dr. Ames, Dr. Boyd]
  facilities: Eastside Clinic
reviewer:
  licensure: [California]
  specialties: [Physical Medicine and Rehabilitation]
ur_decision:
  date: 2014-03-25
  reasons: No trigger points are described.
  basis: MTUS Chronic Pain, page 122
requests:
  - text: Lumbar trigger point injection x 1
  - text: Amrix 15mg (unspecified quantity)
    original: "Amrix 15mg #30"
    authorized: 'Amrix 15mg #10'
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path


def written(folder: Path, text: str) -> Path:
    (folder / "case.yaml").write_text(text, encoding="utf-8")
    return folder


def refused(folder: Path, text: str) -> str:
    with pytest.raises(CaseError) as caught:
        load_case(written(folder, text))
    message = str(caught.value)
    assert "\n" not in message
    return message.removeprefix(f"{folder}/")


def test_a_whole_case_is_read(folder: Path) -> None:
    case = load_case(written(folder, WHOLE))
    assert (case.program, case.case_number, case.priority, case.track, case.ur_service) == (
        "ca-dwc-imr",
        "CM14-0000001",
        "standard",
        "general",
        "mail",
    )
    assert case.dates["ur_denial_date"] == date(2014, 3, 25)
    assert (case.patient.age, case.patient.sex) == (44, "female")
    assert case.parties.treating_physicians == ("Dr. Ames", "Dr. Boyd")
    assert case.parties.facilities == ("Eastside Clinic",)
    assert case.reviewer == Reviewer(("California",), ("Physical Medicine and Rehabilitation",))
    assert case.ur_decision is not None
    assert case.ur_decision.basis == "MTUS Chronic Pain, page 122"
    assert [request.number for request in case.requests] == [1, 2]
    assert case.requests[1].authorized == "Amrix 15mg #10"
    assert all(request.decision is None for request in case.requests)
    assert case.records == folder / "records"


def test_a_date_that_is_null_is_not_known(folder: Path) -> None:
    assert "decision_date" not in load_case(written(folder, WHOLE)).dates


def test_program_and_requests_are_enough(folder: Path) -> None:
    case = load_case(written(folder, "program: ca-dwc-imr\nrequests:\n  - text: TPI x 2\n"))
    assert case.dates == {}
    assert case.reviewer is None
    assert case.ur_decision is None
    assert case.patient.age is None


def test_every_other_key_may_be_null(folder: Path) -> None:
    keys = ("case_number", "priority", "track", "dates", "ur_service", "patient", "parties", "reviewer", "ur_decision")
    nulls = "".join(f"{key}: null\n" for key in keys)
    case = load_case(written(folder, f"program: ca-dwc-imr\n{nulls}requests:\n  - text: TPI\n"))
    assert case.case_number is None
    assert case.parties.facilities == ()


def test_a_problem_of_a_date_can_name_its_line(folder: Path) -> None:
    case = load_case(written(folder, WHOLE))
    assert case.line("dates.ur_denial_date") == 8
    assert str(case.place("dates.rfa_date")) == f"{folder}/case.yaml:7"
    assert case.line("dates.date_assigned") == 5  # not written: the place to write it
    assert case.line("nothing.at.all") == 1


def test_the_utilization_review_decision_dates_the_denial(folder: Path) -> None:
    text = "program: p\nur_decision: {date: 2014-03-25}\nrequests:\n  - text: TPI\n"
    case = load_case(written(folder, text))
    assert case.dates == {"ur_denial_date": date(2014, 3, 25)}
    assert case.line("dates.ur_denial_date") == 2


def test_two_dates_of_one_denial_are_refused(folder: Path) -> None:
    message = refused(folder, WHOLE.replace("  date: 2014-03-25", "  date: 2014-03-20"))
    assert message == (
        "case.yaml:21: ur_decision.date: 2014-03-20 and dates.ur_denial_date 2014-03-25 differ: keep the date of the disputed decision"
    )


def test_a_number_as_case_number_is_text(folder: Path) -> None:
    assert load_case(written(folder, WHOLE.replace("CM14-0000001", "13000004"))).case_number == "13000004"


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("2014-03-31", "2014-13-01", "case.yaml:9: dates.application_received: '2014-13-01' is not a date: write it as YYYY-MM-DD"),
        ("2014-03-18", "03/18/2014", "case.yaml:7: dates.rfa_date: '03/18/2014' is not a date: write it as YYYY-MM-DD"),
        ("2014-03-18", "20140318", "case.yaml:7: dates.rfa_date: '20140318' is not a date: write it as YYYY-MM-DD"),
        ("2014-03-18", "2014-02-30", "case.yaml:7: dates.rfa_date: '2014-02-30' is not a day of the calendar: correct it (YYYY-MM-DD)"),
        ("priority: standard", "priority: urgent", "case.yaml:3: priority: Input should be 'standard' or 'expedited'"),
        ("  rfa_date:", "  rfa_dat:", "case.yaml:7: unknown key 'rfa_dat' (did you mean 'rfa_date'?)"),
        ("case_number:", "casenumber:", "case.yaml:2: unknown key 'casenumber' (did you mean 'case_number'?)"),
        ("  licensure: [California]", "  name: Dr. X", "case.yaml:17: reviewer: a reviewer stays anonymous to the parties: remove 'name'"),
        ("program: ca-dwc-imr\n", "", "case.yaml:1: file: key 'program' is missing: add it"),
        ("priority: standard", "priority: standard\npriority: expedited", "case.yaml:4: duplicate key 'priority': keep one of them"),
        ("{age: 44, sex: female}", "female", "case.yaml:12: patient: keys are missing: write 'age: ...' below it"),
        ("- text: Amrix 15mg (unspecified quantity)", "- text: ' '", "case.yaml:26: requests.1: the text of a request is empty"),
    ],
)
def test_a_wrong_case_is_named_with_line_and_mend(folder: Path, old: str, new: str, message: str) -> None:
    assert refused(folder, WHOLE.replace(old, new)).startswith(message)


@pytest.mark.parametrize("requests", ["requests: []", "requests:", "requests: TPI x 2", "requests: {text: TPI}"])
def test_a_case_without_a_disputed_item_is_refused(folder: Path, requests: str) -> None:
    message = refused(folder, f"program: ca-dwc-imr\n{requests}\n")
    assert message == "case.yaml:2: requests: no disputed item: list at least one, as '- text: ...'"


@pytest.mark.parametrize("text", ["Amrix 15mg #14", "Amrix 15mg # 14", "Flexeril 5mg #30 with 2 refills"])
def test_a_quantity_that_yaml_would_drop_as_a_comment_is_refused(folder: Path, text: str) -> None:
    message = refused(folder, f"program: ca-dwc-imr\nrequests:\n  - text: {text}\n")
    assert message == "case.yaml:3: requests.0.text: what follows '#' is lost as a comment: put the text in quotes"
    for quoted in (f'"{text}"', f"'{text}'", f"|-\n      {text}"):
        case = load_case(written(folder, f"program: ca-dwc-imr\nrequests:\n  - text: {quoted}\n"))
        assert case.requests[0].text == text


def test_a_comment_is_allowed(folder: Path) -> None:
    case = load_case(written(folder, "program: ca-dwc-imr  # 2014 rules\nrequests:\n  - text: TPI x 2 # as denied\n"))
    assert case.requests[0].text == "TPI x 2"


def test_a_request_without_its_key_is_refused(folder: Path) -> None:
    message = refused(folder, "program: ca-dwc-imr\nrequests:\n  - Lumbar TPI\n")
    assert message == "case.yaml:3: requests.0: keys are missing: write 'text: ...' below it"


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "case.yaml:1: the file is empty"),
        ("- a\n- b\n", "case.yaml:1: file: keys are missing: write 'program: ...' below it"),
        ("program: [x\n", "case.yaml:1: not readable as YAML"),
        ("program: &a x\nrequests: *a\n", "case.yaml:"),
    ],
)
def test_a_file_that_is_no_case_is_refused(folder: Path, text: str, message: str) -> None:
    assert refused(folder, text).startswith(message)


def test_a_file_in_another_encoding_is_refused(folder: Path) -> None:
    (folder / "case.yaml").write_bytes("program: é".encode("latin-1"))
    with pytest.raises(CaseError, match=r"case\.yaml:1: not UTF-8 text: save it as UTF-8"):
        load_case(folder)


def test_a_folder_that_is_not_there_is_named(folder: Path) -> None:
    with pytest.raises(CaseError, match=r"nowhere:1: no such folder: name the folder that holds case\.yaml"):
        load_case(folder / "nowhere")


def test_a_file_in_place_of_a_folder_is_named(folder: Path) -> None:
    with pytest.raises(CaseError, match="not a folder"):
        load_case(written(folder, WHOLE) / "case.yaml")


def test_a_folder_without_case_yaml_is_named(folder: Path) -> None:
    with pytest.raises(CaseError, match=r"case\.yaml:1: missing: add it with at least 'program' and 'requests'"):
        load_case(folder)


def test_an_unreadable_case_is_named(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    written(folder, WHOLE)

    def forbidden(self: Path, *args: object, **kwargs: object) -> str:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "read_text", forbidden)
    with pytest.raises(CaseError, match=r"cannot be read \(Permission denied\): make the file readable"):
        load_case(folder)


def test_messages_do_not_echo_the_record(folder: Path) -> None:
    message = refused(folder, WHOLE.replace("reasons: No trigger points are described.", "reasons: [Jane Roe was seen]"))
    assert "Jane Roe" not in message


def test_the_schema_accepts_a_whole_case_and_refuses_unknown_keys() -> None:
    data, _ = parse(WHOLE, "case.yaml")
    schema = case_schema()
    jsonschema.Draft202012Validator.check_schema(schema)
    jsonschema.validate(data, schema)
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate({**data, "dispute": "x"}, schema)


@given(st.text(max_size=200))
def test_no_text_ends_in_anything_but_a_case_or_a_case_error(tmp_path_factory: pytest.TempPathFactory, text: str) -> None:
    folder = tmp_path_factory.mktemp("case")
    (folder / "case.yaml").write_bytes(text.encode("utf-8", "surrogatepass"))
    with pytest.raises(CaseError):
        load_case(folder)


def test_the_face_of_the_room_is_what_it_declares() -> None:
    assert sorted(openimr.cases.__all__) == sorted(name for name in vars(openimr.cases) if not name.startswith("_"))
