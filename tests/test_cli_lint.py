"""`imr lint` as a person meets it: what it prints and writes, how it ends; what it looks for is told elsewhere."""

from __future__ import annotations

import json
import os
import pty
import re
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import jsonschema
import pytest
from typer.testing import CliRunner, Result

from openimr.cli._main import app
from openimr.documents import Document
from openimr.letters import Severity, lint_schema
from openimr.letters._lint import _linter
from openimr.letters._lint._defect import Named
from openimr.letters._lint._desk import Desk
from openimr.letters._lint._parts import Beside, Letter
from openimr.library import Library
from openimr.sources import Span

ROOT = Path(__file__).resolve().parent.parent
LETTERS = Path(__file__).parent / "letters"
ONE = LETTERS / "01-f2-layout-mixed.txt"
CASE = "thoracic-tpi-cbt-documented"
CASE_YAML = "program: ca-dwc-imr\ndates: {ur_denial_date: 2014-04-02}\nrequests: [{text: Lumbar TPI x 2}]\n"

Check = Callable[[Letter, Beside, Desk], Iterator[Named]]


def imr(*words: object, given: str | None = None) -> Result:
    return CliRunner(env={"NO_COLOR": "1"}).invoke(app, list(map(str, words)), input=given)


def told(done: Result) -> str:
    """Standard output with the frames of the table gone, so that a sentence is one."""
    return " ".join(done.stdout.split())


def says(words: str, *, severity: Severity | None = None, code: str = "decision.contradicted") -> Check:
    """A check that names a word of the letter each time it stands there."""

    def check(letter: Letter, beside: Beside, desk: Desk) -> Iterator[Named]:
        for found in re.finditer(words, letter.text):
            yield Named(code, f"It says {words!r}.", 1, found.span(), severity=severity)

    return check


def held_against(letter: Letter, beside: Beside, desk: Desk) -> Iterator[Named]:
    """A check that names what the letter is held against: earlier letters, the case file, whether it was published."""
    for each in beside.earlier:
        yield Named("rationale.pasted", f"earlier: {Path(each.determination.source or '').name}")
    if beside.published:
        yield Named("contents.missing", "published", severity=Severity.INFORMATION)
    if beside.case:
        page = beside.case.documents[0].pages[0]
        record = Span(beside.case.documents[0].name, "0" * 64, 1, "1" * 64, 0, 14, page.text[:14])
        yield Named("fact.contradicted", f"held against {len(beside.case.records)} records", record=(record,))


