"""The commands as a person meets them: what they print, what they write, how they end."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
CASE = "thoracic-tpi-cbt-documented"


def imr(*words: object, columns: int = 140) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "COLUMNS": str(columns), "NO_COLOR": "1"}
    command = [sys.executable, "-c", "from openimr.cli import main; main()", *map(str, words)]
    return subprocess.run(command, capture_output=True, text=True, env=environment, timeout=300, check=False)


@pytest.fixture(scope="module")
def case(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("cases") / CASE
    shutil.copytree(ROOT / "examples" / CASE, folder)
    return folder


@pytest.fixture(scope="module")
def out(case: Path) -> Path:
    done = imr("review", case)
    assert done.returncode == 0, done.stderr
    return case / "out"


def test_help_names_the_commands() -> None:
    shown = imr("--help")
    assert shown.returncode == 0
    assert {"review", "verify", "demo"} <= set(shown.stdout.split())


@pytest.mark.slow
def test_a_review_writes_worksheet_determination_and_letter(out: Path) -> None:
    assert {"worksheet.json", "worksheet.html", "determination.json", "letter.pdf", "letter.md"} <= {path.name for path in out.iterdir()}
    sheet = json.loads((out / "worksheet.json").read_text())
    assert sheet["requests"][0]["proposed"] == "overturned"
    draft = json.loads((out / "determination.json").read_text())
    assert [request["decision"] for request in draft["requests"]] == [None, None]
    assert "DRAFT" in (out / "letter.md").read_text().upper()
    assert (out / "letter.pdf").read_bytes().startswith(b"%PDF-")


@pytest.mark.slow
def test_the_same_case_gives_the_same_bytes(case: Path, out: Path, tmp_path: Path) -> None:
    assert imr("review", case, "--out", tmp_path).returncode == 0
    for name in ("worksheet.json", "worksheet.html", "determination.json", "letter.md", "letter.pdf"):
        assert (tmp_path / name).read_bytes() == (out / name).read_bytes(), name


@pytest.mark.slow
def test_the_table_shows_state_criterion_and_passage(case: Path, out: Path, tmp_path: Path) -> None:
    del out
    shown = imr("review", case, "--out", tmp_path).stdout
    assert "✓ met" in shown
    assert "packet-1.pdf p." in shown
    assert "a reviewer decides" in shown


@pytest.mark.slow
def test_json_is_one_object_a_line(case: Path, tmp_path: Path) -> None:
    done = imr("review", case, case, "--json", "--out", tmp_path)
    assert done.returncode == 0
    assert len([json.loads(line) for line in done.stdout.splitlines()]) == 2


@pytest.mark.slow
def test_pictures_are_written_if_wanted_and_those_of_an_earlier_review_are_gone(case: Path, tmp_path: Path) -> None:
    old = tmp_path / "pages" / "packet-9.pdf-p1.png"
    old.parent.mkdir()
    old.write_bytes(b"old")
    done = imr("review", case, "--out", tmp_path, "--pictures")
    assert done.returncode == 0, done.stderr
    written = sorted(path.name for path in (tmp_path / "pages").iterdir())
    assert f"pictures   {len(written)} in {tmp_path / 'pages'}" in done.stdout
    assert written
    assert all((tmp_path / "pages" / name).read_bytes().startswith(b"\x89PNG") for name in written)
    assert old.name not in written
    assert imr("review", case, "--out", tmp_path).returncode == 0
    assert not any((tmp_path / "pages").iterdir())


@pytest.mark.slow
def test_verify_says_how_many_quotes_stand(case: Path, out: Path) -> None:
    done = imr("verify", out / "worksheet.json", case)
    assert done.returncode == 0
    told = done.stdout.split()
    assert told[0] == told[2]


@pytest.mark.slow
def test_verify_names_a_record_whose_bytes_changed(case: Path, out: Path, tmp_path: Path) -> None:
    copy = tmp_path / "case"
    shutil.copytree(case, copy)
    packet = copy / "records" / "packet-1.pdf"
    packet.write_bytes(packet.read_bytes() + b"\n")
    done = imr("verify", out / "worksheet.json", copy)
    assert done.returncode == 1
    assert "packet-1.pdf: the file is not the one that was reviewed" in done.stderr


@pytest.mark.slow
def test_verify_without_a_worksheet_says_what_to_name(case: Path, tmp_path: Path) -> None:
    (tmp_path / "w.json").write_text("{}")
    for file in (tmp_path / "w.json", tmp_path / "nowhere.json", case / "case.yaml"):
        done = imr("verify", file, case)
        assert done.returncode == 2
        assert "name a worksheet.json that imr review wrote" in done.stderr
        assert "Traceback" not in done.stderr


@pytest.mark.slow
def test_a_bad_case_is_one_line_and_the_others_are_finished(case: Path, tmp_path: Path) -> None:
    empty = tmp_path / "empty"
    empty.mkdir()
    malformed = tmp_path / "malformed"
    shutil.copytree(case, malformed)
    (malformed / "case.yaml").write_text("program: ca-dwc-imr\nrequests:\n  - txt: x\n")
    done = imr("review", empty, malformed, case, "--out", tmp_path / "out")
    assert done.returncode == 1
    assert (tmp_path / "out" / CASE / "letter.pdf").is_file()
    lines = done.stderr.splitlines()
    assert len(lines) == 2
    assert lines[0].startswith(f"{empty}/case.yaml:1: missing")
    assert lines[1].startswith(f"{malformed}/case.yaml:3: ")
    assert "Traceback" not in done.stderr


@pytest.mark.slow
def test_two_cases_of_one_name_do_not_overwrite_each_other(case: Path, tmp_path: Path) -> None:
    other = tmp_path / case.name
    shutil.copytree(case, other)
    done = imr("review", case, other, "--out", tmp_path / "out")
    assert done.returncode == 2
    assert "would overwrite the other" in done.stderr
    assert not (tmp_path / "out").exists()


def test_nothing_but_bad_cases_ends_with_2(tmp_path: Path) -> None:
    done = imr("review", tmp_path / "nowhere")
    assert done.returncode == 2
    assert "no such folder" in done.stderr


@pytest.mark.slow
def test_another_day_is_asked_for_with_on(case: Path, tmp_path: Path) -> None:
    done = imr("review", case, "--on", "2018-06-01", "--out", tmp_path)
    assert done.returncode == 0
    assert "NoGuideline" in done.stdout
    assert imr("review", case, "--on", "soon", "--out", tmp_path).returncode == 2


def test_a_wrong_library_stops_everything_with_file_and_line(case: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "facts").mkdir()
    (tmp_path / "facts" / "x.yaml").write_text("facts:\n  a: {label: A}\n")
    monkeypatch.setenv("IMR_LIBRARY", str(tmp_path))
    done = imr("review", case, "--out", tmp_path / "out")
    assert done.returncode == 2
    assert "the library does not open:" in done.stderr
    assert "facts/x.yaml:2: " in done.stderr


def test_demo_outside_the_repository_says_what_to_do(tmp_path: Path) -> None:
    done = imr("demo", "--examples", tmp_path, "--out", tmp_path / "out", "--no-serve")
    assert done.returncode == 2
    assert "no example cases here" in done.stderr
