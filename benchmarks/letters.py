"""How fast letters are read and written, beside pdfium alone on the same files.

    python benchmarks/letters.py [LETTERS_DIR]     default: the determinations of IMR_SHARED, else letters written for the occasion

Prints, in one run: text to data (letters a second on one core, for letters read the first time and for ones whose bases are known);
PDF to data, with one reading process and with one a processor, as a ratio to the time pdfium alone needs for the same text in this process;
and milliseconds to write a letter as PDF/UA. Ratios hold from machine to machine; absolute figures do not.
"""

from __future__ import annotations

import os
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pypdfium2

from openimr.determinations import Basis, Decision, Determination, Request, Reviewer
from openimr.documents import Document, read_each
from openimr.letters import Reading, open_reader, open_wording, text_of, to_pdf
from openimr.library import open_library

SHARED = Path(os.environ.get("IMR_SHARED", Path(__file__).resolve().parents[2] / "shared"))
ROUNDS = 5
WRITTEN = 100


def best(work: Callable[[], object], rounds: int = ROUNDS) -> float:
    """Seconds of the fastest of several rounds."""
    times = []
    for _ in range(rounds):
        started = time.perf_counter()
        work()
        times.append(time.perf_counter() - started)
    return min(times)


def main(folder: Path | None) -> None:
    """Print the figures."""
    library = open_library(())
    wording = open_wording(library)
    real = folder or SHARED / "data" / "determinations"
    if not real.is_dir():
        real = Path(tempfile.mkdtemp())
        for number in range(60):
            (real / f"{number}.pdf").write_bytes(to_pdf(invented(number), wording, draft=False))
    files = [(path, path.name) for path in sorted(real.glob("*.pdf"))]
    print(f"{len(files)} letters of {real}")

    texts = [text_of(document) for document in read_each(files, paragraphs=True) if isinstance(document, Document)]
    characters = sum(map(len, texts))

    def read_all() -> None:
        for text in texts:
            reader.read_text(text)

    reader = open_reader(library)
    first = best(read_all, 1)
    again = best(read_all)
    print(
        f"text to data: {len(texts) / first:.0f} letters/s the first time, {len(texts) / again:.0f} once bases are known "
        f"({characters / again / 1e6:.1f} MB/s, one core)"
    )

    alone = best(lambda: [extracted(path) for path, _ in files], 3)
    ours = best(lambda: list(reader.read_files(files)), 3)
    processors = os.sched_getaffinity(0)
    os.sched_setaffinity(0, {min(processors)})
    alone_on_one = best(lambda: [extracted(path) for path, _ in files], 3)
    ours_on_one = best(lambda: list(reader.read_files(files)), 3)
    os.sched_setaffinity(0, processors)
    each = 1000 / len(files)
    print(
        f"pdfium alone, one process: {alone * each:.1f} ms a letter; PDF to data on {len(processors)} processors: {ours * each:.1f} ms "
        f"({ours / alone:.2f} times pdfium alone)"
    )
    bound = ours_on_one / alone_on_one
    print(f"both bound to one processor: {alone_on_one * each:.1f} ms and {ours_on_one * each:.1f} ms ({bound:.2f} times)")

    letters = [invented(number) for number in range(WRITTEN)]
    writing = best(lambda: [to_pdf(letter, wording, draft=False) for letter in letters], 2)
    print(f"letter to PDF/UA: {writing * 1000 / WRITTEN:.1f} ms each in a batch, one process")
    path = Path(tempfile.mkdtemp()) / "letter.pdf"
    path.write_bytes(to_pdf(letters[0], wording, draft=False))
    (back,) = reader.read_files([(path, path.name)])
    if not isinstance(back, Reading) or back.determination.case_number != letters[0].case_number:
        raise SystemExit("the letter that was written does not read back")


def extracted(path: Path) -> list[str]:
    """The text of each page as pdfium gives it."""
    with pypdfium2.PdfDocument(path) as pdf:
        return [page.get_textpage().get_text_range() for page in pdf]


def invented(number: int) -> Determination:
    """An issued determination of usual size: two items, some 700 words."""
    from datetime import date

    sentence = (
        f"The record of visit {number} describes pain of the lower back with spasm, and a course of therapy that brought little relief. "
    )
    basis = Basis("MTUS Chronic Pain Medical Treatment 2016, Physical medicine treatment")
    request = Request(
        1,
        f"Physical therapy 2 times a week for {number % 8 + 2} weeks, low back",
        decision=Decision.UPHELD,
        ur_basis=basis,
        reviewer_basis=basis,
        rationale=sentence * 8 + "The request is not medically necessary.",
        conclusion="not medically necessary",
    )
    return Determination(
        case_number=f"CM16-{number:07}", priority="Standard", date_of_injury=date(2016, 3, 1), ur_denial_date=date(2016, 10, 3),
        application_received=date(2016, 10, 20), date_assigned=date(2016, 11, 1), decision_date=date(2016, 12, 9),
        reviewer=Reviewer(("California",), ("Family Practice",)), age=40, sex="male", summary=sentence * 12,
        requests=(request, replace(request, number=2, text="Lumbar brace", decision=Decision.OVERTURNED)),
    )  # fmt: skip


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else None)
