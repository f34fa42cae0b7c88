"""Mutated letters against the reader: `python fuzz/fuzz_letters.py text|pdf --minutes 60 [--seed 1] [--letters DIR]`.

A finding is an exception, an answer that takes longer than its limit, a place outside the text, or a determination that does not survive
JSON. Each is kept in fuzz/found with the seed that makes it; exit status 1 when there is one. Real letters (--letters, or those of
IMR_SHARED) are mutated too where they are at hand; the synthetic ones of tests/letters always.
"""

from __future__ import annotations

import argparse
import io
import os
import random
import signal
import sys
import tempfile
import time
import traceback
from collections.abc import Callable, Iterator
from pathlib import Path
from types import FrameType

import pikepdf

from openimr.determinations import from_json, to_json
from openimr.documents import Document, read_each
from openimr.letters import Reader, Reading, open_reader, open_wording, text_of, to_pdf
from openimr.library import open_library

HERE = Path(__file__).parent
SYNTHETIC = HERE.parent / "tests" / "letters"
FOUND = HERE / "found"
SHARED = Path(os.environ.get("IMR_SHARED", HERE.parents[1] / "shared"))
SECONDS = 3  # of processor time; a letter takes a thousandth of one
PDF_SECONDS = 60  # a child process has limits of its own; this is behind them

PIECES = (
    *(
        "\n",
        "\f",
        " ",
        "\n\n\n",
        "\t",
        "\u00a0",
        "\ufffe",
        "\u0000",
        "\u202e",
        "\U0001f600",
        "****",
        "**",
        "<b>",
        "</b>",
        "# ",
        "> ",
        "|",
        "\\",
    ),
    *("Claims Administrator guideline:", "MAXIMUS guideline:", "Decision rationale:", ": Upheld", ": Overturned", ": Modified"),
    *("HOW THE IMR FINAL DETERMINATION WAS MADE", "CLINICAL CASE SUMMARY", "IMR ISSUES, DECISIONS AND RATIONALES"),
    *("DOCUMENTS REVIEWED", "IMR DECISION(S) AND RATIONALE(S)", "Notice of Independent Medical Review Determination"),
    *("Case Number:", "Date of Injury: 13/45/2016", "02/30/2017", "Received:", "Standard", "is Board Certified in ", "99-year-old"),
    *(
        "was the original request. ",
        "was authorized by the Claims Administrator. ",
        "The remaining IMR eligible portion of the original request, ",
    ),
    *("Decision based on MTUS ", "Decision based on Non-MTUS Citation ", "Section(s): ", "Page(s): ", "http://a.b/", "ODG", "ACOEM"),
    *("((((", "))))", "{", "[1,", "medically necessary", "not ", "DOS 01/01/2017 to 99/99/9999"),
    "1) MAXIMUS Federal Services, Inc. has determined the request for x is notmedically necessary and appropriate.",
    *("MEDICAL PROFESSIONAL REVIEW", "ISSUE AT DISPUTE:", "Case x page 1 of 9", "Disputed item 1 of 2:", "Decision: Upheld"),
    "Independent Medical Review Final Determination",
)


def letters(folder: Path) -> Iterator[tuple[str, str]]:
    """The texts to mutate."""
    files = [path for path in sorted(folder.rglob("*")) if path.suffix in (".txt", ".md", ".html", ".pdf")]
    for document in read_each(((path, path.name) for path in files), paragraphs=True):
        if isinstance(document, Document):
            yield document.name, text_of(document)


def mutated(text: str, others: list[str], chance: random.Random) -> str:
    """A text with a few things wrong with it."""
    for _ in range(chance.randint(1, 12)):
        size = len(text)
        at, to = sorted((chance.randint(0, size), chance.randint(0, size)))
        near = min(size, at + chance.randint(0, 60))
        match chance.randint(0, 10):
            case 0:
                text = text[:at] + text[near:]
            case 1:
                text = text[:at] + chance.choice(PIECES) + text[at:]
            case 2:
                text = text[:at] + chance.choice(PIECES) * chance.randint(1, 400) + text[at:]
            case 3:
                text = text[:at] + text[at:near] * chance.randint(1, 50) + text[near:]
            case 4:
                text = text[:at]
            case 5:
                lines = text.split("\n")
                chance.shuffle(lines)
                text = "\n".join(lines) if chance.random() < 0.3 else text
            case 6:
                text = text.replace("\n", chance.choice((" ", "\r\n", "\n\n", "", "\n \n")))
            case 7:
                other = chance.choice(others)
                text = text[:at] + other[: chance.randint(0, len(other))] + text[near:]
            case 8:
                text = text[to:] + text[:at]
            case 9:
                text = "".join(chance.choice((c, c.swapcase(), chr((ord(c) + 1) % 0xD7FF))) if chance.random() < 0.02 else c for c in text)
            case _:
                text = (
                    text[:at]
                    + "".join(chr(chance.choice((chance.randint(0, 127), chance.randint(128, 0xD7FF)))) for _ in range(30))
                    + text[near:]
                )
    return text[:400_000]


def judged(reader: Reader, text: str) -> None:
    """Read the text and hold what comes back against what every answer must be."""
    read = reader.read_text(text)
    if not isinstance(read, Reading):
        return
    for path, (start, end) in read.spans.items():
        if not 0 <= start < end <= len(text):
            raise AssertionError(f"{path}: {start}-{end} is no place in a text of {len(text)}")
    if from_json(to_json(read.determination)) != read.determination:
        raise AssertionError("the determination does not survive JSON")


def _late(signum: int, frame: FrameType | None) -> None:
    raise TimeoutError(f"longer than {SECONDS} s")