@pytest.fixture
def checks(monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    """Put checks in place of those there are: `checks(says("Upheld"))`."""

    def put(*wanted: Check) -> None:
        monkeypatch.setattr(_linter, "CHECKS", wanted)

    return put


@pytest.fixture
def pile(tmp_path: Path) -> Path:
    """Three letters decided one after the other, named in another order, and the first of them once more."""
    text = ONE.read_text(encoding="utf-8")
    assert "02/06/2017" in text
    for name, day, number in (("b", "02/06/2017", 1), ("c", "02/01/2017", 2), ("a", "02/20/2017", 3), ("d", "02/06/2017", 1)):
        changed = text.replace("02/06/2017", day).replace("CM16-0241187", f"CM16-000000{number}")
        (tmp_path / f"{name}.txt").write_text(changed + "\n" * (name == "d"), encoding="utf-8")
    return tmp_path


@pytest.fixture
def case(tmp_path: Path) -> Path:
    folder = tmp_path / "case"
    (folder / "records").mkdir(parents=True)
    (folder / "case.yaml").write_text(CASE_YAML)
    (folder / "records" / "note.txt").write_text("PROGRESS REPORT\nPatient: X\nDate of service: 03/17/2014\nOBJECTIVE\nTender.\n")
    return folder


def test_a_defect_is_told_with_weight_place_code_sentence_ground_and_quote(checks: Callable[..., None]) -> None:
    checks(says("supraspinatus tear"))
    done = imr("lint", ONE)
    assert done.exit_code == 1
    line = next(number for number, line in enumerate(ONE.read_text().split("\n"), start=1) if "supraspinatus tear" in line)
    column = ONE.read_text().split("\n")[line - 1].index("supraspinatus") + 1
    assert f"error 1 {line}:{column} It says 'supraspinatus tear'." in told(done)
    assert "decision.contradicted: 8 CCR 9792.10.6(d); LC 4610.6(h)(5)" in told(done)
    assert "“supraspinatus tear”" in told(done)
    assert "CM16-0241187" in told(done)
    assert done.stdout.splitlines()[-1] == "1 letter: 1 error"


def test_a_clean_letter_is_said_to_be_clean(checks: Callable[..., None]) -> None:
    checks()
    done = imr("lint", ONE)
    assert done.exit_code == 0
    assert done.stdout.splitlines() == [f"{ONE}  CM16-0241187: nothing found", "1 letter: nothing found"]


@pytest.mark.parametrize("weight", [Severity.WARNING, Severity.INFORMATION])
def test_what_is_no_error_does_not_stop_a_letter(checks: Callable[..., None], weight: Severity) -> None:
    checks(says("supraspinatus tear", severity=weight))
    done = imr("lint", ONE)
    assert done.exit_code == 0
    assert f"{weight} 1 " in told(done)


def test_only_what_weighs_enough_is_shown_and_the_rest_is_counted(checks: Callable[..., None]) -> None:
    checks(says("supraspinatus tear", severity=Severity.WARNING), says("Overturned"), says("naproxen", severity=Severity.INFORMATION))
    shown = imr("lint", ONE, "--severity", "warning")
    assert "naproxen" not in shown.stdout
    assert "supraspinatus" in shown.stdout
    assert shown.stdout.splitlines()[-1].endswith("1 warning (1 of less weight not shown)")
    only = [json.loads(line) for line in imr("lint", ONE, "--severity", "error", "--json").stdout.splitlines()]
    assert {each["severity"] for each in only[0]["defects"]} == {"error"}
    wrong = imr("lint", ONE, "--severity", "fatal")
    assert wrong.exit_code == 2
    assert "choose one of error, warning, information" in wrong.stderr


def test_json_is_an_object_a_letter_whose_places_count_in_the_text_imr_read_prints(checks: Callable[..., None], pile: Path) -> None:
    checks(says("supraspinatus tear"), held_against)
    done = imr("lint", pile, "--json")
    assert done.exit_code == 1
    letters = [json.loads(line) for line in done.stdout.splitlines()]
    assert [Path(letter["source"]).name for letter in letters] == ["a.txt", "b.txt", "c.txt", "d.txt"]
    text = imr("read", pile / "a.txt", "--text").stdout
    for letter in letters:
        jsonschema.validate(letter, lint_schema())
    (named,) = [each for each in letters[0]["defects"] if each["span"]]
    assert text[slice(*named["span"])] == named["quote"] == "supraspinatus tear"
    assert letters[0]["case_number"] == "CM16-0000003"


def test_the_published_schema_is_the_one_that_holds() -> None:
    schema = lint_schema()
    jsonschema.Draft202012Validator.check_schema(schema)
    assert json.loads((ROOT / "docs" / "lint.schema.json").read_text(encoding="utf-8")) == schema


def test_the_manual_has_every_check_as_the_library_has_it(library: Library) -> None:
    held = [
        f"| `{code}` | {check.severity} | {check.title} | {check.ground} | {check.mark} |"
        for code, check in Desk(library, "ca-dwc-imr").checks.checks.items()
    ]
    table = [line for line in (ROOT / "docs" / "lint.md").read_text(encoding="utf-8").splitlines() if line.startswith("| `")]
    written = [line for line in table if "." in line.split("`")[1]]
    assert written == held, "put these lines into docs/lint.md:\n" + "\n".join(held)


def test_letters_are_held_against_those_decided_before_them_and_never_against_themselves(checks: Callable[..., None], pile: Path) -> None:
    checks(held_against)
    undated = (pile / "c.txt").read_text().replace("02/01/2017", "").replace("CM16-0000002", "CM16-0000009")
    (pile / "0.txt").write_text(undated, encoding="utf-8")
    letters = [json.loads(line) for line in imr("lint", pile, "--json").stdout.splitlines()]
    found = {Path(each["source"]).name: [defect["message"].split()[-1] for defect in each["defects"]] for each in letters}
    assert found == {
        "0.txt": ["c.txt", "b.txt", "d.txt", "a.txt"],  # without a date it is taken for the last
        "a.txt": ["c.txt", "b.txt", "d.txt"],
        "b.txt": ["c.txt"],
        "c.txt": [],
        "d.txt": ["c.txt"],  # b is the same letter once more
    }


def test_the_checks_know_that_letters_were_published(checks: Callable[..., None], pile: Path) -> None:
    checks(held_against)
    for letters in ((pile / "a.txt",), (pile / "a.txt", pile / "b.txt")):
        assert "published" not in imr("lint", *letters).stdout
        assert "information - published" in told(imr("lint", *letters, "--published"))


def test_a_letter_is_held_against_its_case_file(checks: Callable[..., None], case: Path) -> None:
    checks(held_against)
    done = imr("lint", ONE, "--case", case)
    assert "held against 1 records" in told(done)
    assert "against note.txt p. 1 “PROGRESS REPOR”" in told(done)
    (letter,) = [json.loads(line) for line in imr("lint", ONE, "--case", case, "--json").stdout.splitlines()]
    jsonschema.validate(letter, lint_schema())
    assert letter["defects"][0]["record"][0]["document"] == "note.txt"


def test_records_that_cannot_be_read_are_named_and_change_the_exit_status(checks: Callable[..., None], case: Path) -> None:
    checks()
    assert imr("lint", ONE, "--case", case).exit_code == 0
    (case / "records" / "torn.pdf").write_bytes(b"%PDF-1.4 and no more")
    done = imr("lint", ONE, "--case", case)
    assert done.exit_code == 1
    assert "torn.pdf cannot be read: " in done.stderr
    assert "unread, not silent" in done.stderr
    (case / "records" / "note.txt").unlink()
    nothing = imr("lint", ONE, "--case", case)
    assert nothing.exit_code == 2
    assert "no record that can be read" in nothing.stderr


def test_a_case_file_is_for_one_letter_and_must_be_one(checks: Callable[..., None], pile: Path, case: Path) -> None:
    checks()
    many = imr("lint", pile / "a.txt", pile / "b.txt", "--case", case)
    assert (many.exit_code, many.stdout) == (2, "")
    assert "--case holds one letter against its case file: name one letter" in many.stderr
    wrong = imr("lint", ONE, "--case", pile)
    assert wrong.exit_code == 2
    assert "case.yaml:1: missing" in wrong.stderr


def test_a_determination_is_checked_as_the_letter_it_makes(checks: Callable[..., None], tmp_path: Path) -> None:
    checks(says("supraspinatus tear"))
    draft = tmp_path / "determination.json"
    draft.write_text(imr("read", ONE, "--json").stdout, encoding="utf-8")
    (letter,) = [json.loads(line) for line in imr("lint", draft, "--json").stdout.splitlines()]
    assert letter["source"] == str(draft)
    text = imr("letter", draft, "--format", "txt", "--out", "-").stdout
    assert [text[slice(*each["span"])] for each in letter["defects"]] == ["supraspinatus tear"]


def test_a_determination_that_makes_no_letter_is_named(checks: Callable[..., None], tmp_path: Path) -> None:
    checks()
    data = json.loads(imr("read", ONE, "--json").stdout)
    (tmp_path / "a.json").write_text(json.dumps({**data, "program": "elsewhere"}), encoding="utf-8")
    data["requests"][0]["text"] = "Injection\n\nDecision: Overturned"
    (tmp_path / "b.json").write_text(json.dumps(data), encoding="utf-8")
    done = imr("lint", tmp_path / "a.json", tmp_path / "b.json", ONE)
    assert done.exit_code == 1
    assert "a.json: program: the library has no wording for letters of 'elsewhere'" in done.stderr
    assert "b.json: " in done.stderr
    assert done.stdout.splitlines()[-1] == "1 letter: nothing found"
    assert imr("lint", tmp_path / "a.json").exit_code == 2


def test_what_is_no_letter_is_named_and_the_others_are_checked(checks: Callable[..., None], tmp_path: Path) -> None:
    checks()
    (tmp_path / "recipe.txt").write_text("Take an onion.", encoding="utf-8")
    done = imr("lint", tmp_path / "recipe.txt", ONE, tmp_path / "nowhere.pdf")
    assert done.exit_code == 1
    assert "recipe.txt: it is no Final Determination" in done.stderr
    assert "nowhere.pdf: no such file or folder" in done.stderr
    assert done.stdout.splitlines()[-1] == "1 letter: nothing found"
    alone = imr("lint", tmp_path / "recipe.txt")
    assert (alone.exit_code, alone.stdout) == (2, "")


def test_a_letter_comes_through_a_pipe(checks: Callable[..., None]) -> None:
    checks()
    done = imr("lint", "-", given=ONE.read_text(encoding="utf-8"))
    assert done.stdout.splitlines()[0] == "standard input  CM16-0241187: nothing found"


def test_what_the_reader_of_letters_warns_of_is_passed_on(checks: Callable[..., None]) -> None:
    checks()
    assert "[layout.described]" in imr("lint", LETTERS / "09-notice-2013.txt").stderr


def test_one_letter_becomes_one_page(checks: Callable[..., None], tmp_path: Path) -> None:
    checks(says("supraspinatus tear"))
    assert imr("lint", ONE, "--html", tmp_path / "page.html").exit_code == 1
    assert '<mark class="error d1">supraspinatus tear</mark>' in (tmp_path / "page.html").read_text(encoding="utf-8")
    assert imr("lint", ONE, "--html", tmp_path).exit_code == 1
    assert (tmp_path / "01-f2-layout-mixed.html").read_bytes() == (tmp_path / "page.html").read_bytes()


def test_several_letters_become_a_folder_in_which_none_overwrites_another(checks: Callable[..., None], pile: Path) -> None:
    checks(says("supraspinatus tear"))
    for name in ("x/a.txt", "x/A.md", "x/index.txt"):
        (pile / name).parent.mkdir(exist_ok=True)
        shutil.copy(pile / "c.txt", pile / name)
    out = pile / "new" / "pages"
    imr("lint", pile / "a.txt", pile / "x", "--html", out)
    assert {path.name for path in out.iterdir()} == {"index.html", "a.html", "A-2.html", "a-3.html", "index-2.html"}
    assert 'href="a-3.html"' in (out / "index.html").read_text(encoding="utf-8")
    assert "CM16-0000003" in (out / "a.html").read_text(encoding="utf-8")


def test_pages_are_not_taken_for_letters_when_their_folder_is_checked_again(checks: Callable[..., None], pile: Path) -> None:
    checks()
    first = imr("lint", pile, "--html", pile / "pages")
    again = imr("lint", pile)
    assert (again.exit_code, again.stdout) == (0, first.stdout)
    assert f"{pile}: passed over 5 pages that imr made" in again.stderr


def test_pages_never_overwrite_a_letter_and_a_place_that_will_not_do_is_named(checks: Callable[..., None], pile: Path) -> None:
    checks()
    text = (pile / "a.txt").read_text(encoding="utf-8")
    page = pile / "a.html"
    page.write_text(f"<pre>{text}</pre>", encoding="utf-8")
    for out in (page, pile):
        refused = imr("lint", page, "--html", out)
        assert refused.exit_code == 2
        assert "it would overwrite a letter" in refused.stderr
    assert page.read_text(encoding="utf-8") == f"<pre>{text}</pre>"
    several = imr("lint", pile / "a.txt", pile / "b.txt", "--html", pile / "c.txt")
    assert several.exit_code == 2
    assert "several letters go into a folder" in several.stderr
    nowhere = imr("lint", pile / "a.txt", "--html", pile / "no" / "x.html")
    assert nowhere.exit_code == 2
    assert f"{pile / 'no' / 'x.html'}: No such file or directory: name a place" in nowhere.stderr


def test_results_go_to_their_file_though_progress_is_shown_on_the_terminal(pile: Path) -> None:
    """Rich sends what is printed beside its progress to where that is shown."""
    for command in ("read", "lint"):
        terminal, theirs = pty.openpty()
        done = subprocess.Popen(
            [sys.executable, "-c", "from openimr.cli import _review, main; main()", command, str(pile), "--json"],
            stdout=subprocess.PIPE,
            stderr=theirs,
            text=True,
            env={**os.environ, "TERM": "xterm"},
        )
        os.close(theirs)
        with ThreadPoolExecutor(1) as watching:
            shown = watching.submit(everything_on, terminal)
            written, _ = done.communicate(timeout=120)
        os.close(terminal)
        assert len([json.loads(line) for line in written.splitlines()]) == 4
        assert b"of 4 letters" in shown.result()


def everything_on(terminal: int) -> bytes:
    """What is shown on a terminal until nobody writes to it."""
    seen = b""
    try:
        while part := os.read(terminal, 4096):
            seen += part
    except OSError:  # how Linux tells that the other end is closed
        pass
    return seen


@pytest.mark.slow
def test_a_review_checks_its_own_letter_against_the_records_it_read(
    checks: Callable[..., None], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder, out = tmp_path / CASE, tmp_path / "out"
    shutil.copytree(ROOT / "examples" / CASE, folder)
    seen: list[Beside] = []

    def look(letter: Letter, beside: Beside, desk: Desk) -> Iterator[Named]:
        seen.append(beside)
        found = re.search("trigger point", letter.text)
        if found:
            yield Named("decision.contradicted", "It is named.", 1, found.span())

    checks(look)
    done = imr("review", folder, "--out", out)
    assert done.exit_code == 0, done.stderr
    assert f"defects 1 error: {out / 'lint.html'}" in told(done)
    data = json.loads((out / "lint.json").read_text(encoding="utf-8"))
    jsonschema.validate(data, lint_schema())
    letter = (out / "letter.md").read_text(encoding="utf-8")
    assert letter[slice(*data["defects"][0]["span"])] == "trigger point"
    assert data["source"] == "letter.md"
    assert '<mark class="error d1">trigger point</mark>' in (out / "lint.html").read_text(encoding="utf-8")
    assert seen[0].case is not None
    assert all(isinstance(each, Document) for each in seen[0].case.documents)
    assert len(seen[0].case.records) == len(json.loads((out / "worksheet.json").read_text(encoding="utf-8"))["records"])
    checks()
    clean = imr("review", folder, "--out", out)
    assert "defects nothing found" in told(clean)
    assert not (out / "lint.json").exists()
    assert not (out / "lint.html").exists()
    monkeypatch.setattr("openimr.cli._review._MOST_HELD_AGAINST", 0)
    checks(look)
    long = imr("review", folder, "--out", out)
    assert seen[-1].case is None
    assert "the letter was checked by itself" in long.stderr
    assert (out / "lint.html").exists()


@pytest.mark.slow
@pytest.mark.parametrize("name", ["cervical-relaxant", "lumbar-tpi-amrix", "thoracic-tpi-cbt-documented"])
def test_a_letter_drafted_from_an_example_has_no_error(name: str, tmp_path: Path) -> None:
    done = imr("review", ROOT / "examples" / name, "--out", tmp_path)
    assert "letter.pdf" in told(done)
    file = tmp_path / "lint.json"
    defects = json.loads(file.read_text(encoding="utf-8"))["defects"] if file.exists() else []
    assert [each for each in defects if each["severity"] == "error"] == []
