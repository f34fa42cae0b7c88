"""`imr letter`: a determination as a document."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory

from openimr.determinations import Determination, to_json
from openimr.letters import (
    Reading,
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
    unshown,
)
from openimr.library import LibraryError, open_library

from ._console import COULD_NOT, DONE, OUT, complain, piped, replace_file

_Write = Callable[[Determination, Wording], bytes]
FORMATS: dict[str, _Write] = {
    "pdf": lambda determination, wording: to_pdf(determination, wording, draft=True),
    "docx": lambda determination, wording: to_word(determination, wording, draft=True),
    "html": lambda determination, wording: to_html(determination, wording, draft=True).encode(),
    "md": lambda determination, wording: to_markdown(determination, wording, draft=True).encode(),
    "txt": lambda determination, wording: to_text(determination, wording, draft=True).encode(),
    "json": lambda determination, _: (json.dumps(to_json(determination), indent=1, ensure_ascii=False) + "\n").encode(),
}


_ENDINGS = {"htm": "html", "markdown": "md", "text": "txt"}


def run(source: Path, wanted: str | None, out: Path | None) -> int:
    """Write the letter of a determination; every one is a draft until a reviewer's decision was issued."""
    ending = out.suffix.lstrip(".") if out and out.suffix else "pdf"
    kind = (wanted or ending).lower()
    kind = _ENDINGS.get(kind, kind)
    if kind not in FORMATS:
        complain(f"{wanted or out}: no such format: choose one of {', '.join(FORMATS)} with --format")
        return COULD_NOT
    try:
        library = open_library()
        reader = open_reader(library)
    except LibraryError as error:
        complain(f"the library does not open: {error}")
        return COULD_NOT
    with TemporaryDirectory() as workplace:
        (read,) = reader.read_files([(piped(Path(workplace)) if str(source) == "-" else source, str(source))])
    if not isinstance(read, Reading):
        complain(f"{source}: {read.reason}")
        return COULD_NOT
    determination = read.determination
    try:
        wording = open_wording(library, determination.program)
        written = FORMATS[kind](determination, wording)
    except LibraryError:
        complain(f"{source}: program: the library has no wording for letters of '{determination.program}': correct it or add them")
        return COULD_NOT
    except (UnwritableText, WordMissing) as error:
        complain(f"{source}: {error}")
        return COULD_NOT
    if kind == "pdf" and (lost := unshown(determination, wording, draft=True)):
        complain(f"{source}: no font at hand shows {' '.join(lost)}; the PDF has their numbers instead: choose html or docx")
    if not determination.requests:
        complain(f"{source}: requests: there are none, so the letter decides nothing")
    return _put(written, source, kind, out)


def _put(written: bytes, source: Path, kind: str, out: Path | None) -> int:
    beside = f"letter.{kind}" if source.stem == "determination" else f"{source.stem}.{kind}"
    target = out or (None if str(source) == "-" else source.with_name(beside))
    if target is None or str(target) == "-":
        sys.stdout.buffer.write(written)
        sys.stdout.buffer.flush()
        return DONE
    if target.is_dir():
        complain(f"{target}: it is a folder: name a file in it with --out")
        return COULD_NOT
    if str(source) != "-" and target.resolve() == source.resolve():
        complain(f"{target}: it would overwrite the determination: name another file with --out")
        return COULD_NOT
    try:
        replace_file(target, written)
    except OSError as error:
        complain(f"{target}: {error.strerror}: name a file in a folder you may write to with --out")
        return COULD_NOT
    OUT.print(f"{target}  (draft)", soft_wrap=True, highlight=False, markup=False)
    return DONE
