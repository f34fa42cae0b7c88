"""`imr read` and `imr letter` as a person meets them."""

from __future__ import annotations

import csv
import io
import json
import os
import subprocess
import sys
from pathlib import Path

import jsonschema
import pytest

from openimr.determinations import determination_schema

LETTERS = Path(__file__).parent / "letters"
ONE = next(path for path in sorted(LETTERS.glob("01*")) if not path.name.endswith(".json"))


def imr(*words: object, given: str | None = None, columns: int = 140) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "COLUMNS": str(columns), "NO_COLOR": "1"}
    command = [sys.executable, "-c", "from openimr.cli import main; main()", *map(str, words)]
    return subprocess.run(command, capture_output=True, text=True, env=environment, timeout=120, check=False, input=given)


@pytest.fixture(scope="module")
def mixed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with two letters, a text that is none, a broken PDF, and things no one would call a letter."""
    folder = tmp_path_factory.mktemp("mixed")
    (folder / "a").mkdir()
    (folder / "a" / "one.txt").write_bytes(ONE.read_bytes())
    (folder / "two.txt").write_bytes(ONE.read_bytes())
    (folder / "recipe.txt").write_text("Take an onion.", encoding="utf-8")
    (folder / "broken.pdf").write_bytes(b"%PDF-1.7 and no more")
    (folder / "sheet.xlsx").write_bytes(b"PK")
    (folder / ".hidden.txt").write_text("x", encoding="utf-8")
    return folder


def test_json_is_one_object_a_line_that_fits_the_schema(mixed: Path) -> None:
    done = imr("read", mixed, "--json", "--spans")
    assert done.returncode == 1
    records = [json.loads(line) for line in done.stdout.splitlines()]
    assert [record["source"] for record in records] == [str(mixed / "two.txt"), str(mixed / "a" / "one.txt")]
    for record in records:
        jsonschema.validate(record, determination_schema())
        assert record["spans"]["requests[0].decision"]
    complaints = done.stderr.splitlines()
    assert any("recipe.txt: it is no Final Determination" in line for line in complaints)
    assert any("broken.pdf: the end of the PDF is missing" in line for line in complaints)
    assert any("passed over what is no letter by its name: 1 .xlsx" in line for line in complaints)
    assert "Traceback" not in done.stderr


def test_places_count_in_the_text_that_can_be_printed() -> None:
    record = json.loads(imr("read", ONE, "--json", "--spans").stdout)
    text = imr("read", ONE, "--text").stdout
    for path, value in (("case_number", record["case_number"]), ("requests[0].decision", record["requests"][0]["decision"])):
        start, end = record["spans"][path]
        assert text[start:end].lower() == value.lower()


def test_a_letter_comes_through_a_pipe() -> None:
    done = imr("read", "-", "--json", given=ONE.read_text(encoding="utf-8"))
    assert done.returncode == 0
    record = json.loads(done.stdout)
    assert record["source"] == "standard input"
    assert record["requests"] == json.loads(imr("read", ONE, "--json").stdout)["requests"]


def test_csv_has_a_row_a_request() -> None:
    done = imr("read", ONE, "--csv")
    assert done.returncode == 0
    rows = list(csv.DictReader(io.StringIO(done.stdout)))
    record = json.loads(imr("read", ONE, "--json").stdout)
    assert [row["text"] for row in rows] == [request["text"] for request in record["requests"]]
    assert {row["case_number"] for row in rows} == {record["case_number"]}
    assert rows[0]["decision"] == record["requests"][0]["decision"]


def test_a_cell_that_a_spreadsheet_would_run_is_text(tmp_path: Path) -> None:
    text = ONE.read_text(encoding="utf-8")
    title = json.loads(imr("read", ONE, "--json").stdout)["requests"][0]["text"].split()[0]
    (tmp_path / "a.txt").write_text(text.replace(title, f"=HYPERLINK(1)+{title}", 1), encoding="utf-8")
    rows = list(csv.reader(io.StringIO(imr("read", tmp_path / "a.txt", "--csv").stdout)))
    assert not any(cell.startswith("=") for row in rows for cell in row)


@pytest.mark.slow
def test_parquet_has_the_same_rows_typed(tmp_path: Path) -> None:
    from pyarrow import parquet

    out = tmp_path / "letters.parquet"
    assert imr("read", ONE, "--parquet", out).returncode == 0
    table = parquet.read_table(out)
    record = json.loads(imr("read", ONE, "--json").stdout)
    assert table.num_rows == len(record["requests"])
    assert str(table.schema.field("decision_date").type) == "date32[day]"
    assert table.column("decision_date")[0].as_py().isoformat() == record["decision_date"]
    missing = imr("read", ONE, "--parquet", tmp_path / "nowhere" / "x.parquet")
    assert missing.returncode == 2
    assert "make it first" in missing.stderr


def test_the_table_names_cases_requests_and_decisions() -> None:
    done = imr("read", ONE)
    record = json.loads(imr("read", ONE, "--json").stdout)
    assert record["case_number"] in done.stdout
    assert "1 letter, 3 items: " in done.stdout


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("nowhere.pdf",), "nowhere.pdf: no such file or folder"),
        ((ONE, "--json", "--csv"), "--json and --csv exclude each other"),
        ((ONE, "--spans"), "--spans belongs to --json"),
    ],
)
def test_what_cannot_be_done_ends_with_two_and_says_why(words: tuple[object, ...], said: str) -> None:
    done = imr("read", *words)
    assert done.returncode == 2
    assert said in done.stderr
    assert done.stdout == ""


def test_an_empty_folder_has_no_letters(tmp_path: Path) -> None:
    done = imr("read", tmp_path)
    assert done.returncode == 2
    assert "no letters here" in done.stderr


# --- imr letter


@pytest.fixture
def determination(tmp_path: Path) -> Path:
    path = tmp_path / "determination.json"
    path.write_text(imr("read", ONE, "--json").stdout, encoding="utf-8")
    return path


@pytest.mark.parametrize(
    ("kind", "begins"),
    [("pdf", b"%PDF-"), ("docx", b"PK"), ("html", b"<!doctype html>"), ("md", b"> **DRAFT"), ("txt", b"DRAFT"), ("json", b"{")],
)
def test_a_determination_becomes_a_letter_beside_it(determination: Path, kind: str, begins: bytes) -> None:
    done = imr("letter", determination, "--format", kind, *(["--out", determination.with_name("copy.json")] if kind == "json" else []))
    assert done.returncode == 0, done.stderr
    written = determination.with_name("copy.json" if kind == "json" else f"letter.{kind}")
    assert written.read_bytes().startswith(begins)
    back = json.loads(imr("read", written, "--json").stdout)
    first = json.loads(determination.read_text(encoding="utf-8"))
    assert [request["text"] for request in back["requests"]] == [request["text"] for request in first["requests"]]
    assert back["outcome"] == first["outcome"]


def test_a_letter_goes_through_pipes(determination: Path) -> None:
    done = imr("letter", "-", "--format", "md", given=determination.read_text(encoding="utf-8"))
    assert done.returncode == 0
    assert "# Independent Medical Review Final Determination" in done.stdout


@pytest.mark.parametrize(
    ("content", "said"),
    [("{}", "not a determination"), ("not json", "not a determination"), ('{"requests": [{"number": "x"}]}', "requests[0].number")],
)
def test_what_is_no_determination_makes_no_letter(tmp_path: Path, content: str, said: str) -> None:
    path = tmp_path / "a.json"
    path.write_text(content, encoding="utf-8")
    done = imr("letter", path)
    assert done.returncode == 2
    assert said in done.stderr or "none of the headings" in done.stderr
    assert list(tmp_path.iterdir()) == [path]


def test_a_text_that_would_be_misread_is_refused_with_its_place(determination: Path) -> None:
    data = json.loads(determination.read_text(encoding="utf-8"))
    data["requests"][0]["text"] += " Decision: Overturned"
    determination.write_text(json.dumps(data), encoding="utf-8")
    done = imr("letter", determination)
    assert done.returncode == 2
    assert "requests[0].text: 'Decision:' would be read as part of the letter itself: word it differently" in done.stderr


def test_an_unknown_format_is_named_with_those_there_are(determination: Path) -> None:
    done = imr("letter", determination, "--format", "rtf")
    assert done.returncode == 2
    assert "rtf: no such format: choose one of pdf, docx, html, md, txt, json" in done.stderr


def test_a_worksheet_is_no_determination(tmp_path: Path) -> None:
    path = tmp_path / "worksheet.json"
    path.write_text(json.dumps({"case": "x", "requests": [], "records": [], "missing": []}), encoding="utf-8")
    done = imr("letter", path)
    assert done.returncode == 2
    assert "make it a worksheet" in done.stderr


def test_several_letters_in_one_file_are_told(tmp_path: Path, determination: Path) -> None:
    path = tmp_path / "two.json"
    path.write_text(determination.read_text(encoding="utf-8") * 2, encoding="utf-8")
    assert "it holds 2 letters, one a line" in imr("letter", path).stderr


def test_a_wrong_value_is_named_with_its_place(determination: Path) -> None:
    data = json.loads(determination.read_text(encoding="utf-8"))
    data["requests"][1]["decision"] = "maybe"
    determination.write_text(json.dumps(data), encoding="utf-8")
    assert "requests[1].decision: Input should be 'upheld' or 'overturned'" in imr("letter", determination).stderr


@pytest.mark.slow
def test_what_the_letter_goes_to_is_kept_as_it_is(determination: Path) -> None:
    target = determination.with_name("target.md")
    target.write_text("before", encoding="utf-8")
    link = determination.with_name("link.md")
    link.symlink_to(target)
    assert imr("letter", determination, "--out", link).returncode == 0
    assert link.is_symlink()
    assert target.read_text(encoding="utf-8").startswith("> **DRAFT")
    pipe = determination.with_name("pipe.md")
    os.mkfifo(pipe)
    with subprocess.Popen(["cat", pipe], stdout=subprocess.PIPE, text=True) as reader:
        assert imr("letter", determination, "--out", pipe).returncode == 0
        assert reader.stdout is not None
        assert reader.stdout.read().startswith("> **DRAFT")
    assert pipe.is_fifo()
    assert "it is a folder" in imr("letter", determination, "--out", determination.parent).stderr


def test_a_draft_that_is_read_says_that_it_decides_nothing(determination: Path) -> None:
    imr("letter", determination, "--format", "md")
    record = json.loads(imr("read", determination.with_name("letter.md"), "--json").stdout)
    assert "letter.draft" in [warning["code"] for warning in record["warnings"]]


def test_part_of_a_letter_says_so(tmp_path: Path) -> None:
    text = ONE.read_text(encoding="utf-8")
    (tmp_path / "part.txt").write_text(text[text.index("IMR ISSUES") :], encoding="utf-8")
    record = json.loads(imr("read", tmp_path / "part.txt", "--json").stdout)
    assert "letter.partial" in [warning["code"] for warning in record["warnings"]]
