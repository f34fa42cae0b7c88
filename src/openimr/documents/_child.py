"""Asking a child process about a file, and living on when it dies."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
import threading
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any, Protocol

from ._values import Limits

# -P: the folder one happens to stand in may be a records folder, and nothing in it is a module
WORKER = (sys.executable, "-P", "-m", "openimr.documents._worker")
_LONGEST_LINE = 64 * 1024**2


@dataclass(frozen=True, slots=True)
class Asked:
    """What a child answered before it ended; `failure` says why it ended early (None: it answered everything)."""

    answers: tuple[dict[str, Any], ...]
    failure: str | None


@dataclass(frozen=True, slots=True)
class Source:
    """What is read: a file, or the attachment of a number in it; the digest of its bytes ("": any), and what sort of file it is.

    Of an attachment whose type is None the child finds out.
    """

    path: Path
    sha256: str
    type: str | None
    attachment: int | None = None


class Listener(Protocol):
    """Who follows an answer as it comes."""

    def reply(self, question: Any) -> object:
        """Return what the child wants to know; it waits for it."""

    def heard(self, answer: dict[str, Any]) -> None:
        """Take note of an answer."""


class Child:
    """A child process that reads files one after another: it starts with the first, and again after `files` of them or when it died.

    A child that reads many spares starting one for each; one that was harmed by a file is not asked about the next.
    """

    def __init__(self, command: Sequence[str] = WORKER, *, files: int = 1) -> None:
        self._command = command
        self._files = files
        self._left = 0
        self._process: subprocess.Popen[bytes] | None = None

    def ask(
        self,
        do: str,
        source: Source,
        limits: Limits,
        *,
        seconds: int,
        listener: Listener | None = None,
        **more: object,
    ) -> Asked:
        """Have it do one thing with the file, in at most `seconds`; however it ends, this returns."""
        request = {
            "do": do,
            "path": str(source.path),
            "sha256": source.sha256,
            "type": source.type,
            "attachment": source.attachment,
            "memory_bytes": limits.memory_bytes + limits.file_bytes,
            "seconds": seconds,
            "unpacked_bytes": limits.unpacked_bytes,
            "most_pages": limits.pages,
            "pixels": limits.pixels,
            "page_seconds": limits.page_seconds,
            **more,
        }
        process = self._started()
        late = threading.Event()

        def stop() -> None:
            late.set()
            process.kill()

        timer = threading.Timer(seconds, stop)
        timer.start()
        try:
            last = self._left == 0 and listener is None
            answers, failure = _converse(process, _line(request), limits.answer_bytes, last=last, listener=listener)
            if failure == "":
                process.wait()  # to learn how it died; the timer still stands behind it
        finally:
            timer.cancel()
            # after a refusal too: what made it refuse may have left something behind
            code = self._ended() if self._left == 0 or failure is not None else None
        if failure is None:
            return Asked(answers, None)
        if late.is_set():
            return Asked(answers, f"reading it took longer than {seconds} s: split the file or get it again from its sender")
        return Asked(answers, failure or _death(code or 0))

    def close(self) -> None:
        """End the process, if there is one."""
        self._ended()

    def _started(self) -> subprocess.Popen[bytes]:
        if self._process is None:
            self._process = subprocess.Popen(self._command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
            self._left = self._files
        self._left -= 1
        return self._process

    def _ended(self) -> int | None:
        process, self._process, self._left = self._process, None, 0
        if process is None:
            return None
        process.kill()
        code = process.wait()
        for pipe in (process.stdin, process.stdout):
            if pipe is not None:
                with suppress(OSError):  # what was not taken any more
                    pipe.close()
        return code


def ask(do: str, source: Source, limits: Limits, *, seconds: int, command: Sequence[str] = WORKER, **more: object) -> Asked:
    """Have a child process of its own do one thing with a file, in at most `seconds`; however it ends, this returns."""
    return Child(command).ask(do, source, limits, seconds=seconds, listener=None, **more)


def _line(said: object) -> bytes:
    return json.dumps(said).encode() + b"\n"


def _converse(
    process: subprocess.Popen[bytes], request: bytes, most: int, *, last: bool, listener: Listener | None
) -> tuple[tuple[dict[str, Any], ...], str | None]:
    """Return the answers, and None when they are complete, a reason, or "" when the child just ended."""
    if process.stdin is None or process.stdout is None:
        return (), ""
    answers: list[dict[str, Any]] = []
    try:
        process.stdin.write(request)
        process.stdin.flush()
        if last:
            process.stdin.close()
    except BrokenPipeError:
        return (), ""
    while line := process.stdout.readline(_LONGEST_LINE):
        most -= len(line)
        if most < 0 or not line.endswith(b"\n"):
            too_much = most < 0 or len(line) >= _LONGEST_LINE
            return tuple(answers), "it holds more text than is allowed: split the file" if too_much else ""
        answer = _parsed(line)
        if answer is None:
            return tuple(answers), ""
        if "end" in answer:
            return tuple(answers), None
        if "refused" in answer:
            return tuple(answers), str(answer["refused"])
        if "asks" not in answer:
            answers.append(answer)
            if listener is not None:
                listener.heard(answer)
        elif listener is None or not _replied(process.stdin, listener.reply(answer["asks"])):
            return tuple(answers), ""
    return tuple(answers), ""


def _replied(pipe: IO[bytes], reply: object) -> bool:
    try:
        pipe.write(_line(reply))
        pipe.flush()
    except BrokenPipeError:
        return False
    return True


def _parsed(line: bytes) -> dict[str, Any] | None:
    try:
        answer = json.loads(line)
    except ValueError:
        return None
    return answer if isinstance(answer, dict) else None


def _death(code: int) -> str:
    if code in (-signal.SIGXCPU, -signal.SIGKILL):
        how = "was stopped"
    elif code < 0:
        how = f"crashed ({signal.Signals(-code).name})"
    else:
        how = f"ended early (code {code})"
    return f"the program that reads it {how}: the file is damaged or made to do harm; get it again from its sender"
