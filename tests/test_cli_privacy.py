"""No text of a record ever reaches a log, a warning or an error message."""

from __future__ import annotations

import json
import logging
import warnings
from pathlib import Path

import docx
import pikepdf
import pytest
from typer.testing import CliRunner, Result

from openimr.cli._main import app

ROOT = Path(__file__).resolve().parent.parent
SECRET = "Quintessa Zarzuela has a taut band"  # stands in every record, as a sentence would
WORDS = ("Quintessa", "Zarzuela", "taut band")


def run(*arguments: str, input_: str | None = None) -> Result:
    return CliRunner().invoke(app, list(arguments), input=input_)


def spilt(result: Result) -> list[str]:
    said = result.stderr + (repr(result.exception) if result.exception and not isinstance(result.exception, SystemExit) else "")
    return [word for word in WORDS if word.lower() in said.lower()]


def pdf_with(text: str) -> pikepdf.Pdf:
    pdf = pikepdf.new()
    page = pdf.add_blank_page(page_size=(612, 792))
    page.Resources = pikepdf.Dictionary(
        Font=pikepdf.Dictionary(F=pikepdf.Dictionary(Type=pikepdf.Name.Font, Subtype=pikepdf.Name.Type1, BaseFont=pikepdf.Name.Helvetica))
    )
    page.Contents = pdf.make_stream(f"BT /F 12 Tf 72 700 Td ({text}) Tj ET".encode())
    return pdf


@pytest.fixture
def case(tmp_path: Path) -> Path:
    """A case folder whose records all say the sentence, some of them broken in every way there is."""
    folder = tmp_path / "case"
    records = folder / "records"
    records.mkdir(parents=True)
    (folder / "case.yaml").write_text("program: ca-dwc-imr\ndates: {ur_denial_date: 2014-04-02}\nrequests: [{text: Lumbar TPI x 2}]\n")
    (records / "good.txt").write_text(f"PROGRESS REPORT\nPatient: X\nDate of service: 03/17/2014\nOBJECTIVE\n{SECRET}.\n")
    (records / "odd.txt").write_bytes(b"\x81\x8d\x8f" + SECRET.encode() + b"\x00\x9d")
    (records / "binary.txt").write_bytes(b"%PDF-1.4 " + SECRET.encode())
    (records / "page.html").write_text(f"<html><body><p>{SECRET}")
    (records / "not.html").write_text(SECRET)
    pdf = pdf_with(SECRET)
    pdf.save(records / "good.pdf")
    whole = (records / "good.pdf").read_bytes()
    (records / "cut.pdf").write_bytes(whole[:-30])
    (records / "bent.pdf").write_bytes(whole.replace(b"/Type", b"/Tyqe"))
    pdf.save(records / "locked.pdf", encryption=pikepdf.Encryption(owner="a", user="b"))
    document = docx.Document()
    document.add_paragraph(SECRET)
    document.save(str(records / "good.docx"))
    (records / "bad.docx").write_bytes((records / "good.docx").read_bytes()[:-400])
    (records / "bundle.json").write_text(json.dumps({"resourceType": "Bundle", "entry": [{"resource": {"text": SECRET}}]}))
    (records / "torn.json").write_text('{"resourceType": "' + SECRET)
    (records / "torn.rtf").write_text("{\\rtf1 " + SECRET)
    (records / "good.yaml").write_text(f"type: {SECRET}\n")
    (records / "mail.eml").write_text(SECRET)
    return folder


@pytest.mark.slow
def test_reviewing_broken_records_spills_none_of_their_text(case: Path, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.DEBUG), warnings.catch_warnings(record=True) as warned:
        warnings.simplefilter("always")
        done = run("review", str(case))
    assert done.exit_code == 1
    assert SECRET in (case / "out" / "worksheet.json").read_text()  # it is read, and stands where it should
    assert spilt(done) == []
    logged = caplog.text + " ".join(str(each.message) for each in warned)
    assert not any(word in logged for word in WORDS)


@pytest.mark.slow
def test_a_quote_that_stands_no_more_is_not_repeated(case: Path) -> None:
    run("review", str(case))
    (case / "records" / "good.txt").write_text(f"PROGRESS REPORT\nDate of service: 03/17/2014\nOBJECTIVE\n{SECRET} no more.\n")
    (case / "records" / "good.pdf").unlink()
    done = run("verify", str(case / "out" / "worksheet.json"), str(case))
    assert done.exit_code == 1
    assert "good.txt" in done.stderr
    assert spilt(done) == []


@pytest.mark.parametrize(
    "arguments",
    [
        ("check", "--request", "Lumbar TPI x 2"),
        ("records", "index"),
        ("records", "search", "zebra"),
        ("lint", str(ROOT / "tests" / "letters" / "01-f2-layout-mixed.txt"), "--case"),
    ],
)
def test_other_commands_on_the_case_spill_nothing(case: Path, arguments: tuple[str, ...]) -> None:
    order = [*arguments, str(case)] if arguments[1:2] != ("search",) else ["records", "search", str(case), "zebra"]
    assert spilt(run(*order)) == []


def test_letters_that_are_none_and_lines_that_are_wrong_are_not_repeated(case: Path) -> None:
    records = [str(path) for path in sorted((case / "records").iterdir())]
    assert [spilt(run(command, *records)) for command in ("read", "lint")] == [[], []]
    lines = "\n".join(
        [SECRET, json.dumps(SECRET), json.dumps({"text": SECRET, "start": 90, "end": 3}), json.dumps({"text": [SECRET], "start": SECRET})]
    )
    done = run("evidence", "assert", input_=lines)
    assert (done.exit_code, spilt(done)) == (2, [])
