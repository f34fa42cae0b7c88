"""Where the commands print: results on standard output, everything else on standard error."""

from __future__ import annotations

import sys

from rich.console import Console

OUT = Console(highlight=False, soft_wrap=False)
ERR = Console(stderr=True, highlight=False, soft_wrap=True)

DONE, FOUND_WRONG, COULD_NOT = 0, 1, 2


def complain(message: str) -> None:
    """Print one line on standard error, as it is (no markup, no wrapping)."""
    sys.stderr.write(message.replace("\n", " ") + "\n")
    sys.stderr.flush()