def fuzz_text(minutes: float, seed: int, sources: list[tuple[str, str]]) -> int:
    """Mutate texts until the time is up; return how many findings there were."""
    reader = open_reader(open_library(()))
    others = [text for _, text in sources]
    signal.signal(signal.SIGPROF, _late)

    def one(number: int) -> tuple[bytes, Callable[[], None]]:
        chance = random.Random(number)
        text = mutated(chance.choice(others), others, chance)

        def run() -> None:
            signal.setitimer(signal.ITIMER_PROF, SECONDS)
            try:
                judged(reader, text)
            finally:
                signal.setitimer(signal.ITIMER_PROF, 0)

        return text.encode("utf-8", "surrogatepass"), run

    return _until(minutes, seed, "txt", one)


def fuzz_pdf(minutes: float, seed: int, folder: Path | None) -> int:
    """Mutate the bytes and the streams of decrypted PDFs until the time is up; return how many findings there were."""
    reader = open_reader(open_library(()))
    workplace = Path(tempfile.mkdtemp(prefix="imr-fuzz-"))
    plain = [_decrypted(path) for path in sorted((folder or _printed(workplace / "whole")).rglob("*.pdf"))[:40]]

    def one(number: int) -> tuple[bytes, Callable[[], None]]:
        chance = random.Random(number)
        batch = [_broken(chance.choice(plain), chance) for _ in range(40)]
        paths = []
        for index, data in enumerate(batch):
            path = workplace / f"{index}.pdf"
            path.write_bytes(data)
            paths.append((path, path.name))

        def run() -> None:
            begun = time.monotonic()
            answers = list(reader.read_files(paths))
            if len(answers) != len(paths):
                raise AssertionError(f"{len(paths)} files, {len(answers)} answers")
            if time.monotonic() - begun > PDF_SECONDS * 5:
                raise TimeoutError("the batch took too long")

        return b"\n".join(batch), run

    return _until(minutes, seed, "pdf", one)


def _printed(folder: Path) -> Path:
    """The synthetic letters as PDFs of our own."""
    folder.mkdir()
    library = open_library(())
    reader, wording = open_reader(library), open_wording(library)
    files = [path for path in sorted(SYNTHETIC.iterdir()) if path.suffix != ".json"]
    for read in reader.read_files((path, path.stem) for path in files):
        if isinstance(read, Reading):
            (folder / f"{read.determination.source}.pdf").write_bytes(to_pdf(read.determination, wording, draft=True))
    return folder


def _decrypted(path: Path) -> bytes:
    out = io.BytesIO()
    with pikepdf.open(path) as pdf:
        pdf.save(
            out,
            qdf=True,
            encryption=False,
            stream_decode_level=pikepdf.StreamDecodeLevel.generalized,
            object_stream_mode=pikepdf.ObjectStreamMode.disable,
        )
    return out.getvalue()


def _broken(data: bytes, chance: random.Random) -> bytes:
    body = bytearray(data)
    for _ in range(chance.choice((1, 1, 2, 5, 40))):
        at = chance.randrange(len(body)) if body else 0
        match chance.randint(0, 6):
            case 0:
                body[at : at + 1] = bytes([chance.randrange(256)])
            case 1:
                del body[at : at + chance.randint(1, 400)]
            case 2:
                body[at:at] = body[at : at + chance.randint(1, 4000)]
            case 3:
                digits = body.find(b" ", at)
                if digits > 0:
                    body[digits : digits + 1] = b" 99999999999 "
            case 4:
                body[at:at] = chance.choice(
                    (
                        b"<<",
                        b">>",
                        b"[",
                        b"]",
                        b"endobj",
                        b"stream\n",
                        b"endstream",
                        b"1 0 R",
                        b"/Kids [1 0 R]",
                        b"-1",
                        b"(",
                        b"BT ",
                        b" Tj",
                    )
                )
            case 5:
                kids = body.find(b"/Kids", at)
                if kids > 0:
                    body[kids : kids + 5] = b"/Parent"
            case _:
                body = body[: max(64, at)] + b"\n%%EOF\n"
    return bytes(body)


def _until(minutes: float, seed: int, kind: str, one: Callable[[int], tuple[bytes, Callable[[], None]]]) -> int:
    end = time.monotonic() + minutes * 60
    found = done = 0
    number = seed * 1_000_000_000
    while time.monotonic() < end:
        number += 1
        data, run = one(number)
        try:
            run()
        except Exception as error:  # noqa: BLE001 - whatever it is, it is what is looked for
            found += 1
            FOUND.mkdir(exist_ok=True)
            (FOUND / f"{number}.{kind}").write_bytes(data)
            where = traceback.extract_tb(error.__traceback__)[-1]
            print(f"seed {number}: {type(error).__name__}: {error} ({Path(where.filename).name}:{where.lineno})", flush=True)
            if found >= 50:
                break
        done += 1
    what = "batches of 40 PDFs" if kind == "pdf" else "texts"
    print(f"{done} {what} in {minutes:g} minutes, {found} findings", flush=True)
    return found


def main() -> int:
    """Fuzz one of the two readers."""
    asked = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    asked.add_argument("what", choices=["text", "pdf"])
    asked.add_argument("--minutes", type=float, default=1.0)
    asked.add_argument("--seed", type=int, default=1)
    asked.add_argument("--letters", type=Path)
    given = asked.parse_args()
    real = given.letters or (SHARED / "data" / "determinations")
    if given.what == "pdf":
        return 1 if fuzz_pdf(given.minutes, given.seed, real if real.is_dir() else None) else 0
    sources = list(letters(SYNTHETIC))
    if real.is_dir():
        sources += [*letters(real), *letters(SHARED / "samples")]
    return 1 if fuzz_text(given.minutes, given.seed, sources) else 0


if __name__ == "__main__":
    sys.exit(main())
