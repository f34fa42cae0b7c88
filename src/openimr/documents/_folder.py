"""A folder of records, and what the person who filed them says of each."""

from __future__ import annotations

import os
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import date
from itertools import chain
from pathlib import Path

from ._kept import KeptPages
from ._read import Reader
from ._types import SUFFIXES
from ._values import DEFAULT, Document, Limits, Sidecar, UnreadableDocument

_SIDECAR_BYTES = 64 * 1024


def read_folder(folder: Path, *, limits: Limits = DEFAULT, kept: KeptPages | None = None) -> tuple[Document | UnreadableDocument, ...]:
    """Return every record under `folder`, sorted by name (its path inside the folder, with slashes); none when there is no such folder.

    Hidden files are left out. `NAME.yaml` or `NAME.pdf.yaml` beside `NAME.pdf` is its sidecar; one that is wrong, or beside nothing, is
    itself unreadable, as are files of unknown type and links that lead out of the folder. Files are read side by side; `kept`
    as for `read`.
    Each document attached to FHIR data is a document of its own, named `bundle.json#1 Title`; `locate` and `images` take that name for a
    path. Links in such data are never followed.
    """
    paths = sorted(_files(folder), key=lambda path: path.relative_to(folder).as_posix())
    records = [path for path in paths if path.suffix.lower() != ".yaml"]
    sidecars, wrong = _sidecars(folder, records, [path for path in paths if path.suffix.lower() == ".yaml"])
    reader = Reader(limits, kept=kept)

    def one(path: Path) -> tuple[Document | UnreadableDocument, ...]:
        name = path.relative_to(folder).as_posix()
        if path.is_symlink() and not path.resolve().is_relative_to(folder.resolve()):
            return (UnreadableDocument(name, None, "it is a link that leads out of the folder: copy the record itself into the folder"),)
        said = sidecars.get(path)
        found = reader.read_all(path, name)
        return tuple(replace(each, sidecar=said) if said and isinstance(each, Document) else each for each in found)

    with ThreadPoolExecutor(reader.processors) as threads:
        read = list(chain.from_iterable(threads.map(one, records)))
    return tuple(sorted([*read, *wrong], key=_in_order))


def _in_order(document: Document | UnreadableDocument) -> tuple[str, int, str]:
    """By name, attachments of one file by their number."""
    file, mark, rest = document.name.partition(".json#")
    number = rest.partition(" ")[0]
    return (file + ".json", int(number), rest) if mark and number.isdecimal() else (document.name, 0, "")


def _files(folder: Path) -> Iterator[Path]:
    for here, folders, names in os.walk(folder):
        links = [name for name in folders if (Path(here) / name).is_symlink()]  # not followed: named instead, like a file
        folders[:] = [name for name in folders if not name.startswith(".") and name not in links]
        yield from (Path(here) / name for name in [*names, *links] if not name.startswith("."))


def _sidecars(folder: Path, records: list[Path], files: list[Path]) -> tuple[dict[Path, Sidecar], list[UnreadableDocument]]:
    found: dict[Path, Sidecar] = {}
    wrong: list[UnreadableDocument] = []
    # NAME.pdf.yaml speaks of one file, NAME.yaml of every record of that name; the nearer one wins
    for path in sorted(files, key=lambda path: Path(path.stem).suffix.lower() in SUFFIXES):
        name = path.relative_to(folder).as_posix()
        base = path.with_suffix("")
        meant = [record for record in records if base in (record, record.with_suffix(""))]
        sidecar = _sidecar(path, name) if meant else f"{name}: no record stands beside it: name it after the record, as in packet-1.yaml"
        if isinstance(sidecar, str):
            wrong.append(UnreadableDocument(name, None, sidecar))
        else:
            found.update(dict.fromkeys(meant, sidecar))
    return found, wrong


def _sidecar(path: Path, name: str) -> Sidecar | str:
    from ._sidecar import SidecarError, read_sidecar  # the child process that reads files starts through this package and needs no library

    try:
        if path.stat().st_size > _SIDECAR_BYTES:
            return f"{name}: too long for a sidecar: give type, date and author only"
        said = read_sidecar(path, name)
    except SidecarError as error:
        return str(error)
    except OSError as error:
        return f"{name}: cannot be opened ({error.strerror}): check that it may be read"
    return Sidecar(said.type, date.fromisoformat(said.date) if said.date else None, said.author)
