"""`imr records` as a clerk meets it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import jsonschema
import pytest

from openimr.review import inventory_schema, search_schema

ROOT = Path(__file__).resolve().parent.parent
PATIENT = "Patient: Jane Doe    DOB: 02/11/1970    Date of injury: 10/13/2010\n"
FILES = {
    "application.txt": "APPLICATION FOR INDEPENDENT MEDICAL REVIEW\nEmployee name: Jane Doe\nDate of application: 04/09/2014\n",
    "decision.txt": "NOTICE OF UTILIZATION REVIEW DETERMINATION\nInjured worker: Jane Doe\nDetermination date: 04/02/2014\n",
    "rfa.txt": "REQUEST FOR AUTHORIZATION (DWC Form RFA)\nEmployee name: Jane Doe\nDate of request: 03/20/2014\n",
    "visit.txt": f"PROGRESS REPORT (PR-2)\n{PATIENT}Date of visit: 03/17/2014\nSpasm and a taut band. Work as before.\nAnn Roe, MD",
}
CASE = """
program: ca-dwc-imr
case_number: CM14-1
dates: {rfa_date: 2014-03-20, ur_denial_date: 2014-04-02}
requests: [{text: Physical therapy}]
"""
LISTED = "Records reviewed:\n- MRI lumbar spine, 06/14/2012\n- Claim notes\n"


def imr(*words: object) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-c", "from openimr.cli import main; main()", "records", *map(str, words)]
    environment = {**os.environ, "COLUMNS": "140", "NO_COLOR": "1"}
    return subprocess.run(command, capture_output=True, text=True, env=environment, timeout=120, check=False)


@pytest.fixture
def case(tmp_path: Path) -> Path:
    (tmp_path / "records").mkdir()
    (tmp_path / "case.yaml").write_text(CASE)
    for name, text in FILES.items():
        (tmp_path / "records" / name).write_text(text)
    return tmp_path


def test_a_whole_file_is_listed_and_ends_with_0(case: Path) -> None:
    done = imr("index", case)
    assert (done.returncode, done.stderr) == (0, "")
    assert "progress report" in done.stdout
    assert "visit.txt p. 1" in done.stdout
    assert "4 records\nnothing is known to be missing\n" in done.stdout


def test_what_is_missing_spoken_of_and_twice_is_said_and_ends_with_1(case: Path) -> None:
    (case / "records" / "rfa.txt").unlink()
    (case / "records" / "visit again.txt").write_text(FILES["visit.txt"])
    (case / "records" / "decision.txt").write_text(FILES["decision.txt"] + LISTED)
    done = imr("index", case)
    assert done.returncode == 1
    assert "duplicate of no. 3 (100" in done.stdout
    assert "missing: the request for authorization (DWC Form RFA) (8 CCR 9792.10.5" in done.stdout
    assert "not in the file: MRI lumbar spine, 2012-06-14: named in decision.txt p. 1" in done.stdout
    assert "not in the file: Claim notes, undated: named in decision.txt p. 1" in done.stdout


def test_json_of_both_fits_its_published_schema(case: Path) -> None:
    indexed = json.loads(imr("index", case, "--json").stdout)
    jsonschema.validate(indexed, inventory_schema())
    assert (indexed["case"], len(indexed["records"])) == ("CM14-1", 4)
    found = json.loads(imr("search", case, "taut band", "--json").stdout)
    jsonschema.validate(found, search_schema())
    assert [(hit["rank"], hit["document"], hit["record"]) for hit in found["hits"]] == [(1, "visit.txt", 4)]
    for name, schema in (("inventory", inventory_schema()), ("search", search_schema())):
        assert json.loads((ROOT / "docs" / f"{name}.schema.json").read_text(encoding="utf-8")) == schema


def test_the_same_file_gives_the_same_bytes(case: Path) -> None:
    assert imr("index", case, "--json").stdout == imr("index", case, "--json").stdout


def test_a_search_shows_page_record_and_the_words_found(case: Path) -> None:
    done = imr("search", case, "taut spasm")
    assert (done.returncode, done.stderr) == (0, "")
    assert "[Spasm]" in done.stdout
    assert "[taut]" in done.stdout
    assert "visit.txt p. 1" in done.stdout
    assert "progress report, 2014-03-17" in done.stdout
    assert "1 passage on 4 pages" in done.stdout


def test_a_search_needs_no_case_data_and_finding_nothing_is_an_answer(case: Path) -> None:
    (case / "case.yaml").unlink()
    done = imr("search", case, "unicorn")
    assert (done.returncode, done.stdout) == (0, "unicorn: not found on 4 pages\n")


def test_what_could_not_be_read_is_named_and_ends_with_1(case: Path) -> None:
    (case / "records" / "lost.pdf").write_bytes(b"")
    for words in (("index", case), ("search", case, "spasm")):
        done = imr(*words)
        assert done.returncode == 1
        assert "lost.pdf cannot be read: the file is empty" in done.stderr
        assert done.stdout


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (("index", "{none}"), "case.yaml"),
        (("search", "{none}", "pain"), "no such folder"),
        (("search", "{case}", '""'), "give one or more words"),
        (("index", "{bare}"), "no records"),
        (("search", "{bare}", "pain"), "no record that can be read"),
        (("index", "{strange}"), "program 'xx' is not in the library"),
    ],
)
def test_what_cannot_be_done_is_one_line_and_ends_with_2(case: Path, words: tuple[str, ...], message: str) -> None:
    folders = {"none": case / "nowhere", "case": case, "bare": case / "bare", "strange": case / "strange"}
    (folders["bare"] / "records").mkdir(parents=True)
    (folders["bare"] / "case.yaml").write_text(CASE)
    (folders["strange"] / "records").mkdir(parents=True)
    (folders["strange"] / "case.yaml").write_text(CASE.replace("ca-dwc-imr", "xx"))
    done = imr(*(word.format(**folders) for word in words))
    assert done.returncode == 2
    assert message in done.stderr
    assert "Traceback" not in done.stderr
    assert done.stdout == ""


def test_no_text_of_a_record_reaches_a_message(case: Path) -> None:
    (case / "records" / "broken.txt").write_bytes(b"Jane Doe's secret \x81\x8d\x00\xff\xfe\x90 " * 3)
    for words in (("index", case), ("search", case, "pain")):
        assert "secret" not in imr(*words).stderr


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("reports: [note_of_nothing]\n", "'note_of_nothing' is not a kind of record"),
        ("kinds: {strange: {label: Strange, titles: ['(report)?  (note)?']}}\n", "has no word that must stand there"),
        ("kinds: {strange: {label: Strange, titles: [strange report], days_off: -1}}\n", "days_off"),
    ],
)
def test_a_wrong_kind_of_record_stops_with_file_and_mend(
    case: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, text: str, message: str
) -> None:
    own = tmp_path / "own" / "documents"
    own.mkdir(parents=True)
    (own / "more.yaml").write_text(text)
    monkeypatch.setenv("IMR_LIBRARY", str(own.parent))
    for words in (("index", case), ("search", case, "pain")):
        done = imr(*words)
        assert done.returncode == 2
        assert "the library does not open" in done.stderr
        assert "more.yaml" in done.stderr
        assert message in done.stderr
