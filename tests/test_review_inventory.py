"""The inventory says of every record what became of it, and of the case file what it lacks."""

from __future__ import annotations

from datetime import date

import jsonschema
import pytest

from openimr.documents import Document, Page, UnreadableDocument, records_in
from openimr.library import open_library
from openimr.programs import load
from openimr.review import Inventory, Tie, inventory, inventory_json, inventory_schema

PROGRAM = load(open_library(()))["ca-dwc-imr"]
PATIENT = "Patient: Jane Doe    DOB: 02/11/1970    Date of injury: 10/13/2010\n"
VISIT = (
    "PROGRESS REPORT (PR-2)\n"
    + PATIENT
    + "Date of visit: {}\nThe back is as it was and the work status does not change at all.\nAnn Roe, MD"
)
DECISION = (
    "NOTICE OF UTILIZATION REVIEW DETERMINATION\nInjured worker: Jane Doe\nDetermination date: 04/02/2014\nMRI of 06/14/2012 was seen."
)
RFA = "REQUEST FOR AUTHORIZATION (DWC Form RFA)\nEmployee name: Jane Doe\nDate of request: 03/20/2014"
APPLICATION = "APPLICATION FOR INDEPENDENT MEDICAL REVIEW\nEmployee name: Jane Doe\nDate of application: 04/09/2014"


def page(number: int, text: str, confidence: float | None = None, unread: str | None = None) -> Page:
    return Page(number, text, confidence is not None, confidence, unread)


def held(*pages: Page, requested: date | None = date(2014, 3, 20), broken: bool = False) -> Inventory:
    document = Document("packet.pdf", "0" * 64, pages, {})
    lost = (UnreadableDocument("lost.pdf", None, "the end of the PDF is missing"),) if broken else ()
    return inventory((document, *lost), records_in(document), PROGRAM, {"rfa_date": requested}, None)


def lacking(*texts: str, requested: date | None = date(2014, 3, 20)) -> list[str]:
    return [one.what for one in held(*(page(n, text) for n, text in enumerate(texts, 1)), requested=requested).missing]


ALL = (APPLICATION, DECISION, RFA, VISIT.format("03/17/2014"))
NAMES = (
    "the application for Independent Medical Review",
    "the utilization review decision",
    "the request for authorization (DWC Form RFA)",
    "a physician's report of the six months before the request",
)


def test_a_whole_case_file_lacks_nothing() -> None:
    assert lacking(*ALL) == []


@pytest.mark.parametrize("place", range(4))
def test_each_record_the_rules_demand_is_missed_with_its_citation(place: int) -> None:
    rest = [text for n, text in enumerate(ALL) if n != place]
    found = held(*(page(n, text) for n, text in enumerate(rest, 1)))
    assert [one.what for one in found.missing] == [NAMES[place]]
    assert found.missing[0].citation.startswith("8 CCR 9792.10")
    assert found.missing[0].mark == "regulation"


@pytest.mark.parametrize(("day", "missed"), [("09/20/2013", 0), ("09/19/2013", 1), ("03/20/2014", 0), ("03/21/2014", 1)])
def test_a_report_counts_only_within_six_months_before_the_request(day: str, missed: int) -> None:
    assert len(lacking(APPLICATION, DECISION, RFA, VISIT.format(day))) == missed


def test_without_the_day_of_the_request_any_report_will_do() -> None:
    assert lacking(APPLICATION, DECISION, RFA, VISIT.format("01/01/2009"), requested=None) == []


def test_without_a_review_no_record_is_said_to_be_cited_or_without_bearing() -> None:
    found = held(*(page(n, text) for n, text in enumerate(ALL, 1)), broken=True)
    assert [(one.number, one.verdict, one.cited) for one in found.records] == [
        (1, "not reviewed", None),
        (2, "not reviewed", None),
        (3, "not reviewed", None),
        (4, "not reviewed", None),
        (5, "unreadable", None),
    ]
    assert found.records[4].unread == ("the end of the PDF is missing",)


def test_a_duplicate_and_a_replaced_record_name_the_other_by_its_number() -> None:
    visit = VISIT.format("03/17/2014")
    amended = visit.replace("PROGRESS REPORT (PR-2)", "PROGRESS REPORT (PR-2)\nAMENDED").replace("as it was", "better, with a twitch at L4")
    found = held(page(1, visit), page(2, RFA), page(3, amended), page(4, visit))
    assert [one.verdict for one in found.records] == ["superseded", "not reviewed", "not reviewed", "duplicate"]
    assert found.records[3].duplicate_of == Tie(1, 1.0)
    assert found.records[0].superseded_by is not None
    assert found.records[0].superseded_by.number == 3


def test_blank_faint_and_unread_pages_are_flagged() -> None:
    pages = (
        page(1, VISIT.format("03/17/2014")),
        page(2, "  \n"),
        page(3, "Continued wcrk stalus", 0.41),
        page(4, "", unread="no Tesseract"),
    )
    found = held(*pages)
    flags = [(one.number, flag.page, flag.what) for one in found.records for flag in one.flags]
    assert flags == [(1, 2, "blank"), (1, 3, "faint"), (2, 4, "unread")]
    assert found.records[1].verdict == "unreadable"


def test_a_gap_names_the_record_that_speaks_of_it_and_the_json_fits_its_schema() -> None:
    found = held(*(page(n, text) for n, text in enumerate(ALL, 1)), broken=True)
    (gap,) = found.gaps
    assert (gap.type, gap.date, gap.perhaps_unread) == ("imaging", "2012-06-14", True)
    assert [(named.record, named.span.quote) for named in gap.named_in] == [(2, "MRI of 06/14/2012")]
    jsonschema.validate({"case": "x", "readers": {}, **inventory_json(found)}, inventory_schema())


def test_a_gap_without_a_day_has_none_in_the_json_and_fits_its_schema() -> None:
    visit = VISIT.format("03/17/2014").replace("The back", "Pain agreement on file. The back")
    found = held(*(page(n, text) for n, text in enumerate((APPLICATION, RFA, visit), 1)))
    (gap,) = found.gaps
    assert (gap.type, gap.what, gap.date) == ("other", "Pain agreement", None)
    told = inventory_json(found)
    assert told["gaps"][0]["date"] is None
    jsonschema.validate({"case": "x", "readers": {}, **told}, inventory_schema())
