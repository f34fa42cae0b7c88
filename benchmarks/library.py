"""How fast the library opens and a request is assessed: `python benchmarks/library.py [ROUNDS]`.

Opening (facts, guidelines, treatments, all checks included) is timed beside a plain YAML load of the same files, in one process, each round
one after the other; assessing is the choice of the governing rule and every candidate rule held against the facts of its own tests.
"""

from __future__ import annotations

import statistics
import sys
import time
from collections.abc import Callable
from pathlib import Path

import yaml

import openimr_library
from openimr.guidelines import Asked, assess, candidates, load, read_tests
from openimr.library import Known, open_library
from openimr.treatments import load as load_treatments

ROOT = Path(openimr_library.__file__).parent
FOLDERS = ("facts", "guidelines", "treatments")


def plain() -> None:
    """Load every YAML file the library opens, unchecked."""
    for folder in FOLDERS:
        for path in sorted((ROOT / folder).rglob("*.yaml")):
            if not path.name.endswith(".test.yaml"):
                yaml.load(path.read_text(encoding="utf-8"), Loader=yaml.CSafeLoader)


def opened() -> None:
    """Open the library as every command does."""
    library = open_library(())
    load(library, load_treatments(library))


def timed(what: Callable[[], None]) -> float:
    """Return the seconds one call takes."""
    start = time.perf_counter()
    what()
    return time.perf_counter() - start


def assessing() -> list[float]:
    """Return the seconds each request takes: a treatment on a day, all its candidate rules, with the facts of a test."""
    library = open_library(())
    guidelines = load(library, load_treatments(library))
    seconds = []
    for path in library.tests("guidelines"):
        for name, entry in read_tests(path, path.name).items():
            treatment = guidelines.rules[name].treatment
            for case in entry.cases:
                known = {fact: Known.of(value) for fact, value in case.known.items()}

                def one(treatment: str = treatment, known: dict[str, Known] = known, case: object = case) -> None:
                    day = case.on  # type: ignore[attr-defined]
                    for candidate in candidates(guidelines, Asked(treatment, day, known)):
                        assess(candidate.rule, known, candidate.rule.day(day))

                one()
                seconds.append(min(timed(one) for _ in range(3)))
    return seconds


def main() -> None:
    """Print medians and ratios."""
    rounds = int(sys.argv[1]) if len(sys.argv) > 1 else 9
    plain()
    opened()
    pairs = [(timed(plain), timed(opened)) for _ in range(rounds)]
    loads, opens = [each[0] for each in pairs], [each[1] for each in pairs]
    ratio = statistics.median(b / a for a, b in pairs)
    print(f"plain YAML load  {statistics.median(loads) * 1000:6.0f} ms ({min(loads) * 1000:.0f}-{max(loads) * 1000:.0f})")
    print(
        f"open the library {statistics.median(opens) * 1000:6.0f} ms ({min(opens) * 1000:.0f}-{max(opens) * 1000:.0f}), {ratio:.2f} x plain"
    )
    seconds = sorted(assessing())
    print(
        f"assess a request against all its rules: median {statistics.median(seconds) * 1000:.2f} ms, "
        f"95 % under {seconds[int(len(seconds) * 0.95)] * 1000:.2f} ms, most {seconds[-1] * 1000:.2f} ms ({len(seconds)} requests)"
    )


if __name__ == "__main__":
    main()
