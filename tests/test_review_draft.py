"""The letter names every record of a case file, however long."""

from __future__ import annotations

from datetime import date, timedelta

from openimr.review._draft import _reviewed
from openimr.review._worksheet import RecordSheet


def sheet(number: int, kind: str = "progress_report", author: str | None = "Julian Pratt, MD", verdict: str = "cited") -> RecordSheet:
    day = date(2012, 1, 1) + timedelta(days=number)
    return RecordSheet(number, "packet-1.pdf", "0" * 64, (number, number + 1), kind, "", day, author, verdict, None, ())


def test_each_record_of_a_short_file_has_a_line_of_its_own() -> None:
    assert list(_reviewed([sheet(1), sheet(3)])) == [
        "Progress report · January 2, 2012 · Julian Pratt, MD · pp. 1-2 · packet-1.pdf",
        "Progress report · January 4, 2012 · Julian Pratt, MD · pp. 3-4 · packet-1.pdf",
    ]


def test_in_a_long_file_records_of_a_kind_and_author_share_a_line_and_none_is_lost() -> None:
    records = [sheet(number, *(("imaging", None) if number % 2 else ())) for number in range(1, 301)]
    records.append(sheet(301, verdict="unreadable"))
    lines = list(_reviewed(records))
    assert len(lines) == 3
    assert lines[0].startswith("Imaging report · packet-1.pdf · January 2, 2012, pp. 1-2; January 4, 2012, pp. 3-4; ")
    assert lines[1].startswith("Progress report · Julian Pratt, MD · packet-1.pdf · January 3, 2012, pp. 2-3; ")
    assert lines[2] == "Progress report (received, could not be read) · Julian Pratt, MD · packet-1.pdf · pp. 301-302"
    assert sum(line.count("pp. ") for line in lines) == 301
