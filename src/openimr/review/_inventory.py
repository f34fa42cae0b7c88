"""What the case file holds, what became of each record, and what is not there."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date

from openimr.documents import Document, Gap, Likeness, Page, Record, Relation, UnreadableDocument
from openimr.programs import Program, RequiredRecord

from ._side_by_side import relations_and_gaps
from ._worksheet import Flag, GapSheet, Inventory, MissingSheet, NamedIn, RecordSheet, RequestSheet, Tie, spans_of

Read = Sequence[Document | UnreadableDocument]
Dates = Mapping[str, date | None]

_FAINT = 0.6  # mean confidence of the words of a page: below it more than every third word tends to be wrong


def inventory(read: Read, records: Sequence[Record], program: Program, dates: Dates, requests: Sequence[RequestSheet] | None) -> Inventory:
    """Return every record with what became of it, what is missing, and what the records speak of that is not there.

    `records` are those of the documents in `read`, in order. Without `requests` nothing was assessed, and what was cited is not known.
    """
    documents = [each for each in read if isinstance(each, Document)]
    unreadable = [each for each in read if isinstance(each, UnreadableDocument)]
    numbers = {record: number for number, record in enumerate(records, start=1)}
    related, missed = relations_and_gaps(documents, records, unreadable)
    sheets = _Sheets(documents, related, numbers, requests)
    return Inventory(
        records=(
            *(sheets.sheet(record) for record in records),
            *(_unreadable(each, number) for number, each in enumerate(unreadable, start=len(records) + 1)),
        ),
        missing=tuple(_missing(one) for one in program.required_records if not _there(one, records, dates)),
        gaps=tuple(_gap(gap, numbers) for gap in missed),
    )


class _Sheets:
    def __init__(
        self,
        documents: Sequence[Document],
        related: Mapping[Record, Relation],
        numbers: Mapping[Record, int],
        requests: Sequence[RequestSheet] | None,
    ) -> None:
        self.numbers = numbers
        self.documents = {document.name: document for document in documents}
        self.pages = {document.name: {page.number: page for page in document.pages} for document in documents}
        self.related = related
        self.cited = None if requests is None else {(span.document, span.page) for span in spans_of(requests)}

    def sheet(self, record: Record) -> RecordSheet:
        of_document = self.pages[record.document]
        pages = [of_document[number] for number in range(record.first_page, record.last_page + 1) if number in of_document]
        unread = tuple(f"page {page.number}: {page.unread}" for page in pages if page.unread)
        relation = self.related.get(record)
        cited = None if self.cited is None else any((record.document, page.number) in self.cited for page in pages)
        sheet = RecordSheet(
            number=self.numbers[record],
            document=record.document,
            sha256=self.documents[record.document].sha256,
            pages=(record.first_page, record.last_page),
            type=record.kind,
            title=record.title,
            date=record.date,
            author=record.author,
            verdict="not reviewed" if cited is None else "cited" if cited else "read without bearing",
            cited=cited,
            unread=unread,
            flags=tuple(flag for page in pages if (flag := _flag(page))),
            duplicate_of=self._tie(relation.duplicate_of if relation else None),
            copies=self._tie(relation.copies if relation else None),
            superseded_by=self._tie(relation.superseded_by if relation else None),
        )
        return _judged(sheet, whole=len(unread) == len(pages))

    def _tie(self, likeness: Likeness | None) -> Tie | None:
        return Tie(self.numbers[likeness.record], likeness.alike) if likeness else None


def _judged(sheet: RecordSheet, *, whole: bool) -> RecordSheet:
    """Return the sheet with the verdict that goes before cited or not; `whole`: no page of it could be read."""
    if whole:
        return replace(sheet, verdict="unreadable")
    if sheet.duplicate_of:
        return replace(sheet, verdict="duplicate")
    return replace(sheet, verdict="superseded") if sheet.superseded_by else sheet


def _flag(page: Page) -> Flag | None:
    if page.unread:
        return Flag(page.number, "unread", page.unread)
    if not page.text.strip():
        return Flag(page.number, "blank", "the page is blank")
    if page.confidence is not None and page.confidence < _FAINT:
        return Flag(page.number, "faint", f"hard to read: the words were made out with {page.confidence:.0%} confidence")
    return None


def _unreadable(each: UnreadableDocument, number: int) -> RecordSheet:
    return RecordSheet(number, each.name, each.sha256, None, "other", each.name, None, None, "unreadable", None, (each.reason,))


def _there(one: RequiredRecord, records: Sequence[Record], dates: Dates) -> bool:
    """Whether a record that is demanded is there; one demanded of a time counts without a date, and where that time is not known."""
    found = [record for record in records if record.kind in one.kinds]
    end = dates.get(one.before) if one.before else None
    if one.months is None or end is None:
        return bool(found)
    start = _months_before(end, one.months)
    return any(record.date is None or start <= record.date <= end for record in found)


def _months_before(day: date, months: int) -> date:
    whole = day.year * 12 + day.month - 1 - months
    return date(whole // 12, whole % 12 + 1, min(day.day, 28))


def _missing(one: RequiredRecord) -> MissingSheet:
    return MissingSheet(one.what, one.kinds, one.citation, str(one.mark))


def _gap(gap: Gap, numbers: Mapping[Record, int]) -> GapSheet:
    named = tuple(NamedIn(numbers[record], span) for record, span in gap.named_in)
    return GapSheet(gap.what, gap.kind, gap.when, gap.who, gap.perhaps_unread, gap.why, named)
