"""`imr guidelines` and `imr check`: what a physician, clerk or author meets on the terminal."""

from __future__ import annotations

import json
from pathlib import Path

import jsonschema
import pytest
from typer.testing import CliRunner, Result

from openimr.cli._main import app
from openimr.review import worksheet_schema

ROOT = Path(__file__).resolve().parent.parent


def imr(*words: str, library: Path | None = None) -> Result:
    env = {"COLUMNS": "80", "NO_COLOR": "1", "IMR_LIBRARY": str(library) if library else ""}
    return CliRunner().invoke(app, list(words), env=env)


def flat(text: str) -> str:
    return " ".join(text.split())


def test_the_library_checks_itself_and_says_first_how_well_it_is_known() -> None:
    found = imr("guidelines", "check")
    assert found.exit_code == 0, found.stderr
    first, second = flat(found.stdout).split(" In binding mode ", 1)
    assert first.startswith("Criteria by how well they are known: regulation ")
    assert "memory" in first
    assert "are held at NotEstablished by a criterion known from memory" in second
    assert "all come out as written" in second
    assert "  tpi.mtus-2009 " in found.stdout


@pytest.mark.slow
def test_the_check_is_data_too() -> None:
    data = json.loads(imr("guidelines", "check", "--json").stdout)
    assert data["sound"] is True
    assert sum(data["criteria_by_mark"].values()) == sum(rule["criteria"] for rule in data["rules"])
    binding = data["binding"]
    assert min(binding.values()) > 0
    assert binding["tests_alike"] + binding["tests_held"] + binding["tests_without_candidate"] == sum(
        rule["cases"] + rule["mutations"] for rule in data["rules"]
    )


def test_a_rule_is_shown_as_a_physician_would_read_it() -> None:
    told = flat(imr("guidelines", "show", "muscle_relaxant.mtus-2016").stdout)
    assert "recommends it on conditions" in told
    assert "m3_short_course Course no longer than 2-3 weeks" in told
    assert "since 2009-07-18: 21 days, stated as no longer than 2-3 weeks" in told
    assert "since 2016-07-29: 21 days" in told
    assert "Not tested, for the reviewer to check: not to be added to other agents" in told


def test_a_treatment_is_found_in_the_words_of_a_request() -> None:
    assert "urine_drug_test.mtus-2016" in imr("guidelines", "list", "random UDS").stdout
    assert "opioid.mtus-2016" in imr("guidelines", "show", "Norco").stdout
    listed = json.loads(imr("guidelines", "list", "TENS unit", "--on", "2016-10-03", "--json").stdout)
    assert [rule["id"] for rule in listed] == ["tens.acoem-2004", "tens.mtus-2016"]


def test_what_has_no_rule_is_named_with_what_may_have_been_meant() -> None:
    found = imr("guidelines", "show", "muscle_relaxants.mtus-2016")
    assert found.exit_code == 2
    assert (
        "muscle_relaxants.mtus-2016: no rule of that name and none for a treatment it names: did you mean muscle_relaxant.mtus-2016"
        in found.stderr
    )


def test_a_wrong_library_is_named_with_file_and_line(tmp_path: Path) -> None:
    folder = tmp_path / "own" / "guidelines" / "clinic"
    folder.mkdir(parents=True)
    (folder / "brace.yaml").write_text(
        "rules:\n  brace.clinic:\n    treatment: brase\n    source: {ref: ODG, locator: p. 1}\n    stance: for\n    verified: memory\n",
        encoding="utf-8",
    )
    found = imr("guidelines", "check", library=tmp_path / "own")
    assert found.exit_code == 2
    assert "brace.yaml:3: treatment 'brase' is not in treatments/*.yaml (did you mean 'brace'?)" in found.stderr


def test_before_any_record_a_requester_reads_what_to_document() -> None:
    found = imr("check", "--request", "Lumbar epidural steroid injection L4-5", "--on", "2016-03-01")
    assert found.exit_code == 0
    told = flat(found.stdout)
    assert "epidural_steroid_injection.mtus-2009" in told
    assert "- EMG or nerve conduction studies show radiculopathy of the requested region." in told
    assert "nothing is judged: this is what a requester has to document" in told


def test_a_request_that_names_nothing_known_says_so() -> None:
    found = imr("check", "--request", "Quantum unobtainium, 3 units", "--on", "2016-03-01")
    assert found.exit_code == 1
    assert "the request names no treatment the library knows" in flat(found.stdout)


@pytest.mark.slow
@pytest.mark.parametrize(("text", "status"), [("Lumbar trigger point injections x 3", 0), ("Lumbar trigger point injections x 9", 1)])
def test_a_request_is_held_against_a_case(text: str, status: int) -> None:
    found = imr("check", "--request", text, str(ROOT / "examples" / "lumbar-tp1-documented"), "--json")
    assert found.exit_code == status, found.stderr
    data = json.loads(found.stdout)
    assert (data["mode"], data["on"]) == ("advisory", "2014-02-26")
    request = {name: value for name, value in data.items() if name not in ("mode", "on", "case")}
    jsonschema.validate(request, worksheet_schema()["properties"]["requests"]["items"])
    assert request["conclusion"] == ("Necessary" if status == 0 else "NotNecessary")


@pytest.mark.slow
def test_binding_mode_lets_nothing_known_from_memory_decide() -> None:
    case = str(ROOT / "examples" / "lumbar-tp1-documented")
    found = imr("check", "--request", "Lumbar trigger point injections x 3", case, "--mode", "binding", "--json")
    data = json.loads(found.stdout)
    assert (found.exit_code, data["conclusion"], data["mode"]) == (1, "NotEstablished", "binding")
    assert imr("check", "--request", "TPI", "--mode", "strict").exit_code == 2
