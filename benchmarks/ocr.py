"""How fast scanned pages are made out, and how well: faxes written for the occasion, read cold and then again.

    python benchmarks/ocr.py [--pages N] [--seed N]

Prints for 300 pages (or N), in packets of 30: seconds by the clock and of the processors, of the first reading and of the second (which
finds what was kept); the peak memory of this process and of the largest child; and the share of words that were made out right, against
the text as it was written.
Pages are of varied text and kind, 200 to 300 dots an inch, slightly turned, soft, and as grainy as a fax or a grey scan is.
"""

from __future__ import annotations

import argparse
import io
import multiprocessing
import random
import resource
import shutil
import sys
import tempfile
import time
from collections import Counter
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

import typst
from PIL import Image, ImageChops, ImageFilter

from openimr.documents import Document, KeptPages, read_folder

PACKET = 30
INK, PAPER = 52, 238  # contrast of a copy of a copy
MEGABYTE = 1024  # ru_maxrss counts kilobytes

SETTINGS = "#set page(width: 612pt, height: 792pt, margin: (x: {margin}pt, y: 54pt))\n#set text(size: {size}pt, hyphenate: false)\n"
SENTENCES = (
    "The patient returns for follow up of {side} {part} pain since an injury at work on {date}.",
    "Pain is rated {n} of 10 and is worse with {act}.",
    "Palpation of the {part} shows tenderness with a taut band and a twitch response on the {side}.",
    "Straight leg raise is {sign} on the {side} at {angle} degrees.",
    "Range of motion of the {part} is limited to {angle} degrees of flexion.",
    "Strength is {n} of 5 in the {side} lower extremity and sensation is intact to light touch.",
    "The patient has completed {n} visits of physical therapy with {little} improvement.",
    "Current medications are {drug} {dose} mg twice a day and {other} {dose} mg at bedtime.",
    "An MRI of the {part} dated {date} shows a disc protrusion without nerve root compression.",
    "I request authorization for {n} sessions of {care} for the {part}.",
    "Work status is modified duty with no lifting of more than {angle} pounds.",
    "The request was denied because the records do not document {care} of adequate duration.",
)
WORDS = {
    "side": ("left", "right"),
    "part": ("lumbar spine", "cervical spine", "shoulder", "knee", "wrist", "thoracic region"),
    "act": ("sitting", "lifting", "walking", "overhead reaching", "bending"),
    "sign": ("positive", "negative"),
    "little": ("little", "some", "no", "moderate"),
    "drug": ("ibuprofen", "naproxen", "tramadol", "gabapentin"),
    "other": ("cyclobenzaprine", "trazodone", "omeprazole"),
    "care": ("acupuncture", "physical therapy", "chiropractic treatment", "home exercise", "aquatic therapy"),
}


def paragraph(chance: random.Random, sentences: int) -> str:
    """Some sentences of a medical report, each time with other particulars."""
    said = []
    for _ in range(sentences):
        particulars = {name: chance.choice(words) for name, words in WORDS.items()}
        numbers = {"n": chance.randint(2, 9), "angle": chance.randint(10, 90), "dose": chance.choice((10, 50, 100, 300, 500))}
        date = f"{chance.randint(1, 12):02}/{chance.randint(1, 28):02}/{chance.randint(2009, 2019)}"
        said.append(chance.choice(SENTENCES).format(**particulars, **numbers, date=date))
    return " ".join(said)


