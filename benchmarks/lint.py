"""How many letters are checked in a minute on one core, beside how many are read.

    python benchmarks/lint.py [LETTERS]     default: 1,000

The letters are the determinations of IMR_SHARED, else those written to measure the checks on, over and over. Each is checked as if for the
first time: nothing of a letter is remembered from one to the next, what is compiled of the library is. Prints CPU seconds.
"""

from __future__ import annotations

import os
import sys
import time
from itertools import cycle, islice
from pathlib import Path

from openimr.letters import Reading, open_linter, open_reader
from openimr.library import open_library

ROOT = Path(__file__).resolve().parents[1]
SHARED = Path(os.environ.get("IMR_SHARED", ROOT.parent / "shared"))
LETTERS = ROOT / "evals" / "lint" / "letters"


def main() -> int:
    """Print the figures; return 0."""
    wanted = int(sys.argv[1]) if len(sys.argv) > 1 else 1000
    library = open_library()
    reader, linter = open_reader(library), open_linter(library)
    files = sorted((SHARED / "data" / "determinations").glob("*.pdf")) or sorted(LETTERS.glob("*/*.txt"))
    letters = [read for read in reader.read_files((path, path.name) for path in files) if isinstance(read, Reading)]
    texts = [letter.text for letter in letters]
    started = time.process_time()
    for text in islice(cycle(texts), wanted):
        reader.read_text(text)
    reading = time.process_time() - started
    for letter in letters:
        linter.lint(letter)
    started = time.process_time()
    for letter in islice(cycle(letters), wanted):
        linter.lint(letter)
    checking = time.process_time() - started
    print(f"{len(letters)} letters, {sum(map(len, texts)) / len(texts) / 1000:.1f} kB on average, {wanted} in turn")
    print(f"read     {wanted / reading * 60:8.0f} a minute")
    print(f"checked  {wanted / checking * 60:8.0f} a minute, {checking / wanted * 1000:.0f} ms each")
    return 0


if __name__ == "__main__":
    sys.exit(main())
