"""How long a case file takes from folder to worksheet, and how fast its text is read, beside pdfium alone on the same packets.

    python benchmarks/review.py [CASE ...]     default: the example cases without scans

Prints seconds of the whole review, of extracting the same text with pdfium in this process (the floor), and megabytes a second of reading.
Ratios hold from machine to machine; absolute figures do not.
"""

from __future__ import annotations

import sys
import time
from pathlib import Path

import pypdfium2

from openimr.cases import load_case
from openimr.documents import Document, read_folder, records_in
from openimr.review import open_reference, review

EXAMPLES = Path(__file__).resolve().parent.parent / "examples"
DEFAULT = ("cervical-tpi-repeat", "cervical-relaxant", "lumbar-tpi-acute")


def main(names: list[str]) -> None:
    """Print one line a case."""
    started = time.perf_counter()
    reference = open_reference()
    print(f"opening the library: {time.perf_counter() - started:.2f} s")
    for name in names:
        folder = EXAMPLES / name
        started = time.perf_counter()
        review(load_case(folder), reference)
        whole = time.perf_counter() - started
        started = time.perf_counter()
        floor = sum(len(text) for path in sorted((folder / "records").glob("*.pdf")) for text in extracted(path))
        alone = time.perf_counter() - started
        documents = [each for each in read_folder(folder / "records") if isinstance(each, Document)]
        pages = sum(len(document.pages) for document in documents)
        started = time.perf_counter()
        for document in documents:
            for record in records_in(document):
                reference.reader.find(document, record)
        reading = time.perf_counter() - started
        print(
            f"{name}: {pages} pages; review {whole:.2f} s; pdfium alone {alone:.2f} s; "
            f"finding {floor / 1e6 / reading:.2f} MB/s ({reading:.2f} s)"
        )


def extracted(path: Path) -> list[str]:
    """Return the text of each page as pdfium gives it."""
    with pypdfium2.PdfDocument(path) as pdf:
        return [page.get_textpage().get_text_bounded() for page in pdf]


if __name__ == "__main__":
    main(sys.argv[1:] or list(DEFAULT))
