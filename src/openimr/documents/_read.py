"""Reading one file: what it is, what it says, and what cannot be read of it."""

from __future__ import annotations

import hashlib
import os
import shutil
import stat
import subprocess
from collections import deque
from collections.abc import Iterable, Iterator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import replace
from datetime import date
from functools import cache
from itertools import chain
from pathlib import Path
from queue import LifoQueue
from typing import Any

from openimr.sources import Box

from ._child import WORKER, Asked, Child, Listener, Source
from ._decode import text_pages
from ._kept import KeptPages, PageWords, kept_here
from ._mixed import scanned_page
from ._refused import Refused
from ._types import HEAD, PADDING, SUFFIXES, TAIL, attached, mismatch, type_of
from ._values import DEFAULT, Document, Limits, Page, ReadingFailed, Sidecar, UnreadableDocument

_SEVERAL = "the file may hold several documents: put it into a folder and read the folder, or name one, as in bundle.json#1"
_BATCH = 16  # scanned pages a child does before the next one starts: what it made out is told at once, and starting one takes time
_FILES = 500  # short files a child reads before the next one takes over: what it leaks or was harmed by ends with it
_AHEAD = 4  # files a processor read ahead
_CHUNK = 1024**2
_LONG = 4 * 1024**2  # bytes of a PDF from which on several children read it side by side


def read(path: Path, name: str, *, limits: Limits = DEFAULT, kept: KeptPages | None = None) -> Document | UnreadableDocument:
    """Return the file's pages, or the reason why it cannot be read; `name` is what the document is called from then on.

    The bytes of PDF, Word and image files are only touched in child processes bound by `limits`. Pages that are scans are read by
    Tesseract, as many side by side as there are processors; without Tesseract they are marked unread. What Tesseract made out is
    looked for among the pages `kept` first (None: those of this installation) and kept there as it comes.
    Raises LibraryError when the library's list of languages is wrong.
    """
    return Reader(limits, kept=kept).read(path, name)


def read_each(
    files: Iterable[tuple[Path, str]], *, limits: Limits = DEFAULT, paragraphs: bool = False, kept: KeptPages | None = None
) -> Iterator[Document | UnreadableDocument]:
    """Yield for each (path, name) its document or why there is none, in the order given.

    For many short files: child processes read them side by side, each a few hundred before the next one takes over, and no more than a
    few files ahead of what was taken. `paragraphs` is for letters as word processors set them: an empty line parts the paragraphs of a
    PDF or Word file, which have none by themselves, and a hyphen at a line's end is a hyphen, not half a word. `kept` as for `read`.
    """
    reader = Reader(limits, files=_FILES, paragraphs=paragraphs, kept=kept)
    ahead: deque[Future[Document | UnreadableDocument]] = deque()
    with ThreadPoolExecutor(reader.processors) as threads:
        try:
            for path, name in files:
                ahead.append(threads.submit(reader.read, path, name))
                if len(ahead) > _AHEAD * reader.processors:
                    yield ahead.popleft().result()
            while ahead:
                yield ahead.popleft().result()
        finally:
            for waiting in ahead:
                waiting.cancel()
            threads.shutdown()
            reader.close()


