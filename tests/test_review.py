"""From a case file to a proposal: the example cases, as the blind expected results have them."""

from __future__ import annotations

import io
import json
import shutil
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from PIL import Image

from openimr.cases import Case, RecordedStudy, load_case
from openimr.determinations import Conclusion, Decision
from openimr.library import parse
from openimr.review import (
    CaseProblem,
    Review,
    open_reference,
    page_pictures,
    review,
    verify,
    worksheet_html,
    worksheet_json,
    worksheet_schema,
)

ROOT = Path(__file__).resolve().parent.parent
EXAMPLES = sorted(path.parent.name for path in (ROOT / "examples" / "sources").glob("*/expected.yaml"))
# cases with scans wait for OCR, and half of the others are enough for the quick loop
QUICK = ("thoracic-tpi-cbt", "cervical-tpi-repeat")
BY_WEIGHT = [pytest.param(name, marks=() if name in QUICK else pytest.mark.slow) for name in EXAMPLES]
REFERENCE = open_reference()
_REVIEWED: dict[str, Review] = {}

pytestmark = pytest.mark.filterwarnings("error")


def reviewed(name: str) -> Review:
    if name == "occipital-tpi" and shutil.which("tesseract") is None:
        pytest.skip("tesseract is not installed, and half of this packet is scanned")
    if name not in _REVIEWED:
        _REVIEWED[name] = review(load_case(ROOT / "examples" / name), REFERENCE)
    return _REVIEWED[name]


def expected(name: str) -> Any:
    file = ROOT / "examples" / "sources" / name / "expected.yaml"
    return parse(file.read_text(encoding="utf-8"), file.name)[0]


@pytest.mark.parametrize("name", BY_WEIGHT)
def test_the_proposal_and_its_deciding_criteria_are_those_expected(name: str) -> None:
    sheet = reviewed(name).worksheet
    wanted = expected(name)
    assert sheet.on.isoformat() == wanted["on"]
    for request, want in zip(sheet.requests, wanted["requests"], strict=True):
        assert request.text == want["text"]
        assert (str(request.conclusion), str(request.proposed)) == (want["conclusion"], want["proposed"])
        for component, part in zip(request.components, want["components"], strict=True):
            rule = component.governing
            assert rule is not None
            assert (component.treatment, rule.id, str(component.conclusion)) == (part["treatment"], part["rule"], part["conclusion"])
            assert set(rule.deciding) == set(part["deciding"])


@pytest.mark.parametrize("name", BY_WEIGHT)
def test_readings_that_disagree_are_said_to(name: str) -> None:
    for request, want in zip(reviewed(name).worksheet.requests, expected(name)["requests"], strict=True):
        for component, part in zip(request.components, want["components"], strict=True):
            assert component.governing is not None
            differ = {c.id for c in component.governing.criteria if len({state for _, state, _ in c.readings}) > 1}
            assert differ == set(part.get("readings_differ") or [])


@pytest.mark.parametrize("name", [pytest.param("lumbar-tp1", marks=pytest.mark.slow), "lumbar-tp1-documented"])
def test_the_chapter_that_does_not_govern_is_shown_with_what_it_would_say(name: str) -> None:
    (component,) = reviewed(name).worksheet.requests[0].components
    shadows = {rule.id: rule for rule in component.rules if rule.role == "shadow"}
    assert shadows["tpi.acoem-2004"].conclusion is Conclusion.NOT_NECESSARY
    assert any("tpi.acoem-2004" in note for note in reviewed("lumbar-tp1-documented").worksheet.requests[0].notes)


@pytest.mark.slow
def test_without_the_ultrasound_guidance_the_first_request_would_be_supported() -> None:
    case = load_case(ROOT / "examples" / "lumbar-tpi-ultrasound")
    asked = replace(case.requests[0], text="Lumbar trigger point injection x 1")
    sheet = review(replace(case, requests=(asked,)), REFERENCE).worksheet
    assert reviewed("lumbar-tpi-ultrasound").worksheet.requests[0].proposed is Decision.UPHELD
    assert sheet.requests[0].proposed is Decision.OVERTURNED


