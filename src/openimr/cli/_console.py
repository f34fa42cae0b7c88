"""Where the commands print: results on standard output, everything else on standard error."""

from __future__ import annotations

import os
import sys
from pathlib import Path

from rich.console import Console

OUT = Console(highlight=False, soft_wrap=False)
ERR = Console(stderr=True, highlight=False, soft_wrap=True)

DONE, FOUND_WRONG, COULD_NOT = 0, 1, 2


def replace_file(target: Path, data: bytes) -> None:
    """Write a file whole or not at all; a link is followed, and what is no ordinary file (a pipe, a device) is written to, not replaced.

    Raises OSError, also for a file that is write-protected.
    """
    whole = target.resolve() if target.is_symlink() else target
    if whole.exists() and (not whole.is_file() or not os.access(whole, os.W_OK)):
        with whole.open("wb") as file:
            file.write(data)
        return
    partial = whole.with_name(f".{whole.name}.part")
    try:
        partial.write_bytes(data)
        partial.replace(whole)
    finally:
        partial.unlink(missing_ok=True)


def piped(folder: Path) -> Path:
    """Standard input as a file of the kind its first bytes tell."""
    data = sys.stdin.buffer.read()
    kinds = ((b"%PDF-", "pdf"), (b"PK\x03\x04", "docx"), (b"\x89PNG", "png"), (b"\xff\xd8\xff", "jpg"), (b"<", "html"), (b"{", "json"))
    kind = next((kind for sign, kind in kinds if data[:1024].lstrip().startswith(sign)), "txt")
    path = folder / f"standard input.{kind}"
    path.write_bytes(data)
    return path


def complain(message: str) -> None:
    """Print one line on standard error, as it is (no markup, no wrapping)."""
    sys.stderr.write(message.replace("\n", " ").encode("utf-8", "replace").decode() + "\n")
    sys.stderr.flush()
