"""How long and how much memory a large case file takes, from folder to worksheet, beside pdfium alone on the same files.

    python benchmarks/scale.py [--pages 1000 10000] [--keep FOLDER]

Writes invented case files of so many text pages (new reports made of the sentences of the examples, numbers and days changed, in PDF
packets of 1,000 pages) and reviews each in a process of its own. Prints seconds, the peak memory of that process with all its children,
and the seconds pdfium needs to extract the same text in one process (the floor). `--keep` keeps the case files for the next run.
"""

from __future__ import annotations

import argparse
import json
import random
import re
import resource
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from datetime import date, timedelta
from itertools import pairwise
from pathlib import Path

import pypdfium2
import typst

EXAMPLES = Path(__file__).resolve().parent.parent / "examples"
PACKET = 1000  # pages a file
REPORT = 4  # pages a report, about
LINES = 46  # of a page
WIDTH = 84  # characters a line
TITLES = {
    "progress_report": "PRIMARY TREATING PHYSICIAN'S PROGRESS REPORT (PR-2)",
    "consultation": "CONSULTATION REPORT",
    "therapy_note": "PHYSICAL THERAPY DAILY NOTE",
    "imaging": "MRI LUMBAR SPINE REPORT",
    "psychology_note": "PSYCHOLOGY PROGRESS NOTE",
}
TEMPLATE = """
#set page(paper: "us-letter", margin: 0.8in)
#set text(font: "Libertinus Serif", size: 10pt, hyphenate: false)
#let pages = json(bytes(sys.inputs.pages))
#for (number, text) in pages.enumerate() {
  if number > 0 { pagebreak() }
  for line in text.split("\\n") [#line \\ ]
}
"""


def main() -> int:
    """Print one line a size; return 0."""
    arguments = argparse.ArgumentParser()
    arguments.add_argument("--pages", type=int, nargs="+", default=[1000, 10_000])
    arguments.add_argument("--keep", type=Path, help="keep the case files here")
    arguments.add_argument("--review", type=Path, help=argparse.SUPPRESS)
    chosen = arguments.parse_args()
    if chosen.review:
        return review(chosen.review)
    with tempfile.TemporaryDirectory() as folder:
        for pages in chosen.pages:
            case = (chosen.keep or Path(folder)) / f"case-{pages}"
            if not (case / "case.yaml").exists():
                write(case, pages)
            size = sum(path.stat().st_size for path in (case / "records").iterdir())
            started = time.perf_counter()
            characters = sum(len(text) for path in sorted((case / "records").iterdir()) for text in extracted(path))
            floor = time.perf_counter() - started
            seconds, peak, parts = measured(case)
            print(
                f"{pages} pages, {characters / 1e6:.1f} M characters, {size / 1e6:.0f} MB of PDF: worksheet in {seconds:.1f} s, "
                f"peak memory {peak / 1024**2:.0f} MB with all children; pdfium alone {floor:.1f} s; {parts}",
                flush=True,
            )
    return 0


def write(case: Path, pages: int) -> None:
    """Write a case file of so many text pages."""
    chance = random.Random(pages)
    (case / "records").mkdir(parents=True)
    paper = reports(chance)
    for first in range(0, pages, PACKET):
        data = json.dumps([next(paper) for _ in range(min(PACKET, pages - first))])
        pdf = typst.compile(TEMPLATE.encode(), sys_inputs={"pages": data}, ignore_system_fonts=True)
        (case / "records" / f"packet-{first // PACKET + 1:02}.pdf").write_bytes(pdf)
    (case / "case.yaml").write_text((EXAMPLES / "lumbar-tp1" / "case.yaml").read_text())


