"""A large case file is read side by side and comes to the same as read alone, also when a process is lost."""

from __future__ import annotations

import os
from datetime import date
from pathlib import Path

import pytest

from openimr.documents import Document, Page, Record
from openimr.evidence import Gathered
from openimr.review import _reading, open_reference
from openimr.sources import digest

REFERENCE = open_reference()
FACTS = frozenset({"taut_band_or_nodule", "muscle_spasm", "physical_therapy_tried"})
ON = date(2014, 6, 1)
TEXTS = (
    "OBJECTIVE\nTaut band in the lumbar paraspinals. No spasm.",
    "HISTORY\nShe completed six visits of physical therapy.",
    "OBJECTIVE\nSpasm is palpable.",
)


def read() -> Gathered:
    text = [TEXTS[number % len(TEXTS)] for number in range(30)]
    document = Document("packet.pdf", digest("".join(text)), tuple(Page(n, each) for n, each in enumerate(text, start=1)), {})
    records = [Record("packet.pdf", n, n, "progress_report", date(2014, 1, n), None, "") for n in range(1, 31)]
    return _reading.read_records([document], records, REFERENCE.reader, FACTS, REFERENCE.library.facts, ON)


def test_processes_find_what_one_alone_finds(monkeypatch: pytest.MonkeyPatch) -> None:
    alone = read()
    monkeypatch.setattr(_reading, "_LONG", 0)
    monkeypatch.setattr(_reading, "_PART", 300)
    assert read() == alone
    assert len(alone.findings) >= 30


def test_what_a_lost_process_had_to_read_is_read_all_the_same(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    alone = read()
    monkeypatch.setattr(_reading, "_LONG", 0)
    monkeypatch.setattr(_reading, "_PART", 300)
    parent, real, died = os.getpid(), _reading._Task.read, tmp_path / "died"

    def lost(task: _reading._Task, number: int) -> Gathered:
        if os.getpid() != parent and number == 3:
            died.touch()
            os._exit(9)
        return real(task, number)

    monkeypatch.setattr(_reading._Task, "read", lost)
    assert read() == alone
    assert died.exists()
