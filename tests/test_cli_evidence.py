"""`imr evidence assert` answers every line it is sent."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from openimr.cli._main import app

STATUSES = {"negated", "uncertain", "historical", "hypothetical", "other_person"}


def asked(lines: str) -> Result:
    return CliRunner().invoke(app, ["evidence", "assert"], input=lines)


def about(text: str, part: str) -> str:
    start = text.index(part)
    return json.dumps({"text": text, "start": start, "end": start + len(part)}) + "\n"


@pytest.mark.parametrize(
    ("text", "part", "holds"),
    [
        ("No taut band was felt in the upper trapezius.", "taut band", {"negated"}),
        ("Palpable taut band in the upper trapezius, no twitch.", "taut band", set()),
        ("Twitch response: none.", "Twitch response", {"negated"}),
        ("Straight leg raise (-) on the left.", "Straight leg raise", {"negated"}),
        ("Other than a small tear the menisci are unremarkable.", "tear", set()),
        ("The findings raise the question of complex regional pain syndrome.", "complex regional pain syndrome", {"uncertain"}),
        ("His numbness cleared completely within a month.", "numbness", {"historical"}),
        ("She completed twelve visits of physical therapy last spring.", "physical therapy", {"historical"}),
        ("Call the office should numbness of the foot come on.", "numbness", {"hypothetical"}),
        ("We request authorization for an epidural steroid injection at L4-5.", "epidural steroid injection", {"hypothetical"}),
        ("His older brother was operated on for a herniated disc.", "herniated disc", {"other_person"}),
        ("Lives with her husband; she has sciatica on the left.", "sciatica", set()),
        ("The reports do not document a local twitch response.", "local twitch response", set()),
    ],
)
def test_a_sentence_is_answered_as_a_reader_would(text: str, part: str, holds: set[str]) -> None:
    done = asked(about(text, part))
    assert done.exit_code == 0
    answer = json.loads(done.stdout)
    assert set(answer) == STATUSES
    assert {name for name, is_so in answer.items() if is_so} == holds


def test_a_line_that_cannot_be_read_is_named_and_the_others_are_answered() -> None:
    done = asked(about("No spasm.", "spasm") + "{oops\n" + '{"text": "Spasm.", "start": 4, "end": 99}\n\n' + about("Spasm.", "Spasm"))
    assert done.exit_code == 1
    assert [json.loads(line) is None for line in done.stdout.splitlines()] == [False, True, True, False]
    assert "line 2: Invalid JSON" in done.stderr
    assert "line 3: start and end do not lie within the text" in done.stderr


def test_nothing_sent_is_said_so() -> None:
    done = asked("")
    assert (done.exit_code, done.stdout) == (2, "")
    assert "nothing came in" in done.stderr


def test_lines_come_from_a_file_too_and_a_missing_one_is_named(tmp_path: Path) -> None:
    path = tmp_path / "lines.jsonl"
    path.write_text(about("No spasm.", "spasm"))
    assert json.loads(CliRunner().invoke(app, ["evidence", "assert", str(path)]).stdout)["negated"]
    missing = CliRunner().invoke(app, ["evidence", "assert", str(tmp_path / "none")])
    assert missing.exit_code == 2
    assert "cannot be read" in missing.stderr
