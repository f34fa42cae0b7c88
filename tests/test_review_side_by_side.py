"""A large case file is read side by side and comes to the same as read alone, also when a process is lost."""

from __future__ import annotations

import os
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from openimr.documents import Document, Page, Record, gaps, relations
from openimr.evidence import Finding, Gathered, Reader
from openimr.review import _side_by_side, open_reference
from openimr.sources import digest

REFERENCE = open_reference()
FACTS = frozenset({"taut_band_or_nodule", "muscle_spasm", "physical_therapy_tried"})
ON = date(2014, 6, 1)
TEXTS = (
    "OBJECTIVE\nTaut band in the lumbar paraspinals. No spasm.",
    "HISTORY\nShe completed six visits of physical therapy.",
    "OBJECTIVE\nSpasm is palpable.",
)


def packet() -> Document:
    text = [TEXTS[number % len(TEXTS)] for number in range(30)]
    return Document("packet.pdf", digest("".join(text)), tuple(Page(n, each) for n, each in enumerate(text, start=1)), {})


def read() -> Gathered:
    document = packet()
    records = [Record("packet.pdf", n, n, "progress_report", date(2014, 1, n), None, "") for n in range(1, 31)]
    return _side_by_side.read_records([document], records, REFERENCE.reader, FACTS, REFERENCE.library.facts, ON)


def test_processes_find_what_one_alone_finds(monkeypatch: pytest.MonkeyPatch) -> None:
    alone = read()
    monkeypatch.setattr(_side_by_side, "_LONG", 0)
    monkeypatch.setattr(_side_by_side, "_PART", 300)
    assert read() == alone
    assert len(alone.findings) >= 30


def test_what_a_lost_process_had_to_read_is_read_all_the_same(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    alone = read()
    monkeypatch.setattr(_side_by_side, "_LONG", 0)
    monkeypatch.setattr(_side_by_side, "_PART", 300)
    parent, real, died = os.getpid(), Reader.find, tmp_path / "died"

    def lost(reader: Reader, document: Document, record: Record, facts: frozenset[str] | None = None) -> tuple[Finding, ...]:
        if os.getpid() != parent and record.first_page == 10:
            died.touch()
            os._exit(9)
        return real(reader, document, record, facts)

    monkeypatch.setattr(Reader, "find", lost)
    assert read() == alone
    assert died.exists()


def test_packets_side_by_side_hold_the_records_they_hold_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    packets = [replace(packet(), name=name) for name in ("a.pdf", "b.pdf", "c.pdf")]
    alone = _side_by_side.records_of(packets)
    monkeypatch.setattr(_side_by_side, "_LONG", 0)
    assert _side_by_side.records_of(packets) == alone
    assert [record.document for record in alone] == sorted(record.document for record in alone)
    related, missed = _side_by_side.relations_and_gaps(packets, alone, ())
    assert related == relations(packets, alone)
    assert missed == gaps(packets, alone)
    assert related
