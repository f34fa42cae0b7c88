"""What was made out on the images of pages, kept so that no page is made out twice: making out one takes seconds."""

from __future__ import annotations

import hashlib
import json
import os
import sys
import tempfile
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path

MadeOut = tuple[int, int, float, float, float, float, float]


@dataclass(frozen=True, slots=True)
class PageWords:
    """What Tesseract made of the image of a page.

    Each word is (start, end, left, top, right, bottom, confidence): its place in the text, its box in points, and how sure it is (0 to 1).
    """

    text: str
    words: tuple[MadeOut, ...]
    confidence: float | None
    unread: str | None


class KeptPages:
    """A folder of what was made out, a file a page image; it holds text of records, so only its owner may look into it.

    Files are found by the digest of the image and of all that makes words of it: a page that comes again in another file is found too, one
    read by another version is not. Nothing here ever fails: what cannot be kept is made out again, as is what does not open any more.
    To forget all that was read, delete the folder.
    """

    def __init__(self, folder: Path | None) -> None:
        """Keep pages in `folder`, made when the first one comes; with None nothing is kept."""
        self._folder = folder

    @property
    def folder(self) -> Path | None:
        """Where pages are kept, if they are."""
        return self._folder

    def find(self, key: str) -> PageWords | None:
        """Return what was made out under `key`, None when there is nothing whole."""
        if self._folder is None:
            return None
        try:
            digest, _, said = self._path(self._folder, key).read_bytes().partition(b"\n")
        except OSError:
            return None
        return _page(said) if hashlib.sha256(said).hexdigest().encode() == digest else None

    def keep(self, key: str, page: PageWords) -> None:
        """Keep what was made out; a file is there whole or not at all, however the program ends."""
        if self._folder is None:
            return
        said = json.dumps(asdict(page), separators=(",", ":")).encode()
        path = self._path(self._folder, key)
        with suppress(OSError):  # a full disk, a folder of somebody else's
            for folder in (self._folder, path.parent):
                folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            handle, unfinished = tempfile.mkstemp(dir=path.parent, prefix=".", suffix=".part")  # for its owner only
            try:
                with os.fdopen(handle, "wb") as file:
                    file.write(hashlib.sha256(said).hexdigest().encode() + b"\n" + said)
                Path(unfinished).replace(path)
            except BaseException:
                Path(unfinished).unlink(missing_ok=True)
                raise

    @staticmethod
    def _path(folder: Path, key: str) -> Path:
        name = hashlib.sha256(key.encode()).hexdigest()
        return folder / name[:2] / f"{name}.json"


def _page(said: bytes) -> PageWords | None:
    from pydantic import TypeAdapter, ValidationError  # the child process starts through this package and starts faster without

    try:
        page = TypeAdapter(PageWords).validate_json(said)
    except ValidationError:
        return None
    whole = all(0 <= start <= end <= len(page.text) for start, end, *_ in page.words)
    return page if whole else None


def kept_here() -> KeptPages:
    """Return the pages kept by this installation: under IMR_HOME, else in the cache folder of whoever runs the program."""
    home = os.environ.get("IMR_HOME")
    if home:
        return KeptPages(Path(home) / "pages")
    try:
        of_user = Path.home() / "Library" / "Caches" if sys.platform == "darwin" else Path.home() / ".cache"
    except RuntimeError:  # a service without a home folder
        return KeptPages(None)
    said = os.environ.get("XDG_CACHE_HOME", "")
    return KeptPages((Path(said) if Path(said).is_absolute() else of_user) / "openimr" / "pages")
