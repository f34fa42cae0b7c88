"""`imr letter`: a determination as a document."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from pathlib import Path

from openimr.determinations import Determination, to_json
from openimr.letters import (
    NotALetter,
    UnwritableText,
    Wording,
    WordMissing,
    open_reader,
    open_wording,
    to_html,
    to_markdown,
    to_pdf,
    to_text,
    to_word,
)
from openimr.library import LibraryError, open_library

from ._console import COULD_NOT, DONE, OUT, complain

_Write = Callable[[Determination, Wording], bytes]
FORMATS: dict[str, _Write] = {
    "pdf": lambda determination, wording: to_pdf(determination, wording, draft=True),
    "docx": lambda determination, wording: to_word(determination, wording, draft=True),
    "html": lambda determination, wording: to_html(determination, wording, draft=True).encode(),
    "md": lambda determination, wording: to_markdown(determination, wording, draft=True).encode(),
    "txt": lambda determination, wording: to_text(determination, wording, draft=True).encode(),
    "json": lambda determination, _: (json.dumps(to_json(determination), indent=1, ensure_ascii=False) + "\n").encode(),
}


def run(source: Path, wanted: str | None, out: Path | None) -> int:
    """Write the letter of a determination; every one is a draft until a reviewer's decision was issued."""
    kind = wanted or (out.suffix.lstrip(".").lower() if out and out.suffix else "pdf")
    if kind not in FORMATS:
        complain(f"{kind}: no such format: choose one of {', '.join(FORMATS)}")
        return COULD_NOT
    try:
        text = sys.stdin.read() if str(source) == "-" else source.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        why = error.strerror if isinstance(error, OSError) else "it is not text in UTF-8"
        complain(f"{source}: {why}: name a determination.json that imr review or imr read --json wrote")
        return COULD_NOT
    try:
        library = open_library()
        read = open_reader(library).read_text(text.strip(), str(source))
        if isinstance(read, NotALetter):
            complain(f"{source}: {read.reason}: name a determination.json that imr review or imr read --json wrote")
            return COULD_NOT
        written = FORMATS[kind](read.determination, open_wording(library, read.determination.program))
    except LibraryError as error:
        complain(f"the library does not open: {error}")
        return COULD_NOT
    except (UnwritableText, WordMissing) as error:
        complain(f"{source}: {error}")
        return COULD_NOT
    return _put(written, source, kind, out)


def _put(written: bytes, source: Path, kind: str, out: Path | None) -> int:
    target = out or (
        None if str(source) == "-" else source.with_name(f"letter.{kind}" if source.stem == "determination" else f"{source.stem}.{kind}")
    )
    if target is None or str(target) == "-":
        sys.stdout.buffer.write(written)
        sys.stdout.buffer.flush()
        return DONE
    if target.resolve() == source.resolve():
        complain(f"{target}: it would overwrite the determination: name another file with --out")
        return COULD_NOT
    try:
        partial = target.with_name(f".{target.name}.part")
        partial.write_bytes(written)
        partial.replace(target)
    except OSError as error:
        complain(f"{target}: {error.strerror}: name a file in a folder you may write to with --out")
        return COULD_NOT
    OUT.print(f"{target}  (draft)", soft_wrap=True, highlight=False, markup=False)
    return DONE