def test_each_item_shows_the_guideline_the_denial_gave_for_it() -> None:
    injection, therapy = reviewed("thoracic-tpi-cbt").determination.requests
    assert injection.ur_basis is not None
    assert therapy.ur_basis is not None
    assert "ODG" not in injection.ur_basis.text
    assert therapy.ur_basis.text.startswith("ODG")


def test_the_interval_since_the_last_injection_is_counted_from_its_day() -> None:
    (component,) = reviewed("cervical-tpi-repeat").worksheet.requests[0].components
    interval = next(c for c in component.rules[0].criteria if c.id == "c8_interval")
    assert interval.state == "Met"
    assert interval.value == pytest.approx(5.7, abs=0.1)


@pytest.mark.slow
def test_an_item_without_a_guideline_does_not_take_down_one_that_depends_on_it() -> None:
    case = load_case(ROOT / "examples" / "lumbar-tpi-amrix")
    unknown = replace(case.requests[0], text="Quantum unobtainium, 3 units")
    sheet = review(replace(case, requests=(unknown, case.requests[1])), REFERENCE).worksheet
    parent = next(c for c in sheet.requests[1].components[0].rules[0].criteria if c.id == "m4_parent")
    assert parent.state == "NotDocumented"


@pytest.mark.slow
def test_a_quantity_spoken_of_in_the_record_does_not_become_the_requests() -> None:
    amrix = reviewed("lumbar-tpi-amrix").worksheet.requests[1]
    assert "quantity" not in amrix.components[0].qualifiers
    stated = next(c for c in amrix.components[0].rules[0].criteria if c.id == "m2_quantity_stated")
    assert stated.state == "NotMet"


def test_a_draft_decides_nothing() -> None:
    draft = reviewed("thoracic-tpi-cbt").determination
    assert draft.outcome is None
    assert all(request.decision is None and request.proposed is not None for request in draft.requests)


@pytest.mark.slow
def test_every_quote_stands_and_a_changed_byte_is_named(tmp_path: Path) -> None:
    sheet = worksheet_json(reviewed("lumbar-tpi-ultrasound").worksheet)
    total, failed = verify(sheet, ROOT / "examples" / "lumbar-tpi-ultrasound")
    assert total > 20
    assert failed == ()
    copy = tmp_path / "case"
    shutil.copytree(ROOT / "examples" / "lumbar-tpi-ultrasound", copy)
    packet = copy / "records" / "packet-1.pdf"
    data = bytearray(packet.read_bytes())
    data[-1] ^= 1
    packet.write_bytes(bytes(data))
    _, failed = verify(sheet, copy)
    assert failed
    assert {each.document for each in failed} == {"packet-1.pdf", "records/packet-1.pdf"}
    assert "packet-1.pdf" in failed[0].why


@pytest.mark.slow
def test_a_file_that_vanished_or_came_is_named_even_if_nothing_was_quoted_from_it(tmp_path: Path) -> None:
    folder = copied(tmp_path)
    (folder / "records" / "note.txt").write_text("Nothing of note.\n", encoding="utf-8")
    sheet = worksheet_json(review(load_case(folder), REFERENCE).worksheet)
    assert verify(sheet, folder)[1] == ()
    (folder / "records" / "note.txt").unlink()
    (folder / "records" / "new.txt").write_text("New.\n", encoding="utf-8")
    assert [each.document for each in verify(sheet, folder)[1]] == ["records/new.txt", "records/note.txt"]


@pytest.mark.slow
def test_a_quote_that_was_altered_is_found(tmp_path: Path) -> None:
    sheet = worksheet_json(reviewed("thoracic-tpi-cbt-documented").worksheet)
    evidence = next(
        each
        for criterion in sheet["requests"][0]["components"][0]["rules"][0]["criteria"]
        for each in criterion["evidence"]
        if each["from"] == "record"
    )
    evidence["quote"] = "no " + evidence["quote"]
    _, failed = verify(sheet, ROOT / "examples" / "thoracic-tpi-cbt-documented")
    assert [each.page for each in failed] == [evidence["page"]]


