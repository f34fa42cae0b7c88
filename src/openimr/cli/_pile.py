"""The letters a command is given: files, those in folders, standard input; what is none is named, and the others are read."""

from __future__ import annotations

import os
import sys
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from rich.progress import Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

from openimr.letters import Reader, Reading

from ._console import COULD_NOT, DONE, ERR, FOUND_WRONG, complain, piped

_OUR_PAGES = b'<meta name="generator" content="imr '
_KINDS = frozenset({".pdf", ".txt", ".md", ".html", ".htm", ".docx", ".png", ".jpg", ".jpeg", ".tif", ".tiff"})


class Pile:
    """The letters named on a command line; `files` are those there are."""

    def __init__(self, paths: Iterable[Path], open_things: ExitStack) -> None:
        """Look for the files and complain of what there is not; the pile stands as long as `open_things` are open."""
        self._workplace = Path(open_things.enter_context(TemporaryDirectory()))
        found = list(_files(paths, self._workplace))
        for refusal in (each for each in found if isinstance(each, str)):
            complain(refusal)
        self.files = [each for each in found if isinstance(each, Path)]
        self._found, self._read = len(found), 0

    def letters(self, reader: Reader) -> Iterator[tuple[str, Reading]]:
        """Yield name and reading of each letter in order, with progress on a terminal; complain of each that is none or cannot be read."""
        with progress(len(self.files)) as step:
            names = [self._name(path) for path in self.files]
            for name, read in zip(names, reader.read_files(zip(self.files, names, strict=True)), strict=True):
                step()
                if isinstance(read, Reading):
                    self._read += 1
                    yield name, read
                else:
                    complain(f"{name}: {read.reason}")

    def _name(self, path: Path) -> str:
        """The path as text; names that are not UTF-8 cannot be written into data."""
        return path.stem if path.parent == self._workplace else str(path).encode("utf-8", "replace").decode()

    def status(self) -> int:
        """Return the exit status the reading earned; complain where there was nothing to read."""
        if not self._found:
            complain("no letters here: name files or folders that hold PDF, text, Markdown, HTML, Word or image files")
            return COULD_NOT
        return DONE if self._read == self._found else FOUND_WRONG if self._read else COULD_NOT


def _files(paths: Iterable[Path], workplace: Path) -> Iterator[Path | str]:
    """The files to read, those of a folder sorted; a line for what there is not."""
    for path in paths:
        if str(path) == "-":
            yield piped(workplace)
        elif path.is_dir():
            yield from _inside(path)
        elif path.exists() or path.is_symlink():
            yield path
        else:
            yield f"{path}: no such file or folder: check its name"


def _inside(folder: Path) -> Iterator[Path | str]:
    unread: Counter[str] = Counter()
    made = 0
    for here, folders, names in os.walk(folder, onerror=lambda error: complain(f"{error.filename}: cannot be opened ({error.strerror})")):
        folders.sort()
        folders[:] = [name for name in folders if not name.startswith(".")]
        for path in (Path(here) / name for name in sorted(names) if not name.startswith(".")):
            if path.suffix.lower() not in _KINDS:
                unread[path.suffix or "no ending"] += 1
            elif _made_here(path):
                made += 1
            else:
                yield path
    if unread:
        kinds = ", ".join(f"{count} with {kind}" if kind == "no ending" else f"{count} {kind}" for kind, count in sorted(unread.items()))
        complain(f"{folder}: passed over what is no letter by its name: {kinds}")
    if made:
        complain(f"{folder}: passed over {counted(made, 'page')} that imr made")


def _made_here(path: Path) -> bool:
    """Whether it is a page made by a command: it shows the text of a letter, or of records, and is none."""
    if path.suffix.lower() != ".html" or not path.is_file():
        return False
    try:
        with path.open("rb") as file:
            return _OUR_PAGES in file.read(2000)
    except OSError:
        return False  # it is told what is wrong with it when it is read


@contextmanager
def progress(total: int) -> Iterator[Callable[[], None]]:
    """Show how far it is on standard error, where that is a terminal; what is given is to be called for each letter."""
    if not ERR.is_terminal or total < 2:
        yield lambda: None
        return
    columns = (SpinnerColumn(), TextColumn("{task.completed} of {task.total} letters"), TimeElapsedColumn())
    # rich would send what is printed meanwhile to standard error, although the results are being written to a file
    with Progress(*columns, console=ERR, transient=True, redirect_stdout=sys.stdout.isatty()) as bar:
        task = bar.add_task("", total=total)
        yield lambda: bar.advance(task)


def counted(number: int, thing: str) -> str:
    """Return "1 letter", "2 letters"."""
    return f"{number} {thing}{'' if number == 1 else 's'}"