def reports(chance: random.Random) -> Iterator[str]:
    """Yield pages of new reports, without end."""
    pools = {kind: sentences_of(kind) for kind in TITLES}
    day = date(2006, 1, 9)
    while True:
        kind = chance.choice(list(TITLES))
        day = date(2006, 1, 9) + timedelta(days=chance.randrange(2900))
        length = chance.randint(1, 2 * REPORT - 1)
        head = f"{TITLES[kind]}\nPatient: Ruben Castellane\nDate of service: {day:%m/%d/%Y}\nPage {{}} of {length}\n"
        for number in range(1, length + 1):
            lines = [*head.format(number).split("\n")]
            while len(lines) < LINES:
                lines += wrapped(varied(chance.choice(pools[kind]), chance))
            yield "\n".join(lines[:LINES])


def sentences_of(kind: str) -> list[str]:
    """Return the paragraphs of all example documents of a kind."""
    out = []
    for path in sorted((EXAMPLES / "sources").glob(f"*/*-{kind}-*.md")):
        body = path.read_text().split("---", 2)[2]
        out += [" ".join(block.split()) for block in re.split(r"\n\s*\n", body) if len(block) > 60 and "|" not in block]
    return out


def varied(text: str, chance: random.Random) -> str:
    """Return a paragraph with its numbers changed and its sentences in another order."""
    parts = re.split(r"(?<=[.])\s+", re.sub(r"[*#]", "", text))
    chance.shuffle(parts)
    return re.sub(r"(?<!\d)\d{1,2}(?!\d)", lambda found: str(max(1, int(found.group()) + chance.randint(-2, 2))), " ".join(parts))


def wrapped(text: str) -> list[str]:
    """Return a paragraph as lines, and an empty one."""
    lines, line = [], ""
    for word in text.split():
        if len(line) + len(word) >= WIDTH:
            lines.append(line)
            line = ""
        line += (" " if line else "") + word
    return [*lines, line, ""]


def extracted(path: Path) -> Iterator[str]:
    """Yield the text of each page as pdfium gives it."""
    with pypdfium2.PdfDocument(path) as pdf:
        for page in pdf:
            text = page.get_textpage()
            yield text.get_text_bounded()
            text.close()
            page.close()


def measured(case: Path) -> tuple[float, int, str]:
    """Review a case in a process of its own; return its seconds, the peak memory of it and its children in bytes, and what it printed."""
    started = time.perf_counter()
    process = subprocess.Popen([sys.executable, __file__, "--review", str(case)], stdout=subprocess.PIPE, text=True)
    peak, over = 0, threading.Event()

    def watch() -> None:
        nonlocal peak
        while not over.wait(0.05):
            peak = max(peak, memory(process.pid))

    watcher = threading.Thread(target=watch)
    watcher.start()
    printed, _ = process.communicate()
    over.set()
    watcher.join()
    if process.returncode:
        raise SystemExit(f"{case}: the review failed")
    return time.perf_counter() - started, peak, printed.strip()


def memory(pid: int) -> int:
    """Return what a process and its children hold by themselves, in bytes (shared pages divided among those who share them)."""
    total = 0
    try:
        for line in Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines():
            if line.startswith("Pss:"):
                total += int(line.split()[1]) * 1024
        for thread in Path(f"/proc/{pid}/task").iterdir():
            total += sum(memory(int(child)) for child in (thread / "children").read_text().split())
    except (OSError, ValueError):
        pass  # it ended meanwhile
    return total


def review(case: Path) -> int:
    """Review a case and write its results, as `imr review` does."""
    from openimr.cases import load_case
    from openimr.cli._review import desk_or_complain, write
    from openimr.review import review as assess

    marks = [time.perf_counter()]
    desk = desk_or_complain()
    if desk is None:
        return 2
    marks.append(time.perf_counter())
    found = assess(load_case(case), desk.reference)
    marks.append(time.perf_counter())
    with tempfile.TemporaryDirectory() as out:
        write(found, desk, Path(out))
    marks.append(time.perf_counter())
    opening, assessing, writing = (b - a for a, b in pairwise(marks))
    own = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    told = f"library {opening:.1f} s, review {assessing:.1f} s, writing {writing:.1f} s"
    print(f"{told}; own memory {own} MB; {len(found.worksheet.records)} records")
    return 0


if __name__ == "__main__":
    sys.exit(main())