@pytest.mark.slow
def test_a_quote_that_speaks_of_a_missing_record_is_read_again() -> None:
    sheet = worksheet_json(reviewed("thoracic-tpi-cbt").worksheet)
    folder = ROOT / "examples" / "thoracic-tpi-cbt"
    total, failed = verify(sheet, folder)
    assert failed == ()
    named = next(gap for gap in sheet["gaps"] if gap["what"] == "Pain agreement")["named_in"][0]
    assert named["quote"] == "Pain agreement of January reviewed"
    named["quote"] = "Pain agreement of January refused."
    assert [(each.document, each.page, each.quote) for each in verify(sheet, folder)[1]] == [
        (named["document"], named["page"], "Pain agreement of January refused.")
    ]
    for gap in sheet["gaps"]:
        gap["named_in"] = []
    assert verify(sheet, folder)[0] < total


@pytest.mark.parametrize("name", ["thoracic-tpi-cbt", pytest.param("lumbar-tpi-amrix", marks=pytest.mark.slow)])
def test_a_worksheet_fits_its_published_schema(name: str) -> None:
    schema = worksheet_schema()
    jsonschema.Draft202012Validator.check_schema(schema)
    jsonschema.validate(worksheet_json(reviewed(name).worksheet), schema)
    assert json.loads((ROOT / "docs" / "worksheet.schema.json").read_text(encoding="utf-8")) == schema


@pytest.mark.slow
def test_the_law_of_another_day_gives_another_rule() -> None:
    case = load_case(ROOT / "examples" / "thoracic-tpi-cbt-documented")
    later = review(case, REFERENCE, on=date(2018, 6, 1)).worksheet
    assert later.requests[0].conclusion is Conclusion.NO_GUIDELINE
    assert later.requests[0].proposed is None
    assert any("NoGuideline" in note for note in later.requests[0].notes)


def test_a_treatment_the_library_does_not_know_is_no_guideline_with_the_reason(tmp_path: Path) -> None:
    case = brief(tmp_path)
    sheet = review(replace(case, requests=(replace(case.requests[0], text="Quantum unobtainium, 3 units"),)), REFERENCE).worksheet
    assert sheet.requests[0].conclusion is Conclusion.NO_GUIDELINE
    assert sheet.requests[0].proposed is None
    assert any("names no treatment the library knows" in note for note in sheet.requests[0].notes)


def copied(tmp_path: Path) -> Path:
    folder = tmp_path / "case"
    shutil.copytree(ROOT / "examples" / "thoracic-tpi-cbt-documented", folder)
    return folder


@pytest.mark.parametrize(
    ("damage", "message"),
    [
        (shutil.rmtree, "no such folder"),
        (lambda records: [path.unlink() for path in records.iterdir()], "no records"),
        (lambda records: [path.write_bytes(b"%PDF-1.7 rubbish") for path in records.iterdir()], "none of 2 records can be read"),
    ],
)
def test_records_that_cannot_be_read_are_never_taken_for_silence(tmp_path: Path, damage: Any, message: str) -> None:
    folder = copied(tmp_path)
    damage(folder / "records")
    with pytest.raises(CaseProblem, match=message) as problem:
        review(load_case(folder), REFERENCE)
    assert "nothing was assessed" in str(problem.value)


@pytest.mark.slow
def test_one_broken_record_leaves_the_others_read_and_is_named_as_unread(tmp_path: Path) -> None:
    folder = copied(tmp_path)
    (folder / "records" / "zz-broken.pdf").write_bytes(b"%PDF-1.7 rubbish")
    sheet = review(load_case(folder), REFERENCE).worksheet
    assert sheet.requests[0].proposed is Decision.OVERTURNED
    broken = next(record for record in sheet.records if record.document == "zz-broken.pdf")
    assert broken.verdict == "unreadable"
    assert any("zz-broken.pdf cannot be read" in warning and "not silent" in warning for warning in sheet.warnings)


