"""What the case file holds, what became of each record, and what is not there."""

from __future__ import annotations

from collections.abc import Sequence

from openimr.documents import Document, Record, UnreadableDocument

from ._worksheet import RecordSheet, RequestSheet, spans_of


def inventory(
    documents: Sequence[Document], unreadable: Sequence[UnreadableDocument], records: Sequence[Record], requests: Sequence[RequestSheet]
) -> tuple[RecordSheet, ...]:
    """Return every record with what became of it: cited on the worksheet, read without bearing, or unreadable."""
    cited = {(span.document, span.page) for span in spans_of(requests)}
    by_name = {document.name: document for document in documents}
    out = []
    for record in records:
        document = by_name[record.document]
        pages = [page for page in document.pages if record.first_page <= page.number <= record.last_page]
        unread = tuple(f"page {page.number}: {page.unread}" for page in pages if page.unread)
        verdict = "cited" if any((record.document, page.number) in cited for page in pages) else "read without bearing"
        out.append(
            RecordSheet(
                record.document,
                document.sha256,
                (record.first_page, record.last_page),
                record.kind,
                record.date,
                record.author,
                "unreadable" if len(unread) == len(pages) else verdict,
                unread,
            )
        )
    out.extend(RecordSheet(each.name, each.sha256, None, "other", None, None, "unreadable", (each.reason,)) for each in unreadable)
    return tuple(out)


_EXPECTED = (
    ("ur_decision", "the utilization review decision"),
    ("rfa", "the request for authorization (DWC Form RFA)"),
    ("application", "the application for Independent Medical Review"),
)


def missing(records: Sequence[Record]) -> tuple[str, ...]:
    """Return what every case file must hold and this one does not."""
    present = {record.kind for record in records}
    return tuple(name for kind, name in _EXPECTED if kind not in present)