class Reader:
    """Reads files under `limits`, with at most one child process a processor over all of them."""

    def __init__(
        self,
        limits: Limits = DEFAULT,
        command: Sequence[str] = WORKER,
        *,
        files: int = 1,
        paragraphs: bool = False,
        kept: KeptPages | None = None,
    ) -> None:
        """Let a child process read `files` files before the next one takes over; `paragraphs` as for `read_each`, `kept` as for `read`."""
        self._kept = kept_here() if kept is None else kept
        self._limits = limits
        self._paragraphs = paragraphs
        self._processors = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
        self._children: LifoQueue[Child] = LifoQueue()
        for _ in range(self._processors):
            self._children.put(Child(command, files=files))

    @property
    def processors(self) -> int:
        """How many processors there are for this program."""
        return self._processors

    def read(self, path: Path, name: str) -> Document | UnreadableDocument:
        """Return the document or why there is none."""
        inside = attached(path)
        if inside is not None:
            return next(iter(self._attachments(inside[0], name, inside[1])))
        source = self._source(path, name)
        if isinstance(source, UnreadableDocument):
            return source
        if source.type == "fhir":
            return UnreadableDocument(name, source.sha256, _SEVERAL)
        return self._document(source, name)

    def read_all(self, path: Path, name: str) -> tuple[Document | UnreadableDocument, ...]:
        """Return the document a file is, or the documents it holds, and what is not read of it."""
        return tuple(self._attachments(path, name)) if type_of(path) == "fhir" else (self.read(path, name),)

    def _source(self, path: Path, name: str) -> Source | UnreadableDocument:
        file_type = type_of(path)
        if file_type is None:
            known = " ".join(sorted(SUFFIXES))
            return UnreadableDocument(name, None, f"files of type '{path.suffix}' are not read: save it as one of {known}")
        try:
            refusal = _unfit(path, self._limits)
            if refusal:
                return UnreadableDocument(name, None, refusal)
            sha256, head, tail = _digest(path)
        except OSError as error:
            return UnreadableDocument(name, None, f"the file cannot be opened ({error.strerror}): check that it exists and may be read")
        refusal = mismatch(file_type, head, tail)
        return UnreadableDocument(name, sha256, refusal) if refusal else Source(path, sha256, file_type)

    def _attachments(self, path: Path, name: str, only: int | None = None) -> Iterator[Document | UnreadableDocument]:
        """Yield the documents attached to a file of FHIR data, then what else it holds; or the one of a number, under this very name."""
        whole = self._source(path, name)
        if isinstance(whole, UnreadableDocument):
            yield whole
            return
        asked = self._ask("list", whole, self._limits.seconds, only=only)
        for answer in asked.answers:
            if "unread" in answer:
                yield UnreadableDocument(name, whole.sha256, answer["unread"])
                continue
            number, fault = answer["attachment"], answer["fault"]
            own = name if only is not None else f"{name}#{number} {answer['title']}".rstrip()
            if fault is not None:
                yield UnreadableDocument(own, answer["sha256"], fault)
                continue
            found = self._document(Source(path, answer["sha256"], answer["type"], number), own)
            yield replace(found, sidecar=_said_of(answer)) if isinstance(found, Document) else found
        if asked.failure is not None:
            yield UnreadableDocument(name, whole.sha256, asked.failure)

    def _document(self, source: Source, name: str) -> Document | UnreadableDocument:
        plain = source.type == "text" and source.attachment is None
        document = self._plain(source, name) if plain else self._through_child(source, name)
        # letters are many, and in English
        return document if isinstance(document, UnreadableDocument) or self._paragraphs else _in_languages(document)

    def _plain(self, source: Source, name: str) -> Document | UnreadableDocument:
        try:
            data = source.path.read_bytes() if source.path.stat().st_size <= self._limits.unpacked_bytes else None
            if data is None:
                raise Refused(f"the text is longer than {self._limits.unpacked_bytes} bytes: split it")
            if hashlib.sha256(data).hexdigest() != source.sha256:
                raise Refused("the file changed while it was read: read it again when it is complete")
            pages, encoding = text_pages(data, self._limits.unpacked_bytes, self._limits.pages, hyphenated=not self._paragraphs)
        except Refused as refusal:
            return UnreadableDocument(name, source.sha256, str(refusal))
        return Document(name, source.sha256, tuple(Page(n, text) for n, text in enumerate(pages, start=1)), {"text": encoding})

    def _through_child(self, source: Source, name: str) -> Document | UnreadableDocument:
        asked = self._text(source)
        failure = next((part.failure for part in asked if part.failure is not None), None)
        if failure is not None:
            return UnreadableDocument(name, source.sha256, failure)
        readers: dict[str, str] = {}
        pages: dict[int, Page] = {}
        scans: dict[int, list[Box]] = {}
        for answer in chain.from_iterable(part.answers for part in asked):
            readers.update(answer.get("readers", {}))
            if "page" in answer:
                pages[answer["page"]] = Page(answer["page"], answer["text"], unread=answer["unread"])
                if answer["scan"]:
                    scans[answer["page"]] = [_box(corners) for corners in answer.get("lines", ())]
        if not pages:
            return UnreadableDocument(name, source.sha256, "the file has no pages: get it again from its sender")
        if scans:
            program = shutil.which("tesseract")
            if program is not None:
                readers["tesseract"] = _version(program)
            listener = _Words(self._kept, readers.get("tesseract"))
            self._make_out(source, sorted(scans), listener)
            pages.update((number, listener.page(pages[number], lines)) for number, lines in scans.items())
        return Document(name, source.sha256, tuple(pages[number] for number in sorted(pages)), readers)

    def _text(self, source: Source) -> list[Asked]:
        """Ask for the text of all pages; a long PDF is dealt out to all processors."""
        seconds = self._limits.seconds
        long = source.type == "pdf" and source.attachment is None and source.path.stat().st_size > _LONG
        parts = self._processors if long else 1
        if parts == 1:
            return [self._ask("text", source, seconds, part=(0, 1), paragraphs=self._paragraphs)]
        with ThreadPoolExecutor(parts) as threads:
            return list(
                threads.map(
                    lambda part: self._ask("text", source, seconds, part=(part, parts), paragraphs=self._paragraphs),
                    range(parts),
                )
            )

    def _make_out(self, source: Source, scans: Sequence[int], listener: _Words) -> None:
        """Have each scanned page made out, and the listener told."""
        size = max(1, min(_BATCH, len(scans) // (2 * self._processors)))
        batches = [scans[at : at + size] for at in range(0, len(scans), size)]
        with ThreadPoolExecutor(self._processors) as threads:
            list(threads.map(lambda batch: self._batch(source, batch, listener), batches))

    def _batch(self, source: Source, pages: Sequence[int], listener: _Words) -> None:
        """Have some pages made out; the page on which a child dies is marked and the others go on."""
        left = list(pages)
        while left:
            # a page may be read three times more: to find out how it lies, and turned this way or that
            seconds = 4 * self._limits.page_seconds * len(left)
            asked = self._ask("ocr", source, seconds, listener=listener, pages=left)
            left = left[len(asked.answers) :]
            if asked.failure is not None and left:
                listener.heard({"page": left.pop(0), "unread": f"the scanned page could not be read: {asked.failure}"})

    def _ask(self, do: str, source: Source, seconds: int, *, listener: Listener | None = None, **more: object) -> Asked:
        child = self._children.get()
        try:
            return child.ask(do, source, self._limits, seconds=seconds, listener=listener, **more)
        finally:
            self._children.put(child)

    def close(self) -> None:
        """End the child processes that wait for more."""
        while not self._children.empty():
            self._children.get().close()


class _Words:
    """Listens to what is made out on scanned pages: says which are known, and keeps each new one as it comes.

    Pages are made out side by side, each by itself: no two threads tell of the same page.
    """

    def __init__(self, kept: KeptPages, tesseract: str | None) -> None:
        self._kept = kept if tesseract is not None else KeptPages(None)
        self._tesseract = tesseract
        self._sights: dict[int, str] = {}
        self.pages: dict[int, PageWords] = {}
        self.unread: dict[int, str] = {}

    def reply(self, question: Any) -> bool:
        """Whether the page of this sight is known."""
        number = question["page"]
        self._sights[number] = f"{question['sight']} {self._tesseract}"
        known = self._kept.find(self._sights[number])
        if known is not None:
            self.pages[number] = known
        return known is not None

    def heard(self, answer: Mapping[str, Any]) -> None:
        """Take what was made out on a page, or why nothing was."""
        number = answer["page"]
        if "text" in answer:
            words = tuple(tuple(word) for word in answer["words"])
            self.pages[number] = PageWords(answer["text"], words, answer["confidence"], answer["unread"])
            if number in self._sights:
                self._kept.keep(self._sights[number], self.pages[number])
        elif "unread" in answer:
            self.unread[number] = answer["unread"]

    def page(self, layer: Page, lines: Sequence[Box]) -> Page:
        """Return a page with what was made out on it beside its text layer; where that failed, the layer stays."""
        found = self.pages.get(layer.number)
        if found is None:
            return replace(layer, unread=self.unread[layer.number])
        return scanned_page(layer.number, found, layer.text, lines)


def digest_of(path: Path) -> str:
    """Return the digest of a file's bytes. Raises ReadingFailed when it cannot be opened."""
    try:
        return _digest(path)[0]
    except OSError as error:
        raise ReadingFailed(f"{path.name}: the file cannot be opened ({error.strerror}): check that it exists and may be read") from None


@cache
def _version(tesseract: str) -> str:
    said = subprocess.run([tesseract, "--version"], capture_output=True, text=True, check=False, timeout=60)
    first = (said.stdout or said.stderr).split("\n", 1)[0]
    return first.removeprefix("tesseract").strip() or "unknown"


def _said_of(answer: Mapping[str, Any]) -> Sidecar | None:
    """Return what the sender says of an attachment, where that names a kind of record; else its text tells what records it holds."""
    from ._kinds import known_kinds  # the child process starts through this package and needs no library

    titles = known_kinds().titles
    kind = next((kind for said in answer["kinds"] for kind, title in titles if title.fullmatch(said)), None)
    try:
        day = date.fromisoformat(answer["date"]) if answer["date"] else None
    except ValueError:
        day = None
    return Sidecar(kind, day, answer["author"]) if kind is not None else None


def _in_languages(document: Document) -> Document:
    from ._languages import known_languages  # the child process starts through this package and needs no library

    languages = known_languages()
    return replace(document, pages=tuple(replace(page, language=languages.of(page.text)) for page in document.pages))


def _box(corners: Sequence[float]) -> Box:
    left, top, right, bottom = corners
    return left, top, right, bottom


def _unfit(path: Path, limits: Limits) -> str | None:
    found = path.stat()
    if not stat.S_ISREG(found.st_mode):
        return "it is not an ordinary file: copy the record itself into the folder"
    if found.st_size == 0:
        return "the file is empty: get it again from its sender"
    if found.st_size > limits.file_bytes:
        return f"the file has {found.st_size / 1024**2:.0f} MB, more than {limits.file_bytes / 1024**2:.0f} MB: split it"
    return None


def _digest(path: Path) -> tuple[str, bytes, bytes]:
    """Return the digest of the file's bytes, its first and its last ones."""
    total = hashlib.sha256()
    head = tail = b""
    with path.open("rb") as file:
        while chunk := file.read(_CHUNK):
            total.update(chunk)
            head = head or chunk[:HEAD]
            tail = (tail + chunk).rstrip(PADDING)[-TAIL:]
    return total.hexdigest(), head, tail
