"""Reading every quote of a worksheet again in the bytes of the record."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from openimr.documents import Document, read_folder
from openimr.sources import Span


@dataclass(frozen=True, slots=True)
class Mismatch:
    """A quote that the record does not bear out; `why` names the record and what is wrong with it."""

    document: str
    page: int
    quote: str
    why: str


def verify(worksheet: Mapping[str, Any], folder: Path) -> tuple[int, tuple[Mismatch, ...]]:
    """Return how many quotes were re-read and those that failed, by document, page and place.

    A record that is missing, unreadable or of other bytes fails every quote taken from it. Raises KeyError or TypeError only for a
    worksheet that is not of the contract's shape.
    """
    spans = sorted(set(_spans(worksheet)), key=lambda span: (span.document, span.page, span.start, span.end))
    read = {document.name: document for document in read_folder(folder / "records")}
    failed = []
    for span in spans:
        why = _fault(span, read.get(span.document))
        if why:
            failed.append(Mismatch(span.document, span.page, span.quote, why))
    return len(spans), tuple(failed)


def _spans(worksheet: Mapping[str, Any]) -> Iterator[Span]:
    for request in worksheet["requests"]:
        for component in request["components"]:
            for rule in component["rules"]:
                for criterion in rule["criteria"]:
                    for each in criterion["evidence"]:
                        if each["from"] == "record":
                            start, end = each["span"]
                            yield Span(each["document"], each["sha256"], each["page"], each["text_sha256"], start, end, each["quote"])


def _fault(span: Span, document: object) -> str | None:
    if document is None:
        return f"{span.document}: not in the records folder: put the record back"
    if not isinstance(document, Document):
        return f"{span.document}: cannot be read any more"
    if document.sha256 != span.sha256:
        return f"{span.document}: the file is not the one that was reviewed (its bytes differ): review the case again"
    page = next((page for page in document.pages if page.number == span.page), None)
    if page is None:
        return f"{span.document}: has no page {span.page}"
    if not span.holds(page.text):
        return f"{span.document}, page {span.page}: the page does not read as it did when it was quoted"
    return None