def test_a_date_that_cannot_be_is_named_with_its_line(tmp_path: Path) -> None:
    folder = copied(tmp_path)
    file = folder / "case.yaml"
    file.write_text(file.read_text().replace("2010-10-05", "0210-10-05"), encoding="utf-8")
    with pytest.raises((CaseProblem, Exception), match=r"case\.yaml:\d+: dates\.date_of_injury"):
        review(load_case(folder), REFERENCE)


@pytest.mark.slow
def test_every_record_of_the_file_is_in_the_inventory_with_its_verdict() -> None:
    sheet = reviewed("lumbar-tpi-ultrasound").worksheet
    verdicts = {record.verdict for record in sheet.records}
    assert verdicts <= {"cited", "read without bearing", "unreadable"}
    assert [record.number for record in sheet.records] == list(range(1, len(sheet.records) + 1))
    assert all(record.cited is (record.verdict == "cited") for record in sheet.records if record.verdict != "unreadable")
    assert sheet.missing == ()
    assert sum(record.type == "progress_report" for record in sheet.records) >= 3
    assert {"ur_decision", "rfa", "application"} <= {record.type for record in sheet.records}


def acute(folder: Path, *studies: RecordedStudy) -> Review:
    """A fresh injury, for which chapter 12 recommends against the injection, with studies put forward."""
    dates = {"date_of_injury": date(2014, 8, 4), "ur_denial_date": date(2014, 9, 29)}
    case = brief(folder)
    asked = replace(case.requests[0], text="Lumbar trigger point injections x 3")
    return review(replace(case, dates=dates, requests=(asked,), studies=studies), REFERENCE)


FOR = RecordedStudy("Marlow 2012", "treatment_benefit", "request", score=9, applicable=True, why="acute strain, same injection")
AGAINST = RecordedStudy("Ostrava 2003", "treatment_benefit", "guideline", score=5, applicable=True)


def test_studies_of_the_higher_rating_rebut_the_guideline_and_go_into_worksheet_and_letter(tmp_path: Path) -> None:
    found = acute(tmp_path, FOR, AGAINST)
    (request,) = found.worksheet.requests
    assert request.conclusion is Conclusion.NECESSARY
    data = worksheet_json(found.worksheet)
    jsonschema.validate(data, worksheet_schema())
    evidence = data["requests"][0]["evidence"]
    assert (evidence["speaks_for"], evidence["best"], evidence["method"]["verified"]) == ("request", ["Marlow 2012"], "memory")
    rationale = found.determination.requests[0].rationale or ""
    assert "Studies were put forward; they are weighed by the ACOEM strength-of-evidence rating" in rationale
    assert "- Marlow 2012: score 9, for the request, found applicable (acute strain, same injection); recorded by" in rationale
    assert "Best available evidence, level B" in rationale
    assert "Marlow 2012" in worksheet_html(found)


def test_a_study_the_reviewer_has_not_judged_leaves_it_open(tmp_path: Path) -> None:
    found = acute(tmp_path, replace(FOR, applicable=None, why=None, recorded_by="requesting_physician"), AGAINST)
    (request,) = found.worksheet.requests
    assert request.conclusion is Conclusion.NOT_ESTABLISHED
    assert any("its applicability is not judged yet" in note for note in request.notes)


def brief(folder: Path) -> Case:
    """A case with one short record, for what depends on the request alone."""
    (folder / "records").mkdir()
    (folder / "records" / "note.txt").write_text("Progress report, 10/20/2016. The low back pain goes on.", encoding="utf-8")
    (folder / "case.yaml").write_text(
        "program: ca-dwc-imr\ndates: {date_of_injury: 2010-05-04, ur_denial_date: 2013-10-21}\nrequests: [{text: TPI}]\n", encoding="utf-8"
    )
    return load_case(folder)


def test_a_letter_that_upholds_a_denied_opioid_warns_of_stopping_abruptly(tmp_path: Path) -> None:
    case = brief(tmp_path)
    dates = {**case.dates, "ur_denial_date": date(2016, 11, 15), "rfa_date": date(2016, 11, 1)}
    asked = replace(case.requests[0], text="Norco 10/325mg #120")
    found = review(replace(case, dates=dates, requests=(asked,)), REFERENCE)
    assert found.worksheet.requests[0].components[0].rules[0].id == "opioid.mtus-2016"
    assert found.worksheet.requests[0].proposed is Decision.UPHELD
    assert "abrupt" in (found.determination.requests[0].rationale or "")


