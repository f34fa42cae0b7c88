"""Reading every quote of a worksheet again in the bytes of the record."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from openimr.documents import Document, read_folder
from openimr.sources import Span, digest

from ._words import in_quotes, quotes_in


@dataclass(frozen=True, slots=True)
class Mismatch:
    """A quote that the record does not bear out, or (without a page) a file that is not as it was; `why` names it and what is wrong."""

    document: str
    page: int | None
    quote: str
    why: str


def verify(worksheet: Mapping[str, Any], folder: Path) -> tuple[int, tuple[Mismatch, ...]]:
    """Return how many quotes were re-read, and what failed: files that changed, vanished or came, then quotes by document and page.

    The quotes are those of evidence, summary, timeline and treatments, and those that speak of a record the file does not hold.
    A record that is missing, unreadable or of other bytes fails every quote taken from it. Raises KeyError or TypeError only for a
    worksheet that is not of the contract's shape.
    """
    spans = sorted(set(_spans(worksheet)), key=lambda span: (span.document, span.page, span.start, span.end))
    read = {document.name: document for document in read_folder(folder / "records")}
    failed = [Mismatch(name, None, "", why) for name, why in _changed(worksheet["files"], folder)]
    for span in spans:
        why = _fault(span, read.get(span.document))
        if why:
            failed.append(Mismatch(span.document, span.page, span.quote, why))
    failed.extend(_unfounded(worksheet))
    return len(spans), tuple(failed)


def files_of(folder: Path) -> dict[str, str]:
    """Return the digest of every file a review goes by, by its path in the case folder: case.yaml and all under records."""
    found = [folder / "case.yaml", *(path for path in sorted((folder / "records").rglob("*")) if path.is_file())]
    return {path.relative_to(folder).as_posix(): digest(path.read_bytes()) for path in found if not path.name.startswith(".")}


def _changed(before: Mapping[str, str], folder: Path) -> Iterator[tuple[str, str]]:
    now = files_of(folder)
    for name in sorted(before.keys() | now.keys()):
        if name not in now:
            yield name, f"{name}: is gone: put it back, or review the case again"
        elif name not in before:
            yield name, f"{name}: was not there when the case was reviewed: review the case again"
        elif before[name] != now[name]:
            yield name, f"{name}: the file is not the one that was reviewed (its bytes differ): review the case again"


def _spans(worksheet: Mapping[str, Any]) -> Iterator[Span]:
    passages = [each for each in _evidence(worksheet) if each["from"] == "record"]
    passages += [named for gap in worksheet["gaps"] for named in gap["named_in"]]
    for each in passages:
        start, end = each["span"]
        yield Span(each["document"], each["sha256"], each["page"], each["text_sha256"], start, end, each["quote"])


def _evidence(worksheet: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    for told in (*worksheet["summary"], *worksheet["timeline"], *worksheet["treatments"]):
        yield from told["evidence"]
    for request in worksheet["requests"]:
        for component in request["components"]:
            for rule in component["rules"]:
                for criterion in rule["criteria"]:
                    yield from criterion["evidence"]


def _unfounded(worksheet: Mapping[str, Any]) -> Iterator[Mismatch]:
    """What a sentence of the summary has in quotation marks though none of its passages reads so."""
    for number, sentence in enumerate(worksheet["summary"], start=1):
        founded = {in_quotes(each["quote"]) for each in sentence["evidence"]}
        first = next((each for each in sentence["evidence"] if each["document"]), None)
        for quote in quotes_in(sentence["text"]):
            if quote not in founded:
                where = f"{first['document']}, page {first['page']}: " if first else ""
                why = f"{where}sentence {number} of the summary quotes what none of its passages says: review the case again"
                yield Mismatch(first["document"] if first else "", first["page"] if first else 0, quote.strip("“”"), why)


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