def page(chance: random.Random) -> tuple[str, Image.Image]:
    """The words of a page and its scan."""
    parts = [paragraph(chance, chance.randint(3, 6)) for _ in range(chance.randint(3, 6))]
    settings = SETTINGS.format(margin=chance.randint(54, 80), size=chance.choice((10, 11, 12)))
    title = f"PROGRESS REPORT {chance.randint(1000, 9999)}"
    dpi = chance.choice((200, 240, 300))
    drawn = typst.compile((settings + "\n\n".join([title, *parts])).encode(), format="png", ppi=dpi, ignore_system_fonts=True)
    if not isinstance(drawn, bytes):
        raise SystemExit("a page of the benchmark runs over its end: make it shorter")
    clean = Image.open(io.BytesIO(drawn)).convert("L")
    turned = clean.rotate(chance.uniform(-0.8, 0.8), resample=Image.Resampling.BICUBIC, fillcolor=255)
    soft = turned.filter(ImageFilter.GaussianBlur(0.5)).point(lambda level: INK + level * (PAPER - INK) // 255)
    faxed = chance.random() < 0.5
    size = soft.width // 3, soft.height // 3
    grain = Image.frombytes("L", size, chance.randbytes(size[0] * size[1])).resize(soft.size, Image.Resampling.BILINEAR)
    reach = 36 if faxed else 9
    worn = ImageChops.add(soft, grain.point(lambda level: 128 + (level - 128) * reach // 128), offset=-128)
    seen = worn.point(lambda level: 255 if level > 148 else 0).convert("1") if faxed else worn
    seen.info["dpi"] = (dpi, dpi)
    return " ".join([title, *parts]), seen


def packets(folder: Path, pages: int, seed: int) -> dict[tuple[str, int], str]:
    """Write the faxes; return the words of each page by packet and number."""
    chance = random.Random(seed)
    words = {}
    for first in range(0, pages, PACKET):
        name = f"packet-{first // PACKET + 1:02}.pdf"
        drawn = [page(chance) for _ in range(first, min(first + PACKET, pages))]
        # every page of a PDF that Pillow writes is of one resolution: bring them to one paper size
        sheets = [image if image.info["dpi"][0] == 300 else image.resize((2550, 3300)) for _, image in drawn]
        sheets[0].save(folder / name, "PDF", resolution=300, save_all=True, append_images=sheets[1:])
        words.update({(name, number): text for number, (text, _) in enumerate(drawn, start=1)})
    return words


def right(said: str, made_out: str) -> tuple[int, int]:
    """How many of the words written were made out, and how many there are."""
    written = Counter(said.split())
    return (written & Counter(made_out.split())).total(), written.total()


def spent() -> float:
    """Seconds of the processors, by this process and by the children that ended."""
    used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(each.ru_utime + each.ru_stime for each in used)


def peak(who: int) -> float:
    """Megabytes."""
    return resource.getrusage(who).ru_maxrss / MEGABYTE


def measured(records: Path, kept: Path) -> tuple[list[tuple[float, float]], tuple[float, float], dict[tuple[str, int], str]]:
    """Read the records twice; return the seconds by the clock and of the processors, the peak of memory, and the text of each page."""
    seconds = []
    documents: list[Document] = []
    for _ in ("cold", "warm"):
        started, used = time.perf_counter(), spent()
        documents = [each for each in read_folder(records, kept=KeptPages(kept)) if isinstance(each, Document)]
        seconds.append((time.perf_counter() - started, spent() - used))
    memory = peak(resource.RUSAGE_SELF), peak(resource.RUSAGE_CHILDREN)
    return seconds, memory, {(document.name, one.number): one.text for document in documents for one in document.pages}


def main(pages: int, seed: int) -> int:
    """Print the figures."""
    if shutil.which("tesseract") is None:
        print("Tesseract is not installed: nothing to measure", file=sys.stderr)
        return 2
    with tempfile.TemporaryDirectory() as place:
        records, kept = Path(place) / "records", Path(place) / "kept"
        records.mkdir()
        # each in a process of its own: drawing takes more memory than reading, and a process counts what the one before it had
        apart = multiprocessing.get_context("spawn")
        with ProcessPoolExecutor(1, apart) as drawing:
            words = drawing.submit(packets, records, pages, seed).result()
        with ProcessPoolExecutor(1, apart) as reading:
            seconds, memory, found = reading.submit(measured, records, kept).result()
        held = sum(path.stat().st_size for path in kept.rglob("*.json"))
    counts = [right(text, found.get(where, "")) for where, text in words.items()]
    good, total = sum(count for count, _ in counts), sum(count for _, count in counts)
    worst = min(count / all_of_it for count, all_of_it in counts)
    print(f"{pages} pages in {-(-pages // PACKET)} packets, {total} words")
    for name, (taken, used) in zip(("cold", "warm"), seconds, strict=True):
        each, busy = taken / pages, used / pages
        print(f"{name}: {taken:.1f} s, {each:.2f} s a page ({busy:.2f} s of a processor), {300 * each / 60:.1f} min for 300")
    print(f"kept: {held / pages / 1024:.1f} kB a page")
    print(f"peak memory: {memory[0]:.0f} MB here, {memory[1]:.0f} MB in a child")
    print(f"words right: {good / total:.2%}; worst page {worst:.2%}")
    return 0


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--pages", type=int, default=300)
    parser.add_argument("--seed", type=int, default=1)
    said = parser.parse_args()
    sys.exit(main(said.pages, said.seed))
