"""How the rules of the library come out on tests written blind to them: `python evals/guidelines/agree.py blind seen|aside [--show]`.

A test of `blind/*.yaml` counts as right when conclusion, deciding criteria and every state it names are as written. The halves are by rule.
"""

from __future__ import annotations

import argparse
import hashlib
import sys
from collections.abc import Iterator
from pathlib import Path

from openimr.guidelines import RuleTests, differences, load, read_tests
from openimr.library import open_library

HERE = Path(__file__).parent


def half(rule: str) -> str:
    """Return the half a rule belongs to."""
    return "seen" if int(hashlib.sha256(rule.encode()).hexdigest(), 16) % 2 == 0 else "aside"


def tests() -> Iterator[tuple[str, RuleTests]]:
    """Yield the blind tests of every rule."""
    for path in sorted((HERE / "blind").glob("*.yaml")):
        yield from read_tests(path, path.name).items()


def main() -> int:
    """Print the share of tests right in a half; the exit status is that of the run."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("what", choices=("blind",))
    parser.add_argument("half", choices=("seen", "aside"))
    parser.add_argument("--show", action="store_true", help="print every difference")
    options = parser.parse_args()
    guidelines = load(open_library(()))
    total = right = rules = whole = 0
    for name, entry in tests():
        if half(name) != options.half:
            continue
        wrong = 0
        for test, found in differences(guidelines.rules[name], entry):
            total += 1
            right += not found
            wrong += bool(found)
            if options.show and found:
                print(f"{name}: {test}\n    " + "\n    ".join(found))
        rules, whole = rules + 1, whole + (not wrong)
    print(f"{options.half}: {right} of {total} tests right ({right / total:.3f}); {whole} of {rules} rules wholly")
    return 0


if __name__ == "__main__":
    sys.exit(main())