def test_the_doses_of_all_opioids_of_a_case_are_added_up(tmp_path: Path) -> None:
    case = brief(tmp_path)
    first = replace(case.requests[0], text="Norco 10/325mg 1 tablet every 6 hours #120")
    second = replace(case.requests[0], number=2, text="MS Contin 45 mg bid #60")
    sheet = review(replace(case, requests=(first, second)), REFERENCE).worksheet
    for request in sheet.requests:
        (rule,) = (rule for rule in request.components[0].rules if rule.id == "opioid.mtus-2009")
        dose = next(each for each in rule.criteria if each.id == "o8_daily_dose")
        assert (dose.state, dose.value) == ("NotMet", 130.0)
        assert "10 mg a day over the limit" in dose.why


def test_a_test_of_several_parts_of_the_body_is_judged_for_each(tmp_path: Path) -> None:
    case = brief(tmp_path)
    asked = replace(case.requests[0], text="MRI of cervical spine and lumbar spine")
    (request,) = review(replace(case, requests=(asked,)), REFERENCE).worksheet.requests
    assert [part.name for part in request.components] == [
        "Magnetic resonance imaging (cervical spine)",
        "Magnetic resonance imaging (lumbar spine)",
    ]
    assert [part.governing.id if part.governing else None for part in request.components] == [None, "mri.acoem-2004"]


def test_two_drugs_of_a_kind_in_one_case_are_seen(tmp_path: Path) -> None:
    case = brief(tmp_path)
    asked = replace(case.requests[0], text="Ibuprofen 800 mg TID and Naproxen 500 mg BID")
    (request,) = review(replace(case, requests=(asked,)), REFERENCE).worksheet.requests
    for part in request.components:
        assert part.governing is not None
        assert next(each.state for each in part.governing.criteria if each.id == "n3_one_at_a_time") == "NotMet"


def test_what_is_met_without_a_passage_of_the_record_is_said_to_be(tmp_path: Path) -> None:
    case = brief(tmp_path)
    dates = {"date_of_injury": date(2010, 5, 4), "ur_denial_date": date(2016, 11, 15)}
    asked = replace(case.requests[0], text="Physical therapy 2x6 lumbar")
    (request,) = review(replace(case, dates=dates, requests=(asked,)), REFERENCE).worksheet.requests
    assert request.conclusion is Conclusion.NECESSARY
    assert any("no passage of the record speaks for it" in note for note in request.notes)


@pytest.mark.slow
def test_a_picture_of_a_page_has_the_colour_of_the_box_where_the_passage_of_a_governing_criterion_stands(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    found = reviewed("thoracic-tpi-cbt")
    drawn, left_out = page_pictures(found)
    assert left_out == 0
    counted = [
        each
        for request in worksheet_json(found.worksheet)["requests"]
        for component in request["components"]
        for criterion in component["rules"][0]["criteria"]
        for each in criterion["evidence"]
        if component["rules"][0]["role"] == "governing" and each["box"]
    ]
    assert set(drawn) == {f"{each['document']}-p{each['page']}.png" for each in counted}
    for each in counted:
        shown = Image.open(io.BytesIO(drawn[f"{each['document']}-p{each['page']}.png"])).convert("RGB")
        x0, y0, x1, y1 = (2 * value for value in each["box"][0])  # 144 dots per inch
        red, _, blue = shown.crop((round(x0), round(y0), round(x1), round(y1))).split()
        yellow = sum(r - b > 80 for r, b in zip(red.tobytes(), blue.tobytes(), strict=True))
        assert yellow > 0.5 * red.width * red.height, each["quote"]
    monkeypatch.setattr("openimr.review._pictures._MOST_PICTURES", 1)
    first, left_out = page_pictures(found)
    assert (len(first), left_out) == (1, len(drawn) - 1)
    assert drawn.items() >= first.items()
